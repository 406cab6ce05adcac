"""The ATOL simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read

from bridge_sim_atol.demo import DEMO
from bridge_sim_atol.register import Register
from bridge_sim_atol.settings import RegisterSettings, check


class AtolSimulator(SimulatorFamily):
    """An ATOL fiscal register with an FN."""

    id: ClassVar[str] = "atol"
    title: ClassVar[str] = "ATOL fiscal register (Russia)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    @property
    def settings(self) -> Mapping[str, str]:
        return describe(RegisterSettings)

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> Register:
        return Register(check(read(RegisterSettings, settings or {})), clock=clock, pace=Pace(pace), state_file=state)
