"""What stands before the fields of a message: passwords, configuration byte, status, result code, by position alone.

Follows protocol-specs/zvt, "Commands" and "Messages from the PT". What the parts mean to a till is in `commands.py` and `answers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bridge_zvt.frame import cards, fields, tlv
from bridge_zvt.frame.apdu import Apdu
from bridge_zvt.frame.codes import NEGATIVE_CLASS, Code
from bridge_zvt.frame.fields import Bmp, Field, Fields

_PASSWORD = (("password", 3),)

HEADS: dict[int, tuple[tuple[str, int], ...]] = {
    Code.REGISTRATION: (("password", 3), ("config", 1), ("currency", 2)),
    Code.STATUS_ENQUIRY: _PASSWORD,
    Code.TURNOVER_TOTALS: _PASSWORD,
    Code.REPRINT: (("password", 3), ("from", 2), ("to", 2)),
    Code.SET_TERMINAL_ID: _PASSWORD,
    Code.REPEAT_RECEIPT: _PASSWORD,
    Code.TELEPHONE_AUTHORISATION: _PASSWORD,
    Code.REVERSAL: _PASSWORD,
    Code.REFUND: _PASSWORD,
    Code.END_OF_DAY: _PASSWORD,
    Code.SET_CLOCK: _PASSWORD,
    Code.INITIALISATION: _PASSWORD,
    Code.CHANGE_PASSWORD: (("old", 3), ("password", 3)),
    Code.READ_CARD: (("timeout", 1),),
    Code.CHANGE_BAUD: (("baud", 1),),
    Code.ACTIVATE_READER: (("reader", 1),),
    Code.INTERMEDIATE_STATUS: (("status", 1), ("t4", 1)),
    Code.ABORT: (("result", 1),),
    Code.PRINT_LINE: (("attribute", 1),),
    NEGATIVE_CLASS << 8 | 0x1E: (("result", 1), ("currency", 2)),
}
"""Parts before the fields, each with its size. A message may stop before any of them."""

_SECRETS = ("password", "old")
_WRONG_CURRENCY = 0x6F
_WITH_KEY = (Code.DISPLAY_TEXT_KEY, Code.DISPLAY_TEXT_NUMBER)


@dataclass(frozen=True, slots=True)
class Body:
    """A message taken apart. `parts` has those that were there."""

    parts: Mapping[str, bytes]
    fields: Fields

    def byte(self, part: str) -> int | None:
        value = self.parts.get(part)
        return value[0] if value else None


def read(apdu: Apdu, running: int | None = None) -> Body:
    """The parts and fields of a message, a card's data masked. `running`: the command that it belongs to.

    The completion of a status enquiry, and the answer to a question at the display, can be told by that alone.
    """
    spans, start = _parts(apdu, running)
    parts = {name: apdu.data[begins:ends] for name, begins, ends in spans}
    if apdu.code == Code.PRINT_LINE:
        return Body({**parts, "text": cards.mask_text(apdu.data[start:])}, Fields())
    return Body(parts, fields.read_fields(apdu.data, start))


def message(code: int, *parts: bytes, items: Iterable[Field] = ()) -> Apdu:
    """A message of positional parts and fields, in this order. Raises LocalError."""
    return Apdu(code, b"".join(parts) + fields.write_fields(items))


def masked(apdu: Apdu, running: int | None = None, *, secrets: bool = False) -> Apdu:
    """The same message with a card's data hidden, and with `secrets` passwords too. Its length is kept, byte for byte."""
    spans, start = _parts(apdu, running)
    if apdu.code == Code.PRINT_LINE:
        return Apdu(apdu.code, apdu.data[:start] + cards.mask_text(apdu.data[start:]))
    data = bytearray(fields.masked(apdu.data, start))
    if secrets:
        for name, begins, ends in spans:
            if name in _SECRETS:
                data[begins:ends] = cards.mask_all(bytes(data[begins:ends]))
        for place in fields.places(apdu.data, start)[0]:
            if place.tag == Bmp.PASSWORD:
                data[place.start : place.end] = cards.mask_all(bytes(data[place.start : place.end]))
    return Apdu(apdu.code, bytes(data))


def fields_at(apdu: Apdu, running: int | None = None) -> int:
    """Where the fields of a message begin."""
    return _parts(apdu, running)[1]


def _parts(apdu: Apdu, running: int | None) -> tuple[list[tuple[str, int, int]], int]:
    """Where each part stands, and where the fields begin."""
    data = apdu.data
    if apdu.code == Code.COMPLETION and running == Code.STATUS_ENQUIRY:
        return _terminal_status(data)
    if apdu.code == Code.POSITIVE and running in _WITH_KEY and data:
        return [("key", 0, len(data))], len(data)
    spans: list[tuple[str, int, int]] = []
    at = 0
    for name, size in HEADS.get(apdu.code, ()):
        if at + size > len(data) or (name == "t4" and _only_tlv(data, at)):
            break
        spans.append((name, at, at + size))
        at += size
    if apdu.code == Code.ABORT and data[:1] == bytes((_WRONG_CURRENCY,)) and len(data) >= 3 and not _only_tlv(data, 1):
        spans.append(("currency", 1, 3))
        at = 3
    return spans, at


def _terminal_status(data: bytes) -> tuple[list[tuple[str, int, int]], int]:
    """After a status enquiry: a version text with its length (LLLVAR) or none, then the status. No BMP has such a beginning."""
    spans: list[tuple[str, int, int]] = []
    at = 0
    marks = data[:3]
    if len(marks) == 3 and all(mark >> 4 == 0xF and mark & 0x0F <= 9 for mark in marks):
        size = int("".join(str(mark & 0x0F) for mark in marks))
        if 3 + size <= len(data):
            spans.append(("version", 3, 3 + size))
            at = 3 + size
    if at < len(data):
        spans.append(("status", at, at + 1))
        at += 1
    return spans, at


def _only_tlv(data: bytes, at: int) -> bool:
    """Whether a container fills the data from here to the end: then no part stands before it that was left out."""
    if at + 1 >= len(data) or data[at] != Bmp.TLV:
        return False
    read_ = tlv.read_length(data, at + 1, len(data))
    return read_ is not None and read_[1] + read_[0] == len(data)
