"""The printer's answers as frozen classes, each with `from_frame`; and which answer belongs to which command.

Follows protocol-specs/posnet, "Answers" and "Commands". Fields may come in any order, old models leave some out (None
here), and fields that are not known are kept in `unknown`. Money is Decimal zloty with two places. A malformed answer
raises BadAnswer and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from types import MappingProxyType
from typing import ClassVar, Self, TypeVar

from bridge_posnet.fields import (
    LETTERS,
    NEVER,
    Rate,
    rate_of,
    read_bool,
    read_integer,
    read_iso,
    read_moment,
    read_money,
)
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode

T = TypeVar("T")

ByRate = tuple[Decimal | None, ...]  # seven amounts in zloty, A to G; None where the printer left one out

UNLIMITED_AUTHORISATION = 480  # this "error" of `authstateget` is a success


class BadAnswer(ValueError):
    """The printer answered something that the protocol does not allow. `value` None: the field is missing."""

    def __init__(self, mnemonic: str, field: str, value: bytes | None) -> None:
        what = "is missing" if value is None else f"cannot be {value!r}"
        super().__init__(f"answer to {mnemonic}: {field} {what}")
        self.mnemonic = mnemonic
        self.field = field
        self.value = value


class DocumentKind(IntEnum):
    """`scomm ts` and `strns ts`."""

    NONE = 0
    RECEIPT = 16
    BLOCK_RECEIPT = 17
    INVOICE = 33
    PACKAGING = 48


class DeviceState(IntEnum):
    """`sdev ds`. From WAITS_FOR_KEY on, only immediate commands are answered until a person has acted."""

    READY = 0
    IN_MENU = 1
    WAITS_FOR_KEY = 2
    WAITS_AFTER_ERROR = 3


class Holder(IntEnum):
    """`sdev tl`: who has a transaction or printout open."""

    NOBODY = 0
    PC1 = 1
    PC2 = 2
    DEVICE = 3


class Mechanism(IntEnum):
    """`sprn pr`."""

    OK = 0
    LEVER_UP = 1
    NOT_REACHABLE = 2
    COVER_UP = 3
    COPY_PAPER_OUT = 4  # old models
    PAPER_OUT = 5
    TEMPERATURE_OR_SUPPLY = 6
    MOMENTARY_POWER_LOSS = 7
    CUTTER = 8
    POWER_SUPPLY = 9
    COVER_UP_WHILE_CUTTING = 10


class DrawerState(IntEnum):
    """`sdrwr ds` and `ks`."""

    OPEN = 0
    CLOSED = 1
    UNKNOWN = 2


class ProtectedKind(IntEnum):
    """`eclastdocnoget ty`: kinds of documents in protected memory."""

    RECEIPT = 0
    CANCELLED_RECEIPT = 1
    INVOICE = 2
    CANCELLED_INVOICE = 3
    DAILY_REPORT = 4
    NON_FISCAL = 5
    EVENT = 6
    FISCALISATION_REPORT = 7
    CERTIFICATE_CHANGE = 8
    CERTIFICATE_SENT = 9
    IMAGE = 10
    QR = 11
    SCHEDULE = 12
    HEADER = 13


# What the states mean, for a person. A number that is not here is shown as it is.
DEVICE_STATES: Mapping[int, str] = MappingProxyType(
    {
        DeviceState.READY: "ready",
        DeviceState.IN_MENU: "somebody is in the printer's menu",
        DeviceState.WAITS_FOR_KEY: "the printer waits for a key",
        DeviceState.WAITS_AFTER_ERROR: "the printer shows an error and waits for a person",
    }
)
MECHANISM_STATES: Mapping[int, str] = MappingProxyType(
    {
        Mechanism.OK: "ready",
        Mechanism.LEVER_UP: "the lever is up or the cover is open",
        Mechanism.NOT_REACHABLE: "the print mechanism does not respond",
        Mechanism.COVER_UP: "the cover is open",
        Mechanism.COPY_PAPER_OUT: "the copy paper is out",
        Mechanism.PAPER_OUT: "the paper is out",
        Mechanism.TEMPERATURE_OR_SUPPLY: "the print head is too hot or its supply is wrong",
        Mechanism.MOMENTARY_POWER_LOSS: "the power failed for a moment",
        Mechanism.CUTTER: "the cutter is jammed",
        Mechanism.POWER_SUPPLY: "the power supply has a fault",
        Mechanism.COVER_UP_WHILE_CUTTING: "the cover was opened while the cutter worked",
    }
)

# Model line by the protocol version that `getrealid vr` reports.
MODELS: Mapping[str, str] = MappingProxyType(
    {
        "30.01": "XL2 / XL2 S",
        "31.01": "HD",
        "32.01": "Temo",
        "33.01": "Trio",
        "34.01": "Pospay",
        "35.01": "Vero",
        "38.01": "HX / HX S",
        "39.01": "Evo",
        "52.01": "Fawag Box",
    }
)


class _Reader:
    """Takes typed fields out of one answer and remembers which were asked for."""

    def __init__(self, frame: Frame, mnemonics: tuple[str, ...]) -> None:
        if frame.mnemonic not in mnemonics:
            raise BadAnswer(mnemonics[0], "mnemonic", frame.mnemonic.encode("ascii"))
        error = error_of(frame)
        if error is not None:
            raise BadAnswer(frame.mnemonic, "?", b"%d" % error)
        self._frame = frame
        self._known: set[str] = set()

    def optional(self, name: str, read: Callable[[bytes], T]) -> T | None:
        """None where the field is absent or empty."""
        self._known.add(name)
        value = self._frame.get(name)
        if not value:
            return None
        try:
            return read(value)
        except (ValueError, ArithmeticError):
            raise BadAnswer(self._frame.mnemonic, name, value) from None

    def required(self, name: str, read: Callable[[bytes], T]) -> T:
        found = self.optional(name, read)
        if found is None:
            raise BadAnswer(self._frame.mnemonic, name, self._frame.get(name))
        return found

    def amounts(self, prefix: str) -> ByRate:
        return tuple(self.optional(prefix + letter.lower(), read_money) for letter in LETTERS)

    def rates(self) -> tuple[Rate, ...]:
        """The rates reported, in order; a printer that leaves one out has fewer."""
        found: list[Rate] = []
        for index, letter in enumerate(LETTERS):
            rate = self.optional("v" + letter.lower(), lambda value, index=index: rate_of(index, value))  # type: ignore[misc]
            if rate is not None:
                found.append(rate)
        return tuple(found)

    def since(self, name: str) -> datetime | None:
        """A local time; None for the 2000-01-01 01:00 that means "never"."""
        moment = self.optional(name, read_moment)
        return None if moment == NEVER else moment

    def since_iso(self, name: str) -> datetime | None:
        moment = self.optional(name, read_iso)
        return None if moment is not None and moment.replace(tzinfo=None) == NEVER else moment

    def unknown(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self._frame.parameters if p.name not in self._known)


def _text(value: bytes) -> str:
    return decode(value, DEFAULT_CODE_PAGE)


def _document(value: bytes) -> DocumentKind | int:
    return _member(DocumentKind, value)


E2 = TypeVar("E2", bound=IntEnum)


def _member(kind: type[E2], value: bytes) -> E2 | int:
    number = read_integer(value)
    return kind(number) if number in kind._value2member_map_ else number


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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("nm", _text),
            reader.optional("vr", _text),
            reader.optional("nu", _text),
            reader.optional("vf", _text),
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("fs", read_bool),
            reader.optional("tz", read_bool),
            reader.optional("ts", _document),
            reader.optional("hr", read_bool),
            reader.optional("nu", _text),
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("ds", lambda value: _member(DeviceState, value)),
            reader.optional("cp", read_bool),
            reader.optional("qe", read_bool),
            reader.optional("pe", read_bool),
            reader.optional("tl", lambda value: _member(Holder, value)),
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("pr", lambda value: _member(Mechanism, value)), reader.unknown())

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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("to", read_bool),
            reader.optional("ts", _document),
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("rd", read_integer),
            reader.optional("hn", read_integer),
            reader.required("bn", read_integer),
            reader.optional("fn", read_integer),
            reader.optional("nu", _text),
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
        reader = _Reader(frame, cls.MNEMONICS)
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("fs", read_bool),
            reader.optional("cl", read_integer),
            reader.optional("rd", read_integer),
            reader.optional("vt", read_integer),
            reader.rates(),
            reader.since("rw"),
            reader.since_iso("tm"),
            reader.optional("nu", _text),
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
        reader = _Reader(frame, cls.MNEMONICS)
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
        reader = _Reader(frame, cls.MNEMONICS)
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("ds", lambda value: _member(DrawerState, value)),
            reader.optional("ks", lambda value: _member(DrawerState, value)),
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("cs", read_money), reader.unknown())


@dataclass(frozen=True, slots=True)
class LastDocument:
    """`eclastdocnoget`: number in protected memory, 0 where there is none."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eclastdocnoget",)

    number: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = _Reader(frame, cls.MNEMONICS)
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("il", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class Currency:
    """`currget`: three letters, as in "PLN"."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("currget",)

    name: str
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("na", _text), reader.unknown())


@dataclass(frozen=True, slots=True)
class DiscountMethod:
    """`discounttypeget`. 0: the value after the discount is rounded; 1: the discount itself is."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("discounttypeget",)

    method: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("dt", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class ReceiptCounter:
    """`billcountercfgget`. `daily`: the daily report sets the receipt counters back to 0."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("billcountercfgget",)

    daily: bool
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(reader.required("dl", read_bool), reader.unknown())


@dataclass(frozen=True, slots=True)
class GoodsRecord:
    """`dbchkplu`: the percentage kept under this name and whether it is locked.

    `rate` has index and letter of no rate of the table: only `kind` and `percent` count; "inactive" where the printer
    does not know the name.
    """

    MNEMONICS: ClassVar[tuple[str, ...]] = ("dbchkplu",)

    rate: Rate | None
    locked: bool | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("vv", lambda value: rate_of(0, value)),
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
        reader = _Reader(frame, cls.MNEMONICS)
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
        reader = _Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("ty", read_integer),
            reader.amounts("p"),
            reader.optional("pn", read_integer),
            reader.amounts("f"),
            reader.optional("fn", read_integer),
            reader.optional("ct", read_money),
            reader.optional("cn", read_integer),
            reader.optional("si", _text),
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
    Identity, GeneralStatus, DeviceStatus, PrinterStatus, TransactionState, Counters, DailyTotals, FiscalState, VatTable,
    Clock, Drawer, CashState, LastDocument, Authorisation, Currency, DiscountMethod, ReceiptCounter, GoodsRecord,
    FormState, DailyRecord,
)  # fmt: skip

# Mnemonic -> class of its answer. Commands that are not here have the standard answer, without fields.
ANSWERS: Mapping[str, type[Answer]] = MappingProxyType({m: kind for kind in _CLASSES for m in kind.MNEMONICS})


def parse_answer(frame: Frame) -> Answer | None:
    """The typed answer, None where the mnemonic has only the standard answer. Raises BadAnswer."""
    kind = ANSWERS.get(frame.mnemonic)
    return None if kind is None else kind.from_frame(frame)


def error_of(frame: Frame) -> int | None:
    """The error number of an answer, None for a success.

    `er13` in place of `?13` is taken too: the vendor's example of `rpt` prints it so [open point 2].
    """
    if frame.error is not None:
        return frame.error
    if frame.is_frame_error or frame.mnemonic == "rpt":
        alias = frame.get("er")
        if alias is not None and alias.isdigit() and len(alias) <= 5:
            return int(alias)
    return None


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
