"""The host's side of both dialogues, sans-I/O: requests and bytes in, bytes to send and answers out. No clock, no socket.

Follows protocol-specs/shtrih-m, "Link layer v1", "Link layer v2". One rule stands above all: a request is sent a second time
only where the protocol makes it harmless (the device said NAK to it and to the ENQ after it; or v2, where the number tells).
Everything else ends as `Failed`, which says whether the device may have taken the request in.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from bridge_shtrih_m.frame.layer1 import ACK, ENQ, NAK, Control, Decoder1, Event1, Frame1
from bridge_shtrih_m.frame.layer2 import ENQUIRY, NUMBERS, Decoder2, Frame2
from bridge_shtrih_m.frame.message import Garbage, Send, Wait, belongs

_ENQ, _ACK, _NAK = (bytes((byte,)) for byte in (ENQ, ACK, NAK))

# How often the same thing is said before it is given up. The vendor's charts allow ten; a line that loses three in a row is no
# line, and whoever pays is waiting.
TRIES = 3

# How often a device that says "my answer is not ready yet" is waited for once more, each time as long as the request may take.
ROUNDS = 10

# How often a frame of v1 goes out to which the device said NAK. One damaged frame may be answered with several NAKs, and behind
# the second frame nobody can tell which of them it is that comes.
OFFERS = 2

# The number that a device has which lost its power: the command after it would be executed a second time by one that lost its
# power in between, so it is not repeated.
_AFTER_RESTART = 0


class HostTimer(StrEnum):
    """What is waited for; the durations are whoever's has the clock."""

    CONTROL = "the answer to ENQ or to the enquiry"
    TAKEN = "ACK or NAK to a frame"
    ANSWER = "the answer to a command"
    BYTE = "the next byte of a frame"
    QUIET = "the line to become quiet"


class Failure(StrEnum):
    SILENT = "nothing answers"
    REFUSED = "the device says NAK to the frame, each time"
    NO_ANSWER = "the device has no answer to this command"
    OTHER_NUMBER = "the device's last command is another one than ours"


@dataclass(frozen=True, slots=True)
class Ready:
    """The device waits for a command and holds no answer that was not read."""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer to an earlier command, perhaps of an earlier connection. The device keeps it until `release` is called (v1) or
    the next command is executed (v2): write it down first."""

    data: bytes
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the request."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer. `taken`: False where the device surely never took the request in, else it may have executed it."""

    failure: Failure
    taken: bool


HostOutput = Send | Wait[HostTimer] | Ready | Held | Answer | Failed
Outputs = list[HostOutput]


class HostLayer(ABC):
    """One dialogue at a time: begun by `look` or `request`, ended by Ready, Answer or Failed. `Held` interrupts it until
    `release`."""

    @abstractmethod
    def look(self) -> Outputs:
        """Is there a device, and does it hold an answer? Executes nothing."""

    @abstractmethod
    def request(self, data: bytes) -> Outputs: ...

    @abstractmethod
    def release(self) -> Outputs:
        """What was held is written down: go on."""

    @abstractmethod
    def receive(self, data: bytes) -> Outputs: ...

    @abstractmethod
    def time_out(self) -> Outputs:
        """The timer that the last Wait started ran out."""


# --- v1


class State1(Enum):
    IDLE = "idle"
    ASKING = "ENQ was sent"
    SETTLING = "more than one ENQ was sent: the last answer counts, once the line is quiet"
    OFFERED = "the request was sent"
    ANSWERING = "the answer is on its way"
    HOLDING = "an answer to something else was read, and not acknowledged yet"


class Signal(Enum):
    """What may happen to a v1 host; FILLER and what else is noise is no event of any state."""

    ACK = "ACK"
    NAK = "NAK"
    FRAME = "a whole frame"
    DAMAGED = "a frame that is not right"
    TIME_OUT = "the timer ran out"


