"""What of shifts, reports and slips is the same for every register: refused before anything is stored."""

from __future__ import annotations

from bridge.model import CashIn, CashOut, Operator, ReportX, RequestError, unsupported
from bridge_ffd.building import Faults
from bridge_ffd.parts import cashier_tags
from bridge_ffd.register import CURRENCY
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind, FfdVersion


def check_x_report(operation: ReportX) -> None:
    if operation.shift is not None:
        raise unsupported("shift", "the device keeps no sums of one cashier", remedy="leave it out")
    if operation.reset:
        raise unsupported("reset", "an X report sets nothing back", remedy="close the shift")


def check_currency(operation: CashIn | CashOut) -> None:
    if operation.currency != CURRENCY:
        raise unsupported("currency", f"{operation.currency} is not possible", limit=CURRENCY)


def cashier_of(operator: Operator | None, kind: DocumentKind, version: FfdVersion) -> tuple[Tlv, ...]:
    """The tags of the cashier. Raises RequestError with every fault."""
    faults = Faults()
    tags = cashier_tags(operator, kind, version, faults)
    if faults.errors:
        first = faults.errors[0]
        raise RequestError("request.invalid", f"{first.field}: {first.message}", tuple(faults.errors))
    return tags
