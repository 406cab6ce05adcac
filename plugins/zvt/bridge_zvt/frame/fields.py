"""Bitmaps (BMPs): the list of tagged fields that most messages consist of; their table, reader and writer.

Follows protocol-specs/zvt, "BMP table". A tag that is not in the table makes the rest unreadable: reading stops there and keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from bridge_zvt.frame import cards, packed, tlv
from bridge_zvt.frame.apdu import LocalError


class Length(IntEnum):
    """How a field's length is written that has none of its own."""

    LLVAR = -2  # two bytes F0..F9, a digit each
    LLLVAR = -3
    BER = -1


class Bmp(IntEnum):
    """Tags that driver and simulator name; the table below has all."""

    TIMEOUT = 0x01
    MAX_STATUS = 0x02
    SERVICE = 0x03
    AMOUNT = 0x04
    TLV = 0x06
    TRACE = 0x0B
    TIME = 0x0C
    DATE = 0x0D
    EXPIRY = 0x0E
    CARD_SEQUENCE = 0x17
    STATUS = 0x19
    """Status, payment type or card type, by the message."""
    PAN = 0x22
    TRACK_2 = 0x23
    TRACK_3 = 0x24
    RESULT = 0x27
    TERMINAL_ID = 0x29
    MERCHANT = 0x2A
    TRACK_1 = 0x2D
    ORIGINAL_TRACE = 0x37
    CVV = 0x3A
    AUTHORISATION = 0x3B
    ADDITIONAL_TEXT = 0x3C
    PASSWORD = 0x3D
    CURRENCY = 0x49
    TOTALS = 0x60
    RECEIPT = 0x87
    TURNOVER = 0x88
    CARD_TYPE = 0x8A
    CARD_NAME = 0x8B
    PROVIDER_CARD_TYPE = 0x8C
    RESULT_AS = 0xA0
    LONG_DATE = 0xAA
    AID_PARAMETER = 0xBA
    DISPLAY_SECONDS = 0xF0
    DISPLAY_LINE_1 = 0xF1
    BEEPS = 0xF9


TABLE: dict[int, int] = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x06: Length.BER,
    0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2,
    0x17: 2, 0x19: 1,
    0x22: Length.LLVAR, 0x23: Length.LLVAR, 0x24: Length.LLLVAR, 0x27: 1, 0x29: 4, 0x2A: 15, 0x2D: Length.LLVAR,
    0x2E: Length.LLLVAR,
    0x37: 3, 0x3A: 2, 0x3B: 8, 0x3C: Length.LLLVAR, 0x3D: 3,
    0x49: 2, 0x4C: Length.LLVAR,
    0x60: Length.LLLVAR,
    0x70: 4, 0x71: 4, 0x72: 1, 0x73: 1, 0x74: 1, 0x75: 1,
    0x87: 2, 0x88: 3, 0x8A: 1, 0x8B: Length.LLVAR, 0x8C: 1,
    0x92: Length.LLLVAR, 0x9A: Length.LLLVAR,
    0xA0: 1, 0xA7: Length.LLVAR, 0xAA: 3, 0xAF: Length.LLLVAR,
    0xBA: 5,
    0xD0: 1, 0xD1: Length.LLVAR, 0xD2: 1, 0xD3: 1,
    0xE0: 1, **dict.fromkeys(range(0xE1, 0xE9), Length.LLVAR), 0xE9: 1, 0xEA: 1, 0xEB: 8,
    0xF0: 1, **dict.fromkeys(range(0xF1, 0xF9), Length.LLVAR), 0xF9: 1, 0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFD: 1,
}  # fmt: skip
"""Bytes of a field's value, or how its length is written."""


