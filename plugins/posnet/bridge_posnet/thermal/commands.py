"""Typed commands as sequences: names, fields, units and limits of the protocol.

Follows protocol-specs/posnet/thermal.md, "Commands". Texts are bytes of the printer's code page. Nothing here knows what a
receipt is (`sale.py`). Raises BadValue for what the wire cannot carry.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum

from bridge_posnet.thermal.frame import Sequence

LETTERS = "ABCDEFG"
RATES = len(LETTERS)

# Lengths in characters, which are bytes.
NAME = 40
DESCRIPTION = 35
DISCOUNT_NAME = 20
UNIT = 4
QUANTITY = 16  # number, space and unit together
QUANTITY_DIGITS = 10
PAYMENT_NAME = 16
TILL = 8
CASHIER = 17
LOGIN_CASHIER = 32
SYSTEM_NUMBER = 30
SYSTEM_NUMBER_LETTERS = 10  # what is above is printed as spaces
DISPLAY_LINE = 20

LINES = 255  # numbers of lines, printing line by line
PAYMENTS = 15  # beside cash; more need another form of the end

MAX_AMOUNT = Decimal("999999.99")  # of a price, a line, a receipt
MAX_SLIP = Decimal("99999999.99")  # of cash and goods returns

CASH_INFO = 23
MEMORY_INFO = 24
DAILY_TOTALS = 28
DOCUMENT_NUMBER = 50

_SILENT_AND_SEND = 3
_USER_DEFINED = 16  # Po: the name of a discount comes along


class BadValue(ValueError):
    """A value that the protocol cannot carry. Nothing was sent."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason


class PaymentKind(IntEnum):
    """Pfx."""

    CASH = 0
    CARD = 1
    CHEQUE = 2
    VOUCHER = 3
    OTHER = 4
    CREDIT = 5
    ACCOUNT = 6
    COUPON = 7
    CURRENCY = 8


