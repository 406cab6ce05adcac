"""`tillbridge serve` itself is killed under a page that sells: the page goes on by itself when it is started again."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest_asyncio

from tests.browsers.browser import until
from tests.browsers.client.test_client_middle import HOLD
from tests.browsers.client.till import Till
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop, eventually

pytestmark = in_browsers(POLICY)


@dataclass
class Served:
    """A bridge in a process of its own, with the printer of `shop`."""

    shop: Shop
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return self.shop.server.url

    async def start(self) -> None:
        command = [sys.executable, "-m", "bridge.cli.main", "serve", "--port", str(self.shop.server.port)]
        self.process = await asyncio.create_subprocess_exec(
            *command,
            *("--data-dir", str(self.shop.bridge.data_dir)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(60):
            assert (await self.process.stdout.readline()).decode().startswith("tillbridge ready on ")

    async def kill(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            await self.process.wait()


@pytest_asyncio.fixture(loop_scope="session")
async def served(shop: Shop) -> AsyncIterator[Served]:
    """The shop sets itself up, and hands its directory and its port over."""
    served = Served(shop)
    yield served
    await served.kill()


async def test_a_bridge_that_is_killed_in_the_middle_of_a_sale(served: Served, open_page: PageOpener, pages: Pages) -> None:
    shop = served.shop
    token, _ = await shop.give(pages.shop)
    await shop.stop()
    await served.start()
    till = await Till.opened(open_page, pages.shop, served.url, token=token)
    assert await till.connect() is None
    shop.printer.device.faults.arm(HOLD)
    await till.begin("order-1", wait=60)
    await eventually(lambda: shop.printer.device.faults.struck)
    await served.kill()
    await until(till.page, "till.connection.includes('waiting: not_running')")
    await served.start()
    await until(till.page, "till.connection.at(-1) === 'connected'")
    shop.printer.device.press_key()
    (outcome,) = await till.outcomes()
    assert (outcome["status"], shop.receipts()) == ("done", ["order-1"])
    assert (await till.sell("order-2"))["status"] == "done"
