"""The ZVT simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import SimulatorFamily
from bridge_simulators.pace import Pace

from bridge_sim_zvt.demo import DEMO
from bridge_sim_zvt.settings import ZvtSettings, check
from bridge_sim_zvt.terminal import Terminal


class ZvtSimulator(SimulatorFamily):
    """A ZVT payment terminal."""

    id: ClassVar[str] = "zvt"
    title: ClassVar[str] = "ZVT payment terminal (Germany, Austria, Switzerland)"
    baudrate: ClassVar[int] = 9600

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    model: ClassVar[type[Any]] = ZvtSettings

    def check(self, settings: ZvtSettings) -> ZvtSettings:
        return check(settings)

    def build(self, settings: ZvtSettings, *, clock: Clock | None, pace: Pace, state_file: Path | None) -> Terminal:
        return Terminal(settings, clock=clock, pace=pace, state_file=state_file)

    def usual(self, listen: str) -> Mapping[str, str]:
        """On a pseudo-terminal APDUs are framed."""
        return {"transport": "tcp" if listen.startswith("tcp:") else "serial"}
