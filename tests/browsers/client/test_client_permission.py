"""The browser's own question, as the client meets it: nothing is sent before a click, one request while it stands there, and an
error of its own for each way that it ends.
"""

from __future__ import annotations

import json

import pytest

from tests.browsers.browser import until
from tests.browsers.client.line import Line
from tests.browsers.client.till import Till, till_page
from tests.browsers.conftest import PageOpener
from tests.browsers.firefox import Firefox
from tests.browsers.pages import Pages
from tests.browsers.settings import ALLOWED, NO_POLICY, Setting, in_browsers
from tests.browsers.shop import Shop

IN_BOTH = in_browsers(NO_POLICY)
ASKING = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("browser", [Setting("firefox", ALLOWED, gate_sockets=True)], indirect=True, scope="session", ids=str),
]
"""Firefox, which waits a minute for its person's answer."""


def both_names(line: Line) -> list[str]:
    """As the client's own default has them."""
    return [line.url, f"http://localhost:{line.port}"]


def marked(marks: list[pytest.MarkDecorator]) -> pytest.MarkDecorator:
    def mark(function: object) -> object:
        for one in marks:
            function = one(function)
        return function

    return mark  # type: ignore[return-value]


@marked(IN_BOTH)
async def test_nothing_is_sent_before_a_click_and_one_request_with_it(
    kind: str, open_page: PageOpener, line: Line, pages: Pages
) -> None:
    till = Till(await open_page(till_page(pages.of("unasked-1.test"), both_names(line))))
    failed = await till.connect()
    assert failed is not None
    assert (failed["kind"], line.connections) == ("needs_gesture", 0)
    assert "click" in failed["remedy"]
    assert await till.page.evaluate("navigator.permissions.query({ name: 'loopback-network' }).then((found) => found.state)") == (
        "prompt"
    )

    await till.page.click("#connect")
    failed = await until(till.page, "till.state === 'failed' && till.failed.kind !== 'needs_gesture' && till.failed")
    # Chromium without a screen says no by itself; Firefox takes its question back after a while.
    assert failed["kind"] == "blocked"
    assert "site's settings" in failed["remedy"]
    assert (line.connections, line.requests) == (1, [])
    if kind == "chromium":
        assert (await till.connect(gesture="skip") or {})["kind"] == "blocked"
        assert line.connections == 1  # what was denied is not tried again


@marked(IN_BOTH)
async def test_where_nobody_listens_firefox_does_not_ask_and_chromium_does(
    kind: str, open_page: PageOpener, shop: Shop, pages: Pages
) -> None:
    """So the till is told that the bridge is not running, or what its person answered."""
    await shop.stop()
    till = Till(await open_page(till_page(pages.of("unasked-2.test"), shop.server.url)))
    await till.page.click("#connect")
    assert (await till.failed())["kind"] == ("blocked" if kind == "chromium" else "not_running")


@marked(IN_BOTH)
async def test_a_page_that_came_over_http_is_told_that_this_is_why(open_page: PageOpener, line: Line, pages: Pages) -> None:
    till = Till(await open_page(till_page(pages.insecure, line.url)))
    await till.page.click("#connect")
    failed = await till.failed()
    assert (failed["kind"], "https" in failed["remedy"], line.connections) == ("insecure_page", True, 0)


@marked(IN_BOTH)
async def test_a_page_of_the_local_network_waits_for_no_permission(
    open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    """Browsers do not ask for it there, and its state tells nothing: only the click is waited for."""
    till = Till(await open_page(till_page(pages.intranet, line.url)))
    assert (await till.connect() or {})["kind"] == "needs_gesture"
    await till.page.click("#connect")
    await till.let_in(shop, pages.intranet)
    assert (await till.sell("order-1"))["status"] == "done"
    assert shop.receipts() == ["order-1"]


@marked(ASKING)
async def test_while_firefox_asks_one_request_waits_and_goes_through_with_the_answer(
    browser: Firefox, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    origin = pages.of("unasked-3.test")
    token, _ = await shop.give(origin)
    options = {"token": token, "impatiently": True}
    till = Till(await open_page(till_page(origin, both_names(line), **options)))
    await till.page.click("#connect")
    # Forty of its seconds: longer than it waits for an answer where no browser asks.
    await until(till.page, "till.state === 'connecting' && performance.now() - till.since > 2000 || till.state === 'failed'")
    assert (await till.page.evaluate("till.state"), line.connections, line.requests) == ("connecting", 1, [])

    await browser.answer("Allow")
    await till.until_connected()
    assert line.requests == ["GET /api/v1/ping", "GET /api/v1/ws"]
    assert (await till.sell("order-1"))["status"] == "done"
    assert shop.receipts() == ["order-1"]


@marked(ASKING)
async def test_a_persons_no_is_told_as_that_and_not_asked_again(
    browser: Firefox, open_page: PageOpener, line: Line, pages: Pages
) -> None:
    till = Till(await open_page(till_page(pages.of("unasked-4.test"), both_names(line))))
    await till.page.click("#connect")
    await browser.answer("Block")
    assert (await till.failed())["kind"] == "blocked"
    assert (line.connections, line.requests) == (1, [])


@marked(ASKING)
async def test_a_frame_asks_in_the_name_of_the_page_around_it(
    browser: Firefox, open_page: PageOpener, shop: Shop, line: Line, pages: Pages
) -> None:
    page = await open_page(f"{pages.of('unasked-5.test')}/empty.html")
    origin = pages.of("unasked-6.test")
    address = till_page(origin, line.url, ["connect"], ["sell", "order-1"], gesture="skip")
    await page.evaluate(f"void probe.frame({json.dumps(address)}, {{ allow: 'loopback-network' }})")
    await browser.answer("Allow")
    till = Till(page, "probe.till")
    await till.let_in(shop, origin)
    assert (await till.outcomes())[0]["status"] == "done"
