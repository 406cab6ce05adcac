"""Receipts: opened, filled with lines, paid and closed, or cancelled.

Source: protocol-specs/atol, "Receipts"; protocol-specs/ffd for what the document must hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, first
from bridge_sim_fn import storage, wording
from bridge_sim_fn.issued import reference, told
from bridge_sim_fn.memory import CORRECTION, RECEIPT, FnDocument
from bridge_sim_fn.vat import tax_tags

from bridge_sim_atol import fn, render, shift, vat
from bridge_sim_atol.documents import begin, cashier, details, given
from bridge_sim_atol.memory import (
    CORRECTIONS,
    OPERATIONS,
    PURCHASE,
    SALE_RETURN,
    TYPES,
    Item,
    LastReceipt,
    Receipt,
)
from bridge_sim_atol.refusals import (
    FN_PARAMETERS,
    ITEMS,
    NO_CASH,
    NON_CASH_OVER,
    PAYMENT_TYPE,
    RECEIPT_CLOSED,
    RECEIPT_TYPE,
    SHIFT_CLOSED,
    TOO_LITTLE,
    Refusal,
)

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

MAX_ITEMS = 1000  # lines of a receipt; the real figure differs by model
MARKED_SUBJECTS = frozenset((31, 33))
DOCUMENT_KINDS = {1: "receipt", 2: "goods_return", 4: "purchase", 5: "purchase_return"}
_OLD_CORRECTIONS = frozenset((7, 9))  # those of FFD 1.05
_PAID_OUT = frozenset((SALE_RETURN, PURCHASE))


def open_receipt(register: Register, kind: int, origin: str, *, electronic: bool = False, test: bool = False) -> Receipt:
    """Opens the shift first, where that is closed and may be opened so. `test`: nothing is done."""
    memory = register.memory
    if kind not in (*TYPES, *CORRECTIONS):
        raise Refusal(RECEIPT_TYPE)
    if register.settings.ffd == "1.05" and kind in CORRECTIONS and kind not in _OLD_CORRECTIONS:
        raise Refusal(RECEIPT_TYPE)
    if not memory.fn.shift_open and not register.settings.auto_open:
        raise Refusal(SHIFT_CLOSED)
    fn.check(register)
    if not electronic:
        register.need_printer()
    receipt = Receipt(kind, origin, electronic)
    if test:
        return receipt
    if not memory.fn.shift_open:
        shift.open_shift(register, origin)
    begin(register, CORRECTION if receipt.correction else RECEIPT)
    memory.receipt = receipt
    return receipt


def current(register: Register) -> Receipt:
    receipt = register.memory.receipt
    if receipt is None:
        raise Refusal(RECEIPT_CLOSED)
    return receipt


def pay(register: Register, receipt: Receipt, kind: int, amount: int) -> None:
    """Raises Refusal; the receipt then stays as it was."""
    if not 1 <= kind <= len(receipt.payments):
        raise Refusal(PAYMENT_TYPE)
    if not receipt.items:
        raise Refusal(ITEMS)
    without_cash = sum(receipt.payments[1:]) + (amount if kind > 1 else 0)
    if without_cash > receipt.total:
        raise Refusal(NON_CASH_OVER)
    if receipt.type in _PAID_OUT and kind == 1 and receipt.cash_control and amount > register.memory.cash:
        raise Refusal(NO_CASH)
    receipt.payments[kind - 1] += amount


def close(register: Register) -> FnDocument:
    """The document is in the FN. Raises Refusal; the receipt then stays open as it was."""
    memory, receipt = register.memory, current(register)
    if not receipt.items:
        raise Refusal(ITEMS)
    if receipt.remainder:
        raise Refusal(TOO_LITTLE)
    if not receipt.electronic:
        register.need_printer()
    fn.check(register)
    tags = given(register)
    system = _tax_system(register, tags)
    _check_tags(receipt, tags)
    taxes = _taxes(receipt)
    payments = [receipt.payments[0] - receipt.change, *receipt.payments[1:]]
    has_items = not receipt.correction or register.settings.ffd != "1.05"  # then its sum is told as one item, which no tag is of
    body = [
        *cashier(register),
        Tlv(Tag.RECEIPT_NUMBER, memory.fn.receipts + 1),
        Tlv(Tag.SETTLEMENT, OPERATIONS[receipt.type]),
        *([] if first(tags, Tag.TAXATION_SYSTEM) is not None else [Tlv(Tag.TAXATION_SYSTEM, system)]),
        *(_item_tag(register, item) for item in receipt.items if has_items),
        Tlv(Tag.TOTAL, receipt.total),
        *(Tlv(tag, amount) for tag, amount in zip(_PAYMENT_TAGS, payments, strict=True)),
        *(tag for tag in tax_tags(taxes) if first(tags, tag.tag) is None),
    ]
    form = storage.FORM_CORRECTION if receipt.correction else storage.FORM_RECEIPT
    document = storage.record(register, form, body, operation=OPERATIONS[receipt.type], total=receipt.total)
    memory.fn.receipts += 1
    memory.fn.codes.clear()
    _count(register, receipt, payments)
    memory.last_receipt = LastReceipt(document.number, receipt.type, receipt.total)
    memory.receipt = None
    _paper(register, receipt, document, tags, system, taxes)
    _issue(register, receipt, document, tags, system, taxes)
    return document


_PAYMENT_TAGS = (Tag.CASH, Tag.ELECTRONIC, Tag.PREPAID, Tag.CREDIT, Tag.EXCHANGE)


def cancel(register: Register, origin: str | None = None) -> None:
    """The open receipt leaves no document."""
    memory, receipt = register.memory, current(register)
    memory.fn.current = None
    memory.fn.codes = [code for code in memory.fn.codes if not code.accepted]
    kind = memory.totals.count(receipt.type)
    kind.annulled += 1
    kind.annulled_sum += receipt.total
    memory.receipt = None
    register.issue(
        "cancelled_receipt",
        str(kind.annulled),
        receipt.total,
        fiscal=False,
        origin=origin or receipt.origin,
        lines=[_line(item) for item in receipt.items],
        details={"texts": receipt.texts},
    )


# --- checks


def _tax_system(register: Register, tags: Sequence[Tlv]) -> int:
    """One of those that the register is registered with; none given: its only one."""
    registered = register.tax_systems
    system = first(tags, Tag.TAXATION_SYSTEM)
    if system is None and registered.bit_count() == 1:
        return registered
    if not isinstance(system, int) or system.bit_count() != 1 or not system & registered:
        raise Refusal(FN_PARAMETERS)
    return system


def _check_tags(receipt: Receipt, tags: Sequence[Tlv]) -> None:
    """What the format wants of this document."""
    buyer = first(tags, Tag.BUYER_CONTACT)
    if receipt.electronic and not buyer:
        raise Refusal(FN_PARAMETERS)
    if receipt.correction and (first(tags, Tag.CORRECTION_TYPE) is None or first(tags, Tag.CORRECTION_BASIS) is None):
        raise Refusal(FN_PARAMETERS)
    if not receipt.correction and first(tags, Tag.CORRECTION_TYPE) is not None:
        raise Refusal(FN_PARAMETERS)


# --- figures and tags


def _taxes(receipt: Receipt) -> list[tuple[vat.Rate, int]]:
    """For each rate that the receipt has: its tax, or its turnover where there is no tax."""
    found = []
    for rate in vat.RATES.values():
        items = [item for item in receipt.items if item.vat == rate.code]
        if items:
            found.append((rate, sum(item.amount if rate.untaxed else item.tax for item in items)))
    return found


def tax_of(receipt: Receipt, code: int) -> int:
    """What register 3Dh tells."""
    return sum(item.tax for item in receipt.items if item.vat == code)


def _item_tag(register: Register, item: Item) -> Tlv:
    written = decode(bytes.fromhex(item.tlv))
    modern = register.settings.ffd == "1.2"
    tags = [
        Tlv(Tag.ITEM_NAME, storage.words(item.name)),
        Tlv(Tag.PRICE, item.price),
        Tlv(Tag.QUANTITY, item.quantity),
        Tlv(Tag.ITEM_TOTAL, item.amount),
        Tlv(Tag.VAT_RATE, item.vat),
        *([] if vat.RATES[item.vat].untaxed else [Tlv(Tag.ITEM_VAT, item.tax)]),
        Tlv(Tag.PAYMENT_METHOD, item.method),
        Tlv(Tag.PAYMENT_OBJECT, item.subject),
        *written,
        *([Tlv(Tag.MEASURE, 0)] if modern and first(written, Tag.MEASURE) is None else []),
        *([Tlv(Tag.MARKING_CODE, bytes.fromhex(item.code))] if item.code else []),
        *([Tlv(Tag.ITEM_CHECK_RESULT, item.check)] if item.check is not None else []),
    ]
    return Tlv(Tag.ITEM, tuple(tags))


def _count(register: Register, receipt: Receipt, payments: Sequence[int]) -> None:
    memory = register.memory
    kind = memory.totals.count(receipt.type)
    kind.receipts += 1
    kind.items += len(receipt.items)
    kind.sum += receipt.total
    kind.discounts += receipt.rounding
    grand = memory.grand.setdefault(str(receipt.type), [0] * len(payments))
    for number, amount in enumerate(payments):
        kind.payments[number] += amount
        grand[number] += amount
    for item in receipt.items:
        kind.turnover[item.vat - 1] += item.amount
        kind.taxes[item.vat - 1] += item.tax
    if not receipt.correction:
        memory.cash += -payments[0] if receipt.type in _PAID_OUT else payments[0]


# --- what comes out


def _paper(
    register: Register,
    receipt: Receipt,
    document: FnDocument,
    tags: Sequence[Tlv],
    system: int,
    taxes: Sequence[tuple[vat.Rate, int]],
) -> None:
    memory = register.memory
    title = "КАССОВЫЙ ЧЕК КОРРЕКЦИИ" if receipt.correction else "КАССОВЫЙ ЧЕК"
    lines = [*register.header(title), *render.heading(render.NAMES[receipt.type])]
    for item in receipt.items:
        lines += render.item(item)
    lines += render.sums(receipt.total, receipt.rounding, receipt.payments, receipt.change, taxes)
    lines += wording.conditions(system, str(first(tags, Tag.BUYER_CONTACT) or ""))
    lines += receipt.texts
    lines += register.requisites(document, memory.fn.receipts)
    lines += render.code("QR", wording.qr_text(document, memory.fn.serial))
    memory.copy = list(lines)
    if not receipt.electronic:
        register.print(*lines, "", wording.CUT_MARK)


def _issue(
    register: Register,
    receipt: Receipt,
    document: FnDocument,
    tags: Sequence[Tlv],
    system: int,
    taxes: Sequence[tuple[vat.Rate, int]],
) -> None:
    told = {"tax_system": system, "rounding": receipt.rounding, "paper": not receipt.electronic, "texts": receipt.texts}
    register.issue(
        "correction" if receipt.correction else DOCUMENT_KINDS[receipt.type],
        str(document.number),
        receipt.total,
        fiscal=True,
        origin=receipt.origin,
        lines=[_line(item) for item in receipt.items],
        payments=[
            {"kind": name, "number": number, "amount": wording.money(amount)}
            for number, (name, amount) in enumerate(zip(render.PAYMENT_NAMES, receipt.payments, strict=True), 1)
            if amount
        ],
        change=wording.money(receipt.change),
        reference=reference(tags),
        taxes={rate.name: wording.money(amount) for rate, amount in taxes},
        details=details(register, document, tags) | told,
    )


def _line(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "quantity": f"{item.quantity.normalize():f}",
        "price": wording.money(item.price),
        "total": wording.money(item.amount),
        "vat": vat.RATES[item.vat].name,
        "method": item.method,
        "subject": item.subject,
        "department": item.department,
        "tags": told(decode(bytes.fromhex(item.tlv))),
        "code": item.code,
        "check": item.check,
    }
