"""The host's side of the dialogue, sans-I/O: tasks and bytes in, bytes to send and answers out. No clock, no socket.

Follows protocol-specs/atol, "The task buffer". One rule stands above all: a task that changes the device is added once. Whatever
goes wrong with its answer is settled by asking for the task (which executes nothing); where the device does not know the task any
more, that ends as `Failed`, which says whether the device may have taken it in. The vendor's driver adds it again: on a device that
lost its power behind the command this would carry it out twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from bridge_atol.frame.message import Send, Wait
from bridge_atol.frame.packet import HOST_IDS, Decoder, Frame
from bridge_atol.frame.tasks import Abort, Ack, Add, Flags, Order, Report, Request, State, report_of

# How often the same thing is asked before it is given up. A line that loses three in a row is no line.
TRIES = 3


class HostTimer(StrEnum):
    """What is waited for; the durations are whoever's has the clock."""

    CONTROL = "the reply to a question about the buffer"
    ANSWER = "the answer to a command"
    POLL = "a moment, before a task that is not finished is asked for again"


class Failure(StrEnum):
    SILENT = "nothing answers"
    NOT_FOUND = "the device does not know the task"
    EXISTS = "the device has another task of this id"
    STOPPED = "the device's queue was stopped by an earlier error"
    REFUSED = "the device does not take the task in"
    NO_ANSWER = "the device is idle and has no answer"
    BUSY = "the device is at work for too long"
    HOLDS = "the device holds an answer for somebody else"


