"""What the terminal keeps when the power is cut. Amounts in cents.

Source: protocol-specs/zvt, "Simulator" (state to keep), "Terminal states". A transaction is never taken out of the list: it is the
truth that tests compare with, and what is in the current batch follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

RECEIPTS, TRACES = 9_999, 999_999

Kind = Literal["sale", "refund", "reversal", "preauth", "release", "booking", "cancelling"]
"""`release` (06 23), `booking` (06 24) and `cancelling` (06 25) finish a `preauth`."""

State = Literal["approved", "stored", "reversing", "reversed", "declined"]
"""`approved`: the host has said yes, the till has not confirmed it yet. `reversing`: the terminal owes the host a reversal.
`reversed`: by the terminal itself; a reversal that the till asked for is a transaction of its own, and names it in `undone_by`.
`declined`: marked so for want of confirmations; it never reaches the host's books."""

FINAL: frozenset[State] = frozenset(("stored", "reversed", "declined"))


@dataclass(slots=True)
class Transaction:
    """One transaction that the host has approved, or a reversal that the terminal made by itself.

    `amount` is what the host has approved, `requested` what the till had asked for. `original`: trace number of the transaction that
    this one takes back or finishes. `origin`: "ecr", "device" (typed in at the terminal, or made by itself).
    """

    kind: Kind
    amount: int
    requested: int
    receipt: int
    trace: int
    turnover: int
    at: datetime
    batch: int
    state: State
    card: str = ""  # key of CARDS
    entry: int = 0
    verification: int = 0
    authorisation: str = ""
    currency: int = 978
    tip: int = 0
    original: int | None = None
    undone_by: int | None = None  # trace of the reversal that took it back
    open: bool = False  # a reservation that is neither booked nor cancelled
    left: int = 0  # what is left of a reservation
    automatic: bool = False  # the terminal's own reversal
    origin: str = "ecr"
    reference: str = ""  # E9 of a reservation

    @property
    def stands(self) -> bool:
        """Whether the host's books have it in the end."""
        return self.state == "stored" and self.undone_by is None


@dataclass(slots=True)
class Registration:
    """What the till said in 06 00. `commands`: tag 26, the commands that the terminal may send; None: not given."""

    registered: bool = False
    config: int = 0x86
    service: int = 0
    tlv: bool = False
    commands: list[str] | None = None
    charset: str = ""
    columns: int = 0
    currency: int = 978


@dataclass(slots=True)
class SchemeTotal:
    count: int = 0
    amount: int = 0  # negative where more was given back


@dataclass(slots=True)
class BatchRecord:
    """A closed batch, as 06 20 repeats it."""

    number: int
    total: int
    trace: int
    at: datetime
    first: int
    last: int
    columns: list[SchemeTotal]


@dataclass(slots=True)
class Memory:
    """The terminal's non-volatile memory."""

    tid: str
    password: str
    receipt: int = 1  # the next numbers
    trace: int = 1
    turnover: int = 1
    batch: int = 1
    registration: Registration = field(default_factory=Registration)
    transactions: list[Transaction] = field(default_factory=list)
    batches: list[BatchRecord] = field(default_factory=list)
    last: int | None = None  # index of the transaction that 06 20 repeats
    last_was_batch: bool = False  # the end of day came after it
    status: int = 0  # terminal state (05 01) that lasts: out of order, initialisation needed, ...
    printed: list[str] = field(default_factory=list)  # the last receipt's lines

    def take_receipt(self) -> int:
        number, self.receipt = self.receipt, self.receipt % RECEIPTS + 1
        return number

    def take_trace(self) -> int:
        number, self.trace = self.trace, self.trace % TRACES + 1
        return number

    def take_turnover(self) -> int:
        number, self.turnover = self.turnover, self.turnover % TRACES + 1
        return number

    def in_batch(self) -> list[Transaction]:
        """The stored transactions since the last end of day, without the terminal's own reversals and reservations."""
        return [
            one
            for one in self.transactions
            if one.batch == self.batch
            and one.state == "stored"
            and not one.automatic
            and one.kind not in ("preauth", "cancelling")
        ]

    def turnover_of(self, one: Transaction) -> int:
        """What it adds to the merchant's turnover, in cents."""
        match one.kind:
            case "sale" | "booking" | "release":
                return one.amount
            case "refund":
                return -one.amount
            case "reversal":
                earlier = next((other for other in self.transactions if other.trace == one.original and other is not one), None)
                return -self.turnover_of(earlier) if earlier is not None else -one.amount
            case _:
                return 0

    def reservation(self, receipt: int) -> Transaction | None:
        """The open reservation with this receipt number: those outlive the end of day."""
        return next((one for one in self.reservations() if one.receipt == receipt), None)

    def reservations(self) -> list[Transaction]:
        return [one for one in self.transactions if one.open and one.state == "stored"]

    def owed(self) -> list[Transaction]:
        """What the terminal still has to reverse by itself."""
        return [one for one in self.transactions if one.state == "reversing"]
