"""What the ports of both transports share: connections, and the one command that is being executed.

The dialogue is the codec's and belongs to the port, not to a connection, so that a result waits for whoever connects next. What is
particular to a transport is in `port_v3.py` and `port_v2.py`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge_atol.frame import State
from bridge_simulators.device import Occupied, Wire
from bridge_simulators.steps import Steps

from bridge_sim_atol.faults import BufferRefuses
from bridge_sim_atol.request import name_of

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_PASSWORD = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """The command was executed, or refused."""

    data: bytes
    error: bool


@dataclass(frozen=True, slots=True)
class Lost:
    """The command was executed, and nobody ever hears of it. `power`: the register is off."""

    power: bool


Ending = Answered | Lost
Execution = Generator[float, None, Ending]


class PortSession:
    """One connection."""

    def __init__(self, port: Port, wire: Wire) -> None:
        self.port = port
        self.wire = wire

    def received(self, data: bytes) -> None:
        self.port.received(data)

    def disconnected(self) -> None:
        self.port.disconnected(self)


class Port(ABC):
    """`epoch` counts power cuts: what was under way before one never goes on."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.sessions: list[PortSession] = []
        self.epoch = 0
        self.current = ""  # the command that is being executed, or was last
        self._steps = Steps(self._ended)
        self._idle: list[asyncio.Future[None]] = []

    @property
    def busy(self) -> bool:
        return self._steps.busy

    async def idle(self) -> None:
        """Returns when nothing is being executed."""
        while self.busy:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(waiting)
            await waiting

    # --- connections

    def attach(self, wire: Wire) -> PortSession:
        settings = self._register.settings
        if len(self.sessions) >= settings.clients:
            if settings.further_client == "refuse":
                raise Occupied(f"the register has {len(self.sessions)} connection(s), which is all it takes")
            self.sessions[0].wire.close()
        session = PortSession(self, wire)
        self.sessions.append(session)
        return session

    def disconnected(self, session: PortSession) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        if self.sessions:
            return
        self.nobody_listens()
        if self._register.settings.buffer_at_disconnect == "lost":
            self.forget_tasks()

    # --- what a transport does

    @abstractmethod
    def received(self, data: bytes) -> None: ...

    @abstractmethod
    def nobody_listens(self) -> None:
        """The last connection has ended."""

    @abstractmethod
    def refuse(self, state: State) -> None:
        """The running command is not taken in: this is said in the place of its answer."""

    @abstractmethod
    def forget(self) -> None:
        """Nobody ever hears of the running command."""

    @abstractmethod
    def answer(self, data: bytes, *, error: bool) -> None: ...

    @abstractmethod
    def forget_tasks(self) -> None:
        """Whatever is kept for hosts is gone. What is being executed goes on, and its result is nobody's."""

    @abstractmethod
    def stop_queue(self) -> None: ...

    @abstractmethod
    def replaced(self, *, ids: bool) -> None:
        """Another program has used this port: what was kept for us is gone. `ids`: in its place stands what was meant for it."""

    @abstractmethod
    def switched_off(self) -> None: ...

    @abstractmethod
    def power_on(self) -> None: ...

    @abstractmethod
    def set_up(self) -> None:
        """The settings may have changed."""

    @abstractmethod
    def told(self) -> dict[str, Any]:
        """What the state of the register says of it."""

    # --- execution

    def begin(self, data: bytes) -> None:
        """A command with its password has come."""
        register = self._register
        self.current = name = name_of(data[_PASSWORD:])
        before = register.faults.reach(name, "before")
        if before.power_lost:
            return
        if before.lost:
            self.forget()
            return
        refused = register.faults.take(BufferRefuses, name)
        if refused is not None:
            self.refuse(refused.state)
            return
        self._steps.begin(register.execute(name, data, before))

    def _ended(self, ending: Ending) -> None:
        match ending:
            case Answered(data, error):
                self.answer(data, error=error)
            case Lost(power=False):
                self.forget()
            case _:
                return
        if not self.busy:
            self._tell_idle()
            self._register.executed()

    def _tell_idle(self) -> None:
        waiting, self._idle = self._idle, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    # --- what goes out

    def deliver(self, name: str, data: bytes) -> None:
        """An answer to this command, as the faults let it."""
        self._register.faults.deliver(name, data, self._send)

    def _send(self, data: bytes) -> None:
        if self.sessions and self._register.powered:
            self.sessions[-1].wire.send(data)

    # --- power

    def power_off(self) -> None:
        self.epoch += 1
        self._steps.stop()
        self.current = ""
        self.switched_off()
        self._tell_idle()
