"""Shifts, reports and money in the drawer as commands. Pure: no device is asked."""

from __future__ import annotations

from dataclasses import replace

from bridge_ffd.register import Kind
from bridge_ffd.slips import cashier_of, check_currency, check_x_report
from bridge_ffd.versions import DocumentKind

from bridge.model import CashIn, CashOut, Operator, Report, ReportX, ShiftClose, ShiftOpen
from bridge.plugin import from_request
from bridge_atol import commands
from bridge_atol.circumstances import Circumstances
from bridge_atol.errors import SHIFT_TOO_OLD
from bridge_atol.plan import Plan, Step
from bridge_atol.sale import cleared, tag_steps


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
    check_x_report(operation)
    return Plan(kind=Kind.X_REPORT, steps=(Step(commands.x_report()),), report=report)


def plan_cash(operation: CashIn | CashOut, now: Circumstances) -> Plan:
    check_currency(operation)
    cash_in = isinstance(operation, CashIn)
    build = commands.cash_in if cash_in else commands.cash_out
    command = from_request("amount", lambda: build(operation.amount))
    return Plan(
        kind=Kind.CASH_IN if cash_in else Kind.CASH_OUT,
        steps=(*_cashier(operation.operator, DocumentKind.RECEIPT, now), Step(command, "amount")),
        total=operation.amount,
    )


def _cashier(operator: Operator | None, kind: DocumentKind, now: Circumstances) -> list[Step]:
    tags = cashier_of(operator, kind, now.version)
    return [*cleared(now), *tag_steps(tags, "operator", now)]
