"""The Posnet simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace

from bridge_sim_posnet.demo import DEMO
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings


class PosnetSimulator(SimulatorFamily):
    """A Posnet Thermal XL2 Online."""

    id: ClassVar[str] = "posnet"
    title: ClassVar[str] = "Posnet fiscal printer (Posnet protocol)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    model: ClassVar[type[Any]] = PosnetSettings

    def build(self, settings: PosnetSettings, *, clock: Clock | None, pace: Pace, state_file: Path | None) -> Printer:
        return Printer(settings, clock=clock, pace=pace, state_file=state_file)

    def further_ports(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        return {"pc2": settings["pc2"]} if settings.get("pc2") else {}
