"""Receipts: opened, filled with lines, paid and closed, or cancelled. Modern and old commands lead here alike.

Source: protocol-specs/shtrih-m, "Commands a first driver needs", "Payment types, taxes, registers, tables".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, first
from bridge_sim_fn import storage, wording
from bridge_sim_fn.issued import reference, told
from bridge_sim_fn.memory import CORRECTION, RECEIPT, FnDocument, Started
from bridge_sim_fn.vat import tax_tags

from bridge_sim_shtrih_m import fn, render, shift, vat
from bridge_sim_shtrih_m.memory import PAYMENTS, Item, Receipt
from bridge_sim_shtrih_m.refusals import (
    CODE_NOT_CHECKED,
    FN_STATE,
    MARKING_FORBIDDEN,
    NO_CASH,
    NON_CASH_OVER,
    OTHER_KIND,
    OTHER_OPERATOR,
    PARAMETERS,
    RECEIPT_FULL,
    SHIFT_EXPIRED,
    TAGS_MISSING,
    TOO_LITTLE,
    WITH_SETTINGS,
    ZERO_TOTAL,
    Refusal,
)
from bridge_sim_shtrih_m.request import ADMIN
from bridge_sim_shtrih_m.states import shift_expired

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_ITEMS = 1000  # lines of a receipt; the real figure differs by model

# The number of a kind of receipt (8D) as tag 1054 and FF46 have it, and as the simulators call its document.
OPERATIONS = (1, 3, 2, 4)
DOCUMENT_KINDS = ("receipt", "purchase", "goods_return", "purchase_return")
_PAID_OUT = frozenset((1, 2))
MARKED_SUBJECTS = frozenset((31, 33))

ADVANCE, CREDIT, EXCHANGE = 14, 15, 16  # payments; 1 is cash, the others are electronic


def open_receipt(register: Register, kind: int, operator: int, origin: str) -> Receipt:
    """Opens the shift first, where that is closed and may be opened so."""
    memory = register.memory
    fn.check(register)
    if not memory.fn.shift_open:
        shift.open_shift(register, origin)
    correction = memory.fn.current is not None and memory.fn.current.kind == CORRECTION
    if not correction:
        memory.fn.current = Started(RECEIPT)
    receipt = memory.receipt = Receipt(kind, operator, origin, correction)
    title = f"КАССОВЫЙ ЧЕК КОРРЕКЦИИ/{render.KIND_NAMES[kind]}" if correction else f"КАССОВЫЙ ЧЕК/{render.KIND_NAMES[kind]}"
    register.print(*register.header(title))
    return receipt


def receipt_for(register: Register, kind: int, operator: int, origin: str) -> Receipt:
    """The open receipt, which must be of this kind; opened where there is none."""
    receipt = register.memory.receipt
    if receipt is None:
        return open_receipt(register, kind, operator, origin)
    if receipt.kind != kind:
        raise Refusal(OTHER_KIND)
    own(receipt, operator)
    return receipt


def current(register: Register, operator: int) -> Receipt:
    """The open receipt. The table of states has made sure that there is one."""
    receipt = register.memory.receipt
    assert receipt is not None
    own(receipt, operator)
    return receipt


def own(receipt: Receipt, operator: int) -> None:
    if operator < ADMIN and receipt.operator != operator:
        raise Refusal(OTHER_OPERATOR)


def add(register: Register, receipt: Receipt, item: Item) -> None:
    if len(receipt.items) >= MAX_ITEMS:
        raise Refusal(RECEIPT_FULL)
    receipt.items.append(item)
    register.print(*render.item(item, vat.rate_of_row(register, item.row)))


def close(
    register: Register,
    operator: int,
    payments: Sequence[int],
    *,
    rounding: int = 0,
    tax_sums: Sequence[int] | None = None,
    tax_system: int = 0,
    text: str = "",
) -> tuple[int, FnDocument]:
    """Pays and closes: the change, and the document. Raises Refusal; the receipt then stays as it was."""
    receipt = current(register, operator)
    total = receipt.total - rounding
    change = _check(register, receipt, total, payments, rounding)
    tax_system = _tax_system(register, tax_system)
    _check_items(register, receipt)
    fn.check(register)
    taxes = _taxes(register, receipt, tax_sums)
    body = [
        Tlv(Tag.RECEIPT_NUMBER, register.memory.fn.receipts + 1),
        Tlv(Tag.SETTLEMENT, OPERATIONS[receipt.kind]),
        Tlv(Tag.TAXATION_SYSTEM, tax_system),
        *(_item_tag(register, item) for item in receipt.items),
        Tlv(Tag.TOTAL, total),
        *payment_tags(payments, change),
        *tax_tags(taxes),
    ]
    if not _given(register, Tag.CASHIER):
        body.insert(0, Tlv(Tag.CASHIER, storage.words(register.tables.operator_name(operator))))
    form = storage.FORM_CORRECTION if receipt.correction else storage.FORM_RECEIPT
    given = decode(bytes.fromhex(register.memory.fn.current.tlv)) if register.memory.fn.current is not None else ()
    document = storage.record(register, form, body, operation=OPERATIONS[receipt.kind], total=total)
    register.memory.fn.receipts += 1
    register.memory.fn.codes.clear()
    _count(register, receipt, total, payments, change)
    told = details(register, document, given)
    register.print(*render.sums(total, rounding, payments, change, taxes))
    register.print(*wording.conditions(tax_system, str(first(given, Tag.BUYER_CONTACT) or "")))
    if text:
        register.print(text)
    end_paper(register, document, receipt.correction)
    register.memory.receipt = None
    kind = "correction" if receipt.correction else DOCUMENT_KINDS[receipt.kind]
    register.issue(
        kind,
        str(document.number),
        total,
        fiscal=True,
        origin=receipt.origin,
        lines=[_line(register, item) for item in receipt.items],
        payments=[
            {"kind": render.payment_name(number), "number": number, "amount": wording.money(amount)}
            for number, amount in enumerate(payments, 1)
            if amount
        ],
        change=wording.money(change),
        reference=reference(given),
        taxes={rate.name: wording.money(amount) for rate, amount in taxes},
        details=told | {"tax_system": tax_system, "rounding": rounding, "texts": [*receipt.texts, *([text] if text else [])]},
    )
    return change, document


def cancel(register: Register, operator: int, origin: str | None = None) -> None:
    """The open receipt leaves no document."""
    receipt = current(register, operator)
    memory = register.memory
    memory.fn.current = None
    memory.fn.codes.clear()
    memory.totals.cancelled += 1
    memory.counters.documents += 1
    register.print("ЧЕК АННУЛИРОВАН", *register.ending())
    memory.receipt = None
    register.end_document()
    register.issue(
        "cancelled_receipt",
        str(memory.counters.documents),
        receipt.total,
        fiscal=False,
        origin=origin or receipt.origin,
        lines=[_line(register, item) for item in receipt.items],
        details={"texts": receipt.texts},
    )


def end_paper(register: Register, document: FnDocument, correction: bool = False) -> None:
    """The lower end of a receipt's paper."""
    memory = register.memory
    register.print(*register.requisites(document, memory.fn.receipts))
    if not correction:
        register.print(*render.qr(wording.qr_text(document, memory.fn.serial)))
    register.print(*register.ending())
    memory.counters.documents += 1
    register.end_document(receipt=True)


