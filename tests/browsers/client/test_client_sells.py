"""A page sells with the client file alone: by itself, in a frame of another site, and what a frame is told that may not."""

from __future__ import annotations

from tests.browsers.browser import until
from tests.browsers.client.conftest import OpenTill
from tests.browsers.client.line import Line
from tests.browsers.client.till import Till, till_page
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop

pytestmark = in_browsers(POLICY)

SELLS = (["connect"], ["sell", "order-1"])


async def test_a_page_pairs_and_sells_with_the_file_that_shops_copy(
    open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    till = await Till.opened(open_page, pages.shop, line.url)
    await till.pair(shop, pages.shop)
    sold = await till.sell("order-1")
    assert (sold["status"], sold["number"], shop.receipts()) == ("done", "1", ["order-1"])
    assert await till.page.evaluate("document.getElementById('outcomes').textContent") == "done 1"
    await till.collect()
    assert [job["collected"] for job in await shop.jobs()] == [True]
    assert await till.resume() == []
    assert await till.page.evaluate("till.remembered()") == 0

    await till.reload()
    assert await till.connect(pair=False) is None  # nobody is asked a second time
    assert (await till.sell("order-2"))["status"] == "done"
    assert len((await shop.call("GET", "/tokens"))["tokens"]) == 1


async def test_a_page_in_a_frame_with_allow_sells(open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    address = till_page(pages.partner, line.url, *SELLS, gesture="skip")
    await page.evaluate(f"void probe.frame('{address}', {{ allow: 'loopback-network' }})")
    till = Till(page, "probe.till")
    await till.let_in(shop, pages.partner)
    assert (await till.outcomes())[0]["status"] == "done"
    assert await page.evaluate("probe.till.origin") == pages.partner
    assert shop.receipts() == ["order-1"]


async def test_a_frame_without_allow_is_told_which_word_is_missing(
    open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    await page.evaluate(f"void probe.frame('{till_page(pages.partner, line.url, *SELLS, gesture='skip')}')")
    failed = await Till(page, "probe.till").failed()
    assert failed["kind"] == "blocked"
    assert 'allow="loopback-network"' in failed["message"]
    assert '<iframe allow="loopback-network"' in failed["remedy"]
    assert (line.connections, await shop.jobs()) == (0, [])


async def test_a_page_whose_own_server_forbids_it_is_told_so(
    kind: str, open_page: PageOpener, line: Line, shop: Shop, pages: Pages
) -> None:
    address = till_page(pages.shop, line.url, ["connect"], gesture="skip").replace(
        "client.html", "client.html?permissions=loopback-network=()"
    )
    till = Till(await open_page(address))
    if kind == "chromium":
        failed = await till.failed()
        assert (failed["kind"], "Permissions-Policy" in failed["message"], line.connections) == ("blocked", True, 0)
    else:
        await till.let_in(shop, pages.shop)  # Firefox does not look at that header


async def test_two_tabs_sell_at_once(connected: OpenTill, open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    one = await connected(pages.shop)
    other = await Till.opened(open_page, pages.shop, line.url)
    assert await other.connect(pair=False) is None
    for number in (1, 3, 5):
        await one.begin(f"order-{number}")
        await other.begin(f"order-{number + 1}")
    told = [*await one.outcomes(3), *await other.outcomes(3)]
    assert [outcome["status"] for outcome in told] == ["done"] * 6
    assert sorted(shop.receipts()) == [f"order-{number}" for number in range(1, 7)]
    await until(one.page, "till.state === 'connected'")
