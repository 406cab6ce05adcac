"""Whether this device could take an operation, told without asking it: the same plans that are carried out later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bridge_ffd import copies
from bridge_ffd.code_question import question_of
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_ffd.versions import FfdVersion

from bridge.model import (
    Capabilities,
    CashIn,
    CashOut,
    ClockSet,
    Copy,
    DocumentContinue,
    DrawerOpen,
    MarkingCheck,
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
from bridge_shtrih_m import commands
from bridge_shtrih_m.circumstances import Circumstances, version_of
from bridge_shtrih_m.classic import plan_classic
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.plan import Plan
from bridge_shtrih_m.printout import Mechanism, plan_printout
from bridge_shtrih_m.raw import plan_raw
from bridge_shtrih_m.sale import plan_sale
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.slips import plan_cash, plan_shift_close, plan_shift_open, plan_x_report
from bridge_shtrih_m.status import OPERATIONS
from bridge_shtrih_m.texts import own

MAX_CODE = 200  # bytes of a marking code that FF61h takes beside its tags


@dataclass(frozen=True, slots=True)
class Planned:
    """What an operation would be, as far as it is known without the device."""

    plan: Plan | None = None
    warnings: tuple[Warning_, ...] = ()


def check(operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None, today: date) -> tuple[Warning_, ...]:
    """The warnings. Raises RequestError."""
    planned_ = planned(operation, settings, capabilities, today)
    return planned_.plan.warnings if planned_.plan is not None else planned_.warnings


def circumstances(settings: ShtrihSettings, capabilities: Capabilities | None, today: date) -> Circumstances:
    """As far as they are known without the device."""
    known = capabilities.limits.get("ffd.version") if capabilities is not None else None
    classic = settings.commands == "classic" or (capabilities is not None and capabilities.limits.get("marking.codes") == 0)
    return Circumstances(settings, FfdVersion(known) if known else version_of(settings), today, classic=classic)


def planned(operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None, today: date) -> Planned:
    """Raises RequestError."""
    allowed = capabilities.operations if capabilities is not None else OPERATIONS
    if operation.op not in allowed:
        raise unsupported("op", f"{operation.op} is not possible on this device")
    now = circumstances(settings, capabilities, today)
    match operation:
        case Receipt():
            return Planned(plan_receipt(operation, now, storage=True))
        case ShiftOpen():
            return Planned(plan_shift_open(operation, now, storage=True))
        case ShiftClose():
            return Planned(plan_shift_close(operation, now, None, storage=True))
        case ReportX():
            return Planned(plan_x_report(operation, None))
        case CashIn() | CashOut():
            return Planned(plan_cash(operation))
        case Print():
            _, fit = plan_printout(operation, Mechanism.of(capabilities))
            return Planned(warnings=tuple(fit.warnings))
        case Copy():
            check_copy(operation, capabilities)
        case Raw():
            plan_raw(operation)
        case MarkingCheck():
            plan_code_check(operation)
        case DrawerOpen() | ClockSet() | DocumentContinue():
            pass
        case _:
            raise unsupported("op", f"{operation.op} is not possible on this device")
    return Planned()


def plan_receipt(operation: Receipt, now: Circumstances, *, storage: bool) -> Plan:
    return plan_classic(operation, now, storage=storage) if now.classic else plan_sale(operation, now)


def check_copy(operation: Copy, capabilities: Capabilities | None = None) -> None:
    """What needs the FN is known to be missing only where the capabilities are known."""
    copies.check_copy(operation)
    if capabilities is not None and "data" not in capabilities.copies and not copies.repeats_last(operation):
        field = "document" if operation.document is not None else "delivery.paper" if not operation.delivery.paper else "kind"
        raise unsupported(field, own.NO_STORAGE.text, remedy=own.NO_STORAGE.remedy)


def plan_code_check(operation: MarkingCheck) -> Command:
    """FF61h for a code alone. Raises RequestError naming the field."""
    asked = question_of(operation, MAX_CODE)
    tags = b""
    if asked.quantity is not None:
        tags = encode((Tlv(Tag.MEASURE, asked.measure.code), Tlv(Tag.QUANTITY, asked.quantity)))
    return commands.check_code(asked.status.code, asked.code, tags)
