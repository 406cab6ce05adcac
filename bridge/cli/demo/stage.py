"""The stage: simulators of a family on free ports, a bridge with its API, all in a temporary data directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bridge.cli.demo.till import Bench, Till
from bridge.plugin import Pace, RunningSimulator, SimulatorFamily


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
    """The devices of one family, in the order of their cables. `timeouts` are those of the bridge for each device."""

    family: SimulatorFamily
    script: dict[str, Any]
    session: aiohttp.ClientSession
    pace: Pace = "fast"
    timeouts: Mapping[str, float] = field(default_factory=dict)
    devices: list[Device] = field(default_factory=list)
    swapped: bool = False

    @property
    def pays(self) -> bool:
        """Its devices take payments, and print no receipts of a shop."""
        return bool(self.script.get("pays"))

    async def build(self, directory: Path, till: Till) -> None:
        """Start the simulators and configure a device for each."""
        for number, settings in enumerate(self.script["devices"], 1):
            name = f"{self.family.id}-{number}"
            state = directory / f"{name}.json"
            running = await self._start("tcp://127.0.0.1:0", state, settings)
            self.devices.append(Device(name, settings, state, running, self._bench(running)))
            await till.configure(name, self.family.id, running.url, self.timeouts, self.script.get("settings", {}))

    async def swap_cables(self) -> None:
        """The first two devices change places: each answers now where the other one did. What hands did to them stays."""
        pair = self.devices[:2]
        urls = [device.running.url for device in reversed(pair)]
        states = [await device.bench.state() for device in pair]
        armed = [await device.bench.armed() for device in pair]
        for device in pair:
            await device.running.close()
        for device, url, state, faults in zip(pair, urls, states, armed, strict=True):
            device.running = await self._start(url, device.state, device.settings)
            device.bench = self._bench(device.running)
            await device.bench.restore(state)
            for fault in faults:
                await device.bench.arm(fault)
        self.swapped = not self.swapped

    async def close(self) -> None:
        for device in self.devices:
            await device.running.close()

    async def _start(self, listen: str, state: Path, settings: dict[str, str]) -> RunningSimulator:
        return await self.family.start(listen=listen, control=0, state=state, pace=self.pace, settings=settings)

    def _bench(self, running: RunningSimulator) -> Bench:
        if running.control_url is None:
            raise RuntimeError(f"the simulator of {self.family.id} has no control API")
        return Bench(running.control_url, self.session)
