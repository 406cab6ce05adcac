"""The host's side of a dialogue in transport v2, sans-I/O: commands and bytes in, bytes to send and answers out. No clock, no socket.

Follows protocol-specs/atol, "Transport v2". Nothing there tells one command from another, so one rule stands above all: a command that
changes the device goes out a second time only where the device said NAK to it and nothing else. Public programs repeat it into silence
up to ten times; whether a device that has taken it in carries it out twice, no source says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, StrEnum

from bridge_atol.frame.host import Answer, Failed, Failure, Outcome, Ready
from bridge_atol.frame.message import Garbage, LocalError, Send, Wait
from bridge_atol.frame.turns import MAX_COMMAND, T1, T2, T3, T4, T6, T7, Control, Decoder2, Event2, Frame2

ENQUIRIES = 5
"""ENQs in a row that may stay without a reply."""

OFFERS = 3
"""How often one frame goes out to which the device says NAK."""

REPEATS = 10
"""How often an answer is asked for once more that came damaged."""

ROUNDS = 20
"""How often a dialogue begins anew before it is given up: collisions, and answers of before that the device still holds."""


class HostTimer2(StrEnum):
    """What is waited for; durations in `SECONDS2`."""

    REPLY = "the reply to ENQ"
    TAKEN = "ACK or NAK to a frame"
    ANSWER = "the device to say that it has the answer"
    TEXT = "a frame, behind the ACK to ENQ"
    END = "EOT, behind the ACK to a frame"
    BYTE = "the next byte of a frame"
    PAUSE = "a moment, behind a collision"
    QUIET = "the line to become quiet"
    POLL = "a moment, before a busy device is asked again"


SECONDS2: Mapping[HostTimer2, float] = {
    HostTimer2.REPLY: T1,
    HostTimer2.TAKEN: T3,
    HostTimer2.TEXT: T2,
    HostTimer2.END: T4,
    HostTimer2.BYTE: T6,
    HostTimer2.PAUSE: T7,
    HostTimer2.QUIET: T6,
}
"""Those of the protocol. ANSWER depends on the command (T5), POLL on whoever asks."""

HostOutput2 = Send | Wait[HostTimer2] | Ready | Answer | Failed
Outputs2 = list[HostOutput2]


class HostState2(Enum):
    IDLE = "idle"
    ASKING = "ENQ was sent"
    SETTLING = "more than one ENQ was sent: further replies may come"
    PAUSING = "a collision: ENQ follows in a moment"
    BUSY = "the device says that it is at work"
    OFFERED = "the command was sent"
    REFUSED = "the device said NAK to the command; further replies may come"
    WAITING = "the device has the command, and the answer is waited for"
    READING = "the device has an answer, and its frame is waited for"
    HOLDING = "the answer is here, and the device still keeps it"
    ENDING = "the answer was acknowledged, and EOT is waited for"


class Signal2(Enum):
    """What may happen to a host."""

    ACK = "ACK"
    NAK = "NAK"
    ENQ = "ENQ"
    EOT = "EOT"
    FRAME = "a whole frame"
    DAMAGED = "a frame that is not right"
    TIME_OUT = "the timer ran out"


class Host2:
    """One dialogue at a time: `ask`, ended by Answer or Failed; behind an Answer comes `release`, ended by Ready.

    What is done in which state stands in `_TABLE`; what is not there is ignored. `gentle`: an answer that the device holds for somebody
    is left with it, and nothing is asked then.
    """

    def __init__(self, *, gentle: bool = False) -> None:
        self._gentle = gentle
        self.state = HostState2.IDLE
        self.dropped: list[bytes] = []
        """Answers to commands of before that the device still held, oldest first."""
        self._decoder = Decoder2()
        self._data = b""
        self._changes = False
        self._offered = False  # the command went out: from then on an answer that the device has is its
        self._released = False
        self._enquiries = 0
        self._offers = 0
        self._repeats = 0
        self._rounds = 0

    @property
    def busy(self) -> bool:
        """The device works on something, and only the caller knows how long that may take."""
        return self.state is HostState2.BUSY

    # --- what a driver asks for

    def ask(self, data: bytes, *, changes: bool) -> Outputs2:
        """Carry out a command, password in front. `changes`: False for a question, which may be put again."""
        assert self.state is HostState2.IDLE, "a dialogue is under way"
        if not 0 < len(data) <= MAX_COMMAND:
            raise LocalError(f"a command has 1 to {MAX_COMMAND} bytes, not {len(data)}")
        for _ in self._decoder.interrupt():
            pass  # of a frame that began before
        self._data, self._changes = data, changes
        self._offered = self._released = False
        self._offers = self._repeats = self._rounds = 0
        return self._enquire()

    def release(self) -> Outputs2:
        """The answer is written down: let the device forget it."""
        assert self.state is HostState2.HOLDING, "nothing is held"
        self._released = True
        return self._acknowledge()

    def give_up(self) -> Outputs2:
        """The device has been busy for too long."""
        assert self.state is HostState2.BUSY, "the device is not busy"
        return self._end(Failed(Failure.BUSY, self._offered))

    # --- what happens

    def receive(self, data: bytes) -> Outputs2:
        outputs: Outputs2 = []
        for event in self._decoder.feed(data):
            outputs += self._event(event)
        if self._decoder.inside and self.state not in (HostState2.IDLE, HostState2.HOLDING):
            outputs.append(Wait(HostTimer2.BYTE))
        return outputs

    def time_out(self) -> Outputs2:
        """The timer that the last Wait started ran out."""
        damaged = bool([*self._decoder.interrupt()]) and (self.state, Signal2.DAMAGED) in _TABLE
        return self._happens(Signal2.DAMAGED if damaged else Signal2.TIME_OUT)

    def _event(self, event: Event2) -> Outputs2:
        match event:
            case Frame2():
                return self._happens(Signal2.FRAME, event.data)
            case Control():
                return self._happens(Signal2[event.name])
            case Garbage() if event.data[:1] == b"\x02":
                return self._happens(Signal2.DAMAGED)
            case _:
                return []

    def _happens(self, signal: Signal2, data: bytes = b"") -> Outputs2:
        action = _TABLE.get((self.state, signal))
        return action(self, data) if action is not None else []

    # --- is the device ready, and does it hold an answer?

    def _enquire(self) -> Outputs2:
        """Begin anew with ENQ."""
        self._rounds += 1
        self._enquiries = 0
        if self._rounds > ROUNDS:
            return self._give_out(Failure.SILENT)
        return self._enquire_again(b"")

    def _enquire_again(self, _: bytes) -> Outputs2:
        if self._enquiries >= ENQUIRIES:
            return self._give_out(Failure.SILENT)
        self._enquiries += 1
        self.state = HostState2.ASKING
        return [_say(Control.ENQ), Wait(HostTimer2.REPLY)]

    def _anew(self, _: bytes) -> Outputs2:
        return self._enquire()

    def _poll(self, _: bytes) -> Outputs2:
        """It has said something, so the line is alive; how long it may be busy is the caller's affair."""
        self._enquiries = 0
        return self._enquire_again(b"")

    def _is_ready(self, _: bytes) -> Outputs2:
        """One reply to one ENQ counts at once. After several, later replies are still on their way, and must not pass for what is said
        of the frame that goes out next."""
        if self._enquiries > 1:
            self.state = HostState2.SETTLING
            return [Wait(HostTimer2.QUIET)]
        return self._settled(b"")

    def _settled(self, _: bytes) -> Outputs2:
        if not self._offered:
            return self._offer()
        # The device is idle and has no answer. A question is put again; what became of anything else, this line does not tell.
        if self._changes or self._offers >= OFFERS:
            return self._give_out(Failure.NO_ANSWER)
        return self._offer()

    def _is_busy(self, _: bytes) -> Outputs2:
        self.state = HostState2.BUSY
        return [Wait(HostTimer2.POLL)]

    def _pause(self, _: bytes) -> Outputs2:
        self.state = HostState2.PAUSING
        return [Wait(HostTimer2.PAUSE)]

    # --- the command

    def _offer(self) -> Outputs2:
        if self._offers >= OFFERS:
            return self._give_out(Failure.REFUSED, taken=False)
        self._offers += 1
        self._offered = True
        self.state = HostState2.OFFERED
        return [Send(Frame2(self._data).to_bytes()), Wait(HostTimer2.TAKEN)]

    def _offer_again(self, _: bytes) -> Outputs2:
        return self._offer()

    def _refused(self, _: bytes) -> Outputs2:
        """One damaged frame may be answered with several NAKs, and behind the next frame nobody could tell which of them it is."""
        self.state = HostState2.REFUSED
        return [Wait(HostTimer2.QUIET)]

    def _taken(self, _: bytes) -> Outputs2:
        self.state = HostState2.WAITING
        return [_say(Control.EOT), Wait(HostTimer2.ANSWER)]

    def _not_replied(self, data: bytes) -> Outputs2:
        """A device that has taken the command in goes on behind EOT; one that has not is idle then."""
        if not self._changes and self._offers < OFFERS:
            return self._offer()
        return self._taken(data)

    # --- the answer

    def _told(self, _: bytes) -> Outputs2:
        """The device has an answer: to our command where that went out, else to one of before."""
        if self._gentle and not self._offered:
            return self._end(Failed(Failure.HOLDS, taken=False))
        self.state = HostState2.READING
        return [_say(Control.ACK), Wait(HostTimer2.TEXT)]

    def _told_again(self, data: bytes) -> Outputs2:
        self._repeats += 1
        return self._told(data) if self._repeats <= REPEATS else self._give_out(Failure.SILENT)

    def _damaged(self, _: bytes) -> Outputs2:
        self._repeats += 1
        if self._repeats > REPEATS:
            return self._give_out(Failure.SILENT)
        self.state = HostState2.READING
        return [_say(Control.NAK), Wait(HostTimer2.TEXT)]

    def _arrived(self, data: bytes) -> Outputs2:
        if self._offered:
            self.state = HostState2.HOLDING
            return [Wait(None), Answer(data, error=False)]
        if self._gentle:
            return self._end(Failed(Failure.HOLDS, taken=False))
        self.dropped.append(data)
        return self._acknowledge()

    def _acknowledge(self) -> Outputs2:
        self.state = HostState2.ENDING
        return [_say(Control.ACK), Wait(HostTimer2.END)]

    def _acknowledge_again(self, _: bytes) -> Outputs2:
        self._repeats += 1
        return self._acknowledge() if self._repeats <= REPEATS else self._ended(b"")

    def _ended(self, _: bytes) -> Outputs2:
        return self._end(Ready()) if self._released else self._enquire()

    # --- ends

    def _give_out(self, failure: Failure, *, taken: bool | None = None) -> Outputs2:
        return [_say(Control.EOT), *self._end(Failed(failure, self._offered if taken is None else taken))]

    def _end(self, outcome: Outcome) -> Outputs2:
        self.state = HostState2.IDLE
        return [Wait(None), outcome]


