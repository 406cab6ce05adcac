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
RECEIPT, CANCELLED_RECEIPT, INVOICE, CANCELLED_INVOICE, DAILY_REPORT, NON_FISCAL = "0", "1", "2", "3", "4", "5"
HEADER = "13"
MAX_REPORTS = 1830  # daily reports in a fiscal memory, then 1018
MAX_RAM_CLEARS = 200
MAX_VAT_CHANGES = 30  # then 2027

# `fmrectypeget ty`
RECORD_REPORT, RECORD_VAT, RECORD_CLEAR, RECORD_READ_ONLY, RECORD_FISCAL = 1, 2, 3, 5, 6
RECORD_CLOCK, RECORD_INSPECTION, RECORD_POWER = 15, 17, 19


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
    invoices: list[int] = field(default_factory=_zeros)  # gross per rate
    pn: int = 0  # receipts
    fn: int = 0  # invoices
    ft: int = 0  # value of cancelled invoices
    fl: int = 0  # cancelled invoices
    ct: int = 0  # value of cancelled receipts
    cn: int = 0  # cancelled receipts
    cc: int = 0  # changes of the goods base
    nf: int = 0  # non-fiscal printouts
    bc: int = 0  # emergencies
    le: int = 0  # events that a user brought about
    oe: int = 0  # events on line
    tf: int = 0  # failed transfers
    packs_issued: int = 0
    packs_returned: int = 0
    first: datetime | None = None  # first sale
    last: datetime | None = None  # last sale

    @property
    def zero(self) -> bool:
        """No sale: what `scomm tz` says."""
        return self.pn == 0 and self.fn == 0 and not any(self.receipts) and not any(self.invoices)


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
    packs_issued: int = 0
    packs_returned: int = 0
    completed: bool = False  # ended as a receipt: the transaction flag of the Thermal protocol


@dataclass(slots=True)
class Footer:
    """`ftrcfg`: for the next document; cashier and till stay where `keep` is set.

    `code_place`: 2D code 0 nowhere, 1 above the bar code, 2 below it; `ending`: 0 feed and cut, 1 feed, 2 nothing, 3 nothing
    and no header on the non-fiscal printout that follows.
    """

    cashier: str = ""
    till: str = ""
    keep: bool = False
    system_number: str = ""
    barcode: str = ""
    lines: list[str] = field(default_factory=list)
    keep_lines: bool = False
    code_place: int = 0
    ending: int = 0


@dataclass(slots=True)
class Record:
    """An event in fiscal memory, in the order of its writing. `number` counts within its type."""

    type: int
    number: int
    at: datetime
    data: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Shift:
    """What one cashier did since the last shift report that reset it."""

    since: datetime
    sales: int = 0
    receipts: int = 0
    cancelled: int = 0
    stornos: int = 0
    cash_in: int = 0
    cash_out: int = 0


@dataclass(slots=True)
class EDocument:
    """A record of the e-document buffer. `document` is its number in protected memory, 0 while it is only reserved.

    State: 0 new, 1 sent, 2 failed and tried again, 3 failed for good, 4 reserved. `codes` are those of HTTP, transport and
    application. `attempts` counts those that failed; `due` is when it is tried next. `text` is its paper, printed or not.
    """

    hash: int
    customer: str
    server: str
    state: int = 4
    document: int = 0
    number: str = ""
    registered: datetime | None = None
    changed: datetime | None = None
    due: datetime | None = None
    attempts: int = 0
    codes: list[int] = field(default_factory=lambda: [0, 0, 0])
    refusal: str = ""
    printed: bool = False
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class EServer:
    """`eparagondefaultset`: where e-documents go and what goes along. Times in seconds."""

    address: str = ""
    certificate: int = 0
    thumbprint: str = ""
    flags: dict[str, bool] = field(default_factory=dict)
    answer: int = 15
    send: int = 30


@dataclass(slots=True)
class Received:
    """What the e-document server has: the truth about what reached the customer."""

    hash: int
    customer: str
    document: int
    number: str
    at: datetime
    code: str  # under which the customer finds it
    times: int = 1


@dataclass(slots=True)
class EDocuments:
    """The e-document service: its set-up and its buffer. `sending`: an e-document whose paper is held back meanwhile."""

    on: bool = True
    server: EServer = field(default_factory=EServer)
    retries: list[int] = field(default_factory=lambda: [20, 25, 30])
    period: int = 3600
    lifetime: int = 604_800
    override: bool = False
    next_hash: int = 1
    buffer: list[EDocument] = field(default_factory=list)
    sending: int | None = None
    context: int | None = None
    hub: list[Received] = field(default_factory=list)


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
    till: str = ""  # of the cashier who is logged in
    logged_in: bool = False
    shifts: dict[str, Shift] = field(default_factory=dict)  # by cashier
    records: list[Record] = field(default_factory=list)
    edocuments: EDocuments = field(default_factory=EDocuments)
    header_text: str = ""  # as `hdrset` takes it
    code: str = ""  # the 2D code that is ready to be printed
    headless: bool = False  # the next non-fiscal printout has no header
    discount_type: str = "0"
    names: dict[str, str] = field(default_factory=dict)  # `progid`
    currency: dict[str, str] = field(default_factory=dict)  # `currrateset`
    ports: dict[str, dict[str, str]] = field(default_factory=dict)  # settings of ports, by command and port
    inspection: datetime | None = None  # `nextmaintenanceset`
    reprints: list[str] = field(default_factory=list)  # what was printed again from protected memory, newest last
    unprinted: list[str] = field(default_factory=list)  # in memory already, not on paper yet
    tokens: dict[str, str] = field(default_factory=dict)  # token -> payload as latin-1, oldest first

    def footer(self, port: str) -> Footer:
        """What `ftrcfg` has set on this PC interface."""
        return self.footers.setdefault(port, Footer())

    def take_code(self) -> str:
        """The 2D code that was prepared; printing uses it up."""
        code, self.code = self.code, ""
        return code

    def shift(self, now: datetime) -> Shift:
        """The shift of the cashier at work."""
        return self.shifts.setdefault(self.cashier, Shift(now))

    def record(self, kind: int, at: datetime, **data: str) -> Record:
        """An event goes to fiscal memory."""
        record = Record(kind, sum(other.type == kind for other in self.records) + 1, at, data)
        self.records.append(record)
        return record

    def protect(self, kind: str) -> int:
        """A document goes to protected memory; its number."""
        self.protected_last += 1
        self.protected[kind] = self.protected_last
        return self.protected_last