def details(register: Register, document: FnDocument, given: Sequence[Tlv] = ()) -> dict[str, Any]:
    """What an issued document says beside its sums."""
    return {
        "document": document.number,
        "sign": document.sign,
        "shift": document.shift,
        "fn": register.memory.fn.serial,
        "paper": not register.paperless,
        "tags": told(given),
    }


# --- checks


def _check(register: Register, receipt: Receipt, total: int, payments: Sequence[int], rounding: int) -> int:
    """The change."""
    if shift_expired(register):
        raise Refusal(SHIFT_EXPIRED)
    if rounding > 99 or total < 0:
        raise Refusal(PARAMETERS)
    if not receipt.items or (total == 0 and register.tables.number(1, 1, 23) == 1):
        raise Refusal(ZERO_TOTAL)
    paid, other = sum(payments), sum(payments[1:])
    if other > total:
        raise Refusal(NON_CASH_OVER)
    if paid < total:
        raise Refusal(TOO_LITTLE)
    change = paid - total
    if receipt.kind in _PAID_OUT and not receipt.correction and payments[0] - change > register.memory.cash:
        raise Refusal(NO_CASH)
    return change


def _tax_system(register: Register, mask: int) -> int:
    """One of those that the register is registered with; none given: its only one."""
    registered = register.memory.fn.registrations[-1].tax_systems if register.memory.fn.registrations else 0
    if mask == 0 and registered.bit_count() == 1:
        return registered
    if mask.bit_count() != 1 or not mask & registered:
        raise Refusal(WITH_SETTINGS)
    return mask


def _check_items(register: Register, receipt: Receipt) -> None:
    """What FFD 1.2 wants to know of each line."""
    if register.format != "1.2":
        return
    for item in receipt.items:
        tags = decode(bytes.fromhex(item.tlv))
        if item.subject in MARKED_SUBJECTS:
            if register.settings.marking == "disabled":
                raise Refusal(MARKING_FORBIDDEN)
            if not item.code and register.settings.unmarked == "refused":
                raise Refusal(TAGS_MISSING)
        if item.code and item.check is None:
            raise Refusal(CODE_NOT_CHECKED)
        modern = register.settings.generation == "new"
        if modern and first(tags, Tag.MEASURE) is None and register.settings.measure_missing == "refuse":
            raise Refusal(TAGS_MISSING)


