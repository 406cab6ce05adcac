"""What payloads of frames say: tasks put into the device's buffer, their states and results.

Follows protocol-specs/atol, "The task buffer". A task has an id of the host's choosing, under which the device keeps its result
until it is acknowledged, also beyond the end of a connection. What a task does is in `commands.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from bridge_atol.frame.message import LocalError

TASKS = 0xE0  # ids of tasks are below this; the vendor's driver keeps DE and DF for itself, others count up to DE [ZZ]


class Flags(IntFlag):
    """Of a task that is added."""

    NEED_RESULT = 0x01
    IGNORE_ERROR = 0x02  # an error does not stop the queue
    WAIT_ASYNC = 0x04


class Verb(IntEnum):
    """First byte of what the host sends. C5 (acknowledge and add in one) is known by name only, and is not used."""

    ADD = 0xC1
    ACK = 0xC2
    REQUEST = 0xC3
    ABORT = 0xC4


class State(IntEnum):
    """First byte of what the device sends."""

    PENDING = 0xA1
    IN_PROGRESS = 0xA2
    RESULT = 0xA3
    ERROR = 0xA4
    STOPPED = 0xA5
    ASYNC_RESULT = 0xA6
    ASYNC_ERROR = 0xA7
    WAITING = 0xA8
    OVERFLOW = 0xB1
    EXISTS = 0xB2
    NOT_FOUND = 0xB3
    ILLEGAL = 0xB4

    @property
    def unfinished(self) -> bool:
        """The task is there, and its result will come."""
        return self in (State.PENDING, State.IN_PROGRESS, State.WAITING)


_WITH_TASK = frozenset((State.STOPPED, State.ASYNC_RESULT, State.ASYNC_ERROR))


@dataclass(frozen=True, slots=True)
class Add:
    """Carry this out: password and command."""

    task: int
    data: bytes
    flags: Flags = Flags.NEED_RESULT

    def to_bytes(self) -> bytes:
        if not self.data:
            raise LocalError("a task has a command")
        return bytes((Verb.ADD, self.flags, _task(self.task))) + self.data


@dataclass(frozen=True, slots=True)
class Ack:
    """The result is here: its place in the buffer may be used again."""

    task: int

    def to_bytes(self) -> bytes:
        return bytes((Verb.ACK, self.task))


@dataclass(frozen=True, slots=True)
class Request:
    """What became of this task? Executes nothing."""

    task: int

    def to_bytes(self) -> bytes:
        return bytes((Verb.REQUEST, _task(self.task)))


@dataclass(frozen=True, slots=True)
class Abort:
    """Empty the buffer: tasks that were not begun never will be, results are forgotten, the queue goes on."""

    def to_bytes(self) -> bytes:
        return bytes((Verb.ABORT,))


Order = Add | Ack | Request | Abort


@dataclass(frozen=True, slots=True)
class Report:
    """What the device says. `task`: only where the bytes name it."""

    state: State
    data: bytes = b""
    task: int | None = None

    def to_bytes(self) -> bytes:
        if (self.task is not None) != (self.state in _WITH_TASK):
            raise LocalError(f"{self.state.name} {'names' if self.state in _WITH_TASK else 'does not name'} a task")
        return bytes((self.state, *(() if self.task is None else (self.task,)))) + self.data


def order_of(payload: bytes) -> Order | None:
    """What a host says; None for what is no order, or is cut off."""
    match list(payload[:1]), len(payload):
        case [Verb.ADD], size if size > 3 and payload[1] <= sum(Flags):
            return Add(payload[2], payload[3:], Flags(payload[1])) if payload[2] < TASKS else None
        case [Verb.ACK], 2:
            return Ack(payload[1])
        case [Verb.REQUEST], 2:
            return Request(payload[1]) if payload[1] < TASKS else None
        case [Verb.ABORT], 1:
            return Abort()
        case _:
            return None


def report_of(payload: bytes) -> Report | None:
    """What a device says; None for what is no report, or is cut off."""
    try:
        state = State(payload[0])
    except (IndexError, ValueError):
        return None
    if state not in _WITH_TASK:
        return Report(state, payload[1:])
    return Report(state, payload[2:], payload[1]) if len(payload) > 1 else None


def _task(number: int) -> int:
    if not 0 <= number < TASKS:
        raise LocalError(f"ids of tasks are 0 to {TASKS - 1}, not {number}")
    return number
