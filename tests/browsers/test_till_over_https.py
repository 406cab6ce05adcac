"""The same till over https and wss, in browsers that trust the bridge because `tillbridge tls` told them to."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.browsers import shop as shops
from tests.browsers.browser import until
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop
from tests.browsers.tills import ended, till_page

pytestmark = in_browsers(POLICY)


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tls_data_dir: Path, tmp_path: Path) -> AsyncIterator[Shop]:
    shutil.copytree(tls_data_dir, tmp_path / "data")
    async with shops.opened(tmp_path / "data", tls_port=0) as opened:
        yield opened


async def test_a_page_pairs_and_sells_over_https_and_wss(shop: Shop, open_page: PageOpener, pages: Pages) -> None:
    page = await open_page(till_page(pages.shop, shop, go=True, secure=True))
    await shop.let_in(pages.shop, await until(page, "till.code"))
    assert await ended(page) == "finished"
    assert shop.receipts() == ["order-1", "order-2"]
