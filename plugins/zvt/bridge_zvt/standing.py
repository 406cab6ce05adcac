"""How a payment that is done stands by now, as far as the terminal's last record tells.

A terminal shows its last payment and no other: of one with another behind it nothing can be told. Follows protocol-specs/zvt, "Repeat
receipt" and "Recovery".
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bridge.model import Outcome, PaymentResult
from bridge_zvt.answers import Record
from bridge_zvt.commands import major
from bridge_zvt.settings import ZvtSettings


def standing(payment: PaymentResult, kept: Record | None, settings: ZvtSettings) -> Outcome | None:
    """`kept`: the terminal's last record. None where it says nothing of this payment."""
    if kept is None or kept.totals or _differ(payment.terminal_id, kept.terminal_id):
        return None
    trace = _bare(payment.trace_number)
    if trace is not None and _bare(kept.original_trace) == trace:
        return Outcome.REVERSED if kept.approved else None
    ours = [(payment.receipt_number, kept.receipt), (payment.trace_number, kept.trace)]
    told = [(_bare(mine), _bare(its)) for mine, its in ours if mine is not None and its is not None]
    if not told or any(mine != its for mine, its in told) or kept.result is None:
        return None
    if not kept.approved:
        return Outcome.REVERSED if _very_payment(payment, kept, settings) else None
    return None if settings.shows_reversed else payment.outcome  # [Z5] it would look the same


def _very_payment(payment: PaymentResult, kept: Record, settings: ZvtSettings) -> bool:
    """Whether a record that is not approved is this payment, and not a later refusal under its numbers, which a terminal may repeat."""
    if kept.amount is not None and major(kept.amount, payment.currency) != payment.approved:
        return False
    if payment.decided_at is None or kept.moment is None:
        return True
    return kept.at(ZoneInfo(settings.zone), payment.decided_at) == payment.decided_at


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _bare(number: str | None) -> str | None:
    """Without its leading zeros, which say nothing; None where there is none."""
    return (number or "").lstrip("0") or None
