"""Whether this device could take an operation, told without asking it: the same plans that are carried out later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bridge_ffd.copies import check_copy
from bridge_ffd.versions import FfdVersion

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    ClockSet,
    Copy,
    DisplayShow,
    DocumentContinue,
    DrawerOpen,
    Operation,
    Print,
    Raw,
    Receipt,
    ReportX,
    ShiftClose,
    ShiftOpen,
    Warning_,
    unsupported,
)
from bridge_atol.circumstances import Circumstances, version_of
from bridge_atol.display import plan_display
from bridge_atol.plan import Plan
from bridge_atol.printout import plan_printout
from bridge_atol.raw import plan_raw
from bridge_atol.sale import plan_sale
from bridge_atol.settings import AtolSettings
from bridge_atol.slips import plan_cash, plan_shift_close, plan_shift_open, plan_x_report
from bridge_atol.status import OPERATIONS


@dataclass(frozen=True, slots=True)
class Planned:
    """What an operation would be, as far as it is known without the device."""

    plan: Plan | None = None
    warnings: tuple[Warning_, ...] = ()


def check(operation: Operation, settings: AtolSettings, capabilities: Capabilities | None, today: date) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    made = planned(operation, settings, capabilities, today)
    return made.plan.warnings if made.plan is not None else made.warnings


def circumstances(settings: AtolSettings, capabilities: Capabilities | None, today: date) -> Circumstances:
    """As far as they are known without the device."""
    known = capabilities.limits.get("ffd.version") if capabilities is not None else None
    return Circumstances(settings, FfdVersion(known) if known else version_of(settings), today)


def planned(operation: Operation, settings: AtolSettings, capabilities: Capabilities | None, today: date) -> Planned:
    """Raises RequestError."""
    if operation.op not in OPERATIONS:
        raise unsupported("op", f"{operation.op} is not possible on this device")
    now = circumstances(settings, capabilities, today)
    match operation:
        case Receipt():
            return Planned(plan_sale(operation, now))
        case ShiftOpen():
            return Planned(plan_shift_open(operation, now))
        case ShiftClose():
            return Planned(plan_shift_close(operation, now, None))
        case ReportX():
            return Planned(plan_x_report(operation, None))
        case CashIn() | CashOut():
            return Planned(plan_cash(operation, now))
        case Print():
            _, fit = plan_printout(operation, settings.columns)
            return Planned(warnings=tuple(fit.warnings))
        case Copy():
            check_copy(operation)
        case DisplayShow():
            plan_display(operation, settings)
        case Raw():
            plan_raw(operation)
        case DrawerOpen() | ClockSet() | DocumentContinue():
            pass
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this device")
    return Planned()
