"""A visitor pays by card: the terminal first, then the receipt that names the payment; and what is not charged is not sold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bridge.cli.demo.serving import Theatre, opened
from bridge.cli.demo.stage import Device
from bridge.plugin import PluginRegistry
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.demo.visitor import BREAD, MUG, Visitor
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)

PAY_BY_CARD = "field => { field.value = 'card'; field.dispatchEvent(new Event('change', {bubbles: true})); }"


@pytest_asyncio.fixture(loop_scope="session")
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    registry = PluginRegistry.installed()
    families = {name: registry.simulators[name] for name in ("posnet", "zvt")}
    async with opened(tmp_path / "demo", registry, families, pace="fast") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(theatre: Theatre, open_page: PageOpener) -> Visitor:
    visitor = Visitor(theatre, await open_page(theatre.page))
    await visitor.is_in()
    return visitor


def terminal(theatre: Theatre) -> Device:
    return next(stage for stage in theatre.stages if stage.pays).devices[0]


async def buys(visitor: Visitor, *goods: int) -> None:
    await visitor.take(*goods)
    await visitor.page.evaluate(f"({PAY_BY_CARD})(document.querySelector('#payments select'))")
    await visitor.click("#sell")


async def test_the_card_is_charged_and_the_receipt_names_the_payment(visitor: Visitor) -> None:
    await buys(visitor, BREAD, MUG)
    await until(visitor.page, "document.querySelectorAll('.outcome[data-status=done]').length === 2")
    assert "43.50 PLN" in await visitor.text(".outcome:last-child .told")
    (receipt,) = await visitor.receipts()
    (paid,) = await terminal(visitor.theatre).bench.documents()
    assert (receipt["total"], paid["kind"], paid["total"]) == ("43.50", "purchase", "43.50")
    jobs = (await visitor.theatre.till.call("GET", "/jobs"))["jobs"]
    sold = await visitor.theatre.till.job(next(job["id"] for job in jobs if job["op"] == "receipt"))
    charged = next(job["id"] for job in jobs if job["op"] == "payment.purchase")
    assert sold["operation"]["payments"][0]["payment_job"] == charged
    assert len(await visitor.ledger("order", rows=2)) == 2


async def test_the_next_customer_pays_too(visitor: Visitor) -> None:
    for number in (1, 2):
        await buys(visitor, BREAD)
        await until(visitor.page, f"document.querySelectorAll('.outcome[data-status=done]').length === {2 * number}")
    assert len(await visitor.receipts()) == 2
    assert [one["total"] for one in await terminal(visitor.theatre).bench.documents()] == ["4.50", "4.50"]


async def loses(visitor: Visitor, answer: str) -> None:
    (stage,) = (stage for stage in visitor.theatre.stages if stage.pays)
    await terminal(visitor.theatre).bench.arm(stage.script["faults"][answer])


async def test_a_charge_whose_end_was_lost_is_found_out_and_not_made_twice(visitor: Visitor) -> None:
    await loses(visitor, "end_lost")
    await buys(visitor, BREAD)
    await until(visitor.page, "document.querySelectorAll('.outcome[data-status=done]').length === 2")
    assert "asked the terminal itself" in await visitor.text(".outcome:last-child .told")
    assert await visitor.text(".outcome:last-child h3") == "Paid"
    assert (len(await visitor.receipts()), len(await terminal(visitor.theatre).bench.documents())) == (1, 1)


async def test_a_charge_that_the_terminal_took_back_sells_nothing(visitor: Visitor) -> None:
    await loses(visitor, "answer_lost")
    await buys(visitor, BREAD)
    told = await visitor.sees("failed")
    assert (told["head"], told["told"]) == ("Not charged", "The card was not charged.")
    assert await visitor.receipts() == []
    assert await visitor.page.evaluate("document.querySelectorAll('#lines tr').length") == 1  # the cart is as it was


async def test_a_card_that_is_declined_sells_nothing(visitor: Visitor) -> None:
    await terminal(visitor.theatre).bench.switch({"customer": "decline"})
    await buys(visitor, BREAD)
    assert "not charged" in (await visitor.sees("declined"))["told"]
    assert await visitor.receipts() == []
    assert await visitor.page.evaluate("document.querySelectorAll('#lines tr').length") == 1  # the cart is as it was


async def test_the_visitor_gives_up_while_nobody_presents_a_card(visitor: Visitor) -> None:
    await terminal(visitor.theatre).bench.switch({"customer": "timeout"})
    await buys(visitor, BREAD)
    await visitor.sees("waiting")
    await until(
        visitor.page, "[...document.querySelectorAll('.outcome button')].some(one => one.textContent === 'To the terminal')"
    )
    await visitor.action(1)
    # Where the abort comes before the terminal was told of the payment, the job failed and the terminal has nothing to say.
    await until(visitor.page, "['declined', 'failed'].includes(document.querySelector('.outcome')?.dataset.status)")
    assert await terminal(visitor.theatre).bench.documents() == []
