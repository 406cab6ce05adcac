"""The fiscal and the protected memory: numbers, records, reprints. Follows protocol-specs/posnet, "Identification and
status" and "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from bridge_posnet.commands.builder import Builder
from bridge_posnet.frame import Frame


class Reprinted(IntEnum):
    """`ecprndoc ty`."""

    RECEIPTS = 0
    INVOICES = 1
    NON_FISCAL = 2
    DAILY_REPORTS = 3
    ANY = 5


def eclastdocnoget(kind: int | None = None) -> Frame:
    """Number of the last document of a kind (`answers.ProtectedKind`; None: any) in protected memory.

    Answer: LastDocument. It survives a RAM clear.
    """
    builder = Builder("eclastdocnoget")
    builder.number("ty", kind)
    return builder.frame()


def fmrecrd(number: int | None = None) -> Frame:
    """A daily report out of the fiscal memory. Answer: DailyRecord."""
    builder = Builder("fmrecrd")
    builder.number("no", number)
    return builder.frame()


def ecprndoc(
    kind: Reprinted | None = None,
    *,
    first: int | None = None,
    last: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Frame:
    """Reprints documents of a kind, by the numbers in their footers and by their times. Answer: Reprints."""
    builder = Builder("ecprndoc")
    builder.number("ty", kind)
    builder.number("fn", first)
    builder.number("tn", last)
    builder.moment("fd", since)
    builder.moment("td", until)
    return builder.frame()


def eclastprintouts(count: int) -> Frame:
    """Reprints the last 1 to 9 documents."""
    builder = Builder("eclastprintouts")
    builder.number("no", count, 1)
    return builder.frame()


def ecprnfv(number: int, *, duplicate: bool) -> Frame:
    """Reprints an invoice by the number in its footer: for the seller, or a `duplicate` for the customer."""
    builder = Builder("ecprnfv")
    builder.number("fn", number)
    builder.flag("ut", not duplicate)
    return builder.frame()


def break_() -> Frame:
    """Stops a reprint; overtakes the queue."""
    return Frame("break", immediate=True)
