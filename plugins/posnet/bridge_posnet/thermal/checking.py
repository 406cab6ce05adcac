"""Whether this printer could take an operation, told without asking it: the same plans that are carried out later."""

from __future__ import annotations

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    DisplayShow,
    DrawerOpen,
    Operation,
    Raw,
    Receipt,
    ReceiptKind,
    ReportPeriod,
    ShiftClose,
    Warning_,
    unsupported,
)
from bridge_posnet.checking import OWN_REFERENCE
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal import commands
from bridge_posnet.thermal.effects import plan_display, plan_raw
from bridge_posnet.thermal.plan import Plan
from bridge_posnet.thermal.reports import plan_period_report
from bridge_posnet.thermal.sale import Circumstances, plan_sale
from bridge_posnet.thermal.slips import plan_cash, plan_goods_return
from bridge_posnet.thermal.status import OPERATIONS
from bridge_posnet.unsupported import CURRENCY, currency

_WHY_NOT = {
    "print": "the Thermal protocol prints texts only into fixed forms of the vendor, never freely",
    "clock.set": "in fiscal mode the printer takes one hour once after a daily report: set its clock at the printer",
}


def check(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    plan = planned(operation, settings, capabilities)
    match operation:
        case DisplayShow():
            return tuple(plan_display(operation, settings)[1].warnings)
        case Raw():
            return tuple(plan_raw(operation, settings)[1].warnings)
    return plan.warnings if plan is not None else ()


def planned(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> Plan | None:
    """The commands that a document would be, as far as they are known without the printer; None for what only the printer
    can fill, or what is no document. Raises RequestError."""
    _allowed(operation, capabilities)
    match operation:
        case Receipt(kind=ReceiptKind.REFUND):
            return plan_goods_return(operation, settings)
        case Receipt():
            currency("currency", operation.currency, (CURRENCY,))
            rates = capabilities.taxes if capabilities is not None else None
            return plan_sale(operation, Circumstances(settings, rates, OWN_REFERENCE * commands.SYSTEM_NUMBER))
        case CashIn() | CashOut():
            return plan_cash(operation, settings)
        case ReportPeriod():
            return plan_period_report(operation)
        case ShiftClose() | DrawerOpen() | DisplayShow() | Raw():
            return None
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this printer over the Thermal protocol")


def _allowed(operation: Operation, capabilities: Capabilities | None) -> None:
    if operation.op not in (capabilities.operations if capabilities is not None else OPERATIONS):
        reason = _WHY_NOT.get(operation.op, f"{operation.op} is not possible on this printer over the Thermal protocol")
        raise unsupported("op", reason)
