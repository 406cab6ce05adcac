"""A shop behind a line that can be cut, for each test; and a till of it that is connected already."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.browsers import shop as shops
from tests.browsers.client import line as lines
from tests.browsers.client.line import Line
from tests.browsers.client.till import APP, Till
from tests.browsers.conftest import PageOpener
from tests.browsers.shop import Shop

# A test that pairs twice is no page that asks again and again, and nobody is left whose answer a stop would wait for.
QUICK: dict[str, Any] = {"pairing_each_seconds": 0.1, "stop_seconds": 0.2}

OpenTill = Callable[[str], Awaitable[Till]]


@pytest_asyncio.fixture(loop_scope="session")
async def line() -> AsyncIterator[Line]:
    async with lines.drawn() as drawn:
        yield drawn


@pytest_asyncio.fixture(loop_scope="session")
async def shop(line: Line, tmp_path: Path) -> AsyncIterator[Shop]:
    async with shops.opened(tmp_path / "data", extra_hosts=(line.address,), **QUICK) as opened:
        line.target = opened.server.port
        yield opened


@pytest.fixture
def open_page(shop: Shop, open_page: PageOpener) -> PageOpener:
    """Pages are closed before the bridge stops, which has no sockets to wait for then."""
    return open_page


@pytest.fixture
def connected(open_page: PageOpener, shop: Shop, line: Line) -> OpenTill:
    """A till of this origin that was let in before, and remembers it. Pairing itself takes a second, and has tests of its own."""

    async def opener(origin: str) -> Till:
        till = await Till.opened(open_page, origin, line.url)
        token, _ = await shop.give(origin, APP)
        left = {"token": token, "address": f"http://loopback:{line.port}"}
        place = f"tillbridge:token:{shop.bridge.instance_id}"
        await till.page.evaluate(f"localStorage.setItem({json.dumps(place)}, {json.dumps(json.dumps(left))})")
        assert await till.connect(pair=False) is None
        return till

    return opener
