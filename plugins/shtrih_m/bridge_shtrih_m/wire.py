"""Wire logs: what is hidden before they are kept, and how they are read afterwards.

Frames and checksums are those of `frame/`, names and errors those of the tables. Nothing of a link is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bridge_ffd.wire_text import hide_tags, roubles_shown, shown

from bridge.plugin import Checksum, DescribedFrame, FrameDecoder, FrameReader, show_fields
from bridge.transport import Direction, mask_private
from bridge_shtrih_m.answers import error_of
from bridge_shtrih_m.errors import lookup
from bridge_shtrih_m.frame import (
    ENQUIRY,
    Control,
    Decoder1,
    Decoder2,
    Event1,
    Event2,
    Fault,
    Frame1,
    Frame2,
    Garbage,
    code_of,
    stuffed,
)
from bridge_shtrih_m.layout import Field, Kind, Value, named, total_size
from bridge_shtrih_m.vocabulary import SHAPES, Shape, shape_of

_HIDDEN = 0x2A
_ESCAPED_HIDDEN = 0x9F  # in the place of a byte that took two on the wire

_TAGS_OUT = frozenset((0xFF0C, 0xFF4D))
_TAGS_IN = frozenset((0xFF3B, 0xFF3C, 0xFF0E))
_PASSWORDS_IN = ("tax_password", "administrator_password")
_OPERATORS_TABLE = 2


# --- hiding


def mask(data: bytes, direction: Direction) -> bytes:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the checksum of what is left of it."""
    mark = data.find(b"\x02") if b"\x8f" not in data[:1] else -1
    if data[:1] == b"\x8f":
        return _masked2(data, direction)
    if 0 <= mark <= 2 and len(data) > mark + 1 and len(data) == mark + data[mark + 1] + 3:
        return data[:mark] + _masked1(data[mark:], direction)
    return mask_private(data, direction)


def _masked1(raw: bytes, direction: Direction) -> bytes:
    events = list(Decoder1().feed(raw))
    if len(events) != 1 or not isinstance(events[0], Frame1):
        return mask_private(raw, direction)
    return Frame1(_hidden(events[0].data, direction)).to_bytes()


def _masked2(raw: bytes, direction: Direction) -> bytes:
    events = list(Decoder2().feed(raw))
    if len(events) != 1 or not isinstance(events[0], Frame2) or not events[0].data:
        return mask_private(raw, direction) if raw != ENQUIRY else raw
    frame = events[0]
    hidden = _hidden(frame.data, direction)
    if hidden == frame.data:
        return raw
    places = [at for at, (old, new) in enumerate(zip(frame.data, hidden, strict=True)) if old != new]
    body = bytearray(hidden)
    for at in places:
        # A byte that was escaped is hidden behind one that is escaped as well, so that nothing moves.
        body[at] = _ESCAPED_HIDDEN if frame.data[at] in (0x8F, 0x9F) else _HIDDEN
    free = [at for at in places if body[at] == _HIDDEN]
    for filler in range(0x2A, 0x7F):
        if free:
            body[free[0]] = filler
        masked = Frame2(frame.number, bytes(body)).to_bytes()
        if len(masked) == len(raw):
            return masked
    logical = raw[1 : 1 + len(stuffed(_logical(frame, bytes(body))))]
    return raw[:1] + stuffed(_logical(frame, bytes(body))) + b"*" * (len(raw) - 1 - len(logical))


def _logical(frame: Frame2, data: bytes) -> bytes:
    body = (frame.number or 0).to_bytes(2, "little") + data
    return len(body).to_bytes(2, "little") + body


def _hidden(data: bytes, direction: Direction) -> bytes:
    """One message with its private bytes replaced by '*'."""
    code = code_of(data)
    if code is None:
        return data
    shape = shape_of(data)
    out = bytearray(mask_private(data, direction))
    head = 2 if code > 0xFF else 1
    if direction is Direction.OUT:
        if (shape is None or shape.password) and len(data) >= head + 4:
            out[head : head + 4] = b"****"
        if code in _TAGS_OUT:
            hide_tags(out, head + 4)
        elif code == 0x1E and len(data) > head + 8 and data[head + 4] == _OPERATORS_TABLE and data[head + 7] == 1:
            out[head + 8 :] = b"*" * (len(data) - head - 8)
    elif shape is not None and len(data) > head + 1 and not error_of(data):
        if code in _TAGS_IN:
            hide_tags(out, head + 1)
        elif code == 0xF7:
            _hide_passwords(out, shape, head + 1)
    return bytes(out)


