"""Broken bridges, to show that the harness finds them out. Each function breaks the process that calls it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

from bridge.jobs.active import ActiveJob
from bridge.jobs.resumption import Resumption
from bridge.jobs.runner import DeviceRunner
from bridge.model import JobState
from bridge.store.database import Connection, Database, connect_sqlite

# Long enough that most of what is acknowledged is not committed when the process is killed.
_LATE_SECONDS = 1.0


class _LateCommits:
    """A connection that says it has committed, and does so once in a while."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open = False
        self._due = time.monotonic()

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        if sql == "BEGIN IMMEDIATE":
            if self._open:
                return None
            self._open = True
        elif sql == "COMMIT":
            if time.monotonic() < self._due:
                return None
            self._due = time.monotonic() + _LATE_SECONDS
            self._open = False
        elif sql == "ROLLBACK":
            self._open = False
        return self._connection.execute(sql, parameters)

    def close(self) -> None:
        self._connection.close()


def acknowledge_before_commit() -> None:
    """Clients and drivers are told that something is on the disk when it is not. What was told can be read back."""
    original = Database.__init__

    @functools.wraps(original)
    def late(self: Database, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **{**options, "connect": lambda path: _LateCommits(connect_sqlite(path))})
        self._reader = self._writer

    Database.__init__ = late  # type: ignore[method-assign]


def resend_after_restart() -> None:
    """A document that was under way when the process died is simply made again."""
    original = Resumption.resume

    @functools.wraps(original)
    async def again(self: Resumption, active: ActiveJob, runner: DeviceRunner | None) -> None:
        if active.state is not JobState.RUNNING or active.is_effect or runner is None:
            await original(self, active, runner)
            return
        active.state = JobState.QUEUED
        runner.enqueue(active)

    Resumption.resume = again  # type: ignore[method-assign]


def forget_the_intent() -> None:
    """A document whose answer was lost is called failed without asking the printer."""
    original = Resumption.resume

    @functools.wraps(original)
    async def guess(self: Resumption, active: ActiveJob, runner: DeviceRunner | None) -> None:
        if active.state not in (JobState.RUNNING, JobState.UNRESOLVED) or active.is_effect:
            await original(self, active, runner)
            return
        from bridge.model import JobError

        await self._settlement.failed(active, JobError.of("device.offline"), note="restart")

    Resumption.resume = guess  # type: ignore[method-assign]


SABOTAGES: Mapping[str, Callable[[], None]] = {
    "acknowledge-before-commit": acknowledge_before_commit,
    "resend-after-restart": resend_after_restart,
    "guess-after-restart": forget_the_intent,
}
