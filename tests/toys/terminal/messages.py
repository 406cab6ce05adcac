"""What the terminal's frames mean: typed messages <-> frames. No I/O.

Commands of the till, each answered under its number (`e` with a code where the terminal refuses):

    I -> i   who are you
    S -> s   how are you: busy, counter and memory of the last record, counters of reversals not told yet
    P -> p   charge: kind purchase | refund | reversal, amount, currency, reference, tip (a part of the amount), `partial` 1: less
             may be approved; `original`: counter of the record that a reversal takes back, whose amount it has. `p` only says that
             it began
    A -> a   the cashier's answer to a question
    X -> x   give up; `taken` 0: too late
    L -> l   the last record: state idle | busy | unknown | final
    G -> g   the record of this counter, as it is by now
    T -> t   the slip of this counter, for `copy` merchant | customer; its lines with | between
    B -> b   totals since the last batch: number, count, amount, first and last counter; `close` 1: a new batch begins
    K -> k   the record of this counter was taken in. Only with `k` does an approval stand for good

Messages of the terminal, unasked, numbered by itself; one that comes twice has the same number:

    M        what it waits for: code card | host | remove, and a text, which may be empty
    Q        a question to the cashier
    R        the record of the purchase that runs
    V        a record was reversed afterwards; told again in `s` until it is taken in with K

The counter moves by one with every decided transaction, declined and cancelled ones too; 9999 is followed by 0. `memory`
changes when the records were cleared.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from tests.toys.terminal.frame import Frame

IDENTIFY, STATUS, PURCHASE, ANSWER, ABORT, LAST, GIVEN, CONFIRM = "I", "S", "P", "A", "X", "L", "G", "K"
SLIP, BATCH = "T", "B"
REFUSED, MESSAGE, QUESTION, RECORD, REVERSED = "e", "M", "Q", "R", "V"
UNASKED = frozenset({MESSAGE, QUESTION, RECORD, REVERSED})

COUNTER_MODULO = 10000

Decision = Literal["approved", "declined", "cancelled", "reversed"]
LastState = Literal["idle", "busy", "unknown", "final"]
Kind = Literal["purchase", "refund", "reversal"]

_DECISIONS: dict[str, Decision] = {decision: decision for decision in get_args(Decision)}
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
_STATES: dict[str, LastState] = {state: state for state in get_args(LastState)}


class Unreadable(ValueError):
    """A frame whose fields are not what its kind needs."""


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    busy: bool
    counter: int
    memory: str
    reversed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the terminal is to do. `original`: of a reversal, the counter of what it takes back; its amount is that one's."""

    amount: Decimal
    currency: str
    reference: str
    kind: Kind = "purchase"
    original: int | None = None
    tip: Decimal | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """A decided transaction. `reference` is empty where the terminal keeps none."""

    counter: int
    decision: Decision
    amount: Decimal
    reference: str = ""
    authorisation: str = ""
    card: str = ""
    reason: str = ""
    kind: Kind = "purchase"
    tip: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Totals of what stands; `amount` is what was taken less what was given back."""

    number: int
    count: int
    amount: Decimal
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Last:
    """`record` only with the state final; `memory` as in the status."""

    state: LastState
    memory: str
    record: Record | None = None


def status_from(frame: Frame) -> TerminalStatus:
    told = _get(frame, "reversed")
    return TerminalStatus(
        busy=_get(frame, "busy") == "1",
        counter=_number(frame, "counter"),
        memory=_get(frame, "memory"),
        reversed=tuple(int(part) for part in told.split(",") if part.isdigit()),
    )


def status_fields(status: TerminalStatus) -> dict[str, str]:
    return {
        "busy": "1" if status.busy else "0",
        "counter": str(status.counter),
        "memory": status.memory,
        "reversed": ",".join(str(counter) for counter in status.reversed),
    }


def purchase_from(frame: Frame) -> Purchase:
    original = frame.fields.get("original", "")
    if original and not original.isdigit():
        raise Unreadable(f"{frame.kind}: original is {original!r}")
    return Purchase(
        _amount(frame, "amount"),
        _get(frame, "currency"),
        _get(frame, "ref"),
        _kind(frame),
        int(original) if original else None,
        _tip(frame),
        frame.fields.get("partial") == "1",
    )


def purchase_fields(purchase: Purchase) -> dict[str, str]:
    fields = {"amount": str(purchase.amount), "currency": purchase.currency, "ref": purchase.reference}
    more = {
        "kind": _unless_purchase(purchase.kind),
        "tip": str(purchase.tip or ""),
        "partial": "1" if purchase.partial else "",
        "original": str(purchase.original or ""),
    }
    return fields | {name: value for name, value in more.items() if value}


def record_from(frame: Frame) -> Record:
    decision = _DECISIONS.get(_get(frame, "decision"))
    if decision is None:
        raise Unreadable(f"decision {frame.fields['decision']!r}")
    return Record(
        counter=_number(frame, "counter"),
        decision=decision,
        amount=_amount(frame, "amount"),
        reference=frame.fields.get("ref", ""),
        authorisation=frame.fields.get("auth", ""),
        card=frame.fields.get("card", ""),
        reason=frame.fields.get("reason", ""),
        kind=_kind(frame),
        tip=_tip(frame),
    )


def record_fields(record: Record) -> dict[str, str]:
    return {
        "counter": str(record.counter),
        "decision": record.decision,
        "amount": str(record.amount),
        "ref": record.reference,
        "auth": record.authorisation,
        "card": record.card,
        "reason": record.reason,
    } | {name: value for name, value in (("kind", _unless_purchase(record.kind)), ("tip", str(record.tip or ""))) if value}


def batch_from(frame: Frame) -> Batch:
    first, last = frame.fields.get("first", ""), frame.fields.get("last", "")
    return Batch(
        _number(frame, "number"),
        _number(frame, "count"),
        _amount(frame, "amount"),
        int(first) if first.isdigit() else None,
        int(last) if last.isdigit() else None,
    )


def batch_fields(batch: Batch) -> dict[str, str]:
    return {
        "number": str(batch.number),
        "count": str(batch.count),
        "amount": str(batch.amount),
        "first": "" if batch.first is None else str(batch.first),
        "last": "" if batch.last is None else str(batch.last),
    }


def last_from(frame: Frame) -> Last:
    state = _STATES.get(_get(frame, "state"))
    if state is None:
        raise Unreadable(f"state {frame.fields['state']!r}")
    return Last(state, _get(frame, "memory"), record_from(frame) if state == "final" else None)


def last_fields(last: Last) -> dict[str, str]:
    return {"state": last.state, "memory": last.memory} | (record_fields(last.record) if last.record is not None else {})


def _get(frame: Frame, name: str) -> str:
    value = frame.fields.get(name)
    if value is None:
        raise Unreadable(f"{frame.kind} lacks {name}")
    return value


def _unless_purchase(kind: Kind) -> str:
    return "" if kind == "purchase" else kind


def _tip(frame: Frame) -> Decimal | None:
    return _amount(frame, "tip") if frame.fields.get("tip") else None


def _kind(frame: Frame) -> Kind:
    kind = _KINDS.get(frame.fields.get("kind", "purchase"))
    if kind is None:
        raise Unreadable(f"{frame.kind}: kind is {frame.fields['kind']!r}")
    return kind


def _number(frame: Frame, name: str) -> int:
    value = _get(frame, name)
    if not value.isdigit():
        raise Unreadable(f"{frame.kind}: {name} is {value!r}")
    return int(value)


def _amount(frame: Frame, name: str) -> Decimal:
    try:
        return Decimal(_get(frame, name))
    except InvalidOperation as error:
        raise Unreadable(f"{frame.kind}: {name} is no amount") from error
