"""Whether this printer could take an operation, told without asking it: the same plans that are carried out later.

What a plan refuses stands with the plan (`sale.py`, `money_slips.py`, `printout.py`, `unsupported.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    Copy,
    DisplayShow,
    DrawerOpen,
    Invoice,
    Operation,
    Print,
    Raw,
    Receipt,
    ReceiptKind,
    ReportPeriod,
    ReportX,
    ShiftClose,
    Warning_,
    unsupported,
)
from bridge_posnet.copies import plan_copy
from bridge_posnet.facts import TRANSACTIONS
from bridge_posnet.frame import Frame
from bridge_posnet.invoice import plan_invoice
from bridge_posnet.lines import Circumstances
from bridge_posnet.money_slips import is_packaging_return, plan_cash, plan_goods_return, plan_packaging_return
from bridge_posnet.plan import Plan
from bridge_posnet.printout import plan_display, plan_printout
from bridge_posnet.raw import plan_raw
from bridge_posnet.reports import plan_period_report, plan_shift_report
from bridge_posnet.sale import plan_sale
from bridge_posnet.settings import ARITHMETIC, PosnetSettings
from bridge_posnet.status import OPERATIONS
from bridge_posnet.unsupported import CURRENCY, currency

# Stands for the host's own reference, which comes with the job: any text of its length does.
OWN_REFERENCE = "0"


@dataclass(frozen=True, slots=True)
class Planned:
    """The commands that an operation would be, as far as they are known without the printer; none for what only the
    printer can fill (its reports). `sale`: the plan of a sale, with its totals by rate."""

    frames: tuple[Frame, ...] = ()
    warnings: tuple[Warning_, ...] = ()
    sale: Plan | None = None


def check(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    return planned(operation, settings, capabilities).warnings


def planned(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> Planned:
    """Raises RequestError."""
    allowed = capabilities.operations if capabilities is not None else OPERATIONS
    if operation.op not in allowed:
        raise unsupported("op", f"{operation.op} is not possible on this printer")
    currencies = (capabilities.currencies if capabilities is not None else ()) or (CURRENCY,)
    profile = (capabilities.arithmetic if capabilities is not None else None) or ARITHMETIC
    rates = capabilities.taxes if capabilities is not None else None
    reference = OWN_REFERENCE * settings.limits.system_number
    now = Circumstances(settings, rates, profile, percents_known=True, reference=reference)
    match operation:
        case Receipt() | Invoice():
            currency("currency", operation.currency, currencies)
            plan = plan_document(operation, now)
            return replace(_of(plan), sale=plan) if plan.kind in TRANSACTIONS else _of(plan)
        case CashIn() | CashOut():
            return _of(plan_cash(operation, currencies, now))
        case Print():
            frames, fit = plan_printout(operation, settings.code_page, codes=settings.profile != "legacy")
            return Planned(frames, tuple(fit.warnings))
        case DisplayShow():
            return Planned(plan_display(operation, settings.code_page))
        case Copy():
            return Planned((plan_copy(operation, settings),))
        case Raw():
            return Planned((plan_raw(operation, settings.code_page),))
        case ReportX():
            return _of(plan_shift_report(operation, settings, None))
        case ReportPeriod():
            return _of(plan_period_report(operation))
        case ShiftClose() | DrawerOpen():
            return Planned()
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this printer")


def plan_document(operation: Receipt | Invoice, now: Circumstances) -> Plan:
    """Which plan a receipt or invoice asks for."""
    if isinstance(operation, Invoice):
        return plan_invoice(operation, now)
    if operation.kind is ReceiptKind.REFUND:
        return plan_goods_return(operation, now)
    return plan_packaging_return(operation, now) if is_packaging_return(operation) else plan_sale(operation, now)


def _of(plan: Plan) -> Planned:
    return Planned(tuple(step.frame for step in plan.steps), plan.warnings)
