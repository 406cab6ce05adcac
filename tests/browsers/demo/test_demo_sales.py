"""A visitor sells: sums, discounts, payments, the paper; also from another origin, which has to be paired."""

from __future__ import annotations

from bridge.cli.demo.serving import Theatre
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.demo.visitor import BREAD, COFFEE, MUG, Visitor
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)


async def test_a_visitor_sells_and_sees_paper_and_ledger(visitor: Visitor) -> None:
    await visitor.sell(BREAD, BREAD, MUG)
    assert "48.00 PLN" in (await visitor.sees("done"))["told"]
    await visitor.says("#paper", "Chleb żytni na zakwasie")
    ((asked, printer, says, did, agrees),) = await visitor.ledger("order")
    assert (printer, says, did, agrees) == ("posnet-1", "done no. 1, 48.00", "receipt no. 1, 48.00", "✔ yes")
    (receipt,) = await visitor.receipts()
    assert asked.startswith(receipt["reference"])
    await visitor.action()
    await until(visitor.page, "document.querySelector('.outcome') === null")


async def test_the_receipt_is_shown_as_the_bridge_draws_it_and_as_an_image(visitor: Visitor) -> None:
    await visitor.sell(BREAD)
    await visitor.sees("done")
    await visitor.action(2)
    await until(visitor.page, "document.getElementById('picture').open")
    await until(visitor.page, "document.querySelector('#picture img').naturalWidth > 200")
    assert await visitor.page.evaluate("decodeURIComponent(document.querySelector('#picture img').src).includes('Chleb żytni')")
    await visitor.click("#picture button")
    await until(visitor.page, "!document.getElementById('picture').open")


async def test_the_printers_own_sums_are_shown_before_it_is_sold(visitor: Visitor) -> None:
    await visitor.take(COFFEE, MUG)
    await visitor.fill(".quantity", "0,25")
    await visitor.fill("#lines .off", "2")
    await visitor.fill("#discount", "10%")
    await visitor.fill("#payments input", "100")
    await visitor.says("#total", "51.30 PLN")
    await visitor.says("#change", "48.70 PLN")
    await visitor.fill("#tax-number", "5260250274")
    await visitor.fill("#email", "jan@example.pl")
    await visitor.sell()
    await visitor.sees("done")
    (receipt,) = await visitor.receipts()
    assert (receipt["total"], receipt["change"]) == ("51.30", "48.70")
    await visitor.says("#paper", "5260250274")


async def test_it_is_paid_in_two_ways(visitor: Visitor) -> None:
    await visitor.take(MUG)
    await visitor.click("#more-payments")
    await visitor.fill(".payment:nth-child(1) input", "9")
    await visitor.sell()
    await visitor.sees("done")
    (receipt,) = await visitor.receipts()
    assert sorted(one["amount"] for one in receipt["payments"]) == ["30.00", "9.00"]


async def test_what_the_bridge_refuses_names_the_field_and_stays_in_the_cart(visitor: Visitor) -> None:
    await visitor.take(BREAD)
    await visitor.fill("#tax-number", "12")
    await until(visitor.page, "document.getElementById('tax-number').getAttribute('aria-invalid') === 'true'")
    await visitor.says("#wrong", "customer.ids.0")
    await visitor.click("#sell")
    await visitor.says("#wrong", "customer.ids.0")
    assert await visitor.receipts() == []
    await visitor.fill("#tax-number", "")
    await visitor.sell()
    await visitor.sees("done")


async def test_what_cannot_be_read_is_not_sent(visitor: Visitor) -> None:
    await visitor.take(BREAD)
    await visitor.fill("#lines .off", "a lot")
    await visitor.says("#wrong", "cannot be read")
    await visitor.click("#sell")
    assert await visitor.page.evaluate("document.querySelector('#lines .off').getAttribute('aria-invalid')") == "true"
    assert (await visitor.page.evaluate("document.querySelectorAll('.outcome').length"), await visitor.receipts()) == (0, [])


async def test_from_another_origin_a_person_lets_the_page_in(theatre: Theatre, open_page: PageOpener) -> None:
    visitor = Visitor(theatre, await open_page(theatre.other_page))
    code = await until(visitor.page, "document.getElementById('gate-code').textContent")
    (asking,) = (await theatre.till.call("GET", "/pairing"))["pairings"]
    assert (asking["verification_code"], asking["origin"]) == (code, theatre.stage_origin)
    assert f"tillbridge pair approve {code}" in await visitor.text("#gate-command")
    await visitor.click("#gate-do")
    await visitor.is_in()
    await visitor.sell(BREAD)
    await visitor.sees("done")
    await visitor.ledger("order")
    assert len(await visitor.receipts()) == 1


async def test_the_bridges_other_name_is_another_origin_that_works_too(theatre: Theatre, open_page: PageOpener) -> None:
    visitor = Visitor(theatre, await open_page(theatre.page.replace("127.0.0.1", "localhost")))
    await visitor.is_in()
    await visitor.sell(BREAD)
    await visitor.sees("done")


async def test_without_the_secret_there_is_no_shop(theatre: Theatre, open_page: PageOpener) -> None:
    for address in (f"{theatre.server.url}/demo/", f"{theatre.server.url}/demo/#{'x' * 43}"):
        page = await open_page(address)
        assert "demonstration" in await until(page, "document.getElementById('gate-text').textContent")
        assert await page.evaluate("document.getElementById('shop').hidden")
