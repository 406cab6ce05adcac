"""The days that a printer's calendar has (both protocols: their clocks write the year in this century)."""

from __future__ import annotations

from datetime import date

from bridge.model import invalid

_FIRST = date(2000, 1, 1)
_LAST = date(2099, 12, 31)


def on_calendar(field: str, day: date) -> None:
    """Raises RequestError naming the field where the printer has no such day."""
    if not _FIRST <= day <= _LAST:
        raise invalid(field, "is no date of the printer's calendar", limit=f"{_FIRST} to {_LAST}")
