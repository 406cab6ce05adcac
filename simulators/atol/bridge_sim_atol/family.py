"""The ATOL simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace

from bridge_sim_atol.demo import DEMO
from bridge_sim_atol.register import Register
from bridge_sim_atol.settings import RegisterSettings, check


class AtolSimulator(SimulatorFamily):
    """An ATOL fiscal register with an FN."""

    id: ClassVar[str] = "atol"
    title: ClassVar[str] = "ATOL fiscal register (Russia)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    model: ClassVar[type[Any]] = RegisterSettings

    def check(self, settings: RegisterSettings) -> RegisterSettings:
        return check(settings)

    def build(self, settings: RegisterSettings, *, clock: Clock | None, pace: Pace, state_file: Path | None) -> Register:
        return Register(settings, clock=clock, pace=pace, state_file=state_file)
