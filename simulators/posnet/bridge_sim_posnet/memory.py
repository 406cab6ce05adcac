"""What the printer keeps when the power is cut. Amounts in grosze, rates in hundredths of a percent.

Source: protocol-specs/posnet, "Counters as measured", "Simulator". Counters carry the names of the fields that report
them (`scnt`, `stot`, `sfsk`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge_sim_posnet.arithmetic import RATES
from bridge_sim_posnet.receipt import Receipt

# `eclastdocnoget ty`
RECEIPT, CANCELLED_RECEIPT, DAILY_REPORT, NON_FISCAL = "0", "1", "4", "5"
KEPT_REPORTS = 31  # daily reports that fmrecrd can still give


@dataclass(slots=True)
class Counters:
    """`hn` is the number of the next header, so one document ahead; the other ones count what has happened."""

    rd: int = 0  # daily reports
    hn: int = 1
    bn: int = 0  # receipts completed
    bc: int = 0  # receipts cancelled
    bt: int = 0  # number of the last receipt, cancelled ones included
    fn: int = 0  # invoices
    fc: int = 0  # cancelled invoices
    cl: int = 0  # RAM clears
    vt: int = 0  # rate changes


def _zeros() -> list[int]:
    return [0] * RATES


@dataclass(slots=True)
class Daily:
    """Since the last daily report."""

    receipts: list[int] = field(default_factory=_zeros)  # gross per rate
    pn: int = 0  # receipts
    ct: int = 0  # value of cancelled receipts
    cn: int = 0  # cancelled receipts
    cc: int = 0  # changes of the goods base
    nf: int = 0  # non-fiscal printouts
    bc: int = 0  # emergencies
    first: datetime | None = None  # first sale
    last: datetime | None = None  # last sale

    @property
    def zero(self) -> bool:
        """No sale: what `scomm tz` says."""
        return self.pn == 0 and not any(self.receipts)


@dataclass(slots=True)
class Report:
    """A daily report in fiscal memory."""

    number: int
    at: datetime
    rates: list[int]
    daily: Daily


@dataclass(slots=True)
class Goods:
    """A name in the goods base. `lowered`: its rate has gone down, so that it may not go up again."""

    rate: int
    lowered: bool = False
    locked: bool = False


@dataclass(slots=True)
class Transaction:
    """What `strns` shows of the last document."""

    type: int = 0
    rates: list[int] = field(default_factory=_zeros)
    paid: int = 0
    change: int = 0
    footer_open: bool = False
    completed: bool = False  # ended as a receipt: the transaction flag of the Thermal protocol


@dataclass(slots=True)
class Footer:
    """`ftrcfg`: for the next document; cashier and till stay where `keep` is set."""

    cashier: str = ""
    till: str = ""
    keep: bool = False
    system_number: str = ""
    barcode: str = ""
    lines: list[str] = field(default_factory=list)
    keep_lines: bool = False


@dataclass(slots=True)
class Memory:
    """The printer's non-volatile memory."""

    fiscal: bool
    read_only: bool
    header: bool
    rates: list[int]
    counters: Counters = field(default_factory=Counters)
    daily: Daily = field(default_factory=Daily)
    protected_last: int = 0  # number of the last document in protected memory
    protected: dict[str, int] = field(default_factory=dict)  # the same by type (`eclastdocnoget ty`)
    reports: list[Report] = field(default_factory=list)
    last_report_zero: bool = False
    goods: dict[str, Goods] = field(default_factory=dict)
    cash: int = 0
    open: Receipt | None = None
    last: Transaction = field(default_factory=Transaction)
    footers: dict[str, Footer] = field(default_factory=dict)  # by PC interface
    cashier: str = ""
    tokens: dict[str, str] = field(default_factory=dict)  # token -> payload as latin-1, oldest first

    def footer(self, port: str) -> Footer:
        """What `ftrcfg` has set on this PC interface."""
        return self.footers.setdefault(port, Footer())

    def protect(self, kind: str) -> int:
        """A document goes to protected memory; its number."""
        self.protected_last += 1
        self.protected[kind] = self.protected_last
        return self.protected_last
