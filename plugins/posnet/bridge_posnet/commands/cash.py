"""Slips about money, the drawer and the cashier. Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal"."""

from __future__ import annotations

from decimal import Decimal

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.frame import Frame


def cash(amount: Decimal, *, into: bool) -> Frame:
    """Cash put into the drawer, or taken out of it; a non-fiscal slip."""
    builder = Builder("cash")
    builder.money("kw", amount)
    builder.text("wp", b"T" if into else b"N")
    return builder.frame()


def stocash(amount: Decimal) -> Frame:
    """A goods return slip: non-fiscal, outside a receipt; it does not lower the fiscal totals."""
    builder = Builder("stocash")
    builder.money("kw", amount)
    return builder.frame()


def opendrwr() -> Frame:
    """Opens the drawer. Not on Temo."""
    return plain("opendrwr")


def packret(amount: Decimal) -> Frame:
    """A slip for packaging that was given back: non-fiscal, outside a receipt."""
    builder = Builder("packret")
    builder.money("kw", amount)
    return builder.frame()


def login(name: bytes, *, till: bytes | None = None, printed: bool | None = None) -> Frame:
    """Cashier's begin of work."""
    builder = Builder("login")
    builder.text("na", name, empty=False)
    builder.text("nk", till)
    builder.flag("dr", printed)
    return builder.frame()


def logout() -> Frame:
    """Cashier's end of work."""
    return plain("logout")
