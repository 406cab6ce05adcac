"""What became of a document whose answer was lost: decided from what was written down and what the printer says now.

Pure: no printer is asked here (`settlement.py` asks). Follows protocol-specs/posnet/thermal.md, "Lost answers"; where that
says nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from bridge.plugin import Decision
from bridge_posnet.settings import ZERO
from bridge_posnet.thermal.facts import Facts, Kind, same_amounts
from bridge_posnet.thermal.plan import Intent


def decide(intent: Intent, facts: Facts, *, shared: bool) -> Decision[int]:
    """The verdict by flag, counters and totals, with nothing left open.

    `shared`: what others did moves the same counters, so that they can say "nothing happened" but never "this is ours".
    """
    if facts.open:
        return Decision.unknown("a receipt is still open")
    decision = _DECISIONS[intent.kind](intent, facts)
    return decision.where_shared() if shared else decision


def open_and_undecided(intent: Intent, facts: Facts) -> bool:
    """Whether the receipt that is open is surely this sale, not ended: cancelled, it never was one. That is so when no
    receipt was completed since the baseline, for then ours was not."""
    before = intent.baseline
    return facts.open and facts.receipts == before.receipts and not _new_day(before, facts) and not _ram_cleared(before, facts)


def confirmed(intent: Intent, facts: Facts) -> bool:
    """Whether what the printer says after it accepted the deciding command agrees: the acceptance itself has no check byte."""
    before = intent.baseline
    moved = facts.document is None or before.document is None or facts.document > before.document
    match intent.kind:
        case Kind.SALE:
            counted = facts.receipts > before.receipts or _new_day(before, facts)
            return not facts.open and (counted if facts.fiscal else facts.completed)
        case Kind.GOODS_RETURN | Kind.CASH:
            return moved and (facts.document is not None or facts.cash != before.cash)
        case Kind.DAILY_REPORT:
            reports = _difference(before.reports, facts.reports)
            return moved and (bool(reports) if facts.fiscal and reports is not None else facts.receipts == 0)
        case _:
            return moved


def may_be_open_ours(intent: Intent, facts: Facts) -> bool:
    """Whether the totals of the receipt that is open are those of this sale after some line of it, or at its end."""
    if facts.last_receipt is None:
        return False
    if same_amounts(facts.last_receipt, intent.gross, intent.tolerance):
        return True
    return any(same_amounts(facts.last_receipt, sums, ZERO) for sums in _after_each_line(intent))


def open_and_empty(facts: Facts) -> bool:
    return facts.open and facts.last_receipt is not None and not any(facts.last_receipt)


def number_of_sale(before: Facts, after: Facts) -> str | None:
    """The receipt's number of the day, where exactly one receipt was counted since: then it is ours."""
    if _new_day(before, after) or after.receipts != before.receipts + 1:
        return None
    return str(after.receipts)


def number_of_slip(before: Facts, after: Facts) -> str | None:
    """The document's number, where exactly one document was printed since."""
    if before.document is None or after.document != before.document + 1:
        return None
    return str(after.document)


def _after_each_line(intent: Intent) -> Iterator[tuple[Decimal, ...]]:
    sums = [ZERO] * len(intent.gross)
    for rate, total in intent.sold:
        sums[rate] += total
        yield tuple(sums)


def _ram_cleared(before: Facts, after: Facts) -> bool:
    """The working memory was cleared: every counter in it is void, the transaction flag too as far as is known."""
    return after.ram_clears != before.ram_clears


def _new_day(before: Facts, after: Facts) -> bool:
    """A daily report was made. Older firmware does not count them: there fewer receipts than before show it."""
    if before.reports is not None and after.reports is not None and after.reports != before.reports:
        return True
    return after.receipts < before.receipts


def _difference(before: int | None, now: int | None) -> int | None:
    return None if before is None or now is None else now - before


# --- a sale


def _sale(intent: Intent, now: Facts) -> Decision[int]:
    before = intent.baseline
    if _ram_cleared(before, now):
        return Decision.unknown("the printer's memory was cleared, and its counters with it")
    if _new_day(before, now):
        return _sale_over_a_report(intent, now)
    receipts = now.receipts - before.receipts
    documents = _difference(before.document, now.document)
    if documents is not None and documents < receipts:
        return Decision.unknown("the printer's counters contradict each other")
    if receipts == 0:
        return _no_receipt_counted(intent, now, documents)
    if receipts > 1:
        return Decision.unknown(f"{receipts} receipts were completed since: somebody else used the printer")
    added = tuple(after - first for after, first in zip(now.totals, before.totals, strict=True))
    if not now.completed or not same_amounts(added, intent.gross, intent.tolerance):
        return Decision.unknown("one receipt was completed since, but its totals are others")
    return Decision.issued(
        "the transaction flag is set, and exactly one receipt was added since, with these totals", now.receipts
    )


def _no_receipt_counted(intent: Intent, now: Facts, documents: int | None) -> Decision[int]:
    before = intent.baseline
    if now.totals != before.totals:
        return Decision.unknown("no receipt was counted since, but the totals of the day moved")
    if now.fiscal:
        if now.completed and not before.completed:
            return Decision.unknown("no receipt was counted since, but the transaction flag was set")
        return Decision.not_issued("no receipt was completed since" + (", one was cancelled" if documents else ""))
    # A printer in training may not count [T6]: then the transaction flag, and what was printed at all, tell.
    if not now.completed or documents == 0:
        return Decision.not_issued(
            "the printer is in training: " + ("nothing was printed" if now.completed else "no receipt was ended")
        )
    if documents == 1 and now.last_receipt is not None and same_amounts(now.last_receipt, intent.gross, intent.tolerance):
        return Decision.issued("the printer is in training: the transaction flag is set, and its last receipt has these totals")
    return Decision.unknown("the printer is in training and may not count its receipts")