def _hide_passwords(out: bytearray, shape: Shape, at: int) -> None:
    for index, field in enumerate(shape.answer):
        if field.name in _PASSWORDS_IN:
            start = at + total_size(shape.answer[:index])
            end = min(start + (field.size or 0), len(out))
            if start < end:
                out[start:end] = b"*" * (end - start)


# --- reading


_CONTROLS = {
    (Direction.OUT, Control.ENQ): "ENQ: do you hold an answer?",
    (Direction.OUT, Control.ACK): "ACK: answer read",
    (Direction.OUT, Control.NAK): "NAK: answer damaged",
    (Direction.IN, Control.ACK): "ACK: taken, or: an answer comes",
    (Direction.IN, Control.NAK): "NAK: no answer is held, or: frame not taken",
    (Direction.IN, Control.FILLER): "filler",
}


_LAYERS: dict[int, Callable[[Direction], FrameDecoder[Event1 | Event2]]] = {1: lambda _: Decoder1(), 2: lambda _: Decoder2()}


class ShtrihWireDecoder(FrameReader[Event1 | Event2]):
    """Reads one connection by the link layer that the host speaks on it. A search speaks both, one after the other."""

    def __init__(self) -> None:
        super().__init__(_LAYERS[1])
        self._layer = 1

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        if direction is Direction.OUT and data:
            # What the host sends is never cut: its first byte tells the layer.
            wanted = 2 if data[0] == 0x8F else 1
            if wanted != self._layer:
                yield from self.flush()
                self._layer = wanted
                self.speak(_LAYERS[wanted])
        yield from super().feed(data, direction, at)

    def described(self, event: Event1 | Event2, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        match event:
            case Control():
                title = _CONTROLS.get((direction, event), event.name)
                return DescribedFrame(began, at, direction, title, data=bytes((event,)), pairing=None)
            case Garbage():
                wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
                return DescribedFrame(began, at, direction, "no frame", (), wrong, event.fault.value, event.data)
            case Frame1() | Frame2():
                fields = list(_fields(event, direction))
                return DescribedFrame(began, at, direction, _title(event, direction), fields, Checksum.OK, None, event.to_bytes())


def _title(frame: Frame1 | Frame2, direction: Direction) -> str:
    if not frame.data:
        return "enquiry: which number, and which answer?" if direction is Direction.OUT else "nothing executed yet"
    code = frame.code
    shape = SHAPES.get(code) if code is not None else None
    name = str(shape) if shape is not None else f"{frame.data[: 2 if frame.data[0] == 0xFF else 1].hex().upper()}h"
    if direction is Direction.OUT:
        return name
    try:
        return f"{name}: refused" if error_of(frame.data) else f"{name}: answer"
    except IndexError:
        return f"{name}: cut off"


def _fields(frame: Frame1 | Frame2, direction: Direction) -> Iterator[tuple[str, str]]:
    if isinstance(frame, Frame2) and frame.number is not None:
        yield "number", str(frame.number)
    data = frame.data
    shape = shape_of(data)
    if shape is None:
        return
    at = len(shape.head) + (4 if shape.password else 0)
    if direction is Direction.IN:
        try:
            error = error_of(data)
        except IndexError:
            return
        if error:
            row = lookup(error)
            yield f"error {error:02X}h", row.text
            if row.remedy:
                yield "what to do", row.remedy
            return
        at = len(shape.head) + 1
    table = shape.request if direction is Direction.OUT else shape.answer
    yield from show_fields(named(shape.code), table, data[at:], _shown)


def _shown(field: Field, value: Value) -> str:
    match value:
        case tuple():
            return " ".join(f"{number / 100:.2f}" for number in value)
        case int() if field.kind is Kind.KOPECKS:
            return roubles_shown(value)
        case _:
            return shown(value, tags=field.name == "tags")
