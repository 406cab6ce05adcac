"""The host around one driver, for tests of drivers: a device's store, a job's context, and one job to its verdict.

It does what `bridge.jobs` does, in a page: it executes, and after a lost link it opens a new one and recovers. What the far end of the
cable is, a bench of the family says.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bridge.model import Choice, DeviceStatus, JobError, Operation, Result, Warning_
from bridge.plugin import Aborted, Checkpoint, DeviceError, Driver, Issued, NeedsOperator, NotIssued, Pending
from bridge.transport import LinkError, LoopClock


def _kept(value: Any) -> Any:
    """As the journal gives it back."""
    return json.loads(json.dumps(value))


class Store:
    """The device's store, in memory. It outlives links, as the journal does."""

    def __init__(self, values: Mapping[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})

    async def get(self, key: str) -> Any:
        return _kept(self.values.get(key))

    async def set(self, key: str, value: Any) -> None:
        self.values[key] = _kept(value)

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def items(self, prefix: str = "") -> Mapping[str, Any]:
        return {key: value for key, value in self.values.items() if key.startswith(prefix)}

    async def allocate(self, name: str, count: int = 1, *, modulo: int | None = None) -> int:
        first = int(self.values.get(f"#{name}", 0))
        self.values[f"#{name}"] = (first + count) % modulo if modulo else first + count
        return first


class Device:
    """DeviceContext."""

    def __init__(self, start: datetime, *, shared: bool = False, store: Mapping[str, Any] | None = None) -> None:
        self.device_id = "till-1"
        self.shared = shared
        self.store = Store(store)
        self.clock = LoopClock(start)
        self.logger = logging.getLogger("tests.driver")
        self.emitted: list[DeviceStatus] = []
        self.alerts: list[tuple[str, str]] = []
        self.amendments: list[tuple[str, dict[str, Any]]] = []

    def emit(self, status: DeviceStatus) -> None:
        self.emitted.append(status)

    def alert(self, code: str, text: str) -> None:
        self.alerts.append((code, text))

    async def amend(self, job_id: str, **changes: Any) -> None:
        self.amendments.append((job_id, changes))

    async def open_link(self, url: str) -> Any:
        raise AssertionError("no auxiliary link is opened here")


class Job:
    """JobContext. `on_attention` is the person at the till, `choice` what the cashier answers."""

    def __init__(self, device: Device, seconds: float = 120.0, job_id: str = "JOB1", choice: str | None = None) -> None:
        self.job_id = job_id
        self.device = device
        self.created_at = device.clock.now()
        self.deadline = self.created_at + timedelta(seconds=seconds)
        self.abort_requested = False
        self.checkpoints: list[Checkpoint] = []
        self.attentions: list[str] = []
        """Codes, each once in a row."""
        self.texts: list[tuple[str, str]] = []
        """Every attention, code and text."""
        self.attentive = False
        self.warnings: list[Warning_] = []
        self.questions: list[str] = []
        self.choice = choice
        self.committed = False
        self.on_attention: Callable[[str], None] | None = None
        self.on_checkpoint: Callable[[str], None] | None = None

    def reference(self, max_length: int, alphabet: str = "") -> str:
        return self.job_id[:max_length]

    async def checkpoint(
        self, name: str, data: Mapping[str, Any] | None = None, *, store: Mapping[str, Any] | None = None
    ) -> None:
        self.checkpoints.append(Checkpoint(name, _kept(data or {}), self.device.clock.now()))
        self.device.store.values.update(_kept(store or {}))
        if self.on_checkpoint is not None:
            self.on_checkpoint(name)

    def commit_point(self) -> None:
        if self.abort_requested:
            raise Aborted
        self.committed = True

    def attention(self, code: str, text: str) -> None:
        self.attentive = True
        self.texts.append((str(code), text))
        if not self.attentions or self.attentions[-1] != code:
            self.attentions.append(code)
        if self.on_attention is not None:
            self.on_attention(code)

    def clear_attention(self) -> None:
        self.attentive = False

    def progress(self, text: str) -> None:
        pass

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))

    async def ask(self, prompt: str, choices: Sequence[Choice], *, timeout: float, default: str) -> str:
        self.questions.append(prompt)
        return self.choice or default


@dataclass
class Outcome:
    """How a job ended: done, failed, aborted, operator or unresolved; and what recovery said on the way."""

    state: str
    job: Job
    result: Result | None = None
    error: JobError | None = None
    answer: Any = None
    recovered: int = 0
    pending: list[str] = field(default_factory=list)

    @property
    def document(self) -> Any:
        assert self.result is not None
        return self.result.document

    @property
    def codes(self) -> list[str]:
        """Of the warnings."""
        own = [warning.code for warning in self.result.warnings] if self.result is not None else []
        return [*own, *(warning.code for warning in self.job.warnings)]

    def settled(self, answer: Any) -> bool:
        """Whether recovery's answer ends it."""
        match answer:
            case Issued(result):
                self.state, self.result = "done", result
            case NotIssued(_, error):
                self.state, self.error, self.answer = "failed", error, answer
            case NeedsOperator():
                self.state, self.answer = "operator", answer
            case Pending(_, code, _):
                self.pending.append(code)
                return False
        return True


async def attempt(job: Job, execute: Callable[[], Awaitable[Result]]) -> Outcome | None:
    """The one attempt of a job; None where the link was lost after the intent, so that it must be recovered."""
    try:
        return Outcome("done", job, result=await execute())
    except Aborted:
        return Outcome("aborted", job)
    except DeviceError as error:
        return Outcome("failed", job, error=error.error)
    except LinkError as error:
        return None if job.checkpoints else Outcome("failed", job, answer=error)


class DriverBench(ABC):
    """A device and the host's part of it."""

    device: Device
    driver: Driver | None = None

    @abstractmethod
    async def connect(self) -> Driver: ...

    @abstractmethod
    async def disconnect(self) -> None: ...

    async def run(self, wanted: Operation, job: Job | None = None) -> Outcome:
        """One job, to its verdict."""
        job = job or Job(self.device)

        async def execute() -> Result:
            return await (self.driver or await self.connect()).execute(job, wanted)

        return await attempt(job, execute) or await self.recover(wanted, job)

    async def recover(self, wanted: Operation, job: Job) -> Outcome:
        outcome = Outcome("unresolved", job)
        for _ in range(20):
            await self.disconnect()
            with contextlib.suppress(LinkError):
                driver = await self.connect()
                await driver.identify()
                outcome.recovered += 1
                answer = await driver.recover(job, wanted, tuple(job.checkpoints))
                if outcome.settled(answer):
                    return outcome
                assert isinstance(answer, Pending)
                await asyncio.sleep(answer.retry_after)
        return outcome
