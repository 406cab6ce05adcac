"""What became of a document of which its request does not tell: decided from what was read before, and what the FN says now.

Pure: nobody is asked here (`settlement.py` asks). Follows protocol-specs/atol/web-requests.md, "Lost answers".
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge_ffd.new_documents import search
from bridge_ffd.register import FISCAL, SALES, Kind

from bridge.plugin import Decision, Verdict
from bridge_atol.web.answers import Kept
from bridge_atol.web.plan import Facts, Intent


def decide(intent: Intent, now: Facts, kept: Sequence[Kept], *, remembers: bool, shared: bool) -> Decision[Kept]:
    """`kept`: the FN's documents since the baseline. `remembers`: the server still knows a request of before ours, so that it has not lost
    its memory, and one that it does not know was never given to it. `shared`: other programs use the device too."""
    if intent.kind in FISCAL:
        return _by_storage(intent, now, kept, remembers=remembers, shared=shared)
    if intent.kind is Kind.X_REPORT:
        if remembers:
            return Decision.not_issued("the server was never given this request")
        return Decision.unknown("the server has lost its requests, and an X report leaves no trace in the device")
    return _by_drawer(intent, now, remembers=remembers, shared=shared)


def is_ours(intent: Intent, document: Kept) -> bool:
    """Whether it has the kind, the operation and the total of ours."""
    if document.kind != intent.kind:
        return False
    return intent.kind not in SALES or _like(intent, document)


def may_be_ours(intent: Intent, document: Kept) -> bool:
    """Whether nothing that is surely known of this document speaks against its being ours. What is no known kind may be any [W3]."""
    if document.kind != intent.kind and document.kind in FISCAL:
        return False
    return intent.kind not in SALES or not document.sure or _like(intent, document)


def _like(intent: Intent, document: Kept) -> bool:
    return document.total == intent.total and document.settlement in (intent.settlement, None)


def _by_storage(intent: Intent, now: Facts, kept: Sequence[Kept], *, remembers: bool, shared: bool) -> Decision[Kept]:
    looked = search(
        intent.baseline,
        now,
        kept,
        is_ours=lambda document: is_ours(intent, document),
        may_be=lambda document: may_be_ours(intent, document),
        unlike="a new document of the fiscal storage cannot be read well enough to say whether it is this one",
    )
    decision: Decision[Kept] = Decision.of(looked.there, looked.reason, looked.document)
    if remembers and not shared and decision.verdict is Verdict.ISSUED:
        return Decision.unknown(f"{decision.reason}, but the server says that it was never given this request")
    return decision.where_shared() if shared else decision


def _by_drawer(intent: Intent, now: Facts, *, remembers: bool, shared: bool) -> Decision[Kept]:
    before = intent.baseline
    moved = now.cash - before.cash if before.cash is not None and now.cash is not None else None
    meant = intent.total if intent.kind is Kind.CASH_IN else -intent.total
    if now.fn != before.fn:
        return Decision.unknown("there is another fiscal storage in the device")
    if remembers:
        if moved == meant:
            return Decision.unknown("the server was never given this request, but the cash in the drawer moved by its amount")
        return Decision.not_issued("the server was never given this request")
    if moved is None:
        return Decision.unknown("the device does not tell the cash in its drawer")
    if shared:
        return Decision.unknown("other programs use this device too, and the server has lost its requests")
    if (now.shift, now.shift_state) != (before.shift, before.shift_state):
        return Decision.unknown("the shift was changed since, and the server has lost its requests")
    if moved == 0:
        return Decision.not_issued("the cash in the drawer has not moved")
    if moved == meant:
        return Decision.issued("the cash in the drawer moved by this amount")
    return Decision.unknown(f"the cash in the drawer moved by {moved:f}")
