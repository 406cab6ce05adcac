"""Commands as the driver builds them: names, units of people, limits. Answers are in `answers.py`.

Follows protocol-specs/shtrih-m, "Commands" and "FN commands". What a receipt is made of is in `sale.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from bridge.plugin import BadValue, write_fields
from bridge_shtrih_m.layout import Value
from bridge_shtrih_m.open_points import BAR_TEXT_BELOW
from bridge_shtrih_m.vocabulary import SHAPES, Shape

MAX_KOPECKS = 9_999_999_999
NAME = 128  # characters of an item's name
CLASSIC_NAME = 40
LINE = 40  # characters of a printed line that every model takes
TAGS = 250  # bytes of TLV in one command
NOT_PRINTED = "//"  # at the begin of an item's name
QR_BLOCK = 64
QR_BLOCKS = 128  # kept by the device
CODE_128 = 48  # characters
BAR_HEIGHT, BAR_WIDTH = 100, 2  # dots

RECEIPT_PAPER = 2  # flag of the printing commands


@dataclass(frozen=True, slots=True)
class Command:
    """One command without its password. `administrator`: it needs that of the system administrator."""

    shape: Shape
    parameters: bytes = b""
    administrator: bool = False

    def to_bytes(self, password: int) -> bytes:
        """Code, password where it has one, parameters."""
        return self.shape.head + (password.to_bytes(4, "little") if self.shape.password else b"") + self.parameters

    @property
    def code(self) -> int:
        return self.shape.code


def build(number: int, /, *, administrator: bool = False, **values: Value) -> Command:
    """A command of the table. Raises BadValue naming the field."""
    shape = SHAPES[number]
    parameters = write_fields(shape.request, values)
    if len(parameters) > shape.room:
        raise BadValue(shape.request[-1].name, f"{len(parameters)} bytes, at most {shape.room} are possible")
    return Command(shape, parameters, administrator)


def kopecks(amount: Decimal, field: str = "amount") -> int:
    """An amount of the receipt's currency in the unit of the wire. Raises BadValue."""
    value = int(amount.scaleb(2))
    if Decimal(value) != amount.scaleb(2) or not 0 <= value <= MAX_KOPECKS:
        raise BadValue(field, f"{amount:f} is not between 0.00 and {Decimal(MAX_KOPECKS).scaleb(-2):f} in whole kopecks")
    return value


def _units(quantity: Decimal, places: int, size: int) -> int:
    value = int(quantity.scaleb(places))
    if Decimal(value) != quantity.scaleb(places) or not 0 < value < 1 << (8 * size):
        raise BadValue("quantity", f"{quantity:f} cannot be written in units of {Decimal(1).scaleb(-places):f}")
    return value


# --- questions


def device_type() -> Command:
    return build(0xFC)


def model_parameters() -> Command:
    return build(0xF7, type=1)


def short_status() -> Command:
    return build(0x10)


def full_status() -> Command:
    return build(0x11)


def money_register(number: int) -> Command:
    return build(0x1A, register=number)


def operation_register(number: int) -> Command:
    return build(0x1B, register=number)


def subtotal() -> Command:
    return build(0x89)


def read_field(table: int, row: int, field: int) -> Command:
    return build(0x1F, administrator=True, table=table, row=row, field=field)


def field_info(table: int, field: int) -> Command:
    return build(0x2E, administrator=True, table=table, field=field)


def font(number: int) -> Command:
    return build(0x26, administrator=True, font=number)


def storage_status() -> Command:
    return build(0xFF01, administrator=True)


def storage_life() -> Command:
    return build(0xFF03, administrator=True)


def registration() -> Command:
    return build(0xFF09, administrator=True)


def registration_tag(number: int, tag: int) -> Command:
    """A tag of the registration with this number."""
    return build(0xFF0E, administrator=True, registration=number, tag=tag)


def find_document(number: int) -> Command:
    return build(0xFF0A, administrator=True, document=number)


def choose_document(number: int) -> Command:
    return build(0xFF3A, administrator=True, document=number)


def next_tags() -> Command:
    return build(0xFF3B, administrator=True)


def ticket(number: int) -> Command:
    return build(0xFF3C, administrator=True, document=number)


def exchange_status() -> Command:
    return build(0xFF39, administrator=True)


def shift_state() -> Command:
    return build(0xFF40, administrator=True)


# --- settings and clock


def write_field(table: int, row: int, field: int, value: bytes) -> Command:
    return build(0x1E, administrator=True, table=table, row=row, field=field, value=value)


def set_time(moment: datetime) -> Command:
    return build(0x21, administrator=True, time=moment.time())


def set_date(day: date) -> Command:
    return build(0x22, administrator=True, date=day)


def confirm_date(day: date) -> Command:
    return build(0x23, administrator=True, date=day)


# --- documents


def open_shift() -> Command:
    return build(0xE0)


def begin_open_shift() -> Command:
    return build(0xFF41, administrator=True)


def begin_close_shift() -> Command:
    return build(0xFF42, administrator=True)


def x_report() -> Command:
    return build(0x40, administrator=True)


def z_report() -> Command:
    return build(0x41, administrator=True)


def cash_in(amount: Decimal) -> Command:
    return build(0x50, sum=kopecks(amount))


def cash_out(amount: Decimal) -> Command:
    return build(0x51, sum=kopecks(amount))


