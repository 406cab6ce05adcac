"""Uniform operations as tasks of the vendor's driver. Pure: no server is asked.

Follows protocol-specs/atol/json-tasks.md. The document itself, with all its requisites, is made and checked by `bridge_ffd`; the same code
runs when a request is checked and when it is carried out.
"""

from __future__ import annotations

import base64
from decimal import Decimal

from bridge_ffd.document import FfdDocument
from bridge_ffd.extras import LineExtras, read_one
from bridge_ffd.fitting import Fitting
from bridge_ffd.lines import FfdLine
from bridge_ffd.register import Kind
from bridge_ffd.slips import cashier_of, check_currency, check_x_report
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import first
from bridge_ffd.versions import DocumentKind, FfdVersion
from bridge_ffd.vocabulary import CorrectionType

from bridge.model import (
    CashIn,
    CashOut,
    Line,
    Operator,
    Receipt,
    ReportX,
    ShiftClose,
    ShiftOpen,
    invalid,
    unsupported,
)
from bridge_atol.circumstances import Circumstances
from bridge_atol.layout import CODE_PAGE
from bridge_atol.sale import document_of
from bridge_atol.vocabulary import NAME
from bridge_atol.web import names
from bridge_atol.web.messages import Json
from bridge_atol.web.plan import Plan
from bridge_atol.web.requisites import correction_members, document_members, item_members, operator

Task = dict[str, Json]
Document = Receipt | ShiftOpen | ShiftClose | ReportX | CashIn | CashOut


def plan_of(operation: Document, now: Circumstances) -> Plan:
    """Raises RequestError."""
    match operation:
        case Receipt():
            return plan_receipt(operation, now)
        case ShiftOpen():
            return plan_shift_open(operation, now)
        case ShiftClose():
            return plan_shift_close(operation, now)
        case ReportX():
            return plan_x_report(operation, now)
        case CashIn() | CashOut():
            return plan_cash(operation, now)


def plan_receipt(receipt: Receipt, now: Circumstances) -> Plan:
    """Raises RequestError naming the field."""
    document = document_of(receipt, now)
    fit = Fitting(CODE_PAGE, lenient=receipt.fit == "lenient")
    _refuse(document)
    correction = document.kind is DocumentKind.CORRECTION
    members, items = document_members(document.tags)
    positions = [_position(line, receipt.lines[line.index], document, now, fit) for line in document.lines]
    task: Task = {
        "type": names.RECEIPTS[document.settlement] + (names.CORRECTION if correction else ""),
        **({"taxationType": names.TAXATION[document.taxation]} if document.taxation is not None else {}),
        **operator(document.cashier),
        **({} if document.print_paper else {"electronically": True}),
        **(_correction(document) if correction else {}),
        **members,
        "items": [*positions, *items],
        "payments": _payments(document),
        "total": document.total,
        **({"validateMarkingCodes": True} if _to_be_validated(document) else {}),
    }
    return Plan(
        kind=Kind.CORRECTION if correction else Kind.RECEIPT,
        task=task,
        total=document.total,
        settlement=int(document.settlement),
        paper=document.print_paper,
        warnings=(*document.warnings, *fit.warnings),
    )


def plan_shift_open(operation: ShiftOpen, now: Circumstances) -> Plan:
    cashier = _cashier(operation.operator, DocumentKind.SHIFT_OPEN, now)
    return Plan(kind=Kind.SHIFT_OPEN, task={"type": "openShift", **cashier})


def plan_shift_close(operation: ShiftClose, now: Circumstances) -> Plan:
    cashier = _cashier(operation.operator, DocumentKind.SHIFT_CLOSE, now)
    return Plan(kind=Kind.SHIFT_CLOSE, task={"type": "closeShift", **cashier})


def plan_x_report(operation: ReportX, now: Circumstances) -> Plan:
    check_x_report(operation)
    return Plan(kind=Kind.X_REPORT, task={"type": "reportX", **_cashier(operation.operator, DocumentKind.RECEIPT, now)})


