"""What the tills were told, held against what the printers really issued. Nothing is asked here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from bridge_simulators.device import IssuedDocument

from tests.crash.orders import PAYMENTS, WITH_REFERENCE, Ledger, Order
from tests.crash.printers import Printer

# A job of this harness fails only because its answer was lost and the printer proved that nothing came out. Any other
# error means that the bridge refused, gave up or broke.
LAWFUL_ERRORS = frozenset({"device.offline"})

# A payment that waits while the bridge dies, or for one that is in doubt, is not begun afterwards: the customer may be gone.
LAWFUL_FOR_PAYMENTS = LAWFUL_ERRORS | {"request.expired", "device.unresolved"}

# What a terminal may say of a payment that it took back because the till did not confirm it.
NOT_PAID = frozenset({"cancelled", "declined", "reversed"})


def judge(ledger: Ledger, printers: Mapping[str, Printer]) -> None:
    """Every order is final, and right; every document belongs to one. To be called while nothing is under way."""
    orders: dict[str, list[Order]] = defaultdict(list)
    for order in ledger.orders:
        orders[order.device].append(order)
    for device, printer in printers.items():
        named = [one for one in printer.documents if not _is_nameless(one, printer)]
        nameless = len(printer.documents) - len(named)
        given_up = sum(order.kind == "receipt" and order.state == "failed" for order in orders[device])
        if nameless > given_up:
            ledger.violation(f"{device}: {nameless} receipts were cancelled, but only {given_up} sales failed")
        for text in (*_documents(orders[device], named, printer), *_drawers(orders[device], printer)):
            ledger.violation(text)
    for text in _jobs(ledger.orders):
        ledger.violation(text)


def look_for_doubles(ledger: Ledger, printers: Mapping[str, Printer]) -> None:
    """What can be seen at any moment: no reference is on two receipts."""
    for device, printer in printers.items():
        references = Counter(document.reference for document in printer.documents if document.kind in WITH_REFERENCE)
        for reference, count in references.items():
            if count > 1:
                ledger.violation(f"{device}: {count} receipts carry the reference {reference}")


def _is_nameless(document: IssuedDocument, printer: Printer) -> bool:
    """Where a receipt gets its reference with its end, one that is cancelled has none."""
    return document.kind == "cancelled_receipt" and not document.reference and printer.reference_last


def _documents(orders: Iterable[Order], documents: Iterable[IssuedDocument], printer: Printer) -> Iterable[str]:
    issued: dict[tuple[str, str], list[IssuedDocument]] = defaultdict(list)
    for document in documents:
        issued[_name(document)].append(document)
    for order in orders:
        if order.kind == "drawer":
            continue
        mine = issued.pop((order.kind, order.name), [])
        cancelled = issued.pop((f"cancelled_{order.kind}", order.name), []) if order.kind in WITH_REFERENCE else []
        yield from _one(order, mine, cancelled, nameless=order.kind in printer.without_number)
    for (kind, name), left in issued.items():
        yield f"{len(left)} {kind} {name!r} (number {left[0].number}): nobody asked for it"


def _name(document: IssuedDocument) -> tuple[str, str]:
    """What ties a document to its order (Order.name), as the paper says it."""
    if document.kind == "shift_report":
        return document.kind, document.details["rows"][0][1]
    by_reference = document.kind.removeprefix("cancelled_") in WITH_REFERENCE
    return document.kind, document.reference if by_reference else document.total


def _one(order: Order, issued: list[IssuedDocument], cancelled: list[IssuedDocument], *, nameless: bool) -> Iterable[str]:
    """`nameless`: the device has no numbers for what the order asks."""
    match order.state:
        case "done":
            assert order.final is not None
            payment = (order.final["result"] or {}).get("payment") or {}
            if order.kind in PAYMENTS and payment.get("outcome") in NOT_PAID:
                if issued:
                    yield f"{order}: {payment['outcome']}, and the terminal has charged {issued[0].total}"
                return
            if not order.final["success"]:
                yield f"{order}: done without success"
            if len(issued) != 1:
                yield f"{order}: done, and {len(issued)} documents"
                return
            told = payment["approved"] if payment else order.final["result"]["document"]["total"]
            if order.kind != "shift_report" and not order.total == Decimal(issued[0].total) == Decimal(told):
                yield f"{order}: the document says {issued[0].total}, the job {told}"
            # The shop numbers its invoices itself; the printer counts them besides.
            number = order.body["number"] if order.kind == "invoice" else issued[0].number
            unknown = order.number is None and (nameless or "number_unknown" in order.warnings)
            if order.number != number and not unknown:
                yield f"{order}: the document has number {number}, the job says {order.number}"
            if cancelled:
                yield f"{order}: done at a second attempt, receipt {cancelled[0].number} was cancelled before"
        case "failed":
            if issued:
                yield f"{order}: failed ({order.error}), and receipt {issued[0].number} was issued"
            if len(cancelled) > 1:
                yield f"{order}: {len(cancelled)} attempts were cancelled"
            if order.error not in (LAWFUL_FOR_PAYMENTS if order.kind in PAYMENTS else LAWFUL_ERRORS):
                yield f"{order}: failed with {order.error}: {(order.final or {}).get('error')}"
        case state:
            attention = (order.last or {}).get("attention") or {}
            yield f"{order}: still {state}: {attention.get('code')}: {attention.get('text')}"


def _drawers(orders: Iterable[Order], printer: Printer) -> Iterable[str]:
    """Effects happen at most once: executed commands lie between what was confirmed and what was asked."""
    asked = [order for order in orders if order.kind == "drawer"]
    confirmed = [order for order in asked if order.final is not None and order.final["success"]]
    possible = [order for order in asked if order.state == "done"]
    if not len(confirmed) <= printer.drawer_opened <= len(possible):
        yield f"{printer.id}: the drawer opened {printer.drawer_opened} times, {len(confirmed)} confirmed, {len(possible)} sent"
    for order in asked:
        if order.final is None:
            yield f"{order}: still {order.state}"
        elif order.state == "failed" and order.error not in LAWFUL_ERRORS:
            yield f"{order}: failed with {order.error}"
        elif order.state == "done" and not order.final["success"] and "unconfirmed" not in order.warnings:
            yield f"{order}: not confirmed, without the warning"


def _jobs(orders: Iterable[Order]) -> Iterable[str]:
    jobs = Counter(order.job for order in orders if order.job is not None)
    for job, count in jobs.items():
        if count > 1:
            yield f"job {job} answers to {count} keys"
