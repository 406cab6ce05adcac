"""What became of a document whose answer was lost: decided from what was written down and what the device says now.

Pure: no device is asked here (`settlement.py` asks). Follows protocol-specs/atol, "Power loss and lost answers"; where that says
nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge_ffd.fn import FoundDocument
from bridge_ffd.versions import DocumentKind

from bridge.plugin import Decision
from bridge_atol.facts import FISCAL, Facts, Kind
from bridge_atol.plan import Intent
from bridge_atol.refusals import Refused

MOST_DOCUMENTS = 50
"""So many new documents of the FN are looked at; where more were made since, somebody else worked with the device all day."""

_COUNTS = 10_000  # the counters of slips have four digits
_OF_KIND = {
    Kind.RECEIPT: (DocumentKind.RECEIPT, DocumentKind.STRICT_FORM),
    Kind.CORRECTION: (DocumentKind.CORRECTION, DocumentKind.STRICT_FORM_CORRECTION),
    Kind.SHIFT_OPEN: (DocumentKind.SHIFT_OPEN,),
    Kind.SHIFT_CLOSE: (DocumentKind.SHIFT_CLOSE,),
}
_WITH_TOTAL = (Kind.RECEIPT, Kind.CORRECTION)


def decide(intent: Intent, now: Facts, found: Sequence[FoundDocument], *, shared: bool) -> Decision[FoundDocument]:
    """`found`: the FN's documents since the baseline, in their order. Nothing may be open any more.

    `shared`: other programs use the device too. Then a document with our total may be theirs: what happened is told only by an
    answer, and by nothing having happened at all.
    """
    decision = _by_storage(intent, now, found) if intent.kind in FISCAL else _by_counters(intent, now)
    return decision.where_shared() if shared else decision


def is_ours(intent: Intent, document: FoundDocument) -> bool:
    """Whether this document of the FN has the kind, the operation and the total of ours."""
    if not _may_be_of_kind(intent, document):
        return False
    if intent.kind in _WITH_TOTAL:
        return document.settlement == intent.settlement and document.total == intent.total
    return isinstance(document.kind, DocumentKind)


def surely_refused(intent: Intent, refused: Refused) -> bool:
    """Whether this answer to the deciding command alone says that there is no document. What the FN keeps it tells itself; an X report
    moves nothing in the device, so one that ended with an error is none, whatever of it is on paper."""
    return intent.kind not in FISCAL and (intent.kind is Kind.X_REPORT or refused.surely_not_executed)


def may_be_ours(intent: Intent, document: FoundDocument) -> bool:
    """Whether nothing that the FN tells of this document speaks against its being ours. Enough only where our own command was answered
    with a success and this is the one document since."""
    if not _may_be_of_kind(intent, document):
        return False
    return intent.kind not in _WITH_TOTAL or (
        document.settlement in (intent.settlement, None) and document.total in (intent.total, None)
    )


def _may_be_of_kind(intent: Intent, document: FoundDocument) -> bool:
    """What is no known kind may be any."""
    return document.kind in _OF_KIND[intent.kind] or not isinstance(document.kind, DocumentKind)


def missing(intent: Intent, now: Facts) -> range:
    """Numbers of the FN's documents that must be looked at."""
    if intent.kind not in FISCAL or now.fn != intent.baseline.fn:
        return range(0)
    return range(intent.baseline.last + 1, min(now.last, intent.baseline.last + MOST_DOCUMENTS) + 1)


def _by_storage(intent: Intent, now: Facts, found: Sequence[FoundDocument]) -> Decision[FoundDocument]:
    before = intent.baseline
    if now.fn != before.fn:
        return Decision.unknown("there is another fiscal storage in the device")
    if now.last < before.last:
        return Decision.unknown("the fiscal storage counts fewer documents than before")
    if now.last == before.last:
        return Decision.not_issued("the fiscal storage has no new document")
    if now.last - before.last > MOST_DOCUMENTS:
        return Decision.unknown(f"{now.last - before.last} documents were made since: somebody else worked with the device")
    if len(found) != now.last - before.last:
        return Decision.unknown("the fiscal storage does not show all of its new documents")
    ours = [document for document in found if is_ours(intent, document)]
    if len(ours) == 1:
        return Decision.issued(f"document {ours[0].number} of the fiscal storage is this one", ours[0])
    if ours:
        return Decision.unknown(f"{len(ours)} new documents of the fiscal storage could be this one")
    if any(_may_be_of_kind(intent, document) for document in found):
        return Decision.unknown("the fiscal storage has a new document of this kind, with another operation or total")
    return Decision.not_issued("none of the new documents of the fiscal storage is of this kind")


def _by_counters(intent: Intent, now: Facts) -> Decision[FoundDocument]:
    """The number of these slips, and the cash in the drawer by the amount: both, or neither."""
    before = intent.baseline
    if intent.kind is Kind.X_REPORT:
        return Decision.unknown("an X report leaves no trace in the device")
    if now.last_closed_shift != before.last_closed_shift or now.fn != before.fn:
        return Decision.unknown("the shift was closed since, and its counters began again")
    if before.cash is None or now.cash is None or before.slips is None or now.slips is None:
        return Decision.unknown("the device does not tell the cash in its drawer")
    moved = now.cash - before.cash
    counted = (now.slips - before.slips) % _COUNTS
    meant = int(intent.total.scaleb(2)) * (1 if intent.kind is Kind.CASH_IN else -1)
    if counted == 0 and (moved == 0 or moved != meant):
        return Decision.not_issued("the number of slips has not moved")
    if counted == 1 and moved == meant:
        return Decision.issued("exactly one slip was made since, and the cash in the drawer moved by its amount")
    return Decision.unknown("the number of slips and the cash in the drawer do not agree")
