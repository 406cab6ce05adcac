"""The terminal's face: served to a person's browser and drivable by no other page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

import aiohttp
import pytest
from bridge_sim_zvt.family import ZvtSimulator
from bridge_simulators.family import Running

Call = tuple[int, Mapping[str, str], str]


@pytest.fixture
async def terminal() -> AsyncIterator[Running]:
    running = await ZvtSimulator().start(listen="tcp://127.0.0.1:0", control=0, pace="fast", settings={"hands": "person"})
    yield running
    await running.close()


async def call(running: Running, method: str, path: str, body: Any = None, **headers: str) -> Call:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{running.control_url}{path}", json=body, headers=sent) as got,
    ):
        return got.status, dict(got.headers), await got.text()


def own(running: Running) -> dict[str, str]:
    """What a browser says for a call of the page itself."""
    return {"Origin": str(running.control_url), "Sec_Fetch_Site": "same-origin"}


async def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline(terminal: Running) -> None:
    status, headers, page = await call(terminal, "GET", "/face", Sec_Fetch_Site="none")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=|https?:", page)
    for path in re.findall(r'(?:src|href)="([^"]+)"', page):
        status, headers, text = await call(terminal, "GET", path, Sec_Fetch_Site="same-origin")
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert text


async def test_a_person_pays_at_the_page(terminal: Running) -> None:
    for act, value in (("tap", "visa"), ("key", "1")):
        status, _, _ = await call(terminal, "POST", "/act", {"act": act, "value": value}, **own(terminal))
        assert status == 200
    status, _, text = await call(terminal, "GET", "/view?seen=", Sec_Fetch_Site="same-origin")
    assert status == 200
    assert '"display": "Willkommen"' in text
    version = re.search(r'"version": "(\w+)"', text)
    assert version is not None
    waiting = asyncio.create_task(call(terminal, "GET", f"/view?seen={version.group(1)}", Sec_Fetch_Site="same-origin"))
    await call(terminal, "POST", "/act", {"act": "insert", "value": "girocard"}, **own(terminal))
    assert '"slot": "girocard"' in (await waiting)[2]
    await call(terminal, "POST", "/act", {"act": "power", "value": "off"}, **own(terminal))
    assert terminal.device.powered is False


@pytest.mark.parametrize(
    ("headers", "path", "method"),
    [
        ({"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"}, "/act", "POST"),
        ({"Origin": "http://127.0.0.1:1", "Sec_Fetch_Site": "same-site"}, "/act", "POST"),
        ({"Origin": "null", "Sec_Fetch_Site": "cross-site"}, "/view", "GET"),
        ({"Sec_Fetch_Site": "cross-site"}, "/face", "GET"),
        ({"Sec_Fetch_Site": "same-site"}, "/face/terminal.js", "GET"),
        ({"Host": "evil.example"}, "/face", "GET"),
        ({"Sec_Fetch_Site": "none"}, "/nowhere", "GET"),
    ],
)
async def test_no_other_page_looks_or_acts(terminal: Running, headers: dict[str, str], path: str, method: str) -> None:
    status, _, _ = await call(terminal, method, path, {"act": "tap", "value": "visa"} if method == "POST" else None, **headers)
    assert status in (403, 404)


@pytest.mark.parametrize("path", ["/power", "/faults", "/switches", "/cable", "/foreign"])
async def test_the_page_may_look_and_act_and_nothing_else(terminal: Running, path: str) -> None:
    status, _, _ = await call(terminal, "POST", path, {}, **own(terminal))
    assert status == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"act": "tap", "value": "nothing"},
        {"act": "key", "value": "Q"},
        {"act": "power", "value": "maybe"},
        {"act": "hands", "value": "nobody"},
        [1],
    ],
)
async def test_acts_that_make_no_sense_are_refused(terminal: Running, body: Any) -> None:
    status, _, text = await call(terminal, "POST", "/act", body, **own(terminal))
    assert status == 400
    assert '"error"' in text
