"""Who the printer is and how it is. Follows protocol-specs/posnet, "Identification and status"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from bridge_posnet.fields import Rate, RateKind, rate_of, read_bool, read_integer, read_iso, read_moment
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.reader import BadAnswer, Reader, error_of, read_code, read_text
from bridge_posnet.states import (
    DEVICE_STATES,
    MECHANISM_STATES,
    MODELS,
    DeviceState,
    DocumentKind,
    DrawerState,
    Holder,
    Mechanism,
)

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
