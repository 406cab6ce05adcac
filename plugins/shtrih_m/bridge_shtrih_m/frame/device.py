"""The device's side of both dialogues, sans-I/O: bytes in, commands out; answers in, bytes out. No clock, no socket.

Follows protocol-specs/shtrih-m, "Link layer v1", "Link layer v2". What a command does is the device's own matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Literal

from bridge_shtrih_m.frame.layer1 import ACK, ENQ, FILLER, NAK, STX, Control, Decoder1, Frame1
from bridge_shtrih_m.frame.layer2 import MARK, NUMBERS, Decoder2, Frame2
from bridge_shtrih_m.frame.message import Garbage, Send, Wait

_ACK, _NAK, _FILLER = (bytes((byte,)) for byte in (ACK, NAK, FILLER))


class DeviceTimer(StrEnum):
    """What is waited for: the byte time-out of the port (command 14h)."""

    BYTE = "the next byte of a frame"
    TAKEN = "the host's ACK to an answer"


@dataclass(frozen=True, slots=True)
class Command:
    """Execute this, then call `answer`. It is executed once, whatever the host repeats."""

    data: bytes


DeviceOutput = Send | Wait[DeviceTimer] | Command
Outputs = list[DeviceOutput]


class DeviceState1(Enum):
    SWITCHED_ON = "waits for ENQ, and for nothing else"
    READY = "waits for ENQ or a frame"
    EXECUTING = "has a command"
    ANSWERED = "sent its answer and waits for ACK"
    UNREAD = "holds an answer that nobody acknowledged, and waits for ENQ"


class DeviceLayer1:
    """v1. `filler`: send FFh after each ACK of the host, as devices do on TCP 7778."""

    def __init__(self, *, filler: bool = False) -> None:
        self.filler = filler
        self.state = DeviceState1.SWITCHED_ON
        self._decoder = Decoder1()
        self._answer = b""
        self._asked = False

    def switch_off(self) -> None:
        """The power went: whatever was held is forgotten. The next thing is switching on."""
        self.state = DeviceState1.SWITCHED_ON
        self._decoder = Decoder1()
        self._answer, self._asked = b"", False

    def disconnect(self, *, keep: bool = True) -> None:
        """The host's connection ended. Whether an answer that was not read survives that is documented nowhere: `keep`."""
        self._decoder = Decoder1()
        self._asked = False
        if self.state is DeviceState1.ANSWERED:
            self.state = DeviceState1.UNREAD
        if not keep and self.state is DeviceState1.UNREAD:
            self.state, self._answer = DeviceState1.READY, b""

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            match event:
                case Control.ENQ:
                    outputs += self._enquired()
                case Control.ACK:
                    outputs += self._acknowledged()
                case Control.NAK if self.state is DeviceState1.ANSWERED:
                    self.state = DeviceState1.UNREAD
                case Frame1() if self.state is DeviceState1.READY:
                    self.state = DeviceState1.EXECUTING
                    outputs += [Wait(None), Send(_ACK), Command(event.data)]
                case Garbage() if self.state is DeviceState1.READY:
                    outputs += [Wait(None), Send(_NAK)]
                case _:
                    pass
        if self._decoder.inside and self.state is DeviceState1.READY:
            outputs.append(Wait(DeviceTimer.BYTE))
        return outputs

    def time_out(self) -> Outputs:
        damaged = [*self._decoder.interrupt()]
        if self.state is DeviceState1.ANSWERED:
            self.state = DeviceState1.UNREAD
        elif damaged and self.state is DeviceState1.READY:
            return [Send(_NAK)]
        return []

    def answer(self, data: bytes) -> Outputs:
        """The command was executed. A host that is gone reads the answer later."""
        assert self.state is DeviceState1.EXECUTING, "nothing is being executed"
        self._answer = Frame1(data).to_bytes()
        return self._transmit()

    def _enquired(self) -> Outputs:
        match self.state:
            case DeviceState1.SWITCHED_ON | DeviceState1.READY:
                self.state = DeviceState1.READY
                return [Send(_NAK)]
            case DeviceState1.EXECUTING:
                return [Send(_ACK)]  # the answer is being prepared, and follows by itself
            case DeviceState1.ANSWERED | DeviceState1.UNREAD:
                return [Send(_ACK), *self._transmit()]

    def _transmit(self) -> Outputs:
        self.state = DeviceState1.ANSWERED
        return [Send(self._answer), Wait(DeviceTimer.TAKEN)]

    def _acknowledged(self) -> Outputs:
        if self.state is not DeviceState1.ANSWERED:
            return []
        self.state, self._answer = DeviceState1.READY, b""
        return [Wait(None), *([Send(_FILLER)] if self.filler else [])]


class DeviceLayer2:
    """v2. `number` and `stored` are what a device that keeps them over a power cut saves."""

    def __init__(self, number: int = 0, stored: bytes = b"") -> None:
        self.number = number
        self.stored = stored
        self.executing = False
        self._decoder = Decoder2()

    def switch_off(self, *, keep: bool = False) -> None:
        """The power went. Whether number and answer survive that depends on the model: `keep`."""
        self._decoder = Decoder2()
        self.executing = False
        if not keep:
            self.number, self.stored = 0, b""

    def disconnect(self) -> None:
        """The host's connection ended; number and answer stay."""
        self._decoder = Decoder2()

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            if not isinstance(event, Frame2) or self.executing:
                continue  # damaged ones are dropped without a word; one thing at a time
            if event.number == (self.number + 1) % NUMBERS and event.data:
                self.executing = True
                outputs.append(Command(event.data))
            else:
                outputs.append(Send(Frame2(self.number, self.stored).to_bytes()))
        return outputs

    def time_out(self) -> Outputs:
        return []

    def answer(self, data: bytes) -> Outputs:
        """The command was executed."""
        assert self.executing, "nothing is being executed"
        self.executing = False
        self.number = (self.number + 1) % NUMBERS
        self.stored = data
        return [Send(Frame2(self.number, data).to_bytes())]


class DeviceLink:
    """A device that takes the layer of the first byte that it receives and keeps to it: 05 or 02 is v1, 8F v2.

    `layer` fixes it beforehand. `unlock` is a test run at power-on, or command 14h.
    """

    def __init__(self, *, layer: Literal[1, 2] | None = None, filler: bool = False) -> None:
        self.layer1 = DeviceLayer1(filler=filler)
        self.layer2 = DeviceLayer2()
        self.layer: Literal[1, 2] | None = layer

    def unlock(self) -> None:
        self.layer = None

    @property
    def active(self) -> DeviceLayer1 | DeviceLayer2 | None:
        match self.layer:
            case 1:
                return self.layer1
            case 2:
                return self.layer2
            case _:
                return None

    def receive(self, data: bytes) -> Outputs:
        while self.layer is None and data:
            if data[0] in (ENQ, STX):
                self.layer = 1
            elif data[0] == MARK:
                self.layer = 2
            else:
                data = data[1:]
        return self.active.receive(data) if self.active is not None else []

    def time_out(self) -> Outputs:
        return self.active.time_out() if self.active is not None else []

    def answer(self, data: bytes) -> Outputs:
        assert self.active is not None, "nobody asked"
        return self.active.answer(data)
