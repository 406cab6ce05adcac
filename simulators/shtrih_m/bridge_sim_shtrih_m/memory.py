"""What the register and its FN keep when the power is cut. Amounts in kopecks, bytes in hexadecimal.

Source: protocol-specs/shtrih-m, "Simulator", "FN commands", "Payment types, taxes, registers, tables". The four kinds of receipt are
numbered as in 8D: 0 sale, 1 buy, 2 sale return, 3 buy return.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

KINDS = 4
PAYMENTS = 16
DEPARTMENTS = 16
VAT_ROWS = 12

DAY = timedelta(hours=24)

# Current document of the FN (FF01).
NO_DOCUMENT, REGISTERING, OPENING, RECEIPT, CLOSING = 0x00, 0x01, 0x02, 0x04, 0x08
FN_CLOSING, CORRECTION, SETTLEMENTS = 0x10, 0x14, 0x17

FISCAL_MODE = 0x03  # life phase: configured, fiscal mode open


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


@dataclass(slots=True)
class FnDocument:
    """A document in the FN's archive. `form`: form code; `operation`: tag 1054, 0 for what is no receipt."""

    number: int
    form: int
    at: datetime
    sign: int
    tlv: str
    operation: int = 0
    total: int = 0
    shift: int = 0
    ticket: bool = False


@dataclass(slots=True)
class Started:
    """A document that was begun in the FN (FF35, FF37, FF41, FF42, FF05, 8D), with the tags for it."""

    kind: int
    tlv: str = ""


@dataclass(slots=True)
class Registration:
    """What the register is registered with."""

    inn: str
    rnm: str
    tax_systems: int
    mode: int
    at: datetime
    number: int
    sign: int
    reasons: int = 0


@dataclass(slots=True)
class CheckedCode:
    """A marking code that FF61 checked."""

    code: str
    check: int
    accepted: bool = False


@dataclass(slots=True)
class Fn:
    """The fiscal storage."""

    serial: str
    expires: datetime
    life: int
    format: str
    last: int = 0
    shift: int = 0
    shift_opened: datetime | None = None
    receipts: int = 0  # in this shift
    current: Started | None = None
    documents: list[FnDocument] = field(default_factory=list)
    registrations: list[Registration] = field(default_factory=list)
    codes: list[CheckedCode] = field(default_factory=list)
    notifications: int = 0

    @property
    def shift_open(self) -> bool:
        return self.shift_opened is not None

    @property
    def queue(self) -> list[FnDocument]:
        """What the OFD has not confirmed."""
        return [document for document in self.documents if not document.ticket]

    def find(self, number: int) -> FnDocument | None:
        if 1 <= number <= len(self.documents):
            return self.documents[number - 1]
        return None


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
