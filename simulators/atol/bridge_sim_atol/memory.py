"""What the register keeps beside its FN when the power is cut. Amounts in kopecks, bytes in hexadecimal.

Source: protocol-specs/atol, "Registers". Types of receipts are numbered as in 92h: 1 sale, 2 its return, 4 purchase, 5 its return;
7 to 10 are the corrections of these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge_sim_fn.memory import Fn

SALE, SALE_RETURN, PURCHASE, PURCHASE_RETURN = 1, 2, 4, 5
TYPES = (SALE, SALE_RETURN, PURCHASE, PURCHASE_RETURN)
CORRECTIONS = (7, 8, 9, 10)
OPERATIONS = {1: 1, 2: 2, 4: 3, 5: 4, 7: 1, 8: 2, 9: 3, 10: 4}  # tag 1054
PAYMENTS = 5  # 1 cash, 2 electronic, 3 prepaid, 4 credit, 5 other
VAT_CODES = 12


@dataclass(slots=True)
class Item:
    """A line of a receipt. `vat`: code of tag 1199. `tlv`: tags that E8 wrote for it. `code`: marking code, `check` tag 2106 of it."""

    name: str
    quantity: Decimal
    price: int
    amount: int
    vat: int
    tax: int
    department: int = 0
    subject: int = 1
    method: int = 4
    tlv: str = ""
    code: str = ""
    check: int | None = None


@dataclass(slots=True)
class Begun:
    """What EA began and EB has not finished."""

    tlv: str = ""
    code: str = ""
    check: int | None = None


@dataclass(slots=True)
class Receipt:
    """The open receipt. `payments` by type, the first one is cash."""

    type: int
    origin: str
    electronic: bool = False
    items: list[Item] = field(default_factory=list)
    begun: Begun | None = None
    rounding: int = 0
    payments: list[int] = field(default_factory=lambda: [0] * PAYMENTS)
    cash_control: bool = False
    texts: list[str] = field(default_factory=list)  # free lines printed inside

    @property
    def total(self) -> int:
        return sum(item.amount for item in self.items) - self.rounding

    @property
    def paid(self) -> int:
        return sum(self.payments)

    @property
    def remainder(self) -> int:
        return max(self.total - self.paid, 0)

    @property
    def change(self) -> int:
        return max(self.paid - self.total, 0)

    @property
    def correction(self) -> bool:
        return self.type in CORRECTIONS


@dataclass(slots=True)
class Kind:
    """What a type of receipt adds up to in a shift."""

    receipts: int = 0
    annulled: int = 0
    items: int = 0
    sum: int = 0
    annulled_sum: int = 0
    discounts: int = 0
    payments: list[int] = field(default_factory=lambda: [0] * PAYMENTS)
    turnover: list[int] = field(default_factory=lambda: [0] * VAT_CODES)
    taxes: list[int] = field(default_factory=lambda: [0] * VAT_CODES)


@dataclass(slots=True)
class Totals:
    """What a shift adds up to."""

    kinds: dict[str, Kind] = field(default_factory=dict)  # by type, those that there were
    cash_in: int = 0
    cash_out: int = 0
    cash_ins: int = 0
    cash_outs: int = 0

    def of(self, type: int) -> Kind:
        return self.kinds.get(str(type)) or Kind()

    def count(self, type: int) -> Kind:
        """To add something to."""
        return self.kinds.setdefault(str(type), Kind())


@dataclass(slots=True)
class LastReceipt:
    """What register 33h tells."""

    document: int
    type: int
    total: int


@dataclass(slots=True)
class KeptTask:
    """A finished task of the buffer, where that outlives the power."""

    task: int
    flags: int
    error: bool
    data: str
    answer: str


@dataclass(slots=True)
class Memory:
    """The register's non-volatile memory."""

    fn: Fn
    tables: dict[str, str] = field(default_factory=dict)  # "table.row.field" -> value in hexadecimal, where it was written
    mode: int = 0
    receipt: Receipt | None = None
    totals: Totals = field(default_factory=Totals)
    grand: dict[str, list[int]] = field(default_factory=dict)  # by type: payments of all shifts
    cash: int = 0
    last_receipt: LastReceipt | None = None
    copy: list[str] = field(default_factory=list)  # the paper that 95h repeats
    unprinted: list[str] = field(default_factory=list)
    slips: int = 0  # slips and reports that the FN does not number
    tasks: list[KeptTask] = field(default_factory=list)
    closing: bool = False  # a Z report was begun and is not recorded yet
