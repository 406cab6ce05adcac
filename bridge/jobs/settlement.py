"""Writing down what became of a job, and telling those who wait. Every final state passes through here.

A write that the disk refuses is repeated until it succeeds: an outcome that is known must not be forgotten, and the client
hears of it only when it is durable.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeVar

from bridge.devices import Measures
from bridge.jobs.active import ActiveJob
from bridge.jobs.cards import guarded, guarded_error, hidden_in, shortest_of
from bridge.jobs.originals import undoes
from bridge.model import (
    ERRORS,
    Attention,
    Document,
    Fate,
    JobError,
    JobState,
    Operation,
    Outcome,
    PaymentResult,
    Result,
    decisions,
    of_money,
)
from bridge.plugin import Checkpoint, NeedsOperator, PluginRegistry
from bridge.store import AuditEntry, Journal, StorageError
from bridge.transport import Clock

T = TypeVar("T")
log = logging.getLogger("tillbridge.jobs")

NEEDS_OPERATOR = "#needs_operator"
RECHECK = "#recheck"

# Between two tries to write an outcome to a disk that refused it.
_RETRY_SECONDS = 1.0


class Settlement:
    """The journal's side of the runners."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        registry: PluginRegistry,
        active: dict[str, ActiveJob],
        measures: Measures,
        family_of: Callable[[str], str],
    ) -> None:
        """`family_of`: the family of a device's id, for what is counted."""
        self.journal = journal
        self._measures = measures
        self._family_of = family_of
        self._trouble: str | None = None
        self.on_trouble: Callable[[], None] = lambda: None
        """Called when the journal cannot be written any more, and when it can again."""
        self._clock = clock
        self._registry = registry
        self._active = active
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def trouble(self) -> str | None:
        """Why the journal cannot be written just now."""
        return self._trouble

    @trouble.setter
    def trouble(self, why: str | None) -> None:
        before, self._trouble = self._trouble, why
        if before != why:
            self.on_trouble()

    def accepted(self, job: ActiveJob) -> None:
        self._measures.accepted.labels(self._family(job), job.job.op).inc()

    async def state_of(self, job: ActiveJob) -> JobState:
        return await self._insist(lambda: self.journal.state_of(job.id))

    def checkpoints(self, job: ActiveJob) -> list[Checkpoint]:
        """The driver's own, without the host's."""
        return [point for point in self.journal.checkpoints(job.id) if not point.name.startswith("#")]

    async def done(self, job: ActiveJob, result: Result, note: str | None = None, audit: AuditEntry | None = None) -> None:
        result = guarded(result, job.job.op)
        undone = undoes(job.operation, self.journal) if result.success else None
        await self._insist(lambda: self.journal.done(job.id, result, result.success, self._clock.now(), note, audit, undone))
        self._count(job, JobState.DONE, result.success, _fate(result))
        await self._finished(job, JobState.DONE)

    async def failed(self, job: ActiveJob, error: JobError, note: str | None = None, audit: AuditEntry | None = None) -> None:
        error = guarded_error(error.about(job.job.op), job.job.op)
        await self._insist(lambda: self.journal.failed(job.id, error, self._clock.now(), note, audit))
        self._count(job, JobState.FAILED, False, error.fate, error.code)
        await self._finished(job, JobState.FAILED)

    async def not_issued(self, job: ActiveJob, proof: Mapping[str, Any], error: JobError | None) -> None:
        """Recovery proved that nothing was issued; the proof stays with the job."""
        shown = hidden_in(proof, shortest_of(job.job.op))
        await self._insist(lambda: self.journal.checkpoint(job.id, "#not_issued", shown, self._clock.now()))
        if error is None:
            if of_money(job.job.op):
                text = "The connection was lost before the terminal did it."
            else:
                text = "The connection was lost before the document was issued."
            error = JobError.of("device.offline", text)
        await self.failed(job, error, note="recovered")

    async def unresolved(self, job: ActiveJob, why: str) -> None:
        job.state = JobState.UNRESOLVED
        said = hidden_in(why, shortest_of(job.job.op))
        await self._insist(lambda: self.journal.unresolved(job.id, self._clock.now(), said))
        self._measures.doubts.labels(self._family(job), job.job.op).inc()

    async def needs_operator(self, job: ActiveJob, answer: NeedsOperator) -> Attention:
        """Write down that a person must decide, so that a restart does not forget it."""
        choices = [choice.model_dump() for choice in answer.choices] or [
            {"code": code, "text": text} for code, text in zip(("issued", "not_issued"), decisions(job.job.op), strict=True)
        ]
        data = hidden_in({"evidence": dict(answer.evidence), "text": answer.text, "choices": choices}, shortest_of(job.job.op))
        await self._insist(lambda: self.journal.checkpoint(job.id, NEEDS_OPERATOR, data, self._clock.now()))
        return operator_attention(data["text"], data["choices"], self._clock)

    async def settle_by_hand(self, job: ActiveJob, issued: bool, document: str | None, audit: AuditEntry) -> None:
        evidence = {"resolved_by": audit.actor.principal, "reason": audit.detail["reason"]}
        if issued:
            payment = _paid(job.operation, document)
            number = Document(number=document) if payment is None else None
            result = Result(document=number, payment=payment, evidence=evidence)
            await self.done(job, result, note="resolved by hand", audit=audit)
        else:
            if of_money(job.job.op):
                text = "It was settled by hand that the terminal did not do it."
            else:
                text = "It was settled by hand that the document did not come out."
            # Its code is that of a device that cannot be asked; but a person has looked, and there is nothing to be mended.
            error = JobError.of("device.offline", text, remedy=ERRORS["request.expired"].remedy)
            await self.failed(job, error, note="resolved by hand", audit=audit)

    def prompted(self, job: ActiveJob) -> None:
        """Tell, as an event, why the job waits (or that it no longer does)."""
        data = {"attention": job.attention.model_dump(mode="json") if job.attention is not None else None}
        self.background(self.journal.prompt(job.id, job.job.device, data, self._clock.now()))

    def background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something that nobody waits for; a failure is logged."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def drain(self) -> None:
        """Wait for what runs in the background."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed", exc_info=task.exception())

    def _count(self, job: ActiveJob, state: JobState, success: bool, fate: Fate, code: str = "") -> None:
        family, op = self._family(job), job.job.op
        self._measures.finished.labels(family, op, state.value, str(success).lower(), code, fate.value).inc()
        self._measures.job_seconds.labels(family, op).observe((self._clock.now() - job.job.created_at).total_seconds())

    def _family(self, job: ActiveJob) -> str:
        return self._family_of(job.job.device)

    async def _finished(self, job: ActiveJob, state: JobState) -> None:
        job.state = state
        job.attention = None
        self._active.pop(job.id, None)
        job.finish()
        if self._registry.listens_to_jobs:
            finished = self.journal.get(job.id)
            if finished is not None:
                self._registry.job_finished(finished)

    def storage_failed(self, error: StorageError) -> None:
        """Somebody's write was refused. The disk is tried until it takes one, so that nobody believes it broken for ever."""
        if self.trouble is None and not self._closed(error):
            self.background(self._insist(self.journal.touch))
        self.trouble = str(error)

    @staticmethod
    def _closed(error: StorageError) -> bool:
        return "closed" in str(error)

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                result = await asyncio.shield(asyncio.ensure_future(write()))
            except StorageError as error:
                if self._closed(error):
                    raise
                self.trouble = str(error)
                log.error("%s; trying again in %g s", error, _RETRY_SECONDS)
                await self._clock.sleep(_RETRY_SECONDS)
            else:
                self.trouble = None
                return result


def _fate(result: Result) -> Fate:
    if result.success:
        return Fate.ISSUED
    return Fate.NOT_ISSUED if result.payment is not None else Fate.UNKNOWN


def _paid(operation: Operation, slip: str | None) -> PaymentResult | None:
    """What a person says who settles a payment: it was approved as asked. None where it is none, or its amount is not known."""
    amount, currency = getattr(operation, "amount", None), getattr(operation, "currency", None)
    if not operation.op.startswith("payment.") or amount is None or currency is None:
        return None
    return PaymentResult(outcome=Outcome.APPROVED, requested=amount, approved=amount, currency=currency, receipt_number=slip)


def operator_attention(text: str, choices: list[dict[str, str]], clock: Clock) -> Attention:
    return Attention.model_validate({"code": "resolve", "text": text, "since": clock.now(), "choices": choices})
