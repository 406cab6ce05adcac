"""Answers as typed values. Raises BadAnswer where a device breaks the protocol.

Follows protocol-specs/shtrih-m, "Status", "FN commands". A refusal (error other than 0) is no answer of these: `error_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum, IntFlag
from typing import TypeVar

from bridge_ffd.fn import ExchangeStatus, FnLife, FnStatus, FoundDocument, Registration

from bridge.plugin import BadAnswer, read_fields
from bridge_shtrih_m.frame import code_of
from bridge_shtrih_m.layout import Value, named
from bridge_shtrih_m.vocabulary import SHAPES

T = TypeVar("T")


def error_of(data: bytes) -> int:
    """The error in an answer, 0 for none. The answer belongs to its command already."""
    return data[2] if data[0] == 0xFF else data[1]


def values_of(data: bytes) -> dict[str, Value]:
    """The fields of an answer without error, by name."""
    code = code_of(data)
    if code is None or code not in SHAPES:
        raise BadAnswer(named(code or 0), "code", "is not known")
    shape = SHAPES[code]
    head = len(shape.head) + 1
    if len(data) < head:
        raise BadAnswer(named(code), "error", "is missing")
    return read_fields(named(code), shape.answer, data[head:])[0]


def roubles(kopecks: int) -> Decimal:
    return Decimal(kopecks).scaleb(-2)


class Mode(IntEnum):
    """Low four bits of the mode."""

    READY = 0
    DATA_OUTPUT = 1
    SHIFT_OPEN = 2
    SHIFT_EXPIRED = 3
    SHIFT_CLOSED = 4
    BLOCKED = 5
    DATE_TO_CONFIRM = 6
    POINT = 7
    DOCUMENT_OPEN = 8
    RESET_ALLOWED = 9
    TEST_RUN = 10
    FULL_REPORT = 11
    EKLZ_REPORT = 12
    SLIP = 13
    SLIP_PRINTING = 14
    SLIP_FORMED = 15


class Submode(IntEnum):
    IDLE = 0
    NO_PAPER = 1
    PAPER_RAN_OUT = 2
    WAITS_TO_GO_ON = 3
    PRINTING_REPORT = 4
    PRINTING = 5


class Flags(IntFlag):
    """Of the status. Which bits a model keeps differs; those that are read here are named by all sources."""

    RECEIPT_ROLL = 1 << 1
    RECEIPT_PAPER = 1 << 7
    COVER_OPEN = 1 << 10
    DRAWER_OPEN = 1 << 11


@dataclass(frozen=True, slots=True)
class DeviceType:
    type: int
    protocol: str
    model: int
    name: str

    @classmethod
    def of(cls, data: bytes) -> DeviceType:
        found = values_of(data)
        return cls(found["type"], f"{found['protocol']}.{found['subprotocol']}", found["model"], found["name"])


class Features(IntFlag):
    """Bits of command F7h."""

    CUTTER = 1 << 13
    DRAWER_SENSOR = 1 << 15
    NON_FISCAL_DOCUMENT = 1 << 22
    CASH_CORE = 1 << 23
    LAYER_2 = 1 << 28
    ERROR_TEXT = 1 << 36
    EXTENDED_ANSWERS = 1 << 50


@dataclass(frozen=True, slots=True)
class ModelParameters:
    features: int
    tax_field: int | None
    """Field of table 1 that says who computes the taxes of a receipt."""

    @classmethod
    def of(cls, data: bytes) -> ModelParameters:
        found = values_of(data)
        return cls(found["features"], found.get("tax_field"))

    def has(self, feature: Features) -> bool:
        return bool(self.features & feature)


@dataclass(frozen=True, slots=True)
class ShortStatus:
    flags: int
    mode: int
    status: int
    submode: int
    operations: int
    last_print: int | None = None

    @classmethod
    def of(cls, data: bytes) -> ShortStatus:
        found = values_of(data)
        return cls(
            found["flags"],
            found["mode"] & 0x0F,
            found["mode"] >> 4,
            found["submode"],
            found["operations_low"] | found["operations_high"] << 8,
            found.get("last_print"),
        )

    def flag(self, flag: Flags) -> bool:
        return bool(self.flags & flag)

    @property
    def document_open(self) -> bool:
        return self.mode == Mode.DOCUMENT_OPEN


@dataclass(frozen=True, slots=True)
class FullStatus:
    firmware: str
    build: int
    document_number: int
    mode: int
    submode: int
    local_time: datetime | None
    """Of the device's own clock, without a zone; None where it shows no date."""
    serial: int | None
    last_closed_shift: int
    inn: int | None

    @classmethod
    def of(cls, data: bytes) -> FullStatus:
        found = values_of(data)
        serial, high = found["serial"], found.get("serial_high")
        day: date | None = found["date"]
        return cls(
            firmware=f"{found['firmware'][:1]}.{found['firmware'][1:]}",
            build=found["build"],
            document_number=found["document_number"],
            mode=found["mode"] & 0x0F,
            submode=found["submode"],
            local_time=datetime.combine(day, found["time"]) if day is not None else None,
            serial=serial | high << 32 if serial is not None and high not in (None, 0xFFFF) else serial,
            last_closed_shift=found["last_closed_shift"],
            inn=found["inn"],
        )


