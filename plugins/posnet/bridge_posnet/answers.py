"""The printer's answers as frozen classes, each with `from_frame`; and which answer belongs to which command.

Follows protocol-specs/posnet, "Answers" and "Commands". Fields may come in any order, old models leave some out (None
here), and fields that are not known are kept in `unknown`. Money is Decimal zloty with two places. A malformed answer
raises BadAnswer and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Self

from bridge_posnet.fields import Rate, RateKind, rate_of, read_bool, read_integer, read_iso, read_moment, read_money
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.reader import UNNUMBERED, BadAnswer, ByRate, Reader, error_of, read_code, read_text
from bridge_posnet.states import (
    DEVICE_STATES,
    MECHANISM_STATES,
    MODELS,
    DeviceState,
    DocumentKind,
    DrawerState,
    Holder,
    Mechanism,
    ProtectedKind,
)

__all__ = (
    "ANSWERS", "UNLIMITED_AUTHORISATION", "UNNUMBERED", "Answer", "Authorisation", "BadAnswer", "ByRate", "CashState",
    "Clock", "Counters", "Currency", "DailyRecord", "DailyTotals", "DeviceState", "DeviceStatus", "DiscountMethod",
    "DocumentKind", "Drawer", "DrawerState", "FiscalState", "FormState", "GeneralStatus", "GoodsRecord", "Holder",
    "Identity", "LastDocument", "Mechanism", "PrinterStatus", "ProtectedKind", "Rate", "ReceiptCounter",
    "TransactionState", "VatTable", "error_of", "is_answer_to", "parse_answer",
)  # fmt: skip

UNLIMITED_AUTHORISATION = 480  # this "error" of `authstateget` is a success


@dataclass(frozen=True, slots=True)
class Identity:
    """`getrealid` (fixed), or `sid` (programmable; has neither number nor firmware)."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("getrealid", "sid")

    model: str
    version: str | None
    unique_number: str | None
    firmware: str | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("nm", read_text),
            reader.optional("vr", read_text),
            reader.optional("nu", read_text),
            reader.optional("vf", read_text),
            reader.unknown(),
        )

    @property
    def line(self) -> str | None:
        """Model line of the Online generation, as in "XL2 / XL2 S"; None for older and unknown ones."""
        return MODELS.get(self.version or "")


@dataclass(frozen=True, slots=True)
class GeneralStatus:
    """`scomm`. `document` is what is open now. Old models do not tell `read_only`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("scomm",)

    fiscal: bool
    totals_zero: bool | None
    document: DocumentKind | int | None
    header: bool | None
    unique_number: str | None
    read_only: bool | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("fs", read_bool),
            reader.optional("tz", read_bool),
            reader.optional("ts", lambda value: read_code(DocumentKind, value)),
            reader.optional("hr", read_bool),
            reader.optional("nu", read_text),
            reader.optional("td", read_bool),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """`sdev`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("sdev",)

    state: DeviceState | int
    charger: bool | None
    queue_empty: bool | None
    paper_near_end: bool | None
    holder: Holder | int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("ds", lambda value: read_code(DeviceState, value)),
            reader.optional("cp", read_bool),
            reader.optional("qe", read_bool),
            reader.optional("pe", read_bool),
            reader.optional("tl", lambda value: read_code(Holder, value)),
            reader.unknown(),
        )

    @property
    def meaning(self) -> str:
        return DEVICE_STATES.get(self.state, f"unknown state {int(self.state)}")


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """`sprn`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("sprn",)

    state: Mechanism | int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("pr", lambda value: read_code(Mechanism, value)), reader.unknown())

    @property
    def meaning(self) -> str:
        return MECHANISM_STATES.get(self.state, f"unknown state {int(self.state)}")


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
class FiscalState:
    """`sfsk`. `ram_clears` that grew make every counter but those of protected memory void."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("sfsk",)

    fiscal: bool
    ram_clears: int | None
    daily_reports: int | None
    rate_changes: int | None
    rates: tuple[Rate, ...]
    last_report: datetime | None
    last_report_exact: datetime | None
    unique_number: str | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("fs", read_bool),
            reader.optional("cl", read_integer),
            reader.optional("rd", read_integer),
            reader.optional("vt", read_integer),
            reader.rates(),
            reader.since("rw"),
            reader.since_iso("tm"),
            reader.optional("nu", read_text),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class VatTable:
    """`vatget`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("vatget",)

    rates: tuple[Rate, ...]
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        rates = reader.rates()
        if not rates:
            raise BadAnswer(frame.mnemonic, "va", None)
        return cls(rates, reader.unknown())


@dataclass(frozen=True, slots=True)
class Clock:
    """`rtcget`. `local` has no zone and no seconds; `exact` has both, and is None on old models."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("rtcget",)

    local: datetime
    exact: datetime | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("da", read_moment), reader.optional("tm", read_iso), reader.unknown())


