"""The commands of receipts: 92, E8, EA, EB, 43, 99, 4A, 59, and the older ones for items, E6, 52 and 57.

Source: protocol-specs/atol, "Receipts", "Commands".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import decode, first
from bridge_sim_fn import storage

from bridge_sim_atol import fn, receipts, vat
from bridge_sim_atol.answers import bcd
from bridge_sim_atol.memory import SALE, SALE_RETURN, Begun, Item, Receipt
from bridge_sim_atol.refusals import (
    DISCOUNT,
    FN_PARAMETERS,
    FN_TLV,
    FORMAT,
    MODE,
    MULTIPLICATION,
    NO_DISCOUNT,
    QUANTITY,
    RECEIPT_OPEN,
    SUM,
    TAX,
    TOTAL_OVERFLOW,
    Refusal,
)
from bridge_sim_atol.request import IN_REGISTRATION, Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

MAX_SUM = 10**10 - 1  # of a payment: ten digits
MAX_NAME = 128
MAX_BLOCKS = 8000
_TEST, _ELECTRONIC = 0x01, 0x04
_NO_CASH_CONTROL = 0x02
_PIECES = 0x10
_THOUSANDTHS = 1000
_TOLERANCE = 1
_MAX_METHOD = 7
_MAX_ROUNDING = 99
_WITHOUT_VAT = 6
_NEW_SUBJECTS = frozenset(range(30, 34))
_SUBJECTS = frozenset((*range(1, 28), *_NEW_SUBJECTS))

# A correction of FFD 1.05 has no items to compute the sums from, so that its host writes them.
_CORRECTED_SUMS = frozenset((Tag.VAT_20, Tag.VAT_10, Tag.TURNOVER_0, Tag.TURNOVER_WITHOUT_VAT, Tag.VAT_20_120, Tag.VAT_10_110))


def _open(register: Register, call: Call) -> bytes:
    flags, kind = call.request.byte(), call.request.byte()
    call.request.end()
    if register.memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    receipts.open_receipt(register, kind, call.origin, electronic=bool(flags & _ELECTRONIC), test=bool(flags & _TEST))
    return b""


def _tag(register: Register, call: Call) -> bytes:
    """E8: it belongs to the item that was begun, else to the open document, else to the next one. A long one comes in blocks."""
    request = call.request
    request.byte()
    blocks, block, data = request.byte(), request.byte(), request.rest()
    if not blocks or block >= blocks:
        raise Refusal(FORMAT)
    data = data if block == 0 else register.blocks + data
    if len(data) > MAX_BLOCKS:
        raise Refusal(FN_TLV)
    if block < blocks - 1:
        register.blocks = data
        return b""
    register.blocks = b""
    receipt = register.memory.receipt
    if receipt is not None and receipt.begun is not None:
        receipt.begun.tlv = storage.merged(receipt.begun.tlv, fn.read_tags(data, register.settings.ffd, item=True))
        return b""
    own = storage.OWN - _CORRECTED_SUMS
    tags = fn.read_tags(data, register.settings.ffd, item=False, own=own)
    started = register.memory.fn.current
    if started is not None:
        started.tlv = storage.merged(started.tlv, tags)
    else:
        register.pending = storage.merged(register.pending, tags)
    return b""


def _begin_item(register: Register, call: Call) -> bytes:
    call.request.take(3)
    receipt = _unpaid(register)
    receipt.begun = Begun()
    return b""


def _unpaid(register: Register) -> Receipt:
    receipt = receipts.current(register)
    if receipt.paid:
        raise Refusal(MODE)
    return receipt


def _finish_item(register: Register, call: Call) -> bytes:
    request = call.request
    flags, price, quantity = request.byte(), request.digits(7), request.digits(5)
    amount, tax, tax_sum, department = request.digits(7), request.byte(), request.digits(7), request.digits(1)
    subject, method = request.digits(1), request.digits(1)
    request.byte()  # sign of the discount, which is information alone
    request.digits(7)
    request.take(2)
    name = request.take(request.left)
    receipt = _unpaid(register)
    begun = receipt.begun
    if begun is None and register.settings.item_begin and register.settings.ffd != "1.05":
        raise Refusal(MODE)
    begun = begun or Begun()
    if len(name) > MAX_NAME or (flags & _PIECES and quantity % _THOUSANDTHS):
        raise Refusal(FORMAT)
    item = _item(register, price, quantity, amount, tax, tax_sum)
    item.department, item.subject, item.method = department, subject or 1, method or 4
    item.name = name.decode("cp866") or f"Отдел {department}"
    item.tlv, item.code, item.check = begun.tlv, begun.code, begun.check
    _check_format(register, item)
    if flags & _TEST:
        return b""
    receipt.cash_control = receipt.cash_control or not flags & _NO_CASH_CONTROL
    _add(receipt, item)
    return b""


def _item(register: Register, price: int, quantity: int, amount: int | None, tax: int, tax_sum: int) -> Item:
    """`amount` None: the register computes it. `tax_sum` 0: the same."""
    if not 1 <= tax <= vat.KNOWN[register.settings.firmware]:
        raise Refusal(TAX)
    if not quantity:
        raise Refusal(QUANTITY)
    exact = Decimal(quantity) / _THOUSANDTHS
    computed = int((price * exact).quantize(Decimal(1), ROUND_HALF_UP))
    if computed > MAX_SUM:
        raise Refusal(MULTIPLICATION)
    amount = computed if amount is None else amount
    if abs(amount - computed) > _TOLERANCE:
        raise Refusal(SUM)
    return Item("", exact, price, amount, tax, tax_sum or vat.RATES[tax].tax(amount))


def _check_format(register: Register, item: Item) -> None:
    """What the format wants of an item."""
    modern = register.settings.ffd == "1.2"
    if item.subject not in _SUBJECTS or item.method > _MAX_METHOD or (item.subject in _NEW_SUBJECTS and not modern):
        raise Refusal(FN_PARAMETERS)
    if not modern:
        return
    if item.subject in receipts.MARKED_SUBJECTS and not item.code and register.settings.unmarked == "refused":
        raise Refusal(FN_PARAMETERS)
    if first(decode(bytes.fromhex(item.tlv)), Tag.MEASURE) is None and register.settings.measure_missing == "refuse":
        raise Refusal(FN_PARAMETERS)


def _add(receipt: Receipt, item: Item) -> None:
    if len(receipt.items) >= receipts.MAX_ITEMS or receipt.total + item.amount > MAX_SUM:
        raise Refusal(TOTAL_OVERFLOW)
    receipt.items.append(item)
    receipt.begun = None


def _discount(register: Register, call: Call) -> bytes:
    """Only what makes a total round: the format knows no discount on a receipt."""
    request = call.request
    request.byte()
    area, kind, sign, amount = request.byte(), request.byte(), request.byte(), request.digits(5)
    receipt = _unpaid(register)
    if area or not kind or sign or receipt.rounding:
        raise Refusal(NO_DISCOUNT)
    if not 0 < amount <= _MAX_ROUNDING or amount > receipt.total:
        raise Refusal(DISCOUNT)
    receipt.rounding = amount
    return b""


def _pay(register: Register, call: Call) -> bytes:
    flags, kind, amount = call.request.byte(), call.request.byte(), call.request.digits(5)
    receipt = receipts.current(register)
    if not amount:
        raise Refusal(SUM)
    before = list(receipt.payments)
    receipts.pay(register, receipt, kind, amount)
    answer = bcd(receipt.remainder, 5) + bcd(receipt.change, 5)
    if flags & _TEST:
        receipt.payments = before
    return answer


def _close(register: Register, call: Call) -> bytes:
    flags, kind, amount = call.request.byte(), call.request.byte(), call.request.digits(5)
    receipt = receipts.current(register)
    before = list(receipt.payments)
    try:
        if amount:
            receipts.pay(register, receipt, kind, amount)
        if not flags & _TEST:
            receipts.close(register)
    except Refusal:
        receipt.payments = before
        raise
    return b""


def _cancel(register: Register, call: Call) -> bytes:
    """Tags for a document that never came are forgotten, too."""
    register.pending, register.blocks = "", b""
    receipts.cancel(register)
    return b""


# --- older items


def _old_item(register: Register, call: Call) -> bytes:
    """E6, of FFD 1.0: its discount is one of the item."""
    request = call.request
    flags, name, price, quantity = request.byte(), request.text(64), request.digits(6), request.digits(5)
    kind, sign, discount = request.byte(), request.byte(), request.digits(6)
    tax, department = request.byte(), request.digits(1)
    request.take(16)
    request.byte()
    receipt = _unpaid(register)
    item = _item(register, price, quantity, None, tax, 0)
    change = discount if kind else int((Decimal(item.amount) * discount / 10_000).quantize(Decimal(1), ROUND_HALF_UP))
    item.amount += change if sign else -change
    if item.amount < 0:
        raise Refusal(DISCOUNT)
    item.tax = vat.RATES[tax].tax(item.amount)
    item.name, item.department = name or f"Отдел {department}", department
    if not flags & _TEST:
        _add(receipt, item)
    return b""


def _register_sale(register: Register, call: Call) -> bytes:
    """52 and 57: a line without a name; the first one opens the receipt."""
    request = call.request
    flags, price, quantity = request.byte(), request.digits(5), request.digits(5)
    department = request.digits(1) if request.left else 0
    kind = SALE if call.code == 0x52 else SALE_RETURN
    item = _item(register, price, quantity, None, _WITHOUT_VAT, 0)
    item.name, item.department = f"Отдел {department}", department
    if flags & _TEST:
        return b""
    receipt = register.memory.receipt or receipts.open_receipt(register, kind, call.origin)
    if receipt.type != kind or receipt.paid:
        raise Refusal(MODE)
    _add(receipt, item)
    return b""


COMMANDS = {
    0x92: Command(_open, "print", IN_REGISTRATION, ages=True, paper=False),
    0xE8: Command(_tag, "fill", IN_REGISTRATION),
    0xEA: Command(_begin_item, "fill", IN_REGISTRATION, ages=True),
    0xEB: Command(_finish_item, "fill", IN_REGISTRATION, ages=True),
    0xE6: Command(_old_item, "fill", IN_REGISTRATION, ages=True),
    0x52: Command(_register_sale, "fill", IN_REGISTRATION, ages=True),
    0x57: Command(_register_sale, "fill", IN_REGISTRATION, ages=True),
    0x43: Command(_discount, "fill", IN_REGISTRATION, ages=True),
    0x99: Command(_pay, "fill", IN_REGISTRATION, ages=True),
    0x4A: Command(_close, "print", IN_REGISTRATION, ages=True, paper=False),
    0x59: Command(_cancel, "fill", IN_REGISTRATION),
}
