"""What the till says: each command as bytes, with the name that people read and how it ends.

Follows protocol-specs/zvt, "Commands". The order of the fields is that of the reference's examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from bridge_zvt.frame import (
    Apdu,
    Bmp,
    Charset,
    Code,
    Field,
    Tlv,
    amount,
    bcd,
    bcd_digits,
    encode,
    message,
    tag_of_charset,
    tlv_field,
)
from bridge_zvt.open_points import (
    AMOUNT_OBJECT_SIZE,
    CASHBACK_OBJECT,
    PARTIAL_APPROVAL_OBJECT,
    PARTIAL_APPROVAL_VALUE,
    TIP_OBJECT,
)
from bridge_zvt.settings import CURRENCIES, ZvtSettings


class Ends(Enum):
    """What ends a command."""

    ANSWER = "80 00 alone"
    COMPLETION = "06 0F or 06 1E"


@dataclass(frozen=True, slots=True)
class Command:
    """`money`: it may move money, so that a refusal is made sure of."""

    apdu: Apdu
    title: str
    ends: Ends = Ends.COMPLETION
    money: bool = False

    @property
    def code(self) -> int:
        return self.apdu.code


SERVICE_SEND_STATUS = 0x01  # of 06 20: send the status information
SERVICE_NO_PRINT = 0x02
SERVICE_NO_VERSION = 0x02  # of 05 01
END_OF_DAY_RECEIPT = 0x04  # of TLV 1F01

_PERMITTED_COMMANDS = 0x26
_COMMAND = 0x0A
_CHARSETS, _CHARSET = 0x27, 0x14
_RECEIPT_ID = 0x1F01
_REFERENCE, _REFERENCE_TAG, _REFERENCE_VALUE = 0xE9, 0x1F62, 0x1F63
_DIAGNOSIS_TYPE = 0x1B
_ALL_OPEN = b"\xff\xff"


def minor(value: Decimal, currency: str) -> int:
    """An amount in minor units. Raises ValueError where it has more decimals than the currency."""
    scaled = value.scaleb(CURRENCIES[currency][1])
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{value} has more decimals than {currency}")
    return int(scaled)


def major(value: int, currency: str) -> Decimal:
    return Decimal(value).scaleb(-CURRENCIES[currency][1])


def registration(settings: ZvtSettings) -> Command:
    """06 00: who makes receipts, and what the terminal may send."""
    parts = (_password(settings), bytes((settings.config,)), bcd(settings.currency_number, 2))
    items = [Field(Bmp.SERVICE, bytes((settings.service_byte,)))]
    if settings.tlv:
        objects = []
        if settings.receipts == "blocks":
            objects.append(Tlv.of(_PERMITTED_COMMANDS, Tlv(_COMMAND, int(Code.PRINT_BLOCK).to_bytes(2, "big"))))
        tag = tag_of_charset(settings.charset)
        if settings.request_charset and tag is not None:
            objects.append(Tlv.of(_CHARSETS, Tlv(_CHARSET, bytes((tag,)))))
        items.append(tlv_field(*objects))
    return Command(message(Code.REGISTRATION, *parts, items=items), "registration")


def log_off() -> Command:
    return Command(message(Code.LOG_OFF), "log-off", Ends.ANSWER)


def status_enquiry(settings: ZvtSettings, service: int | None = SERVICE_NO_VERSION) -> Command:
    """05 01: is the terminal ready?"""
    parts = (_password(settings),) if settings.status_password else ()
    items = (Field(Bmp.SERVICE, bytes((service,))),) if service is not None and parts else ()
    return Command(message(Code.STATUS_ENQUIRY, *parts, items=items), "status enquiry")


def repeat_receipt(settings: ZvtSettings, *, printed: bool = False, end_of_day: bool = False) -> Command:
    """06 20: the last result once more; without paper the tool of every recovery."""
    service = SERVICE_SEND_STATUS | (0 if printed else SERVICE_NO_PRINT)
    items = [Field(Bmp.SERVICE, bytes((service,)))]
    if end_of_day:
        items.append(tlv_field(Tlv(_RECEIPT_ID, bytes((END_OF_DAY_RECEIPT,)))))
    return Command(message(Code.REPEAT_RECEIPT, _password(settings), items=items), "repeat receipt")


def authorisation(
    settings: ZvtSettings,
    value: int,
    *,
    currency: str,
    tip: int | None = None,
    cashback: int | None = None,
    partial: bool = False,
    reference: str | None = None,
) -> Command:
    """06 01. Amounts in minor units; tip and cashback are parts of `value`."""
    objects = []
    if cashback is not None:
        objects.append(Tlv(CASHBACK_OBJECT, bcd(cashback, AMOUNT_OBJECT_SIZE)))
    if tip is not None:
        objects.append(Tlv(TIP_OBJECT, bcd(tip, AMOUNT_OBJECT_SIZE)))
    if partial:
        objects.append(Tlv(PARTIAL_APPROVAL_OBJECT, PARTIAL_APPROVAL_VALUE))
    items = [amount(value), *_currency(settings, currency), *_type(settings), *_container(settings, objects, reference)]
    return Command(message(Code.AUTHORISATION, items=items), "authorisation", money=True)


def reversal(settings: ZvtSettings, receipt: str, value: int | None, currency: str | None) -> Command:
    """06 30. With an amount the terminal refuses another payment under the same number."""
    items = [_receipt(receipt)]
    if value is not None and currency is not None:
        items += [amount(value), *_currency(settings, currency)]
    return Command(message(Code.REVERSAL, _password(settings), items=items), "reversal", money=True)


def refund(settings: ZvtSettings, value: int, currency: str, reference: str | None = None) -> Command:
    """06 31: a credit to the card that is presented."""
    items = [amount(value), *_currency(settings, currency), *_type(settings), *_container(settings, [], reference)]
    return Command(message(Code.REFUND, _password(settings), items=items), "refund", money=True)


def reservation(settings: ZvtSettings, value: int, currency: str, reference: str | None = None) -> Command:
    """06 22."""
    items = [*_type(settings), *_currency(settings, currency), amount(value), *_container(settings, [], reference)]
    return Command(message(Code.RESERVATION, items=items), "reservation", money=True)


def book(settings: ZvtSettings, receipt: str, value: int, currency: str, authorisation_code: str | None = None) -> Command:
    """06 24: the used part of a reservation is charged, the rest of it is free again."""
    items = [_receipt(receipt), amount(value), *_currency(settings, currency), *_type(settings)]
    if authorisation_code is not None:
        items.append(Field(Bmp.AUTHORISATION, authorisation_code.encode("ascii", "replace")[:8].ljust(8, b"\0")))
    return Command(message(Code.BOOK_TOTAL, items=items), "booking of a reservation", money=True)


def release(settings: ZvtSettings, receipt: str, currency: str) -> Command:
    """06 25: all of a reservation."""
    items = [*_type(settings), _receipt(receipt), *_currency(settings, currency)]
    return Command(message(Code.RESERVATION_REVERSAL, items=items), "release of a reservation", money=True)


def release_part(settings: ZvtSettings, receipt: str, value: int, currency: str) -> Command:
    """06 23: the unused part of a reservation."""
    items = [*_type(settings), _receipt(receipt), amount(value), *_currency(settings, currency)]
    return Command(message(Code.PARTIAL_REVERSAL, items=items), "release of a part of a reservation", money=True)


def open_reservations() -> Command:
    """06 23 with receipt FFFF: which reservations are open. It ends with 06 1E B8 and their numbers."""
    return Command(message(Code.PARTIAL_REVERSAL, items=(Field(Bmp.RECEIPT, _ALL_OPEN),)), "query of open reservations")


def end_of_day(settings: ZvtSettings) -> Command:
    return Command(message(Code.END_OF_DAY, _password(settings)), "end of day", money=True)


def turnover_totals(settings: ZvtSettings) -> Command:
    return Command(message(Code.TURNOVER_TOTALS, _password(settings)), "turnover totals")


def diagnosis(kind: int | None = None) -> Command:
    items = (tlv_field(Tlv(_DIAGNOSIS_TYPE, bytes((kind,)))),) if kind is not None else ()
    return Command(message(Code.DIAGNOSIS, items=items), "diagnosis")


def initialisation(settings: ZvtSettings) -> Command:
    return Command(message(Code.INITIALISATION, _password(settings)), "initialisation")


def set_clock(settings: ZvtSettings, local: datetime) -> Command:
    """06 91, in the terminal's own time."""
    items = (
        Field(Bmp.LONG_DATE, bytes.fromhex(f"{local:%y%m%d}")),
        Field(Bmp.TIME, bytes.fromhex(f"{local:%H%M%S}")),
    )
    return Command(message(Code.SET_CLOCK, _password(settings), items=items), "setting of the clock")


