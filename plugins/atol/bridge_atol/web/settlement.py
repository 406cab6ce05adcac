"""What became of a document that was given to the server: its request is asked for by its id, and where that is not known, the FN.

Follows protocol-specs/atol/web-requests.md, "Lost answers". Used while a job runs and in recovery alike; nothing in memory is trusted.
"""

from __future__ import annotations

from typing import Any

from bridge_ffd.new_documents import new_numbers
from bridge_ffd.register import FISCAL, SALES, Kind, looks

from bridge.model import JobError, Paper
from bridge.plugin import Checkpoint, Decision, Issued, JobContext, NeedsOperator, NotIssued, Pending, Recovery, Verdict
from bridge_atol.settings import AtolSettings
from bridge_atol.web import texts
from bridge_atol.web.answers import FiscalParams, Kept, plain
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.decision import decide, is_ours
from bridge_atol.web.errors import job_error, surely_not_executed
from bridge_atol.web.messages import Queue, Status, TaskState, Unreadable
from bridge_atol.web.plan import CANCELLING, FENCE, Facts, Intent
from bridge_atol.web.reading import STATE, Reader, Reading, Waiting, why
from bridge_atol.web.result import fiscal_result, slip_result
from bridge_atol.web.unprinted import remember

_AGAIN = 2.0  # seconds until a device that waits for a person is asked again
_AGAIN_STRANGE = 10.0  # and one whose server says what cannot be understood

NOT_READ = (Refused, Unreadable)


