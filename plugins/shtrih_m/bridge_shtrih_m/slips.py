"""Shifts, reports and money in the drawer as commands. Pure: no device is asked."""

from __future__ import annotations

from bridge_ffd.register import Kind
from bridge_ffd.slips import cashier_of, check_currency, check_x_report
from bridge_ffd.tlv import encode
from bridge_ffd.versions import DocumentKind

from bridge.model import CashIn, CashOut, Operator, Report, ReportX, ShiftClose, ShiftOpen, unsupported
from bridge.plugin import from_request
from bridge_shtrih_m import commands
from bridge_shtrih_m.circumstances import Circumstances
from bridge_shtrih_m.plan import Plan, Step


def plan_shift_open(operation: ShiftOpen, now: Circumstances, *, storage: bool) -> Plan:
    cashier = _cashier(operation.operator, DocumentKind.SHIFT_OPEN, now, storage=storage)
    begin = [Step(commands.begin_open_shift())] if cashier else []
    return Plan(kind=Kind.SHIFT_OPEN, steps=(*begin, *cashier, Step(commands.open_shift())))


def plan_shift_close(operation: ShiftClose, now: Circumstances, report: Report | None, *, storage: bool) -> Plan:
    cashier = _cashier(operation.operator, DocumentKind.SHIFT_CLOSE, now, storage=storage)
    begin = [Step(commands.begin_close_shift())] if cashier else []
    return Plan(kind=Kind.SHIFT_CLOSE, steps=(*begin, *cashier, Step(commands.z_report())), report=report)


def plan_x_report(operation: ReportX, report: Report | None) -> Plan:
    check_x_report(operation)
    return Plan(kind=Kind.X_REPORT, steps=(Step(commands.x_report()),), report=report)


def plan_cash(operation: CashIn | CashOut) -> Plan:
    check_currency(operation)
    cash_in = isinstance(operation, CashIn)
    build = commands.cash_in if cash_in else commands.cash_out
    command = from_request("amount", lambda: build(operation.amount))
    return Plan(
        kind=Kind.CASH_IN if cash_in else Kind.CASH_OUT,
        steps=(Step(command, "amount"),),
        total=operation.amount,
    )


def _cashier(operator: Operator | None, kind: DocumentKind, now: Circumstances, *, storage: bool) -> list[Step]:
    tags = cashier_of(operator, kind, now.version)
    if tags and not storage:
        raise unsupported("operator", "a device without fiscal storage takes no name of a cashier", remedy="leave it out")
    return [Step(commands.document_tags(encode((tag,))), "operator") for tag in tags]
