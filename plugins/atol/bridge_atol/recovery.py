"""What became of a document whose answer was lost: decided from what was written down and what the device says now.

Pure: no device is asked here (`settlement.py` asks). Follows protocol-specs/atol, "Power loss and lost answers"; where that says
nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge_ffd.fn import FoundDocument
from bridge_ffd.new_documents import may_be_of_kind, search_kind
from bridge_ffd.register import FISCAL, SALES, Kind
from bridge_ffd.versions import DocumentKind

from bridge.plugin import Decision
from bridge_atol.facts import Facts
from bridge_atol.plan import Intent
from bridge_atol.refusals import Refused

_COUNTS = 10_000  # the counters of slips have four digits


def decide(intent: Intent, now: Facts, found: Sequence[FoundDocument], *, shared: bool) -> Decision[FoundDocument]:
    """`found`: the FN's documents since the baseline, in their order. Nothing may be open any more.

    `shared`: other programs use the device too. Then a document with our total may be theirs: what happened is told only by an
    answer, and by nothing having happened at all.
    """
    if intent.kind in FISCAL:
        looked = search_kind(intent.kind, intent.baseline, now, found, lambda document: is_ours(intent, document))
        decision = Decision.of(looked.there, looked.reason, looked.document)
    else:
        decision = _by_counters(intent, now)
    return decision.where_shared() if shared else decision


def is_ours(intent: Intent, document: FoundDocument) -> bool:
    """Whether this document of the FN has the kind, the operation and the total of ours."""
    if not may_be_of_kind(intent.kind, document):
        return False
    if intent.kind in SALES:
        return document.settlement == intent.settlement and document.total == intent.total
    return isinstance(document.kind, DocumentKind)


def surely_refused(intent: Intent, refused: Refused) -> bool:
    """Whether this answer to the deciding command alone says that there is no document. What the FN keeps it tells itself; an X report
    moves nothing in the device, so one that ended with an error is none, whatever of it is on paper."""
    return intent.kind not in FISCAL and (intent.kind is Kind.X_REPORT or refused.surely_not_executed)


def may_be_ours(intent: Intent, document: FoundDocument) -> bool:
    """Whether nothing that the FN tells of this document speaks against its being ours. Enough only where our own command was answered
    with a success and this is the one document since."""
    if not may_be_of_kind(intent.kind, document):
        return False
    return intent.kind not in SALES or (
        document.settlement in (intent.settlement, None) and document.total in (intent.total, None)
    )


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
