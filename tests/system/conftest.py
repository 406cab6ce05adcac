"""The whole of it, as a user has it: a bridge with its HTTP API, and a simulated Posnet printer over TCP."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running

from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    media_type: str
    body: dict[str, Any]

    @property
    def fields(self) -> list[str]:
        return [error["field"] for error in self.body.get("errors", [])]


@dataclass
class System:
    """A running bridge with the device `till-1`, and a client that holds its token."""

    bridge: Bridge
    server: ApiServer
    printer: Running
    session: aiohttp.ClientSession
    _keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def token(self) -> str:
        return (self.bridge.data_dir / "admin-token").read_text("utf-8").strip()

    async def call(self, method: str, path: str, body: Any = None, *, data: bytes | None = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {self.token}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        url = f"{self.server.url}/api/v1{path}"
        async with self.session.request(method, url, json=body, data=data, headers=sent) as response:
            return Answer(response.status, response.content_type, await response.json(content_type=None))

    async def submit(self, body: Any, *, device: str = "till-1", key: str | None = None, wait: int = 20) -> Answer:
        key = key or f"key-{next(self._keys)}"
        return await self.call("POST", f"/devices/{device}/jobs", body, Idempotency_Key=key, Prefer=f"wait={wait}")

    async def ready(self, device: str = "till-1") -> None:
        """The printer is connected and its tax table known."""
        async with asyncio.timeout(15):
            while not self.bridge.devices.runtime(device).capabilities_fresh:
                await asyncio.sleep(0.01)


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    printer = await PosnetSimulator().start(
        listen="tcp://127.0.0.1:0", control=0, state=None, pace="fast", settings={"rates": "23/8/5/0/23/zw/-"}
    )
    bridge = await Bridge.open(tmp_path / "data", registry=PluginRegistry.installed())
    await bridge.start()
    server = await ApiServer.start(bridge, ServerSettings(port=0))
    async with aiohttp.ClientSession() as session:
        made = System(bridge, server, printer, session)
        answer = await made.call("PUT", "/devices/till-1/config", {"family": "posnet", "url": printer.url})
        assert answer.status in (200, 201), answer
        await made.ready()
        yield made
    await server.stop()
    await bridge.stop(grace=1)
    await printer.close()