class HostLayer1(HostLayer):
    """ENQ, then the frame, then the answer. What is done in which state stands in `_TABLE`; what is not there is ignored."""

    def __init__(self) -> None:
        self.state = State1.IDLE
        self._decoder = Decoder1()
        self._request: bytes | None = None
        self._offered = False  # the request went out: from then on an answer that the device holds may be its
        self._said_nak = False  # ... and the device said that it did not take it in
        self._enquiries = 0  # ENQs of this question
        self._owed = 0  # answers to ENQs of this link that have not come, and may still
        self._reply = Control.NAK
        self._offers = 0
        self._rounds = 0
        self._damaged = 0

    def look(self) -> Outputs:
        return self._begin(None)

    def request(self, data: bytes) -> Outputs:
        Frame1(data).to_bytes()  # refuses what no frame can carry before anything is sent
        return self._begin(data)

    def release(self) -> Outputs:
        assert self.state is State1.HOLDING, "nothing is held"
        return [Send(_ACK), *self._ask(anew=True)]

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            outputs += self._signal(event)
        if self._decoder.inside and self.state not in (State1.IDLE, State1.HOLDING):
            outputs.append(Wait(HostTimer.BYTE))
        return outputs

    def time_out(self) -> Outputs:
        damaged = [*self._decoder.interrupt()]
        if damaged:
            return self._happens(Signal.DAMAGED)
        return self._happens(Signal.TIME_OUT)

    def _begin(self, request: bytes | None) -> Outputs:
        assert self.state is State1.IDLE, "a dialogue is under way"
        self._request = request
        self._offered = self._said_nak = False
        self._offers = self._rounds = self._damaged = 0
        return self._ask(anew=True)

    def _signal(self, event: Event1) -> Outputs:
        match event:
            case Control.ACK:
                return self._happens(Signal.ACK)
            case Control.NAK:
                return self._happens(Signal.NAK)
            case Frame1():
                return self._happens(Signal.FRAME, event.data)
            case Garbage() if event.data[:1] == b"\x02":
                return self._happens(Signal.DAMAGED)
            case _:
                return []

    def _happens(self, signal: Signal, data: bytes = b"") -> Outputs:
        action = _TABLE.get((self.state, signal))
        return action(self, data) if action is not None else []

    # --- actions

    def _ask(self, *, anew: bool) -> Outputs:
        if anew:
            self._enquiries = 0
        elif self._enquiries >= TRIES:
            return self._fail(Failure.SILENT)
        self._enquiries += 1
        self._owed += 1
        self.state = State1.ASKING
        return [Send(_ENQ), Wait(HostTimer.CONTROL)]

    def _asked_in_vain(self, _: bytes) -> Outputs:
        return self._ask(anew=False)

    def _said_ack(self, _: bytes) -> Outputs:
        return self._replied(Control.ACK)

    def _said_nak_to_enq(self, _: bytes) -> Outputs:
        return self._replied(Control.NAK)

    def _replied(self, reply: Control) -> Outputs:
        """One answer to one ENQ counts at once; after several ENQs the later answers are still on their way, and must not pass
        for what is said of the frame that goes out next."""
        self._reply = reply
        self._owed = max(0, self._owed - 1)
        if self._enquiries > 1:
            self.state = State1.SETTLING
            return [Wait(HostTimer.QUIET)]
        return self._settled(b"")

    def _settled(self, _: bytes) -> Outputs:
        if self._reply is Control.ACK:
            self.state = State1.ANSWERING
            return [Wait(HostTimer.ANSWER)]
        if self._request is None:
            return self._end(Ready())
        if not self._offered or self._said_nak:
            return self._offer()
        return self._fail(Failure.NO_ANSWER)

    def _settling_frame(self, data: bytes) -> Outputs:
        return self._arrived(data) if self._reply is Control.ACK else []

    def _offer(self) -> Outputs:
        assert self._request is not None
        if self._offers >= OFFERS:
            return self._fail(Failure.REFUSED)
        self._offers += 1
        self._offered, self._said_nak = True, False
        self.state = State1.OFFERED
        return [Send(Frame1(self._request).to_bytes()), Wait(HostTimer.TAKEN)]

    def _taken(self, _: bytes) -> Outputs:
        self.state = State1.ANSWERING
        return [Wait(HostTimer.ANSWER)]

    def _not_taken(self, _: bytes) -> Outputs:
        """ENQ comes before the frame once more. Where an answer to an earlier ENQ is still owed, this NAK may be that one, and
        proves nothing: then the frame is not sent again."""
        self._said_nak = self._owed == 0
        return self._ask(anew=True)

    def _uncertain(self, _: bytes) -> Outputs:
        """Never resent: ENQ tells whether the device has an answer."""
        self._rounds += 1
        if self._rounds > ROUNDS:
            return self._fail(Failure.NO_ANSWER if self._offered else Failure.SILENT)
        return self._ask(anew=True)

    def _again(self, _: bytes) -> Outputs:
        """The device repeats an answer after ENQ only, not after NAK alone."""
        self._damaged += 1
        if self._damaged > TRIES:
            return self._fail(Failure.NO_ANSWER if self._offered else Failure.SILENT)
        return [Send(_NAK), *self._ask(anew=True)]

    def _arrived(self, data: bytes) -> Outputs:
        if self._offered and self._request is not None and belongs(self._request, data):
            return [Send(_ACK), *self._end(Answer(data))]
        self.state = State1.HOLDING
        return [Wait(None), Held(data)]

    def _fail(self, failure: Failure) -> Outputs:
        return self._end(Failed(failure, self._offered))

    def _end(self, output: Ready | Answer | Failed) -> Outputs:
        self.state = State1.IDLE
        self._request = None
        return [Wait(None), output]


