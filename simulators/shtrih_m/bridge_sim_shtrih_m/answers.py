"""Bytes of answers. Source: protocol-specs/shtrih-m, "Message layer": dates of 1-byte commands are DD MM YY, those of the FN YY MM DD."""

from __future__ import annotations

from datetime import date, datetime, time

from bridge_sim_fn.memory import FnDocument


def le(value: int, size: int) -> bytes:
    """Little-endian, and what is too large is cut off at the top."""
    return (value % (1 << 8 * size)).to_bytes(size, "little")


def money(kopecks: int) -> bytes:
    return le(kopecks, 5)


def date_time(at: datetime) -> bytes:
    """DATE_TIME of the FN."""
    return bytes((at.year - 2000, at.month, at.day, at.hour, at.minute))


def fn_date(day: date) -> bytes:
    return bytes((day.year - 2000, day.month, day.day))


def day(at: date) -> bytes:
    """A date of the register."""
    return bytes((at.day, at.month, at.year - 2000))


def clock(at: datetime | time) -> bytes:
    return bytes((at.hour, at.minute, at.second))


def numbers(document: FnDocument, *, extended: bool = False) -> bytes:
    """FD and FP, and DATE_TIME where answers are extended."""
    found = le(document.number, 4) + le(document.sign, 4)
    return found + date_time(document.at) if extended else found
