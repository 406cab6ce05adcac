"""VAT: the uniform taxes of a line and the rates of tag 1199, which of them are in force when, and the amount of VAT.

Everything here goes by the rate itself, never by a number of the wire; a new rate is one row of the table.
Source: protocol-specs/ffd, "VAT".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import Enum

from bridge.model import Tax, TaxKind, TaxRate
from bridge.model.arithmetic import EXACT_DIGITS
from bridge_ffd.tags import Tag

KOPECK = Decimal("0.01")
_REDUCED = date(2025, 1, 1)
_RAISED = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class _Row:
    """`rate` as tills write it, None for "no VAT"; `since` and `until` bound when new sales have it (until: the day after);
    `total` is the receipt's tag with the sum, for the rates since 2025 the structure 1115."""

    code: int
    rate: str | None
    percent: Decimal
    computed: bool
    since: date
    until: date | None
    total: Tag


class Vat(Enum):
    """A rate of tag 1199."""

    VAT_20 = _Row(1, "20%", Decimal(20), False, date.min, _RAISED, Tag.VAT_20)
    VAT_10 = _Row(2, "10%", Decimal(10), False, date.min, None, Tag.VAT_10)
    VAT_20_120 = _Row(3, "20/120", Decimal(20), True, date.min, _RAISED, Tag.VAT_20_120)
    VAT_10_110 = _Row(4, "10/110", Decimal(10), True, date.min, None, Tag.VAT_10_110)
    VAT_0 = _Row(5, "0%", Decimal(0), False, date.min, None, Tag.TURNOVER_0)
    WITHOUT = _Row(6, None, Decimal(0), False, date.min, None, Tag.TURNOVER_WITHOUT_VAT)
    VAT_5 = _Row(7, "5%", Decimal(5), False, _REDUCED, None, Tag.VAT_SUMS)
    VAT_7 = _Row(8, "7%", Decimal(7), False, _REDUCED, None, Tag.VAT_SUMS)
    VAT_5_105 = _Row(9, "5/105", Decimal(5), True, _REDUCED, None, Tag.VAT_SUMS)
    VAT_7_107 = _Row(10, "7/107", Decimal(7), True, _REDUCED, None, Tag.VAT_SUMS)
    VAT_22 = _Row(11, "22%", Decimal(22), False, _RAISED, None, Tag.VAT_SUMS)
    VAT_22_122 = _Row(12, "22/122", Decimal(22), True, _RAISED, None, Tag.VAT_SUMS)

    @property
    def code(self) -> int:
        """The number in tag 1199."""
        return self.value.code

    @property
    def percent(self) -> Decimal:
        return self.value.percent

    @property
    def computed(self) -> bool:
        """A rate such as 20/120, for advances."""
        return self.value.computed

    @property
    def total_tag(self) -> Tag:
        """Where the receipt holds its sum."""
        return self.value.total

    @property
    def turnover(self) -> bool:
        """Whether the receipt's sum is turnover instead of tax."""
        return self in (Vat.VAT_0, Vat.WITHOUT)

    @property
    def text(self) -> str:
        """ "22%", "20/120", "no VAT"."""
        return self.value.rate or "no VAT"

    @property
    def tax(self) -> Tax:
        """The same as a uniform tax."""
        if self is Vat.WITHOUT:
            return Tax(kind=TaxKind.EXEMPT)
        return Tax(kind=TaxKind.ZERO) if self is Vat.VAT_0 else Tax(rate=self.value.rate)

    def in_force(self, day: date) -> bool:
        """Whether new sales of this day have it. Returns, corrections and paid advances may have an older one."""
        return self.value.since <= day and (self.value.until is None or day < self.value.until)

    def known(self, day: date) -> bool:
        """Whether it existed by this day, in force still or not."""
        return self.value.since <= day

    def amount(self, total: Decimal) -> Decimal:
        """The VAT in an amount that includes it, half up to the kopeck."""
        with localcontext() as context:
            context.prec = EXACT_DIGITS
            return (total * self.percent / (100 + self.percent)).quantize(KOPECK, ROUND_HALF_UP)

    def __repr__(self) -> str:
        return f"<Vat {self.text}>"

    @classmethod
    def by_code(cls, code: int) -> Vat:
        """The rate of a number in tag 1199. Raises LookupError where there is none."""
        for vat in cls:
            if vat.code == code:
                return vat
        raise LookupError(f"tag 1199 has no rate {code}")

    @classmethod
    def of(cls, taxes: tuple[Tax, ...], day: date) -> Vat:
        """The rate that a line names, as it is on this day in Russia.

        Raises LookupError with a sentence for the till's programmer. A rate that new sales no longer have is given all the
        same: goods delivered before, returns and corrections keep it.
        """
        if len(taxes) != 1:
            raise LookupError(f"{len(taxes)} taxes; a line has exactly one VAT here, e.g. {_examples(day)}, or the kind exempt")
        (tax,) = taxes
        if tax.letter is not None:
            raise LookupError(f"rates have no letters here; name it, e.g. {_examples(day)}")
        vat = _KINDS.get(tax.kind) if tax.kind is not None else _BY_RATE.get(_plain(tax.rate or ""))
        if vat is None:
            hint = "; 18% and 18/118, which had the numbers of 20% and 20/120, ended with 2018" if tax.rate in _UNTIL_2018 else ""
            raise LookupError(f"there is no VAT {tax} in Russia; there are: {_names(day)}{hint}")
        if not vat.known(day):
            raise LookupError(
                f"VAT {vat.text} begins on {vat.value.since.isoformat()}; on {day.isoformat()} there are: {_names(day)}"
            )
        return vat


_KINDS = {TaxKind.ZERO: Vat.VAT_0, TaxKind.EXEMPT: Vat.WITHOUT, TaxKind.OUTSIDE: Vat.WITHOUT}
_BY_RATE = {vat.value.rate: vat for vat in Vat if vat.value.rate is not None}
_UNTIL_2018 = ("18%", "18/118")


def rates_on(day: date) -> tuple[Vat, ...]:
    """The rates that new sales of this day may have."""
    return tuple(vat for vat in Vat if vat.in_force(day))


def tax_table(day: date) -> tuple[TaxRate, ...]:
    """The plain rates of this day for a device's capabilities, with the number of tag 1199 as letter.

    A table has no row for computed rates (20/120); tills may write them all the same.
    """
    return tuple(
        TaxRate(letter=str(vat.code), kind=vat.tax.kind) if vat.tax.kind else TaxRate(letter=str(vat.code), percent=vat.percent)
        for vat in rates_on(day)
        if not vat.computed
    )


def _plain(rate: str) -> str:
    """ "20.0%" is "20%"."""
    return f"{Decimal(rate[:-1]).normalize():f}%" if rate.endswith("%") else rate


def _names(day: date) -> str:
    return ", ".join(vat.text if vat is not Vat.WITHOUT else "the kind exempt" for vat in rates_on(day))


def _examples(day: date) -> str:
    return next(f'"{vat.text}"' for vat in (Vat.VAT_22, Vat.VAT_20) if vat.in_force(day) or vat is Vat.VAT_20)