# --- figures and tags


def _taxes(register: Register, receipt: Receipt, sums: Sequence[int] | None) -> list[tuple[vat.Rate, int]]:
    """For each rate that the receipt has: its tax, or its turnover where there is no tax. `sums`: what the host charges."""
    taxes = []
    for rate in vat.rates(register):
        items = [item for item in receipt.items if (item.row or 4) == rate.row]
        if not items:
            continue
        amount = sum(item.amount if rate.untaxed else item.tax for item in items)
        if sums is not None and rate.row <= len(sums) and register.tables.number(1, 1, 14) == 1:
            amount = sums[rate.row - 1]
        taxes.append((rate, amount))
    return taxes


def payment_tags(payments: Sequence[int], change: int = 0) -> list[Tlv]:
    return [
        Tlv(Tag.CASH, payments[0] - change),
        Tlv(Tag.ELECTRONIC, sum(payments[1 : ADVANCE - 1])),
        Tlv(Tag.PREPAID, payments[ADVANCE - 1]),
        Tlv(Tag.CREDIT, payments[CREDIT - 1]),
        Tlv(Tag.EXCHANGE, payments[EXCHANGE - 1]),
    ]


def _item_tag(register: Register, item: Item) -> Tlv:
    rate = vat.rate_of_row(register, item.row)
    given = decode(bytes.fromhex(item.tlv))
    tags = [
        Tlv(Tag.ITEM_NAME, storage.words(item.name.removeprefix("//"))),
        Tlv(Tag.PRICE, item.price),
        Tlv(Tag.QUANTITY, item.quantity),
        Tlv(Tag.ITEM_TOTAL, item.amount),
        Tlv(Tag.VAT_RATE, rate.code),
        *([] if rate.untaxed else [Tlv(Tag.ITEM_VAT, item.tax)]),
        Tlv(Tag.PAYMENT_METHOD, item.method),
        Tlv(Tag.PAYMENT_OBJECT, item.subject),
        *given,
    ]
    if register.format == "1.2" and first(given, Tag.MEASURE) is None:
        tags.append(Tlv(Tag.MEASURE, 0))
    if item.code:
        code = bytes.fromhex(item.code)
        tags.append(Tlv(Tag.MARKING_CODE, code) if register.format == "1.2" else Tlv(Tag.PRODUCT_CODE, b"\x44\x4d" + code[:30]))
    if item.check is not None:
        tags.append(Tlv(Tag.ITEM_CHECK_RESULT, item.check))
    return Tlv(Tag.ITEM, tuple(tags))


def _count(register: Register, receipt: Receipt, total: int, payments: Sequence[int], change: int) -> None:
    memory, kind = register.memory, receipt.kind
    if receipt.correction:
        count_correction(register, kind, total)
        return
    totals, counters = memory.totals, memory.counters
    totals.receipts[kind] += 1
    totals.sums[kind] += total
    counters.receipts[kind] += 1
    counters.sums[kind] += total
    for number in range(PAYMENTS):
        totals.payments[number][kind] += payments[number] - (change if number == 0 else 0)
    for item in receipt.items:
        totals.departments[max(item.department, 1) - 1][kind] += item.amount
        row = (item.row or 4) - 1
        totals.turnover[row][kind] += item.amount
        totals.taxes[row][kind] += item.tax
    cash = payments[0] - change
    memory.cash += -cash if kind in _PAID_OUT else cash


def count_correction(register: Register, kind: int, total: int) -> None:
    register.memory.totals.corrections[kind] += 1
    register.memory.totals.correction_sums[kind] += total


# --- what the truth says


def _line(register: Register, item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "quantity": f"{item.quantity.normalize():f}",
        "price": wording.money(item.price),
        "total": wording.money(item.amount),
        "vat": vat.rate_of_row(register, item.row).name,
        "method": item.method,
        "subject": item.subject,
        "tags": told(decode(bytes.fromhex(item.tlv))),
        "code": item.code,
        "check": item.check,
    }


def _given(register: Register, tag: Tag) -> bool:
    started = register.memory.fn.current
    return started is not None and first(decode(bytes.fromhex(started.tlv)), tag) is not None


def need_fn_document(register: Register) -> Started:
    """What FF0C adds tags to."""
    started = register.memory.fn.current
    if started is None:
        raise Refusal(FN_STATE)
    return started