def _say(control: Control) -> Send:
    return Send(control.raw)


_S, _E = HostState2, Signal2
_Action = Callable[[Host2, bytes], Outputs2]
_TABLE: Mapping[tuple[HostState2, Signal2], _Action] = {
    (_S.ASKING, _E.ACK): Host2._is_ready,
    (_S.ASKING, _E.NAK): Host2._is_busy,
    (_S.ASKING, _E.ENQ): Host2._told,
    (_S.ASKING, _E.FRAME): Host2._arrived,  # of a device that did not hear that it was taken
    (_S.ASKING, _E.DAMAGED): Host2._pause,
    (_S.ASKING, _E.TIME_OUT): Host2._enquire_again,
    (_S.SETTLING, _E.ACK): Host2._is_ready,
    (_S.SETTLING, _E.NAK): Host2._is_busy,
    (_S.SETTLING, _E.ENQ): Host2._told,
    (_S.SETTLING, _E.TIME_OUT): Host2._settled,
    (_S.PAUSING, _E.ENQ): Host2._told,
    (_S.PAUSING, _E.TIME_OUT): Host2._anew,
    (_S.BUSY, _E.ENQ): Host2._told,
    (_S.BUSY, _E.FRAME): Host2._arrived,
    (_S.BUSY, _E.TIME_OUT): Host2._poll,
    (_S.OFFERED, _E.ACK): Host2._taken,
    (_S.OFFERED, _E.NAK): Host2._refused,
    (_S.OFFERED, _E.ENQ): Host2._told,  # its ACK was lost
    (_S.OFFERED, _E.TIME_OUT): Host2._not_replied,
    (_S.REFUSED, _E.ACK): Host2._taken,
    (_S.REFUSED, _E.NAK): Host2._refused,
    (_S.REFUSED, _E.ENQ): Host2._told,
    (_S.REFUSED, _E.TIME_OUT): Host2._offer_again,
    (_S.WAITING, _E.ENQ): Host2._told,
    (_S.WAITING, _E.FRAME): Host2._arrived,
    (_S.WAITING, _E.DAMAGED): Host2._damaged,
    (_S.WAITING, _E.TIME_OUT): Host2._anew,
    (_S.READING, _E.FRAME): Host2._arrived,
    (_S.READING, _E.ENQ): Host2._told_again,
    (_S.READING, _E.DAMAGED): Host2._damaged,
    (_S.READING, _E.EOT): Host2._pause,
    (_S.READING, _E.TIME_OUT): Host2._pause,
    (_S.ENDING, _E.EOT): Host2._ended,
    (_S.ENDING, _E.TIME_OUT): Host2._ended,
    (_S.ENDING, _E.FRAME): Host2._acknowledge_again,
    (_S.ENDING, _E.ENQ): Host2._acknowledge_again,
}
