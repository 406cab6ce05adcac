"""Set-up that a shop does itself: header, lines of the footer, exchange rate. Follows protocol-specs/posnet, "Reports, cash,
drawer, display, non-fiscal" and "Data types". Only `raw` sends these.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.fields import ONLINE
from bridge_posnet.frame import Frame


def hdrget() -> Frame:
    """Answer: Text."""
    return plain("hdrget")


def hdrset(lines: Sequence[bytes], *, keep: bool) -> Frame:
    """The header with its tagged fields (&1 name, &2 post code, &3 town ...): kept, or only printed as a test."""
    builder = Builder("hdrset")
    builder.lines("tx", lines)
    builder.flag("pr", keep)
    return builder.frame()


def ftrinfoget() -> Frame:
    """Answer: Text."""
    return plain("ftrinfoget")


def ftrinfoset(lines: Sequence[bytes], *, keep: bool | None = None) -> Frame:
    """Up to three lines below documents: every one with `keep`, else the next one."""
    builder = Builder("ftrinfoset")
    builder.lines("tx", lines, most=ONLINE.info_lines)
    builder.flag("lb", keep)
    return builder.frame()


def currrateset(rate: Decimal | None, symbol: bytes | None = None, *, to_zloty: bool | None = None) -> Frame:
    """The printer's own conversion of totals into one currency; None switches it off. Six decimals, rounded to four."""
    builder = Builder("currrateset")
    builder.flag("on", rate is not None)
    builder.scaled("ra", rate, 6)
    builder.text("na", symbol)
    builder.flag("di", to_zloty)
    return builder.frame()
