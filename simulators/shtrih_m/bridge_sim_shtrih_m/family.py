"""The Shtrih-M simulator as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.device import Clock
from bridge_simulators.family import Running, SimulatorFamily
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read

from bridge_sim_shtrih_m.demo import DEMO
from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings, check


class ShtrihSimulator(SimulatorFamily):
    """A Shtrih-M fiscal register with an FN."""

    id: ClassVar[str] = "shtrih-m"
    title: ClassVar[str] = "Shtrih-M fiscal register (Russia)"

    demo: ClassVar[Mapping[str, Any] | None] = DEMO

    @property
    def settings(self) -> Mapping[str, str]:
        return describe(ShtrihSettings)

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> Register:
        return Register(check(read(ShtrihSettings, settings or {})), clock=clock, pace=Pace(pace), state_file=state)

    async def start(
        self,
        *,
        listen: str,
        control: int | None = None,
        state: Path | None = None,
        pace: PaceName = "real",
        settings: Mapping[str, str] | None = None,
    ) -> Running:
        """As every simulator does; behind TCP a register sends FFh after each ACK of the host, unless a setting says no."""
        filler = {"filler": "yes"} if listen.startswith("tcp:") else {}
        return await super().start(
            listen=listen, control=control, state=state, pace=pace, settings={**filler, **(settings or {})}
        )
