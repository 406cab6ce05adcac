"""A till in a page of a remote origin, with the policy that `tillbridge browser-policy` makes, sells at a real bridge."""

from __future__ import annotations

import pytest

from tests.browsers.browser import Page, until
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop, eventually
from tests.browsers.tills import ended, paired, refused, till_page

pytestmark = in_browsers(POLICY)

CODE = "document.getElementById('code').textContent"


async def test_a_page_pairs_and_sells_over_http_and_over_the_websocket(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True))
    await shop.let_in(pages.shop, await until(page, CODE))
    assert await ended(page) == "finished"
    sold = await page.evaluate("till.sold")
    assert [(sale["key"], sale["over"], sale["success"]) for sale in sold] == [
        ("order-1", "http", True),
        ("order-1", "socket", True),
        ("order-2", "socket", True),
    ]
    assert sold[0]["job"] == sold[1]["job"]  # one key is one receipt, whichever way it comes
    assert shop.receipts() == ["order-1", "order-2"]


async def at_the_console(shop: Shop, open_page: PageOpener) -> Page:
    """Signed in, where pages ask to be let in; the link's secret is out of sight."""
    console = await open_page((await shop.call("POST", "/console/link", {}))["link"])
    await until(console, "document.querySelector('.card .facts')?.innerText.includes('Paper')")  # it has asked the printer
    assert await console.evaluate("location.hash") == ""
    await console.evaluate("void (location.hash = '#/access')")
    return console


async def test_a_person_lets_the_page_in_at_the_console(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True))
    code = await until(page, CODE)
    console = await at_the_console(shop, open_page)
    card = await until(
        console,
        "(card => card && { code: card.querySelector('.code').textContent, origin: card.querySelector('.origin').textContent })"
        "(document.querySelector('form.asking'))",
    )
    assert (card["code"].replace(" ", ""), card["origin"]) == (code, pages.shop)
    await console.evaluate("document.querySelector('form.asking .approve').click()")
    assert await ended(page) == "finished"
    assert shop.receipts() == ["order-1", "order-2"]


async def test_a_page_that_is_sent_away_at_the_console_sells_nothing(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True))
    await until(page, CODE)
    console = await at_the_console(shop, open_page)
    carried = shop.cable.carried
    await until(console, "document.querySelector('form.asking') !== null")
    await console.evaluate("document.querySelector('form.asking .reject').click()")
    assert await ended(page) == "pair: Error rejected"
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)


async def test_a_page_in_a_frame_with_allow_pairs_and_sells(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    till = till_page(pages.partner, shop, go=True)
    await page.evaluate(f"void probe.frame('{till}', {{ allow: 'loopback-network' }})")
    await shop.let_in(pages.partner, await until(page, "probe.till && probe.till.code"))
    assert await ended(page, "probe.till") == "finished"
    assert await page.evaluate("probe.till.origin") == pages.partner
    assert shop.receipts() == ["order-1", "order-2"]


async def test_a_page_in_a_frame_without_allow_does_not_get_to_the_bridge(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    await page.evaluate(f"void probe.frame('{till_page(pages.partner, shop, go=True)}')")
    assert (await ended(page, "probe.till")).startswith("ping: TypeError")
    assert (await shop.call("GET", "/pairing"))["pairings"] == []
    assert refused(caplog) == set()


async def test_a_sandboxed_frame_of_a_paired_page_is_refused(
    kind: str, shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    await shop.give(pages.shop)
    page = await open_page(f"{pages.shop}/empty.html")
    attributes = "{ allow: 'loopback-network', sandbox: 'allow-scripts' }"
    await page.evaluate(f"void probe.frame('{till_page(pages.shop, shop, go=True)}', {attributes})")
    assert (await ended(page, "probe.till")).startswith("ping: TypeError")
    if kind == "chromium":
        assert refused(caplog) == {("GET", "/api/v1/ping", "gate.origin_not_allowed")}
    else:
        assert refused(caplog) == set()  # Firefox itself keeps it away


async def test_a_paired_page_reads_why_it_is_refused(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await paired(open_page, pages.shop, shop)
    told = await page.evaluate("till.call('GET', '/devices/nobody')")
    assert (told["status"], told["body"]["code"]) == (404, "request.not_found")
    told = await page.evaluate("till.call('POST', '/devices/till-1/jobs', {op: 'shift.close'}, {'Idempotency-Key': 'z'})")
    assert (told["status"], told["body"]["code"]) == (403, "gate.scope_missing")
    await page.evaluate("till.use('tbw_000000000000_' + 'A'.repeat(43), '000000000000')")
    told = await page.evaluate("till.call('GET', '/devices')")
    assert (told["status"], told["body"]["code"]) == (401, "gate.unauthorised")


async def test_a_token_that_is_taken_back_ends_the_pages_socket(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await paired(open_page, pages.shop, shop)
    await page.evaluate("till.connect()")
    assert await page.evaluate("till.state") == "connected"
    await shop.call("DELETE", f"/tokens/{await page.evaluate('till.tokenId')}")
    assert await until(page, "till.closed") in (4401, 4403)


async def test_a_paired_page_cannot_sell_by_a_form(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    carried = shop.cable.carried
    page = await paired(open_page, pages.shop, shop)
    await page.evaluate(f"probe.form('{shop.url}/devices/till-1/jobs')")
    await eventually(lambda: refused(caplog))
    assert refused(caplog) == {("POST", "/api/v1/devices/till-1/jobs", "gate.origin_not_allowed")}
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)


async def test_a_paired_page_cannot_go_to_the_api(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    page = await paired(open_page, pages.shop, shop)
    await page.evaluate(f"void (location = '{shop.url}/jobs')")
    await eventually(lambda: refused(caplog))
    assert refused(caplog) == {("GET", "/api/v1/jobs", "gate.origin_not_allowed")}


async def test_a_name_that_leads_to_the_loopback_is_refused(
    shop: Shop, open_page: PageOpener, caplog: pytest.LogCaptureFixture
) -> None:
    await open_page(f"http://evil.test:{shop.server.port}/api/v1/ping")
    assert refused(caplog) == {("GET", "/api/v1/ping", "gate.host_not_allowed")}


async def test_a_fetch_to_such_a_name_or_to_nowhere_is_refused(
    kind: str, shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    if kind != "chromium":
        pytest.skip("Firefox takes neither for the loopback")
    page = await paired(open_page, pages.shop, shop)
    for host in ("evil.test", "0.0.0.0"):
        caplog.clear()
        url = f"http://{host}:{shop.server.port}/api/v1/ping"
        assert await page.evaluate(f"probe.fetch('{url}', {{ targetAddressSpace: 'loopback' }})") == "TypeError"
        assert refused(caplog) == {("GET", "/api/v1/ping", "gate.host_not_allowed")}
