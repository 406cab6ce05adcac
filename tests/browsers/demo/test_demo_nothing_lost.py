"""A visitor breaks the middle of a receipt: the page says what is known, and nothing is lost or doubled."""

from __future__ import annotations

from tests.browsers.browser import until
from tests.browsers.demo.visitor import BREAD, COFFEE, MUG, Visitor
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)


async def test_a_cable_is_pulled_and_nothing_is_lost(visitor: Visitor) -> None:
    await visitor.act("cable", "armed")
    await visitor.sell(BREAD, MUG)
    assert "Do not sell it again" in (await visitor.sees("unresolved"))["told"]
    await visitor.sees_trouble("cable", "broken")
    await visitor.says("#rows", "unresolved")
    await visitor.says("#rows", "receipt no. 1")
    ((_, _, says, did, agrees),) = await visitor.ledger("open")
    assert (says.partition(":")[0], did, agrees) == ("unresolved", "receipt no. 1, 43.50", "… not known yet")
    await visitor.says("#printer-state", "offline")
    await visitor.act("cable", "whole")
    assert "asked the printer itself" in (await visitor.sees("done"))["told"]
    ((_, _, says, did, agrees),) = await visitor.ledger("order")
    assert (says, did, agrees) == ("done no. 1, 43.50 (after doubt)", "receipt no. 1, 43.50", "✔ yes")
    assert len(await visitor.receipts()) == 1


async def test_a_reload_in_the_middle_loses_nothing(visitor: Visitor) -> None:
    await visitor.act("paper", "armed")
    await visitor.sell(BREAD)
    await visitor.sees("waiting")
    await visitor.reload()
    assert "Chleb" in (await visitor.sees("waiting"))["what"]
    await visitor.act("paper", "whole")
    await visitor.sees("done")
    await visitor.reload()  # nobody has taken note of it yet
    await visitor.sees("done")
    await visitor.action()
    await until(visitor.page, "document.querySelector('.outcome') === null")
    await visitor.reload()
    assert len(await visitor.ledger("order")) == len(await visitor.receipts()) == 1
    assert await visitor.page.evaluate("document.querySelector('.outcome')") is None


async def test_news_of_the_last_sale_leave_the_next_one_in_the_cart(visitor: Visitor) -> None:
    await visitor.act("cable", "armed")
    await visitor.sell(COFFEE)
    await visitor.sees("unresolved")
    await visitor.take(BREAD)
    await visitor.says("#total", "4.50")
    await visitor.act("cable", "whole")
    await visitor.sees("done")
    assert "4.50" in await visitor.text("#total")
    await visitor.sell()
    await visitor.sees("done")
    assert [one["total"] for one in await visitor.receipts()] == ["8.00", "4.50"]
