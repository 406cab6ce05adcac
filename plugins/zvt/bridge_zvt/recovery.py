"""What became of a payment whose end was not heard: decided from what was written down and from what the terminal keeps now.

Pure: no terminal is asked here (`settlement.py` asks, and asks twice). Follows protocol-specs/zvt, "Recovery". Where that says
nothing, a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from bridge_zvt.answers import Record, amounts_of, same
from bridge_zvt.open_points import CLOCK_TOLERANCE_SECONDS
from bridge_zvt.payment import is_old, wrong_original
from bridge_zvt.plan import Intent, Kind


class Verdict(Enum):
    DONE = "approved"
    NOT_DONE = "nothing was charged"
    REFUSED = "the terminal has declined it"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and why, in a sentence for the evidence. `record`: what of the terminal's memory is ours; a release may be done
    without one."""

    verdict: Verdict
    reason: str
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`shared`: other tills, or payments at the terminal itself. `now`: our clock; `zone`: of the terminal's. `shows_reversed`: a
    payment that it took back by itself may look as if it stood [Z5]."""

    shared: bool
    now: datetime
    zone: ZoneInfo
    shows_reversed: bool = False


def decide(intent: Intent, received: Sequence[Record], kept: Record | None, why: str, around: Circumstances) -> Decision:
    """`received`: results of this very command that were written down. `kept`: the terminal's last record; None where it showed
    none (`why`). The terminal is idle."""
    heard = [record for record in received if not is_old(record, intent.baseline)]
    decision = _decide(intent, heard, kept, why, around)
    if decision.verdict is Verdict.DONE and around.shows_reversed:
        return _unknown(f"this terminal shows a payment that it took back as if it stood ({decision.reason})")
    return decision


def _decide(intent: Intent, received: Sequence[Record], kept: Record | None, why: str, around: Circumstances) -> Decision:
    if kept is None:
        return _unknown(why or "the terminal shows no last payment")
    before = intent.baseline
    if before is not None and None not in (before.terminal_id, kept.terminal_id) and before.terminal_id != kept.terminal_id:
        return _unknown("another terminal answers than the one that the payment was sent to")
    told = next((record for record in reversed(received) if not _of_another(intent, record, received)), None)
    if told is not None and told.approved:
        if takes_back(intent, told, received) is TakesBack.THIS:
            return _after_reversal(intent, told, kept)
        return _after_approval(intent, told, kept)
    unchanged = _unchanged(intent, kept)
    if told is not None and told.result is not None and kept.result and _is_of(told, kept):
        return _refused(told, "the terminal keeps the very result that it had told: not approved")
    if unchanged:
        if told is not None and told.result is not None:
            return _refused(told, "the terminal had declined it, and keeps the payment before it")
        return _not_done("the terminal keeps the payment before it as its last one")
    if unchanged is None:
        return _unknown("the terminal's records have no numbers that could be compared")
    if intent.known is not None and same(kept, intent.known):
        return _unknown("the terminal's last record is of a payment before the one that it had shown before this one")
    return _newer(intent, kept, around)


def _unchanged(intent: Intent, kept: Record) -> bool | None:
    """Whether the terminal keeps what it kept before; None where that cannot be told."""
    before = intent.baseline
    if before is None:
        return False if intent.empty else None  # where it had said that it has none, what it shows now is new
    if before.result and kept.approved:
        return False  # an approval may take the very numbers that a refusal before it did not use up
    return same(kept, before)


def _after_reversal(intent: Intent, told: Record, kept: Record) -> Decision:
    """The terminal had told of the reversal of what it had approved: it must show that, or what was before."""
    if _is_of(told, kept) or (intent.baseline is not None and same(kept, intent.baseline)):
        return _not_done("the terminal had told that it took the payment back")
    return _unknown("the terminal had told that it took the payment back, and its last record is of something else")


def _after_approval(intent: Intent, told: Record, kept: Record) -> Decision:
    """The terminal had said approved: it must show that very payment, or have taken it back."""
    if _is_of(told, kept) and kept.approved and wrong_original(intent, kept) is None:
        return Decision(Verdict.DONE, "the terminal keeps the very approval that it had told", kept)
    if _is_of(told, kept) and not kept.approved:
        if None not in (told.moment, kept.moment) and told.moment != kept.moment:
            return _unknown("the terminal had approved it, and its last record is a later refusal with the same numbers")
        return _not_done("the terminal keeps the payment that it had approved, as not approved")
    if _reverses(kept, told) and kept.approved:
        return _not_done("the terminal's last record is the reversal of the payment that it had approved")
    before = intent.baseline
    if before is not None and same(kept, before):
        return _not_done("the terminal had approved it, and keeps the payment before it as its last one: it took it back")
    return _unknown("the terminal had approved it, and its last record is of something else")


def _newer(intent: Intent, kept: Record, around: Circumstances) -> Decision:
    """A record that was not there before, and no result of ours was heard: whether it is ours."""
    if around.shared:
        return _unknown("other tills use this terminal too: its last record may be theirs")
    if kept.totals:
        return _unknown("the terminal's last record is an end of day: the payment may have been before it")
    in_time = _in_time(intent, kept, around)
    if not in_time:
        return _unknown("the terminal's last record is of another time than this payment")
    back = takes_back(intent, kept)
    if back is TakesBack.THIS:
        if None not in (kept.amount, intent.amount) and not _of_amount(intent, kept):
            return _unknown("the terminal's last record is a reversal of another amount")
        if kept.approved:
            return _not_done("the terminal's last record is a reversal: it took the payment back")
        return _unknown("the terminal's last record is a reversal of the payment that was not approved")
    if intent.kind is Kind.REVERSAL:
        return _newer_reversal(intent, kept)
    if back is TakesBack.ANOTHER:
        return _unknown("the terminal's last record is a reversal of another payment")
    told = intent.kind is not Kind.RELEASE and None not in (kept.amount, intent.amount)
    if told and not _of_amount(intent, kept):
        return _unknown("the terminal's last record is new, of another amount: with a tip, or in part, it may be this payment")
    if kept.result is None:
        return _unknown("the terminal's last record does not tell its result")
    if not kept.approved:
        return _refused(kept, "the terminal's last record is new, and not approved")
    if intent.kind is Kind.RELEASE:
        return Decision(Verdict.DONE, "the terminal has a new record, and it is approved", kept)
    if kept.amount is None:
        return _unknown("the terminal's last record is new, and tells no amount")
    return Decision(Verdict.DONE, "the terminal has a new record of this amount and time, and it is approved", kept)


def _newer_reversal(intent: Intent, kept: Record) -> Decision:
    if kept.result is not None and not kept.approved:
        return _refused(kept, "the terminal's last record is new, and not approved")
    if not kept.approved:
        return _unknown("the terminal's last record does not tell its result")
    if wrong_original(intent, kept) is not None:
        return _unknown("the terminal's last record is a reversal of another payment")
    if kept.original_trace is None and intent.amount is None:
        return _unknown("the terminal's last record does not tell what it takes back")
    return Decision(Verdict.DONE, "the terminal's last record is this reversal", kept)


def may_be(intent: Intent, record: Record, around: Circumstances) -> bool:
    """Whether a result that came where nothing was under way can be the one that is in doubt."""
    if around.shared or is_old(record, intent.baseline):
        return False
    if record.result is None:
        return False
    if record.approved and intent.baseline is not None and same(record, intent.baseline) is None:
        return False  # no number tells it from the payment before
    if record.approved and None not in (record.amount, intent.amount) and not _of_amount(intent, record):
        return False
    return record.moment is None or _in_time(intent, record, around)


def _of_amount(intent: Intent, kept: Record) -> bool:
    """The amount that was asked for, with the tip that the record tells; or less, where the till had allowed that."""
    if kept.amount is None or intent.amount is None:
        return False
    if kept.amount == intent.amount:
        return True
    if intent.kind is not Kind.PURCHASE:
        return False
    tip, _ = amounts_of(kept.fields)
    if tip is not None and kept.amount == intent.amount - (intent.tip or 0) + tip:
        return True
    return intent.partial and 0 < kept.amount < intent.amount


class TakesBack(Enum):
    """What a record is the reversal of, by the trace that it names (BMP 37)."""

    NOTHING = "it is no reversal"
    ORIGINAL = "the payment that was to be reversed, charged or released"
    THIS = "what this very command made"
    ANOTHER = "a payment of before, or nobody can tell which"


# Traces that one command may use up: attempts with a card before the one that counts, and the reversal itself.
_TRACES_OF_ONE = 100
_TRACES = 1_000_000


def takes_back(intent: Intent, record: Record, received: Sequence[Record] = ()) -> TakesBack:
    """Traces wrap behind 999999: what comes soon after the last one before is this command's. `received`: results that were heard."""
    original = _number(record.original_trace)
    if original is None:
        return TakesBack.NOTHING
    if any(_number(told.trace) == original for told in received if told is not record):
        return TakesBack.THIS
    if intent.original_trace is not None and _number(intent.original_trace) == original:
        return TakesBack.ORIGINAL
    before = intent.baseline
    last = _number(before.trace) if before is not None else None
    if last is not None and 0 < (original - last) % _TRACES <= _TRACES_OF_ONE:
        return TakesBack.THIS
    if intent.original_trace is None and intent.original_receipt is not None:
        return TakesBack.ORIGINAL  # what it was is not known, but it was before
    if last is None and ((before is not None and before.totals) or (before is None and intent.empty)):
        return TakesBack.THIS  # there is nothing else that could be reversed
    return TakesBack.ANOTHER


