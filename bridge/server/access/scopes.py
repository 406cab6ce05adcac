"""Scopes: what a token may be given, and which of them each call and each operation needs.

Two tables, of calls and of operations. A test holds the first against the table of routes and the second against the
operations of the model, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bridge.model import LineKind, ReceiptKind


class Right(StrEnum):
    """One scope."""

    DEVICES_READ = "devices:read"
    PRINT = "print"
    FISCAL = "fiscal"
    REFUND = "refund"
    FISCAL_REPORT = "fiscal:report"
    CASH = "cash"
    PAYMENT = "payment"
    RESOLVE = "resolve"
    RAW = "raw"
    ADMIN = "admin"


MEANINGS: dict[Right, str] = {
    Right.DEVICES_READ: "see devices and their status, preview documents",
    Right.PRINT: "non-fiscal printouts, copies, the customer's display, the drawer",
    Right.FISCAL: "sales: receipts, invoices, opening the shift, marking codes",
    Right.REFUND: "what gives money back: refunds, corrections, purchases, returned goods, reversals of payments",
    Right.FISCAL_REPORT: "Z, X and period reports, reconciliation of terminals, the clock",
    Right.CASH: "cash in and cash out",
    Right.PAYMENT: "card payments",
    Right.RESOLVE: "settle unresolved jobs by hand, see their trace and what went over the wire",
    Right.RAW: "commands of the device's own protocol",
    Right.ADMIN: "everything: devices, tokens, pairing, the audit",
}

TILL = frozenset({Right.DEVICES_READ, Right.PRINT, Right.FISCAL, Right.PAYMENT})
"""What a till gets where nobody says otherwise: it can sell, and nothing that gives money back, ends the day or takes cash."""

NEVER_FOR_WEB = frozenset({Right.ADMIN})

# The least that a job's calls need is a part in jobs at all.
_ANY_OPERATION = frozenset({Right.PRINT, Right.FISCAL, Right.REFUND, Right.FISCAL_REPORT, Right.CASH, Right.PAYMENT, Right.RAW})

CALLS: dict[str, frozenset[Right]] = {
    "ping": frozenset(),
    "health": frozenset(),
    "openapi": frozenset(),
    "asyncapi": frozenset(),
    "session.proof": frozenset(),
    "session.console": frozenset(),
    "session.attendant": frozenset(),
    "session.close": frozenset(),
    "session.get": frozenset(),
    "session.rotate": frozenset(),
    "pairing.request": frozenset(),
    "pairing.get": frozenset(),
    "overview": frozenset({Right.DEVICES_READ}),
    "metrics": frozenset({Right.DEVICES_READ}),
    "devices.list": frozenset({Right.DEVICES_READ}),
    "devices.get": frozenset({Right.DEVICES_READ}),
    "devices.status": frozenset({Right.DEVICES_READ}),
    "devices.preview": frozenset({Right.DEVICES_READ}),
    "devices.submit": _ANY_OPERATION,
    "jobs.list": _ANY_OPERATION | {Right.RESOLVE},
    "jobs.get": _ANY_OPERATION | {Right.RESOLVE},
    "jobs.receipt": _ANY_OPERATION | {Right.RESOLVE},
    "jobs.ack": _ANY_OPERATION,
    "jobs.answer": _ANY_OPERATION,
    "jobs.abort": _ANY_OPERATION,
    "jobs.resolve": frozenset({Right.RESOLVE}),
    "jobs.trace": frozenset({Right.RESOLVE}),
    "jobs.wire": frozenset({Right.RESOLVE}),
    "payments.list": frozenset({Right.PAYMENT, Right.REFUND, Right.RESOLVE}),
    "payments.refresh": frozenset({Right.PAYMENT, Right.REFUND, Right.RESOLVE}),
    "devices.wire": frozenset({Right.ADMIN}),
    "families.list": frozenset({Right.ADMIN}),
    "devices.config": frozenset({Right.ADMIN}),
    "devices.configure": frozenset({Right.ADMIN}),
    "devices.remove": frozenset({Right.ADMIN}),
    "devices.accept": frozenset({Right.ADMIN}),
    "devices.test": frozenset({Right.ADMIN}),
    "devices.ack_alert": frozenset({Right.ADMIN}),
    "audit.list": frozenset({Right.ADMIN}),
    "bundle.make": frozenset({Right.ADMIN}),
    "discovery.start": frozenset({Right.ADMIN}),
    "discovery.check": frozenset({Right.ADMIN}),
    "discovery.get": frozenset({Right.ADMIN}),
    "pairing.list": frozenset({Right.ADMIN}),
    "pairing.decide": frozenset({Right.ADMIN}),
    "console.link": frozenset({Right.ADMIN}),
    "attendant.get": frozenset({Right.ADMIN}),
    "attendant.set": frozenset({Right.ADMIN}),
    "attendant.remove": frozenset({Right.ADMIN}),
    "attendant.unlock": frozenset({Right.ADMIN}),
    "tokens.list": frozenset({Right.ADMIN}),
    "tokens.create": frozenset({Right.ADMIN}),
    "tokens.rotate": frozenset({Right.ADMIN}),
    "tokens.revoke": frozenset({Right.ADMIN}),
}
"""Of each call, any one of these is enough; none are needed where there are none. What an operation needs comes on top."""

ATTENDANT = frozenset(
    {
        "ping",
        "health",
        "openapi",
        "asyncapi",
        "overview",
        "session.proof",
        "session.get",
        "session.close",
        "devices.list",
        "devices.get",
        "devices.status",
        "devices.ack_alert",
        "jobs.list",
        "jobs.get",
        "jobs.receipt",
        "jobs.answer",
        "jobs.resolve",
    }
)
"""All that an attendant may call, whatever stands above: what is new is not an attendant's until somebody says so."""