def _sale_over_a_report(intent: Intent, now: Facts) -> Decision[int]:
    """A daily report came in between. It cannot while a receipt is open, so the sale ended before it, or began after."""
    before = intent.baseline
    documents = _difference(before.document, now.document)
    if documents is None or _difference(before.reports, now.reports) != 1:
        return Decision.unknown("daily reports were printed since, and older receipts are not counted any more")
    if documents == 1 and now.receipts == 0:
        return Decision.not_issued("nothing but the daily report was printed since")
    if now.last_receipt is None or documents != 2:
        return Decision.unknown("a daily report and other documents were printed since, and cannot be told apart")
    if not now.completed and now.receipts == 0:
        return Decision.not_issued("beside the daily report one document was printed since, and no receipt was ended")
    if not same_amounts(now.last_receipt, intent.gross, intent.tolerance):
        return Decision.unknown("beside the daily report one document was printed since, and the last receipt has other totals")
    # The day's counter began again: the number is the next one of the day before, or the first of the new one.
    number = now.receipts or before.receipts + 1
    return Decision.issued("beside the daily report one document was printed since, a receipt with these totals", number)


# --- slips and reports


def _slip(intent: Intent, now: Facts) -> Decision[int]:
    """Two witnesses: the number of the last document, and the cash in the drawer as the printer reckons it. A daily report
    leaves the cash alone [T8], and is one document of its own."""
    before = intent.baseline
    if _ram_cleared(before, now):
        return Decision.unknown("the printer's memory was cleared, and its counters with it")
    documents, moved = _difference(before.document, now.document), now.cash - before.cash
    if _new_day(before, now):
        reports = _difference(before.reports, now.reports)
        if documents is None or reports is None or now.receipts:
            return Decision.unknown("a daily report was printed since, and other documents cannot be told from it")
        documents -= reports
    elif now.receipts != before.receipts:
        return Decision.unknown("receipts were completed since")
    # A slip that takes more than there is: error 32, and the account stands at zero, with the slip or without it [T7].
    emptied = intent.cash is not None and before.cash + intent.cash < 0 and now.cash == 0
    if documents == 0 or (documents is None and not moved):
        if moved and not emptied:
            return Decision.unknown("nothing was printed, but the cash moved")
        return Decision.not_issued("nothing was printed since")
    if moved != intent.cash and not (emptied and documents == 1):
        return Decision.unknown("something was printed since, but the cash in the drawer moved by another amount")
    if documents not in (1, None):
        return Decision.unknown("other documents were printed since")
    return Decision.issued("exactly one document was printed since, and the cash in the drawer moved by the amount")


def _daily_report(intent: Intent, now: Facts) -> Decision[int]:
    before = intent.baseline
    if _ram_cleared(before, now) and before.reports is None:
        return Decision.unknown("the printer's memory was cleared, and its counters with it")
    reports = _difference(before.reports, now.reports)
    documents = _difference(before.document, now.document)
    if reports == 1:
        return Decision.issued("the fiscal memory holds one more daily report")
    if reports is not None and reports > 1:
        return Decision.unknown("several daily reports were printed since")
    if documents == 0:
        return Decision.not_issued("nothing was printed since")
    if now.receipts == before.receipts and now.totals == before.totals and before.receipts:
        return Decision.not_issued("the day's totals stand as they were")
    if reports == 0 and now.fiscal:
        return Decision.not_issued("the fiscal memory holds no new daily report")
    if documents == 1 and now.receipts == 0 and before.receipts:
        return Decision.issued("exactly one document was printed since, and the day began anew")
    return Decision.unknown("the printer does not count its daily reports")


def _period_report(intent: Intent, now: Facts) -> Decision[int]:
    """It moves nothing but the number of the last document. A daily report at the keys does no more on a day without receipts: where
    the fiscal memory does not count it, it looks the same."""
    before = intent.baseline
    documents, reports = _difference(before.document, now.document), _difference(before.reports, now.reports)
    if documents is None or _ram_cleared(before, now):
        return Decision.unknown("the printer does not number its documents")
    if documents == 0:
        return Decision.not_issued("nothing was printed since")
    if _new_day(before, now):
        if documents == reports:
            return Decision.not_issued("nothing but daily reports was printed since")
        return Decision.unknown("a daily report was printed since, and other documents cannot be told from this one")
    if before.receipts == 0 and (reports is None or not now.fiscal):
        return Decision.unknown("a document was printed since, and the printer does not tell whether it was a daily report")
    if documents == 1 and now.receipts == before.receipts and now.cash == before.cash:
        return Decision.issued("exactly one document was printed since, and neither receipts nor cash moved")
    return Decision.unknown("other documents were printed since")


_DECISIONS = {
    Kind.SALE: _sale,
    Kind.GOODS_RETURN: _slip,
    Kind.CASH: _slip,
    Kind.DAILY_REPORT: _daily_report,
    Kind.PERIOD_REPORT: _period_report,
}