def _of_another(intent: Intent, record: Record, received: Sequence[Record]) -> bool:
    """A result that was heard, and is the reversal of something else: of a command without an original."""
    return intent.original_receipt is None and takes_back(intent, record, received) is TakesBack.ANOTHER


def _number(trace: str | None) -> int | None:
    """As six digits have it; None for none and for zeros, which stand for none."""
    return (int(trace) % _TRACES or None) if trace is not None else None


def _is_of(told: Record, kept: Record) -> bool:
    return same(told, kept) is True


def _reverses(kept: Record, told: Record) -> bool:
    if kept.original_trace is None or told.trace is None:
        return False
    return kept.original_trace.lstrip("0") == told.trace.lstrip("0")


def _in_time(intent: Intent, kept: Record, around: Circumstances) -> bool:
    """Between the beginning and now, by the terminal's clock as it was last seen. A record without a time may be of any [Z6]."""
    at = kept.at(around.zone, around.now)
    if at is None:
        return kept.moment is None
    at -= timedelta(seconds=intent.ahead)
    tolerance = timedelta(seconds=CLOCK_TOLERANCE_SECONDS)
    return intent.started - tolerance <= at <= around.now + tolerance


def _not_done(reason: str) -> Decision:
    return Decision(Verdict.NOT_DONE, reason)