@dataclass(frozen=True, slots=True)
class Reduction:
    """A discount or surcharge by its amount: then our figures and the printer's are the same by any rounding."""

    amount: Decimal
    name: bytes | None = None
    surcharge: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment beside cash."""

    kind: PaymentKind
    amount: Decimal
    name: bytes


def money(field: str, amount: Decimal, most: Decimal = MAX_AMOUNT) -> bytes:
    """Zloty with two decimals, as in 12.34."""
    if not 0 <= amount <= most:
        raise BadValue(field, f"is 0.00 to {most}, not {amount}")
    if amount.scaleb(2) % 1:
        raise BadValue(field, f"has two decimals, not as {amount}")
    return f"{amount:.2f}".encode()


def quantity(amount: Decimal, unit: bytes | None = None) -> bytes:
    """`1.` for whole numbers, else `1.25`; ten digits at most; behind a space the unit."""
    written = f"{amount.normalize():f}"
    if sum(character.isdigit() for character in written) > QUANTITY_DIGITS:
        raise BadValue("quantity", f"has at most {QUANTITY_DIGITS} digits, not as {written}")
    number = (written if "." in written else f"{written}.").encode()
    whole = number + b" " + unit if unit else number
    if len(whole) > QUANTITY:
        raise BadValue("quantity", f"and its unit have at most {QUANTITY} characters together")
    return whole


def _texts(*texts: bytes) -> bytes:
    return b"".join(text + b"\r" for text in texts)


def _amounts(*amounts: bytes) -> bytes:
    return b"".join(amount + b"/" for amount in amounts)


# --- questions


def error_mode() -> Sequence:
    """`3#e`: no message and no stop at an error; every command is answered. Holds until the power fails."""
    return Sequence("#e", (_SILENT_AND_SEND,))


def info(number: int) -> Sequence:
    """`#s`: CASH_INFO, MEMORY_INFO, DAILY_TOTALS or DOCUMENT_NUMBER."""
    return Sequence("#s", (number,))


def info_as_of_old() -> Sequence:
    """`#s` without a number: the one form that every firmware knows."""
    return Sequence("#s")


def last_error() -> Sequence:
    return Sequence("#n")


def version() -> Sequence:
    return Sequence("#v")


def clock() -> Sequence:
    return Sequence("#c")


# --- the receipt


def start() -> Sequence:
    """`0$h`: printed line by line. No block mode: it takes 80 lines, and prints no descriptions or names of discounts."""
    return Sequence("$h", (0,))


def line(
    number: int,
    name: bytes,
    amount: bytes,
    rate: int,
    price: Decimal,
    gross: Decimal,
    *,
    reduction: Reduction | None = None,
    description: bytes | None = None,
) -> Sequence:
    """`$l`. `number` from 1 on, `amount` from `quantity`, `rate` 0 to 6 for A to G, `gross` before the reduction."""
    parameters = [number, 0]
    texts = []
    off = Decimal(0)
    if reduction is not None:
        off = reduction.amount
        parameters[1] = 3 if reduction.surcharge else 1
    if reduction is not None and reduction.name:
        parameters.append(_USER_DEFINED)
        texts.append(reduction.name)
    elif description:
        parameters.append(0)
    if description:
        parameters.append(1)
        texts.append(description)
    amounts = _amounts(LETTERS[rate].encode(), money("price", price), money("gross", gross), money("discount", off))
    return Sequence("$l", tuple(parameters), _texts(name, amount) + amounts + _texts(*texts))


def subtotal_discount(subtotal: Decimal, reduction: Reduction) -> Sequence:
    """`$Y`: off (or onto) the subtotal, which the printer verifies."""
    kind = 4 if reduction.surcharge else 3
    amounts = _amounts(money("subtotal", subtotal), money("discount", reduction.amount))
    if not reduction.name:
        return Sequence("$Y", (kind,), amounts)
    return Sequence("$Y", (kind, _USER_DEFINED), amounts + _texts(reduction.name))


def end(
    total: Decimal,
    *,
    till: bytes,
    cashier: bytes,
    system_number: bytes | None,
    cash: Decimal,
    payments: Many[Payment],
    change: Decimal,
    shown: Decimal,
) -> Sequence:
    """`$y`: the receipt becomes fiscal. `cash` given in cash, `change` given back, `shown` on the customer display (signed).

    Pn;Pc;Py;Pdsp;Px;Pkb;Pkz;Pns;Pfn;Pr;Pg;Pfx..;Psx: no lines below, the usual end, the usual summary, no discount, no
    packaging.
    """
    if len(payments) > PAYMENTS:
        raise BadValue("payments", f"are at most {PAYMENTS} beside cash")
    numbers = (
        *(0, 0, 0),
        int(shown < 0),
        *(0, 0, 0),
        int(system_number is not None),
        len(payments),
        int(change > 0),
        int(cash > 0),
        *(int(payment.kind) for payment in payments),
        0,
    )
    texts = _texts(till, cashier, system_number or b"", *(payment.name for payment in payments))
    amounts = _amounts(
        money("total", total),
        money("display", abs(shown)),
        money("discount", Decimal(0)),
        money("cash", cash),
        *(money("payment", payment.amount) for payment in payments),
        money("change", change),
    )
    return Sequence("$y", numbers, texts + amounts)


def cancel() -> Sequence:
    """`0$e`: cancels the open receipt."""
    return Sequence("$e", (0,))


# --- slips, reports, the rest


def cash_in(amount: Decimal, *, till: bytes, cashier: bytes) -> Sequence:
    return Sequence("#i", (0,), _amounts(money("amount", amount, MAX_SLIP)) + _texts(till, cashier))


def cash_out(amount: Decimal, *, till: bytes, cashier: bytes) -> Sequence:
    return Sequence("#d", (0,), _amounts(money("amount", amount, MAX_SLIP)) + _texts(till, cashier))


def goods_return(amount: Decimal, *, till: bytes, cashier: bytes) -> Sequence:
    return Sequence("#z", (0,), _amounts(money("amount", amount, MAX_SLIP)) + _texts(till, cashier))


def login(*, till: bytes, cashier: bytes) -> Sequence:
    """`#p`: prints a slip; the cashier stands below receipts and slips that name none."""
    return Sequence("#p", (0,), _texts(cashier, till))


def daily_report(day: date, *, till: bytes, cashier: bytes) -> Sequence:
    """`1;Py;Pm;Pd#r`: with the printer's own date nobody has to press a key."""
    return Sequence("#r", (1, *_day("day", day)), _texts(till, cashier))


def report_by_dates(first: date, last: date, *, summary: bool) -> Sequence:
    return Sequence("#o", (*_day("from", first), *_day("to", last), int(summary)))


def report_by_numbers(first: int, last: int, *, summary: bool) -> Sequence:
    return Sequence("#o", (17 if summary else 16,), _amounts(str(first).encode(), str(last).encode()))


def _day(field: str, day: date) -> tuple[int, int, int]:
    if not 2000 <= day.year <= 2099:
        raise BadValue(field, f"lies in the years 2000 to 2099, not in {day.year}")
    return day.year % 100, day.month, day.day


def open_drawer() -> Sequence:
    return Sequence("$d", (1,))


def display_line(number: int, text: bytes) -> Sequence:
    """`101$d` and `102$d`: the upper (0) and the lower (1) line of the customer display."""
    return Sequence("$d", (101 + number,), _texts(text))


def describe(sequence: Sequence) -> str:
    """For logs: the command and its numbers, without the texts."""
    numbers = ";".join(map(str, sequence.parameters))
    return f"{numbers}{sequence.command} ({len(sequence.text)} bytes)" if sequence.text else f"{numbers}{sequence.command}"
