"""What a document would be: its figures and its text, told before anything is sent."""

from __future__ import annotations

from bridge.model.base import AnyDecimal, Model, Money
from bridge.model.result import RateTotal, Warning_


class PreviewLine(Model):
    """One line of a receipt as the host computes it. `total` has the sign of the line's kind."""

    gross: Money
    discount: Money
    surcharge: Money
    total: AnyDecimal


class PreviewTotals(Model):
    """The figures of a receipt: `due` is total + rounding + deposits, and payments - change."""

    lines: tuple[PreviewLine, ...]
    subtotal: Money
    discount: Money
    surcharge: Money
    total: Money
    deposits: AnyDecimal
    rounding: AnyDecimal
    due: AnyDecimal
    payments: AnyDecimal
    change: Money


class Preview(Model):
    """An operation that this device would accept, as far as can be told without asking it.

    `text`: the paper, lines ended by newlines, `width` characters wide; None where the operation prints nothing or where
    only the device knows what. `exact`: the family laid it out as the device does; else it is a plain sketch.
    `omitted`: what the device itself adds and the text does not show (its header, number, time ...).
    `taxes`: by rate, after the receipt's own discount; `net` and `tax` where the rate is a percentage.
    """

    device: str
    op: str
    currency: str | None = None
    totals: PreviewTotals | None = None
    taxes: tuple[RateTotal, ...] = ()
    text: str | None = None
    width: int | None = None
    exact: bool = False
    code_page: str | None = None
    omitted: tuple[str, ...] = ()
    warnings: tuple[Warning_, ...] = ()