def _refused(record: Record, reason: str) -> Decision:
    return Decision(Verdict.REFUSED, reason, record)


def _unknown(reason: str) -> Decision:
    return Decision(Verdict.UNKNOWN, reason)


# --- end of day


def decide_end_of_day(
    intent: Intent, received: Sequence[Record], kept: Record | None, why: str, around: Circumstances
) -> Decision:
    """`kept`: the terminal's last end of day, or its last record. `intent.baseline`: the same before."""
    told = received[-1] if received else None
    before = intent.baseline
    if told is not None and told.approved:
        older = kept is not None and kept.totals and before is not None and before.totals and _same_totals(kept, before)
        if older and before is not None and not _same_totals(told, before):
            return _unknown("the terminal had told the totals of an end of day, and keeps an older one")
        return Decision(Verdict.DONE, "the terminal had told the totals of this end of day", told)
    if kept is None or not kept.totals:
        return _unknown(why or "the terminal's last record is no end of day")
    if before is not None and before.totals and _same_totals(kept, before):
        return _not_done("the terminal keeps the end of day before this one as its last")
    if around.shared:
        return _unknown("other tills use this terminal too: its last end of day may be theirs")
    if before is None and not intent.empty:
        return _unknown("the terminal's last end of day before this one is not known")
    if not _in_time(intent, kept, around):
        return _unknown("the terminal's last end of day is of another time")
    return Decision(Verdict.DONE, "the terminal keeps a new end of day", kept)


def _same_totals(one: Record, other: Record) -> bool:
    return (one.trace, one.moment, one.raw) == (other.trace, other.moment, other.raw) or (
        one.moment is not None and one.moment == other.moment and one.trace == other.trace
    )
