"""A job that is not final yet, as it is kept in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bridge.jobs.context import HostedJobContext
from bridge.model import Attention, Job, JobState, Operation, OperationClass, Warning_


@dataclass(eq=False, slots=True)
class ActiveJob:
    """`job` is the state as accepted; what changes while it is open stands beside it."""

    job: Job
    operation: Operation
    warnings: tuple[Warning_, ...] = ()
    state: JobState = JobState.QUEUED
    attention: Attention | None = None
    context: HostedJobContext | None = None
    retry_at: float | None = None
    """When recovery may ask again, on the clock's monotonic scale; None for at once."""
    needs_operator: bool = False
    expiry: asyncio.TimerHandle | None = None
    waiters: set[asyncio.Future[None]] = field(default_factory=set)

    @property
    def id(self) -> str:
        return self.job.id

    @property
    def is_effect(self) -> bool:
        return self.job.class_ is OperationClass.EFFECT

    def stop_expiry(self) -> None:
        if self.expiry is not None:
            self.expiry.cancel()
            self.expiry = None

    def finish(self) -> None:
        """Wake everybody who waits for the outcome."""
        self.stop_expiry()
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(None)
        self.waiters.clear()
