"""The simulated server as the host sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from bridge_sim_fn.register import USUAL_ZONE
from bridge_simulators.device import Clock
from bridge_simulators.family import Running, SimulatorFamily
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read
from bridge_simulators.zones import clock_in, read_zone

from bridge_sim_atol.register import Register
from bridge_sim_atol.settings import RegisterSettings
from bridge_sim_atol.settings import check as check_register
from bridge_sim_atol.web.server import WebServer
from bridge_sim_atol.web.settings import WebSettings, check

_OF_REGISTER = "register."


class WebSimulator(SimulatorFamily):
    """The vendor's HTTP server with one or several registers behind it."""

    id: ClassVar[str] = "atol-web"
    title: ClassVar[str] = "ATOL Web Requests server with fiscal registers (Russia)"

    demo: ClassVar[Mapping[str, Any] | None] = None

    @property
    def settings(self) -> Mapping[str, str]:
        return {
            **describe(WebSettings),
            **{f"{_OF_REGISTER}{name}": told for name, told in describe(RegisterSettings).items()},
        }

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> WebServer:
        given = settings or {}
        own = check(read(WebSettings, {name: value for name, value in given.items() if not name.startswith(_OF_REGISTER)}))
        common = {name.removeprefix(_OF_REGISTER): value for name, value in given.items() if name.startswith(_OF_REGISTER)}
        registers = {}
        for number in range(1, own.devices + 1):
            chosen = check_register(read(RegisterSettings, _numbered(common, number - 1)))
            file = state.with_name(f"{state.name}.{number}") if state is not None else None
            registers[str(number)] = Register(chosen, clock=clock, pace=Pace(pace), state_file=file)
        at = clock or clock_in(read_zone(USUAL_ZONE, USUAL_ZONE), None)
        return WebServer(own, registers, clock=at, pace=Pace(pace), state_file=state)

    async def start(
        self,
        *,
        listen: str,
        control: int | None = None,
        state: Path | None = None,
        pace: PaceName = "real",
        settings: Mapping[str, str] | None = None,
    ) -> Running:
        """As every simulator does; what listens is a server of HTTP."""
        running = await super().start(listen=listen, control=control, state=state, pace=pace, settings=settings)
        running.url = running.url.replace("tcp://", "http://")
        return running


def _numbered(common: Mapping[str, str], index: int) -> dict[str, str]:
    """Each register is its own: serial numbers, also that of the FN, counted up."""
    defaults = RegisterSettings()
    serial = common.get("serial", defaults.serial)
    fn_serial = common.get("fn_serial", defaults.fn_serial)
    rnm = common.get("rnm", defaults.rnm)
    return {
        **common,
        "serial": f"{int(serial) + index:0{len(serial)}d}",
        "fn_serial": f"{int(fn_serial) + index:0{len(fn_serial)}d}",
        "rnm": f"{int(rnm) + index:0{len(rnm)}d}",
    }
