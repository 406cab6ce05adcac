"""What is no sale, as rows: reports, cash in and out, non-fiscal printouts, copies, card payments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from bridge.model import (
    CashIn,
    CashOut,
    Copy,
    Outcome,
    PaymentCapture,
    PaymentPreauthorise,
    PaymentPurchase,
    PaymentRefund,
    PaymentRelease,
    PaymentResult,
    PaymentReversal,
    Print,
    PrintBarcode,
    PrintCut,
    PrintFeed,
    PrintLine,
    PrintQr,
    Reconciliation,
    Report,
    ReportPeriod,
    ReportX,
)
from bridge.model.base import decimal_string
from bridge.paper.model import Barcode, Columns, Cut, Qr, Row, Rule, Text
from bridge.paper.sale import rates

BARCODES = {"ean13": "EAN-13", "code128": "Code 128"}
PaymentOperation = PaymentPurchase | PaymentRefund | PaymentReversal | PaymentPreauthorise | PaymentCapture | PaymentRelease


def moment(value: datetime) -> str:
    """A time with its zone, as it is on paper."""
    return f"{value.replace(tzinfo=None).isoformat(' ', 'seconds')} {value.isoformat()[-6:] if value.utcoffset() else 'UTC'}"


def cash(operation: CashIn | CashOut) -> list[Row]:
    name = "IN" if isinstance(operation, CashIn) else "OUT"
    return [Columns(name, f"{operation.currency} {decimal_string(operation.amount)}", bold=True, double=True, figure="amount")]


def printout(operation: Print) -> list[Row]:
    rows: list[Row] = [Text(operation.title, "centre", bold=True)] if operation.title else []
    for item in operation.lines:
        match item:
            case PrintLine():
                rows.append(Text(item.text, item.align, item.bold, item.double))
            case PrintQr():
                rows.append(Qr(item.qr, item.align, item.correction or "M"))
            case PrintBarcode():
                rows.append(Barcode(BARCODES[item.format], item.data))
            case PrintFeed():
                rows += [Text("")] * item.feed
            case PrintCut():
                rows.append(Cut())
    return rows


def copy_of(operation: Copy) -> list[Row]:
    """Which document is printed once more. What stands on it only the device knows."""
    rows: list[Row] = [
        Columns("Of", f"the {operation.kind} {operation.document}" if operation.document else f"the last {operation.kind}")
    ]
    return [*rows, *([Columns("Of the day", operation.issued_on.isoformat())] if operation.issued_on else [])]


def asked_of(operation: ReportX | ReportPeriod) -> list[Row]:
    """What a report was asked to tell of."""
    named: tuple[tuple[str, object], ...]
    if isinstance(operation, ReportX):
        named = (("Shift", operation.shift),)
    else:
        named = (
            ("From", operation.first_date),
            ("To", operation.last_date),
            ("From number", operation.first_number),
            ("To number", operation.last_number),
        )
    return [Columns(name, str(value)) for name, value in named if value is not None]


def report(figures: Report) -> list[Row]:
    rows: list[Row] = []
    if figures.number is not None:
        rows.append(Columns("Report", figures.number, figure="report.number"))
    for name, at in (("First sale", figures.first_sale_at), ("Last sale", figures.last_sale_at)):
        if at is not None:
            rows.append(Columns(name, moment(at)))
    if figures.totals_by_rate:
        rows += [Rule(), *rates(figures.totals_by_rate)]
    if figures.total is not None:
        rows += [
            Rule(),
            Columns("TOTAL", f"{figures.currency} {decimal_string(figures.total)}", bold=True, double=True, figure="total"),
        ]
    if figures.totals_by_payment:
        rows.append(Rule())
        for kind in figures.totals_by_payment:
            count = f" ({kind.count})" if kind.count is not None else ""
            rows.append(Columns(_words(kind.kind) + count, decimal_string(kind.amount), figure="by_payment"))
    if figures.counts or figures.counters:
        rows.append(Rule())
        rows += [Columns(_words(name), str(count), figure=f"count.{name}") for name, count in figures.counts.items()]
        rows += [Columns(_words(name), value, figure=f"counter.{name}") for name, value in figures.counters.items()]
    return rows


def asked_payment(operation: PaymentOperation) -> list[Row]:
    """What a terminal was asked for, before it decided."""
    amount, currency = operation.amount, operation.currency
    rows: list[Row] = []
    if amount is not None:
        money = " ".join(part for part in (currency, decimal_string(amount)) if part)
        rows.append(Columns("Requested", money, bold=True, figure="requested"))
    if isinstance(operation, PaymentPurchase):
        rows += _parts(operation.tip, operation.cashback, None)
        rows += [Text("Less may be approved.")] if operation.allow_partial else []
        return rows
    original = operation.original
    if original is not None:
        named = (
            ("Of slip", original.receipt_number),
            ("Of trace", original.trace_number),
            ("Of transaction", original.transaction_id),
            ("Of job", original.job),
        )
        rows += [Columns(name, value) for name, value in named if value]
    return rows


def payment(result: PaymentResult) -> list[Row]:
    """A terminal's decision, with all that it tells."""
    named = (
        ("Card", " ".join(part for part in (result.scheme, result.masked_pan) if part)),
        ("Application", " ".join(part for part in (result.application, result.application_id) if part)),
        ("Read by", _words(result.entry_mode.value) if result.entry_mode is not None else None),
        ("Holder", _words(result.verification.value) if result.verification is not None else None),
        ("Authorisation", result.authorisation_code),
        ("Trace", result.trace_number),
        ("Slip", result.receipt_number),
        ("Of slip", result.original),
        ("Transaction", result.transaction_id),
        ("Terminal", result.terminal_id),
        ("Merchant", result.merchant_id),
        ("Decided", moment(result.decided_at) if result.decided_at is not None else None),
        ("Reason", " ".join(part for part in (result.reason_code, result.reason_text) if part)),
    )
    # Large only where it is paid: nobody may read a sum off a slip that was declined.
    paid = result.outcome is Outcome.APPROVED
    return [
        Columns("Requested", f"{result.currency} {decimal_string(result.requested)}", figure="requested"),
        Columns(
            "APPROVED" if paid else "Approved",
            f"{result.currency} {decimal_string(result.approved)}",
            bold=paid,
            double=paid,
            figure="approved",
        ),
        *_parts(result.tip, result.cashback, result.fee),
        *(Columns(name, value) for name, value in named if value),
    ]


