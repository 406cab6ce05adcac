"""A page that goes in the middle of a sale: the printer prints one receipt, and whoever comes back learns what became of it.

The printer is held at the command that ends the receipt, until the test presses its key.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.browsers.browser import until
from tests.browsers.client.conftest import OpenTill
from tests.browsers.client.line import Line
from tests.browsers.client.till import APP, Till, till_page
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop, eventually

pytestmark = in_browsers(POLICY)

HOLD = {"fault": "key_wait", "command": "trend", "step": "before"}


async def selling(till: Till, shop: Shop) -> None:
    """The till has begun to sell, and its printer stands in the middle of the receipt."""
    shop.printer.device.faults.arm(HOLD)
    await till.begin("order-1")
    await eventually(lambda: shop.printer.device.faults.struck)


async def learns(till: Till, shop: Shop) -> dict[str, Any]:
    """The printer goes on; what the till finds out, and that it is told no more of it once it has written that down."""
    shop.printer.device.press_key()
    (outcome,) = await till.resume()
    assert (outcome["status"], outcome["reference"], shop.receipts()) == ("done", "order-1", ["order-1"])
    await till.collect()
    assert await till.resume() == []
    assert [job["collected"] for job in await shop.jobs()] == [True]
    return outcome


async def test_a_page_that_is_loaded_anew(connected: OpenTill, shop: Shop, line: Line, pages: Pages) -> None:
    till = await connected(pages.shop)
    await selling(till, shop)
    await till.reload()
    assert await till.connect(pair=False) is None
    outcome = await learns(till, shop)
    assert outcome["key"] is not None  # of its own memory: the till knows which of its sales this was
    assert await till.page.evaluate("till.remembered()") == 0


async def test_a_page_whose_storage_was_emptied(connected: OpenTill, shop: Shop, line: Line, pages: Pages) -> None:
    """It is not even paired any more. A person lets the same till in again, and the bridge tells it of its sale."""
    till = await connected(pages.shop)
    await selling(till, shop)
    await till.page.evaluate("localStorage.clear()")
    await till.reload()
    assert (await till.connect(pair=False) or {})["kind"] == "not_paired"
    await till.pair(shop, pages.shop)
    assert (await learns(till, shop))["key"] is None


async def test_a_tab_that_is_closed_and_another_one(
    connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    till = await connected(pages.shop)
    await selling(till, shop)
    await till.page.close()
    other = await Till.opened(open_page, pages.shop, line.url)
    assert await other.connect(pair=False) is None
    await learns(other, shop)


async def test_two_tabs_that_ask_for_the_same_sale(
    connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    till = await connected(pages.shop)
    await selling(till, shop)
    await till.reload()
    other = await Till.opened(open_page, pages.shop, line.url)
    for one in (till, other):
        assert await one.connect(pair=False) is None
        await one.page.evaluate("void till.resume()")
    shop.printer.device.press_key()
    told = [(await one.outcomes())[0] for one in (till, other)]
    assert [outcome["status"] for outcome in told] == ["done", "done"]
    assert told[0]["job"] == told[1]["job"]
    for one in (till, other):
        await one.collect()
    assert shop.receipts() == ["order-1"]


async def test_one_order_that_is_submitted_in_two_tabs(
    connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    """Twice the same order by mistake: the second is the first, or is refused as one that was sold already."""
    one = await connected(pages.shop)
    other = await Till.opened(open_page, pages.shop, line.url)
    assert await other.connect(pair=False) is None
    for till in (one, other):
        await till.begin("order-1")
    told = [(await till.outcomes())[0] for till in (one, other)]
    ends = Counter((outcome["status"], outcome["problem"]) for outcome in told)
    assert ends[("done", None)] + ends[("refused", "request.duplicate_reference")] == 2
    assert ends[("done", None)] >= 1
    assert shop.receipts() == ["order-1"]


async def test_a_line_that_breaks(connected: OpenTill, shop: Shop, line: Line, pages: Pages) -> None:
    """The page need not know: the same sale ends as if nothing had been."""
    till = await connected(pages.shop)
    await selling(till, shop)
    line.cut()
    await until(till.page, "till.connection.length >= 2")
    shop.printer.device.press_key()
    (outcome,) = await till.outcomes()
    assert (outcome["status"], shop.receipts()) == ("done", ["order-1"])
    assert (await till.page.evaluate("till.connection"))[:2] == ["waiting: lost", "connected"]


async def test_a_bridge_that_is_restarted(connected: OpenTill, shop: Shop, line: Line, pages: Pages) -> None:
    till = await connected(pages.shop)
    await selling(till, shop)
    await shop.stop()
    await until(till.page, "till.connection.includes('waiting: not_running')")
    await shop.start()
    await until(till.page, "till.connection.at(-1) === 'connected'")
    shop.printer.device.press_key()
    (outcome,) = await till.outcomes()
    assert (outcome["status"], shop.receipts()) == ("done", ["order-1"])


async def test_a_printer_without_paper(connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    """Whoever waits is told to put some in, also who comes to it only now; then the sale goes on by itself."""
    till = await connected(pages.shop)
    shop.printer.device.faults.arm({"fault": "paper_out", "command": "trline", "step": "before"})
    await till.begin("order-1")
    attention = await till.waits("device.paper_out")
    assert "Put paper in" in attention["text"]
    assert await till.page.evaluate("till.changes.at(-1).status") == "waiting"

    other = await Till.opened(open_page, pages.shop, line.url)
    assert await other.connect(pair=False) is None
    (told,) = await other.resume(wait=0)
    assert (told["status"], told["attention"]["code"], shop.receipts()) == ("waiting", "device.paper_out", [])
    assert "Put paper in" in await other.page.evaluate("document.getElementById('outcomes').textContent")

    shop.printer.device.load_paper(True)
    (outcome,) = await till.outcomes()
    assert (outcome["status"], outcome["job"], shop.receipts()) == ("done", told["job"], ["order-1"])


async def test_a_till_in_a_frame_of_another_site(
    connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    """Its storage there is not that of its own tabs: it is let in there once more, and learns of its sales all the same."""
    till = await connected(pages.partner)
    await selling(till, shop)
    await till.page.close()
    page = await open_page(f"{pages.shop}/empty.html")
    address = till_page(pages.partner, line.url, ["connect"], ["resume"], ["collect"], gesture="skip")
    await page.evaluate(f"void probe.frame('{address}', {{ allow: 'loopback-network' }})")
    framed = Till(page, "probe.till")
    assert await until(page, "probe.till.stored") == "works"
    await framed.let_in(shop, pages.partner)
    shop.printer.device.press_key()
    (outcome,) = await framed.outcomes()
    assert (outcome["status"], outcome["reference"], outcome["key"]) == ("done", "order-1", None)
    await eventually(lambda: collected(shop))
    assert shop.receipts() == ["order-1"]


async def test_a_till_that_may_store_nothing(open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    """In a frame of another site or by itself: it has to be let in after each load, and then learns of its sales all the same."""
    token, _ = await shop.give(pages.forgetful, APP)
    till = await Till.opened(open_page, pages.forgetful, line.url)
    assert await till.connect(token=token) is None
    assert await till.page.evaluate("till.stored") == "SecurityError"
    await selling(till, shop)
    await till.page.close()
    page = await open_page(f"{pages.shop}/empty.html")
    address = till_page(pages.forgetful, line.url, ["connect"], ["resume"], ["collect"], gesture="skip")
    await page.evaluate(f"void probe.frame('{address}', {{ allow: 'loopback-network' }})")
    framed = Till(page, "probe.till")
    await framed.let_in(shop, pages.forgetful)
    assert await page.evaluate("probe.till.stored") == "SecurityError"
    shop.printer.device.press_key()
    (outcome,) = await framed.outcomes()
    assert (outcome["status"], outcome["reference"]) == ("done", "order-1")
    await eventually(lambda: collected(shop))
    assert shop.receipts() == ["order-1"]


async def collected(shop: Shop) -> bool:
    return all(job["collected"] for job in await shop.jobs())
