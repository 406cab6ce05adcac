"""A bridge with fake devices in virtual time, for tests of the host."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bridge.jobs import Bridge, Patience
from bridge.model import Actor, Job
from bridge.plugin import PluginRegistry
from bridge.transport import LinkOpener, LoopClock, NullModemBoard, run_virtual
from tests.core.fake_family import FakeDevice, FakeFamily, FakePlugin

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TILL = Actor(principal="till")


def sale(total: str = "10.00", **more: Any) -> dict[str, Any]:
    return {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": total, "vat": "23%"}], **more}


class World:
    """One data directory, its devices, and a bridge that can be stopped, crashed and started again."""

    def __init__(self, data_dir: Path, devices: int = 1) -> None:
        self.data_dir = data_dir
        self.family = FakeFamily()
        self.devices = {f"d{number}": FakeDevice(serial=f"F-{number}") for number in range(1, devices + 1)}
        self.board = NullModemBoard()
        for name in self.devices:
            self.plug(name, name)
        self.patience = Patience()
        self.plugins: list[tuple[object, str]] = [(FakePlugin(self.family), "fake")]
        self.bridge: Bridge
        self._keys = itertools.count(1)

    def plug(self, port: str, device: str) -> None:
        self.board.plug(port, lambda wire_log: self.devices[device].connect(wire_log))

    async def start(self, **options: Any) -> Bridge:
        registry = PluginRegistry()
        for plugin, plugin_name in self.plugins:
            registry.add(plugin, plugin_name)
        self.bridge = await Bridge.open(
            self.data_dir,
            registry=registry,
            clock=LoopClock(START),
            opener=LinkOpener(self.board),
            inline=True,
            patience=self.patience,
            **options,
        )
        await self.bridge.start()
        for name in self.devices:
            if name not in self.bridge.devices.runtimes:
                await self.bridge.devices.configure(TILL, name, {"family": "fake", "url": f"null://{name}"})
        return self.bridge

    async def settle(self, seconds: float = 1) -> None:
        """Let the devices connect, or the time pass."""
        await asyncio.sleep(seconds)

    async def restart(self) -> None:
        await self.bridge.stop(grace=1)
        await self.start()

    async def audit(self) -> list[dict[str, Any]]:
        return await self.bridge.devices.audit(0, 1000)

    async def crash(self) -> None:
        await self.bridge.crash()

    async def sell(
        self, body: dict[str, Any] | None = None, *, key: str | None = None, device: str = "d1", wait: float = 60
    ) -> Job:
        job = await self.bridge.jobs.submit(TILL, device, key or f"k{next(self._keys)}", body or sale())
        return await self.bridge.jobs.wait(job.id, wait)


def in_world(data_dir: Path, story: Callable[[World], Awaitable[None]], *, devices: int = 1) -> None:
    """Run a story in virtual time, and put the bridge away afterwards."""

    async def main() -> None:
        world = World(data_dir, devices)
        await world.start()
        try:
            await story(world)
        finally:
            if not world.bridge.store.database._closed:
                await world.bridge.stop(grace=0.1)

    run_virtual(main())
