"""Taxes of a line, as the till writes them and as devices report their tables."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from bridge.model.base import Described, Model, Percent, Text

_RATE = re.compile(r"(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?%|[1-9][0-9]{0,2}/1[0-9]{2}")


def _rate(value: str) -> str:
    if not _RATE.fullmatch(value):
        raise ValueError('a rate is a percentage such as "23%" or "5.5%", or a computed rate such as "20/120"')
    return value


RateText = Annotated[str, AfterValidator(_rate), Described(pattern=f"^({_RATE.pattern})$", examples=["23%"])]


class TaxKind(StrEnum):
    """Taxes that are not a percentage."""

    ZERO = "zero"
    EXEMPT = "exempt"
    OUTSIDE = "outside"
    REVERSE_CHARGE = "reverse_charge"


class Tax(Model):
    """One tax of a line: exactly one of `rate`, `kind` and `letter`.

    `rate`: "23%", or "20/120" for a computed rate. `letter`: the device's own name of a rate, where two of its rates are
    equal. `reason`: why a line is exempt, where a country asks for it.
    """

    rate: RateText | None = None
    kind: TaxKind | None = None
    letter: Annotated[str, Field(pattern=r"^\w{1,2}$")] | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Tax:
        if sum(part is not None for part in (self.rate, self.kind, self.letter)) != 1:
            raise ValueError("give exactly one of rate, kind and letter")
        return self

    @property
    def percent(self) -> Decimal | None:
        """The percentage of a plain rate: Decimal("23") for "23%"; None for any other tax."""
        return Decimal(self.rate[:-1]) if self.rate is not None and self.rate.endswith("%") else None

    def __str__(self) -> str:
        return self.rate or (self.kind.value if self.kind else f"letter {self.letter}")


class TaxRate(Model):
    """A row of a device's tax table: its letter, and a percentage or a kind."""

    letter: str
    percent: Percent | None = None
    kind: TaxKind | None = None
    active: bool = True

    @model_validator(mode="before")
    @classmethod
    def _zero_is_a_kind(cls, data: Any) -> Any:
        """A table's 0 % is the kind `zero`, so that "0%" and zero mean one thing."""
        if isinstance(data, dict) and data.get("percent") is not None and Decimal(str(data["percent"])) == 0:
            return {**data, "percent": None, "kind": TaxKind.ZERO}
        return data

    def matches(self, tax: Tax) -> bool:
        """Whether this row is what the till asked for."""
        if not self.active:
            return False
        if tax.letter is not None:
            return tax.letter == self.letter
        percent = tax.percent
        if percent is not None and percent != 0:
            return self.percent is not None and self.percent == percent
        wanted = TaxKind.ZERO if percent is not None else tax.kind
        return wanted is not None and self.kind is wanted

    def __str__(self) -> str:
        return f"{self.letter} {self.percent.normalize():f}%" if self.percent is not None else f"{self.letter} {self.kind}"


def find_rate(table: tuple[TaxRate, ...], tax: Tax) -> TaxRate:
    """The one row of the table that this tax names.

    Raises LookupError with a sentence for the till's programmer where none or several rows match.
    """
    found = [row for row in table if row.matches(tax)]
    if len(found) == 1:
        return found[0]
    if not found:
        known = ", ".join(str(row) for row in table if row.active) or "none"
        raise LookupError(f"this device has no rate {tax}; it has: {known}")
    both = " and ".join(row.letter for row in found)
    raise LookupError(f'{tax} is ambiguous here: letters {both} have it; name one, e.g. {{"letter": "{found[0].letter}"}}')
