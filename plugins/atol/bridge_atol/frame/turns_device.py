"""The device's side of a dialogue in transport v2, sans-I/O: bytes in, commands out; answers in, bytes out. No clock, no socket.

Follows protocol-specs/atol, "Transport v2". What a command does is the device's own matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from bridge_atol.frame.message import Garbage, Send, Wait
from bridge_atol.frame.turns import T1, T2, T3, T4, T6, T8, Control, Decoder2, Event2, Frame2

MOST_ENQUIRIES = 5
MOST_FRAMES = 10


class DeviceTimer2(StrEnum):
    """What is waited for; durations in `DEVICE_SECONDS2`."""

    TEXT = "a frame, behind the ACK to ENQ"
    END = "EOT, behind the ACK to a frame"
    REPLY = "the reply to ENQ"
    TAKEN = "ACK or NAK to an answer"
    BYTE = "the next byte of a frame"
    AGAIN = "a moment, before an answer that nobody took is offered once more"


DEVICE_SECONDS2: dict[DeviceTimer2, float] = {
    DeviceTimer2.TEXT: T2,
    DeviceTimer2.END: T4,
    DeviceTimer2.REPLY: T1,
    DeviceTimer2.TAKEN: T3,
    DeviceTimer2.BYTE: T6,
    DeviceTimer2.AGAIN: T8,
}


@dataclass(frozen=True, slots=True)
class Command2:
    """Execute this (password and command), then call `answer`."""

    data: bytes


DeviceOutput2 = Send | Wait[DeviceTimer2] | Command2
DeviceOutputs2 = list[DeviceOutput2]


class DeviceState2(Enum):
    IDLE = "waits for ENQ"
    LISTENING = "said that it is ready, and waits for a frame"
    TAKEN = "has a command, and waits for EOT"
    EXECUTING = "carries the command out"
    OFFERING = "has an answer, and said ENQ"
    ANSWERED = "sent its answer, and waits for ACK"
    UNREAD = "holds an answer that nobody took"
    PAUSING = "holds an answer that nobody took, and will offer it once more"


class Device2:
    """`at_once`: a command is carried out when its frame is right, and not only behind EOT. Sources do not say which. Without EOT it is
    carried out all the same, a moment later: devices were seen to answer hosts that never said it.
    """

    def __init__(self, *, at_once: bool = False) -> None:
        self.at_once = at_once
        self.state = DeviceState2.IDLE
        self._decoder = Decoder2()
        self._command = b""
        self._answer = b""
        self._tries = 0
        self._offers_again = False

    def switch_off(self) -> None:
        """The power went: whatever was held is forgotten."""
        self.state = DeviceState2.IDLE
        self._decoder = Decoder2()
        self._command = self._answer = b""

    def disconnect(self) -> None:
        """The host's connection ended, which a serial line does not tell. What is executed goes on; an answer stays."""
        self._decoder = Decoder2()
        match self.state:
            case DeviceState2.LISTENING:
                self.state = DeviceState2.IDLE
            case DeviceState2.OFFERING | DeviceState2.ANSWERED | DeviceState2.PAUSING:
                self.state = DeviceState2.UNREAD
            case _:
                pass

    def forget(self) -> None:
        """The command that is executed never came here, or the answer that is held is gone: nobody ever hears of it."""
        self.state = DeviceState2.IDLE
        self._command = self._answer = b""

    def receive(self, data: bytes) -> DeviceOutputs2:
        outputs: DeviceOutputs2 = []
        for event in self._decoder.feed(data):
            outputs += self._event(event)
        if self._decoder.inside and self.state in (DeviceState2.LISTENING, DeviceState2.TAKEN):
            outputs.append(Wait(DeviceTimer2.BYTE))
        return outputs

    def time_out(self) -> DeviceOutputs2:
        damaged = bool([*self._decoder.interrupt()])
        match self.state:
            case DeviceState2.LISTENING if damaged:
                return [Send(Control.NAK.raw), Wait(DeviceTimer2.TEXT)]
            case DeviceState2.LISTENING:
                self.state = DeviceState2.IDLE
                return []
            case DeviceState2.TAKEN:
                return self._execute()
            case DeviceState2.OFFERING:
                return self._offer()
            case DeviceState2.ANSWERED:
                return self._transmit()
            case DeviceState2.PAUSING:
                self._tries = 0
                return self._offer()
            case _:
                return []

    def answer(self, data: bytes) -> DeviceOutputs2:
        """The command was executed. A host that is gone reads the answer later."""
        assert self.state is DeviceState2.EXECUTING, "nothing is being executed"
        self._answer = Frame2(data).to_bytes()
        self._tries, self._offers_again = 0, True
        return self._offer()

    # --- what happens

    def _event(self, event: Event2) -> DeviceOutputs2:
        match event:
            case Control.ENQ:
                return self._enquired()
            case Control.EOT:
                return self._ended()
            case Control.ACK:
                return self._acknowledged()
            case Control.NAK if self.state is DeviceState2.ANSWERED:
                return self._transmit()
            case Frame2():
                return self._told(event.data)
            case Garbage() if event.data[:1] == b"\x02" and self.state is DeviceState2.LISTENING:
                return [Send(Control.NAK.raw), Wait(DeviceTimer2.TEXT)]
            case _:
                return []

    def _enquired(self) -> DeviceOutputs2:
        match self.state:
            case DeviceState2.IDLE | DeviceState2.LISTENING:
                self.state = DeviceState2.LISTENING
                return [Send(Control.ACK.raw), Wait(DeviceTimer2.TEXT)]
            case DeviceState2.TAKEN | DeviceState2.EXECUTING:
                return [Send(Control.NAK.raw)]
            case DeviceState2.OFFERING:
                return []  # its own ENQ is on its way
            case _:
                self._tries = 0
                return self._offer()

    def _told(self, data: bytes) -> DeviceOutputs2:
        match self.state:
            case DeviceState2.LISTENING:
                self.state, self._command = DeviceState2.TAKEN, data
                taken: DeviceOutputs2 = [Send(Control.ACK.raw)]
                return [*taken, *self._execute()] if self.at_once else [*taken, Wait(DeviceTimer2.END)]
            case DeviceState2.TAKEN:
                return [Send(Control.ACK.raw), Wait(DeviceTimer2.END)]  # repeated: its ACK was lost
            case _:
                return []

    def _ended(self) -> DeviceOutputs2:
        match self.state:
            case DeviceState2.TAKEN:
                return self._execute()
            case DeviceState2.LISTENING:
                self.state = DeviceState2.IDLE
                return [Wait(None)]
            case _:
                return []

    def _acknowledged(self) -> DeviceOutputs2:
        match self.state:
            case DeviceState2.OFFERING:
                self._tries = 0
                return self._transmit()
            case DeviceState2.ANSWERED:
                self.state, self._answer = DeviceState2.IDLE, b""
                return [Send(Control.EOT.raw), Wait(None)]
            case _:
                return []

    # --- steps

    def _execute(self) -> DeviceOutputs2:
        self.state = DeviceState2.EXECUTING
        return [Wait(None), Command2(self._command)]

    def _offer(self) -> DeviceOutputs2:
        if self._tries >= MOST_ENQUIRIES:
            return self._nobody()
        self._tries += 1
        self.state = DeviceState2.OFFERING
        return [Send(Control.ENQ.raw), Wait(DeviceTimer2.REPLY)]

    def _transmit(self) -> DeviceOutputs2:
        if self._tries >= MOST_FRAMES:
            return self._nobody()
        self._tries += 1
        self.state = DeviceState2.ANSWERED
        return [Send(self._answer), Wait(DeviceTimer2.TAKEN)]

    def _nobody(self) -> DeviceOutputs2:
        """Once more by itself, then only when it is asked."""
        if not self._offers_again:
            self.state = DeviceState2.UNREAD
            return [Send(Control.EOT.raw), Wait(None)]
        self._offers_again = False
        self.state = DeviceState2.PAUSING
        return [Send(Control.EOT.raw), Wait(DeviceTimer2.AGAIN)]
