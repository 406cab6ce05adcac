"""Answers of the device, read by the table of commands. Source: protocol-specs/atol, "Answers", "Status", "Registers", "The FN"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntFlag
from typing import TypeVar

from bridge_ffd.fn import ExchangeStatus, FnLife, FnStatus, FoundDocument

from bridge.plugin import BadAnswer, read_fields
from bridge_atol.layout import Value
from bridge_atol.vocabulary import SUCCESS, Begins, Shape

T = TypeVar("T")

_FULL_STATUS = 0x44
_REFUSAL = 3  # bytes of "55 error 00"


def error_of(shape: Shape, data: bytes, *, failed: bool = False) -> int:
    """The error in an answer; 0 for a success. `failed`: the device says that the task ended with an error. Raises BadAnswer."""
    if not data:
        raise BadAnswer(str(shape), "the answer", "is empty")
    if failed or (shape.begins is Begins.STANDARD and data[0] == SUCCESS):
        if len(data) < 2 or data[0] != SUCCESS or (failed and not data[1]):
            raise BadAnswer(str(shape), "the error", f"cannot be {data.hex(' ')}")
        return data[1]
    if shape.begins in (Begins.ERROR, Begins.FULL_STATUS) and data[0] == SUCCESS and len(data) == _REFUSAL:
        return data[1]  # v2 has no word beside the answer that would say that it is an error
    match shape.begins:
        case Begins.ERROR:
            return data[0]
        case Begins.FULL_STATUS if data[0] == _FULL_STATUS:
            return 0
        case Begins.BARE if data[0] == SUCCESS:
            return 0
        case _:
            raise BadAnswer(str(shape), "the first byte", f"cannot be {data[0]:02X}")


def body_of(shape: Shape, data: bytes) -> bytes:
    """What stands behind the first bytes of a success."""
    return data[2:] if shape.begins is Begins.STANDARD else data[1:]


def values_of(shape: Shape, data: bytes) -> dict[str, Value]:
    """The fields of a success. Raises BadAnswer."""
    return read_fields(str(shape), shape.answer, body_of(shape, data))[0]


class StatusFlags(IntFlag):
    """Of 3F."""

    REGISTERED = 0x01
    SHIFT_OPEN = 0x02
    DRAWER_CLOSED = 0x04  # by the vendor's driver; other programs read it the other way round
    PAPER = 0x08
    COVER_OPEN = 0x20
    STORAGE_ACTIVE = 0x40
    BATTERY = 0x80


class StateFlags(IntFlag):
    """Of 45."""

    NO_PAPER = 0x01
    NO_PRINTER = 0x02
    PRINTER_FAULT = 0x04
    CUTTER_FAULT = 0x08
    OVERHEATED = 0x10


@dataclass(frozen=True, slots=True)
class FullStatus:
    """Answer to 3F."""

    at: datetime | None
    flags: StatusFlags
    serial: str
    version: str
    mode: int
    submode: int
    receipt: int
    last_closed_shift: int

    @classmethod
    def of(cls, shape: Shape, data: bytes) -> FullStatus:
        values = values_of(shape, data)
        day, clock = values["date"], values["time"]
        return cls(
            at=datetime.combine(day, clock) if day is not None else None,
            flags=StatusFlags(values["flags"]),
            serial=values["serial"],
            version=".".join(values["version"]),
            mode=values["mode"] & 0x0F,
            submode=values["mode"] >> 4,
            receipt=values["receipt"],
            last_closed_shift=values["shift_number"],
        )


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Answer to 45."""

    mode: int
    submode: int
    flags: StateFlags

    @classmethod
    def of(cls, shape: Shape, data: bytes) -> DeviceState:
        values = values_of(shape, data)
        return cls(values["mode"] & 0x0F, values["mode"] >> 4, StateFlags(values["flags"]))


def storage_status(shape: Shape, data: bytes) -> FnStatus:
    return _parsed(shape, lambda: FnStatus.parse(values_of(shape, data)["status"]))


def storage_life(shape: Shape, data: bytes) -> FnLife:
    return _parsed(shape, lambda: FnLife.parse(body_of(shape, data)))


def exchange_status(shape: Shape, data: bytes) -> ExchangeStatus:
    return _parsed(shape, lambda: ExchangeStatus.parse(values_of(shape, data)["exchange"]))


def found_document(shape: Shape, data: bytes) -> FoundDocument:
    """The FN writes the total with its highest byte first here."""
    return _parsed(shape, lambda: FoundDocument.parse(values_of(shape, data)["found"], sums="big"))


def roubles(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)


def _parsed(shape: Shape, parse: Callable[[], T]) -> T:
    try:
        return parse()
    except BadAnswer:
        raise
    except ValueError as error:
        raise BadAnswer(str(shape), "the data", str(error)) from None
