"""The whole demonstration: real bridge, real simulators, the stage beside them; and the command as a process."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bridge.cli.demo.serving import Theatre, has_screen, opened
from bridge.plugin import PluginRegistry
from bridge.server.pages import PAGES

TILLBRIDGE = [sys.executable, "-m", "bridge.cli.main"]

SALE = {
    "op": "receipt",
    "currency": "PLN",
    "reference": "ORDER-1",
    "lines": [{"name": "Chleb", "price": "4.50", "vat": "5%"}],
    "payments": [{"kind": "cash", "amount": "4.50"}],
}


@pytest_asyncio.fixture
async def theatre(tmp_path: Path) -> AsyncIterator[Theatre]:
    registry = PluginRegistry.installed()
    async with opened(tmp_path, registry, {"posnet": registry.simulators["posnet"]}, pace="fast") as running:
        yield running


async def stage(theatre: Theatre, name: str, body: dict[str, Any] | None = None) -> Any:
    """As the bridge's page calls it."""
    headers = {"Origin": theatre.server.url, "Authorization": f"Bearer {theatre.secret}"}
    async with theatre.till.session.post(f"{theatre.stage_origin}/stage/{name}", json=body or {}, headers=headers) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def sell(theatre: Theatre, token: str, wait: int) -> dict[str, Any]:
    headers = {
        "Origin": theatre.server.url,
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": "k1",
        "Prefer": f"wait={wait}",
    }
    url = f"{theatre.server.url}/api/v1/devices/@fiscal/jobs"
    async with theatre.till.session.post(url, json=SALE, headers=headers) as answer:
        assert answer.status in (200, 202), await answer.text()
        job: dict[str, Any] = await answer.json()
        return job


async def ledger(theatre: Theatre, **wanted: int) -> list[Any]:
    """Its rows, as soon as its sums are these."""
    async with asyncio.timeout(20):
        seen = None
        while True:
            view = await stage(theatre, "view", {"seen": seen})
            seen = view["version"]
            if {name: view["ledger"]["sums"][name] for name in wanted} == wanted:
                return list(view["ledger"]["rows"])


async def test_a_cable_is_pulled_and_plugged_in_and_the_ledger_agrees(theatre: Theatre) -> None:
    token = (await stage(theatre, "setup"))["token"]["token"]
    await stage(theatre, "break", {"device": "posnet-1", "what": "cable"})
    await sell(theatre, token, wait=0)
    (row,) = await ledger(theatre, open=1, issued=1)
    assert (row["agrees"], row["truth"]) == (None, "receipt no. 1, 4.50")
    await stage(theatre, "mend", {"device": "posnet-1", "what": "cable"})
    (row,) = await ledger(theatre, open=0)
    assert (row["agrees"], row["verdict"]) == (True, "done no. 1, 4.50 (after doubt)")


async def test_swapping_the_cables_mends_nothing_else(theatre: Theatre) -> None:
    await stage(theatre, "break", {"device": "posnet-1", "what": "paper", "now": True})
    await stage(theatre, "break", {"device": "posnet-2", "what": "answer"})
    await stage(theatre, "swap", {"device": "posnet-1"})
    view = await stage(theatre, "view")
    assert view["swapped"] == ["posnet"]
    first, second = view["devices"]
    assert (first["id"], first["paper_loaded"], second["paper_loaded"], second["armed"]) == ("posnet-1", False, True, ["answer"])
    await stage(theatre, "swap", {"device": "posnet-1"})
    assert (await stage(theatre, "view"))["swapped"] == []


async def test_the_page_is_there_with_the_demonstration_alone(theatre: Theatre) -> None:
    assert not [address for address in PAGES if address.startswith("/demo")]
    for address in ("/demo/", "/demo", "/demo/demo.js"):
        async with theatre.till.session.get(f"{theatre.server.url}{address}") as answer:
            assert answer.status == 200
            assert "'none'" in answer.headers["Content-Security-Policy"]
    async with theatre.till.session.get(f"{theatre.server.url}/demo/") as answer:
        assert f"connect-src 'self' {theatre.stage_origin};" in answer.headers["Content-Security-Policy"]
        assert theatre.secret not in await answer.text()


async def test_the_bridge_itself_has_nothing_of_the_stage(theatre: Theatre) -> None:
    headers = {"Origin": theatre.server.url, "Authorization": f"Bearer {theatre.secret}"}
    async with theatre.till.session.post(f"{theatre.server.url}/stage/view", json={}, headers=headers) as answer:
        assert answer.status == 401  # nobody has this token
    async with theatre.till.session.options(
        f"{theatre.server.url}/api/v1/devices", headers={"Origin": theatre.stage_origin, "Access-Control-Request-Method": "GET"}
    ) as answer:
        assert answer.status == 403  # the stage's page is a stranger until it is paired


async def test_its_tokens_end_with_it(tmp_path: Path) -> None:
    registry = PluginRegistry.installed()
    families = {"posnet": registry.simulators["posnet"]}
    for _ in range(2):
        async with opened(tmp_path, registry, families, pace="fast") as running:
            tokens = (await running.till.call("GET", "/tokens"))["tokens"]
            assert {token["origin"] for token in tokens} == {
                f"http://{name}:{running.server.port}" for name in ("127.0.0.1", "localhost", "[::1]")
            }
            assert not [token for token in tokens if {"admin", "raw", "resolve"} & set(token["scopes"])]


async def test_the_command_prints_the_page_and_ends_with_a_signal(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *TILLBRIDGE, "demo", "--serve", "--no-open", "--data-dir", str(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    told = b""
    async with asyncio.timeout(60):
        while b"Ctrl-C" not in told:
            line = await process.stdout.readline()
            assert line
            told += line
    addresses = re.findall(rb"(http://127\.0\.0\.1:\d+)/demo/#([A-Za-z0-9_-]{43})", told)
    assert len(addresses) == 2
    assert b"/console#code=" in told
    assert f"tillbridge console --data-dir {tmp_path / 'data'}".encode() in told
    async with aiohttp.ClientSession() as session:
        for origin, _ in addresses:
            async with session.get(f"{origin.decode()}/demo/") as answer:
                assert answer.status == 200
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(30):
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a screen")
def test_without_a_screen_no_browser_is_opened() -> None:
    assert not has_screen({})
    assert not has_screen({"DISPLAY": ""})
    assert has_screen({"DISPLAY": ":0"})
    assert has_screen({"WAYLAND_DISPLAY": "wayland-0"})


@pytest.mark.parametrize("option", [("--no-open",), ("--port", "5000")])
def test_options_of_the_page_want_the_page(option: tuple[str, ...]) -> None:
    done = subprocess.run([*TILLBRIDGE, "demo", *option], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "--serve" in done.stderr) == (1, True)
