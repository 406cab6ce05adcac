"""Bytes of answers. Source: protocol-specs/atol, "Data types": packed digits, dates DD MM YY in registers, YY MM DD in 3Fh, binary from the FN."""

from __future__ import annotations

from datetime import date, datetime

from bridge_sim_fn.memory import FnDocument

OK = b"\x55\x00"
CODE_PAGE = "cp866"


def bcd(value: int, size: int) -> bytes:
    """Packed digits, highest first; what is too large is cut off at the top."""
    return bytes.fromhex(f"{value % 10 ** (2 * size):0{2 * size}d}")


def le(value: int, size: int) -> bytes:
    return (value % (1 << 8 * size)).to_bytes(size, "little")


def text(value: str) -> bytes:
    return value.encode(CODE_PAGE, "replace")


def day_month_year(at: date) -> bytes:
    return bcd(at.day, 1) + bcd(at.month, 1) + bcd(at.year, 1)


def year_month_day(at: date) -> bytes:
    return bcd(at.year, 1) + bcd(at.month, 1) + bcd(at.day, 1)


def clock(at: datetime, *, seconds: bool = True) -> bytes:
    return bcd(at.hour, 1) + bcd(at.minute, 1) + (bcd(at.second, 1) if seconds else b"")


def moment(at: datetime, *, seconds: bool = False) -> bytes:
    """A date with its time, of a register."""
    return day_month_year(at) + clock(at, seconds=seconds)


def fn_moment(at: datetime) -> bytes:
    return bytes((at.year - 2000, at.month, at.day, at.hour, at.minute))


def fn_date(at: date) -> bytes:
    return bytes((at.year - 2000, at.month, at.day))


def head(document: FnDocument) -> bytes:
    """Time, number and sign of a document, as the FN tells them."""
    return fn_moment(document.at) + le(document.number, 4) + le(document.sign, 4)
