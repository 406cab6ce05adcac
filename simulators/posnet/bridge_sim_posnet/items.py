"""What a transaction is made of: lines, advances, packaging, discounts, payments. Amounts in grosze.

Source: protocol-specs/posnet, "Receipt", "Invoice". Plain data; the rules are in `receipt.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

RateKind = Literal["line", "rate", "subtotal", "bill"]


@dataclass(slots=True)
class Line:
    """A sold line, or with `storno` one that takes a sold line back. `discount` is signed: negative lowers."""

    name: str
    rate: int
    price: int
    quantity: Decimal
    unit: str
    value: int  # price times quantity
    discount: int = 0
    storno: bool = False
    label: str = ""  # name of the discount
    percent: int | None = None
    description: str = ""
    surcharge: bool = False  # what a label without an amount speaks of
    classification: str = ""  # PKWiU, on an invoice
    code: str = ""  # goods code, on an invoice

    @property
    def total(self) -> int:
        return self.value + self.discount


@dataclass(slots=True)
class Advance:
    """Money paid before, taken off the value in one rate; with `storno` a part of it put back."""

    name: str
    rate: int
    amount: int
    base: int
    storno: bool = False


@dataclass(slots=True)
class Pack:
    """Returnable packaging, issued or returned; no part of the fiscal value."""

    name: str  # digits
    price: int
    quantity: int
    value: int
    returned: bool = False
    storno: bool = False
    description: str = ""

    @property
    def signed(self) -> int:
        """What it changes the sum of its direction by."""
        return -self.value if self.storno else self.value


@dataclass(slots=True)
class Adjustment:
    """A discount or surcharge outside a line: signed grosze per rate."""

    kind: RateKind
    label: str
    percent: int | None
    changes: list[int]

    @property
    def amount(self) -> int:
        return sum(self.changes)


@dataclass(slots=True)
class Payment:
    """A payment, or with `change` money given back. `currency` empty: in the printer's own one.

    `foreign` is the amount in hundredths of the foreign currency, `rate` its price in ten-thousandths of a zloty.
    """

    type: int
    amount: int
    name: str
    change: bool
    currency: str = ""
    foreign: int = 0
    rate: int = 0


@dataclass(slots=True)
class Settlement:
    """What `trend` found: fiscal value, payments and change."""

    total: int
    paid: int
    change: int


@dataclass(slots=True)
class Invoice:
    """What makes a transaction an invoice. Texts of the sections: head, body, foot."""

    title: str = ""
    copies: int = 0
    marked: bool = True  # ORYGINAŁ and KOPIA are printed
    width: int = 40  # of non-fiscal lines
    number: str = ""
    buyer: str = ""
    buyer_id: str = ""
    sections: list[list[str]] = field(default_factory=lambda: [[], [], []])
    free_lines: int = 0
