"""Types and limits of parameters, and values <-> bytes of the wire.

Follows protocol-specs/posnet, "Data types". Which command has which parameters is in `vocabulary/`. Money is Decimal zloty here and integer grosze on the wire; no float anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal

from bridge_posnet.frame import LocalError

RATES = 7  # VAT rates of every model: A to G, wire index 0 to 6
LETTERS = "ABCDEFG"

RateKind = Literal["rate", "exempt", "inactive"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a generation of printers. Lengths in bytes (= characters), money in grosze."""

    name: int = 80  # trline na
    description: int = 50  # trline op
    unit: int = 4  # trline jm
    discount_name: int = 25  # trline rn
    payment_name: int = 25  # trpayment na
    classification: int = 49  # trline np, invoices only
    goods_code: int = 51  # trline nc, invoices only
    tax_id: int = 30  # trnipset ni
    tax_id_label: int = 56  # trnipset ds
    cashier: int = 32  # ftrcfg cc
    till: int = 8  # ftrcfg cn
    system_number: int = 30  # ftrcfg sn
    bar_code: int = 30  # ftrcfg bc
    info_lines: int = 3  # ftrcfg ln
    packaging_number: int = 11  # trpack na, digits
    packaging_description: int = 40  # trpack de; what is longer is cut by the printer
    footer_line: int = 40  # trftrln na; as on the narrowest paper [?]
    currency_rate: int = 99_999_999_999  # trpaymentcurr ra, ten-thousandths
    invoice_title: int = 23  # trfvinit nm, at 40 characters a line
    buyer_name: int = 256  # trfvbuyer na, and ad
    buyer_tax_id: int = 20  # trfvbuyer ni
    invoice_number: int = 40  # trfvnumber nb
    invoice_copies: int = 9  # trfvinit cc
    free_line: int = 64  # trfvfreedata tx, with its marks
    free_line_visible: int = 40  # trfvfreedata tx, without them
    free_lines: int = 100  # trfvfreedata in one invoice
    shift: int = 8  # shiftrep sh
    display_line: int = 30  # dsptxtline ln
    display_lines: int = 8  # more has no known model [?]
    code_2d: int = 2_000  # bytes in qrcode tx and its kin; twice as many digits
    customer_id: int = 128  # eparagonidznext id
    server: int = 80  # eparagonidznext ad
    form_text: int = 96  # formformattedline s1, with its marks
    form_text_visible: int = 56  # formformattedline s1, without them
    money: int = 9_999_999_999  # every amount, unless said otherwise
    price: int = 499_999_999_999  # trline pr
    totalizer: int = 49_999_999_999  # totals in answers
    percent: int = 9_999  # rp, in hundredths of a percent
    quantity_min: Decimal = Decimal("0.00000001")
    quantity_max: Decimal = Decimal("9999999999")
    quantity_decimals: int = 8
    receipt_lines: int = 500
    invoice_lines: int = 120
    footer_lines: int = 60  # trftrln
    feed_lines: int = 20  # papfeed ln
    stored_answers: int = 32  # what `rpt` can still find; also at most 1 KiB, about 15 answers to strns


ONLINE = Limits()
OLD_MODEL = Limits(name=40, description=35)  # Thermal FV EJ, HS FV EJ, FV

# "No sale yet" of stot, "no report yet" of sfsk, and the times of an e-document not sent yet.
NEVER = datetime(2000, 1, 1, 1, 0)  # noqa: DTZ001 -- the printer tells local time without a zone


class FieldType(StrEnum):
    """How a value is written. The text says it in words, for logs and messages."""

    TEXT = "text of one line"
    LINES = "text of several lines, separated by LF"
    MONEY = "integer grosze"
    INTEGER = "whole number"
    NUMBER = "number with a decimal point or comma"
    PERCENT = "hundredths of a percent"
    RATE = "VAT rate with two decimals; 100,00 exempt, 101,00 inactive"
    RATE_INDEX = "VAT rate 0 to 6, A to G"
    BOOL = "1 t T y Y or 0 n N"
    DATE = "yyyy-mm-dd"
    MOMENT = "yyyy-mm-dd;hh:mm"
    ISO = "yyyy-mm-ddThh:mm:ss+hh:mm"


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a command or its answer. `limit`: bytes of a text, greatest number else."""

    type: FieldType
    meaning: str
    limit: int | None = None


class BadValue(LocalError):
    """A value that the protocol cannot carry in this parameter. Nothing was sent."""

    def __init__(self, mnemonic: str, field: str, value: object, reason: str) -> None:
        super().__init__(f"{mnemonic} {field}: {value!r} {reason}")
        self.mnemonic = mnemonic
        self.field = field
        self.value = value
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the seven VAT rates. `percent` is None unless `kind` is "rate"; letter A has index 0."""

    index: int
    letter: str
    kind: RateKind
    percent: Decimal | None


