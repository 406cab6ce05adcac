"""What the terminal says: status information, completions and aborts, read into named facts.

Follows protocol-specs/zvt, "Messages from the PT". Nothing here raises on a message of whatever content: what cannot be read is
missing, and its bytes are kept. What it means for a payment is decided in `payment.py` and `recovery.py`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from bridge_zvt.frame import Apdu, Bmp, Body, Charset, Code, Container, Fields, decode, number, read
from bridge_zvt.open_points import CASHBACK_OBJECT, TIP_OBJECT

_LONG_TRACE = 0x1F2B
_DATE, _TIME = 0x1F0E, 0x1F0F
_ERROR_CODE, _ERROR_TEXT = 0x1F16, 0x1F17
_DISPLAY, _LINE = 0x24, 0x07

# The order of BMP 60: a count of one byte and a sum of six for each.
SCHEMES = ("girocard", "JCB", "Mastercard", "American Express", "VISA", "Diners", "others")
_TOTALS_SIZE = 53


class Record(BaseModel):
    """One status information (04 0F), live or repeated: what tells one payment from another, and what came of it.

    `raw`: its data in hexadecimal, masked. Numbers are digits as they were sent. `amount`: minor units. `moment`: month, day,
    hour, minute, second as MMDDHHMMSS; `year` where the terminal tells it.
    """

    model_config = ConfigDict(frozen=True)

    raw: str
    result: int | None = None
    amount: int | None = None
    currency: str | None = None
    terminal_id: str | None = None
    receipt: str | None = None
    trace: str | None = None
    turnover: str | None = None
    original_trace: str | None = None
    moment: str | None = None
    year: int | None = None
    totals: bool = False

    @classmethod
    def of(cls, apdu: Apdu) -> Record:
        fields = read(apdu).fields
        objects = fields.tlv
        time, date = fields.digits(Bmp.TIME), fields.digits(Bmp.DATE)
        day = _digits(objects.anywhere(_DATE))
        if date is None and day is not None and len(day) == 8:
            date = day[4:]
        if time is None:
            time = _digits(objects.anywhere(_TIME))
        trace = fields.digits(Bmp.TRACE)
        long_trace = _digits(objects.anywhere(_LONG_TRACE))
        if long_trace is not None and (trace is None or not trace.strip("0")):
            trace = long_trace
        return cls(
            raw=apdu.data.hex(),
            result=fields.byte(Bmp.RESULT),
            amount=fields.number(Bmp.AMOUNT),
            currency=fields.digits(Bmp.CURRENCY),
            terminal_id=hex_of(fields.get(Bmp.TERMINAL_ID)),
            receipt=fields.digits(Bmp.RECEIPT),
            trace=trace,
            turnover=fields.digits(Bmp.TURNOVER),
            original_trace=fields.digits(Bmp.ORIGINAL_TRACE),
            moment=date + time if date is not None and time is not None and len(date + time) == 10 else None,
            year=int(day[:4]) if day is not None and len(day) == 8 else None,
            totals=fields.get(Bmp.TOTALS) is not None,
        )

    @property
    def apdu(self) -> Apdu:
        return Apdu(Code.STATUS_INFORMATION, bytes.fromhex(self.raw))

    @property
    def fields(self) -> Fields:
        return read(self.apdu).fields

    @property
    def approved(self) -> bool:
        return self.result == 0

    def numbers(self) -> tuple[str | None, ...]:
        return (self.receipt, self.trace, self.turnover)

    def at(self, zone: ZoneInfo, near: datetime) -> datetime | None:
        """The time that it tells, in the year that brings it nearest to `near`; None where it tells none that exists."""
        if self.moment is None:
            return None
        years = (self.year,) if self.year is not None else (near.year - 1, near.year, near.year + 1)
        found = []
        for year in years:
            try:
                found.append(datetime.strptime(f"{year:04d}{self.moment}", "%Y%m%d%H%M%S").replace(tzinfo=zone))
            except ValueError:
                continue
        return min(found, key=lambda moment: abs(moment - near), default=None)


def same(one: Record, other: Record) -> bool | None:
    """Whether two records are of one payment: all numbers that both tell are equal. None where that cannot be told: they have none in
    common, or the receipt number alone, which some terminals begin anew each day."""
    if None not in (one.terminal_id, other.terminal_id) and one.terminal_id != other.terminal_id:
        return False
    pairs = [
        (mine, its) for mine, its in zip(one.numbers(), other.numbers(), strict=True) if mine is not None and its is not None
    ]
    if not pairs:  # two payments of one amount may read the same where they tell no time
        return True if one.raw == other.raw and one.moment is not None else None
    if any(mine != its for mine, its in pairs):
        return False
    # A terminal that gives a refusal no number repeats those of the payment before it.
    if None not in (one.moment, other.moment) and one.moment != other.moment:
        if one.amount != other.amount:
            return False
        if None in (one.trace, other.trace) and None in (one.turnover, other.turnover):
            return None
    return one.totals == other.totals


class SchemeCount(BaseModel):
    model_config = ConfigDict(frozen=True)

    scheme: str
    count: int
    sum: int


class Totals(BaseModel):
    """BMP 60. Sums in minor units; a count wraps at 255, and a sum below zero is not marked."""

    model_config = ConfigDict(frozen=True)

    first_receipt: str | None
    last_receipt: str | None
    schemes: tuple[SchemeCount, ...]

    @classmethod
    def of(cls, fields: Fields) -> Totals | None:
        value = fields.get(Bmp.TOTALS)
        if value is None or len(value) < _TOTALS_SIZE:
            return None
        schemes = []
        for at, scheme in enumerate(SCHEMES):
            part = value[4 + 7 * at : 11 + 7 * at]
            schemes.append(SchemeCount(scheme=scheme, count=part[0], sum=number(part[1:]) or 0))
        return cls(first_receipt=_digits(value[0:2]), last_receipt=_digits(value[2:4]), schemes=tuple(schemes))

    @property
    def empty(self) -> bool:
        return not any(scheme.count or scheme.sum for scheme in self.schemes)

    def hold(self, receipt: str) -> bool:
        """Whether this receipt is among those that are added up. Numbers wrap behind 9999; longer ones are cut."""
        if self.first_receipt is None or self.last_receipt is None or not receipt.isdigit():
            return False
        first, last, number_ = int(self.first_receipt), int(self.last_receipt), int(receipt[-4:])
        return first <= number_ <= last if first <= last else number_ >= first or number_ <= last


def text_of(body: Body, charset: Charset) -> str | None:
    """What a message says in words: the display text, the extended error text, or the host's own."""
    objects = body.fields.tlv
    lines = objects.all(_DISPLAY, _LINE)
    if lines:
        return "\n".join(decode(line, charset) for line in lines).strip() or None
    said = objects.anywhere(_ERROR_TEXT) or body.fields.get(Bmp.ADDITIONAL_TEXT)
    return decode(said, charset).strip() or None if said is not None else None