def storage_status(data: bytes) -> FnStatus:
    return _parsed(data, FnStatus.parse)


def storage_life(data: bytes) -> FnLife:
    return _parsed(data, FnLife.parse)


def exchange_status(data: bytes) -> ExchangeStatus:
    return _parsed(data, ExchangeStatus.parse)


def registration(data: bytes) -> Registration:
    return _parsed(data, Registration.parse)


def found_document(data: bytes) -> FoundDocument:
    return _parsed(data, lambda body: FoundDocument.parse(body, sums="little"))


def _parsed(data: bytes, parse: Callable[[bytes], T]) -> T:
    """What the FN itself answered, behind code and error: the same bytes in every family."""
    try:
        return parse(data[3:])
    except ValueError as error:
        raise BadAnswer(named(code_of(data) or 0), "FN", str(error)) from None


@dataclass(frozen=True, slots=True)
class Closed:
    """What the closing of a document tells of it."""

    document: int
    sign: int
    change: Decimal | None = None
    shift: int | None = None
    issued_at: datetime | None = None

    @classmethod
    def of(cls, data: bytes) -> Closed:
        found = values_of(data)
        change = found.get("change")
        return cls(
            found["document"],
            found["sign"],
            roubles(change) if change is not None else None,
            found.get("shift"),
            found.get("issued_at"),
        )


@dataclass(frozen=True, slots=True)
class ShiftState:
    open: bool
    number: int
    receipt: int

    @classmethod
    def of(cls, data: bytes) -> ShiftState:
        found = values_of(data)
        return cls(bool(found["state"]), found["shift"], found["receipt"])


def register_of(data: bytes) -> int:
    """The value of a money register, in kopecks, or of an operation register."""
    return int(values_of(data)["value"])


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What FF61h says of a marking code: the FN's own check, its reason, the kind of the code; then what the server said.

    `server_error`: why its answer was not taken. `result` is tag 2106.
    """

    local_result: int
    reason: int
    kind: int
    result: int | None = None
    server_error: int | None = None
    tags: bytes = b""
    silent: bool = False

    @classmethod
    def of_bytes(cls, code: int, data: bytes) -> CodeCheck:
        if len(data) < 4:
            raise BadAnswer(named(code), "check", f"has {len(data)} bytes, four are needed")
        local, reason, kind, length = data[:4]
        more = data[4 : 4 + length]
        if len(more) < length:
            raise BadAnswer(named(code), "check", f"says {length} more bytes, but {len(more)} are there")
        if not more:
            return cls(local, reason, kind)
        if more[0] == 0xFF:
            return cls(local, reason, kind, silent=True)
        if more[0]:
            # 20h: the next byte says why. Another error of the FN: nothing behind it is the server's word.
            return cls(local, reason, kind, server_error=more[1] if more[0] == 0x20 and len(more) > 1 else more[0])
        return cls(local, reason, kind, result=more[1] if len(more) > 1 else None, tags=bytes(more[2:]))
