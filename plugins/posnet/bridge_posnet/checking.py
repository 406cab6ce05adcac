"""Whether this printer could take an operation, told without asking it: the same plans that are carried out later.

What a plan refuses stands with the plan (`sale.py`, `money_slips.py`, `printout.py`, `unsupported.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    DrawerOpen,
    Operation,
    Print,
    Receipt,
    ReceiptKind,
    ShiftClose,
    Warning_,
)
from bridge_posnet.frame import Frame
from bridge_posnet.money_slips import plan_cash, plan_goods_return
from bridge_posnet.plan import Plan
from bridge_posnet.printout import plan_printout
from bridge_posnet.sale import Circumstances, plan_sale
from bridge_posnet.settings import ARITHMETIC, PosnetSettings
from bridge_posnet.status import OPERATIONS
from bridge_posnet.unsupported import CURRENCY, currency, unsupported

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
    reference = OWN_REFERENCE * settings.limits.system_number
    match operation:
        case Receipt():
            currency("currency", operation.currency, currencies)
            if operation.kind is ReceiptKind.REFUND:
                return _of(plan_goods_return(operation, settings, profile, reference))
            rates = capabilities.taxes if capabilities is not None else None
            now = Circumstances(settings, rates, profile, percents_known=True, reference=reference)
            plan = plan_sale(operation, now)
            return replace(_of(plan), sale=plan)
        case CashIn() | CashOut():
            return _of(plan_cash(operation, currencies, settings, reference))
        case Print():
            frames, fit = plan_printout(operation, settings.code_page)
            return Planned(frames, tuple(fit.warnings))
        case ShiftClose() | DrawerOpen():
            return Planned()
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this printer")


def _of(plan: Plan) -> Planned:
    return Planned(tuple(step.frame for step in plan.steps), plan.warnings)
