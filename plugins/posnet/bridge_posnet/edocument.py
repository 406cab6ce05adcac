"""E-documents after the fact: what the hub said of them, and those that it has not taken yet.

Follows protocol-specs/posnet, "E-document". The printer sends by itself and by its own schedule; here it is only asked. What is
outstanding is kept in the device's store, written with the binding, so that no restart forgets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bridge.model import Paper, Registration, RegistrationState
from bridge.plugin import DeviceContext
from bridge_posnet import commands
from bridge_posnet.answers import EDocumentRecord, EDocumentState
from bridge_posnet.facts import FactReader
from bridge_posnet.reader import error_of

_PREFIX = "edocument/"

# The longest that a printer goes on trying (eparagonscheduleset tl), and a day for the clocks.
_LIFETIME = timedelta(days=31)

# A record that the printer no longer has: it keeps the last ones, but a busy shop may overwrite an old one.
_GONE = frozenset((384, 903, 975, 2930, 4000))

# Between two questions about one e-document: soon while the customer waits, seldom when the hub is away for hours.
_SOON, _SELDOM = 5.0, 300.0

_STATES = {
    EDocumentState.SENT: RegistrationState.REGISTERED,
    EDocumentState.GIVEN_UP: RegistrationState.REFUSED,
}


def registration(number: int, record: EDocumentRecord | None) -> Registration:
    """How far it is. The number is known from the binding on; everything that is not final is `offline`: not there yet."""
    state = RegistrationState.OFFLINE if record is None else _STATES.get(_known(record), RegistrationState.OFFLINE)
    return Registration(state=state, id=str(number), at=record.changed if record is not None else None)


def paper(record: EDocumentRecord | None) -> Paper:
    """Of a document that was not to be printed: the printer prints it all the same where it cannot be sent in time."""
    if record is not None and record.printed:
        return Paper.PRINTED
    return Paper.SUPPRESSED if record is not None and _known(record) in _STATES else Paper.PENDING


def outstanding(number: int, job_id: str, now: datetime, *, on_paper: bool) -> dict[str, Any]:
    """What is written down with the binding, for the device's store. `on_paper`: what becomes of the paper is known already."""
    return {f"{_PREFIX}{number}": {"job": job_id, "since": now.isoformat(), "on_paper": on_paper}}


async def read_record(reader: FactReader, number: int) -> EDocumentRecord | None:
    """None where the printer does not tell."""
    answer = await reader.ask_if_known(commands.eparagonbufferget(number))
    return EDocumentRecord.from_frame(answer) if answer is not None else None


class Outstanding:
    """The e-documents that the hub has not taken yet, asked after in idle time."""

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}

    async def look(self, reader: FactReader, context: DeviceContext) -> float | None:
        """Ask after those that are due, and amend their jobs. Seconds until the next one is due, None where there is none."""
        entries: Mapping[str, Any] = await context.store.items(_PREFIX)
        now = context.clock.now()
        for key, entry in entries.items():
            if self._due.get(key, now) <= now:
                since = datetime.fromisoformat(entry["since"])
                if await self._settled(reader, context, int(key.removeprefix(_PREFIX)), entry, since):
                    await context.store.delete(key)
                    self._due.pop(key, None)
                else:
                    age = (now - since).total_seconds()
                    self._due[key] = now + timedelta(seconds=min(_SELDOM, max(_SOON, age / 4)))
        left = [self._due[key] for key in entries if key in self._due]
        return max(0.1, (min(left) - now).total_seconds()) if left else None

    async def _settled(
        self, reader: FactReader, context: DeviceContext, number: int, entry: Mapping[str, Any], since: datetime
    ) -> bool:
        job = entry["job"]
        answer = await reader.raw(commands.eparagonbufferget(number))
        error = error_of(answer)
        if error in _GONE or context.clock.now() - since > _LIFETIME:
            context.alert("edocument.lost", f"The printer no longer tells whether e-document {number} (job {job}) was delivered.")
            return True
        if error is not None:
            return False
        record = EDocumentRecord.from_frame(answer)
        final = _known(record) in _STATES
        told = None if entry["on_paper"] else paper(record)
        if not final and told in (None, Paper.PENDING):
            return False
        try:
            await context.amend(job, registration=registration(number, record), paper=told)
        except ValueError as error:
            # The job failed (its binding was never used), or was settled by hand: there is nothing left to advance.
            context.logger.info("e-document %s: %s", number, error)
            return True
        return final


def _known(record: EDocumentRecord) -> EDocumentState:
    return EDocumentState(record.state) if record.state in EDocumentState._value2member_map_ else EDocumentState.NEW
