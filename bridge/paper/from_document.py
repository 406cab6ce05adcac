"""From a job, or from what a job would be, to the sheet that shows it.

What the device laid out itself is shown as it is (`document.text`, or the lines of the family's `paper`), else the document is
drawn by `sale.py` and `slips.py`. Around it stands what makes a picture honest: whether the document was issued at all, whether
it is fiscal, its number and registration, and that this is a picture of it.
"""

from __future__ import annotations

from bridge.model import (
    CashIn,
    CashOut,
    Copy,
    Invoice,
    Job,
    JobState,
    Operation,
    Outcome,
    Paper,
    Print,
    Receipt,
    ReceiptCopy,
    RegistrationState,
    ReportPeriod,
    ReportX,
    Result,
    TerminalReceipt,
    of_money,
)
from bridge.model.base import decimal_string
from bridge.model.result import Document
from bridge.paper import sale, slips
from bridge.paper.drawing import Drawing
from bridge.paper.model import WIDTH, Columns, Cut, Mark, Qr, Row, Rule, Sheet, Text, Verbatim, fitting_width
from bridge.paper.visible import cells, visible

TITLES = {
    "receipt": "RECEIPT",
    "receipt.refund": "REFUND",
    "receipt.purchase": "PURCHASE",
    "receipt.purchase_refund": "REFUND OF A PURCHASE",
    "receipt.correction": "CORRECTION",
    "invoice": "INVOICE",
    "invoice.proforma": "PRO FORMA INVOICE",
    "invoice.correction": "CORRECTING INVOICE",
    "shift.open": "SHIFT OPENED",
    "shift.close": "DAILY REPORT (Z)",
    "report.x": "REPORT (X)",
    "report.period": "PERIOD REPORT",
    "cash.in": "CASH IN",
    "cash.out": "CASH OUT",
    "copy": "COPY",
    "print": "PRINTOUT",
    "payment.purchase": "CARD PAYMENT",
    "payment.refund": "CARD REFUND",
    "payment.reversal": "REVERSAL OF A CARD PAYMENT",
    "payment.preauthorise": "CARD PREAUTHORISATION",
    "payment.capture": "CAPTURE OF A PREAUTHORISATION",
    "payment.release": "RELEASE OF A PREAUTHORISATION",
    "terminal.reconcile": "RECONCILIATION",
}
"""Of operations that come to paper; by kind where that makes another document. All others have none."""

_STATES = {
    JobState.QUEUED: "NOT ISSUED YET: waits for the device",
    JobState.RUNNING: "NOT FINISHED: the device works on it",
    JobState.UNRESOLVED: "UNRESOLVED: not known whether issued",
    JobState.FAILED: "NOT ISSUED",
}

_STATES_OF_MONEY = {
    JobState.QUEUED: "NOT BEGUN YET: waits for the terminal",
    JobState.RUNNING: "NOT FINISHED: the terminal works on it",
    JobState.UNRESOLVED: "UNRESOLVED: not known what the terminal did",
    JobState.FAILED: "NOT DONE",
}

_OUTCOMES = {
    Outcome.PARTIAL: "APPROVED IN PART",
    Outcome.DECLINED: "DECLINED",
    Outcome.CANCELLED: "CANCELLED",
    Outcome.TIMED_OUT: "TIMED OUT: not paid",
    Outcome.REVERSED: "REVERSED: not paid",
}

_SALES = (Receipt, Invoice)

_COPIES = (ReceiptCopy.CUSTOMER, ReceiptCopy.MERCHANT, ReceiptCopy.ADMINISTRATION)
"""Which of a terminal's slips is shown where none is named: the first that there is."""


class NoPaper(Exception):
    """There is nothing to show. Says why."""


