"""The same till over https and wss, in browsers that trust the bridge because `tillbridge tls setup` told them to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browsers import policies
from tests.browsers import shop as shops
from tests.browsers.browser import Prepare, until
from tests.browsers.conftest import PageOpener, Policy
from tests.browsers.pages import Pages
from tests.browsers.shop import Shop
from tests.browsers.tills import ended, till_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def data_dir(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for each browser: its set-up names the stores that were changed."""
    return tmp_path_factory.mktemp(f"data-{kind}")


@pytest.fixture(scope="module")
def prepare(data_dir: Path) -> Prepare:
    def set_up(home: Path) -> None:
        command = [sys.executable, "-m", "bridge.cli.main", "tls", "setup", "--data-dir", str(data_dir)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        subprocess.run(command, env={**environment, "HOME": str(home)}, check=True, capture_output=True, timeout=60)

    return set_up


@pytest.fixture(scope="module")
def policy(pages: Pages) -> Policy:
    return lambda kind: policies.generated(kind, [pages.shop])


@pytest_asyncio.fixture(loop_scope="module")
async def shop(data_dir: Path, open_page: PageOpener) -> AsyncIterator[Shop]:
    async with shops.opened(data_dir, tls_port=0) as opened:
        yield opened


async def test_a_page_pairs_and_sells_over_https_and_wss(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True, secure=True))
    await shop.let_in(pages.shop, await until(page, "till.code"))
    assert await ended(page) == "finished"
    assert shop.receipts() == ["order-1", "order-2"]
