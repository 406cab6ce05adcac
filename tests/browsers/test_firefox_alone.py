"""What only Firefox can be told: to gate WebSockets too, as it one day may of itself, and a policy that opens too much."""

from __future__ import annotations

import pytest

from tests.browsers.conftest import PageOpener
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.settings import ALLOWED, Setting

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GATING = Setting("firefox", ALLOWED, gate_sockets=True)
OPEN = Setting("firefox", skipped=("127.0.0.1",))


@pytest.mark.parametrize("browser", [GATING], indirect=True, scope="session", ids=str)
async def test_told_to_gate_websockets_it_lets_those_of_the_policy_through(
    listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    hostile = await open_page(f"{pages.evil}/empty.html")
    assert await hostile.evaluate(f"probe.socket('{listener.ws}/evil')") == "close 1006"
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.socket('{listener.ws}/shop')") == "open"
    around = await open_page(f"{pages.embed}/empty.html")
    told = await around.evaluate(f"probe.embed('{pages.shop}/frame.html', '{listener.address}')")
    assert told["socket"] == "close 1006"  # a frame needs `allow`, whatever the policy says
    assert listener.targets() == ["/shop"]


@pytest.mark.parametrize("browser", [OPEN], indirect=True, scope="session", ids=str)
async def test_a_policy_for_the_loopback_itself_opens_it_to_every_page(
    listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    """The same list takes pages and targets: who writes the target there asks nobody any more."""
    page = await open_page(f"{pages.evil}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/evil')") == "status 200"
    told = await page.evaluate(f"probe.embed('{pages.embed}/frame.html', '{listener.address}')")
    assert told["fetched"] == "status 200"
