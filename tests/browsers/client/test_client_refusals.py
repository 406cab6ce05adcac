"""What the client tells a page that the browser lets through, and that still does not get to its bridge: each reason by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.server.peers import Peer
from tests.browsers import shop as shops
from tests.browsers.browser import until
from tests.browsers.client.conftest import OpenTill
from tests.browsers.client.line import Line
from tests.browsers.client.till import Till
from tests.browsers.conftest import PageOpener
from tests.browsers.listener import Listener
from tests.browsers.pages import Pages
from tests.browsers.settings import POLICY, in_browsers
from tests.browsers.shop import Shop
from tests.seats import Seats

pytestmark = in_browsers(POLICY)


async def test_a_bridge_that_is_not_started(open_page: PageOpener, shop: Shop, pages: Pages) -> None:
    till = await Till.opened(open_page, pages.shop, shop.server.url)
    await shop.stop()
    failed = await till.connect()
    assert failed is not None
    assert (failed["kind"], "Start Tillbridge" in failed["remedy"]) == ("not_running", True)
    await shop.start()
    await till.pair(shop, pages.shop)  # a person started it, and tries again


async def test_another_program_on_its_port(open_page: PageOpener, listener: Listener, pages: Pages) -> None:
    till = await Till.opened(open_page, pages.shop, listener.url)
    failed = await till.connect()
    assert failed is not None
    assert (failed["kind"], "Another program" in failed["message"]) == ("not_running", True)
    assert listener.targets() == ["/api/v1/ping"]


async def test_a_page_that_nobody_paired(open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    till = await Till.opened(open_page, pages.shop, line.url)
    failed = await till.connect(pair=False)
    assert failed is not None
    assert (failed["kind"], "Pair" in failed["remedy"]) == ("not_paired", True)
    assert (await shop.call("GET", "/pairing"))["pairings"] == []


async def test_a_page_whose_pairing_was_taken_back(connected: OpenTill, shop: Shop, line: Line, pages: Pages) -> None:
    till = await connected(pages.shop)
    await shop.give(pages.shop)  # the origin stays known, so that the page may read its refusal
    (token,) = [one["token_id"] for one in (await shop.call("GET", "/tokens"))["tokens"] if one["last_used"] is not None]
    await shop.call("DELETE", f"/tokens/{token}")
    assert await until(till.page, "till.connection.at(-1)") == "closed: not_paired"
    await till.reload()
    assert (await till.connect(pair=False) or {})["kind"] == "not_paired"
    await till.pair(shop, pages.shop)
    assert (await till.sell("order-1"))["status"] == "done"


async def test_a_page_that_is_refused_at_the_bridge(open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    till = await Till.opened(open_page, pages.shop, line.url)
    await till.page.evaluate("void till.connect()")
    asking = await shop.asking(pages.shop)
    await shop.call(
        "POST", f"/pairing/{asking['pairing_id']}/decision", {"decision": "reject", "code": asking["verification_code"]}
    )
    assert (await till.failed())["kind"] == "rejected"


@pytest.mark.parametrize(
    ("peer", "problem"),
    [(Peer("1001", "jan", None, None), "gate.wrong_session"), (None, "gate.session_unknown")],
    ids=["another-user", "who-cannot-be-told"],
)
async def test_a_bridge_of_another_user(
    open_page: PageOpener, pages: Pages, tmp_path: Path, peer: Peer | None, problem: str
) -> None:
    async with shops.opened(tmp_path / "theirs", lookup=Seats(peer)) as theirs:
        till = await Till.opened(open_page, pages.shop, theirs.server.url)
        failed = await till.connect()
        assert failed is not None
        assert (failed["kind"], failed["problem"]) == ("wrong_session", problem)
        assert await theirs.bridge.jobs.list() == ([], None)


async def test_a_token_that_is_none(open_page: PageOpener, shop: Shop, line: Line, pages: Pages) -> None:
    """Nobody can tell a bridge that forgot it from a program that never knew it: it is not sent."""
    till = await Till.opened(open_page, pages.shop, line.url)
    await shop.give(pages.shop)
    failed = await till.connect(token=f"tbw_{'0' * 12}_{'A' * 43}")
    assert failed is not None
    assert failed["kind"] == "impostor"
