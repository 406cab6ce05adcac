"""Corrections: FF35, and FF4A or its forerunner FF36 for the formats before 1.2 (in 1.2 a correction has lines and is closed by FF45).

Source: protocol-specs/shtrih-m, "Sequences"; protocol-specs/ffd, "Correction".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, first
from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import CORRECTION, NO_DOCUMENT
from bridge_sim_fn.vat import tax_tags

from bridge_sim_shtrih_m import fn, receipts, render, shift, states, vat
from bridge_sim_shtrih_m.answers import le, numbers
from bridge_sim_shtrih_m.refusals import PARAMETERS, TAGS_MISSING, TOO_LITTLE, WITH_SETTINGS, ZERO_TOTAL, Refusal
from bridge_sim_shtrih_m.request import Call, Command, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

_KINDS = {1: 0, 2: 2, 3: 1, 4: 3}  # tag 1054 -> kind of receipt
_ROWS = (1, 2, 3, 4, 5, 6)  # of table 6, in the order of the six sums


def _begin(register: Register, call: Call) -> bytes:
    fn.check(register)
    if not register.memory.fn.shift_open:
        shift.open_shift(register, call.origin)
    storage.begin(register, CORRECTION)
    return b""


def _form(register: Register, call: Call) -> bytes:
    request = call.request
    reason, operation, total = request.number(), request.number(), request.money()
    paid = [request.money() for _ in range(5)]
    sums = [request.money() for _ in range(6)]
    system = request.number()
    if register.format == "1.2":
        raise Refusal(WITH_SETTINGS)
    allowed = (1, 3) if register.format == "1.05" else (1, 2, 3, 4)
    if reason > 1 or operation not in allowed:
        raise Refusal(PARAMETERS)
    if total == 0:
        raise Refusal(ZERO_TOTAL)
    if sum(paid) < total:
        raise Refusal(TOO_LITTLE)
    registered = register.memory.fn.registrations[-1].tax_systems
    if sum(paid) != total or system.bit_count() != 1 or not system & registered:
        raise Refusal(PARAMETERS)
    started = register.memory.fn.current
    given = decode(bytes.fromhex(started.tlv)) if started is not None else ()
    if first(given, Tag.CORRECTION_BASIS) is None and first(given, Tag.CORRECTED_DATE) is None:
        raise Refusal(TAGS_MISSING)
    known = {rate.row: rate for rate in vat.rates(register)}
    taxes = [(known[row], amount) for row, amount in zip(_ROWS, sums, strict=True) if amount]
    return _record(register, call, reason, operation, paid, taxes, system)


def _old_form(register: Register, call: Call) -> bytes:
    """Total and operation, paid in cash: it knows neither taxes nor a basis."""
    total, operation = call.request.money(), call.request.number()
    if register.format != "1.05":
        raise Refusal(WITH_SETTINGS)
    if operation not in (1, 3):
        raise Refusal(PARAMETERS)
    if total == 0:
        raise Refusal(ZERO_TOTAL)
    registered = register.memory.fn.registrations[-1].tax_systems
    return _record(register, call, 0, operation, [total, 0, 0, 0, 0], [], registered & -registered)


def _record(
    register: Register,
    call: Call,
    reason: int,
    operation: int,
    paid: Sequence[int],
    taxes: Sequence[tuple[vat.Rate, int]],
    system: int,
) -> bytes:
    """The document, and what both commands answer."""
    total = sum(paid)
    started = register.memory.fn.current
    given = decode(bytes.fromhex(started.tlv)) if started is not None else ()
    fn.check(register)
    body = [
        *(
            []
            if first(given, Tag.CASHIER) is not None
            else [Tlv(Tag.CASHIER, storage.words(register.tables.operator_name(call.operator)))]
        ),
        Tlv(Tag.RECEIPT_NUMBER, register.memory.fn.receipts + 1),
        Tlv(Tag.CORRECTION_TYPE, reason),
        Tlv(Tag.SETTLEMENT, operation),
        Tlv(Tag.TAXATION_SYSTEM, system),
        Tlv(Tag.TOTAL, total),
        Tlv(Tag.CASH, paid[0]),
        Tlv(Tag.ELECTRONIC, paid[1]),
        Tlv(Tag.PREPAID, paid[2]),
        Tlv(Tag.CREDIT, paid[3]),
        Tlv(Tag.EXCHANGE, paid[4]),
        *tax_tags(taxes),
    ]
    document = storage.record(register, storage.FORM_CORRECTION, body, operation=operation, total=total)
    register.memory.fn.receipts += 1
    kind = _KINDS[operation]
    receipts.count_correction(register, kind, total)
    payments = [paid[0], paid[1], *[0] * 11, *paid[2:]]
    told = receipts.details(register, document, given)
    register.print(*register.header(f"КАССОВЫЙ ЧЕК КОРРЕКЦИИ/{render.KIND_NAMES[kind]}"))
    register.print(*render.sums(total, 0, payments, 0, taxes))
    receipts.end_paper(register, document, correction=True)
    register.issue(
        "correction",
        str(document.number),
        total,
        fiscal=True,
        origin=call.origin,
        payments=[
            {"kind": render.payment_name(number), "number": number, "amount": wording.money(amount)}
            for number, amount in enumerate(payments, 1)
            if amount
        ],
        taxes={rate.name: wording.money(amount) for rate, amount in taxes},
        details=told | {"operation": operation, "tax_system": system, "reason": reason},
    )
    return le(register.memory.fn.receipts, 2) + numbers(document, extended=register.settings.extended_answers)


COMMANDS = {
    0xFF36: Command(_old_form, exactly(12), "sysadmin", "print", states.IDLE, frozenset((CORRECTION,))),
    0xFF35: Command(_begin, exactly(6), "sysadmin", "fill", states.OPENS_RECEIPT, frozenset((NO_DOCUMENT,))),
    0xFF4A: Command(_form, exactly(69), "sysadmin", "print", states.IDLE, frozenset((CORRECTION,))),
}