_Action = Callable[[HostLayer1, bytes], Outputs]
_TABLE: Mapping[tuple[State1, Signal], _Action] = {
    (State1.ASKING, Signal.ACK): HostLayer1._said_ack,
    (State1.ASKING, Signal.NAK): HostLayer1._said_nak_to_enq,
    (State1.ASKING, Signal.TIME_OUT): HostLayer1._asked_in_vain,
    (State1.ASKING, Signal.DAMAGED): HostLayer1._asked_in_vain,
    (State1.SETTLING, Signal.ACK): HostLayer1._said_ack,
    (State1.SETTLING, Signal.NAK): HostLayer1._said_nak_to_enq,
    (State1.SETTLING, Signal.FRAME): HostLayer1._settling_frame,
    (State1.SETTLING, Signal.DAMAGED): HostLayer1._again,
    (State1.SETTLING, Signal.TIME_OUT): HostLayer1._settled,
    (State1.OFFERED, Signal.ACK): HostLayer1._taken,
    (State1.OFFERED, Signal.NAK): HostLayer1._not_taken,
    (State1.OFFERED, Signal.FRAME): HostLayer1._arrived,  # its ACK was lost
    (State1.OFFERED, Signal.DAMAGED): HostLayer1._again,
    (State1.OFFERED, Signal.TIME_OUT): HostLayer1._uncertain,
    (State1.ANSWERING, Signal.FRAME): HostLayer1._arrived,
    (State1.ANSWERING, Signal.DAMAGED): HostLayer1._again,
    (State1.ANSWERING, Signal.TIME_OUT): HostLayer1._uncertain,
}


# --- v2


class State2(Enum):
    IDLE = "idle"
    ENQUIRING = "the enquiry was sent"
    HOLDING = "the answer to an earlier command was read"
    ASKED = "the request was sent"


class HostLayer2(HostLayer):
    """Each command has the number after the last one; the same number again is repeated by the device, never executed twice."""

    def __init__(self) -> None:
        self.state = State2.IDLE
        self.number: int | None = None
        """Of the command that the device executed last; None while it is not known."""
        self._decoder = Decoder2()
        self._request: bytes | None = None
        self._sent = b""
        self._tries = 0

    def look(self) -> Outputs:
        assert self.state is State2.IDLE, "a dialogue is under way"
        self._request = None
        return self._enquire()

    def request(self, data: bytes) -> Outputs:
        assert self.state is State2.IDLE, "a dialogue is under way"
        Frame2(0, data).to_bytes()  # refuses what no frame can carry before anything is sent
        self._request = data
        return self._enquire() if self.number is None else self._offer()

    def release(self) -> Outputs:
        assert self.state is State2.HOLDING, "nothing is held"
        return self._go_on()

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            if isinstance(event, Frame2) and event.number is not None:
                outputs += self._arrived(event.number, event.data)
        return outputs

    def time_out(self) -> Outputs:
        self._decoder.interrupt()
        if self.state not in (State2.ENQUIRING, State2.ASKED):
            return []
        self._tries += 1
        asked = self.state is State2.ASKED
        if self._tries >= TRIES or (asked and self.number == _AFTER_RESTART):
            return self._fail(Failure.SILENT, taken=asked)
        return self._repeat()

    def _enquire(self) -> Outputs:
        self.state, self._sent, self._tries = State2.ENQUIRING, ENQUIRY, 0
        return self._repeat()

    def _offer(self) -> Outputs:
        assert self._request is not None
        assert self.number is not None
        self._sent = Frame2((self.number + 1) % NUMBERS, self._request).to_bytes()
        self.state, self._tries = State2.ASKED, 0
        return self._repeat()

    def _repeat(self) -> Outputs:
        timer = HostTimer.CONTROL if self.state is State2.ENQUIRING else HostTimer.ANSWER
        return [Send(self._sent), Wait(timer)]

    def _arrived(self, number: int, data: bytes) -> Outputs:
        match self.state:
            case State2.ENQUIRING:
                self.number = number
                if not data:
                    return self._go_on()
                self.state = State2.HOLDING
                return [Wait(None), Held(data, number)]
            case State2.ASKED:
                return self._answered(number, data)
            case _:
                return []  # a repetition that came late

    def _answered(self, number: int, data: bytes) -> Outputs:
        assert self.number is not None
        assert self._request is not None
        if number == self.number:
            return []  # the answer to the command before, repeated: it says nothing about this one
        if number != (self.number + 1) % NUMBERS:
            # The device counts from elsewhere: it was restarted, or another program used it. At the first try it repeated its
            # last answer instead of executing; later it may have executed ours before.
            return self._fail(Failure.OTHER_NUMBER, taken=self._tries > 0)
        if not belongs(self._request, data):
            # Our number was used already: a repetition, and ours was not executed.
            return self._fail(Failure.OTHER_NUMBER, taken=self._tries > 0)
        self.number = number
        return self._end(Answer(data))

    def _go_on(self) -> Outputs:
        return self._end(Ready()) if self._request is None else self._offer()

    def _fail(self, failure: Failure, *, taken: bool) -> Outputs:
        self.number = None
        return self._end(Failed(failure, taken))

    def _end(self, output: Ready | Answer | Failed) -> Outputs:
        self.state = State2.IDLE
        self._request = None
        return [Wait(None), output]


def sent(outputs: Iterable[HostOutput]) -> bytes:
    """All that these outputs send."""
    return b"".join(output.data for output in outputs if isinstance(output, Send))
