"""Marks by which it shows whose something is, wherever it turns up: in a body, an event, on a printer's paper."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TILL = re.compile(r"Kasa(\d\d)")
_PRINTER = re.compile(r"printer-(\d\d)")
_SERIAL = re.compile(r"ZBF 21010(\d{5})")
_JOB = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")


def of_till(number: int) -> str:
    """In a till's label, its user's name, its references and the names of its lines."""
    return f"Kasa{number:02d}"


def of_printer(number: int) -> str:
    return f"printer-{number:02d}"


def serial(number: int) -> str:
    """A printer's unique number."""
    return f"ZBF 21010{number:05d}"


def tills_in(text: str) -> set[int]:
    return {int(found) for found in _TILL.findall(text)}


def printers_in(text: str) -> set[str]:
    """By their ids and by their unique numbers."""
    return {of_printer(int(found)) for pattern in (_PRINTER, _SERIAL) for found in pattern.findall(text)}


def jobs_in(text: str) -> Iterator[str]:
    """What may be the id of a job."""
    return iter(_JOB.findall(text))
