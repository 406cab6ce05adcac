"""How the bytes of a parameter become a value, and the frame error where they cannot.

Source: protocol-specs/posnet, "Data types", "Frame errors". A wrong value is a frame error: the command is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bridge_sim_posnet.arithmetic import MAX_AMOUNT
from bridge_sim_posnet.settings import EXEMPT, INACTIVE

CODE_PAGE = "cp1250"

UNKNOWN, MISSING, CONVERSION, TOKEN, CHECKSUM, FIELD = 1, 2, 3, 4, 5, 6
LENGTH, OVERRUN, IMMEDIATE_FORBIDDEN, NOT_FOUND, QUEUE_FULL, SYNTAX = 10, 11, 12, 13, 14, 15

_TRUE = frozenset((b"1", b"t", b"T", b"Y", b"y"))
_FALSE = frozenset((b"0", b"n", b"N"))
_DATE = re.compile(rb"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DATE_TIME = re.compile(rb"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[,; ](\d{1,2}):(\d{1,2})")


class FrameError(Exception):
    """The frame is refused: answered with `ERR ?<number>`."""

    def __init__(self, number: int, field: str | None = None) -> None:
        super().__init__(number, field)
        self.number = number
        self.field = field


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `read` turns its bytes into a value or raises FrameError."""

    name: str
    read: Callable[[bytes, str], Any]
    needed: bool


def text(name: str, length: int, *, needed: bool = False, lines: bool = False) -> Field:
    def read(value: bytes, field: str) -> str:
        if len(value) > length:
            raise FrameError(LENGTH, field)
        if any(byte < 0x20 and not (lines and byte == 0x0A) for byte in value):
            raise FrameError(CONVERSION, field)
        return value.decode(CODE_PAGE, "replace")

    return Field(name, read, needed)


def number(name: str, low: int = 0, high: int = MAX_AMOUNT, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> int:
        if not value.isdigit() or len(value) > 15 or not low <= int(value) <= high:
            raise FrameError(CONVERSION, field)
        return int(value)

    return Field(name, read, needed)


def digits(name: str, length: int, *, needed: bool = False) -> Field:
    """Digits that are a name, so that leading zeros count."""

    def read(value: bytes, field: str) -> str:
        if len(value) > length:
            raise FrameError(LENGTH, field)
        if not value.isdigit():
            raise FrameError(CONVERSION, field)
        return value.decode("ascii")

    return Field(name, read, needed)


def rate(name: str) -> Field:
    """A VAT rate in hundredths of a percent: up to 99.99, 100 = exempt, 101 = inactive."""

    def read(value: bytes, field: str) -> int:
        if not re.fullmatch(rb"\d{1,3}([.,]\d{0,2})?", value):
            raise FrameError(CONVERSION, field)
        percent = int(Decimal(value.decode().replace(",", ".").rstrip(".")) * 100)
        if percent > INACTIVE or EXEMPT < percent < INACTIVE:
            raise FrameError(CONVERSION, field)
        return percent

    return Field(name, read, False)


def money(name: str, *, needed: bool = False, high: int = MAX_AMOUNT) -> Field:
    """Grosze without separator."""
    return number(name, 0, high, needed=needed)


def quantity(name: str) -> Field:
    def read(value: bytes, field: str) -> Decimal:
        if not re.fullmatch(rb"\d{1,10}([.,]\d{0,8})?", value):
            raise FrameError(CONVERSION, field)
        return Decimal(value.decode().replace(",", ".").rstrip("."))

    return Field(name, read, False)


def flag(name: str, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> bool:
        if value not in _TRUE | _FALSE:
            raise FrameError(CONVERSION, field)
        return value in _TRUE

    return Field(name, read, needed)


def day(name: str, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> date:
        return _moment(_DATE, value, field).date()

    return Field(name, read, needed)


def moment(name: str, *, needed: bool = False) -> Field:
    """A local time; the zone is the printer's, which the handler knows."""

    def read(value: bytes, field: str) -> datetime:
        return _moment(_DATE_TIME, value, field)

    return Field(name, read, needed)


def _moment(pattern: re.Pattern[bytes], value: bytes, field: str) -> datetime:
    match = pattern.fullmatch(value)
    try:
        year, month, day_of_month, *time = map(int, match.groups() if match else ())
        hour, minute = time or (0, 0)
        return datetime(year, month, day_of_month, hour, minute, tzinfo=UTC)
    except ValueError:
        raise FrameError(CONVERSION, field) from None
