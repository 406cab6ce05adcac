"""The Posnet simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read

from bridge_sim_posnet.demo import DEMO
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings


class PosnetSimulator(SimulatorFamily):
    """A Posnet Thermal XL2 Online."""

    id: ClassVar[str] = "posnet"
    title: ClassVar[str] = "Posnet fiscal printer (Posnet protocol)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    @property
    def settings(self) -> Mapping[str, str]:
        return describe(PosnetSettings)

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> Printer:
        return Printer(read(PosnetSettings, settings or {}), clock=clock, pace=Pace(pace), state_file=state)

    def further_ports(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        return {"pc2": settings["pc2"]} if settings.get("pc2") else {}
