"""What the wire logs of both transports share: what of a command is hidden, and how commands and answers are shown to people."""

from __future__ import annotations

from bridge_ffd.wire_text import hide_tags, hide_tags_within, roubles_shown, shown

from bridge.plugin import BadAnswer, show_fields
from bridge.transport import Direction, mask_private
from bridge_atol.answers import body_of, error_of
from bridge_atol.errors import lookup
from bridge_atol.layout import Field, Kind, Value
from bridge_atol.vocabulary import SHAPES, Shape, code_of

HIDDEN = 0x2A

_WRITES_TAG, _ENTERS_MODE = 0xE8, 0x56

Shown = tuple[str, tuple[tuple[str, str], ...]]
"""A title, and names with what stands there."""


def hidden(data: bytes, direction: Direction, at: int | None) -> bytes:
    """The same bytes with the private ones replaced by '*'. `at`: where the password stands, with the command behind it; None where
    there is none."""
    out = bytearray(mask_private(data, direction))
    if direction is Direction.IN:
        hide_tags_within(out)
    if direction is not Direction.OUT or at is None:
        return bytes(out)
    out[at : at + 2] = b"**"[: max(0, len(out) - at)]
    command = at + 2
    match code_of(data[command:]):
        case code if code == _ENTERS_MODE:
            start = command + 2
            out[start:] = b"*" * max(0, len(out) - start)
        case code if code == _WRITES_TAG:
            hide_tags(out, command + 4)
        case _:
            pass
    return bytes(out)


def command_shown(shape: Shape | None, data: bytes) -> Shown:
    """A command without its password."""
    if shape is None:
        return f"{data[:1].hex().upper()}h", (("data", data[1:].hex(" ")),)
    return str(shape), tuple(show_fields(str(shape), shape.request, data[len(shape.head) :], _shown))


def shape_of(data: bytes) -> Shape | None:
    return SHAPES.get(code_of(data) or -1)


def answer_shown(shape: Shape, data: bytes, *, failed: bool) -> Shown:
    """The answer to a command."""
    try:
        error = error_of(shape, data, failed=failed)
    except BadAnswer as problem:
        return f"{shape}: cannot be read", (("why", str(problem)),)
    if error:
        row = lookup(error)
        told = [(f"error {error:02X}h", row.text), *([("what to do", row.remedy.value)] if row.remedy else [])]
        return f"{shape}: refused", tuple(told)
    return f"{shape}: answer", tuple(show_fields(str(shape), shape.answer, body_of(shape, data), _shown))


def _shown(field: Field, value: Value) -> str:
    match value:
        case int() if field.kind is Kind.KOPECKS:
            return roubles_shown(value)
        case int() if field.kind is Kind.THOUSANDTHS:
            return f"{value // 1000}.{value % 1000:03d}"
        case _:
            return shown(value, tags=field.name == "tags")
