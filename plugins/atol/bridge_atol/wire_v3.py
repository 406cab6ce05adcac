"""Wire logs of transport v3: frames, and tasks in them."""

from __future__ import annotations

from datetime import datetime

from bridge.plugin import Checksum, DescribedFrame, FrameReader
from bridge.transport import Direction
from bridge_atol.frame import (
    START,
    Abort,
    Ack,
    Add,
    Decoder,
    Fault,
    Frame,
    Garbage,
    Request,
    State,
    order_of,
    report_of,
)
from bridge_atol.vocabulary import Shape
from bridge_atol.wire_fields import HIDDEN, Shown, answer_shown, command_shown, hidden, shape_of

_ESCAPED_HIDDEN = 0xFD  # in the place of a byte that took two on the wire
_PASSWORD_AT = 3  # behind verb, flags and task


def mask(data: bytes, direction: Direction) -> bytes | None:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the checksum of what is left of it.

    None: this is not one whole frame."""
    events = list(Decoder().feed(data))
    if len(events) != 1 or not isinstance(events[0], Frame) or data[:1] != bytes((START,)):
        return None
    frame = events[0]
    left = hidden(frame.payload, direction, _PASSWORD_AT if isinstance(order_of(frame.payload), Add) else None)
    places = [at for at, (old, new) in enumerate(zip(frame.payload, left, strict=True)) if old != new]
    if not places:
        return data
    body = bytearray(left)
    for at in places:
        # A byte that was escaped is hidden behind one that is escaped as well, so that nothing moves.
        body[at] = _ESCAPED_HIDDEN if frame.payload[at] in (0xFD, 0xFE) else HIDDEN
    free = [at for at in places if body[at] == HIDDEN]
    for filler in range(HIDDEN, 0x7F):
        if free:
            body[free[0]] = filler
        masked = Frame(frame.id, bytes(body)).to_bytes()
        if len(masked) == len(data):
            return masked
    return masked[: len(data)].ljust(len(data), b"*")


# --- reading


_STATES = {
    State.PENDING: "pending",
    State.IN_PROGRESS: "in progress",
    State.WAITING: "waiting",
    State.STOPPED: "not begun: the queue was stopped by an error",
    State.OVERFLOW: "the buffer is full",
    State.EXISTS: "there is a task of this id",
    State.NOT_FOUND: "there is no such task",
    State.ILLEGAL: "wrong value",
}


class WireDecoder3(FrameReader[Frame | Garbage]):
    """Reads one connection. An answer does not say what was asked: that is remembered by task and packet number."""

    def __init__(self) -> None:
        super().__init__(lambda _: Decoder())
        self._tasks: dict[int, Shape] = {}  # at most 256: an id is a byte
        self._packets: dict[int, int] = {}  # the task that a packet was about

    def described(self, event: Frame | Garbage, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        if isinstance(event, Garbage):
            wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
            return DescribedFrame(began, at, direction, "no frame", (), wrong, event.fault.value, event.data)
        title, fields = self._ordered(event) if direction is Direction.OUT else self._reported(event)
        shown = (("packet", str(event.id)), *fields)
        pairing = None if event.own else str(event.id)
        return DescribedFrame(began, at, direction, title, shown, Checksum.OK, None, event.to_bytes(), pairing)

    def _ordered(self, frame: Frame) -> Shown:
        self._packets.pop(frame.id, None)
        match order_of(frame.payload):
            case Add(task, data):
                shape = shape_of(data[2:])
                self._packets[frame.id] = task
                if shape is None:
                    self._tasks.pop(task, None)
                else:
                    self._tasks[task] = shape
                title, fields = command_shown(shape, data[2:])
                return f"add {title}", (("task", str(task)), *fields)
            case Ack(task):
                return "acknowledge", (("task", str(task)),)
            case Request(task):
                self._packets[frame.id] = task
                return "what became of the task?", (("task", str(task)),)
            case Abort():
                return "empty the buffer", ()
            case _:
                return "no order to the buffer", (("data", frame.payload.hex(" ")),)

    def _reported(self, frame: Frame) -> Shown:
        report = report_of(frame.payload)
        if report is None:
            return "no report of the buffer", (("data", frame.payload.hex(" ")),)
        if report.state in _STATES:
            return _STATES[report.state], () if report.task is None else (("task", str(report.task)),)
        task = report.task if report.task is not None else self._packets.get(frame.id)
        shape = self._tasks.get(task) if task is not None else None
        if shape is None:
            return ("done", ()) if not report.data else ("answer", (("data", report.data.hex(" ")),))
        return answer_shown(shape, report.data, failed=report.state in (State.ERROR, State.ASYNC_ERROR))
