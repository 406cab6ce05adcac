"""The ZVT simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import Running, SimulatorFamily
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read

from bridge_sim_zvt.demo import DEMO
from bridge_sim_zvt.settings import ZvtSettings, check
from bridge_sim_zvt.terminal import Terminal


class ZvtSimulator(SimulatorFamily):
    """A ZVT payment terminal."""

    id: ClassVar[str] = "zvt"
    title: ClassVar[str] = "ZVT payment terminal (Germany, Austria, Switzerland)"
    baudrate: ClassVar[int] = 9600

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    @property
    def settings(self) -> Mapping[str, str]:
        return describe(ZvtSettings)

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> Terminal:
        return Terminal(check(read(ZvtSettings, settings or {})), clock=clock, pace=Pace(pace), state_file=state)

    async def start(
        self,
        *,
        listen: str,
        control: int | None = None,
        state: Path | None = None,
        pace: PaceName = "real",
        settings: Mapping[str, str] | None = None,
    ) -> Running:
        """As every simulator does; on a pseudo-terminal APDUs are framed, unless a setting says otherwise."""
        framing = {"transport": "tcp" if listen.startswith("tcp:") else "serial"}
        return await super().start(
            listen=listen, control=control, state=state, pace=pace, settings={**framing, **(settings or {})}
        )