def _parts(tip: Decimal | None, cashback: Decimal | None, fee: Decimal | None) -> list[Row]:
    """Of an amount: what of it is not for goods."""
    named = (("tip", tip), ("cashback", cashback), ("fee", fee))
    return [Columns(f"  {name}", decimal_string(value), figure=name) for name, value in named if value is not None]


def reconciliation(totals: Reconciliation) -> list[Row]:
    """A terminal's totals, by scheme and all in all."""
    head = (
        ("Batch", totals.number),
        ("First slip", totals.first_receipt),
        ("Last slip", totals.last_receipt),
        ("At", moment(totals.at) if totals.at is not None else None),
    )
    rows: list[Row] = [Columns(name, value) for name, value in head if value]
    rows += [Rule()] if totals.totals else []
    for one in totals.totals:
        rows.append(Columns(f"{one.scheme} ({one.count})", decimal_string(one.amount), figure="by_scheme"))
    if totals.total is not None:
        money = " ".join(part for part in (totals.currency, decimal_string(totals.total)) if part)
        rows += [Rule(), Columns("TOTAL", money, bold=True, double=True, figure="total")]
    rows.append(Text("The batch was closed." if totals.closed else "The batch goes on."))
    if totals.agreed is not None:
        rows.append(
            Text("The bank has the same totals." if totals.agreed else "! The bank has other totals.", bold=not totals.agreed)
        )
    return rows


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").capitalize()