def open_receipt(kind: int) -> Command:
    """0 sale, 1 purchase, 2 return of a sale, 3 return of a purchase."""
    return build(0x8D, type=kind)


def item(
    operation: int,
    *,
    name: str,
    quantity: Decimal,
    price: Decimal,
    amount: Decimal,
    vat: int,
    department: int,
    method: int,
    subject: int,
) -> Command:
    """The amount goes along, so that the device and we mean the same. It computes the tax."""
    return build(
        0xFF46,
        operation=operation,
        quantity=_units(quantity, 6, 6),
        price=kopecks(price, "price"),
        amount=kopecks(amount),
        tax=None,
        vat=vat,
        department=department,
        method=method,
        subject=subject,
        name=name,
    )


def item_tags(tags: bytes) -> Command:
    return build(0xFF4D, administrator=True, tags=tags)


def document_tags(tags: bytes) -> Command:
    return build(0xFF0C, administrator=True, tags=tags)


def close_receipt(
    payments: Sequence[Decimal], *, rounding: int = 0, taxes: Sequence[Decimal] = (Decimal(0),) * 6, taxation: int, text: str = ""
) -> Command:
    """`payments`: of the sixteen kinds. `taxes`: all zero where the device computes them."""
    return build(
        0xFF45,
        payments=[kopecks(amount, "payments") for amount in payments],
        rounding=rounding,
        taxes=[kopecks(amount, "taxes") for amount in taxes],
        taxation=taxation,
        text=text,
    )


def begin_correction() -> Command:
    return build(0xFF35, administrator=True)


def correction(
    kind: int, sign: int, total: Decimal, payments: Sequence[Decimal], taxes: Sequence[Decimal], taxation: int
) -> Command:
    return build(
        0xFF4A,
        type=kind,
        sign=sign,
        total=kopecks(total, "total"),
        payments=[kopecks(amount, "payments") for amount in payments],
        taxes=[kopecks(amount, "taxes") for amount in taxes],
        taxation=taxation,
    )


def cancel_receipt() -> Command:
    return build(0x88)


def cancel_storage_document() -> Command:
    return build(0xFF08, administrator=True)


# --- the older way of a receipt


def classic_item(
    code: int, *, name: str, quantity: Decimal, price: Decimal, department: int, taxes: tuple[int, int, int, int]
) -> Command:
    """80h sale, 81h purchase, 82h and 83h their returns."""
    return build(
        code,
        quantity=_units(quantity, 3, 5),
        price=kopecks(price, "price"),
        department=department,
        taxes=bytes(taxes),
        text=name,
    )


def classic_close(payments: Sequence[Decimal], text: str = "") -> Command:
    """`payments`: cash and three more kinds."""
    cash, second, third, fourth = (kopecks(amount, "payments") for amount in payments)
    return build(0x85, cash=cash, payment2=second, payment3=third, payment4=fourth, discount=0, taxes=bytes(4), text=text)


# --- printing


def continue_printing() -> Command:
    return build(0xB0)


def print_line(text: str) -> Command:
    return build(0x17, flags=RECEIPT_PAPER, text=text)


def print_wide_line(text: str) -> Command:
    return build(0x12, flags=RECEIPT_PAPER, text=text)


def repeat_receipt() -> Command:
    return build(0x8C)


def cut(*, whole: bool = False) -> Command:
    return build(0x25, type=0 if whole else 1)


def open_drawer(number: int) -> Command:
    return build(0x28, drawer=number)


def feed(lines: int) -> Command:
    return build(0x29, flags=RECEIPT_PAPER, lines=lines)


def open_printout() -> Command:
    return build(0xE2)


def close_printout() -> Command:
    return build(0xE3)


def code_block(number: int, data: bytes) -> Command:
    """64 bytes of a 2D code, kept under this number. Prints nothing."""
    return build(0xDD, type=0, block=number, data=data.ljust(QR_BLOCK, b"\0"))


def print_qr(length: int, *, first_block: int = 0, dot: int = 5, level: int = 1, alignment: int = 1) -> Command:
    """The code of so many bytes in the blocks from this one on. `level`: 0 to 3, L M Q H; `alignment`: 0 to 2, from left to right."""
    return build(
        0xDE, type=3, length=length, first_block=first_block, parameters=bytes((0, 0, dot, 0, level)), alignment=alignment
    )


def print_ean13(digits: str) -> Command:
    """The first twelve digits go over the wire; the device computes the last one."""
    return build(0xC2, barcode=int(digits[:12]))


def print_code128(text: str) -> Command:
    """With its characters below [S11]."""
    return build(
        0xCB, height=BAR_HEIGHT, width=BAR_WIDTH, text_position=BAR_TEXT_BELOW, text_font=1, type=8, data=text.encode("ascii")
    )


# --- marking


def check_code(planned_status: int, code: bytes, tags: bytes = b"") -> Command:
    return build(
        0xFF61,
        planned_status=planned_status,
        mode=0,
        code_length=len(code),
        tags_length=len(tags),
        code_and_tags=code + tags,
    )


def take_code(action: int) -> Command:
    """0 reject, 1 accept, 2 forget all."""
    return build(0xFF69, action=action)


def bind_code(code: bytes) -> Command:
    """To the item before it, behind all of its tags."""
    return build(0xFF67, code_length=len(code), code=code)
