"""Fields of commands and answers: how each kind of value stands in bytes.

Follows protocol-specs/shtrih-m, "Message layer". Which command has which fields is in `vocabulary/`.
Money is in kopecks here, quantities in the units of the wire; amounts of people are made in `commands.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from bridge.plugin import BadValue

CODE_PAGE = "cp1251"
CENTURY = 2000  # years are two digits in binary

Value = Any
"""int, str, bytes, date, time, datetime, tuple of int; None where the wire says "none"."""


class Kind(Enum):
    UINT = "number, lowest byte first"
    SINT = "signed number, lowest byte first"
    KOPECKS = "money in kopecks"
    THOUSANDTHS = "quantity in thousandths"
    MILLIONTHS = "quantity in millionths"
    TEXT = "text in Windows-1251, filled with zeros"
    ASCII = "text in ASCII"
    BYTES = "bytes"
    DMY = "date: day, month, year"
    YMD = "date: year, month, day"
    HMS = "time: hour, minute, second"
    YMDHM = "date and time: year, month, day, hour, minute"
    NUMBERS = "numbers of one width"


@dataclass(frozen=True, slots=True)
class Field:
    """`size` in bytes; None: the rest. `none`: all bytes FFh mean that there is no value. `optional`: newer firmware has it.

    `most`: of TEXT and BYTES that take the rest, the longest. `width`: of NUMBERS, bytes of each.
    """

    name: str
    kind: Kind
    size: int | None
    meaning: str = ""
    none: bool = False
    optional: bool = False
    most: int | None = None
    width: int = 5

    def read(self, data: bytes) -> Value:
        """Raises ValueError."""
        if self.none and data and data == b"\xff" * len(data):
            return None
        match self.kind:
            case Kind.UINT | Kind.KOPECKS | Kind.THOUSANDTHS | Kind.MILLIONTHS:
                return int.from_bytes(data, "little")
            case Kind.SINT:
                return int.from_bytes(data, "little", signed=True)
            case Kind.TEXT:
                return data.split(b"\0", 1)[0].decode(CODE_PAGE, "replace")
            case Kind.ASCII:
                return data.rstrip(b"\0 ").decode("ascii", "replace")
            case Kind.BYTES:
                return bytes(data)
            case Kind.DMY:
                return _date(data[2], data[1], data[0])
            case Kind.YMD:
                return _date(data[0], data[1], data[2])
            case Kind.HMS:
                return time(data[0], data[1], data[2])
            case Kind.YMDHM:
                day = _date(data[0], data[1], data[2])
                return None if day is None else datetime(day.year, day.month, day.day, data[3], data[4])  # noqa: DTZ001
            case Kind.NUMBERS:
                return tuple(int.from_bytes(data[at : at + self.width], "little") for at in range(0, len(data), self.width))

    def write(self, value: Value) -> bytes:
        """Raises BadValue."""
        if value is None:
            if not self.none or self.size is None:
                raise BadValue(self.name, "a value is needed")
            return b"\xff" * self.size
        match self.kind:
            case Kind.UINT | Kind.KOPECKS | Kind.THOUSANDTHS | Kind.MILLIONTHS | Kind.SINT:
                return self._number(value, self.size or 0)
            case Kind.TEXT | Kind.ASCII:
                data = value.encode(CODE_PAGE if self.kind is Kind.TEXT else "ascii", "strict")
                return self._sized(data).ljust(self.size or 0, b"\0")
            case Kind.BYTES:
                return self._sized(bytes(value))
            case Kind.DMY:
                return bytes((value.day, value.month, value.year - CENTURY))
            case Kind.YMD:
                return bytes((value.year - CENTURY, value.month, value.day))
            case Kind.HMS:
                return bytes((value.hour, value.minute, value.second))
            case Kind.YMDHM:
                return bytes((value.year - CENTURY, value.month, value.day, value.hour, value.minute))
            case Kind.NUMBERS:
                assert self.size is not None
                data = b"".join(self._number(one, self.width) for one in value)
                if len(data) != self.size:
                    raise BadValue(self.name, f"{self.size // self.width} numbers are needed, not {len(value)}")
                return data

    def _number(self, value: int, size: int) -> bytes:
        signed = self.kind is Kind.SINT
        try:
            data = int(value).to_bytes(size, "little", signed=signed)
        except OverflowError:
            raise BadValue(self.name, f"{value} does not fit into {size} bytes") from None
        if self.none and data == b"\xff" * size:
            raise BadValue(self.name, f"{value} would mean that there is none")
        return data

    def _sized(self, data: bytes) -> bytes:
        most = self.size if self.size is not None else self.most
        if most is not None and len(data) > most:
            raise BadValue(self.name, f"{len(data)} bytes, at most {most} are possible")
        if self.kind is Kind.BYTES and self.size is not None and len(data) != self.size:
            raise BadValue(self.name, f"{len(data)} bytes, {self.size} are needed")
        return data


def named(code: int) -> str:
    """A command in errors about its answer."""
    return f"{code:02X}h"


def _date(year: int, month: int, day: int) -> date | None:
    """None for three zeros: a device without that date."""
    return None if not (year or month or day) else date(CENTURY + year, month, day)


# --- short names for the tables


def uint(name: str, size: int, meaning: str = "", *, none: bool = False, optional: bool = False) -> Field:
    return Field(name, Kind.UINT, size, meaning, none=none, optional=optional)


def kopecks(name: str, size: int = 5, meaning: str = "", *, none: bool = False, optional: bool = False) -> Field:
    return Field(name, Kind.KOPECKS, size, meaning, none=none, optional=optional)


def text(name: str, size: int | None, meaning: str = "", *, most: int | None = None, optional: bool = False) -> Field:
    return Field(name, Kind.TEXT, size, meaning, most=most, optional=optional)


def ascii_text(name: str, size: int, meaning: str = "") -> Field:
    return Field(name, Kind.ASCII, size, meaning)


def raw(name: str, size: int | None, meaning: str = "", *, most: int | None = None, optional: bool = False) -> Field:
    return Field(name, Kind.BYTES, size, meaning, most=most, optional=optional)


def of(kind: Kind, name: str, meaning: str = "", *, optional: bool = False) -> Field:
    """A field of a kind that has one size."""
    return Field(name, kind, _SIZES[kind], meaning, optional=optional)


_SIZES = {Kind.DMY: 3, Kind.YMD: 3, Kind.HMS: 3, Kind.YMDHM: 5}


def sums(name: str, count: int, meaning: str = "") -> Field:
    """Several amounts of five bytes."""
    return Field(name, Kind.NUMBERS, 5 * count, meaning)


def total_size(fields: Iterable[Field]) -> int:
    """Bytes of all fields that have a size."""
    return sum(field.size or 0 for field in fields)