@dataclass(frozen=True, slots=True)
class Field:
    """One BMP: its tag and the bytes of its value, without length; a card's are masked once it was read."""

    tag: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read of a list of BMPs. `rest`: from the first tag on that is unknown, or whose value is not whole."""

    items: tuple[Field, ...] = ()
    rest: bytes = b""

    def get(self, tag: int) -> bytes | None:
        """The first value of this tag; None where there is none."""
        return next((item.value for item in self.items if item.tag == tag), None)

    def number(self, tag: int) -> int | None:
        """A BCD value as a number; None where it is missing or has other nibbles than digits."""
        value = self.get(tag)
        return None if value is None else packed.number(value)

    def digits(self, tag: int) -> str | None:
        """A BCD value as its digits, leading zeros kept."""
        value = self.get(tag)
        return None if value is None else packed.digits(value)

    def byte(self, tag: int) -> int | None:
        """A value of one byte."""
        value = self.get(tag)
        return value[0] if value else None

    @property
    def tlv(self) -> tlv.Container:
        """All containers (BMP 06) together; empty where there is none."""
        found = [tlv.decode(item.value) for item in self.items if item.tag == Bmp.TLV]
        return tlv.Container(tuple(item for each in found for item in each.items), b"".join(each.rest for each in found))

    @property
    def has_tlv(self) -> bool:
        """Whether there is a container, be it an empty one: that alone activates TLV."""
        return any(item.tag == Bmp.TLV for item in self.items)


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field's value stands in the bytes that were read."""

    tag: int
    start: int
    end: int


def places(data: bytes, start: int = 0) -> tuple[tuple[FieldPlace, ...], int]:
    """The fields from `start` on, and where what cannot be read begins (the end where all of it can)."""
    found: list[FieldPlace] = []
    at = start
    while at < len(data):
        read = _value(data, at)
        if read is None:
            break
        begins, size = read
        found.append(FieldPlace(data[at], begins, begins + size))
        at = begins + size
    return tuple(found), at


def masked(data: bytes, start: int = 0) -> bytes:
    """The same bytes with a card's data hidden; before `start` nothing changes."""
    found, stops = places(data, start)
    hidden = bytearray(data)
    for place in found:
        value = data[place.start : place.end]
        if place.tag == Bmp.TLV:
            value = cards.masked_objects(value, *tlv.places(value))
        else:
            mask = cards.FIELDS.get(place.tag, cards.mask_loose if TABLE[place.tag] < 0 else None)
            value = mask(value) if mask is not None else value
        hidden[place.start : place.end] = value
    hidden[stops:] = cards.mask_unread(data[stops:])
    return bytes(hidden)


def read_fields(data: bytes, start: int = 0) -> Fields:
    """All that can be read from `start` on, with a card's data masked."""
    hidden = masked(data, start)
    found, stops = places(data, start)
    return Fields(tuple(Field(place.tag, hidden[place.start : place.end]) for place in found), hidden[stops:])


def write_fields(items: Iterable[Field]) -> bytes:
    """Fields as they stand in a message, in this order. Raises LocalError for a tag or length that the table does not have."""
    return b"".join(_written(item) for item in items)


def tlv_field(*items: tlv.Tlv) -> Field:
    """BMP 06 with these objects, none for the empty one that only activates TLV."""
    return Field(Bmp.TLV, tlv.encode(items))


def amount(minor: int) -> Field:
    """BMP 04: an amount in the currency's minor units."""
    return Field(Bmp.AMOUNT, packed.bcd(minor, 6))


def _written(item: Field) -> bytes:
    size = TABLE.get(item.tag)
    tag = bytes((item.tag,))
    match size:
        case None:
            raise LocalError(f"BMP {item.tag:02X} is not in the table")
        case Length.BER:
            return tag + tlv.length(len(item.value)) + item.value
        case Length.LLVAR | Length.LLLVAR:
            counted = f"{len(item.value):0{-size}d}"
            if len(counted) > -size:
                raise LocalError(f"BMP {item.tag:02X} holds {10**-size - 1} bytes, not {len(item.value)}")
            return tag + bytes(0xF0 | int(digit) for digit in counted) + item.value
        case _:
            if len(item.value) != size:
                raise LocalError(f"BMP {item.tag:02X} holds {size} bytes, not {len(item.value)}")
            return tag + item.value


def _value(data: bytes, at: int) -> tuple[int, int] | None:
    """Offset and size of the value of the field at `at`; None where it is unknown or not whole."""
    size = TABLE.get(data[at])
    at += 1
    match size:
        case None:
            return None
        case Length.BER:
            read = tlv.read_length(data, at, len(data))
            if read is None:
                return None
            size, at = read
        case Length.LLVAR | Length.LLLVAR:
            marks = data[at : at - size]
            if len(marks) < -size or any(mark >> 4 != 0xF or mark & 0x0F > 9 for mark in marks):
                return None
            at -= size
            size = int("".join(str(mark & 0x0F) for mark in marks))
        case _:
            pass
    return (at, size) if at + size <= len(data) else None