@dataclass(frozen=True, slots=True)
class Ready:
    """The buffer is empty, or the task has left it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a task. It stays in the device until `release`: write down first what must not be lost."""

    data: bytes
    error: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer. `taken`: False where the device surely never carried the task out, else it may have."""

    failure: Failure
    taken: bool


HostOutput = Send | Wait[HostTimer] | Ready | Answer | Failed
Outputs = list[HostOutput]
Outcome = Ready | Answer | Failed


class HostState(Enum):
    IDLE = "idle"
    ADDED = "a task was added, and has not been replied to"
    ASKING = "a task was asked for"
    RUNNING = "the device has the task and is not finished"
    HOLDING = "the answer is here, and the device still keeps it"
    RELEASING = "the answer is being let go of"
    CLEARING = "the buffer is being emptied"


class Host:
    """One dialogue at a time: `clear`, `look` or `add`, ended by Ready, Answer or Failed. Behind an Answer comes `release`.

    `gentle`: for questions to a device that somebody else may be working with. Their errors do not stop the queue, and nothing empties
    the buffer; where the queue is stopped already, a question is left in it. `shared`: for a buffer that others use too. Errors of ours
    do not stop the queue, so that they need not empty it; only a task of ours behind somebody's error, which must never be begun, does.
    """

    def __init__(self, *, gentle: bool = False, shared: bool = False) -> None:
        self._gentle = gentle
        self._goes_on = gentle or shared
        self.state = HostState.IDLE
        self._decoder = Decoder()
        self._id = HOST_IDS - 1  # the first packet of a connection is 0
        self._order: Order = Abort()
        self._task = 0
        self._data: bytes | None = None  # of a question, which may be added again
        self._changes = False
        self._error = False
        self._tries = 0
        self._adds = 0
        self._then: Failed | None = None

    @property
    def busy(self) -> bool:
        """The device works on something, and only the caller knows how long that may take."""
        return self.state is HostState.RUNNING

    # --- what a driver asks for

    def clear(self) -> Outputs:
        """Empty the device's buffer. Whatever result it kept is gone then."""
        self._begin()
        self._then = None
        return self._say(HostState.CLEARING, Abort())

    def look(self, task: int) -> Outputs:
        """What became of a task, perhaps of an earlier connection? Executes nothing."""
        self._begin()
        self._task, self._data, self._changes = task, None, True
        return self._say(HostState.ASKING, Request(task))

    def add(self, task: int, data: bytes, *, changes: bool) -> Outputs:
        """Carry out a command. `changes`: False for a question, which is added again where the device does not know it."""
        assert not (self._gentle and changes), "a gentle host only asks"
        self._begin()
        Frame(0, Add(task, data).to_bytes()).to_bytes()  # refuses what no frame can carry before anything is sent
        self._task, self._data, self._changes = task, data, changes
        return self._add()

    def release(self) -> Outputs:
        """The answer is written down: let the device forget it. An error has stopped the queue, unless its task said
        otherwise, so then all is cleared."""
        assert self.state is HostState.HOLDING, "nothing is held"
        self._tries = 0
        if self._error and not self._goes_on:
            self._then = None
            return self._say(HostState.CLEARING, Abort())
        return self._say(HostState.RELEASING, Ack(self._task))

    def leave(self) -> None:
        """Go on with the result left where it is: it may be somebody else's."""
        assert self.state is HostState.HOLDING, "nothing is held"
        self.state = HostState.IDLE

    def give_up(self) -> Outputs:
        """The device has worked on a task for too long."""
        assert self.state is HostState.RUNNING, "nothing is running"
        return self._end(Failed(Failure.SILENT, taken=True))

    # --- what happens

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            if not isinstance(event, Frame):
                continue
            report = report_of(event.payload)
            if report is None:
                continue
            if event.own:
                outputs += self._told(report)
            elif event.id == self._id:
                outputs += self._replied(report)
        return outputs

    def time_out(self) -> Outputs:
        """The timer that the last Wait started ran out."""
        for _ in self._decoder.interrupt():
            pass
        match self.state:
            case HostState.ADDED | HostState.RUNNING:
                self._tries = 0
                return self._say(HostState.ASKING, Request(self._task))
            case HostState.ASKING | HostState.CLEARING | HostState.RELEASING:
                self._tries += 1
                if self._tries < TRIES:
                    return self._say(self.state, self._order)
                # A task that was asked for, or that waits in a queue which could not be emptied, may still be carried out.
                doubt = self.state is HostState.ASKING or self._then is not None
                return self._end(Failed(Failure.SILENT, taken=doubt))
            case _:
                return []

    def _replied(self, report: Report) -> Outputs:
        match self.state:
            case HostState.CLEARING:
                return self._end(self._then or Ready()) if report.state is State.RESULT else []
            case HostState.RELEASING:
                return self._end(Ready())
            case HostState.ADDED | HostState.ASKING:
                return self._reported(report)
            case _:
                return []  # a reply that came late

    def _reported(self, report: Report) -> Outputs:
        added = self.state is HostState.ADDED
        match report.state:
            case State.RESULT | State.ERROR:
                return self._answer(report.data, error=report.state is State.ERROR)
            case state if state.unfinished:
                self.state = HostState.RUNNING
                return [Wait(HostTimer.POLL)]
            case State.STOPPED if self._gentle:
                return self._end(Failed(Failure.STOPPED, taken=False))
            case State.STOPPED:
                # The task is in the queue and was not begun: it must never be, so the queue is emptied before anybody goes on.
                self._then, self._tries = Failed(Failure.STOPPED, taken=False), 0
                return self._say(HostState.CLEARING, Abort())
            case State.NOT_FOUND if not added:
                if self._data is not None and not self._changes and self._adds < TRIES:
                    return self._add()
                return self._end(Failed(Failure.NOT_FOUND, taken=True))
            case State.EXISTS if added:
                return self._end(Failed(Failure.EXISTS, taken=False))
            case State.OVERFLOW | State.ILLEGAL:
                return self._end(Failed(Failure.REFUSED, taken=not added))
            case _:
                return []

    def _told(self, report: Report) -> Outputs:
        """The device says by itself that a task is finished."""
        waits = self.state in (HostState.ADDED, HostState.ASKING, HostState.RUNNING)
        if not waits or report.task != self._task:
            return []
        match report.state:
            case State.ASYNC_RESULT | State.ASYNC_ERROR:
                return self._answer(report.data, error=report.state is State.ASYNC_ERROR)
            case _:
                return []

    # --- steps

    def _begin(self) -> None:
        assert self.state is HostState.IDLE, "a dialogue is under way"
        self._tries = self._adds = 0
        self._then = None

    def _add(self) -> Outputs:
        assert self._data is not None
        self._adds += 1
        flags = Flags.NEED_RESULT | (Flags.IGNORE_ERROR if self._goes_on else 0)
        return self._say(HostState.ADDED, Add(self._task, self._data, flags))

    def _say(self, state: HostState, order: Order) -> Outputs:
        self.state, self._order = state, order
        self._id = (self._id + 1) % HOST_IDS
        timer = HostTimer.ANSWER if state is HostState.ADDED else HostTimer.CONTROL
        return [Send(Frame(self._id, order.to_bytes()).to_bytes()), Wait(timer)]

    def _answer(self, data: bytes, *, error: bool) -> Outputs:
        self.state, self._error = HostState.HOLDING, error
        return [Wait(None), Answer(data, error)]

    def _end(self, outcome: Outcome) -> Outputs:
        self.state = HostState.IDLE
        return [Wait(None), outcome]
