"""The operation `marking.check` as what a device is asked: the code, the planned status, and the amount of goods that are sold in parts.

Pure, the same for every maker's device. What a device answers: `marking_check.py`.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from decimal import Decimal

from bridge.model import MarkingCheck, invalid
from bridge_ffd.extras import LineExtras, read_one
from bridge_ffd.vocabulary import Measure, PlannedStatus


@dataclass(frozen=True, slots=True)
class CodeQuestion:
    """`quantity`: None for whole pieces."""

    code: bytes
    status: PlannedStatus
    measure: Measure
    quantity: Decimal | None


def question_of(operation: MarkingCheck, room: int) -> CodeQuestion:
    """`room`: bytes of a code that the device takes. Raises RequestError naming the field."""
    try:
        code = base64.b64decode(operation.marking.code_b64, validate=True)
    except binascii.Error:
        raise invalid("marking.code_b64", "is no base64", remedy="encode the bytes that the scanner read") from None
    if not 0 < len(code) <= room:
        raise invalid("marking.code_b64", f"{len(code)} bytes", limit=f"1 to {room} bytes")
    extras = read_one(operation.extras, LineExtras, "extras")
    measure = extras.measure or (Measure.of(operation.unit) if operation.unit is not None else Measure.PIECE)
    whole = measure is Measure.PIECE
    if operation.kind == "sale":
        status = PlannedStatus.PIECE_SOLD if whole else PlannedStatus.MEASURED_SOLD
    else:
        status = PlannedStatus.PIECE_RETURNED if whole else PlannedStatus.MEASURED_RETURNED
    if extras.marking is not None and extras.marking.planned_status is not None:
        status = extras.marking.planned_status
    if not whole and operation.quantity is None:
        raise invalid("quantity", "is needed for goods that are sold in parts", remedy="give quantity and unit")
    return CodeQuestion(code, status, measure, None if whole else operation.quantity)
