"""The stage: simulators of a family on free ports, a bridge with its API, all in a temporary data directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bridge.cli.demo.till import Bench, Till
from bridge.plugin import RunningSimulator, SimulatorFamily


@dataclass(slots=True)
class Device:
    """One simulated device of the demonstration, at the end of one cable."""

    id: str
    settings: dict[str, str]
    state: Path
    running: RunningSimulator
    bench: Bench
    lines_shown: int = 0


@dataclass(slots=True)
class Stage:
    """The devices of one family, in the order of their cables."""

    family: SimulatorFamily
    script: dict[str, Any]
    session: aiohttp.ClientSession
    devices: list[Device] = field(default_factory=list)

    async def build(self, directory: Path, till: Till) -> None:
        """Start the simulators and configure a device for each."""
        for number, settings in enumerate(self.script["devices"], 1):
            name = f"{self.family.id}-{number}"
            state = directory / f"{name}.json"
            running = await self._start("tcp://127.0.0.1:0", state, settings)
            self.devices.append(Device(name, settings, state, running, self._bench(running)))
            await till.configure(name, self.family.id, running.url)

    async def swap_cables(self) -> None:
        """The first two devices change places: each answers now where the other one did."""
        first, second = self.devices[0], self.devices[1]
        urls = first.running.url, second.running.url
        await first.running.close()
        await second.running.close()
        for device, url in ((first, urls[1]), (second, urls[0])):
            device.running = await self._start(url, device.state, device.settings)
            device.bench = self._bench(device.running)

    async def close(self) -> None:
        for device in self.devices:
            await device.running.close()

    async def _start(self, listen: str, state: Path, settings: dict[str, str]) -> RunningSimulator:
        return await self.family.start(listen=listen, control=0, state=state, pace="fast", settings=settings)

    def _bench(self, running: RunningSimulator) -> Bench:
        if running.control_url is None:
            raise RuntimeError(f"the simulator of {self.family.id} has no control API")
        return Bench(running.control_url, self.session)
