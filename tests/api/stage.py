"""A real server with `desk-1`, a device that does everything (desk.py), and if wanted `till-1`, a simulated printer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import aiohttp
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators import Running

from bridge.devices.discovery import Surroundings
from bridge.devices.discovery.mdns import Announced
from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import Endpoint, Link, LinkOpener, NotConnected, NullModemBoard, WireLog
from tests.api.desk import DeskFamily
from tests.core.fake_family import FakeDevice, FakePlugin

SETTER_UP = Actor(principal="setup")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class Stage:
    bridge: Bridge
    server: ApiServer
    desk: DeskFamily
    device: FakeDevice
    session: aiohttp.ClientSession

    @property
    def token(self) -> str:
        return (self.bridge.data_dir / "admin-token").read_text("utf-8").strip()

    async def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Reply:
        """`path` is below /api/v1. The token goes with it, unless `headers` has another Authorization (an empty one: none)."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        sent = {name: value for name, value in sent.items() if value}
        async with self.session.request(method, f"{self.server.url}/api/v1{path}", json=body, headers=sent) as response:
            if response.content_type.startswith("text/"):
                said: Any = await response.text()
            elif response.content_type.startswith("image/"):
                said = await response.read()
            else:
                said = await response.json(content_type=None) if response.status != 204 else None
            return Reply(response.status, dict(response.headers), said)

    async def ready(self, device: str) -> None:
        async with asyncio.timeout(15):
            while not self.bridge.devices.runtime(device).capabilities_fresh:
                await asyncio.sleep(0.01)


class HereOnly(LinkOpener):
    """Opens nothing outside of this test: random addresses may be those of somebody."""

    async def open(self, endpoint: Endpoint, wire_log: WireLog, **terms: Any) -> Link:
        if endpoint.kind == "null" or (endpoint.kind == "tcp" and endpoint.address == "127.0.0.1"):
            return await super().open(endpoint, wire_log, **terms)
        raise NotConnected(f"{endpoint.url} is outside of this test")


async def _nobody(types: Sequence[str]) -> Sequence[Announced]:
    return []


@asynccontextmanager
async def stage(data_dir: Path, *, max_wait: float = 60.0) -> AsyncIterator[Stage]:
    """A server whose one plugin to show is the desk's, with no device configured. Stopped at the end."""
    family, device, board = DeskFamily(), FakeDevice(serial="DESK-1"), NullModemBoard()
    board.plug("desk", device.connect)
    registry = PluginRegistry()
    registry.load(entry_points(group="tillbridge", name="posnet"))
    registry.reports.clear()  # what is installed beside the desk is no part of any example
    registry.add(FakePlugin(family), "desk")
    around = Surroundings(ports=list, holders=lambda port: [], usb=list, browser=_nobody)
    bridge = await Bridge.open(data_dir, registry=registry, opener=HereOnly(board), surroundings=around)
    await bridge.start()
    # Limits of how often are told as 429, whatever the request: here it is what it says that counts.
    often: dict[str, Any] = {"wrong_tokens_at_once": 10**6, "pings_at_once": 10**6, "calls_at_once": 10**6}
    server = await ApiServer.start(bridge, ServerSettings(port=0, stop_seconds=1.0, max_wait=max_wait, **often))
    async with aiohttp.ClientSession() as session:
        try:
            yield Stage(bridge, server, family, device, session)
        finally:
            family.held.set()
            family.thinking.set()
            await server.stop()
            await bridge.stop(grace=1)


@asynccontextmanager
async def furnished(data_dir: Path) -> AsyncIterator[Stage]:
    """With both devices, ready. Nothing waits long for a job: random ones may ask, or be in doubt."""
    printer: Running = await PosnetSimulator().start(
        listen="tcp://127.0.0.1:0", control=0, state=None, pace="fast", settings={"rates": "23/8/5/0/-/zw/-"}
    )
    try:
        async with stage(data_dir, max_wait=0.5) as made:
            made.desk.held.set()
            made.desk.thinking.set()
            await made.bridge.devices.configure(SETTER_UP, "till-1", {"family": "posnet", "url": printer.url})
            await made.bridge.devices.configure(SETTER_UP, "desk-1", {"family": "desk", "url": "null://desk"})
            await made.ready("till-1")
            await made.ready("desk-1")
            yield made
    finally:
        await printer.close()
