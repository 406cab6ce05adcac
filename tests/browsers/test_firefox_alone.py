"""What only Firefox can be told: to gate WebSockets too, as it one day may of itself, and a policy that opens too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browsers import policies
from tests.browsers.browser import World
from tests.browsers.conftest import wanted
from tests.browsers.firefox import Firefox
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def test_told_to_gate_websockets_it_lets_those_of_the_policy_through(
    tmp_path: Path, world: tuple[Pages, World], listener: Listener
) -> None:
    pages = world[0]
    with wanted(), policies.lock(), policies.installed({policies.FIREFOX: policies.for_firefox(["shop.test"])}):
        firefox = await Firefox.start(tmp_path, world[1], preferences={"network.lna.websocket.enabled": True})
        try:
            page = await firefox.page(f"{pages.evil}/empty.html")
            assert await page.evaluate(f"probe.socket('{listener.ws}/evil')") == "close 1006"
            await page.goto(f"{pages.shop}/empty.html")
            assert await page.evaluate(f"probe.socket('{listener.ws}/shop')") == "open"
            frame = f"probe.embed('{pages.shop}/frame.html', '{listener.address}')"
            await page.goto(f"{pages.embed}/empty.html")
            assert (await page.evaluate(frame))["socket"] == "close 1006"  # `allow` is asked for, whatever the policy says
        finally:
            await firefox.close()
    assert listener.targets() == ["/shop"]


async def test_a_policy_for_the_loopback_itself_opens_it_to_every_page(
    tmp_path: Path, world: tuple[Pages, World], listener: Listener
) -> None:
    """The same list takes pages and targets: who writes the target there asks nobody any more."""
    pages = world[0]
    with wanted(), policies.lock(), policies.installed({policies.FIREFOX: policies.for_firefox(["127.0.0.1"])}):
        firefox = await Firefox.start(tmp_path, world[1])
        try:
            page = await firefox.page(f"{pages.evil}/empty.html")
            assert await page.evaluate(f"probe.fetch('{listener.url}/evil')") == "status 200"
            told = await page.evaluate(f"probe.embed('{pages.embed}/frame.html', '{listener.address}')")
            assert told["fetched"] == "status 200"
        finally:
            await firefox.close()
