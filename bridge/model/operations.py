"""Everything a till may ask of a device: a union told apart by `op`, and the class of each operation.

A family supports a part of it and says which in its capabilities. Later operations join the union and the table; nothing
else changes for them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from bridge.model.base import Day, Flag, Model, Moment, PositiveMoney, Quantity, Text, Whole
from bridge.model.invoice import InvoiceContent
from bridge.model.payment import FROM_JOURNAL, Currency, OriginalPayment, PurchaseContent
from bridge.model.printing import PrintItem, not_endless
from bridge.model.receipt import Delivery, Marking, ReceiptContent


class OperationClass(StrEnum):
    """How certain an operation must be.

    `document` and `money`: exactly once, doubt blocks the device. `effect`: at most once, never blocks.
    """

    DOCUMENT = "document"
    MONEY = "money"
    EFFECT = "effect"


CLASSES: dict[str, OperationClass] = {
    "receipt": OperationClass.DOCUMENT,
    "invoice": OperationClass.DOCUMENT,
    "shift.open": OperationClass.DOCUMENT,
    "shift.close": OperationClass.DOCUMENT,
    "report.x": OperationClass.DOCUMENT,
    "report.period": OperationClass.DOCUMENT,
    "cash.in": OperationClass.DOCUMENT,
    "cash.out": OperationClass.DOCUMENT,
    "payment.purchase": OperationClass.MONEY,
    "payment.refund": OperationClass.MONEY,
    "payment.reversal": OperationClass.MONEY,
    "payment.preauthorise": OperationClass.MONEY,
    "payment.capture": OperationClass.MONEY,
    "payment.release": OperationClass.MONEY,
    "terminal.reconcile": OperationClass.MONEY,
    "terminal.login": OperationClass.EFFECT,
    "terminal.diagnose": OperationClass.EFFECT,
    "marking.check": OperationClass.EFFECT,
    "document.continue": OperationClass.EFFECT,
    "copy": OperationClass.EFFECT,
    "print": OperationClass.EFFECT,
    "display.show": OperationClass.EFFECT,
    "drawer.open": OperationClass.EFFECT,
    "clock.set": OperationClass.EFFECT,
    "raw": OperationClass.EFFECT,
}
"""Of every operation of API version 1: each has its model in the union below."""


class Operator(Model):
    """The cashier, as printed where the device has a field for it."""

    id: Text | None = None
    name: Text | None = None
    tax_id: Text | None = None


class Expect(Model):
    """What the till believes of the device. Checked when the job starts; a miss fails it with `request.conflict`."""

    last_document: Text | None = None


class Common(Model):
    """What every operation may carry."""

    operator: Operator | None = None
    reference: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    part: Flag = False
    deadline: Moment | None = None
    expect: Expect | None = None
    retry_of: str | None = None


class Receipt(ReceiptContent, Common):
    """One receipt, whole: there is no incremental receipt."""


class Invoice(InvoiceContent, Common):
    """One invoice, whole."""


class ShiftOpen(Common):
    op: Literal["shift.open"]


class ShiftClose(Common):
    """The Z report: closes the day or shift. Its figures are in the result as data."""

    op: Literal["shift.close"]


class ReportX(Common):
    """A report that closes nothing. `shift`: of one shift or cashier, where the device keeps such sums; `reset` begins them
    anew."""

    op: Literal["report.x"]
    shift: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    reset: Flag = False


# Fiscal memories hold some thousand reports; nine digits are what any field on any wire has for them.
ReportNumber = Annotated[Whole, Field(ge=0, le=999_999_999)]


class ReportPeriod(Common):
    op: Literal["report.period"]
    first_date: Day | None = Field(default=None, alias="from")
    last_date: Day | None = Field(default=None, alias="to")
    first_number: ReportNumber | None = None
    last_number: ReportNumber | None = None
    summary: Flag = False


class CashIn(Common):
    op: Literal["cash.in"]
    amount: PositiveMoney
    currency: Currency


class CashOut(Common):
    op: Literal["cash.out"]
    amount: PositiveMoney
    currency: Currency


class DocumentContinue(Common):
    """Go on with a document that waits for paper. Passes the queue."""

    op: Literal["document.continue"]


class Copy(Common):
    """A document once more: the last one, or the one with this number (of `issued_on`, where numbers begin anew each day).

    `delivery`: another way than paper for the same document, e.g. as an e-document. With `paper` false and no other way it is read
    back as data, where the device keeps its documents: number, sign, figures, text and QR code in the result, all that it says in
    the evidence, and nothing is printed. Which copies a device has, its capabilities say (`copies`).
    """

    op: Literal["copy"]
    kind: Literal["receipt", "invoice", "report", "slip"] = "receipt"
    document: Text | None = None
    issued_on: Day | None = None
    delivery: Delivery = Delivery()


class Print(Common):
    """A non-fiscal printout: texts, QR codes, bar codes, fed lines and cuts, in the order of `lines`. Which of these a device has,
    its capabilities say (`print_items`)."""

    op: Literal["print"]
    title: Text | None = None
    lines: Annotated[tuple[PrintItem, ...], Field(min_length=1), AfterValidator(not_endless)]
    fit: Literal["strict", "lenient"] | None = None


class DisplayShow(Common):
    op: Literal["display.show"]
    lines: Annotated[tuple[Text, ...], Field(min_length=1)]


class DrawerOpen(Common):
    op: Literal["drawer.open"]


class ClockSet(Common):
    op: Literal["clock.set"]
    to: Moment | None = None


class MarkingCheck(Common):
    """Ask the device and the marking system behind it whether goods with this code may be sold, or taken back.

    `quantity` and `unit` of goods that are sold in parts. What came of it is in `evidence.marking`; a code that must not be
    sold fails the job.
    """

    op: Literal["marking.check"]
    marking: Marking
    kind: Literal["sale", "refund"] = "sale"
    quantity: Quantity | None = None
    unit: Text | None = None
    extras: dict[str, Any] = {}


class PaymentPurchase(PurchaseContent, Common):
    """A card payment."""

    op: Literal["payment.purchase"]


class PaymentRefund(Common):
    """Money back to a card. With `original` it belongs to that payment, where the terminal can tell it so; without it the
    card that is presented is given the amount."""

    op: Literal["payment.refund"]
    amount: PositiveMoney
    currency: Currency
    original: OriginalPayment | None = None


class PaymentReversal(Common):
    """Takes an earlier payment back, as if it had not been; most terminals can until their next reconciliation.

    `amount`: what it was, where it is known, so that another payment under the same number is refused.
    """

    op: Literal["payment.reversal"]
    original: OriginalPayment
    amount: PositiveMoney | None = None
    currency: Currency | None = None


class PaymentPreauthorise(Common):
    """Reserves an amount on a card. With `original` it raises or prolongs that reservation."""

    op: Literal["payment.preauthorise"]
    amount: PositiveMoney
    currency: Currency
    original: OriginalPayment | None = None


class PaymentCapture(Common):
    """Charges what was reserved, at most the reserved amount; what is left of it is free again."""

    op: Literal["payment.capture"]
    original: OriginalPayment
    amount: PositiveMoney
    currency: Currency


class PaymentRelease(Common):
    """Gives a reservation up: all of it, or the part `amount`."""

    op: Literal["payment.release"]
    original: OriginalPayment
    amount: PositiveMoney | None = None
    currency: Currency | None = None


class TerminalReconcile(Common):
    """The terminal's end of day: its totals as data, and its batch closed. `close: false` asks for the totals alone."""

    op: Literal["terminal.reconcile"]
    close: Flag = True


