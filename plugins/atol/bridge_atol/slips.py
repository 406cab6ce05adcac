"""Shifts, reports and money in the drawer as commands. Pure: no device is asked."""

from __future__ import annotations

from dataclasses import replace

from bridge_ffd.building import Faults
from bridge_ffd.parts import cashier_tags
from bridge_ffd.versions import DocumentKind

from bridge.model import CashIn, CashOut, Operator, Report, ReportX, RequestError, ShiftClose, ShiftOpen, invalid, unsupported
from bridge_atol import commands
from bridge_atol.circumstances import Circumstances
from bridge_atol.errors import SHIFT_TOO_OLD
from bridge_atol.facts import Kind
from bridge_atol.layout import BadValue
from bridge_atol.plan import Plan, Step
from bridge_atol.sale import cleared, tag_steps
from bridge_atol.settings import CURRENCY


def plan_shift_open(operation: ShiftOpen, now: Circumstances) -> Plan:
    cashier = _cashier(operation.operator, DocumentKind.SHIFT_OPEN, now)
    return Plan(kind=Kind.SHIFT_OPEN, steps=(*cashier, Step(commands.open_shift())))


def plan_shift_close(operation: ShiftClose, now: Circumstances, report: Report | None) -> Plan:
    """The cashier is told in mode 1, before the mode of the report is entered. A device whose shift is too old may take nothing in that
    mode any more; the shift is closed all the same."""
    cashier = [
        replace(step, passes=step.passes | {SHIFT_TOO_OLD})
        for step in _cashier(operation.operator, DocumentKind.SHIFT_CLOSE, now)
    ]
    return Plan(kind=Kind.SHIFT_CLOSE, steps=(*cashier, Step(commands.close_shift())), report=report)


def plan_x_report(operation: ReportX, report: Report | None) -> Plan:
    if operation.shift is not None:
        raise unsupported("shift", "the device keeps no sums of one cashier", remedy="leave it out")
    if operation.reset:
        raise unsupported("reset", "an X report sets nothing back", remedy="close the shift")
    return Plan(kind=Kind.X_REPORT, steps=(Step(commands.x_report()),), report=report)


def plan_cash(operation: CashIn | CashOut, now: Circumstances) -> Plan:
    if operation.currency != CURRENCY:
        raise unsupported("currency", f"{operation.currency} is not possible", limit=CURRENCY)
    cash_in = isinstance(operation, CashIn)
    try:
        command = commands.cash_in(operation.amount) if cash_in else commands.cash_out(operation.amount)
    except BadValue as error:
        raise invalid("amount", error.message) from None
    return Plan(
        kind=Kind.CASH_IN if cash_in else Kind.CASH_OUT,
        steps=(*_cashier(operation.operator, DocumentKind.RECEIPT, now), Step(command, "amount")),
        total=operation.amount,
    )


def _cashier(operator: Operator | None, kind: DocumentKind, now: Circumstances) -> list[Step]:
    faults = Faults()
    tags = cashier_tags(operator, kind, now.version, faults)
    if faults.errors:
        first = faults.errors[0]
        raise RequestError("request.invalid", f"{first.field}: {first.message}", tuple(faults.errors))
    return [*cleared(now), *tag_steps(tags, "operator", now)]
