"""The commands that the printer knows: their parameters, and how bytes become values. Behaviour is in the handlers.

Source: protocol-specs/posnet, "Data types", "Commands". A wrong value is a frame error: the command is not looked at.
Parameters that a command does not have are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bridge_posnet.frame import Frame

from bridge_sim_posnet.arithmetic import MAX_AMOUNT

CODE_PAGE = "cp1250"
OLD_NAME_LENGTH = 40  # goods names in old firmware

UNKNOWN, MISSING, CONVERSION, TOKEN, CHECKSUM, FIELD = 1, 2, 3, 4, 5, 6
LENGTH, OVERRUN, IMMEDIATE_FORBIDDEN, NOT_FOUND, QUEUE_FULL, SYNTAX = 10, 11, 12, 13, 14, 15

_TRUE = frozenset((b"1", b"t", b"T", b"Y", b"y"))
_FALSE = frozenset((b"0", b"n", b"N"))
_DATE = re.compile(rb"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_DATE_TIME = re.compile(rb"(\d{4})[-./](\d{1,2})[-./](\d{1,2})[,; ](\d{1,2}):(\d{1,2})")


class FrameError(Exception):
    """The frame is refused: answered with `ERR ?<number>`."""

    def __init__(self, number: int, field: str | None = None) -> None:
        super().__init__(number, field)
        self.number = number
        self.field = field


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter. `read` turns its bytes into a value or raises FrameError."""

    name: str
    read: Callable[[bytes, str], Any]
    needed: bool


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `shared`: takes no notice of who owns the printer; `immediate`: may carry `!`."""

    fields: tuple[Field, ...] = ()
    shared: bool = False
    immediate: bool = False
    read_only: bool = False  # still works when the fiscal memory is closed


def text(name: str, length: int, *, needed: bool = False, lines: bool = False) -> Field:
    def read(value: bytes, field: str) -> str:
        if len(value) > length:
            raise FrameError(LENGTH, field)
        if any(byte < 0x20 and not (lines and byte == 0x0A) for byte in value):
            raise FrameError(CONVERSION, field)
        return value.decode(CODE_PAGE, "replace")

    return Field(name, read, needed)


def number(name: str, low: int = 0, high: int = MAX_AMOUNT, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> int:
        if not value.isdigit() or len(value) > 15 or not low <= int(value) <= high:
            raise FrameError(CONVERSION, field)
        return int(value)

    return Field(name, read, needed)


def money(name: str, *, needed: bool = False, high: int = MAX_AMOUNT) -> Field:
    """Grosze without separator."""
    return number(name, 0, high, needed=needed)


def quantity(name: str) -> Field:
    def read(value: bytes, field: str) -> Decimal:
        if not re.fullmatch(rb"\d{1,10}([.,]\d{0,8})?", value):
            raise FrameError(CONVERSION, field)
        return Decimal(value.decode().replace(",", ".").rstrip("."))

    return Field(name, read, False)


def flag(name: str, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> bool:
        if value not in _TRUE | _FALSE:
            raise FrameError(CONVERSION, field)
        return value in _TRUE

    return Field(name, read, needed)


def day(name: str, *, needed: bool = False) -> Field:
    def read(value: bytes, field: str) -> date:
        return _moment(_DATE, value, field).date()

    return Field(name, read, needed)


def moment(name: str, *, needed: bool = False) -> Field:
    """A local time; the zone is the printer's, which the handler knows."""

    def read(value: bytes, field: str) -> datetime:
        return _moment(_DATE_TIME, value, field)

    return Field(name, read, needed)


def _moment(pattern: re.Pattern[bytes], value: bytes, field: str) -> datetime:
    match = pattern.fullmatch(value)
    try:
        year, month, day_of_month, *time = map(int, match.groups() if match else ())
        hour, minute = time or (0, 0)
        return datetime(year, month, day_of_month, hour, minute, tzinfo=UTC)
    except ValueError:
        raise FrameError(CONVERSION, field) from None


_MAX_PRICE = 499_999_999_999
_PAYMENT = (number("ty", 0, 99, needed=True), money("wa", needed=True), text("na", 25), flag("re"))
_REDUCTION = (flag("rd"), number("rp", 0, 9999), money("rw"), text("na", 25))
_FORM = number("fn", 0, 999, needed=True)

QUERY = Command(shared=True, read_only=True)
DEVICE_QUERY = Command(shared=True, read_only=True, immediate=True)