def plan_cash(operation: CashIn | CashOut, now: Circumstances) -> Plan:
    check_currency(operation)
    cash_in = isinstance(operation, CashIn)
    cashier = _cashier(operation.operator, DocumentKind.RECEIPT, now)
    return Plan(
        kind=Kind.CASH_IN if cash_in else Kind.CASH_OUT,
        task={"type": "cashIn" if cash_in else "cashOut", **cashier, "cashSum": operation.amount},
        total=operation.amount,
    )


# --- parts


def _refuse(document: FfdDocument) -> None:
    if document.kind not in (DocumentKind.RECEIPT, DocumentKind.CORRECTION):
        raise unsupported("extras.ffd.strict_form", "the device makes receipts; strict forms are set at its registration")
    if document.rounding > 0:
        raise invalid(
            "rounding",
            "the device only takes kopecks off",
            limit="0.00 at most",
            remedy="round down to whole roubles",
        )


def _position(line: FfdLine, given: Line, document: FfdDocument, now: Circumstances, fit: Fitting) -> Task:
    where = f"lines.{line.index}"
    made: Task = {
        "type": "position",
        "name": fit.text(f"{where}.name", line.name, NAME),
        "price": line.price,
        "quantity": line.quantity,
        "amount": line.total,
        "tax": {"type": names.VAT[line.vat]},
        "paymentMethod": names.METHODS[line.method],
        "paymentObject": names.OBJECTS[line.object],
        **({"department": now.settings.department} if now.settings.department else {}),
        **item_members(line.tags, where),
    }
    if document.version >= FfdVersion.V1_2:
        made["measurementUnit"] = names.MEASURES[line.measure]
        if line.code is not None:
            made["imcParams"] = _marked(line)
    elif first(line.tags, Tag.PRODUCT_CODE) is not None:
        made |= _old_code(line, given, where)
    return made


def _marked(line: FfdLine) -> Task:
    """FFD 1.2: the driver checks the code, and the device puts it into the receipt."""
    assert line.code is not None
    made: Task = {
        "imcType": "auto",
        "imc": base64.b64encode(line.code.raw).decode(),
        "imcModeProcessing": 0,
    }
    if line.planned_status is not None:
        made["itemEstimatedStatus"] = names.PLANNED[line.planned_status]
    part = next((tag.children for tag in line.tags if tag.tag == Tag.FRACTION), None)
    if part is not None:
        made["itemFractionalAmount"] = f"{first(part, Tag.NUMERATOR)!s}/{first(part, Tag.DENOMINATOR)!s}"
    if line.check_result is not None:
        made["itemInfoCheckResult"] = {name: bool(line.check_result >> bit & 1) for bit, name in enumerate(names.CHECK_BITS)}
    return made


def _to_be_validated(document: FfdDocument) -> bool:
    """Whether a marking code is in it that nobody has checked yet."""
    return any(line.code is not None and line.check_result is None for line in document.lines)


def _old_code(line: FfdLine, given: Line, where: str) -> Task:
    """FFD 1.05 and 1.1: the driver makes tag 1162 of the code itself."""
    if given.marking is not None:
        return {"markingCode": {"type": "other", "mark": given.marking.code_b64}}
    extras = read_one(given.extras, LineExtras, f"{where}.extras")
    if extras.marking is not None and extras.marking.tobacco is not None:
        tobacco = extras.marking.tobacco
        return {"nomenclatureCode": {"type": "tobacco", "gtin": tobacco.gtin.zfill(14), "serial": tobacco.serial}}
    raise unsupported(
        f"{where}.extras.ffd.marking.product_code",
        "the vendor's server takes codes, not the bytes of tag 1162",
        remedy=f"give {where}.marking",
    )


def _payments(document: FfdDocument) -> list[Task]:
    paid = ((name, document.tendered.get(kind, Decimal(0))) for kind, name in names.PAYMENTS.items())
    return [{"type": name, "sum": amount} for name, amount in paid if amount]


def _correction(document: FfdDocument) -> Task:
    code = first(document.correction, Tag.CORRECTION_TYPE)
    kind = CorrectionType.by_code(code) if isinstance(code, int) else CorrectionType.SELF
    return {"correctionType": names.CORRECTIONS[kind], **correction_members(document.correction)}


def _cashier(who: Operator | None, kind: DocumentKind, now: Circumstances) -> Task:
    return operator(cashier_of(who, kind, now.version))
