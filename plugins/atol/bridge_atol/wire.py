"""Wire logs: what is hidden before they are kept, and how they are read afterwards.

Frames and checksums are those of `frame/`, names and errors those of the tables. Nothing of a link is known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bridge_ffd.archive import tags_as_data
from bridge_ffd.tags import Tag, find_tag
from bridge_ffd.tlv import TlvError, decode

from bridge.plugin import Checksum, DescribedFrame
from bridge.transport import Direction, mask_private
from bridge_atol.answers import body_of, error_of
from bridge_atol.errors import lookup
from bridge_atol.frame import (
    START,
    Abort,
    Ack,
    Add,
    Decoder,
    Fault,
    Frame,
    Garbage,
    Report,
    Request,
    State,
    order_of,
    report_of,
)
from bridge_atol.layout import BadAnswer, Field, Kind, Value, read
from bridge_atol.vocabulary import SHAPES, Shape, code_of

_HIDDEN = 0x2A
_ESCAPED_HIDDEN = 0xFD  # in the place of a byte that took two on the wire
_PASSWORD_AT = 3  # behind verb, flags and task
_COMMAND_AT = 5

# Tags that are a customer's or the cashier's own: contact, name, INN, birth, papers, address.
_PRIVATE_TAGS = frozenset(
    int(tag)
    for tag in (
        Tag.BUYER_CONTACT,
        Tag.BUYER_NAME,
        Tag.BUYER_INN,
        Tag.BUYER,
        Tag.CASHIER_INN,
        Tag.BUYER_BIRTH_DATE,
        Tag.BUYER_CITIZENSHIP,
        Tag.BUYER_DOCUMENT_CODE,
        Tag.BUYER_DOCUMENT_DATA,
        Tag.BUYER_ADDRESS,
    )
)
_WRITES_TAG, _ENTERS_MODE = 0xE8, 0x56


# --- hiding


def mask(data: bytes, direction: Direction) -> bytes:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the checksum of what is left of it."""
    events = list(Decoder().feed(data))
    if len(events) != 1 or not isinstance(events[0], Frame) or data[:1] != bytes((START,)):
        return mask_private(data, direction)
    frame = events[0]
    hidden = _hidden(frame.payload, direction)
    places = [at for at, (old, new) in enumerate(zip(frame.payload, hidden, strict=True)) if old != new]
    if not places:
        return data
    body = bytearray(hidden)
    for at in places:
        # A byte that was escaped is hidden behind one that is escaped as well, so that nothing moves.
        body[at] = _ESCAPED_HIDDEN if frame.payload[at] in (0xFD, 0xFE) else _HIDDEN
    free = [at for at in places if body[at] == _HIDDEN]
    for filler in range(_HIDDEN, 0x7F):
        if free:
            body[free[0]] = filler
        masked = Frame(frame.id, bytes(body)).to_bytes()
        if len(masked) == len(data):
            return masked
    return masked[: len(data)].ljust(len(data), b"*")


def _hidden(payload: bytes, direction: Direction) -> bytes:
    """One payload with its private bytes replaced by '*'."""
    out = bytearray(mask_private(payload, direction))
    if direction is Direction.IN:
        _hide_tags_within(out)
    if direction is not Direction.OUT or not isinstance(order_of(payload), Add):
        return bytes(out)
    out[_PASSWORD_AT:_COMMAND_AT] = b"**"[: max(0, len(out) - _PASSWORD_AT)]
    match code_of(payload[_COMMAND_AT:]):
        case code if code == _ENTERS_MODE:
            start = _COMMAND_AT + 2
            out[start:] = b"*" * max(0, len(out) - start)
        case code if code == _WRITES_TAG:
            _hide_tags(out, _COMMAND_AT + 4)
        case _:
            pass
    return bytes(out)


def _hide_tags(out: bytearray, at: int) -> None:
    while at + 4 <= len(out):
        tag, length = int.from_bytes(out[at : at + 2], "little"), int.from_bytes(out[at + 2 : at + 4], "little")
        end = min(at + 4 + length, len(out))
        if tag in _PRIVATE_TAGS:
            out[at + 4 : end] = b"*" * (end - at - 4)
        at = end


def _hide_tags_within(out: bytearray) -> None:
    """Of an answer, which does not say what was asked. Blocks of a document (A4 46) may begin and end within a tag."""
    at = 0
    while at + 4 < len(out):
        tag, length = int.from_bytes(out[at : at + 2], "little"), int.from_bytes(out[at + 2 : at + 4], "little")
        value = out[at + 4 : at + 4 + length]
        known = find_tag(tag) if tag in _PRIVATE_TAGS else None
        if known is not None and value and length <= known.length and min(value) >= 0x20:
            out[at + 4 : at + 4 + length] = b"*" * len(value)
            at += len(value) + 4
        else:
            at += 1


# --- reading