def of_job(job: Job, operation: Operation | None, drawing: Drawing, copy: ReceiptCopy | None = None) -> Sheet:
    """The paper of a job, as it stands. `operation` None: this version cannot read what was asked for.

    `copy`: which of the slips that a terminal gave for the till to print; the customer's first, where none is named. Raises
    NoPaper.
    """
    document = job.result.document if job.result is not None else None
    if job.operation is None:
        raise NoPaper(f"the details of job {job.id} are no longer kept")
    if job.op not in TITLES and (document is None or document.text is None):
        raise NoPaper(f"{job.op} prints nothing")
    if job.op == "shift.open" and job.state is JobState.DONE and document is None:
        raise NoPaper("the device printed nothing when it opened the shift")
    slip = _slip(job, copy)
    printed = slip.text if slip is not None else document.text if document is not None and document.text else None
    text = tuple(printed.splitlines()) if printed is not None else None
    exact: tuple[Row, ...] | None = (Verbatim(text),) if text is not None else drawing.exact
    rows: list[Row] = [Mark(text) for text in _marks(job, operation)]
    rows += [Text("")] if rows else []
    heading = _title(job.op, operation)
    if exact is None:
        rows += [Text(heading, "centre", bold=True)]
    rows += exact if exact is not None else _drawn(operation, job.result, drawing)
    if job.result is not None:
        rows += _facts(job.result, operation, drawing)
    rows += [Cut(), *_annex(job, operation, drawing, exact is not None and printed is None)]
    number = f" {document.number}" if document is not None and document.number else ""
    # A terminal's slips are narrow; what the bridge says below them is not to be broken for that.
    width = max(WIDTH, _width(text, drawing)) if slip is not None else _width(text, drawing)
    return Sheet(f"{heading}{number}", tuple(rows), width)


def _slip(job: Job, copy: ReceiptCopy | None) -> TerminalReceipt | None:
    """The terminal's own slip. Raises NoPaper where one is named that there is not."""
    result = job.result
    source = (result.payment or result.reconciliation) if result is not None else None
    given = source.receipts if source is not None else ()
    for wanted in (copy,) if copy is not None else _COPIES:
        # In parts, where the terminal gave it so.
        parts = [receipt for receipt in given if receipt.copy_for is wanted]
        if parts:
            return parts[0].model_copy(update={"text": "\n".join(part.text for part in parts)})
    if copy is not None:
        raise NoPaper(f"the device gave the till no {copy} copy to print")
    return None


def of_preview(operation: Operation, drawing: Drawing, device: str) -> Sheet:
    """The paper of what was not printed. Raises NoPaper."""
    if operation.op not in TITLES:
        raise NoPaper(f"{operation.op} prints nothing")
    heading = _title(operation.op, operation)
    rows: list[Row] = [Mark("PREVIEW: nothing was printed"), Text("")]
    rows += (
        drawing.exact if drawing.exact is not None else [Text(heading, "centre", bold=True), *_drawn(operation, None, drawing)]
    )
    rows += [Cut(), Columns("Device", device)]
    rows += [Text(f"The device adds: {', '.join(drawing.omitted)}.")] if drawing.omitted else []
    rows += [Text(f"! {warning.message}") for warning in drawing.warnings]
    return Sheet(f"Preview: {heading}", tuple(rows), fitting_width(drawing.width))


def body_of(operation: Operation, drawing: Drawing) -> Sheet | None:
    """The document alone, without a word of ours; None where only the device knows what it prints."""
    if drawing.exact is not None:
        return Sheet(operation.op, drawing.exact, drawing.width)
    if not isinstance(operation, Receipt | Invoice | CashIn | CashOut | Print | slips.PaymentOperation):
        return None
    return Sheet(operation.op, tuple(_drawn(operation, None, drawing)), fitting_width(drawing.width))


def _width(text: tuple[str, ...] | None, drawing: Drawing) -> int:
    """Of what the device itself laid out, else as it says of itself."""
    if text is None:
        return fitting_width(drawing.width)
    return fitting_width(max((cells(visible(line).rstrip()) for line in text), default=WIDTH))


def _title(op: str, operation: Operation | None) -> str:
    kind = f".{operation.kind}" if isinstance(operation, _SALES) else ""
    return TITLES.get(op + kind, TITLES.get(op, op.upper()))


