"""The desk's card terminal: every payment is approved, whatever card was given; its figures are always the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from bridge.model import (
    EntryMode,
    Operation,
    OriginalPayment,
    Outcome,
    Paper,
    PaymentCapture,
    PaymentPreauthorise,
    PaymentPurchase,
    PaymentRefund,
    PaymentRelease,
    PaymentResult,
    PaymentReversal,
    ReceiptCopy,
    Reconciliation,
    Result,
    SchemeTotal,
    TerminalReceipt,
    TerminalReconcile,
    Verification,
)

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

_NUMBERS = {
    "payment.purchase": "0042",
    "payment.refund": "0043",
    "payment.reversal": "0044",
    "payment.preauthorise": "0045",
    "payment.capture": "0046",
    "payment.release": "0047",
}

_SLIP = """KAWIARNIA POD LIPĄ
Terminal T0000001
{title}
VISA 411111******1111
{amount} {currency}
Nr {number}  Kod 123456"""


def paid(operation: Operation) -> Result | None:
    """What the terminal decides; None where the operation is none of its."""
    match operation:
        case PaymentPurchase():
            return _approved(operation.op, operation.amount, operation.currency, tip=operation.tip)
        case PaymentRefund():
            return _approved(operation.op, operation.amount, operation.currency, original=operation.original)
        case PaymentPreauthorise() | PaymentCapture():
            return _approved(operation.op, operation.amount, operation.currency, original=operation.original)
        case PaymentReversal() | PaymentRelease():
            amount, currency = operation.amount or Decimal("27.00"), operation.currency or "PLN"
            return _approved(operation.op, amount, currency, original=operation.original)
        case TerminalReconcile():
            return Result(reconciliation=_totals(operation.close), paper=Paper.SUPPRESSED)
        case _:
            return None


def _approved(
    op: str, amount: Decimal, currency: str, *, original: OriginalPayment | None = None, tip: Decimal | None = None
) -> Result:
    number = _NUMBERS[op]
    title = {"payment.refund": "ZWROT", "payment.reversal": "UNIEWAŻNIENIE"}.get(op, "SPRZEDAŻ")
    slip = _SLIP.format(title=title, amount=amount, currency=currency, number=number)
    receipts = (
        TerminalReceipt(copy_for=ReceiptCopy.MERCHANT, text=slip, must_print=True),
        TerminalReceipt(copy_for=ReceiptCopy.CUSTOMER, text=slip),
    )
    payment = PaymentResult(
        outcome=Outcome.APPROVED,
        requested=amount,
        approved=amount,
        currency=currency,
        tip=tip,
        authorisation_code="123456",
        trace_number="000142",
        receipt_number=number,
        original=original.receipt_number if original is not None else None,
        terminal_id="T0000001",
        masked_pan="411111******1111",
        scheme="VISA",
        entry_mode=EntryMode.CONTACTLESS,
        verification=Verification.NONE,
        online=True,
        decided_at=AT,
        receipts=receipts,
    )
    return Result(payment=payment, paper=Paper.SUPPRESSED)


def _totals(close: bool) -> Reconciliation:
    return Reconciliation(
        number="12",
        currency="PLN",
        total=Decimal("27.00"),
        totals=(SchemeTotal(scheme="VISA", count=1, amount=Decimal("27.00")),),
        first_receipt="0042",
        last_receipt="0047",
        closed=close,
        agreed=True if close else None,
        at=AT,
    )
