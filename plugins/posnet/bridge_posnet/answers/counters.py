"""What the printer counted and added up. Follows protocol-specs/posnet, "Identification and status" and "Counters"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from bridge_posnet.fields import Rate, read_bool, read_integer, read_money
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.reader import ByRate, Reader, read_code, read_text
from bridge_posnet.states import DocumentKind


@dataclass(frozen=True, slots=True)
class TransactionState:
    """`strns`: the open document, or the figures of the last one until the next `trinit` (or a RAM clear).

    `open` False also means "not known", after a RAM clear. `footer_open`: fiscal already, `trftrend` is missing.
    """

    MNEMONICS: ClassVar[tuple[str, ...]] = ("strns",)

    open: bool
    document: DocumentKind | int | None
    gross: ByRate
    packaging_issued: Decimal | None
    packaging_returned: Decimal | None
    change: Decimal | None
    payments: Decimal | None
    footer_open: bool | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("to", read_bool),
            reader.optional("ts", lambda value: read_code(DocumentKind, value)),
            reader.amounts("v"),
            reader.optional("pp", read_money),
            reader.optional("pm", read_money),
            reader.optional("re", read_money),
            reader.optional("fp", read_money),
            reader.optional("fe", read_bool),
            reader.unknown(),
        )

    @property
    def total(self) -> Decimal | None:
        """Fiscal total over all rates; None where the printer told no rate at all."""
        return _total(self.gross)


@dataclass(frozen=True, slots=True)
class Counters:
    """`scnt`. `header` is the number of the *next* header. `last_receipt` = `receipts` + `cancelled_receipts`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("scnt",)

    daily_reports: int
    header: int | None
    receipts: int
    invoices: int | None
    unique_number: str | None
    cancelled_receipts: int | None
    last_receipt: int | None
    cancelled_invoices: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("rd", read_integer),
            reader.optional("hn", read_integer),
            reader.required("bn", read_integer),
            reader.optional("fn", read_integer),
            reader.optional("nu", read_text),
            reader.optional("bc", read_integer),
            reader.optional("bt", read_integer),
            reader.optional("fc", read_integer),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class DailyTotals:
    """`stot`: everything since the last daily report. Times are None before the first sale."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("stot",)

    next_report: int | None
    invoice_gross: ByRate
    invoices: int | None
    receipt_gross: ByRate
    receipts: int | None
    cancelled_value: Decimal | None
    cancelled: int | None
    goods_changes: int | None
    rates: tuple[Rate, ...]
    first_sale: datetime | None
    first_sale_exact: datetime | None
    last_sale: datetime | None
    last_sale_exact: datetime | None
    cancelled_invoice_value: Decimal | None
    cancelled_invoices: int | None
    non_fiscal: int | None
    emergencies: int | None
    user_events: int | None
    online_events: int | None
    failed_transfers: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("no", read_integer),
            reader.amounts("f"),
            reader.optional("fn", read_integer),
            reader.amounts("p"),
            reader.optional("pn", read_integer),
            reader.optional("ct", read_money),
            reader.optional("cn", read_integer),
            reader.optional("cc", read_integer),
            reader.rates(),
            reader.since("ds"),
            reader.since_iso("is"),
            reader.since("de"),
            reader.since_iso("ie"),
            reader.optional("ft", read_money),
            reader.optional("fl", read_integer),
            reader.optional("nf", read_integer),
            reader.optional("bc", read_integer),
            reader.optional("le", read_integer),
            reader.optional("oe", read_integer),
            reader.optional("tf", read_integer),
            reader.unknown(),
        )

    @property
    def total(self) -> Decimal | None:
        """Gross of receipts and invoices over all rates; None where the printer told no rate at all."""
        return _total(self.receipt_gross + self.invoice_gross)


@dataclass(frozen=True, slots=True)
class CashState:
    """`scashstate`: cash in the drawer by the printer's reckoning (non-fiscal)."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("scashstate",)

    amount: Decimal
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("cs", read_money), reader.unknown())


def _total(amounts: ByRate) -> Decimal | None:
    told = [amount for amount in amounts if amount is not None]
    return sum(told, Decimal("0.00")) if told else None
