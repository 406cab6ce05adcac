"""Reports. Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal"."""

from __future__ import annotations

from datetime import date

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.frame import Frame


def dailyrep(day: date | None) -> Frame:
    """The daily report (Z). `day` is the printer's own date; None waits for a person at the keypad."""
    builder = Builder("dailyrep")
    builder.day("da", day)
    return builder.frame()


def monthlyrep(month: date, *, summary: bool | None = None) -> Frame:
    """Report over a month; the day in `month` does not matter."""
    builder = Builder("monthlyrep")
    builder.day("da", month)
    builder.flag("su", summary)
    return builder.frame()


def periodicrepbydates(first: date, last: date, *, summary: bool | None = None) -> Frame:
    """Report over the daily reports between two dates, both included."""
    builder = Builder("periodicrepbydates")
    builder.day("fd", first)
    builder.day("td", last)
    builder.flag("su", summary)
    return builder.frame()


def periodicrepbynumbers(first: int, last: int, *, summary: bool | None = None) -> Frame:
    """Report over the daily reports between two numbers, both included."""
    builder = Builder("periodicrepbynumbers")
    builder.number("fn", first, 1)
    builder.number("tn", last, 1)
    builder.flag("su", summary)
    return builder.frame()


def shiftrep(shift: bytes, *, reset: bool | None = None) -> Frame:
    """A non-fiscal summary of a shift or cashier; `reset` sets its figures back."""
    builder = Builder("shiftrep")
    builder.text("sh", shift, empty=False)
    builder.flag("zr", reset)
    return builder.frame()


def cashstaterep() -> Frame:
    """Prints the state of the cash (non-fiscal)."""
    return plain("cashstaterep")


def servicerep() -> Frame:
    """Prints the service report (non-fiscal)."""
    return plain("servicerep")


def hardwarecfgrep() -> Frame:
    """Prints the configuration (non-fiscal)."""
    return plain("hardwarecfgrep")


def commcfgrep() -> Frame:
    """Prints the configuration of the interfaces (non-fiscal)."""
    return plain("commcfgrep")


def reponline() -> Frame:
    """Prints the state of the transfers to the repository (non-fiscal)."""
    return plain("reponline")


def eparagonrep() -> Frame:
    """Prints the configuration of e-documents (non-fiscal)."""
    return plain("eparagonrep")
