"""What of finished jobs is still to come: the operator's (OFD) confirmation, and the paper of a document that ran out of it."""

from __future__ import annotations

from collections.abc import Mapping

from bridge_ffd.fn import ExchangeStatus

from bridge.model import Paper, Registration, RegistrationState
from bridge.plugin import DeviceContext, Json
from bridge_atol.facts import Kind
from bridge_atol.plan import Intent

PAPER = "paper"
"""Key of the device's store: job, FN and number of the document that may not be printed."""

_OFD = "ofd."
"""Keys of the device's store: by document number, the job of a document that the OFD has not confirmed."""

_REGISTERED = frozenset((Kind.RECEIPT, Kind.CORRECTION))

MOST = 500
"""So many documents are remembered; a device that is without the OFD for longer stops by itself."""


def expected(intent: Intent, job_id: str) -> Mapping[str, Json]:
    """Written with the intent: the number that the document will have, if it comes out."""
    if intent.kind not in _REGISTERED or intent.baseline.last is None:
        return {}
    return entry(intent.baseline.last + 1, job_id, intent.baseline.fn)


def entry(number: int, job_id: str, fn: str | None) -> Mapping[str, Json]:
    """What is kept of a document that the OFD has not confirmed yet."""
    return {f"{_OFD}{number}": {"job": job_id, "fn": fn}}


async def waiting(context: DeviceContext) -> dict[int, Mapping[str, Json]]:
    """The documents that are not known to be confirmed, by number."""
    return {int(key.removeprefix(_OFD)): entry for key, entry in (await context.store.items(_OFD)).items()}


async def confirm(context: DeviceContext, exchange: ExchangeStatus, fn: str | None, last: int) -> None:
    """Tell of each document that the OFD has confirmed by now: all before the first that waits."""
    first = exchange.first_document if exchange.waiting else None
    entries = await waiting(context)
    for number in sorted(entries):
        entry = entries[number]
        too_many = len(entries) > MOST and number == min(entries)
        if entry["fn"] == fn and number <= last and (first is None or number < first):
            await _amend(context, str(entry["job"]), number)
        elif entry["fn"] == fn and not too_many:
            continue
        await context.store.delete(f"{_OFD}{number}")


async def _amend(context: DeviceContext, job_id: str, number: int) -> None:
    try:
        await context.amend(
            job_id, registration=Registration(state=RegistrationState.REGISTERED, id=str(number), at=context.clock.now())
        )
    except ValueError:
        # The job failed, or its document has another number: then there is nothing to tell.
        context.logger.info("document %s is confirmed, but job %s has no use for it", number, job_id)


async def printed(context: DeviceContext, job_id: str) -> None:
    """The paper came."""
    try:
        await context.amend(job_id, paper=Paper.PRINTED)
    except ValueError:
        context.logger.info("job %s has no paper to wait for", job_id)
    await context.store.delete(PAPER)