COMMANDS: dict[str, Command] = {
    # identification and status
    "getrealid": QUERY,
    "sid": QUERY,
    "scomm": QUERY,
    "sdev": DEVICE_QUERY,
    "sprn": DEVICE_QUERY,
    "sdrwr": DEVICE_QUERY,
    "break": DEVICE_QUERY,
    "strns": QUERY,
    "scnt": QUERY,
    "stot": QUERY,
    "sfsk": QUERY,
    "vatget": QUERY,
    "rtcget": QUERY,
    "scashstate": QUERY,
    "eclastdocnoget": Command((number("ty", 0, 13),), shared=True, read_only=True),
    "authstateget": QUERY,
    "currget": QUERY,
    "billcountercfgget": QUERY,
    "discounttypeget": QUERY,
    "formisstarted": QUERY,
    "dbchkplu": Command((number("vt", 0, 99, needed=True), text("na", 80, needed=True)), shared=True, read_only=True),
    "fmrecrd": Command((number("no", 0, 99999),), shared=True, read_only=True),
    "rpt": QUERY,
    # the receipt
    "trinit": Command((flag("bm"),)),
    "trline": Command(
        (
            text("na", 80, needed=True),
            number("vt", 0, 99, needed=True),
            money("pr", needed=True, high=_MAX_PRICE),
            flag("st"),
            money("wa"),
            quantity("il"),
            text("op", 50),
            text("jm", 4),
            flag("rd"),
            text("rn", 25),
            number("rp", 0, 9999),
            money("rw"),
        )
    ),
    "trnipset": Command((text("ni", 30, needed=True), flag("dw"), text("ds", 56))),
    "trdiscntline": Command(
        (
            number("vt", 0, 99, needed=True),
            text("ds", 80, needed=True),
            money("rt", needed=True),
            flag("st"),
            *_REDUCTION,
        )
    ),
    "trdiscntvat": Command((number("vt", 0, 99, needed=True), money("rt"), *_REDUCTION)),
    "trdiscntpromo": Command((number("vt", 0, 99, needed=True), money("rw", needed=True), flag("st"), text("na", 25))),
    "trdiscntsubtot": Command(_REDUCTION),
    "trdiscntbill": Command(_REDUCTION),
    "trsubtotcanc": Command(),
    "showsubtotal": Command(),
    "trpayment": Command(_PAYMENT),
    "trpaymentdelete": Command(_PAYMENT),
    "trpaymentcanc": Command(),
    "trend": Command((money("to"), money("op"), money("om"), money("fp"), money("re"), flag("fe"))),
    "trftrln": Command((number("id", 0, 999, needed=True), text("na", 56), flag("sw"), flag("sh"))),
    "trftrend": Command(),
    "trcancel": Command(),
    "prncancel": Command(),
    "hardprncancel": Command(shared=True),
    "ftrcfg": Command(
        (
            text("cc", 32),
            text("cn", 8),
            flag("ca"),
            text("sn", 30),
            text("bc", 30),
            number("bb", 0, 2),
            text("ln", 170, lines=True),
            flag("lb"),
            number("fe", 0, 3),
        )
    ),
    # other documents
    "stocash": Command((money("kw", needed=True),)),
    "cash": Command((money("kw", needed=True), flag("wp", needed=True))),
    "dailyrep": Command((day("da"), flag("up"))),
    "login": Command((text("na", 32, needed=True), text("nk", 8), flag("dr"))),
    "logout": Command((text("na", 32), text("nk", 8), flag("dr"))),
    "formstart": Command((_FORM, number("fh", 0, 999), text("al", 56))),
    "formline": Command((_FORM, number("fl", 0, 9999, needed=True), text("s1", 300, lines=True), flag("sw"), flag("sh"))),
    "formformattedline": Command((_FORM, text("s1", 300, needed=True), text("ma", 56))),
    "formcmd": Command((_FORM, number("cm", 0, 99, needed=True))),
    "formend": Command((_FORM,)),
    # the rest
    "rtcset": Command((moment("da", needed=True), flag("st"))),
    "opendrwr": Command(),
    "papfeed": Command((number("ln", 1, 20, needed=True),)),
    "dsptxtline": Command(
        (
            number("id", 0, 9, needed=True),
            number("no", 0, 9, needed=True),
            text("ln", 30, needed=True),
            number("th", 0, 2),
        ),
        shared=True,
    ),
}


def read_arguments(command: Command, frame: Frame) -> dict[str, Any]:
    """The parameters of `frame` as values: first what is missing, then what cannot be read. Raises FrameError."""
    for field in command.fields:
        if field.needed and frame.get(field.name) is None:
            raise FrameError(MISSING, field.name)
    arguments = {}
    for field in command.fields:
        value = frame.get(field.name)
        if value is not None:
            arguments[field.name] = field.read(value, field.name)
    return arguments
