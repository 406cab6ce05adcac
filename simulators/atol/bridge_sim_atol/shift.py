"""The shift is opened, cash is put in and taken out. Source: protocol-specs/atol, "Commands"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import OPENING, FnDocument

from bridge_sim_atol import fn, render
from bridge_sim_atol.documents import begin, cashier, details, given
from bridge_sim_atol.memory import Totals
from bridge_sim_atol.refusals import CASH_OVERFLOW, NO_CASH, RECEIPT_OPEN, SHIFT_CLOSED, SHIFT_OPEN, SUM, Refusal
from bridge_sim_atol.request import IN_REGISTRATION, Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

MAX_CASH = 10**14 - 1  # kopecks
_TEST = 0x01


def open_shift(register: Register, origin: str, text: str = "") -> FnDocument:
    memory = register.memory
    fn.check(register)
    memory.fn.shift += 1
    memory.fn.receipts = 0
    memory.fn.shift_opened = register.now().replace(microsecond=0)
    memory.totals = Totals()
    begin(register, OPENING)
    tags = given(register)
    document = storage.record(register, storage.FORM_OPENING, cashier(register))
    lines = [*([text] if text else []), *register.requisites(document), wording.CUT_MARK]
    register.print(*register.header("ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ"), *lines)
    told = details(register, document, tags)
    register.issue("shift_open", str(document.number), 0, fiscal=True, origin=origin, details=told)
    return document


def move_cash(register: Register, amount: int, *, out: bool, origin: str) -> None:
    memory = register.memory
    if not amount:
        raise Refusal(SUM)
    if out and amount > memory.cash:
        raise Refusal(NO_CASH)
    if not out and memory.cash + amount > MAX_CASH:
        raise Refusal(CASH_OVERFLOW)
    memory.cash += -amount if out else amount
    totals = memory.totals
    if out:
        totals.cash_out += amount
        totals.cash_outs += 1
    else:
        totals.cash_in += amount
        totals.cash_ins += 1
    memory.slips += 1
    register.pending = ""
    lines = [*render.slip(register.now(), memory.slips), f"СУММА ={wording.money(amount)}", wording.CUT_MARK]
    register.print(*register.header("ВЫПЛАТА" if out else "ВНЕСЕНИЕ"), *lines)
    register.issue("cash_out" if out else "cash_in", str(memory.slips), amount, fiscal=False, origin=origin)


# --- commands


def _open(register: Register, call: Call) -> bytes:
    flags, text = call.request.byte(), call.request.text()
    memory = register.memory
    if memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    if memory.fn.shift_open:
        raise Refusal(SHIFT_OPEN)
    fn.check(register)
    if not flags & _TEST:
        open_shift(register, call.origin, text)
    return b""


def _cash(register: Register, call: Call) -> bytes:
    flags, amount = call.request.byte(), call.request.digits(5)
    call.request.end()
    memory = register.memory
    if memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    if not memory.fn.shift_open and not register.settings.cash_in_closed_shift:
        raise Refusal(SHIFT_CLOSED)
    if not flags & _TEST:
        move_cash(register, amount, out=call.code == 0x4F, origin=call.origin)
    return b""


COMMANDS = {
    0x9A: Command(_open, "print", IN_REGISTRATION),
    0x49: Command(_cash, "print", IN_REGISTRATION, ages=True),
    0x4F: Command(_cash, "print", IN_REGISTRATION, ages=True),
}
