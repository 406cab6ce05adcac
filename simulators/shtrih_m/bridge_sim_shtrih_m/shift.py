"""The shift: opened, closed by the Z report, reported by X; cash that is put in and taken out.

Source: protocol-specs/shtrih-m, "Commands a first driver needs", "Sequences".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, first
from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import CLOSING, NO_DOCUMENT, OPENING, FnDocument

from bridge_sim_shtrih_m import fn, render, states, vat
from bridge_sim_shtrih_m.answers import le, numbers
from bridge_sim_shtrih_m.memory import Totals
from bridge_sim_shtrih_m.refusals import CASH_OVERFLOW, NO_CASH, PARAMETERS, Refusal
from bridge_sim_shtrih_m.request import Call, Command, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_CASH = 9_999_999_999  # kopecks


def open_shift(register: Register, origin: str) -> FnDocument:
    memory = register.memory
    fn.check(register)
    memory.fn.shift += 1
    memory.fn.receipts = 0
    memory.fn.shift_opened = register.now().replace(microsecond=0)
    memory.totals = Totals()
    document = storage.record(register, storage.FORM_OPENING, _cashier(register))
    register.print(*register.header("ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ"), *register.requisites(document), *register.ending())
    memory.counters.documents += 1
    register.end_document()
    register.issue("shift_open", str(document.number), 0, fiscal=True, origin=origin, details=_details(document))
    return document


def close_shift(register: Register, origin: str) -> FnDocument:
    """The Z report."""
    memory = register.memory
    fn.check(register, closing=True)
    totals = memory.totals
    counts = [
        Tlv(Tag.SHIFT_DOCUMENTS, sum(document.shift == memory.fn.shift for document in memory.fn.documents) + 1),
        Tlv(Tag.SHIFT_RECEIPTS, memory.fn.receipts),
        Tlv(Tag.UNSENT_DOCUMENTS, len(memory.fn.queue)),
    ]
    document = storage.record(register, storage.FORM_CLOSING, [*_cashier(register), *counts])
    memory.fn.shift_opened = None
    register.print(*register.header(f"СУТОЧНЫЙ ОТЧЕТ С ГАШЕНИЕМ {memory.fn.shift:04d}"), *_figures(register))
    if register.tables.number(1, 1, 2) == 1:
        memory.cash = 0
    register.print(*register.requisites(document), *register.ending())
    memory.counters.documents += 1
    register.end_document()
    register.issue(
        "daily_report",
        str(document.number),
        totals.sums[0] - totals.sums[2],
        fiscal=True,
        origin=origin,
        details=_details(document) | {"figures": _truth(register, totals)},
    )
    return document


def report_x(register: Register, origin: str) -> None:
    memory = register.memory
    register.print(*register.header("СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ"), *_figures(register), *register.ending())
    memory.counters.x_reports += 1
    memory.counters.documents += 1
    register.end_document()
    register.issue(
        "x_report",
        str(memory.counters.documents),
        memory.totals.sums[0] - memory.totals.sums[2],
        fiscal=False,
        origin=origin,
        details={"figures": _truth(register, memory.totals)},
    )


def move_cash(register: Register, amount: int, *, out: bool, origin: str) -> int:
    """The through document number."""
    memory = register.memory
    if amount == 0:
        raise Refusal(PARAMETERS)
    if out and amount > memory.cash:
        raise Refusal(NO_CASH)
    if not out and memory.cash + amount > MAX_CASH:
        raise Refusal(CASH_OVERFLOW)
    memory.cash += -amount if out else amount
    totals, counters = memory.totals, memory.counters
    if out:
        totals.cash_out += amount
        totals.cash_outs += 1
        counters.cash_outs += 1
    else:
        totals.cash_in += amount
        totals.cash_ins += 1
        counters.cash_ins += 1
    title = "ВЫПЛАТА" if out else "ВНЕСЕНИЕ"
    register.print(*register.header(title), f"СУММА {wording.money(amount)}", *register.ending())
    counters.documents += 1
    register.end_document()
    register.issue("cash_out" if out else "cash_in", str(counters.documents), amount, fiscal=False, origin=origin)
    return counters.documents


def _cashier(register: Register) -> list[Tlv]:
    started = register.memory.fn.current
    given = decode(bytes.fromhex(started.tlv)) if started is not None else ()
    if first(given, Tag.CASHIER) is not None:
        return []
    return [Tlv(Tag.CASHIER, storage.words(register.tables.operator_name(register.operator)))]


def _figures(register: Register) -> list[str]:
    memory = register.memory
    return render.report(memory.totals, memory.cash, vat.rates(register), memory.counters.sums)


def _details(document: FnDocument) -> dict[str, Any]:
    return {"document": document.number, "sign": document.sign, "shift": document.shift}


def _truth(register: Register, totals: Totals) -> dict[str, Any]:
    """The figures of a report, by kind of receipt."""
    return {
        "receipts": dict(zip(render.KIND_NAMES, totals.receipts, strict=True)),
        "sums": {name: wording.money(amount) for name, amount in zip(render.KIND_NAMES, totals.sums, strict=True)},
        "payments": {
            render.payment_name(number): [wording.money(amount) for amount in amounts]
            for number, amounts in enumerate(totals.payments, 1)
            if any(amounts)
        },
        "turnover": {
            rate.name: [wording.money(amount) for amount in totals.turnover[rate.row - 1]]
            for rate in vat.rates(register)
            if any(totals.turnover[rate.row - 1])
        },
        "cash": wording.money(register.memory.cash),
        "cash_in": wording.money(totals.cash_in),
        "cash_out": wording.money(totals.cash_out),
    }


# --- commands


def _open(register: Register, call: Call) -> bytes:
    open_shift(register, call.origin)
    return bytes((call.operator,)) if register.settings.operator_byte_of_e0 else b""


def _open_fn(register: Register, call: Call) -> bytes:
    document = open_shift(register, call.origin)
    return le(document.shift, 2) + numbers(document)  # the one document whose answer is never extended


def _close(register: Register, call: Call) -> bytes:
    close_shift(register, call.origin)
    return b""


def _close_fn(register: Register, call: Call) -> bytes:
    document = close_shift(register, call.origin)
    return le(document.shift, 2) + numbers(document, extended=register.settings.extended_answers)


def _begin_opening(register: Register, call: Call) -> bytes:
    fn.check(register)
    storage.begin(register, OPENING)
    return b""


def _begin_closing(register: Register, call: Call) -> bytes:
    fn.check(register, closing=True)
    storage.begin(register, CLOSING)
    return b""


def _x(register: Register, call: Call) -> bytes:
    report_x(register, call.origin)
    return b""


def _cash_in(register: Register, call: Call) -> bytes:
    return le(move_cash(register, call.request.money(), out=False, origin=call.origin), 2)


def _cash_out(register: Register, call: Call) -> bytes:
    return le(move_cash(register, call.request.money(), out=True, origin=call.origin), 2)


def _parameters(register: Register, call: Call) -> bytes:
    memory = register.memory.fn
    return bytes((memory.shift_open,)) + le(memory.shift, 2) + le(memory.receipts, 2)


_NOTHING = frozenset((NO_DOCUMENT,))
_OPENS = frozenset((NO_DOCUMENT, OPENING))
_CLOSES = frozenset((NO_DOCUMENT, CLOSING))

COMMANDS = {
    0xE0: Command(_open, exactly(5), work="print", legal=states.OPENS_SHIFT, during=_OPENS),
    0x40: Command(_x, exactly(5), "admin", "print", states.IDLE, _NOTHING, op=True),
    0x41: Command(_close, exactly(5), "admin", "print", states.CLOSES_SHIFT, _CLOSES, op=True),
    0x50: Command(_cash_in, exactly(10), work="print", legal=states.MOVES_CASH, during=_NOTHING, op=True),
    0x51: Command(_cash_out, exactly(10), work="print", legal=states.MOVES_CASH, during=_NOTHING, op=True),
    0xFF0B: Command(_open_fn, exactly(6), "sysadmin", "print", states.OPENS_SHIFT, _OPENS),
    0xFF40: Command(_parameters, exactly(6), "sysadmin"),
    0xFF41: Command(_begin_opening, exactly(6), "sysadmin", "fill", states.OPENS_SHIFT, _NOTHING),
    0xFF42: Command(_begin_closing, exactly(6), "sysadmin", "fill", states.CLOSES_SHIFT, _NOTHING),
    0xFF43: Command(_close_fn, exactly(6), "sysadmin", "print", states.CLOSES_SHIFT, _CLOSES),
}
