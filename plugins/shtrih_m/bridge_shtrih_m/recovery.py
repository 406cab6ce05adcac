"""What became of a document whose answer was lost: decided from what was written down and what the device says now.

Pure: no device is asked here (`settlement.py` asks). Follows protocol-specs/shtrih-m, "Power loss and lost answers"; where
that says nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bridge_ffd.fn import FoundDocument
from bridge_ffd.new_documents import may_be_of_kind, search_kind
from bridge_ffd.register import FISCAL, SALES, Kind
from bridge_ffd.versions import DocumentKind

from bridge.plugin import Decision
from bridge_shtrih_m.answers import Mode
from bridge_shtrih_m.facts import RECEIPTS, Facts
from bridge_shtrih_m.open_points import CASH_IN_COUNTER, CASH_OUT_COUNTER, X_REPORT_COUNTER
from bridge_shtrih_m.plan import Intent


def decide(intent: Intent, now: Facts, found: Sequence[FoundDocument], *, shared: bool) -> Decision[FoundDocument]:
    """`found`: the FN's documents since the baseline, in their order. Nothing may be open any more.

    `shared`: other programs use the device too. Then a document with our total may be theirs: what happened is told only by an
    answer, and by nothing having happened at all.
    """
    if in_storage(intent):
        looked = search_kind(intent.kind, intent.baseline, now, found, lambda document: is_ours(intent, document))
        decision = Decision.of(looked.there, looked.reason, looked.document)
    else:
        decision = _by_counters(intent, now)
    return decision.where_shared() if shared else decision


def in_storage(intent: Intent) -> bool:
    """Whether the FN keeps this document, with its number and total."""
    return intent.kind in FISCAL and intent.baseline.fn is not None


def is_ours(intent: Intent, document: FoundDocument) -> bool:
    """Whether this document of the FN has the kind, the operation and the total of ours, or of a shift its number."""
    if not may_be_of_kind(intent.kind, document):
        return False
    if intent.kind in SALES:
        settlement, total = _sale_of(document)
        return settlement == intent.settlement and total == intent.total
    if isinstance(document.kind, DocumentKind) or intent.baseline.shift is None:
        return True
    opened = 1 if intent.kind is Kind.SHIFT_OPEN else 0
    return len(document.rest) == 2 and int.from_bytes(document.rest, "little") == intent.baseline.shift + opened


def _sale_of(document: FoundDocument) -> tuple[int | None, Decimal | None]:
    """Operation and total; of a kind that is not known, by their length."""
    if isinstance(document.kind, DocumentKind) or len(document.rest) not in (5, 6):
        return document.settlement, document.total
    return document.rest[0], Decimal(int.from_bytes(document.rest[1:], "little")).scaleb(-2)


def _by_counters(intent: Intent, now: Facts) -> Decision[FoundDocument]:
    if now.document_number < intent.baseline.document_number:
        # A device that lost its own memory counts from nothing again: that a counter has not moved then proves nothing.
        return Decision.unknown(
            "the device's number of documents went backwards: its memory was cleared, or the number began again"
        )
    match intent.kind:
        case Kind.CASH_IN | Kind.CASH_OUT:
            return _cash(intent, now)
        case Kind.X_REPORT:
            return _counted(intent, now, X_REPORT_COUNTER, "X report")
        case Kind.SHIFT_CLOSE:
            return _shift_close(intent, now)
        case Kind.SHIFT_OPEN:
            if now.mode in (Mode.SHIFT_OPEN, Mode.SHIFT_EXPIRED):
                return Decision.issued("the shift is open")
            return (
                Decision.not_issued("the shift is closed")
                if now.mode == Mode.SHIFT_CLOSED
                else Decision.unknown("the mode is another one")
            )
        case _:
            return _classic_receipt(intent, now)


def _cash(intent: Intent, now: Facts) -> Decision[FoundDocument]:
    """The counter of these slips, and the cash in the drawer by the amount: both, or neither."""
    before = intent.baseline
    cash_in = intent.kind is Kind.CASH_IN
    counted = _moved(intent, now, CASH_IN_COUNTER if cash_in else CASH_OUT_COUNTER)
    if before.cash is None or now.cash is None:
        return Decision.unknown("the device does not tell the cash in its drawer")
    moved = now.cash - before.cash
    meant = int(intent.total.scaleb(2)) * (1 if cash_in else -1)
    if counted == 0 and moved == 0 and now.document_number == before.document_number:
        return Decision.not_issued("neither the number of slips nor the cash in the drawer has moved")
    if counted == 1 and moved == meant:
        return Decision.issued("exactly one slip was made since, and the cash in the drawer moved by its amount")
    if counted is None and moved == meant and now.document_number == _next(before.document_number):
        return Decision.issued("exactly one document was made since, and the cash in the drawer moved by its amount")
    if counted == 0 and moved != meant:
        return Decision.not_issued("the number of slips has not moved")
    return Decision.unknown("the number of slips and the cash in the drawer do not agree")


def _counted(intent: Intent, now: Facts, register: int, what: str) -> Decision[FoundDocument]:
    moved = _moved(intent, now, register)
    if moved == 0:
        return Decision.not_issued(f"the number of {what}s has not moved")
    if moved == 1:
        return Decision.issued(f"exactly one {what} was made since")
    if moved is None and now.document_number == intent.baseline.document_number:
        return Decision.unknown(f"the device does not count {what}s")
    return Decision.unknown("other documents were made since")


def _shift_close(intent: Intent, now: Facts) -> Decision[FoundDocument]:
    """Of a device without FN: it counts its closed shifts."""
    moved = now.last_closed_shift - intent.baseline.last_closed_shift
    if moved == 0:
        return Decision.not_issued("no shift was closed since")
    return (
        Decision.issued("exactly one shift was closed since")
        if moved == 1
        else Decision.unknown("several shifts were closed since")
    )


def _classic_receipt(intent: Intent, now: Facts) -> Decision[FoundDocument]:
    """Of a device without FN: it numbers its receipts by kind. What was in one it does not tell."""
    register = RECEIPTS[_REGISTER_OF[intent.settlement or 1]]
    moved = _moved(intent, now, register)
    if moved == 0:
        return Decision.not_issued("the number of receipts of this kind has not moved")
    if moved == 1 and now.document_number == _next(intent.baseline.document_number):
        return Decision.issued("exactly one document was made since, and it is a receipt of this kind")
    return Decision.unknown("the device cannot tell which receipts were made since")


_REGISTER_OF = {1: 0, 2: 2, 3: 1, 4: 3}


def _moved(intent: Intent, now: Facts, register: int) -> int | None:
    before, after = intent.baseline.counter(register), now.counter(register)
    return None if before is None or after is None else (after - before) & 0xFFFF


def _next(number: int) -> int:
    """Through numbers have two bytes, and four digits on paper."""
    return number + 1