class Settlement:
    """One document of one device. Raises LinkError."""

    def __init__(self, server: Server, reader: Reader, settings: AtolSettings, context: JobContext, intent: Intent) -> None:
        self._server = server
        self._reader = reader
        self._settings = settings
        self._context = context
        self._intent = intent
        self._written: set[str] = set()
        self.begun = False
        """The device works on it, as far as was heard."""

    def written(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        """What is written down already."""
        self._written |= {one.name for one in checkpoints}

    async def settle(self) -> Recovery:
        try:
            states = await self._server.get(self._intent.uuid)
            if states is None:
                return await self._not_known()
            if len(states) != 1:  # our document is one task; only what takes an id has more
                return await self._by_device(None, {})
            return await self._of(states[0])
        except Waiting as waiting:
            return Pending.of(_AGAIN, why(waiting.queue))
        except NOT_READ as error:
            return Pending(_AGAIN_STRANGE, "device.fault", f"The vendor's server does not tell: {error}.")

    async def take_back(self) -> Recovery | None:
        """Ask the server to drop the request; None where the device has begun, or it is not known. What counts is what the server says of
        the request afterwards, and not that it took the question well."""
        await self._write(CANCELLING)
        if not await self._server.cancel(self._intent.uuid):
            return None
        states = await self._server.get(self._intent.uuid)
        if states is not None and any(state.status is not Status.CANCELED for state in states):
            return None
        return NotIssued({"canceled": self._intent.uuid}, texts.TAKEN_BACK.error().error)

    # --- by the request itself

    async def _of(self, state: TaskState) -> Recovery:
        match state.status:
            case Status.WAIT:
                return await self._in_queue()
            case Status.IN_PROGRESS:
                self.begun = True
                return Pending(self._settings.timeouts.poll, "device.busy", "The device is making the document.")
            case Status.BLOCKED:
                self.begun = True
                queue = await self._server.queue()
                return Pending.of(_AGAIN, why(queue if queue.blocked else Queue(True)))
            case Status.READY:
                return await self._ready(state)
            case Status.ERROR | Status.INTERRUPTED:
                return await self._failed(state)
            case Status.CANCELED:
                return NotIssued({"state": _verbatim(state)}, texts.TAKEN_BACK.error().error)

    async def _in_queue(self) -> Recovery:
        """Not begun. Behind the job's deadline nobody waits for the document any more: it must not come out in an hour."""
        reason = why(await self._server.queue())
        if self._context.device.clock.now() >= self._context.deadline and await self.take_back() is not None:
            return NotIssued({"canceled": self._intent.uuid, "queue": reason.text}, reason.error().error)
        return Pending.of(self._settings.timeouts.poll, reason)

    async def _ready(self, state: TaskState) -> Recovery:
        """It was carried out. What is told of it must be ours: a server that found its device again compares numbers only."""
        intent = self._intent
        evidence: dict[str, Any] = {"request": intent.uuid, "state": _verbatim(state)}
        if intent.kind not in FISCAL:
            return Issued(slip_result(intent, Paper.PRINTED, evidence))
        params = FiscalParams.of(state.result, self._reader.zone)
        if params.number is None:
            params = await self._reader.last(receipt=intent.kind in SALES, seconds=self._patience)
            evidence["last"] = plain({"number": params.number, "total": params.total})
        if not params.wrapped and self._context.device.shared:
            return self._ask_person(
                evidence, "other programs use this device too, and the server tells of its last document, whosever it is"
            )
        if _fits(intent, params):
            return Issued(fiscal_result(intent, params, await self._paper(params), evidence))
        reading = await self._reader.state(self._patience)
        kept = await self._reader.documents(new_numbers(intent.kind, intent.baseline, reading.facts), self._patience)
        ours = [document for document in kept if is_ours(intent, document)]
        if len(ours) == 1:
            return Issued(fiscal_result(intent, ours[0], Paper.UNKNOWN, evidence))
        return self._ask_person(evidence, "the server says that it was made, and tells of a document that is not like it")

    async def _failed(self, state: TaskState) -> Recovery:
        """The vendor's driver told an error. Whether there is a document is told by the FN, not by the error."""
        error = job_error(state.error)
        evidence = {"request": self._intent.uuid, "state": _verbatim(state)}
        surely = state.status is Status.INTERRUPTED or surely_not_executed(state.error) or self._intent.kind is Kind.X_REPORT
        if surely and self._intent.kind not in FISCAL:
            return NotIssued(evidence, error)
        return await self._by_device(error, evidence)

    # --- where the server does not know it

    async def _not_known(self) -> Recovery:
        """The request never came, or is still on its way, or was forgotten. Its id is taken by one that only asks: whatever comes late
        under it is refused from then on, and what was given to the device before is over when the question is answered."""
        await self._write(FENCE)
        try:
            await self._server.post(self._intent.uuid, STATE)
        except Refused as refused:
            if refused.status != 409:
                raise
            return Pending(self._settings.timeouts.poll, "device.busy", "The request has come to the server meanwhile.")
        return await self._by_device(None, {})

    async def _by_device(self, error: JobError | None, evidence: dict[str, Any]) -> Recovery:
        reading, decision = await self._decide(known=error is not None)
        evidence = {**evidence, "device": plain(list(reading.results)), "decision": decision.reason}
        if decision.verdict is Verdict.NOT_ISSUED:
            return NotIssued(evidence, error)
        if decision.document is not None:
            return Issued(fiscal_result(self._intent, decision.document, Paper.UNKNOWN, evidence))
        if decision.verdict is Verdict.ISSUED:
            return Issued(slip_result(self._intent, Paper.UNKNOWN, evidence))
        return self._ask_person(evidence, decision.reason)

    async def _decide(self, *, known: bool = False) -> tuple[Reading, Decision[Kept]]:
        """`known`: the server knows our request, so that its memory proves nothing more."""
        reading = await self._reader.state(self._patience)
        numbers = new_numbers(self._intent.kind, self._intent.baseline, reading.facts)
        kept = await self._reader.documents(numbers, self._patience)
        remembers = not known and await self._server.get(self._intent.witness) is not None
        shared = self._context.device.shared
        if not kept:
            kept = await self._last_one(reading.facts)
        return reading, decide(self._intent, reading.facts, kept, remembers=remembers, shared=shared)

    async def _last_one(self, now: Facts) -> tuple[Kept, ...]:
        """A driver that shows no archive still tells the last document: enough where it is the only one since, and is of our kind, be it
        by its being a receipt or by the state of the shift."""
        intent, before = self._intent, self._intent.baseline
        if intent.kind not in FISCAL or now.fn != before.fn or now.last != before.last + 1:
            return ()
        receipt = intent.kind in SALES
        if not receipt and (now.shift_state == "closed") is not (intent.kind is Kind.SHIFT_CLOSE):
            return ()
        if not receipt and (now.shift_state == "closed") is (before.shift_state == "closed"):
            return ()
        told = await self._reader.last(receipt=receipt, seconds=self._patience)
        if told.number != now.last or (receipt and told.total is None):
            return ()
        return (Kept(intent.kind, told.number, told.sign, told.at, told.total, sure=True),)

    # --- small parts

    @property
    def _patience(self) -> float:
        return self._settings.timeouts.command

    async def _paper(self, params: FiscalParams) -> Paper:
        if not self._intent.paper:
            return Paper.SUPPRESSED
        if params.not_printed:
            await remember(self._context)
            self._context.warn(
                "not_printed", "The document was made, but not printed. Put paper in; document.continue prints the rest."
            )
            return Paper.PENDING
        return Paper.PRINTED if params.wrapped else Paper.UNKNOWN

    async def _write(self, name: str) -> None:
        if name not in self._written:
            await self._context.checkpoint(name)
            self._written.add(name)

    def _ask_person(self, evidence: dict[str, Any], reason: str) -> NeedsOperator:
        return NeedsOperator.compare(evidence, reason, _looks(self._intent))


def _looks(intent: Intent) -> str:
    return looks(intent.kind, intent.total, intent.baseline.last, f"in shift {intent.baseline.shift}", intent.currency)


def _fits(intent: Intent, params: FiscalParams) -> bool:
    """Whether nothing that is told of this document speaks against its being ours."""
    if params.number is None or params.number <= intent.baseline.last or params.fn not in (intent.baseline.fn, None):
        return False
    return intent.kind not in SALES or params.total in (intent.total, None)


def _verbatim(state: TaskState) -> dict[str, Any]:
    error = {"code": state.error.code, "description": state.error.text} if state.error is not None else None
    return {"status": state.status.value, "error": error, "result": plain(state.result)}