class TerminalLogin(Common):
    """Registers the till at the terminal anew, with what its protocol calls for."""

    op: Literal["terminal.login"]


class TerminalDiagnose(Common):
    """Lets the terminal check itself and its line to the host; what it says is in `evidence`."""

    op: Literal["terminal.diagnose"]


class Raw(Common):
    """A command of the device's own protocol, administrators only. `command` is in the family's form."""

    op: Literal["raw"]
    command: dict[str, Any]


Operation = Annotated[
    Receipt
    | Invoice
    | ShiftOpen
    | ShiftClose
    | ReportX
    | ReportPeriod
    | CashIn
    | CashOut
    | DocumentContinue
    | Copy
    | Print
    | DisplayShow
    | DrawerOpen
    | ClockSet
    | MarkingCheck
    | PaymentPurchase
    | PaymentRefund
    | PaymentReversal
    | PaymentPreauthorise
    | PaymentCapture
    | PaymentRelease
    | TerminalReconcile
    | TerminalLogin
    | TerminalDiagnose
    | Raw,
    Field(discriminator="op"),
]

operation_adapter: TypeAdapter[Operation] = TypeAdapter(Operation)


def stored_operation(data: Any) -> Operation:
    """An operation as the journal keeps it. Raises pydantic.ValidationError where this version cannot read it."""
    return operation_adapter.validate_python(data, context=FROM_JOURNAL)


def class_of(op: str) -> OperationClass:
    return CLASSES[op]


def reference_group(op: str) -> str | None:
    """Sales are compared with sales, payments with payments; other operations may repeat a reference."""
    if op in ("receipt", "invoice"):
        return "sale"
    if op.startswith("payment."):
        return op if op != "payment.preauthorise" else "payment.purchase"
    return None
