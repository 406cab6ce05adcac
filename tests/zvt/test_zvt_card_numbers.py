"""A terminal that tells whole card numbers wherever it can: they are found nowhere afterwards, in no spelling and no file.

Searched: the journal itself, logs, wire logs, events, results, the bundle, everything that the API answered.
"""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import bridge_zvt
import pytest
from bridge_sim_zvt.cards import CARDS
from bridge_sim_zvt.family import ZvtSimulator

from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry
from bridge.server.logs import Logs, LogSettings
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from tests.system.planted import spellings

NUMBERS = {name: CARDS[name].pan for name in ("debit-mastercard", "girocard", "mastercard", "visa")}

TERMINAL = {
    "spills": "yes",
    "pan": "full",
    "sends_tlv": "always",
    "first_receipt": "41",
    "wait_repeat_ms": "10",
    "t3_ms": "300",
}

# How each payment goes: the script, and a fault on the way.
PAYMENTS: tuple[tuple[str, dict[str, Any] | None], ...] = (
    ("approve", None),
    ("approve_pin", None),
    ("signature", None),
    ("decline", None),
    ("approve", {"fault": "cut_command", "command": "06D3", "step": "after"}),
    ("approve", {"fault": "malformed", "command": "040F", "how": "unknown_field"}),
    ("approve", {"fault": "truncate", "command": "040F", "keep": 90}),
    ("approve", {"fault": "malformed", "command": "06D3", "how": "unknown_field"}),
)


class Seen:
    """Everything that left the bridge or stayed behind, by where it was found."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, bytes]] = []

    def add(self, name: str, content: str | bytes) -> None:
        self.pieces.append((name, content if isinstance(content, bytes) else content.encode("utf-8", "replace")))

    def leaks(self) -> Iterator[str]:
        for card, number in NUMBERS.items():
            packed = bytes.fromhex(number if len(number) % 2 == 0 else number + "f")[: len(number) // 2]
            forms = [*spellings(number), *((f"packed, {how}", form) for how, form in _packed(packed))]
            for name, content in self.pieces:
                yield from (f"{card} in {name}: {how}" for how, form in forms if form in content)


def _packed(raw: bytes) -> Iterator[tuple[str, bytes]]:
    yield "bytes", raw
    yield "hex with blanks", raw.hex(" ").encode()
    yield "HEX with blanks", raw.hex(" ").upper().encode()


async def live(directory: Path, seen: Seen, *, bundle: bool) -> list[str]:
    """One life of a bridge at such a terminal; the states of its jobs."""
    stderr = io.StringIO()
    logs = Logs(LogSettings(directory / "logs", "debug"), stream=stderr)
    terminal = await ZvtSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=TERMINAL)
    logs.start()
    states: list[str] = []
    try:
        registry = PluginRegistry()
        registry.add(bridge_zvt, "zvt")
        bridge = await Bridge.open(directory, registry=registry)
        await bridge.start()
        server = await ApiServer.start(bridge, ServerSettings(port=0))
        token = (directory / "admin-token").read_text().strip()
        try:
            async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
                states = await work(session, f"{server.url}/api/v1", terminal.device, terminal.url, seen, bundle=bundle)
        finally:
            await server.stop()
            await bridge.stop(grace=1)
    finally:
        await terminal.close()
        logs.stop()
    seen.add("stderr", stderr.getvalue())
    for file in sorted(directory.rglob("*")):
        if file.is_file():
            seen.add(str(file.relative_to(directory)), file.read_bytes())
    return states


async def work(session: aiohttp.ClientSession, api: str, device: Any, url: str, seen: Seen, *, bundle: bool) -> list[str]:
    async def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with session.request(method, f"{api}{path}", json=body, headers=sent) as response:
            text = await response.text()
            seen.add(f"{method} {path}", text)
            return json.loads(text) if text else None

    settings = {
        "password": "123456",
        "receipts": "blocks",
        "signature": "till",
        "reversal_window": 0.4,
        "timeouts": {"busy": 0.2, "t3": 1.0, "message": 0.5},
    }
    await call("PUT", "/devices/desk/config", {"family": "zvt", "url": url, "settings": settings})
    body = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR"}
    jobs = []
    for number, (script, fault) in enumerate(PAYMENTS):
        device.scripts.append(script)
        if fault is not None:
            device.faults.arm(fault)
        job = await call("POST", "/devices/desk/jobs", body, Idempotency_Key=f"key-{number}", Prefer="wait=20")
        jobs.append(job["id"])
    states = [(await call("GET", f"/jobs/{job}"))["state"] for job in jobs]
    for job in jobs:
        await call("GET", f"/jobs/{job}/wire?limit=2000&logs=true")
    for path in ("/devices/desk", "/devices/desk/status", "/devices/desk/wire?limit=2000", "/jobs", "/audit", "/health"):
        await call("GET", path)
    if bundle:
        async with session.post(f"{api}/bundle", json={"job": jobs[4]}) as got:
            with zipfile.ZipFile(io.BytesIO(await got.read())) as zipped:
                for name in zipped.namelist():
                    seen.add(f"bundle: {name}", zipped.read(name))
    return states


# The bundle is packed by a process of its own, which takes some seconds to start.
@pytest.mark.parametrize("bundle", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_a_whole_card_number_is_found_nowhere(tmp_path: Path, bundle: bool) -> None:
    seen = Seen()
    states = asyncio.run(live(tmp_path, seen, bundle=bundle))
    assert states[:4] == ["done"] * 4, states
    names = [name for name, _ in seen.pieces]
    assert any(name.startswith("journal.db") for name in names)
    assert any("wire" in name for name in names)
    assert any(name.startswith("bundle: ") for name in names) == bundle
    assert any(b"510460" in content for _, content in seen.pieces), "what may be told is told"
    assert sorted(set(seen.leaks())) == []


def test_the_search_finds_what_was_planted() -> None:
    """Else the test above could not fail."""
    number = NUMBERS["girocard"]
    for form in (
        number.encode(),
        bytes.fromhex(number + "f"),
        number.encode("utf-16-le"),
        bytes.fromhex(number + "f").hex(" ").encode(),
    ):
        seen = Seen()
        seen.add("somewhere", b"abc" + form + b"def")
        assert list(seen.leaks())