OPERATIONS: dict[str, Right] = {
    "receipt": Right.FISCAL,
    "invoice": Right.FISCAL,
    "shift.open": Right.FISCAL,
    "marking.check": Right.FISCAL,
    "document.continue": Right.FISCAL,
    "shift.close": Right.FISCAL_REPORT,
    "report.x": Right.FISCAL_REPORT,
    "report.period": Right.FISCAL_REPORT,
    "terminal.reconcile": Right.FISCAL_REPORT,
    "clock.set": Right.FISCAL_REPORT,
    "cash.in": Right.CASH,
    "cash.out": Right.CASH,
    "payment.purchase": Right.PAYMENT,
    "payment.preauthorise": Right.PAYMENT,
    "payment.capture": Right.PAYMENT,
    "payment.release": Right.PAYMENT,
    "terminal.login": Right.PAYMENT,
    "terminal.diagnose": Right.PAYMENT,
    "payment.refund": Right.REFUND,
    "payment.reversal": Right.REFUND,
    "copy": Right.PRINT,
    "print": Right.PRINT,
    "display.show": Right.PRINT,
    "drawer.open": Right.PRINT,
    "raw": Right.RAW,
}

# Documents and lines that give money back, whatever they are part of. Deposits on bottles come back in any sale.
_GIVING_KINDS = frozenset({ReceiptKind.REFUND, ReceiptKind.PURCHASE, ReceiptKind.PURCHASE_REFUND, ReceiptKind.CORRECTION})
_GIVING_LINES = frozenset({LineKind.RETURN})


def of_operation(body: Mapping[str, Any]) -> frozenset[Right]:
    """All that this operation needs. The body as it was received: what is wrong with it, its model says later."""
    op = body.get("op")
    needed = OPERATIONS.get(op) if isinstance(op, str) else None
    if needed is None:
        return frozenset()  # there is no such operation: it is refused whoever asks
    if op == "copy" and _reads(body):
        return frozenset({needed, Right.FISCAL})
    gives = op in ("receipt", "invoice") and (_is(body.get("kind"), _GIVING_KINDS) or _has_giving_line(body.get("lines")))
    return frozenset({needed, Right.REFUND}) if gives else frozenset({needed})


def _reads(copy: Mapping[str, Any]) -> bool:
    """Whether what was sold is told to whoever asks: a document by its number, or one that is read back as data. Who may only print
    must not learn from the device's archive what all tills sold."""
    delivery = copy.get("delivery")
    delivery = delivery if isinstance(delivery, Mapping) else {}
    elsewhere = any(delivery.get(way) is not None for way in ("email", "sms", "edocument"))
    return copy.get("document") is not None or (delivery.get("paper") is False and not elsewhere)


def _has_giving_line(lines: Any) -> bool:
    if not isinstance(lines, list):
        return False
    return any(isinstance(line, Mapping) and _is(line.get("kind"), _GIVING_LINES) for line in lines)


def _is(value: Any, kinds: frozenset[Any]) -> bool:
    return isinstance(value, str) and value in kinds
