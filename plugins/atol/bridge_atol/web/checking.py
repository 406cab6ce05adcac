"""Whether a device behind the server could take an operation, told without asking it: the same tasks that are given to it later."""

from __future__ import annotations

from datetime import date

from bridge_ffd.copies import repeats_last

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    Copy,
    MarkingCheck,
    Operation,
    Print,
    Receipt,
    ReportX,
    ShiftClose,
    ShiftOpen,
    Warning_,
    unsupported,
)
from bridge_atol.checking import circumstances
from bridge_atol.settings import AtolSettings, WebSettings
from bridge_atol.web.marking import plan_check
from bridge_atol.web.printout import printout
from bridge_atol.web.status import API, OPERATIONS
from bridge_atol.web.tasks import plan_of


def is_behind_server(settings: AtolSettings, capabilities: Capabilities | None) -> bool:
    """As the device said when it was there last; before that, as the settings have it."""
    if capabilities is not None:
        return API in capabilities.limits
    return settings.web != WebSettings() or settings.web_password is not None


def check(operation: Operation, settings: AtolSettings, capabilities: Capabilities | None, today: date) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    if operation.op not in OPERATIONS:
        raise unsupported("op", f"{operation.op} is not possible on this device")
    match operation:
        case Receipt() | ShiftOpen() | ShiftClose() | ReportX() | CashIn() | CashOut():
            return plan_of(operation, circumstances(settings, capabilities, today)).warnings
        case Print():
            _, fit = printout(operation, settings.columns)
            return tuple(fit.warnings)
        case MarkingCheck():
            plan_check(operation, circumstances(settings, capabilities, today).version)
        case Copy():
            check_copy(operation)
        case _:
            pass
    return ()


def check_copy(operation: Copy) -> None:
    if not repeats_last(operation):
        remedy = "leave kind, document and delivery out"
        raise unsupported("document", "the device prints its last document once more, and no other", remedy=remedy)