def error_detail(objects: Container) -> str | None:
    """The extended error of 06 1E or 04 0F."""
    return hex_of(objects.anywhere(_ERROR_CODE))


def intermediate(apdu: Apdu, charset: Charset) -> tuple[int, str | None, float | None]:
    """Status, text and, where it asks for one, the new T4 in seconds."""
    body = read(apdu)
    minutes = number(body.parts.get("t4", b"\xff"))
    status = body.byte("status")
    return 0xFF if status is None else status, text_of(body, charset), minutes * 60.0 if minutes else None


def open_receipts(body: Body) -> list[str]:
    """Receipts of open reservations, as 06 1E B8 lists them; FFFF stands for none."""
    found = [_digits(value) for value in body.fields.tlv.all(0x23, 0x08)]
    single = body.fields.get(Bmp.RECEIPT)
    if not found and single is not None:
        found = [_digits(single)]
    return [each for each in found if each is not None]


def amounts_of(fields: Fields) -> tuple[int | None, int | None]:
    """Tip and cashback in minor units, where the terminal tells them."""
    return number(fields.tlv.anywhere(TIP_OBJECT) or b"\xff"), number(fields.tlv.anywhere(CASHBACK_OBJECT) or b"\xff")


def hex_of(value: bytes | None) -> str | None:
    """Eight digits of a terminal id, as people read them: some have letters."""
    return None if value is None else value.hex().upper()


def shown(apdu: Apdu, running: int | None = None) -> dict[str, Any]:
    """A message as evidence: its bytes, masked, and what was read of them."""
    body = read(apdu, running)
    told: dict[str, Any] = {name: value.hex() for name, value in body.parts.items() if name != "password"}
    told |= {f"{item.tag:02X}": item.value.hex() for item in body.fields.items}
    return {"message": str(apdu), "data": apdu.data.hex(), "fields": told}


def difference(record: Record, zone: ZoneInfo, now: datetime) -> timedelta | None:
    """How far the terminal's clock was ahead of ours when this record was made just now."""
    at = record.at(zone, now)
    return None if at is None else at - now


def _digits(value: bytes | None) -> str | None:
    shown_ = value.hex() if value is not None else ""
    return shown_ if shown_.isdigit() else None
