"""What stands in the parameters of each command and answer: types, limits, and values <-> bytes of the wire.

Follows protocol-specs/posnet, "Data types" and "Commands". The commands as functions are in `commands.py`, the answers
as classes in `answers.py`. Money is Decimal zloty here and integer grosze on the wire; no float anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
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


_MONEY = Field(FieldType.MONEY, "amount", ONLINE.money)
_TOTAL = ONLINE.totalizer


def _text(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.TEXT, meaning, limit)


def _lines(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.LINES, meaning, limit)


def _money(meaning: str, limit: int = ONLINE.money) -> Field:
    return Field(FieldType.MONEY, meaning, limit)


def _count(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.INTEGER, meaning, limit)


def _bool(meaning: str) -> Field:
    return Field(FieldType.BOOL, meaning)


def _moment(meaning: str) -> Field:
    return Field(FieldType.MOMENT, meaning)


def _iso(meaning: str) -> Field:
    return Field(FieldType.ISO, meaning)


def _date(meaning: str) -> Field:
    return Field(FieldType.DATE, meaning)


def _by_rate(prefix: str, meaning: str) -> dict[str, Field]:
    return {prefix + letter.lower(): _money(f"{meaning} in rate {letter}", _TOTAL) for letter in LETTERS}


_RATES = {"v" + letter.lower(): Field(FieldType.RATE, f"rate {letter}") for letter in LETTERS}
_INDEX = Field(FieldType.RATE_INDEX, "VAT rate")
_NUMBER_UNIQUE = _text("unique number")
_IDENTITY = {
    "nm": _text("model"),
    "vr": _text("version of the protocol"),
    "nu": _NUMBER_UNIQUE,
    "vf": _text("firmware"),
}
_DISCOUNT = {
    "na": _text("name", ONLINE.discount_name),
    "rd": _bool("1 discount, 0 surcharge"),
    "rp": Field(FieldType.PERCENT, "percent", ONLINE.percent),
    "rw": _money("amount"),
}
_PERIOD = {"su": _bool("summary only")}

_FIELDS: dict[str, dict[str, Field]] = {
    # identification and status
    "getrealid": _IDENTITY,
    "sid": _IDENTITY,
    "scomm": {
        "fs": _bool("fiscal mode"),
        "tz": _bool("totals are zero"),
        "ts": _count("open document"),
        "hr": _bool("header is programmed"),
        "nu": _NUMBER_UNIQUE,
        "td": _bool("read-only"),
    },
    "sdev": {
        "ds": _count("state"),
        "cp": _bool("charger"),
        "qe": _bool("command queue is empty"),
        "pe": _bool("paper is near its end"),
        "tl": _count("who holds the printer"),
    },
    "sprn": {"pr": _count("state of the mechanism")},
    "strns": {
        "to": _bool("a document is open"),
        "ts": _count("open or last document"),
        **_by_rate("v", "gross"),
        "pp": _money("packaging issued", _TOTAL),
        "pm": _money("packaging returned", _TOTAL),
        "re": _money("change", _TOTAL),
        "fp": _money("payments", _TOTAL),
        "fe": _bool("fiscal part closed, footer open"),
    },
    "scnt": {
        "rd": _count("daily reports"),
        "hn": _count("next header"),
        "bn": _count("receipts"),
        "fn": _count("invoices"),
        "nu": _NUMBER_UNIQUE,
        "bc": _count("cancelled receipts"),
        "bt": _count("last receipt"),
        "fc": _count("cancelled invoices"),
    },
    "stot": {
        "no": _count("next daily report"),
        **_by_rate("f", "invoices"),
        "fn": _count("invoices"),
        **_by_rate("p", "receipts"),
        "pn": _count("receipts"),
        "ct": _money("cancelled receipts", _TOTAL),
        "cn": _count("cancelled receipts"),
        "cc": _count("changes of the goods base"),
        **_RATES,
        "ds": _moment("first sale"),
        "is": _iso("first sale"),
        "de": _moment("last sale"),
        "ie": _iso("last sale"),
        "ft": _money("cancelled invoices", _TOTAL),
        "fl": _count("cancelled invoices"),
        "nf": _count("non-fiscal printouts"),
        "bc": _count("emergencies"),
        "le": _count("user events"),
        "oe": _count("online events"),
        "tf": _count("failed transfers"),
    },
    "sfsk": {
        "fs": _bool("fiscal mode"),
        "cl": _count("RAM clears"),
        "rd": _count("daily reports"),
        "vt": _count("changes of VAT rates"),
        **_RATES,
        "rw": _moment("last daily report"),
        "tm": _iso("last daily report"),
        "nu": _NUMBER_UNIQUE,
    },
    "vatget": _RATES,
    "rtcget": {"da": _moment("clock"), "tm": _iso("clock")},
    "rtcset": {"da": _moment("clock"), "st": _text("daylight saving time")},
    "sdrwr": {"ds": _count("drawer"), "ks": _count("key")},
    "scashstate": {"cs": _money("cash in the drawer", _TOTAL)},
    "eclastdocnoget": {"ty": _count("kind of document", 13), "di": _count("number in protected memory")},
    "authstateget": {"il": _count("days of authorisation left")},
    "currget": {"na": _text("currency")},
    "discounttypeget": {"dt": _count("method of percent discounts", 1)},
    "billcountercfgget": {"dl": _bool("receipts are counted by day")},
    "dbchkplu": {
        "vt": _INDEX,
        "na": _text("name", ONLINE.name),
        "vv": Field(FieldType.RATE, "rate kept"),
        "bl": _bool("locked"),
    },
    "rpt": {},
    "fmrecrd": {
        "no": _count("number of the daily report"),
        "ty": _count("kind of record"),
        **_by_rate("f", "invoices"),
        **_by_rate("p", "receipts"),
        "pn": _count("receipts"),
        "fn": _count("invoices"),
        "cn": _count("cancelled receipts"),
        "ct": _money("cancelled receipts", _TOTAL),
        "si": _text("signature"),
    },
    # receipt
    "trinit": {"bm": _bool("block mode")},
    "trline": {
        "na": _text("name", ONLINE.name),
        "vt": _INDEX,
        "pr": _money("unit price", ONLINE.price),
        "st": _bool("storno"),
        "wa": _MONEY,
        "il": Field(FieldType.NUMBER, "quantity", int(ONLINE.quantity_max)),
        "op": _text("description", ONLINE.description),
        "jm": _text("unit", ONLINE.unit),
        "rd": _bool("1 discount, 0 surcharge"),
        "rn": _text("name of the discount", ONLINE.discount_name),
        "rp": Field(FieldType.PERCENT, "percent", ONLINE.percent),
        "rw": _money("amount of the discount"),
        "np": _text("classification (PKWiU)", ONLINE.classification),
        "nc": _text("goods code", ONLINE.goods_code),
    },
    "trnipset": {
        "ni": _text("tax id", ONLINE.tax_id),
        "dw": _bool("emphasised"),
        "ds": _text("label", ONLINE.tax_id_label),
    },
    "trdiscntsubtot": _DISCOUNT,
    "trdiscntbill": _DISCOUNT,
    "trpayment": {
        "ty": _count("means of payment", 8),
        "wa": _MONEY,
        "na": _text("name", ONLINE.payment_name),
        "re": _bool("change"),
    },
    "trpaymentcanc": {},
    "trsubtotcanc": {},
    "trend": {
        "to": _money("fiscal total", _TOTAL),
        "op": _money("packaging issued", _TOTAL),
        "om": _money("packaging returned", _TOTAL),
        "fp": _money("payments", _TOTAL),
        "re": _money("change", _TOTAL),
        "fe": _bool("finish"),
    },
    "trftrln": {
        "id": _count("kind of line", 42),
        "na": _text("text"),
        "sw": _bool("wide"),
        "sh": _bool("high"),
    },
    "trftrend": {},
    "prncancel": {},
    "trcancel": {},
    "hardprncancel": {},
    "ftrcfg": {
        "cc": _text("cashier", ONLINE.cashier),
        "cn": _text("till", ONLINE.till),
        "ca": _bool("keep cashier and till"),
        "sn": _text("system number", ONLINE.system_number),
        "bc": _text("bar code", ONLINE.bar_code),
        "bb": _count("2D code", 2),
        "ln": _lines("information"),
        "lb": _bool("keep the information"),
        "fe": _count("cutting", 3),
    },
    # reports, cash, drawer, non-fiscal printouts
    "dailyrep": {"da": _date("date"), "up": _text("unconditional")},
    "monthlyrep": {"da": _date("month"), **_PERIOD},
    "periodicrepbydates": {"fd": _date("from"), "td": _date("to"), **_PERIOD},
    "periodicrepbynumbers": {"fn": _count("from"), "tn": _count("to"), **_PERIOD},
    "cash": {"kw": _MONEY, "wp": _bool("in")},
    "stocash": {"kw": _MONEY},
    "opendrwr": {},
    "papfeed": {"ln": _count("lines", ONLINE.feed_lines)},
    "login": {"na": _text("cashier", ONLINE.cashier), "nk": _text("till", ONLINE.till), "dr": _bool("print")},
    "logout": {},
    "formstart": {"fn": _count("form", 201), "fh": _count("header"), "al": _text("title")},
    "formline": {
        "s1": _lines("values"),
        "fn": _count("form", 201),
        "fl": _count("line"),
        "sw": _bool("wide"),
        "sh": _bool("high"),
    },
    "formformattedline": {
        "s1": _text("text with & marks", ONLINE.form_text),
        "fn": _count("form", 201),
        "ma": _text("mask"),
    },
    "formcmd": {"fn": _count("form", 201), "cm": _count("0 blank, 1 rule", 1)},
    "formend": {"fn": _count("form", 201)},
    "formisstarted": {"is": _bool("a form is open")},
}

# mnemonic -> parameter -> what it is; parameters of a command and of its answer together (no name means two things).
FIELDS = MappingProxyType(_FIELDS)

# Commands that change the device, its paper or its memory: they get a token, and are never sent twice.
MUTATING = frozenset(
    (
        "cash", "dailyrep", "formcmd", "formend", "formformattedline", "formline", "formstart", "ftrcfg",
        "hardprncancel", "login", "logout", "monthlyrep", "opendrwr", "papfeed", "periodicrepbydates",
        "periodicrepbynumbers", "prncancel", "rtcset", "stocash", "trcancel", "trdiscntbill", "trdiscntsubtot",
        "trend", "trftrend", "trftrln", "trinit", "trline", "trnipset", "trpayment", "trpaymentcanc", "trsubtotcanc",
    )
)  # fmt: skip

# Commands that may overtake the queue with a leading "!".
IMMEDIATE = frozenset(("sprn", "sdev", "sdrwr", "sdspexternal", "break"))

# Every mnemonic of the reference, built or not: anything else is answered with `ERR ?1`.
KNOWN_COMMANDS = frozenset(FIELDS) | frozenset(
    (
        "azteccode", "break", "cashstaterep", "changekeys", "comcfgget", "comcfgset", "commcfgrep", "currrateset",
        "dbchkstart", "dbtrdelall", "discounttypeset", "dmcode", "dspcmd", "dsptxt", "dsptxtline",
        "eclastprintouts", "ecprndoc", "ecprnfv", "endrepro", "eparagonbuffercontextget",
        "eparagonbuffercontextset", "eparagonbufferfreecntget", "eparagonbufferget", "eparagonbuffersummaryget",
        "eparagonconnectiontest", "eparagondefaultset", "eparagonidzcancel", "eparagonidznext", "eparagonidzprev",
        "eparagonrep", "eparagonscheduleset", "eparagonstatusget", "eparagonstatusset", "fiscalize", "fmrecclr",
        "fmrecfindbydate", "fmrecpowerfail", "fmrectypeget", "fmrecvat", "formbarcode", "formbarcode2d",
        "formimage", "formtinyline", "ftrinfoget", "ftrinfoset", "getprogfiscid", "hardwarecfgrep", "hdrget",
        "hdrset", "maintenance", "ownershiptypeget", "packret", "pccfgget", "pccfgset", "pdf417code", "progid",
        "protoswitch", "qrcode", "reponline", "repositoryunregister", "resetprogid", "rtcsync", "sdspexternal",
        "servicerep", "shiftrep", "showsubtotal", "tcpipcfgget", "tcpipcfgset", "tradvance", "trdiscntline",
        "trdiscntpromo", "trdiscntvat", "trfvbuyer", "trfvcashmet", "trfvexecution", "trfvfree", "trfvfreedata",
        "trfvinit", "trfvnumber", "trfvothergoods", "trfvrep", "trfvreverse", "trfvselfbill", "trfvsep",
        "trfvthreeway", "trfvtoursrv", "trfvtransport", "trlogframecfgset", "trlogset", "trpack", "trpackinit",
        "trpackprnend", "trpaymentcurr", "trpaymentcurrdelete", "trpaymentdelete", "usbdrvtypeset", "usetypeget",
        "vatset",
    )
)  # fmt: skip
