"""A bridge with the two registers of one simulated server, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bridge_sim_atol.web.server import ORIGIN, WebServer

from bridge.model import Job
from bridge.transport import WireLog, run_virtual
from tests.harness.atol_web_bench import PASSWORD, USER, atol_plugin, new_server
from tests.toys.cables import TestCable
from tests.toys.hosting import ACTOR, ToyHost
from tests.toys.http_cable import HttpOverCable


class Scene:
    """`server` is the simulated one, `till` the bridge's device with the register 1, `bar` that with the register 2."""

    def __init__(self, host: ToyHost, server: WebServer) -> None:
        self.host = host
        self.server = server

    @property
    def first(self) -> Any:
        return self.server.registers["1"]

    def sold(self, device: str = "1") -> list[tuple[str, str]]:
        """What came out for the bridge: kind and total of each document."""
        register = self.server.registers[device]
        return [(one.kind, one.total) for one in register.documents() if one.origin == ORIGIN]

    def requests(self, device: str = "1") -> list[str]:
        """Ids of the requests that make something, in their order."""
        entries = self.server.queues[device].memory.entries
        return [
            entry.uuid for entry in entries if '"getDeviceStatus"' not in entry.tasks and '"getFnDocument"' not in entry.tasks
        ]

    async def run(self, body: dict[str, Any], device: str = "till") -> Job:
        return await self.host.run(device, body)

    async def submit(self, body: dict[str, Any], device: str = "till") -> Job:
        return await self.host.submit(device, body)

    async def until(self, job: Job, what: Callable[[Job], bool]) -> Job:
        for _ in range(4000):
            seen = await self.host.get(job)
            if what(seen):
                return seen
            await asyncio.sleep(0.1)
        raise AssertionError(f"it never came: {await self.host.get(job)}")

    async def configure(self, device: str, **settings: Any) -> dict[str, Any]:
        config = {"family": "atol", "url": "null://server", "settings": settings}
        await self.host.bridge.devices.configure(ACTOR, device, config)
        await asyncio.sleep(1)
        return self.host.bridge.devices.get(device)

    def wire(self, device: str = "till") -> bytes:
        """All that its wire log kept."""
        log = self.host.bridge.devices.runtimes[device].wire_log
        assert log is not None
        return b"\n".join(entry.data for entry in log.entries())


def play(directory: Path, scene: Callable[[Scene], Coroutine[Any, Any, None]], *, shared: bool = False, **settings: str) -> None:
    """Run a scene with both registers configured; `settings` are the server's."""

    async def main() -> None:
        async def connect(cable: TestCable, wire_log: WireLog) -> HttpOverCable:
            return HttpOverCable(server.connect, cable, wire_log)

        host = ToyHost(directory, {"server": connect}, {"atol": atol_plugin()})
        server = new_server(host.clock.now, **settings)
        async with host:
            for device, number in (("till", "1"), ("bar", "2")):
                config = {
                    "family": "atol",
                    "url": "null://server",
                    "settings": {"web": {"device": number, "user": USER}, "web_password": PASSWORD},
                    "shared": shared,
                }
                await host.bridge.devices.configure(ACTOR, device, config)
            await asyncio.sleep(1)
            await scene(Scene(host, server))
        await server.close()

    run_virtual(main())
