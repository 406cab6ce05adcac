"""What a browser lets through to the loopback without any permission: its own gate ends where a page navigates.

Found so with Chromium 156 and Firefox ESR 153.
"""

from __future__ import annotations

import pytest

from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.firefox import PROMPT_MS
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.settings import NO_POLICY, in_browsers

pytestmark = in_browsers(NO_POLICY)

SEEN_BY_NOBODY = {"/favicon.ico"}  # a browser asks for it by itself, when a page of ours was shown


async def test_a_fetch_an_image_a_beacon_and_a_frame_bring_no_byte(
    listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/fetch')") == "TypeError"
    assert await page.evaluate(f"probe.image('{listener.url}/image')") == "error"
    before = len(listener.connections)
    await page.evaluate(f"void probe.frame('{listener.url}/frame')")
    await listener.until(lambda seen: len(seen.connections) > before)  # a browser asks on a connection that stands
    assert await page.evaluate(f"probe.beacon('{listener.url}/beacon')") == "queued"
    assert listener.bytes == b""

    await page.evaluate(f"void (location = '{listener.url}/last')")
    await listener.request("/last")  # whatever was on its way has arrived before
    assert set(listener.targets()) - SEEN_BY_NOBODY == {"/last"}


async def test_chromium_gates_a_websocket_and_firefox_does_not(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    outcome = await page.evaluate(f"probe.socket('{listener.ws}/socket')")
    if kind == "chromium":
        assert outcome == "close 1006"
        assert listener.bytes == b""
    else:
        assert outcome == "open"
        assert (await listener.request("/socket")).origin == pages.shop


async def test_chromium_without_a_screen_denies_by_itself(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    """Where nobody can be asked the state becomes `denied`, as if a person had said no."""
    if kind != "chromium":
        pytest.skip("Firefox asks, also where there is no screen")
    page = await open_page(f"{pages.embed}/empty.html")
    assert await page.evaluate("probe.permission()") == "prompt"
    await page.evaluate(f"probe.fetch('{listener.url}/fetch')")
    assert await page.evaluate("probe.permission()") == "denied"
    assert await page.evaluate("probe.permission('local-network-access')") == "denied"


async def test_firefox_holds_a_fetch_while_it_asks(kind: str, listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    """Until its prompt times out nothing is decided, so a client that gives up sooner gives up too soon."""
    if kind != "firefox":
        pytest.skip("Chromium decides at once where there is no screen")
    page = await open_page(f"{pages.shop}/empty.html")
    waited = await page.evaluate(
        f"(async () => {{ const began = performance.now(); const outcome = await probe.fetch('{listener.url}/fetch');"
        " return { outcome, ms: performance.now() - began }; })()"
    )
    assert waited["outcome"] == "TypeError"
    assert waited["ms"] >= PROMPT_MS * 0.9
    assert listener.bytes == b""
    assert await page.evaluate("probe.permission()") == "prompt"
    assert await page.evaluate("probe.permission('local-network-access')") == "TypeError"  # the old name is Chromium's


async def test_a_form_is_posted_all_the_same(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    await page.evaluate(f"probe.form('{listener.url}/form')")
    request = await listener.request("/form")
    assert (request.method, request.origin) == ("POST", "null")
    assert request.headers["content-type"] == "text/plain"
    assert request.headers["sec-fetch-mode"] == "navigate"
    assert request.body.strip() == b'{"op":"drawer.open","reference":"="}'  # JSON, as far as a server can tell


async def test_a_page_goes_there_all_the_same(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    await page.evaluate(f"void (location = '{listener.url}/location?report=z')")
    request = await listener.request("/location?report=z")
    assert (request.method, request.origin) == ("GET", None)
    assert (request.headers["sec-fetch-mode"], request.headers["sec-fetch-site"]) == ("navigate", "cross-site")
    await until(page, f"location.href.startsWith('{listener.url}')")


async def test_a_window_opens_there_all_the_same(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"window.open('{listener.url}/window') !== null", gesture=True)
    assert (await listener.request("/window")).method == "GET"


async def test_a_page_of_the_local_network_is_not_asked(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    """Whoever has a server in the intranet reaches every loopback of the house."""
    page = await open_page(f"{pages.intranet}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/fetch')") == "status 200"
    assert await page.evaluate(f"probe.socket('{listener.ws}/socket')") == "open"
    assert await page.evaluate(f"probe.frame('{listener.url}/frame')") == "loaded"
    assert await page.evaluate(f"probe.beacon('{listener.url}/beacon')") == "queued"
    beacon = await listener.request("/beacon")
    assert beacon.origin == (pages.intranet if kind == "chromium" else "null")
    assert [listener.to(target)[0].origin for target in ("/fetch", "/socket", "/frame")] == [pages.intranet, pages.intranet, None]
    assert await page.evaluate("probe.permission()") == "prompt"  # so the state tells nothing there
