"""The receipt commands from before the FN: 80 to 87, 8A, 8B, closed by 85 or 8E. Old models have nothing else.

Source: protocol-specs/shtrih-m, "Old (non-V2) receipt commands". Quantities are in thousandths, taxes are groups 1 to 4.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bridge_sim_fn import wording
from bridge_sim_fn.memory import CORRECTION, NO_DOCUMENT, RECEIPT

from bridge_sim_shtrih_m import receipts, render, states, vat
from bridge_sim_shtrih_m.answers import money
from bridge_sim_shtrih_m.memory import PAYMENTS, Item, Receipt
from bridge_sim_shtrih_m.refusals import DEPARTMENT, DISCOUNT, INVALID, NEGATIVE, PARAMETERS, PRICE, QUANTITY, Refusal
from bridge_sim_shtrih_m.request import Call, Command, Request, exactly
from bridge_sim_shtrih_m.selling import MAX_PRICE

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

_THOUSANDTHS = 1000
_TEXT = 40
_HUNDREDTHS = 10_000  # discount of 85, in hundredths of a percent


def _row(request: Request) -> int:
    """Four groups, of which a line has one at most."""
    groups = [request.number() for _ in range(4)]
    if any(group > 4 for group in groups):
        raise Refusal(PARAMETERS)
    return next((group for group in groups if group), 0)


def _item(request: Request, register: Register) -> Item:
    quantity, price, department = request.number(5), request.money(), request.number()
    row, name = _row(request), request.text(_TEXT)
    if not quantity:
        raise Refusal(QUANTITY)
    if price > MAX_PRICE:
        raise Refusal(PRICE)
    if department > 16:
        raise Refusal(DEPARTMENT)
    amount = int((Decimal(price) * quantity / _THOUSANDTHS).quantize(Decimal(1), ROUND_HALF_UP))
    tax = vat.rate_of_row(register, row).tax(amount)
    exact = Decimal(quantity) / _THOUSANDTHS
    return Item(name or f"Отдел {department}", exact, price, amount, row, tax, department or 1)


def _sell(register: Register, call: Call) -> bytes:
    item = _item(call.request, register)
    kind = {0x80: 0, 0x81: 1, 0x82: 2, 0x83: 3}[call.code]
    receipts.add(register, receipts.receipt_for(register, kind, call.operator, call.origin), item)
    return b""


def _storno(register: Register, call: Call) -> bytes:
    receipt = receipts.current(register, call.operator)
    taken = _item(call.request, register)
    for item in reversed(receipt.items):
        if item.price == taken.price and item.row == taken.row and item.quantity >= taken.quantity:
            item.quantity -= taken.quantity
            _change(register, item, item.amount - taken.amount)
            if not item.quantity:
                receipt.items.remove(item)
            register.print("СТОРНО", *render.item(taken, vat.rate_of_row(register, taken.row)))
            return b""
    raise Refusal(NEGATIVE)


def _reduce(register: Register, call: Call) -> bytes:
    receipt = receipts.current(register, call.operator)
    amount, row, text = call.request.money(), _row(call.request), call.request.text(_TEXT)
    down = call.code in (0x86, 0x8B)
    _spread(register, receipt, -amount if down else amount, row)
    names = {0x86: "СКИДКА", 0x87: "НАДБАВКА", 0x8A: "СТОРНО СКИДКИ", 0x8B: "СТОРНО НАДБАВКИ"}
    register.print(f"{names[call.code]} {wording.money(amount)} {text}".rstrip())
    return b""


def _spread(register: Register, receipt: Receipt, amount: int, row: int) -> None:
    """Onto the lines of the tax group, the last one first. Group 0: all lines."""
    if not receipt.items:
        raise Refusal(INVALID)
    items = [item for item in receipt.items if row in (0, item.row)]
    if amount >= 0:
        _change(register, (items or receipt.items)[-1], (items or receipt.items)[-1].amount + amount)
        return
    if sum(item.amount for item in items) < -amount:
        raise Refusal(DISCOUNT)
    left = -amount
    for item in reversed(items):
        part = min(left, item.amount)
        _change(register, item, item.amount - part)
        left -= part


def _change(register: Register, item: Item, amount: int) -> None:
    item.amount = amount
    item.tax = vat.rate_of_row(register, item.row).tax(amount)
    if item.quantity:
        item.price = int((Decimal(amount) / item.quantity).quantize(Decimal(1), ROUND_HALF_UP))


def _close(register: Register, call: Call) -> bytes:
    request = call.request
    kinds = 4 if call.code == 0x85 else PAYMENTS
    payments = [*(request.money() for _ in range(kinds)), *[0] * (PAYMENTS - kinds)]
    percent = request.signed(2)
    _row(request)
    text = request.text(_TEXT)
    receipt = receipts.current(register, call.operator)
    undiscounted = [replace(item) for item in receipt.items]
    if percent:
        if abs(percent) > _HUNDREDTHS:
            raise Refusal(DISCOUNT)
        exact = Decimal(receipt.total) * percent / _HUNDREDTHS
        _spread(register, receipt, -int(exact.quantize(Decimal(1), ROUND_HALF_UP)), 0)
    try:
        change, _ = receipts.close(register, call.operator, payments, text=text)
    except Refusal:
        receipt.items = undiscounted
        raise
    return money(change)


_ANY_RECEIPT = frozenset((NO_DOCUMENT, RECEIPT, CORRECTION))
_SELL = Command(_sell, exactly(60), work="print", legal=states.SELLS_ITEM, during=_ANY_RECEIPT, op=True)
_REDUCE = Command(_reduce, exactly(54), work="print", legal=states.IN_RECEIPT, op=True)

COMMANDS = {
    0x80: _SELL,
    0x81: _SELL,
    0x82: _SELL,
    0x83: _SELL,
    0x84: Command(_storno, exactly(60), work="print", legal=states.IN_RECEIPT, op=True),
    0x85: Command(_close, exactly(71), work="print", legal=states.IN_RECEIPT, op=True),
    0x86: _REDUCE,
    0x87: _REDUCE,
    0x8A: _REDUCE,
    0x8B: _REDUCE,
    0x8E: Command(_close, exactly(131), work="print", legal=states.IN_RECEIPT, op=True),
}
