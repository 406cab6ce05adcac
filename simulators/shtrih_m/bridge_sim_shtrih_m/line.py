"""The port of the register: its link layer, the connections to it, and the one command that is being executed.

Source: protocol-specs/shtrih-m, "Link layer v1", "Link layer v2". The dialogue itself is the codec's (`DeviceLink`); it belongs to
the port, not to a connection, so that an answer waits for whoever connects next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Literal

from bridge_shtrih_m.frame import ACK, NAK, Command, DeviceLink, DeviceOutput, DeviceTimer, Send, Wait, code_of
from bridge_shtrih_m.frame.device import DeviceState1
from bridge_simulators.device import Occupied, Wire
from bridge_simulators.steps import Steps

from bridge_sim_shtrih_m.faults import AckLost, EnquiryIgnored, FrameRefused, StaleAnswer
from bridge_sim_shtrih_m.request import name_of

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

Execution = Generator[float, None, None]

_NUMBERS = 0x10000


class LineSession:
    """One connection."""

    def __init__(self, line: Line, wire: Wire) -> None:
        self.line = line
        self.wire = wire

    def received(self, data: bytes) -> None:
        self.line.received(self, data)

    def disconnected(self) -> None:
        self.line.disconnected(self)


class Line:
    """The port."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self.link = DeviceLink(layer=self._fixed)
        self.sessions: list[LineSession] = []
        self.current = ""  # the command that is being executed, or whose answer is held
        self._steps = Steps[None](lambda _: self._register.executed())
        self._timer: asyncio.TimerHandle | None = None

    @property
    def _fixed(self) -> Literal[1, 2] | None:
        match self._register.settings.link:
            case "v1":
                return 1
            case "v2":
                return 2
            case _:
                return None

    @property
    def busy(self) -> bool:
        return self._steps.busy

    # --- connections

    def attach(self, wire: Wire) -> LineSession:
        settings = self._register.settings
        if len(self.sessions) >= settings.clients:
            if settings.further_client == "refuse":
                raise Occupied(f"the register has {len(self.sessions)} connection(s), which is all it takes")
            self.sessions[0].wire.close()
        if settings.relock == "connection":
            self.unlock()
        self.link.layer1.filler = settings.filler
        session = LineSession(self, wire)
        self.sessions.append(session)
        return session

    def received(self, session: LineSession, data: bytes) -> None:
        if self.busy and self._register.settings.enq_while_busy == "silent":
            return
        outputs = self.link.receive(data)
        at = next((index for index, output in enumerate(outputs) if isinstance(output, Command)), None)
        if at is None:
            self._carry(outputs)
            return
        command = outputs[at]
        assert isinstance(command, Command)
        acknowledge = at > 0 and outputs[at - 1] == Send(bytes((ACK,)))
        self._carry(outputs[: at - 1 if acknowledge else at])
        self._begin(command.data, acknowledge=acknowledge, then=outputs[at + 1 :])

    def disconnected(self, session: LineSession) -> None:
        if session in self.sessions:
            self.sessions.remove(session)
        if not self.sessions:
            self._nobody_listens()

    def _nobody_listens(self) -> None:
        self.link.layer1.disconnect(keep=self._register.settings.answer_survives_disconnect)
        self.link.layer2.disconnect()
        self._set_timer(None)

    # --- execution

    def _begin(self, data: bytes, *, acknowledge: bool, then: Sequence[DeviceOutput]) -> None:
        faults = self._register.faults
        code = code_of(data)
        self.current = name = name_of(code) if code is not None else data.hex().upper()
        before = faults.reach(name, "before")
        if before.power_lost:
            return
        if before.lost:  # what followed on the same connection was behind the cut
            self._forget()
            return
        if acknowledge and faults.take(FrameRefused, name) is not None:
            self._forget()
            self._send(bytes((NAK,)))
            return
        if acknowledge and faults.take(AckLost, name) is None:
            self._send(bytes((ACK,)))
        self._carry(then)
        self._steps.begin(self._register.execute(name, data, before))

    def answer(self, data: bytes) -> None:
        """The command was executed, and the device has its answer."""
        outputs = self.link.answer(data)
        if self.sessions:
            self._carry(outputs)
        else:
            self._nobody_listens()

    def lose(self, data: bytes) -> None:
        """The command was executed, but v1 never came to keep its answer. v2 counts, whatever happens."""
        if self.link.layer == 2:
            self.link.answer(data)
        else:
            self._forget()

    def _forget(self) -> None:
        """The command never was."""
        if self.link.layer == 2:
            self.link.layer2.executing = False
        else:
            self.link.layer1.state = DeviceState1.READY

    def kept(self, answer: bytes) -> None:
        """What v2 records together with what a command did."""
        memory, layer = self._register.memory, self.link.layer2
        if self.link.layer == 2:
            memory.number, memory.stored = (layer.number + 1) % _NUMBERS, answer.hex()

    def replaced(self, commands: int, answer: bytes) -> None:
        """Another program has used this port: it read what was held, and the last answer is its own."""
        layer1, layer2 = self.link.layer1, self.link.layer2
        if layer1.state in (DeviceState1.ANSWERED, DeviceState1.UNREAD):
            layer1.state = DeviceState1.READY
        if self.link.layer == 2:
            layer2.number, layer2.stored = (layer2.number + commands) % _NUMBERS, answer
            self._register.memory.number, self._register.memory.stored = layer2.number, answer.hex()

    # --- what goes out

    def _carry(self, outputs: Sequence[DeviceOutput]) -> None:
        for output in outputs:
            match output:
                case Send(data) if len(data) == 1:
                    if self._register.faults.take(EnquiryIgnored) is None:
                        self._send(data)
                case Send(data):
                    stale = self._register.faults.take(StaleAnswer, self.current) if self.link.layer == 2 else None
                    self._register.faults.deliver(self.current, data if stale is None else stale.frame(data), self._send)
                case Wait(timer):
                    self._set_timer(timer)
                case _:
                    pass

    def _send(self, data: bytes) -> None:
        if self.sessions and self._register.powered:
            self.sessions[-1].wire.send(data)

    def _set_timer(self, timer: DeviceTimer | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if timer is None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # nobody's time passes
            return
        self._timer = loop.call_later(self._register.memory.byte_timeout / 1000, self._timed_out)

    def _timed_out(self) -> None:
        self._timer = None
        self._carry(self.link.time_out())

    # --- power

    def unlock(self) -> None:
        """The next first byte chooses the layer."""
        self.link.unlock()
        self.link.layer = self._fixed

    def power_off(self) -> None:
        self._steps.stop()
        self.current = ""
        self._set_timer(None)
        self.link.layer1.switch_off()
        self.link.layer2.switch_off()

    def power_on(self) -> None:
        self.unlock()
        memory = self._register.memory
        if self._register.settings.v2_at_power_off == "kept":
            self.link.layer2.number, self.link.layer2.stored = memory.number, bytes.fromhex(memory.stored)