def _marks(job: Job, operation: Operation | None) -> list[str]:
    """What must not be overlooked."""
    if job.state is not JobState.DONE:
        return [(_STATES_OF_MONEY if of_money(job.op) else _STATES)[job.state]]
    marks: list[str] = []
    result = job.result
    if isinstance(operation, Copy) or job.op == "copy":
        marks.append("COPY")
    if result is None:
        return marks
    if result.payment is not None:
        return [*marks, *([_OUTCOMES[result.payment.outcome]] if result.payment.outcome in _OUTCOMES else [])]
    if not result.confirmed:
        marks.append("NOT CONFIRMED by the device")
    if job.op not in ("copy", "terminal.reconcile") and (result.document is None or not result.document.fiscal):
        marks.append("NON-FISCAL")
    if result.registration.state is RegistrationState.REFUSED:
        marks.append("REGISTRATION REFUSED")
    return marks


def _drawn(operation: Operation | None, result: Result | None, drawing: Drawing) -> list[Row]:
    document = result.document if result is not None else None
    rows: list[Row] = []
    match operation:
        case Receipt() | Invoice():
            rows = sale.body(operation, drawing)
        case CashIn() | CashOut():
            rows = slips.cash(operation)
        case Print():
            rows = slips.printout(operation)
        case Copy():
            rows = slips.copy_of(operation)
        case ReportX() | ReportPeriod():
            rows = slips.asked_of(operation)
        case _ if isinstance(operation, slips.PaymentOperation) and (result is None or result.payment is None):
            rows = slips.asked_payment(operation)
    if document is not None and document.report is not None:
        rows += slips.report(document.report)
    if result is not None and result.payment is not None:
        rows += slips.payment(result.payment)
    if result is not None and result.reconciliation is not None:
        rows += slips.reconciliation(result.reconciliation)
    return rows


def _facts(result: Result, operation: Operation | None, drawing: Drawing) -> list[Row]:
    """What the device and the authority said of the document."""
    rows: list[Row] = []
    document, registration = result.document, result.registration
    if document is not None:
        rows += _numbers(document)
        told = drawing.figures.total if drawing.figures is not None else None
        if document.total is not None and document.total != told:
            rows.append(Columns("Total, says the device", decimal_string(document.total), figure="document.total"))
    if registration.state is not RegistrationState.NONE:
        rows.append(Columns("Registration", registration.state.value))
        rows += [Columns("  id", registration.id)] if registration.id else []
        rows += [Columns("  at", slips.moment(registration.at))] if registration.at is not None else []
    if isinstance(operation, Receipt | Invoice) and result.paper is not Paper.PRINTED:
        rows.append(Columns("Paper", result.paper.value))
    if document is not None and document.qr:
        rows.append(Qr(document.qr))
    return [Rule(), *rows] if rows else []


def _numbers(document: Document) -> list[Row]:
    rows: list[Row] = []
    for name, value in (("Number", document.number), ("Shift", document.shift), ("Fiscal id", document.fiscal_id)):
        if value:
            rows.append(Columns(name, value))
    return [*rows, *([Columns("Issued", slips.moment(document.issued_at))] if document.issued_at is not None else [])]


def _annex(job: Job, operation: Operation | None, drawing: Drawing, laid_out_now: bool) -> list[Row]:
    """The bridge's own word."""
    operator = operation.operator if operation is not None else None
    named = (
        ("Device", job.device),
        ("Job", job.id),
        ("Reference", job.reference),
        ("Cashier", " ".join(part for part in (operator.id, operator.name) if part) if operator is not None else None),
    )
    rows: list[Row] = [Columns(name, value) for name, value in named if value]
    if job.error is not None:
        rows.append(Text(f"! {job.error.message}"))
    if job.attention is not None:
        rows.append(Text(f"! {job.attention.text}"))
    rows += [Text(f"! {warning.message}") for warning in (job.result.warnings if job.result is not None else ())]
    if laid_out_now:
        without = f" The device adds: {', '.join(drawing.omitted)}." if drawing.omitted else ""
        rows.append(Text(f"Drawn by the settings that the device has now.{without}"))
    return [*rows, Text("A picture, and no document itself.")]
