"""A bridge in this process for the toys' tests: virtual time, null-modem endpoints, one data directory that survives it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bridge.jobs.bridge import Bridge
from bridge.model import Actor, Job
from bridge.plugin import PluginRegistry
from bridge.transport import Link, LinkOpener, LoopClock, NullModemBoard, WireLog
from tests.toys import gateway, terminal
from tests.toys.cables import TestCable

ACTOR = Actor(principal="test")
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

Connect = Callable[[TestCable, WireLog], Awaitable[Link]]


class ToyHost:
    """`connects`: endpoint name -> how to reach the device there. Each endpoint has a cable of its own. `plugins`: the toys by default."""

    def __init__(self, directory: Path, connects: Mapping[str, Connect], plugins: Mapping[str, object] | None = None) -> None:
        self.clock = LoopClock(START)
        self.cables = {name: TestCable() for name in connects}
        self._directory = directory
        self._board = NullModemBoard()
        for name, connect in connects.items():
            self._board.plug(name, partial(connect, self.cables[name]))
        self._plugins = plugins or {"gateway": gateway, "terminal": terminal}
        self._keys = 0
        self._bridge: Bridge | None = None

    @property
    def bridge(self) -> Bridge:
        assert self._bridge is not None
        return self._bridge

    async def __aenter__(self) -> ToyHost:
        registry = PluginRegistry()
        for name, plugin in self._plugins.items():
            registry.add(plugin, name)
        self._bridge = await Bridge.open(
            self._directory, registry=registry, clock=self.clock, opener=LinkOpener(self._board), inline=True
        )
        await self._bridge.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.bridge.stop()

    async def restart(self) -> None:
        """As after kill -9."""
        await self.bridge.crash()
        await self.__aenter__()

    async def add(self, device: str, family: str, endpoint: str, **settings: Any) -> None:
        config = {"family": family, "url": f"null://{endpoint}", "settings": settings}
        await self.bridge.devices.configure(ACTOR, device, config)
        await asyncio.sleep(0.1)

    async def submit(self, device: str, body: Mapping[str, Any]) -> Job:
        self._keys += 1
        return await self.bridge.jobs.submit(ACTOR, device, f"key-{self._keys}", dict(body))

    async def settled(self, job: Job, seconds: float = 600.0) -> Job:
        return await self.bridge.jobs.wait(job.id, seconds)

    async def run(self, device: str, body: Mapping[str, Any]) -> Job:
        return await self.settled(await self.submit(device, body))

    async def get(self, job: Job) -> Job:
        return await self.bridge.jobs.get(job.id)

    def alerts(self, device: str) -> list[str]:
        return [alert["code"] for alert in self.bridge.devices.get(device)["alerts"]]
