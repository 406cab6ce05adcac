"""The port of the register: its task buffer, the connections to it, and the one command that is being executed.

Source: protocol-specs/atol, "Frames", "The task buffer". The dialogue itself is the codec's (`Device`); it belongs to the port, not to a
connection, so that a result waits for whoever connects next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge_atol.frame import Command, Device, DeviceOutput, Flags, Send, Slot, State
from bridge_simulators.device import Refused, Wire

from bridge_sim_atol.faults import BUFFER, BufferRefuses
from bridge_sim_atol.memory import KeptTask
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
        self.port.received(self, data)

    def disconnected(self) -> None:
        self.port.disconnected(self)


class Port:
    """`epoch` counts power cuts: what was under way before one never goes on."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.device = Device()
        self.sessions: list[PortSession] = []
        self.epoch = 0
        self.current = ""  # the command that is being executed, or was last
        self._running: Execution | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._idle: list[asyncio.Future[None]] = []
        self.set_up()

    def set_up(self) -> None:
        """The settings may have changed."""
        results = self._register.settings.results
        self.device.later, self.device.tells = results != "reply", results == "told"

    @property
    def busy(self) -> bool:
        return self._running is not None

    async def idle(self) -> None:
        """Returns when nothing is being executed."""
        while self.busy:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(waiting)
            await waiting

    def _told_idle(self) -> None:
        waiting, self._idle = self._idle, []
        for one in waiting:
            if not one.done():
                one.set_result(None)

    # --- connections

    def attach(self, wire: Wire) -> PortSession:
        settings = self._register.settings
        if len(self.sessions) >= settings.clients:
            if settings.further_client == "refuse":
                raise Refused(f"the register has {len(self.sessions)} connection(s), which is all it takes")
            self.sessions[0].wire.close()
        session = PortSession(self, wire)
        self.sessions.append(session)
        return session

    def received(self, session: PortSession, data: bytes) -> None:
        self._carry(self.device.receive(data), BUFFER)

    def disconnected(self, session: PortSession) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        if self.sessions:
            return
        self.device.disconnect()
        if self._register.settings.buffer_at_disconnect == "lost":
            self.forget_tasks()

    # --- execution

    def _begin(self, data: bytes) -> None:
        register = self._register
        self.current = name = name_of(data[_PASSWORD:])
        before = register.faults.reach(name, "before")
        if before.power_lost:
            return
        if before.lost:
            self.device.forget()
            return
        refused = register.faults.take(BufferRefuses, name)
        if refused is not None:
            self._carry(self.device.refuse(refused.state), name)
            return
        self._running = register.execute(name, data, before)
        self._pump(self.epoch)

    def _pump(self, epoch: int) -> None:
        self._wake = None
        running = self._running
        if running is None or epoch != self.epoch:
            return
        try:
            seconds = next(running)
        except StopIteration as stop:
            if epoch == self.epoch:
                self._running = None
                self._ended(stop.value)
            return
        if epoch == self.epoch:
            self._wake = asyncio.get_running_loop().call_later(seconds, self._pump, epoch)

    def _ended(self, ending: Ending) -> None:
        match ending:
            case Answered(data, error):
                name = self.current
                outputs = self.device.answer(data, error=error)
                self._keep()
                self._carry(outputs, name)
            case Lost(power=False):
                self.device.forget()
            case _:
                return
        if not self.busy:
            self._told_idle()
            self._register.executed()

    # --- the buffer

    def forget_tasks(self) -> None:
        """All tasks are gone. What is being executed goes on, and its result is nobody's."""
        running = self.device.running
        self.device.slots.clear()
        self.device.stopped = False
        if running is not None:
            self.device.drop()
        self._keep()

    def stop_queue(self) -> None:
        self.device.stopped = True

    def replaced(self, *, ids: bool) -> None:
        """Another program has used this buffer: it emptied it. `ids`: under each of our ids stands a result of its own now."""
        ours = [task for task, slot in self.device.slots.items() if slot.state in (State.RESULT, State.ERROR)]
        self.device.slots.clear()
        self.device.stopped = False
        if ids:
            for task in ours:
                self.device.slots[task] = Slot(b"", Flags.NEED_RESULT, State.RESULT, b"\x55\x00\x00")
        self._keep()

    def _keep(self) -> None:
        """The finished tasks, where they outlive the power."""
        register = self._register
        if register.settings.buffer_at_power_off != "kept":
            return
        register.memory.tasks = [
            KeptTask(task, int(slot.flags), slot.state is State.ERROR, slot.data.hex(), slot.answer.hex())
            for task, slot in self.device.slots.items()
            if slot.state in (State.RESULT, State.ERROR)
        ]
        register.save()

    # --- what goes out

    def _carry(self, outputs: Sequence[DeviceOutput], name: str) -> None:
        epoch = self.epoch
        for output in outputs:
            if epoch != self.epoch:
                return
            match output:
                case Send(data):
                    self._register.faults.deliver(name, data, self._send)
                case Command(_, data):
                    self._begin(data)

    def _send(self, data: bytes) -> None:
        if self.sessions and self._register.powered:
            self.sessions[-1].wire.send(data)

    # --- power

    def power_off(self) -> None:
        self.epoch += 1
        self._running = None
        self.current = ""
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
        self.device.switch_off()
        self._told_idle()

    def power_on(self) -> None:
        for kept in self._register.memory.tasks:
            state = State.ERROR if kept.error else State.RESULT
            slot = Slot(bytes.fromhex(kept.data), Flags(kept.flags), state, bytes.fromhex(kept.answer))
            self.device.slots[kept.task] = slot
            self.device.stopped = self.device.stopped or (kept.error and Flags.IGNORE_ERROR not in slot.flags)
