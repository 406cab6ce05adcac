"""What clients do with payments beside other jobs: list them by outcome and time, and let the terminal be asked again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from bridge.jobs.drawing import operation_of
from bridge.jobs.service import JobService
from bridge.model import Actor, Job, JobState, Outcome, RequestError
from bridge.store import PaymentFilter

log = logging.getLogger("tillbridge.jobs")

# How long a till that says nothing of waiting is kept waiting for what a terminal has stored: most answer at once, a gateway
# in the time of a request to its host.
LOOK_SECONDS = 10.0

_STANDING = frozenset({Outcome.APPROVED, Outcome.PARTIAL})


class Amend(Protocol):
    def __call__(self, job_id: str, *, outcome: Outcome | None = None) -> Awaitable[None]: ...


class Payments:
    """The card payments among the jobs of one bridge."""

    def __init__(self, jobs: JobService, amend: Amend) -> None:
        self._jobs = jobs
        self._amend = amend

    async def list(
        self,
        *,
        device: str | None = None,
        state: str | None = None,
        outcomes: Sequence[Outcome] = (),
        reference: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        original: str | None = None,
        after: str | None = None,
        limit: int = 50,
        devices: Collection[str] | None = None,
        owner: tuple[str, str] | None = None,
    ) -> tuple[list[Job], str | None]:
        """Payments, newest first, as `JobService.list` pages them. `since` and `until`: when they were accepted; `original`: what
        was done with the payment of that job."""
        return await self._jobs.list(
            device=device,
            state=state,
            reference=reference,
            after=after,
            limit=limit,
            devices=devices,
            owner=owner,
            payments=PaymentFilter(tuple(outcome.value for outcome in outcomes), since, until, original),
        )

    async def refresh(self, actor: Actor, job_id: str, seconds: float | None = None) -> tuple[Job, bool]:
        """Let the terminal be asked what became of a payment: the job as it stands then, and whether the answer is in.

        One in doubt is recovered at once, one that is done is looked up again. Raises RequestError: it is no payment, it is
        under way (409), or the device cannot be asked.
        """
        job = await self._jobs.get(job_id)
        if not job.op.startswith("payment."):
            raise RequestError("request.not_found", f"job {job_id} is {job.op} and no payment")
        if job.state in (JobState.QUEUED, JobState.RUNNING):
            runner = self._jobs.runners.get(job.device)
            begun = runner is not None and runner.current is not None and runner.current.id == job_id
            what = "is under way at the terminal" if begun else "waits for its turn"
            raise RequestError(
                "request.conflict", f"job {job_id} {what}: there is nothing to be asked yet; wait for it", extra={"job": job_id}
            )
        if job.state is JobState.UNRESOLVED:
            await self._jobs.ask_at_once(actor, job_id)
            job = await self._jobs.wait(job_id, seconds or 0)
            return job, job.state.final
        payment = job.result.payment if job.result is not None else None
        if payment is None or payment.outcome not in _STANDING:
            return job, True  # nothing was paid, or it was taken back: that never changes
        return await self._looked_up(job, LOOK_SECONDS if seconds is None else seconds)

    async def _looked_up(self, job: Job, seconds: float) -> tuple[Job, bool]:
        operation, runner = operation_of(job), self._jobs.runners.get(job.device)
        if operation is None or runner is None:
            why = "its details are no longer kept" if operation is None else f"{job.device} is no longer configured"
            raise RequestError("request.unsupported", f"job {job.id} cannot be looked up again: {why}")
        asked = asyncio.ensure_future(self._note(job, runner.lookups.ask(job, operation)))
        runner.wake()
        done, _ = await asyncio.wait({asked}, timeout=seconds)
        if not done:
            asked.add_done_callback(_ended)
            return await self._jobs.get(job.id), False
        asked.result()
        return await self._jobs.get(job.id), True

    async def _note(self, job: Job, answer: asyncio.Future[Outcome | None]) -> None:
        outcome = await answer
        if outcome is None:
            raise RequestError("request.unsupported", f"{job.device} cannot tell how the payment of job {job.id} stands by now")
        if outcome is Outcome.REVERSED:
            await self._amend(job.id, outcome=outcome)
        elif outcome not in _STANDING:
            log.error("%s: the payment of job %s was approved, and is said to be %s now", job.device, job.id, outcome)


def _ended(asked: asyncio.Future[None]) -> None:
    """Nobody waits any more; what it said is in the journal."""
    if not asked.cancelled() and asked.exception() is not None:
        log.info("a payment could not be looked up again: %s", asked.exception())
