"""What of finished jobs is still to come: the operator's (OFD) confirmation, and the paper of a document that ran out of it.

The same for every register with an FN: documents are numbered by it, and the OFD confirms them in their order. Kept in the device's
store; what is needed of the host is named here in protocols, which the contexts of drivers fulfil.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bridge.model import Paper, Registration, RegistrationState
from bridge_ffd.fn import ExchangeStatus

PAPER = "paper"
"""Key of the device's store: the job whose document is not printed yet."""

_OFD = "ofd."
"""Keys of the device's store: by document number, the job of a document that the OFD has not confirmed."""

MOST = 500
"""So many documents are remembered; a device that is without the OFD for longer stops by itself."""


class Store(Protocol):
    async def items(self, prefix: str = "") -> Mapping[str, Any]: ...

    async def delete(self, key: str) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime: ...


class Context(Protocol):
    """Of a device."""

    @property
    def store(self) -> Store: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def logger(self) -> logging.Logger: ...

    async def amend(self, job_id: str, *, registration: Registration | None = None, paper: Paper | None = None) -> None: ...


def expected(last: int | None, fn: str | None, job_id: str) -> Mapping[str, Any]:
    """Written with the intent: the number that the document will have, if it comes out. `last`: the FN's before it."""
    return {} if last is None else {f"{_OFD}{last + 1}": {"job": job_id, "fn": fn}}


async def waiting(context: Context) -> dict[int, Mapping[str, Any]]:
    """The documents that are not known to be confirmed, by number."""
    return {int(key.removeprefix(_OFD)): entry for key, entry in (await context.store.items(_OFD)).items()}


async def confirm(context: Context, exchange: ExchangeStatus, fn: str | None, last: int) -> None:
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


async def printed(context: Context, job_id: str) -> None:
    """The paper came."""
    try:
        await context.amend(job_id, paper=Paper.PRINTED)
    except ValueError:
        context.logger.info("job %s has no paper to wait for", job_id)
    await context.store.delete(PAPER)


async def _amend(context: Context, job_id: str, number: int) -> None:
    try:
        await context.amend(
            job_id, registration=Registration(state=RegistrationState.REGISTERED, id=str(number), at=context.clock.now())
        )
    except ValueError:
        # The job failed, or its document has another number: then there is nothing to tell.
        context.logger.info("document %s is confirmed, but job %s has no use for it", number, job_id)
