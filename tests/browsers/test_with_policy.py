"""What one origin may with an enterprise policy, and that it alone may.

Found so with Chromium 156 and Firefox ESR 153. Firefox knows host names only, and goes by the frame's own, not the page's.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.browsers.conftest import PageOpener
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers

pytestmark = in_browsers(POLICY)

REACHED = ("status 200", "open")
BLOCKED = ("TypeError", "close 1006")


async def embedded(open_page: PageOpener, pages: Pages, listener: Listener, frame: str, **attributes: str) -> dict[str, Any]:
    """What a frame of `frame` could do in a page of the shop."""
    page = await open_page(f"{pages.shop}/empty.html")
    told: dict[str, Any] = await page.evaluate(f"probe.embed('{frame}/frame.html', '{listener.address}', {attributes})")
    return told


def outcome(told: dict[str, Any]) -> tuple[str, str]:
    return told["fetched"], told["socket"]


async def test_a_fetch_and_a_websocket_arrive_with_the_pages_origin(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/fetch')") == "status 200"
    assert await page.evaluate(f"probe.socket('{listener.ws}/socket')") == "open"
    fetched, socket = await listener.request("/fetch"), await listener.request("/socket")
    assert (fetched.origin, socket.origin) == (pages.shop, pages.shop)
    assert [fetched.headers[f"sec-fetch-{name}"] for name in ("site", "mode", "dest")] == ["cross-site", "cors", "empty"]
    assert socket.headers.get("sec-fetch-mode") == (None if kind == "chromium" else "websocket")


async def test_localhost_is_covered_too(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.fetch('http://localhost:{listener.port}/named')") == "status 200"
    assert (await listener.request("/named")).headers["host"] == f"localhost:{listener.port}"


async def test_only_chromium_tells_the_page_that_it_may(kind: str, open_page: PageOpener, pages: Pages) -> None:
    """A client that waits for `granted` waits for ever in Firefox."""
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate("probe.permission()") == ("granted" if kind == "chromium" else "prompt")


async def test_a_call_with_a_token_is_asked_for_first(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    options = (
        "{method: 'POST', body: '{}', headers: {'Content-Type': 'application/json',"
        " 'Authorization': 'Bearer x', 'Idempotency-Key': 'k'}}"
    )
    assert await page.evaluate(f"probe.fetch('{listener.url}/call', {options})") == "status 200"
    asked, called = listener.to("/call")
    assert (asked.method, called.method) == ("OPTIONS", "POST")
    assert asked.headers["access-control-request-headers"] == "authorization,content-type,idempotency-key"
    assert "authorization" not in asked.headers
    assert not [name for name in asked.headers if name.endswith("-network")]  # the older scheme's question is not asked


async def test_another_origin_stays_blocked(kind: str, listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.evil}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/fetch')") == "TypeError"
    if kind == "chromium":
        assert await page.evaluate(f"probe.socket('{listener.ws}/socket')") == "close 1006"
    await listener.until(lambda seen: bool(seen.connections))
    assert listener.bytes == b""


async def test_another_port_of_the_name_is_another_origin_for_chromium_only(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop_on_another_port}/empty.html")
    fetched = await page.evaluate(f"probe.fetch('{listener.url}/fetch')")
    assert fetched == ("TypeError" if kind == "chromium" else "status 200")


async def test_a_frame_without_allow_is_blocked(kind: str, listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    told = await embedded(open_page, pages, listener, pages.embed)
    assert told["fetched"] == "TypeError"
    assert told["permission"] == "denied"
    if kind == "chromium":
        assert told["socket"] == "close 1006"
        assert listener.bytes == b""
    else:
        assert listener.targets() == ["/frame-0/socket"]  # not gated by Firefox, here neither


async def test_allow_hands_the_permission_of_the_page_to_a_frame(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    told = await embedded(open_page, pages, listener, pages.embed, allow="loopback-network")
    if kind == "chromium":
        assert (*outcome(told), told["permission"]) == (*REACHED, "granted")
        assert [request.origin for request in listener.requests] == [pages.embed, pages.embed]
    else:
        assert told["fetched"] == "TypeError"  # its own name is not in the policy: it would have to ask
        assert told["permission"] == "prompt"


async def test_a_frame_that_is_allowed_itself_needs_allow_too(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    told = await embedded(open_page, pages, listener, pages.partner, allow="loopback-network")
    assert outcome(told) == REACHED
    told = await embedded(open_page, pages, listener, pages.partner)
    assert told["fetched"] == "TypeError"


@pytest.mark.parametrize(("allow", "enough"), [("local-network-access", True), ("local-network", False)])
async def test_other_names_in_allow(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages, allow: str, enough: bool
) -> None:
    told = await embedded(open_page, pages, listener, pages.embed, allow=allow)
    if kind == "chromium":
        assert outcome(told) == (REACHED if enough else BLOCKED)
    else:
        assert (told["fetched"], told["permission"]) == ("TypeError", "denied")  # it knows the one name alone


async def test_a_sandboxed_frame_has_no_origin(kind: str, listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    attributes = {"allow": "loopback-network", "sandbox": "allow-scripts"}
    told = await embedded(open_page, pages, listener, pages.shop, **attributes)
    assert told["origin"] == "null"
    assert outcome(told) == (REACHED if kind == "chromium" else ("TypeError", "open"))
    assert {request.origin for request in listener.requests} == {"null"}


@pytest.mark.parametrize("name", ["loopback-network", "local-network-access"])
async def test_a_page_can_forbid_it_to_itself_in_chromium(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages, name: str
) -> None:
    page = await open_page(f"{pages.shop}/empty.html?permissions={name}=()")
    fetched = await page.evaluate(f"probe.fetch('{listener.url}/fetch')")
    assert fetched == ("TypeError" if kind == "chromium" else "status 200")
    assert await page.evaluate("probe.permission()") == ("denied" if kind == "chromium" else "prompt")


async def test_the_address_of_nowhere_is_the_loopback_for_chromium(
    kind: str, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    fetched = await page.evaluate(f"probe.fetch('http://0.0.0.0:{listener.port}/zero')")
    if kind == "chromium":
        assert fetched == "status 200"
        assert (await listener.request("/zero")).headers["host"] == f"0.0.0.0:{listener.port}"
    else:
        assert (fetched, listener.bytes) == ("TypeError", b"")


async def test_a_name_that_means_the_loopback_is_mixed_content(listener: Listener, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.fetch('http://evil.test:{listener.port}/name')") == "TypeError"
    assert (listener.connections, listener.bytes) == ([], b"")
