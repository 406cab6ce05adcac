"""Reports with and without clearing, which may run on behind their answer; the shift's closing; the state of settlements.

Source: protocol-specs/atol, "Modes", "Commands". X: 2.2 until 2.0. Z: 3.2, then 7.1, then 3.0 or 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import CLOSING, SETTLEMENTS, FnDocument

from bridge_sim_atol import fn, render
from bridge_sim_atol.documents import begin, cashier, details
from bridge_sim_atol.memory import CORRECTIONS, TYPES, Totals
from bridge_sim_atol.refusals import FORMAT, RECEIPT_OPEN, SHIFT_CLOSED, Refusal
from bridge_sim_atol.request import IN_CLEARING, IN_REPORTS, SELECT, Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_X, _SETTLEMENTS = 0x01, 0x09
_OTHERS = {
    0x02: "ОТЧЕТ ПО СЕКЦИЯМ",
    0x03: "ОТЧЕТ ПО КАССИРАМ",
    0x04: "ОТЧЕТ ПО ТОВАРАМ",
    0x05: "ПОЧАСОВОЙ ОТЧЕТ",
    0x07: "ОТЧЕТ ПО КОЛИЧЕСТВАМ",
}


@dataclass(slots=True)
class Running:
    """A report that runs on. `left`: questions (45) until it is over; a Z shows 7.1 for the second half of them."""

    clearing: bool
    left: int
    half: int
    origin: str

    @property
    def mode(self) -> int:
        if not self.clearing:
            return 0x22
        return 0x23 if self.left > self.half else 0x17


def polled(register: Register) -> None:
    """A host has asked for the state."""
    running = register.report
    if running is None:
        return
    running.left -= 1
    if running.left > 0:
        return
    register.report = None
    if register.memory.closing:
        close(register, running.origin)
        register.mechanism.start()
    register.save()


def _run(register: Register, call: Call, *, clearing: bool) -> None:
    polls = register.settings.report_polls
    if polls:
        register.report = Running(clearing, polls, polls // 2, call.origin)


def close(register: Register, origin: str) -> FnDocument:
    """The shift is closed: the document of the FN, and the Z report on paper."""
    memory = register.memory
    memory.closing = False
    totals = memory.totals
    counts = [
        Tlv(Tag.SHIFT_DOCUMENTS, sum(document.shift == memory.fn.shift for document in memory.fn.documents) + 1),
        Tlv(Tag.SHIFT_RECEIPTS, memory.fn.receipts),
        Tlv(Tag.UNSENT_DOCUMENTS, len(memory.fn.queue)),
    ]
    begin(register, CLOSING)
    document = storage.record(register, storage.FORM_CLOSING, [*cashier(register), *counts])
    memory.fn.shift_opened = None
    register.print(*register.header(f"ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ {memory.fn.shift:04d}"), *figures(register))
    if register.settings.cash_at_z == "zeroed":
        memory.cash = 0
    register.print(*register.requisites(document), wording.CUT_MARK)
    memory.totals = Totals()
    memory.mode = int(register.settings.mode_after_z) if memory.mode else SELECT
    told = details(register, document) | {"figures": truth(register, totals)}
    total = totals.of(1).sum - totals.of(2).sum
    register.issue("daily_report", str(document.number), total, fiscal=True, origin=origin, details=told)
    return document


def figures(register: Register) -> list[str]:
    memory = register.memory
    return render.report(memory.totals, memory.cash, memory.grand)


def truth(register: Register, totals: Totals) -> dict[str, Any]:
    """The figures of a report, by type of receipt."""
    kinds = {kind: totals.of(kind) for kind in (*TYPES, *CORRECTIONS)}
    return {
        "receipts": {render.NAMES[kind]: kinds[kind].receipts for kind in TYPES},
        "sums": {render.NAMES[kind]: wording.money(kinds[kind].sum) for kind in TYPES},
        "payments": {
            render.NAMES[kind]: {
                name: wording.money(amount)
                for name, amount in zip(render.PAYMENT_NAMES, kinds[kind].payments, strict=True)
                if amount
            }
            for kind in TYPES
        },
        "corrections": {render.NAMES[kind]: wording.money(kinds[kind].sum) for kind in CORRECTIONS if kinds[kind].receipts},
        "cash": wording.money(register.memory.cash),
        "cash_in": wording.money(totals.cash_in),
        "cash_out": wording.money(totals.cash_out),
    }


# --- commands


def _clearing(register: Register, call: Call) -> bytes:
    call.request.end()
    memory = register.memory
    if memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    if not memory.fn.shift_open:
        raise Refusal(SHIFT_CLOSED)
    fn.check(register, closing=True)
    if register.settings.z_report == "running" and register.settings.report_polls:
        memory.closing = True
    else:
        close(register, call.origin)
    _run(register, call, clearing=True)
    return b""


def _without_clearing(register: Register, call: Call) -> bytes:
    kind = call.request.byte()
    if register.memory.receipt is not None:
        raise Refusal(RECEIPT_OPEN)
    if kind == _X:
        _x(register, call)
    elif kind == _SETTLEMENTS:
        _settlements(register, call)
    elif kind in _OTHERS:
        _other(register, call, _OTHERS[kind])
    else:
        raise Refusal(FORMAT)
    _run(register, call, clearing=False)
    return b""


def _x(register: Register, call: Call) -> None:
    memory = register.memory
    memory.slips += 1
    lines = render.slip(register.now(), memory.slips)
    register.print(*register.header("СУТОЧНЫЙ ОТЧЕТ БЕЗ ГАШЕНИЯ"), *lines, *figures(register), wording.CUT_MARK)
    total = memory.totals.of(1).sum - memory.totals.of(2).sum
    told = {"figures": truth(register, memory.totals)}
    register.issue("x_report", str(memory.slips), total, fiscal=False, origin=call.origin, details=told)


def _other(register: Register, call: Call, title: str) -> None:
    memory = register.memory
    memory.slips += 1
    register.print(*register.header(title), *render.slip(register.now(), memory.slips), *figures(register), wording.CUT_MARK)
    register.issue("report", str(memory.slips), 0, fiscal=False, origin=call.origin, details={"title": title})


def _settlements(register: Register, call: Call) -> None:
    fn.check(register, closing=True)
    waiting = register.memory.fn.queue
    begin(register, SETTLEMENTS)
    document = storage.record(register, storage.FORM_SETTLEMENTS, [Tlv(Tag.UNSENT_DOCUMENTS, len(waiting))])
    lines = [f"НЕПЕРЕДАННЫХ ФД {len(waiting)}", *register.requisites(document), wording.CUT_MARK]
    register.print(*register.header("ОТЧЕТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЕТОВ"), *lines)
    told = details(register, document)
    register.issue("settlements_report", str(document.number), 0, fiscal=True, origin=call.origin, details=told)


COMMANDS = {
    0x5A: Command(_clearing, "print", IN_CLEARING),
    0x67: Command(_without_clearing, "print", IN_REPORTS),
}
