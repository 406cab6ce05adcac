"""A demonstration for each test, with two simulated Posnet printers, and the visitor in front of its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from bridge.cli.demo.serving import Theatre, opened
from bridge.plugin import PluginRegistry
from tests.browsers.conftest import PageOpener
from tests.browsers.demo.visitor import Visitor


@pytest_asyncio.fixture(loop_scope="session")
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    registry = PluginRegistry.installed()
    async with opened(tmp_path / "demo", registry, {"posnet": registry.simulators["posnet"]}, pace="fast") as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(theatre: Theatre, open_page: PageOpener) -> Visitor:
    """In front of the page at the bridge's own address."""
    visitor = Visitor(theatre, await open_page(theatre.page))
    await visitor.is_in()
    return visitor