@dataclass(slots=True)
class _Side:
    """One direction of a connection: its decoder, and since when it has bytes of a frame."""

    decoder: Decoder = field(default_factory=Decoder)
    began: datetime | None = None
    at: datetime | None = None


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


class AtolWireDecoder:
    """Reads one connection. An answer does not say what was asked: that is remembered by task and packet number."""

    def __init__(self) -> None:
        self._sides = {direction: _Side() for direction in (Direction.OUT, Direction.IN)}
        self._tasks: dict[int, Shape] = {}  # at most 256: an id is a byte
        self._packets: dict[int, int] = {}  # the task that a packet was about

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        side = self._sides[direction]
        began = side.began or at
        side.at = at
        for event in side.decoder.feed(data):
            yield self._described(event, direction, began, at)
            began = at
        side.began = began if side.decoder.inside else None

    def flush(self) -> Iterable[DescribedFrame]:
        for direction, side in self._sides.items():
            for event in side.decoder.interrupt():
                if side.at is not None:
                    yield self._described(event, direction, side.began or side.at, side.at)

    def _described(self, event: Frame | Garbage, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        if isinstance(event, Garbage):
            wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
            return DescribedFrame(began, at, direction, "no frame", (), wrong, event.fault.value, event.data)
        title, fields = self._ordered(event) if direction is Direction.OUT else self._reported(event)
        shown = (("packet", str(event.id)), *fields)
        pairing = None if event.own else str(event.id)
        return DescribedFrame(began, at, direction, title, shown, Checksum.OK, None, event.to_bytes(), pairing)

    def _ordered(self, frame: Frame) -> tuple[str, tuple[tuple[str, str], ...]]:
        self._packets.pop(frame.id, None)
        match order_of(frame.payload):
            case Add(task, data):
                shape = SHAPES.get(code_of(data[2:]) or -1)
                self._packets[frame.id] = task
                if shape is None:
                    self._tasks.pop(task, None)
                    return f"add {data[2:3].hex().upper()}h", (("task", str(task)), ("data", data[3:].hex(" ")))
                self._tasks[task] = shape
                return f"add {shape}", (("task", str(task)), *_fields(shape, shape.request, data[2 + len(shape.head) :]))
            case Ack(task):
                return "acknowledge", (("task", str(task)),)
            case Request(task):
                self._packets[frame.id] = task
                return "what became of the task?", (("task", str(task)),)
            case Abort():
                return "empty the buffer", ()
            case _:
                return "no order to the buffer", (("data", frame.payload.hex(" ")),)

    def _reported(self, frame: Frame) -> tuple[str, tuple[tuple[str, str], ...]]:
        report = report_of(frame.payload)
        if report is None:
            return "no report of the buffer", (("data", frame.payload.hex(" ")),)
        if report.state in _STATES:
            return _STATES[report.state], () if report.task is None else (("task", str(report.task)),)
        task = report.task if report.task is not None else self._packets.get(frame.id)
        shape = self._tasks.get(task) if task is not None else None
        if shape is None:
            return ("done", ()) if not report.data else ("answer", (("data", report.data.hex(" ")),))
        return _answer(shape, report)


def _answer(shape: Shape, report: Report) -> tuple[str, tuple[tuple[str, str], ...]]:
    failed = report.state in (State.ERROR, State.ASYNC_ERROR)
    try:
        error = error_of(shape, report.data, failed=failed)
    except BadAnswer as problem:
        return f"{shape}: cannot be read", (("why", str(problem)),)
    if error:
        row = lookup(error)
        told = [(f"error {error:02X}h", row.text), *([("what to do", row.remedy.value)] if row.remedy else [])]
        return f"{shape}: refused", tuple(told)
    return f"{shape}: answer", tuple(_fields(shape, shape.answer, body_of(shape, report.data)))


def _fields(shape: Shape, fields: tuple[Field, ...], data: bytes) -> Iterator[tuple[str, str]]:
    try:
        values, more = read(str(shape), fields, data)
    except BadAnswer as problem:
        yield "cannot be read", str(problem)
        return
    for one in fields:
        if one.name in values:
            name = f"{one.name} ({one.meaning})" if one.meaning else one.name
            yield name, _one_line(_shown(one.name, one.kind, values[one.name]))
    if more:
        yield "more", more.hex(" ")


def _shown(name: str, kind: Kind, value: Value) -> str:
    match value:
        case None:
            return "none"
        case bytes() if name == "tags":
            try:
                return str(tags_as_data(decode(value, strict=False)))
            except TlvError:
                return value.hex(" ")
        case bytes():
            return value.hex(" ")
        case date() | time() | datetime():
            return value.isoformat()
        case int() if kind is Kind.KOPECKS:
            return f"{value // 100}.{value % 100:02d} ₽"
        case int() if kind is Kind.THOUSANDTHS:
            return f"{value // 1000}.{value % 1000:03d}"
        case _:
            return str(value)


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in text)
