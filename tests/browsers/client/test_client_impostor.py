"""The bridge is gone, and another program listens on its port: what a page tells it, which is nothing that it could use."""

from __future__ import annotations

import hashlib

import pytest

from tests.browsers.browser import until
from tests.browsers.client import impostor as impostors
from tests.browsers.client.impostor import Impostor
from tests.browsers.client.test_client_middle import HOLD
from tests.browsers.client.till import Till
from tests.browsers.conftest import PageOpener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop, eventually

pytestmark = in_browsers(POLICY)


def told_nothing(impostor: Impostor, token: str) -> None:
    assert impostor.heard, "nobody came, so this proves nothing"
    for secret in (token, token.split("_", 2)[2], hashlib.sha256(token.encode()).digest()):
        assert not impostor.knows(secret)


async def paired(open_page: PageOpener, shop: Shop, origin: str) -> tuple[Till, str]:
    """A till on the bridge's own port, that remembers its token; and the token."""
    till = await Till.opened(open_page, origin, shop.server.url)
    await till.pair(shop, origin)
    remembered = await till.page.evaluate("JSON.parse(Object.entries(localStorage).find(([name]) => /:token:/.test(name))[1])")
    return till, str(remembered["token"])


@pytest.mark.attack("A48", "A49")
async def test_a_page_that_is_loaded_tells_it_no_token(open_page: PageOpener, shop: Shop, pages: Pages) -> None:
    till, token = await paired(open_page, shop, pages.shop)
    await till.reload()
    await shop.stop()
    async with impostors.listening(shop.server.port, shop.bridge.instance_id) as impostor:
        for pair in (True, False):  # a page that may be paired does not pair with it either
            failed = await till.connect(pair=pair)
            assert failed is not None
            assert failed["kind"] == "impostor"
        told_nothing(impostor, token)
        assert set(impostor.methods) == {"GET /ping", "GET /ws", "session.authenticate"}
    await shop.start()
    assert await till.connect(pair=False) is None  # what it remembers is not lost by it


@pytest.mark.attack("A48", "A49")
async def test_one_that_says_it_is_another_bridge_is_not_paired_with(open_page: PageOpener, shop: Shop, pages: Pages) -> None:
    till, token = await paired(open_page, shop, pages.shop)
    await till.reload()
    await shop.stop()
    async with impostors.listening(shop.server.port, "another-instance") as impostor:
        failed = await till.connect()
        assert failed is not None
        assert failed["kind"] == "not_paired"
        told_nothing(impostor, token)
        assert impostor.methods == ["GET /ping"]


@pytest.mark.attack("A48", "A49")
async def test_a_page_in_the_middle_of_a_sale_tells_it_nothing_and_goes_on_when_the_bridge_is_back(
    open_page: PageOpener, shop: Shop, pages: Pages
) -> None:
    till, token = await paired(open_page, shop, pages.shop)
    shop.printer.device.faults.arm(HOLD)
    await till.begin("order-1", wait=60)
    await eventually(lambda: shop.printer.device.faults.struck)
    await shop.stop()
    async with impostors.listening(shop.server.port, shop.bridge.instance_id) as impostor:
        # Twice, so that whatever the first try sent has arrived.
        await until(till.page, "till.connection.filter((state) => state === 'waiting: impostor').length >= 2")
        told_nothing(impostor, token)
        assert not impostor.knows("order-1")
        assert "devices.submit" not in impostor.methods
    await shop.start()
    await until(till.page, "till.connection.at(-1) === 'connected'")
    shop.printer.device.press_key()
    (outcome,) = await till.outcomes()
    assert (outcome["status"], shop.receipts()) == ("done", ["order-1"])
