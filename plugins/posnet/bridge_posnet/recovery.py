"""What became of a document whose answer was lost: decided from what was written down and what the printer says now.

Pure: no printer is asked here (`settlement.py` asks). Follows protocol-specs/posnet, "Lost answers, power loss", step by
step; where the table there says nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.plugin import Decision, Verdict
from bridge_posnet.answers import ProtectedKind
from bridge_posnet.facts import Facts, Kind, same_amounts
from bridge_posnet.plan import Intent
from bridge_posnet.settings import ZERO
from bridge_posnet.states import DocumentKind


def decide(intent: Intent, facts: Facts, *, shared: bool) -> Decision[int]:
    """The verdict by counters, totals and protected memory, with nothing left open.

    `shared`: what others did moves the same counters, so that they can say "nothing happened" but never "this is ours".
    """
    if facts.open:
        return Decision.unknown("a receipt is still open")
    decision = _DECISIONS[intent.kind](intent, facts)
    return decision.where_shared() if shared else decision


def nothing_issued(intent: Intent, facts: Facts) -> bool:
    """Whether the counters prove that no document came out, a receipt that was cancelled apart."""
    return decide(intent, facts, shared=False).verdict is Verdict.NOT_ISSUED


def open_and_undecided(intent: Intent, facts: Facts) -> bool:
    """Whether the receipt that is open is surely this sale, not ended: cancelled, it never was one, whatever others sell
    meanwhile. That is so when no receipt was completed since the baseline, for then ours was not."""
    before = intent.baseline
    unmoved = _completed(intent.kind, before) is not None and (facts.daily_reports, _completed(intent.kind, facts)) == (
        before.daily_reports,
        _completed(intent.kind, before),
    )
    return facts.open and unmoved and not ram_cleared(before, facts)


def ram_cleared(before: Facts, after: Facts) -> bool:
    """The working memory was cleared: every counter in it is void."""
    if before.ram_clears is not None and after.ram_clears is not None and after.ram_clears != before.ram_clears:
        return True
    return after.daily_reports == before.daily_reports and after.receipts < before.receipts


def is_ours(intent: Intent, facts: Facts) -> bool:
    """Whether the totals that the printer shows of its last receipt are those of this sale."""
    if not same_amounts(facts.gross, intent.gross, intent.tolerance):
        return False
    if facts.document_kind and (facts.document_kind == DocumentKind.INVOICE) != (intent.kind is Kind.INVOICE):
        return False
    if intent.kind is Kind.INVOICE:
        return True  # it has no payments and no packaging
    packaging = (facts.packaging_issued, facts.packaging_returned)
    if any(
        told not in (None, meant)
        for told, meant in zip(packaging, (intent.deposits_issued, intent.deposits_returned), strict=True)
    ):
        return False
    # Whether the sum of payments is told with or without the change is not documented: both are ours.
    return facts.payments is None or facts.payments in (intent.payments, intent.payments - intent.change)


def may_be_open_ours(intent: Intent, facts: Facts) -> bool:
    """Whether the totals of the receipt that is open are those of this sale after some line of it, or at its end."""
    if is_ours(intent, facts) or same_amounts(facts.gross, intent.gross, intent.tolerance):
        return True
    return any(same_amounts(facts.gross, sums, ZERO) for sums in _after_each_line(intent))


def _after_each_line(intent: Intent) -> Iterator[tuple[Decimal, ...]]:
    sums = [ZERO] * len(intent.gross)
    for rate, total in intent.sold:
        sums[rate] += total
        yield tuple(sums)


def _completed(kind: Kind, facts: Facts) -> int | None:
    return facts.invoices if kind is Kind.INVOICE else facts.receipts


# --- a sale


def _sale(intent: Intent, now: Facts) -> Decision[int]:
    before = intent.baseline
    if ram_cleared(before, now):
        return _sale_by_protected_memory(intent, now, "the printer's memory was cleared")
    if now.daily_reports != before.daily_reports:
        return _sale_over_a_report(intent, now)
    receipts = now.receipts - before.receipts
    cancelled = _difference(before.cancelled, now.cancelled)
    numbers = _difference(before.last_receipt, now.last_receipt)
    recorded = _recorded(intent, now, ProtectedKind.RECEIPT)
    if cancelled is not None and numbers is not None and numbers != receipts + cancelled:
        return Decision.unknown("the printer's counters contradict each other")
    if intent.fiscal and recorded is not None and (recorded != 0) != (receipts != 0):
        return Decision.unknown("the counters and the protected memory contradict each other")
    if receipts == 0:
        if not intent.fiscal and is_ours(intent, now):
            # A printer in training may not count [open point 8]: then only the totals of its last receipt tell.
            if is_ours(intent, before):
                return Decision.unknown("the printer is in training, may not count, and the receipt before had the same totals")
            return Decision.issued("the printer, which is in training, shows the totals of this receipt as its last")
        if not intent.fiscal and recorded:
            return Decision.unknown("the printer is in training and counted no receipt, but its protected memory holds a new one")
        return Decision.not_issued("no receipt was completed since" + (", one was cancelled" if cancelled else ""))
    if receipts == 1 and not cancelled:
        if is_ours(intent, now):
            return Decision.issued("exactly one receipt was completed since, with the totals of this one", now.last_receipt)
        return Decision.unknown("one receipt was completed since, but its totals are others")
    return Decision.unknown(
        f"{receipts} receipts were completed and {cancelled or 0} cancelled since: somebody else used the printer"
    )


def _sale_over_a_report(intent: Intent, now: Facts) -> Decision[int]:
    """A daily report came in between. It cannot while a receipt is open, so the sale ended before it, or began after."""
    before = intent.baseline
    recorded = _recorded(intent, now, ProtectedKind.RECEIPT)
    if recorded == 0:
        return Decision.not_issued("the protected memory holds no new receipt")
    if now.daily_reports != before.daily_reports + 1:
        return Decision.unknown("several daily reports were printed since")
    since = now.receipts if now.counted_by_day is not False else now.receipts - before.receipts
    if since == 1 and is_ours(intent, now):
        return Decision.issued("one receipt was completed since, with the totals of this one", now.last_receipt)
    if since == 0 and now.counted_by_day is not False and recorded is not None and is_ours(intent, now):
        # The counters began again at zero; the number is the one that came next.
        number = None if before.last_receipt is None else before.last_receipt + 1
        cancelled = _difference(before.document(ProtectedKind.CANCELLED_RECEIPT), now.document(ProtectedKind.CANCELLED_RECEIPT))
        return Decision.issued(
            "a receipt was recorded before the daily report, with the totals of this one", number if cancelled == 0 else None
        )
    return Decision.unknown("a daily report was printed since, and the receipts around it cannot be told apart")


def _sale_by_protected_memory(intent: Intent, now: Facts, why: str) -> Decision[int]:
    before = intent.baseline
    recorded = _recorded(intent, now, ProtectedKind.RECEIPT)
    cancelled = _difference(before.document(ProtectedKind.CANCELLED_RECEIPT), now.document(ProtectedKind.CANCELLED_RECEIPT))
    if recorded == 0:
        return Decision.not_issued(f"{why}; its protected memory holds no new receipt")
    if recorded is None or recorded < 0:
        return Decision.unknown(f"{why}, and it does not tell of its protected memory")
    if now.receipts > 0 or now.daily_reports != before.daily_reports:
        return Decision.unknown(f"{why}, and receipts or reports were made afterwards")
    number = before.last_receipt + 1 if before.last_receipt is not None and cancelled == 0 else None
    return Decision.issued(f"{why}; its protected memory holds a new receipt", number)


# --- an invoice


def _invoice(intent: Intent, now: Facts) -> Decision[int]:
    """As a sale, by counters of its own. Whether a daily report sets them back is not measured: then totals decide."""
    before = intent.baseline
    recorded = _recorded(intent, now, ProtectedKind.INVOICE)
    cleared = ram_cleared(before, now)
    if cleared or now.daily_reports != before.daily_reports or before.invoices is None or now.invoices is None:
        if recorded == 0:
            return Decision.not_issued("the protected memory holds no new invoice")
        if cleared and recorded is not None and recorded > 0 and not now.invoices and now.daily_reports == before.daily_reports:
            return Decision.issued("the printer's memory was cleared; its protected memory holds a new invoice")
        if recorded is not None and recorded > 0 and is_ours(intent, now):
            return Decision.issued("the protected memory holds a new invoice, with the totals of this one")
        return Decision.unknown("the counters began again since, and the protected memory alone cannot tell the invoices apart")
    invoices = now.invoices - before.invoices
    cancelled = _difference(before.cancelled_invoices, now.cancelled_invoices)
    if intent.fiscal and recorded is not None and (recorded != 0) != (invoices != 0):
        return Decision.unknown("the counters and the protected memory contradict each other")
    if invoices == 0:
        if not intent.fiscal and is_ours(intent, now) and now.document_kind == DocumentKind.INVOICE:
            # A printer in training may not count [open point 8]: then only the totals of its last document tell.
            if is_ours(intent, before) and before.document_kind == DocumentKind.INVOICE:
                return Decision.unknown("the printer is in training, may not count, and the invoice before had the same totals")
            return Decision.issued("the printer, which is in training, shows the totals of this invoice as its last")
        if not intent.fiscal and recorded:
            return Decision.unknown("the printer is in training and counted no invoice, but its protected memory holds a new one")
        return Decision.not_issued("no invoice was completed since" + (", one was cancelled" if cancelled else ""))
    if invoices == 1 and not cancelled:
        # The totals that the printer shows are those of its last document: a receipt sold since says nothing about ours.
        if is_ours(intent, now) or now.receipts != before.receipts:
            return Decision.issued("exactly one invoice was completed since")
        return Decision.unknown("one invoice was completed since, but its totals are others")
    return Decision.unknown(
        f"{invoices} invoices were completed and {cancelled or 0} cancelled since: somebody else used the printer"
    )


# --- reports that close nothing


def _report(intent: Intent, now: Facts) -> Decision[int]:
    """It leaves one header and nothing else: every document has one, so the others that came since are taken off."""
    before = intent.baseline
    headers = _difference(before.header, now.header)
    if headers is None or ram_cleared(before, now):
        return Decision.unknown("the printer does not tell how many documents it printed")
    reports = now.daily_reports - before.daily_reports
    if reports:
        # The counters of receipts began again: what is in them now was sold since.
        others: int | None = reports + now.receipts + (now.cancelled or 0) if now.counted_by_day is not False else None
    else:
        differences = (
            _difference(before.receipts, now.receipts),
            _difference(before.cancelled, now.cancelled),
            _difference(before.invoices, now.invoices),
            _difference(before.cancelled_invoices, now.cancelled_invoices),
        )
        others = sum(difference or 0 for difference in differences)
    if others is None:
        return Decision.unknown("a daily report was printed since, and what was sold before it cannot be told")
    if headers == others == 0 or (headers == others and reports):
        return Decision.not_issued("nothing else was printed since")
    if not intent.fiscal:
        # A receipt or daily report of somebody else then leaves one header and nothing else, too [open point 8].
        return Decision.unknown("the printer is in training, may not count what it prints, and something was printed since")
    if headers == 1 and others == 0:
        return Decision.issued("exactly one document was printed since, and it was no sale")
    if headers == others + 1 and reports == 1 and not now.receipts:
        return Decision.issued("beside the daily report exactly one document was printed since")
    return Decision.unknown("other documents were printed since")


# --- slips and the daily report


def _goods_return(intent: Intent, now: Facts) -> Decision[int]:
    return _slip(intent, now)


def _cash(intent: Intent, now: Facts) -> Decision[int]:
    """Beside the counters the cash in the drawer, as the printer reckons it, must have moved by the amount."""
    moved = None
    if intent.baseline.cash is not None and now.cash is not None and not ram_cleared(intent.baseline, now):
        moved = now.cash - intent.baseline.cash
    decision = _slip(intent, now)
    if decision.verdict is Verdict.ISSUED and moved is not None and moved != intent.cash:
        return Decision.unknown("a slip was printed since, but the cash in the drawer moved by another amount")
    if decision.verdict is Verdict.NOT_ISSUED and moved:
        return Decision.unknown("no slip was printed since, but the cash in the drawer moved")
    return decision


def _slip(intent: Intent, now: Facts) -> Decision[int]:
    before = intent.baseline
    recorded = _difference(before.document(ProtectedKind.NON_FISCAL), now.document(ProtectedKind.NON_FISCAL))
    if ram_cleared(before, now) or now.daily_reports != before.daily_reports:
        if recorded == 0:
            return Decision.not_issued("the protected memory holds no new slip")
        return Decision.unknown("the counters began again since, and more than one slip may be recorded")
    headers = _difference(before.header, now.header)
    slips = _difference(before.non_fiscal, now.non_fiscal)
    if {headers, slips} <= {0, None} and {headers, slips} != {None} and recorded in (0, None):
        return Decision.not_issued("nothing was printed since")
    if {headers, slips} <= {1, None} and {headers, slips} != {None} and recorded != 0:
        return Decision.issued("exactly one slip was printed since")
    return Decision.unknown("other documents were printed since")


def _daily_report(intent: Intent, now: Facts) -> Decision[int]:
    reports = now.daily_reports - intent.baseline.daily_reports
    kind = ProtectedKind.DAILY_REPORT
    if reports == 0 and _difference(intent.baseline.document(kind), now.document(kind)):
        return Decision.issued(
            "the protected memory holds a new daily report"
        )  # a printer in training does not count its reports
    if reports == 0:
        return Decision.not_issued("the number of daily reports is unchanged")
    if reports == 1:
        return Decision.issued("the number of daily reports has grown by one")
    return Decision.unknown("several daily reports were printed since")


def _recorded(intent: Intent, now: Facts, kind: ProtectedKind) -> int | None:
    """How far the number of this kind in protected memory has moved. None where that proves nothing: whether a printer in
    training records its documents is not known [open point 8], so that a new one counts there but none does not."""
    moved = _difference(intent.baseline.document(kind), now.document(kind))
    return None if moved == 0 and not intent.fiscal else moved


def _difference(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else now - before


_DECISIONS = {
    Kind.SALE: _sale,
    Kind.GOODS_RETURN: _goods_return,
    Kind.CASH: _cash,
    Kind.DAILY_REPORT: _daily_report,
    Kind.INVOICE: _invoice,
    Kind.PACKAGING_RETURN: _goods_return,
    Kind.REPORT: _report,
}