def rate_of(index: int, value: bytes) -> Rate:
    """The rate that `vatget`, `sfsk` or `stot` reports: b"23,00", b"100,00" (exempt), b"101,00" (inactive).

    Raises ValueError where it is no rate.
    """
    percent = read_number(value)
    letter = LETTERS[index]
    if percent == 100:
        return Rate(index, letter, "exempt", None)
    if percent == 101:
        return Rate(index, letter, "inactive", None)
    if not 0 <= percent < 100:
        raise ValueError(f"{percent} is no VAT rate")
    return Rate(index, letter, "rate", percent.quantize(Decimal("0.01"), ROUND_HALF_UP))


_CONTROL = re.compile(rb"[\x00-\x1f]")
_CONTROL_BUT_LF = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_NUMBER = re.compile(rb"-?[0-9]{1,20}(?:[.,][0-9]{1,12})?")
_INTEGER = re.compile(rb"-?[0-9]{1,20}")
_DATE = re.compile(rb"([0-9]{4})[-./]([0-9]{2})[-./]([0-9]{2})")
_MOMENT = re.compile(rb"([0-9]{4})[-./]([0-9]{2})[-./]([0-9]{2})[,; ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_TRUE = frozenset((b"1", b"t", b"T", b"y", b"Y"))
_FALSE = frozenset((b"0", b"n", b"N"))


def read_integer(value: bytes) -> int:
    if not _INTEGER.fullmatch(value):
        raise ValueError("no whole number")
    return int(value)


def read_number(value: bytes) -> Decimal:
    if not _NUMBER.fullmatch(value):
        raise ValueError("no number")
    return Decimal(value.decode("ascii").replace(",", "."))


def read_money(value: bytes) -> Decimal:
    """Grosze of the wire as zloty with two places."""
    return Decimal(read_integer(value)).scaleb(-2)


def read_bool(value: bytes) -> bool:
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise ValueError("neither true nor false")


def read_date(value: bytes) -> date:
    found = _DATE.fullmatch(value)
    if found is None:
        raise ValueError("no date")
    year, month, day = (int(part) for part in found.groups())
    return date(year, month, day)


def read_moment(value: bytes) -> datetime:
    """The printer's local time, without zone."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        raise ValueError("no date and time")
    return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001


def read_iso(value: bytes) -> datetime:
    """A time with its zone."""
    moment = datetime.fromisoformat(value.decode("ascii", "replace"))
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def malformed(field: Field, value: bytes) -> str | None:
    """Why these bytes are no value of that field; None where they are one."""
    try:
        number: Decimal | None = None
        match field.type:
            case FieldType.TEXT | FieldType.LINES:
                if field.limit is not None and len(value) > field.limit:
                    return f"{len(value)} bytes, at most {field.limit} are allowed"
                if (_CONTROL_BUT_LF if field.type is FieldType.LINES else _CONTROL).search(value):
                    return "holds a control character"
            case FieldType.MONEY | FieldType.INTEGER | FieldType.PERCENT:
                number = Decimal(read_integer(value))
            case FieldType.RATE_INDEX:
                number = Decimal(read_integer(value))
                if not 0 <= number < RATES:
                    return "is no rate index 0 to 6"
            case FieldType.NUMBER:
                number = read_number(value)
            case FieldType.RATE:
                rate_of(0, value)
            case FieldType.BOOL:
                read_bool(value)
            case FieldType.DATE:
                read_date(value)
            case FieldType.MOMENT:
                read_moment(value)
            case FieldType.ISO:
                read_iso(value)
        if number is not None and field.limit is not None and abs(number) > field.limit:
            return f"is above {field.limit}"
    except (ValueError, InvalidOperation):
        return f"is not of the form: {field.type}"
    return None
