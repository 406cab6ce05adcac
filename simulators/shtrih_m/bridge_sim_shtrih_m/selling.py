"""The receipt commands of registers with an FN: 8D, FF46, FF4D, FF0C, FF45, 88, 89.

Source: protocol-specs/shtrih-m, "Commands a first driver needs".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import CORRECTION, NO_DOCUMENT, RECEIPT

from bridge_sim_shtrih_m import fn, receipts, states, vat
from bridge_sim_shtrih_m.answers import date_time, le, money
from bridge_sim_shtrih_m.memory import PAYMENTS, Item
from bridge_sim_shtrih_m.refusals import (
    DEPARTMENT,
    INVALID,
    MODE,
    NO_DATA,
    PARAMETERS,
    PRICE,
    QUANTITY,
    Refusal,
)
from bridge_sim_shtrih_m.request import NOT_GIVEN, Call, Command, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_PRICE = 9_999_999_999  # kopecks
MAX_NAME = 128
MILLIONTHS = 1_000_000
_KINDS = {1: 0, 2: 2, 3: 1, 4: 3}  # operation of FF46 -> kind of receipt
_MAX_DEPARTMENT, _MAX_METHOD, _MAX_SUBJECT = 16, 7, 33
_TOLERANCE = 1  # kopecks between a given amount and price by quantity


def _open(register: Register, call: Call) -> bytes:
    kind = call.request.number()
    if kind > 3:
        raise Refusal(PARAMETERS)
    receipts.open_receipt(register, kind, call.operator, call.origin)
    return b""


def _item(register: Register, call: Call) -> bytes:
    request = call.request
    kind = _KINDS.get(request.number())
    quantity, price, amount, tax = request.number(6), request.money(), request.money(), request.money()
    rate = vat.rate_of_byte(register, request.number())
    department, method, subject = request.number(), request.number(), request.number()
    name = request.text()
    if kind is None or rate is None or method > _MAX_METHOD or subject > _MAX_SUBJECT:
        raise Refusal(PARAMETERS)
    if not quantity > 0:
        raise Refusal(QUANTITY)
    if price > MAX_PRICE:
        raise Refusal(PRICE)
    if department > _MAX_DEPARTMENT:
        raise Refusal(DEPARTMENT)
    computed = int((Decimal(price) * quantity / MILLIONTHS).quantize(Decimal(1), ROUND_HALF_UP))
    if amount == NOT_GIVEN:
        amount = computed
    elif abs(amount - computed) > _TOLERANCE:
        raise Refusal(PARAMETERS)
    if amount > MAX_PRICE:
        raise Refusal(PRICE)
    item = Item(
        name or f"Отдел {department}",
        Decimal(quantity) / MILLIONTHS,
        price,
        amount,
        rate.row,
        rate.tax(amount) if tax == NOT_GIVEN else tax,
        department or 1,
        method or 4,
        subject or 1,
    )
    receipts.add(register, receipts.receipt_for(register, kind, call.operator, call.origin), item)
    return b""


def _item_tlv(register: Register, call: Call) -> bytes:
    receipt = receipts.current(register, call.operator)
    if not receipt.items:
        raise Refusal(NO_DATA)
    item = receipt.items[-1]
    if item.code:  # FF67 comes last
        raise Refusal(INVALID)
    item.tlv = storage.merged(item.tlv, fn.read_tags(call.request.rest(), register.format, item=True))
    return b""


def _document_tlv(register: Register, call: Call) -> bytes:
    started = receipts.need_fn_document(register)
    started.tlv = storage.merged(started.tlv, fn.read_tags(call.request.rest(), register.format, item=False))
    return b""


def _subtotal(register: Register, call: Call) -> bytes:
    receipt = receipts.current(register, call.operator)
    register.print(f"ПОДЫТОГ {wording.money(receipt.total)}")
    return money(receipt.total)


def _close(register: Register, call: Call) -> bytes:
    request = call.request
    payments = [request.money() for _ in range(PAYMENTS)]
    rounding = request.number()
    taxes = [request.money() for _ in range(6)]
    system, text = request.number(), request.text()
    change, document = receipts.close(
        register, call.operator, payments, rounding=rounding, tax_sums=taxes, tax_system=system, text=text
    )
    answer = money(change) + le(document.number, 4) + le(document.sign, 4)
    return answer + date_time(document.at) if register.settings.extended_answers else answer


def _cancel(register: Register, call: Call) -> bytes:
    receipts.cancel(register, call.operator)
    return b""


def _cancel_fn_document(register: Register, call: Call) -> bytes:
    if register.memory.receipt is not None:  # 88 cancels that
        raise Refusal(MODE)
    register.memory.fn.current = None
    return b""


_RECEIPTS = frozenset((NO_DOCUMENT, RECEIPT, CORRECTION))

COMMANDS = {
    0x8D: Command(_open, exactly(6), work="print", legal=states.OPENS_RECEIPT, during=_RECEIPTS, op=True),
    0x88: Command(_cancel, exactly(5), work="print", legal=states.IN_RECEIPT, op=True),
    0x89: Command(_subtotal, exactly(5), work="print", legal=states.IN_RECEIPT, op=True),
    0xFF08: Command(_cancel_fn_document, exactly(6), "sysadmin", "fill"),
    0xFF0C: Command(_document_tlv, (7, 6 + fn.MAX_TLV), work="fill"),
    0xFF45: Command(_close, (118, 182), work="print", legal=states.IN_RECEIPT, modern=True),
    0xFF46: Command(_item, (32, 32 + MAX_NAME), work="print", legal=states.SELLS_ITEM, during=_RECEIPTS, modern=True),
    0xFF4D: Command(_item_tlv, (7, 6 + fn.MAX_TLV), work="fill", legal=states.IN_RECEIPT, modern=True),
}