@dataclass(frozen=True, slots=True)
class Drawer:
    """`sdrwr`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("sdrwr",)

    drawer: DrawerState | int
    key: DrawerState | int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("ds", lambda value: read_code(DrawerState, value)),
            reader.optional("ks", lambda value: read_code(DrawerState, value)),
            reader.unknown(),
        )


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


@dataclass(frozen=True, slots=True)
class LastDocument:
    """`eclastdocnoget`: number in protected memory, 0 where there is none."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eclastdocnoget",)

    number: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("di", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class Authorisation:
    """`authstateget`: days left; None without limit, which the printer tells as "error" 480."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("authstateget",)

    days_left: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        if frame.mnemonic in cls.MNEMONICS and error_of(frame) == UNLIMITED_AUTHORISATION:
            return cls(None, frame.parameters)
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("il", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class Currency:
    """`currget`: three letters, as in "PLN"."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("currget",)

    name: str
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("na", read_text), reader.unknown())


@dataclass(frozen=True, slots=True)
class DiscountMethod:
    """`discounttypeget`. 0: the value after the discount is rounded; 1: the discount itself is."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("discounttypeget",)

    method: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("dt", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class ReceiptCounter:
    """`billcountercfgget`. `daily`: the daily report sets the receipt counters back to 0."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("billcountercfgget",)

    daily: bool
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("dl", read_bool), reader.unknown())


@dataclass(frozen=True, slots=True)
class GoodsRecord:
    """`dbchkplu`: what is kept under this name. `kind` "inactive": the printer does not know the name."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("dbchkplu",)

    kind: RateKind | None
    percent: Decimal | None
    locked: bool | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        rate = reader.optional("vv", lambda value: rate_of(0, value))  # one value, no place in the table of rates
        return cls(
            rate.kind if rate else None,
            rate.percent if rate else None,
            reader.optional("bl", read_bool),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class FormState:
    """`formisstarted`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("formisstarted",)

    started: bool
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("is", read_bool), reader.unknown())


@dataclass(frozen=True, slots=True)
class DailyRecord:
    """`fmrecrd`: a daily report in the fiscal memory. `kind` 0: no such record.

    The names of the fields with its date and number are not public: they are in `unknown`.
    """

    MNEMONICS: ClassVar[tuple[str, ...]] = ("fmrecrd",)

    kind: int | None
    receipt_gross: ByRate
    receipts: int | None
    invoice_gross: ByRate
    invoices: int | None
    cancelled_value: Decimal | None
    cancelled: int | None
    signature: str | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("ty", read_integer),
            reader.amounts("p"),
            reader.optional("pn", read_integer),
            reader.amounts("f"),
            reader.optional("fn", read_integer),
            reader.optional("ct", read_money),
            reader.optional("cn", read_integer),
            reader.optional("si", read_text),
            reader.unknown(),
        )


Answer = (
    Identity
    | GeneralStatus
    | DeviceStatus
    | PrinterStatus
    | TransactionState
    | Counters
    | DailyTotals
    | FiscalState
    | VatTable
    | Clock
    | Drawer
    | CashState
    | LastDocument
    | Authorisation
    | Currency
    | DiscountMethod
    | ReceiptCounter
    | GoodsRecord
    | FormState
    | DailyRecord
)

_CLASSES: tuple[type[Answer], ...] = (
    Identity, GeneralStatus, DeviceStatus, PrinterStatus, TransactionState, Counters, DailyTotals, FiscalState,
    VatTable, Clock, Drawer, CashState, LastDocument, Authorisation, Currency, DiscountMethod, ReceiptCounter,
    GoodsRecord, FormState, DailyRecord,
)  # fmt: skip

# Mnemonic -> class of its answer. Commands that are not here have the standard answer, without fields.
ANSWERS: Mapping[str, type[Answer]] = MappingProxyType({m: kind for kind in _CLASSES for m in kind.MNEMONICS})


def parse_answer(frame: Frame) -> Answer | None:
    """The typed answer, None where the mnemonic has only the standard answer. Raises BadAnswer."""
    kind = ANSWERS.get(frame.mnemonic)
    return None if kind is None else kind.from_frame(frame)


def is_answer_to(request: Frame, answer: Frame) -> bool:
    """Whether `answer` can belong to `request`: by mnemonic, and by token where both have one.

    An `ERR` belongs to it unless its token or its `cm` names another command. The answer to `rpt` is the stored answer
    of another command, with the token of that command.
    """
    if request.token is not None and answer.token is not None and request.token != answer.token:
        return False
    if answer.is_frame_error:
        named = answer.get("cm")
        return not named or named.lstrip(b"!") == request.mnemonic.encode("ascii")
    if request.mnemonic == "rpt":
        return answer.token == request.token
    if request.token is not None and answer.token is None:
        return False
    return answer.mnemonic == request.mnemonic


def _total(amounts: ByRate) -> Decimal | None:
    told = [amount for amount in amounts if amount is not None]
    return sum(told, Decimal("0.00")) if told else None
