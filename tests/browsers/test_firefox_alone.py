"""What can be tried with Firefox only: a person who answers its prompt, WebSockets that it asks for too, and a policy that opens
too much.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.firefox import Firefox
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.settings import ALLOWED, Setting
from tests.browsers.shop import Shop
from tests.browsers.tills import ended, till_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

GATING = Setting("firefox", ALLOWED, gate_sockets=True)
OPEN = Setting("firefox", skipped=("127.0.0.1",))


@pytest.mark.parametrize("browser", [GATING], indirect=True, scope="session", ids=str)
async def test_told_to_gate_websockets_it_lets_those_of_the_policy_through(
    browser: Firefox, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    hostile = await open_page(f"{pages.evil}/empty.html")
    tried = asyncio.create_task(hostile.evaluate(f"probe.socket('{listener.ws}/evil')"))
    await browser.answer("Block")
    assert await tried == "close 1006"
    page = await open_page(f"{pages.shop}/empty.html")
    assert await page.evaluate(f"probe.socket('{listener.ws}/shop')") == "open"
    around = await open_page(f"{pages.embed}/empty.html")
    told = await around.evaluate(f"probe.embed('{pages.shop}/frame.html', '{listener.address}')")
    assert told["socket"] == "close 1006"  # a frame needs `allow`, whatever the policy says
    assert listener.targets() == ["/shop"]


@pytest.mark.parametrize("browser", [GATING], indirect=True, scope="session", ids=str)
async def test_a_till_waits_for_a_persons_yes_and_then_sells(
    browser: Firefox, shop: Shop, open_page: PageOpener, pages: Pages
) -> None:
    """Its first call is held for as long as the browser asks, and goes through with the answer: no second one is needed."""
    page = await open_page(till_page(pages.embed, shop, go=True))
    assert await page.evaluate("till.state") == "new"
    assert (await shop.call("GET", "/pairing"))["pairings"] == []
    await browser.answer("Allow")
    await shop.let_in(pages.embed, await until(page, "till.code"))
    assert await ended(page) == "finished"
    assert shop.receipts() == ["order-1", "order-2"]


@pytest.mark.parametrize("browser", [GATING], indirect=True, scope="session", ids=str)
async def test_a_persons_yes_to_a_page_holds_for_its_frames_with_allow(
    browser: Firefox, listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    """Other than a policy, which goes by the frame's own name."""
    page = await open_page(f"{pages.of('other.test')}/empty.html")
    tried = asyncio.create_task(page.evaluate(f"probe.fetch('{listener.url}/page')"))
    await browser.answer("Allow")
    assert await tried == "status 200"
    assert await page.evaluate("probe.permission()") == "granted"
    embed = f"probe.embed('{pages.of('framed.test')}/frame.html', '{listener.address}', {{}})"
    assert (await page.evaluate(embed))["fetched"] == "TypeError"
    told = await page.evaluate(embed.replace("{}", "{ allow: 'loopback-network' }"))
    assert (told["fetched"], told["socket"], told["permission"]) == ("status 200", "open", "granted")


@pytest.mark.parametrize("browser", [OPEN], indirect=True, scope="session", ids=str)
async def test_a_policy_for_the_loopback_itself_opens_it_to_every_page(
    listener: Listener, open_page: PageOpener, pages: Pages
) -> None:
    """The same list takes pages and targets: who writes the target there asks nobody any more."""
    page = await open_page(f"{pages.evil}/empty.html")
    assert await page.evaluate(f"probe.fetch('{listener.url}/evil')") == "status 200"
    told = await page.evaluate(f"probe.embed('{pages.embed}/frame.html', '{listener.address}')")
    assert told["fetched"] == "status 200"
