"""The console's page as browsers call for it: they leave Origin out of a page's own GETs, and say `same-origin` instead."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.station import Station


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data")
    await station.start()
    yield station
    await station.stop()


async def signed_in(station: Station) -> dict[str, str]:
    code, _ = station.server.access.console.link()
    status, opened, _ = await station.http("POST", "/session/console", {"code": code}, Origin=station.server.url)
    assert status == 200
    return {"Authorization": f"Bearer {opened['token']}"}


async def test_the_page_reads_without_an_origin_where_the_browser_vouches_for_it(station: Station) -> None:
    headers = await signed_in(station)
    sent_by_browsers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
    for path in ("/devices", "/pairing", "/tokens"):
        assert (await station.http("GET", path, **headers, **sent_by_browsers))[0] == 200


@pytest.mark.parametrize("site", [None, "none"])
async def test_its_token_alone_is_not_enough(station: Station, site: str | None) -> None:
    headers = await signed_in(station)
    more = {} if site is None else {"Sec-Fetch-Site": site}
    status, problem, _ = await station.http("GET", "/devices", **headers, **more)
    assert (status, problem["code"]) == (403, "gate.origin_required")


async def test_a_page_of_the_bridge_under_another_name_is_another_page(station: Station) -> None:
    headers = await signed_in(station)
    host = f"localhost:{station.server.port}"  # it was opened at 127.0.0.1
    status, problem, _ = await station.http("GET", "/devices", **headers, **{"Sec-Fetch-Site": "same-origin", "Host": host})
    assert (status, problem["code"]) == (403, "gate.token_origin_mismatch")


async def test_the_token_of_a_remote_page_is_worth_nothing_to_the_bridges_own(station: Station) -> None:
    token, _ = await station.give("till", origin="https://pos.example.com")
    headers = {"Authorization": f"Bearer {token}", "Sec-Fetch-Site": "same-origin"}
    status, problem, _ = await station.http("GET", "/devices", **headers)
    assert (status, problem["code"]) == (403, "gate.token_origin_mismatch")