def display_text(lines: tuple[str, ...], charset: Charset) -> Command:
    """06 E0: up to eight lines on the customer's display."""
    items = [Field(Bmp.DISPLAY_LINE_1 + at, encode(line, charset)) for at, line in enumerate(lines)]
    return Command(message(Code.DISPLAY_TEXT, items=items), "display text", Ends.ANSWER)


def abort() -> Command:
    """06 B0."""
    return Command(message(Code.ABORT_COMMAND), "abort", Ends.ANSWER)


def _password(settings: ZvtSettings) -> bytes:
    return bcd_digits(settings.digits, 3)


def _currency(settings: ZvtSettings, currency: str) -> list[Field]:
    return [Field(Bmp.CURRENCY, bcd(CURRENCIES[currency][0], 2))] if settings.send_currency else []


def _type(settings: ZvtSettings) -> list[Field]:
    return [Field(Bmp.STATUS, bytes.fromhex(settings.payment_type))] if settings.payment_type is not None else []


def _receipt(number: str) -> Field:
    """Four digits; terminals that count in six take the last four."""
    return Field(Bmp.RECEIPT, bcd_digits(number[-4:], 2))


def _container(settings: ZvtSettings, objects: list[Tlv], reference: str | None) -> list[Field]:
    if reference is not None and settings.reference_tag is not None:
        named = (
            Tlv(_REFERENCE_TAG, settings.reference_tag.encode()),
            Tlv(_REFERENCE_VALUE, reference.encode("ascii", "replace")),
        )
        objects = [*objects, Tlv.of(_REFERENCE, *named)]
    return [tlv_field(*objects)] if objects and settings.tlv else []
