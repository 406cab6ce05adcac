"""After a restart: what becomes of each job that an earlier process left open."""

from __future__ import annotations

import logging
from typing import Any

from bridge.devices import DeviceRuntime
from bridge.jobs.active import ActiveJob
from bridge.jobs.checking import Checker
from bridge.jobs.runner import DeviceRunner
from bridge.jobs.settlement import NEEDS_OPERATOR, RECHECK, Settlement, operator_attention
from bridge.model import Job, JobError, JobState, Operation, OperationClass, RequestError, Result, stored_operation
from bridge.store import Journal
from bridge.transport import Clock

log = logging.getLogger("tillbridge.jobs")


def take_up(job: Job) -> ActiveJob:
    """The job as it is kept in memory again."""
    return ActiveJob(job, stored_operation(job.operation), state=job.state)


class Resumption:
    """Decides by class and state; nothing is asked of a device here."""

    def __init__(self, journal: Journal, settlement: Settlement, checker: Checker, clock: Clock) -> None:
        self._journal = journal
        self._settlement = settlement
        self._checker = checker
        self._clock = clock

    async def resume(self, active: ActiveJob, runner: DeviceRunner | None) -> None:
        """One job; `runner` None: its device is no longer configured."""
        job = active.job
        if runner is not None:
            active.warnings = await self._warnings_again(active.operation, runner.runtime)
        if job.state is JobState.QUEUED:
            await self._resume_queued(active, runner)
            return
        if job.class_ is OperationClass.EFFECT:
            context_lost = {
                "code": "unconfirmed",
                "message": "The bridge was stopped before the device answered. It was sent at most once.",
            }
            await self._settlement.done(
                active, Result.model_validate({"confirmed": False, "warnings": [context_lost]}), note="restart"
            )
            return
        if job.state is JobState.RUNNING:
            await self._settlement.unresolved(active, "the bridge was stopped while the job ran")
        points = [point for point in self._journal.checkpoints(job.id) if point.name in (NEEDS_OPERATOR, RECHECK)]
        if points and points[-1].name == NEEDS_OPERATOR:
            active.needs_operator = True
            active.attention = operator_attention(points[-1].data["text"], points[-1].data["choices"], self._clock)
        if runner is not None:
            runner.doubt.append(active)

    async def _resume_queued(self, active: ActiveJob, runner: DeviceRunner | None) -> None:
        """Nothing was sent: documents may still begin before their deadline, a payment never does."""
        if active.job.class_ is OperationClass.MONEY:
            text = "The bridge was restarted before the payment began."
            await self._settlement.failed(active, JobError.of("request.expired", text), note="restart")
        elif runner is None:
            await self._settlement.failed(
                active, JobError.of("device.offline", "The device is no longer configured."), note="restart"
            )
        elif active.job.deadline <= self._clock.now():
            await self._settlement.failed(active, JobError.of("request.expired"), note="restart")
        else:
            runner.enqueue(active)

    async def _warnings_again(self, operation: Operation, runtime: DeviceRuntime) -> tuple[Any, ...]:
        try:
            return (await self._checker.check(operation, runtime)).warnings
        except RequestError as error:  # it was accepted before; what the check says now does not undo that
            log.warning("%s: an accepted job would be refused now: %s", runtime.id, error)
            return ()
