"""What the register keeps beside its FN when the power is cut. Amounts in kopecks, bytes in hexadecimal.

Source: protocol-specs/shtrih-m, "Simulator", "FN commands", "Payment types, taxes, registers, tables". The four kinds of receipt are
numbered as in 8D: 0 sale, 1 buy, 2 sale return, 3 buy return.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge_sim_fn.memory import Fn

KINDS = 4
PAYMENTS = 16
DEPARTMENTS = 16
VAT_ROWS = 12


@dataclass(slots=True)
class Item:
    """A line of a receipt. `row`: of table 6, 0 for an old command that names none. `tlv`: tags that FF4D added."""

    name: str
    quantity: Decimal
    price: int
    amount: int
    row: int
    tax: int
    department: int = 1
    method: int = 4
    subject: int = 1
    tlv: str = ""
    code: str = ""  # marking code
    check: int | None = None  # tag 2106 of the code


@dataclass(slots=True)
class Receipt:
    """The open receipt."""

    kind: int
    operator: int
    origin: str
    correction: bool = False
    items: list[Item] = field(default_factory=list)
    tlv: str = ""
    buffer: list[str] = field(default_factory=list)  # paper that is held back until it is closed
    texts: list[str] = field(default_factory=list)  # free lines printed inside

    @property
    def total(self) -> int:
        return sum(item.amount for item in self.items)


def _by_kind() -> list[int]:
    return [0] * KINDS


def _grid(rows: int) -> list[list[int]]:
    return [_by_kind() for _ in range(rows)]


@dataclass(slots=True)
class Totals:
    """What a shift adds up to, for each kind of receipt."""

    receipts: list[int] = field(default_factory=_by_kind)
    sums: list[int] = field(default_factory=_by_kind)
    payments: list[list[int]] = field(default_factory=lambda: _grid(PAYMENTS))
    departments: list[list[int]] = field(default_factory=lambda: _grid(DEPARTMENTS))
    turnover: list[list[int]] = field(default_factory=lambda: _grid(VAT_ROWS))
    taxes: list[list[int]] = field(default_factory=lambda: _grid(VAT_ROWS))
    cash_in: int = 0
    cash_out: int = 0
    cash_ins: int = 0
    cash_outs: int = 0
    cancelled: int = 0
    corrections: list[int] = field(default_factory=_by_kind)
    correction_sums: list[int] = field(default_factory=_by_kind)


@dataclass(slots=True)
class Counters:
    """What is never set back."""

    documents: int = 0  # the through document number
    receipts: list[int] = field(default_factory=_by_kind)
    sums: list[int] = field(default_factory=_by_kind)
    cash_ins: int = 0
    cash_outs: int = 0
    x_reports: int = 0
    non_fiscal: int = 0


@dataclass(slots=True)
class Memory:
    """The register's non-volatile memory."""

    fn: Fn
    tables: dict[str, str] = field(default_factory=dict)  # "table.row.field" -> value, where it was written
    receipt: Receipt | None = None
    totals: Totals = field(default_factory=Totals)
    counters: Counters = field(default_factory=Counters)
    cash: int = 0
    last_receipt: list[str] = field(default_factory=list)  # the paper that 8C repeats
    document: list[str] = field(default_factory=list)  # paper of the document that is being made
    unprinted: list[str] = field(default_factory=list)
    interrupted: bool = False  # printing stopped for want of paper (submodes 2 and 3)
    non_fiscal: bool = False  # E2 opened a document
    reading: int = 0  # FF3A chose this document
    position: int = 0  # tags of it that FF3B has told
    date_to_confirm: str = ""  # 22 set it, or the power-up asks for it
    byte_timeout: int = 100
    number: int = 0  # of link layer v2
    stored: str = ""
