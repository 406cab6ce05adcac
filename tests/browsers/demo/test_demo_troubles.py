"""Each thing that a visitor can break, and mend again; in one browser, since what differs between them is not here."""

from __future__ import annotations

from tests.browsers.demo.visitor import BREAD, BUTTER, MUG, Visitor
from tests.browsers.settings import Setting, in_browsers

pytestmark = in_browsers([Setting("chromium")])


async def test_a_cable_pulled_inside_the_receipt_leaves_nothing_and_it_is_tried_again(visitor: Visitor) -> None:
    await visitor.fill("#byte", "40")
    await visitor.act("cable", "armed")
    await visitor.sell(BREAD, MUG)
    await visitor.sees("unresolved")
    assert (await visitor.ledger("open"))[0][3] == "nothing"
    await visitor.act("cable", "whole")
    assert "Surely nothing was issued" in (await visitor.sees("failed"))["told"]
    assert await visitor.receipts() == []
    await visitor.action(1)
    await visitor.sees("done")
    (receipt,) = await visitor.receipts()
    assert [row[3] for row in await visitor.ledger("order", rows=2)] == [f"receipt no. {receipt['number']}, 43.50", "nothing"]


async def test_a_byte_that_is_no_number_arms_nothing(visitor: Visitor) -> None:
    await visitor.fill("#byte", "the 5th")
    await visitor.click("[data-trouble=cable] button")
    await visitor.says("#stage-said", "whole number")
    assert await visitor.printer().bench.armed() == []


async def test_the_page_says_that_the_paper_is_out(visitor: Visitor) -> None:
    await visitor.act("paper", "armed")
    await visitor.sell(BUTTER)
    await visitor.sees("waiting")
    await visitor.says(".outcome .more", "paper")
    await visitor.sees_trouble("paper", "broken")
    await visitor.act("paper", "whole")
    await visitor.sees("done")
    await visitor.says("#paper", "Masło")
    assert len(await visitor.ledger("order")) == len(await visitor.receipts()) == 1


async def test_the_page_says_that_the_cover_is_open(visitor: Visitor) -> None:
    await visitor.act("cover", "armed")
    await visitor.sell(BUTTER)
    await visitor.sees("waiting")
    await visitor.says(".outcome .more", "cover")
    await visitor.act("cover", "whole")
    await visitor.sees("done")
    assert len(await visitor.ledger("order")) == len(await visitor.receipts()) == 1


async def test_a_lost_answer_is_found_out_without_help(visitor: Visitor) -> None:
    await visitor.act("answer", "armed")
    await visitor.sell(BREAD)
    assert "asked the printer itself" in (await visitor.sees("done"))["told"]
    await visitor.sees_trouble("answer", "whole")
    assert len(await visitor.ledger("order")) == len(await visitor.receipts()) == 1


async def test_a_power_cut_is_found_out_when_the_power_is_back(visitor: Visitor) -> None:
    await visitor.act("power", "armed")
    await visitor.sell(MUG)
    await visitor.sees("unresolved")
    await visitor.act("power", "whole")
    await visitor.sees("done")
    assert len(await visitor.ledger("order")) == len(await visitor.receipts()) == 1


async def test_on_swapped_printers_nothing_is_sold(visitor: Visitor) -> None:
    await visitor.act("swap", "broken")
    await visitor.says("#printer-state", "wrong_device")
    await visitor.sell(BREAD)
    await visitor.sees("waiting")
    await visitor.says(".outcome .more", "ZBF 2101002417) answers")
    assert (await visitor.receipts(0), await visitor.receipts(1)) == ([], [])
    await visitor.act("swap", "whole")
    await visitor.sees("done")
    assert (len(await visitor.receipts(0)), await visitor.receipts(1)) == (1, [])
    await visitor.ledger("order")


async def test_a_sale_that_waits_can_be_cancelled(visitor: Visitor) -> None:
    await visitor.at_once()
    await visitor.act("cable", "broken")
    await visitor.says("#printer-state", "offline")
    await visitor.sell(BREAD)
    await visitor.sees("waiting")
    await visitor.action()
    await visitor.sees("failed")
    await visitor.act("cable", "whole")
    assert await visitor.receipts() == []
    await visitor.ledger("order")


async def test_what_is_armed_can_be_taken_back(visitor: Visitor) -> None:
    await visitor.act("cable", "armed")
    await visitor.act("paper", "armed")
    await visitor.act("cable", "whole")
    await visitor.sees_trouble("paper", "armed")
    await visitor.act("paper", "whole")
    await visitor.sell(BREAD)
    await visitor.sees("done")


async def test_each_printer_has_its_own_troubles_and_paper(visitor: Visitor) -> None:
    await visitor.at_once()
    await visitor.act("power", "broken")
    await visitor.choose("posnet-2")
    await visitor.sees_trouble("power", "whole")
    await visitor.says("#printer-state", "posnet-2")
    await visitor.sell(BREAD)
    await visitor.sees("done")
    await visitor.says("#paper", "KAWIARNIA")
    assert (await visitor.receipts(0), len(await visitor.receipts(1))) == ([], 1)
