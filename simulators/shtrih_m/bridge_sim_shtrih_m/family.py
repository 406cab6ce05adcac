"""The Shtrih-M simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace

from bridge_sim_shtrih_m.demo import DEMO
from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings, check


class ShtrihSimulator(SimulatorFamily):
    """A Shtrih-M fiscal register with an FN."""

    id: ClassVar[str] = "shtrih-m"
    title: ClassVar[str] = "Shtrih-M fiscal register (Russia)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    model: ClassVar[type[Any]] = ShtrihSettings

    def check(self, settings: ShtrihSettings) -> ShtrihSettings:
        return check(settings)

    def build(self, settings: ShtrihSettings, *, clock: Clock | None, pace: Pace, state_file: Path | None) -> Register:
        return Register(settings, clock=clock, pace=pace, state_file=state_file)

    def usual(self, listen: str) -> Mapping[str, str]:
        """Behind TCP a register sends FFh after each ACK of the host."""
        return {"filler": "yes"} if listen.startswith("tcp:") else {}
