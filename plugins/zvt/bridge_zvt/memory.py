"""What is remembered of a terminal beyond one link, in the device's store: its last result, whose payments its numbers are, its
clock, and payments that are still watched.

The terminal assigns the numbers; only by them a reversal that it made by itself can be told to the job that made the payment.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bridge.model import Outcome
from bridge.plugin import DeviceContext, Json
from bridge_zvt.answers import Record, same

LAST = "last"  # the last approved result
PAYMENTS = "payments"  # trace -> {job, receipt, terminal, finishing}
AHEAD = "clock_ahead"  # seconds
WATCH = "watch"  # {job, record, until}
STRAY = "stray"  # what came of earlier commands, unasked
PACKETS = "packets"  # how often in a row it was lost with two messages in one packet

# So many of the last payments can be told to their job. A terminal reverses by itself within minutes.
_KEPT = 30
_STRAYS_KEPT = 20

WATCH_SECONDS = 300.0
WATCH_PAUSE = 30.0


async def last(context: DeviceContext) -> Record | None:
    """The last approved result that this bridge received."""
    kept = await context.store.get(LAST)
    return Record.model_validate(kept) if kept else None


async def clock_ahead(context: DeviceContext) -> float:
    kept = await context.store.get(AHEAD)
    return float(kept) if kept is not None else 0.0


async def of_result(context: DeviceContext, job_id: str, record: Record, ahead: timedelta | None) -> dict[str, Json]:
    """What is to be stored with a live result: in the same transaction as the checkpoint that has it."""
    found: dict[str, Json] = {}
    if ahead is not None:
        found[AHEAD] = ahead.total_seconds()
    if record.approved and not record.totals:
        found[LAST] = record.model_dump()
        if record.trace is not None:
            found[PAYMENTS] = await with_payment(context, job_id, record)
    return found


async def with_payment(context: DeviceContext, job_id: str, record: Record) -> dict[str, Json]:
    known: dict[str, Any] = dict(await context.store.get(PAYMENTS) or {})
    known.pop(str(record.trace), None)
    known[str(record.trace)] = {"job": job_id, "receipt": record.receipt, "terminal": record.terminal_id}
    return dict(list(known.items())[-_KEPT:])


async def trace_of(context: DeviceContext, receipt: str) -> str | None:
    """The trace of the last payment of ours that had this receipt number."""
    known: dict[str, Any] = dict(await context.store.get(PAYMENTS) or {})
    found = [trace for trace, payment in known.items() if (payment["receipt"] or "")[-4:] == receipt[-4:]]
    return found[-1] if found else None


async def finishing(context: DeviceContext, trace: str | None) -> dict[str, Json]:
    """What is to be stored with the intent to charge or release the reservation of this trace: the record of that names it as the
    record of a reversal would, and may be seen before the job knows it, or where a person has settled it."""
    known: dict[str, Any] = dict(await context.store.get(PAYMENTS) or {})
    payment = known.get(trace) if trace is not None else None
    if trace is None or payment is None:
        return {}
    return {PAYMENTS: {**known, trace: {**payment, "finishing": True}}}


async def forget(context: DeviceContext, trace: str | None) -> None:
    """A payment that was taken back by a job of its own, or was none after all."""
    known = dict(await context.store.get(PAYMENTS) or {})
    if trace is not None and known.pop(trace, None) is not None:
        await context.store.set(PAYMENTS, known)


async def watch(context: DeviceContext, job_id: str, record: Record) -> None:
    """A payment that had to be found out: the terminal may still take it back."""
    until = context.clock.now() + timedelta(seconds=WATCH_SECONDS)
    await context.store.set(WATCH, {"job": job_id, "record": record.model_dump(), "until": until.isoformat()})


async def watched(context: DeviceContext) -> Mapping[str, Any] | None:
    """The payment that is watched, while it is."""
    kept = await context.store.get(WATCH)
    if kept and context.clock.now() >= datetime.fromisoformat(kept["until"]):
        await context.store.delete(WATCH)
        return None
    return kept or None


async def note_reversal(context: DeviceContext, record: Record) -> None:
    """A record that the terminal shows: where it is the reversal of a payment that a job of ours made, that job is told.

    The host raises the alert with the amendment."""
    if record.original_trace is None or not record.approved:
        return
    known = dict(await context.store.get(PAYMENTS) or {})
    payment = known.get(record.original_trace)
    if (
        payment is None
        or payment.get("finishing")
        or (record.terminal_id and payment["terminal"] and payment["terminal"] != record.terminal_id)
    ):
        return
    mine = known.get(str(record.trace))
    if mine is not None:
        return  # a job of ours made this reversal
    try:
        await context.amend(payment["job"], outcome=Outcome.REVERSED)
    except ValueError as error:  # that job did not end as a payment that stands
        context.logger.info("reversal of trace %s: %s", record.original_trace, error)
    await forget(context, record.original_trace)
    kept = await context.store.get(WATCH)
    if kept and kept["job"] == payment["job"]:
        await context.store.delete(WATCH)


async def keep_stray(context: DeviceContext, data: Mapping[str, Any]) -> None:
    kept = list(await context.store.get(STRAY) or [])
    await context.store.set(STRAY, [*kept, dict(data)][-_STRAYS_KEPT:])


def superseded(kept: Mapping[str, Any], record: Record) -> bool:
    """Whether the terminal shows another payment than the one that is watched: then it tells nothing of it any more."""
    return same(Record.model_validate(kept["record"]), record) is False


async def takes_packets(context: DeviceContext) -> bool:
    """Whether the terminal was lost twice in a row when two messages came to it in one packet: once it may have been the cable."""
    return int(await context.store.get(PACKETS) or 0) > 1


async def note_pair(context: DeviceContext, *, lost: bool) -> None:
    """What became of two messages in one packet."""
    before = int(await context.store.get(PACKETS) or 0)
    if lost:
        context.logger.warning("the link ended behind two messages in one packet")
        await context.store.set(PACKETS, before + 1)
    elif before:
        await context.store.set(PACKETS, 0)
