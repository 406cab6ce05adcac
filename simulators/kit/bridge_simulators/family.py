"""What a simulator hands to the host through the hook `tillbridge_simulators()`: one object per family.

A family says its settings and builds a device; starting listeners and the control API is the same for all.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from bridge_simulators.control import ControlApi
from bridge_simulators.device import Clock, SimulatedDevice
from bridge_simulators.listen import Listener, listen
from bridge_simulators.pace import Pace, PaceName
from bridge_simulators.settings import describe, read


@dataclass(slots=True)
class Running:
    """A simulator that listens. `url` is what the host connects to; `urls` has further ports of the device by name."""

    url: str
    control_url: str | None
    device: SimulatedDevice
    urls: Mapping[str, str] = field(default_factory=dict)
    _listeners: list[Listener] = field(default_factory=list)
    _control: ControlApi | None = None

    async def close(self) -> None:
        """Stops listening and lets go of every connection. What the device remembers is in its state file already."""
        for listener in self._listeners:
            await listener.close()
        self.device.cut_connections()
        if self._control is not None:
            await self._control.close()


class SimulatorFamily(ABC):
    """The simulator of one family of devices."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    baudrate: ClassVar[int] = 115200  # of the pseudo-terminal in pace "real"
    demo: ClassVar[Mapping[str, Any] | None] = None  # what a demonstration of this family needs; None: it takes no part

    model: ClassVar[type[Any]]
    """A dataclass: the settings, of which `settings` and `create` are made."""

    @property
    def settings(self) -> Mapping[str, str]:
        """name -> help text with choices and default."""
        return describe(self.model)

    def check(self, settings: Any) -> Any:
        """The settings as one model has them: what does not go together is a ValueError."""
        return settings

    def build(self, settings: Any, *, clock: Clock | None, pace: Pace, state_file: Path | None) -> SimulatedDevice:
        """A device of these settings. Where there is more to it than one model, `settings` and `create` are overridden instead."""
        raise NotImplementedError

    def create(
        self,
        settings: Mapping[str, str] | None = None,
        *,
        pace: PaceName = "fast",
        state: Path | None = None,
        clock: Clock | None = None,
    ) -> SimulatedDevice:
        """A device in this process, without sockets. Raises ValueError for a setting that does not exist."""
        chosen = self.check(read(self.model, settings or {}))
        return self.build(chosen, clock=clock, pace=Pace(pace), state_file=state)

    def usual(self, listen: str) -> Mapping[str, str]:
        """Settings that hang on where it listens, unless they are chosen."""
        return {}

    def further_ports(self, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Ports beside the first one that the settings ask for: name -> listen address."""
        return {}

    async def start(
        self,
        *,
        listen: str,
        control: int | None = None,
        state: Path | None = None,
        pace: PaceName = "real",
        settings: Mapping[str, str] | None = None,
    ) -> Running:
        """Creates the device and lets it listen at "tcp://127.0.0.1:PORT" (0 = any) or on a pseudo-terminal ("pty").

        `control`: port of the control API, 0 = any free one, None = none.
        """
        chosen = {**self.usual(listen), **(settings or {})}
        device = self.create(chosen, pace=pace, state=state)
        running = Running(url="", control_url=None, device=device)
        try:
            running.url = await self._open(running, listen, "")
            running.urls = {
                name: await self._open(running, address, name) for name, address in self.further_ports(chosen).items()
            }
            if control is not None:
                running._control = ControlApi(device)
                running.control_url = await running._control.start(control)
        except BaseException:
            await running.close()
            raise
        return running

    async def _open(self, running: Running, address: str, port: str) -> str:
        baudrate = self.baudrate if running.device.pace.name == "real" else None
        listener = await listen(address, running.device, port=port, baudrate=baudrate)
        running._listeners.append(listener)
        return listener.url
