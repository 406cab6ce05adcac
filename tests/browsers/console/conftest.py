"""A stage for each test and a console that is signed in there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.browsers.conftest import PageOpener
from tests.browsers.console import stage as stages
from tests.browsers.console.driving import Console
from tests.browsers.console.stage import Stage


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stages.opened(tmp_path / "data") as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="session")
async def console(stage: Stage, open_page: PageOpener) -> Console:
    page = await open_page(f"{stage.shop.server.url}/")
    await page.size(1280, 900)
    await page.evaluate("void localStorage.setItem('tillbridge.language', 'en')")
    signed_in = Console(page)
    await page.goto(await stage.link())
    await signed_in.ready()
    return signed_in
