"""The bridge and pages without any policy: the browser keeps fetches away, and the bridge what comes all the same."""

from __future__ import annotations

import logging

import pytest

from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import NO_POLICY, in_browsers
from tests.browsers.shop import Shop, eventually
from tests.browsers.tills import ended, paired, refused, till_page

pytestmark = in_browsers(NO_POLICY)

JOBS = "/api/v1/devices/till-1/jobs"


async def test_a_page_that_nobody_allowed_does_not_get_to_the_bridge(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True))
    assert (await ended(page)).startswith("ping: TypeError")
    assert (await shop.call("GET", "/pairing"))["pairings"] == []
    assert [
        record for record in caplog.records if record.levelno >= logging.WARNING
    ] == []  # a connection without a byte is normal


async def test_a_form_and_a_navigation_arrive_and_have_no_effect(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    carried = shop.cable.carried
    for send, method in (
        (f"probe.form('{shop.server.url}{JOBS}')", "POST"),
        (f"void (location = '{shop.server.url}{JOBS}?op=drawer.open')", "GET"),
    ):
        caplog.clear()
        page = await open_page(f"{pages.evil}/empty.html")
        await page.evaluate(send)
        await eventually(lambda: refused(caplog))
        assert refused(caplog) == {(method, JOBS, "gate.origin_not_allowed")}
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)


async def test_a_page_of_the_local_network_that_is_not_paired_is_refused(
    shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    carried = shop.cable.carried
    page = await open_page(f"{pages.intranet}/empty.html")
    assert await page.evaluate(f"probe.fetch('{shop.url}/devices')") == "TypeError"
    options = "{ method: 'POST', mode: 'no-cors', body: '{\"op\":\"drawer.open\"}' }"
    assert await page.evaluate(f"probe.fetch('{shop.server.url}{JOBS}', {options})") == "TypeError"
    assert await page.evaluate(f"probe.socket('{shop.ws}')") == "close 1006"
    assert refused(caplog) == {
        ("GET", "/api/v1/devices", "gate.origin_not_allowed"),
        ("POST", JOBS, "gate.origin_not_allowed"),
        ("GET", "/api/v1/ws", "gate.origin_not_allowed"),
    }
    assert (await shop.jobs(), shop.receipts(), shop.cable.carried) == ([], [], carried)


async def test_a_page_of_the_local_network_that_is_paired_sells(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.intranet, shop, go=True))
    await shop.let_in(pages.intranet, await until(page, "till.code"))
    assert await ended(page) == "finished"
    assert shop.receipts() == ["order-1", "order-2"]


async def test_firefox_lets_a_websocket_through_and_the_bridge_only_to_a_paired_page(
    kind: str, shop: Shop, open_page: PageOpener, pages: Pages, caplog: pytest.LogCaptureFixture
) -> None:
    if kind != "firefox":
        pytest.skip("Chromium gates WebSockets itself")
    page = await paired(open_page, pages.shop, shop)
    await page.evaluate("till.connect().then(() => till.sellOverSocket('order-1'))")
    assert shop.receipts() == ["order-1"]
    hostile = await open_page(f"{pages.evil}/empty.html")
    assert await hostile.evaluate(f"probe.socket('{shop.ws}')") == "close 1006"
    assert refused(caplog) == {("GET", "/api/v1/ws", "gate.origin_not_allowed")}
