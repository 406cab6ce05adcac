"""The taxes of a receipt by rate: what its lines come to under each rate, and how much of it is tax."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

from bridge.model.arithmetic import DEPOSIT_KINDS, EXACT_DIGITS, ArithmeticProfile, Figures, spread
from bridge.model.receipt import Line, SaleContent
from bridge.model.result import RateTotal
from bridge.model.tax import Tax, TaxKind, TaxRate, find_rate

# Kinds whose tax is nothing, as a figure; of the others (computed and several rates apart) no figure is told.
_UNTAXED = frozenset(TaxKind)


def totals_by_rate(
    receipt: SaleContent, figures: Figures, profile: ArithmeticProfile, table: Sequence[TaxRate] | None
) -> tuple[RateTotal, ...]:
    """Gross, net and tax of each rate after the receipt's own discount or surcharge, in the order of the lines.

    `table`: the device's own, which gives the letters; None where it is not known yet. Packaging is outside the taxes.
    """
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        taxes: dict[str, tuple[tuple[Tax, ...], TaxRate | None]] = {}
        sums: dict[str, Decimal] = {}
        for line, of in zip(receipt.lines, figures.lines, strict=True):
            if line.kind in DEPOSIT_KINDS:
                continue
            row = _row(line, table)
            key = row.letter if row is not None else " + ".join(str(tax) for tax in line.taxes) or "none"
            taxes.setdefault(key, (line.taxes, row))
            sums[key] = sums.get(key, Decimal(0)) + of.signed
        # Lines that take off may leave a rate below zero; a discount is spread over what is sold.
        sold = {key: value for key, value in sums.items() if value > 0}
        sums.update(zip(sold, spread(tuple(sold.values()), figures.surcharge - figures.discount, profile), strict=True))
        return tuple(_total(*taxes[key], value, profile) for key, value in sums.items())


def _row(line: Line, table: Sequence[TaxRate] | None) -> TaxRate | None:
    if table is None or len(line.taxes) != 1:
        return None
    try:
        return find_rate(tuple(table), line.taxes[0])
    except LookupError:
        return None


def _total(taxes: tuple[Tax, ...], row: TaxRate | None, value: Decimal, profile: ArithmeticProfile) -> RateTotal:
    letter = row.letter if row is not None else ""
    share = _share(taxes, row)
    if row is not None:
        rate = f"{row.percent.normalize():f}%" if row.percent is not None else str(row.kind)
    else:
        rate = " + ".join(str(tax) for tax in taxes) or "none"
    if share is None:
        return RateTotal(letter=letter, rate=rate, gross=value)
    per, base = share
    if profile.tax_included:
        tax = profile.round(value * per / (base + per))
        return RateTotal(letter=letter, rate=rate, gross=value, net=value - tax, tax=tax)
    tax = profile.round(value * per / base)
    return RateTotal(letter=letter, rate=rate, gross=value + tax, net=value, tax=tax)


def _share(taxes: tuple[Tax, ...], row: TaxRate | None) -> tuple[Decimal, Decimal] | None:
    """The tax as so much on so much net: (23, 100) for 23 % and (20, 100) for 20/120; None where it is not one share."""
    if row is not None:
        return (row.percent or Decimal(0), Decimal(100))
    if len(taxes) != 1:
        return None
    tax = taxes[0]
    if tax.kind in _UNTAXED:
        return Decimal(0), Decimal(100)
    if tax.percent is not None:
        return tax.percent, Decimal(100)
    if tax.rate is not None:
        part, whole = (Decimal(number) for number in tax.rate.split("/"))
        return part, whole - part
    return None
