"""Commands as the driver builds them: names, units of people, limits. Answers are in `answers.py`.

Follows protocol-specs/atol, "Commands". What a receipt is made of is in `sale.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from bridge.plugin import BadValue, write_fields
from bridge_atol.layout import CODE_PAGE, Value
from bridge_atol.open_points import CUT_PARTLY, QR_ALIGNMENT, QR_OPTIONS
from bridge_atol.vocabulary import CODE, SHAPES, Mode, Shape

MAX_KOPECKS = 10**10 - 1  # of payments and sums of cash: ten digits
LINE = 64  # characters of a printed line, where the device does not tell
PRINTS = 0x01  # flag of E8: the tag goes on paper
ELECTRONIC = 0x04  # flag of 92: nothing is printed

# Flags of EB.
NO_CASH_CONTROL = 0x02
COMPUTES_TAX = 0x08

X_REPORT = 0x01
CUSTOMER_DISPLAY = 1

MARK_OF_ITEM = 0x08  # first byte of EF: a marking code for the item
MARKING = 240  # bytes of a marking code; the longest are half as long


@dataclass(frozen=True, slots=True)
class Command:
    """One command without its password."""

    shape: Shape
    parameters: bytes = b""

    @property
    def code(self) -> int:
        return self.shape.code

    @property
    def body(self) -> bytes:
        return self.shape.head + self.parameters

    def to_bytes(self, password: str) -> bytes:
        """`password`: four digits, that of access."""
        return bytes.fromhex(password) + self.body


def build(number: int, /, **values: Value) -> Command:
    """A command of the table. Raises BadValue naming the field."""
    shape = SHAPES[number]
    return Command(shape, write_fields(shape.request, values))


def kopecks(amount: Decimal, field: str = "amount") -> int:
    """An amount of the receipt's currency in the unit of the wire. Raises BadValue."""
    value = int(amount.scaleb(2))
    if Decimal(value) != amount.scaleb(2) or not 0 <= value <= MAX_KOPECKS:
        raise BadValue(field, f"{amount:f} is not between 0.00 and {Decimal(MAX_KOPECKS).scaleb(-2):f} in whole kopecks")
    return value


def thousandths(quantity: Decimal) -> int:
    value = int(quantity.scaleb(3))
    if Decimal(value) != quantity.scaleb(3) or not 0 < value <= MAX_KOPECKS:
        raise BadValue("quantity", f"{quantity:f} cannot be written in thousandths")
    return value


# --- questions


def device_type() -> Command:
    return build(0xA5)


def full_status() -> Command:
    return build(0x3F)


def state() -> Command:
    return build(0x45)


def register(number: int, first: int = 0, second: int = 0) -> Command:
    return build(0x9100 | number, first=first, second=second)


def storage_status() -> Command:
    return build(0xA430)


def storage_life() -> Command:
    return build(0xA432)


def exchange_status() -> Command:
    return build(0xA420)


def find_document(number: int) -> Command:
    return build(0xA440, document=number)


def choose_document(number: int) -> Command:
    return build(0xA445, document=number)


def next_block() -> Command:
    return build(0xA446)


def attribute(tag: int) -> Command:
    return build(0xE9, tag=tag, block=0)


# --- modes


def exit_mode() -> Command:
    return build(0x48)


def enter_mode(mode: Mode, password: str) -> Command:
    return build(0x56, mode=mode.value, mode_password=password)


# --- documents


def cancel_receipt() -> Command:
    return build(0x59)


def open_shift() -> Command:
    return build(0x9A, flags=0, text="")


def close_shift() -> Command:
    return build(0x5A)


def x_report() -> Command:
    return build(0x67, type=X_REPORT)


def open_receipt(kind: int, *, paper: bool) -> Command:
    return build(0x92, flags=0 if paper else ELECTRONIC, type=kind)


def write_tag(tags: bytes) -> Command:
    """Behind `begin_item` the tag belongs to the item, else to the document."""
    return build(0xE8, flags=PRINTS, blocks=1, block=0, tags=tags)


def begin_item() -> Command:
    return build(0xEA, flags=0, parameter=1, reserved=0)


def finish_item(
    *,
    name: str,
    price: Decimal,
    quantity: Decimal,
    amount: Decimal,
    tax: int,
    department: int = 0,
    subject: int = 0,
    method: int = 0,
    computes_tax: bool = True,
) -> Command:
    """`computes_tax`: the device does. Raises BadValue."""
    return build(
        0xEB,
        flags=NO_CASH_CONTROL | (COMPUTES_TAX if computes_tax else 0),
        price=kopecks(price, "price"),
        quantity=thousandths(quantity),
        amount=kopecks(amount, "total"),
        tax=tax,
        tax_sum=0,
        department=department,
        subject=subject,
        method=method,
        discount_sign=0,
        discount=0,
        reserved=bytes(2),
        name=name,
    )


def marking_code(code: bytes) -> Command:
    """Of the item that was begun, as it was read. Raises BadValue."""
    if len(code) > MARKING:
        raise BadValue("marking", f"{len(code)} bytes, at most {MARKING} are possible")
    return build(0xEF, data=bytes((MARK_OF_ITEM, 0)) + code)


def round_down(amount: Decimal) -> Command:
    """A discount on the whole receipt, by which a total becomes round."""
    return build(0x43, flags=0, area=0, type=1, sign=0, sum=kopecks(amount, "rounding"))


def payment(kind: int, amount: Decimal) -> Command:
    return build(0x99, flags=0, type=kind, sum=kopecks(amount))


def close_receipt() -> Command:
    """All payments were told: nothing is left to pay."""
    return build(0x4A, flags=0, type=1, sum=0)


def cash_in(amount: Decimal) -> Command:
    return build(0x49, flags=0, sum=kopecks(amount))


def cash_out(amount: Decimal) -> Command:
    return build(0x4F, flags=0, sum=kopecks(amount))


# --- effects


def open_drawer() -> Command:
    return build(0x80)


def print_line(text: str) -> Command:
    return build(0x4C, text=text)


def print_wide_line(text: str) -> Command:
    """09 in front of each character doubles its width."""
    return Command(SHAPES[0x4C], b"".join(b"\x09" + character.encode(CODE_PAGE) for character in text))


def print_qr(data: bytes, *, scale: int) -> Command:
    """Type 00 is QR; alignment, options and what else is in front of the content are those of the one frame that is known [A10]."""
    parameters = bytes((0, QR_ALIGNMENT, scale, 0, 0, *QR_OPTIONS)).ljust(14, b"\0")
    return build(0xC1, parameters=parameters, code=data.ljust(CODE, b"\0"))


def cut(*, whole: bool) -> Command:
    return build(0x75, type=1 if whole else CUT_PARTLY)


def print_footer() -> Command:
    return build(0x73)


def repeat_document() -> Command:
    return build(0x95)


def set_date(day: date) -> Command:
    return build(0x64, date=day)


def set_time(at: time) -> Command:
    return build(0x4B, time=at.replace(microsecond=0, tzinfo=None))


def show(text: str) -> Command:
    """On the customer's display."""
    return build(0x8F, device=CUSTOMER_DISPLAY, text=text)
