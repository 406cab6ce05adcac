"""Fields of commands and answers: how each kind of value stands in bytes.

Follows protocol-specs/atol, "Data types". Which command has which fields is in `vocabulary/`. Money is in kopecks here, quantities in
the units of the wire; amounts of people are made in `commands.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from bridge.plugin import BadValue

CODE_PAGE = "cp866"
CENTURY = 2000

Value = Any
"""int, str, bytes, date, time, datetime; None where the wire says "none"."""


class Kind(Enum):
    UINT = "number, lowest byte first"
    UINT_BE = "number, highest byte first"
    BCD = "number in packed digits, highest first"
    KOPECKS = "money in kopecks, in packed digits"
    THOUSANDTHS = "quantity in thousandths, in packed digits"
    DIGITS = "packed digits with their leading zeros, as text"
    TEXT = "text in code page 866"
    ASCII = "text in ASCII"
    BYTES = "bytes"
    DMY = "date in packed digits: day, month, year"
    YMD = "date in packed digits: year, month, day"
    HMS = "time in packed digits: hour, minute, second"
    DMYHM = "date and time in packed digits: day, month, year, hour, minute"
    DMYHMS = "date and time in packed digits: day, month, year, hour, minute, second"
    BINARY_YMD = "date: year, month, day"
    BINARY_YMDHM = "date and time: year, month, day, hour, minute"


_PACKED = (Kind.BCD, Kind.KOPECKS, Kind.THOUSANDTHS)
_SIZES = {
    Kind.DMY: 3,
    Kind.YMD: 3,
    Kind.HMS: 3,
    Kind.DMYHM: 5,
    Kind.DMYHMS: 6,
    Kind.BINARY_YMD: 3,
    Kind.BINARY_YMDHM: 5,
}


@dataclass(frozen=True, slots=True)
class Field:
    """`size` in bytes; None: the rest. `optional`: not every device has it. `most`: of what takes the rest, the longest."""

    name: str
    kind: Kind
    size: int | None
    meaning: str = ""
    optional: bool = False
    most: int | None = None

    def read(self, data: bytes) -> Value:
        """Raises ValueError."""
        match self.kind:
            case Kind.UINT:
                return int.from_bytes(data, "little")
            case Kind.UINT_BE:
                return int.from_bytes(data, "big")
            case Kind.BCD | Kind.KOPECKS | Kind.THOUSANDTHS:
                return packed(data)
            case Kind.DIGITS:
                packed(data)
                return data.hex()
            case Kind.TEXT:
                return data.rstrip(b"\0").decode(CODE_PAGE)
            case Kind.ASCII:
                return data.rstrip(b"\0 ").decode("ascii", "replace")
            case Kind.BYTES:
                return bytes(data)
            case Kind.HMS:
                hour, minute, second = (packed(data[at : at + 1]) for at in range(3))
                return time(hour, minute, second)
            case Kind.BINARY_YMD | Kind.BINARY_YMDHM:
                return _moment(data[:3], data[3:])
            case Kind.YMD:
                return _moment([packed(data[at : at + 1]) for at in range(3)], ())
            case Kind.DMY | Kind.DMYHM | Kind.DMYHMS:
                numbers = [packed(data[at : at + 1]) for at in range(len(data))]
                return _moment(numbers[2::-1], numbers[3:])

    def write(self, value: Value) -> bytes:
        """Raises BadValue."""
        match self.kind:
            case Kind.UINT | Kind.UINT_BE:
                return self._number(value)
            case Kind.BCD | Kind.KOPECKS | Kind.THOUSANDTHS:
                return unpacked(self.name, value, self.size or 0)
            case Kind.DIGITS:
                return self._sized(bytes.fromhex(value))
            case Kind.TEXT | Kind.ASCII:
                return self._sized(value.encode(CODE_PAGE if self.kind is Kind.TEXT else "ascii")).ljust(self.size or 0, b"\0")
            case Kind.BYTES:
                return self._sized(bytes(value))
            case Kind.HMS:
                return _bcd(value.hour, value.minute, value.second)
            case _:
                return self._moment(value)

    def _moment(self, value: Value) -> bytes:
        if value is None:
            return bytes(self.size or 0)
        year, month, day = value.year - CENTURY, value.month, value.day
        match self.kind:
            case Kind.BINARY_YMD:
                return bytes((year, month, day))
            case Kind.BINARY_YMDHM:
                return bytes((year, month, day, value.hour, value.minute))
            case Kind.YMD:
                return _bcd(year, month, day)
            case Kind.DMY:
                return _bcd(day, month, year)
            case Kind.DMYHM:
                return _bcd(day, month, year, value.hour, value.minute)
            case _:
                return _bcd(day, month, year, value.hour, value.minute, value.second)

    def _number(self, value: int) -> bytes:
        try:
            return int(value).to_bytes(self.size or 0, "little" if self.kind is Kind.UINT else "big")
        except OverflowError:
            raise BadValue(self.name, f"{value} does not fit into {self.size} bytes") from None

    def _sized(self, data: bytes) -> bytes:
        most = self.size if self.size is not None else self.most
        if most is not None and len(data) > most:
            raise BadValue(self.name, f"{len(data)} bytes, at most {most} are possible")
        if self.kind in (Kind.BYTES, Kind.DIGITS) and self.size is not None and len(data) != self.size:
            raise BadValue(self.name, f"{len(data)} bytes, {self.size} are needed")
        return data


def packed(data: bytes) -> int:
    """The number in packed digits. Raises ValueError where a half byte is no digit."""
    digits = data.hex()
    if not digits.isdecimal():
        raise ValueError(f"{digits} is no row of digits")
    return int(digits)


def unpacked(field: str, value: int, size: int) -> bytes:
    """A number in packed digits. Raises BadValue."""
    if not 0 <= value < 10 ** (2 * size):
        raise BadValue(field, f"{value} does not fit into {2 * size} digits")
    return bytes.fromhex(f"{value:0{2 * size}d}")


def _bcd(*numbers: int) -> bytes:
    return bytes.fromhex("".join(f"{number:02d}" for number in numbers))


def _moment(day: Sequence[int], clock: Sequence[int]) -> date | datetime | None:
    """None for zeros, and for a date that is none: a clock that stands wrong must not hide the rest of an answer."""
    try:
        found = date(CENTURY + day[0], day[1], day[2])
        return datetime.combine(found, time(clock[0], clock[1], clock[2] if len(clock) > 2 else 0)) if clock else found
    except ValueError:
        return None


# --- short names for the tables


def uint(name: str, size: int = 1, meaning: str = "", *, optional: bool = False) -> Field:
    return Field(name, Kind.UINT, size, meaning, optional)


def bcd(name: str, size: int, meaning: str = "", *, optional: bool = False) -> Field:
    return Field(name, Kind.BCD, size, meaning, optional)


def kopecks(name: str, size: int, meaning: str = "", *, optional: bool = False) -> Field:
    return Field(name, Kind.KOPECKS, size, meaning, optional)


def text(name: str, meaning: str = "", *, most: int | None = None) -> Field:
    return Field(name, Kind.TEXT, None, meaning, most=most)


def raw(name: str, size: int | None, meaning: str = "", *, most: int | None = None, optional: bool = False) -> Field:
    return Field(name, Kind.BYTES, size, meaning, optional, most)


def of(kind: Kind, name: str, size: int | None = None, meaning: str = "", *, optional: bool = False) -> Field:
    """A field of a kind that has one size, unless one is given."""
    return Field(name, kind, _SIZES[kind] if size is None else size, meaning, optional)
