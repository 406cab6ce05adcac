"""A bridge without devices: the methods that the server calls, with jobs that end when a test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bridge.devices.config import Deadlines, Timeouts
from bridge.model import (
    Actor,
    Capabilities,
    DeviceStatus,
    EventKind,
    Fate,
    FieldError,
    Identity,
    Job,
    JobError,
    JobState,
    OperationClass,
    ReceiptCopy,
    RequestError,
    Result,
)
from bridge.model.result import Document
from bridge.paper import Sheet
from bridge.paper.model import Columns, Text
from bridge.store import AuditEntry, TokenRow
from bridge.transport import SystemClock

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


_SECONDS: dict[str, Any] = {"deadlines": Deadlines, "timeouts": Timeouts}


def device(device_id: str, **facts: Any) -> dict[str, Any]:
    """A device as the manager tells of it."""
    return {
        "id": device_id,
        "family": "fake",
        "title": "Fake devices",
        "url": "tcp://127.0.0.1:6666",
        "shared": False,
        "fit": "strict",
        **{name: model().model_dump(mode="json") for name, model in _SECONDS.items()},
        "settings": {},
        "reason": None,
        "identity": Identity(model="Fake", serial="1").model_dump(mode="json"),
        "seen": None,
        "capabilities": Capabilities(operations=frozenset({"receipt"}), currencies=("PLN",)).model_dump(mode="json"),
        "journal_hold": None,
        "alerts": [],
        "queue": [],
        "open_jobs": [],
        **facts,
    }


class FakeJobs:
    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.keys: dict[str, tuple[Any, str]] = {}
        self.changed = asyncio.Event()
        self.calls: list[tuple[Any, ...]] = []
        self.raises: BaseException | None = None
        self.finish_at_once = True
        self.waiting = asyncio.Event()
        self.listed: dict[str, Any] = {}

    async def submit(self, actor: Actor, device_id: str, key: str | None, body: Any) -> Job:
        self.calls.append(("submit", actor, device_id, key, body))
        if self.raises is not None:
            raise self.raises
        if device_id != "till-1":
            raise RequestError(
                "request.not_found", f"there is no device {device_id!r}", (FieldError("device", "unknown device"),)
            )
        if key is None:
            raise RequestError("request.key_missing", "Idempotency-Key: missing", (FieldError("Idempotency-Key", "missing"),))
        if key in self.keys:
            known, job_id = self.keys[key]
            if known != body:
                raise RequestError("request.key_reused", "this key was used for another body")
            return self.jobs[job_id]
        job_id = f"01J{len(self.jobs):05d}"
        job = Job(
            id=job_id,
            device=device_id,
            op=str(body.get("op")),
            class_=OperationClass.DOCUMENT,
            state=JobState.QUEUED,
            created_at=NOW,
            deadline=NOW + timedelta(seconds=120),
            actor=actor,
        )
        self.jobs[job_id] = job
        self.keys[key] = (body, job_id)
        if self.finish_at_once:
            self.finish(job_id)
        return job

    def finish(self, job_id: str, state: JobState = JobState.DONE) -> None:
        update: dict[str, Any] = {"state": state, "finished_at": NOW, "success": state is JobState.DONE}
        if state is JobState.DONE:
            update["result"] = Result(document=Document(number="1234", fiscal=True, total="27.00"))
        elif state is JobState.FAILED:
            update["error"] = JobError.of("device.paper_out", fate=Fate.NOT_ISSUED)
        self.jobs[job_id] = self.jobs[job_id].model_copy(update=update)
        self.changed.set()

    async def wait(self, job_id: str, seconds: float) -> Job:
        self.calls.append(("wait", job_id, seconds))
        self.waiting.set()
        if not self.jobs[job_id].state.final and seconds > 0.001:
            await self.changed.wait()
        return self.jobs[job_id]

    async def get(self, job_id: str) -> Job:
        if job_id not in self.jobs:
            raise RequestError("request.not_found", f"there is no job {job_id!r}")
        return self.jobs[job_id]

    async def paper(self, job_id: str, copy: ReceiptCopy | None = None) -> Sheet:
        await self.get(job_id)
        return Sheet("RECEIPT 1234", (Columns("TOTAL", "PLN 27.00", bold=True, figure="total"), Text("<b>żółw</b>")))

    def open_of(self, principal: str, label: str) -> int:
        return sum(
            (job.actor.principal, job.actor.label) == (principal, label) and not job.state.final for job in self.jobs.values()
        )

    def has_key(self, principal: str, key: str) -> bool:
        return key in self.keys

    async def list(self, **filters: Any) -> tuple[list[Job], str | None]:
        self.listed = filters
        return list(self.jobs.values()), None

    async def ack(self, actor: Actor, job_id: str) -> Job:
        self.calls.append(("ack", actor, job_id))
        return await self.get(job_id)

    async def answer(self, actor: Actor, job_id: str, prompt_id: str, choice: str) -> Job:
        self.calls.append(("answer", job_id, prompt_id, choice))
        return await self.get(job_id)

    async def abort(self, actor: Actor, job_id: str) -> str:
        self.calls.append(("abort", job_id))
        return "too_late"

    async def resolve(self, actor: Actor, job_id: str, verdict: str, reason: str, document: str | None = None) -> Job:
        self.calls.append(("resolve", job_id, verdict, reason, document))
        return await self.get(job_id)


class FakeDevices:
    def __init__(self) -> None:
        self.configured: dict[str, dict[str, Any]] = {"till-1": device("till-1", state="ready")}
        self.calls: list[tuple[Any, ...]] = []

    def list(self) -> list[dict[str, Any]]:
        return list(self.configured.values())

    def get(self, device_id: str) -> dict[str, Any]:
        if device_id not in self.configured:
            raise RequestError("request.not_found", f"there is no device {device_id!r}")
        return self.configured[device_id]

    async def status(self, device_id: str) -> dict[str, Any]:
        self.get(device_id)
        return {
            "device": device_id,
            "state": "ready",
            "reason": None,
            "live": True,
            "status": DeviceStatus(as_of=NOW, paper="ok").model_dump(mode="json"),
            "queue": [],
            "open_jobs": [],
            "last_error": None,
            "alerts": [],
            "journal_hold": None,
        }

    async def configure(self, actor: Actor, device_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(("configure", actor, device_id, dict(config)))
        whole = {name: model(**config.get(name, {})).model_dump(mode="json") for name, model in _SECONDS.items()}
        self.configured[device_id] = device(device_id, **{**config, **whole, "state": "connecting"})
        return self.configured[device_id]

    async def remove(self, actor: Actor, device_id: str) -> None:
        self.get(device_id)
        del self.configured[device_id]

    async def accept(self, actor: Actor, device_id: str, what: str, reason: str) -> dict[str, Any]:
        self.calls.append(("accept", device_id, what, reason))
        return self.get(device_id)

    async def acknowledge_alert(self, actor: Actor, device_id: str, alert_id: str) -> None:
        self.calls.append(("alert", device_id, alert_id))

    def families(self) -> list[dict[str, Any]]:
        facts = {"plugin": "fake", "distribution": "-", "version": "-", "problem": None}
        return [{**facts, "simulators": [], "families": []}]

    async def audit(self, after: int | None, limit: int) -> list[dict[str, Any]]:
        self.calls.append(("audit", after, limit))
        actor = Actor(principal="native:admin").model_dump(mode="json")
        subject = {"action": "device.configured", "subject": "till-1", "detail": {}}
        return [{"seq": 7, "at": NOW.isoformat(), "actor": actor, **subject}][:limit]


class FakeTokens:
    """Keeps tokens in memory, with what the audit was told."""

    def __init__(self) -> None:
        self.rows: dict[str, TokenRow] = {}
        self.entries: list[AuditEntry] = []
        self.uses: list[Mapping[str, datetime]] = []

    def all(self) -> list[TokenRow]:
        return list(self.rows.values())

    async def put(self, row: TokenRow, entry: AuditEntry) -> None:
        self.rows[row.id] = row
        self.entries.append(entry)

    async def remove(self, ids: list[str], entry: AuditEntry) -> None:
        for token_id in ids:
            self.rows.pop(token_id, None)
        self.entries.append(entry)

    async def used(self, when: Mapping[str, datetime]) -> None:
        self.uses.append(dict(when))

    async def note(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def attendant(self) -> dict[str, Any] | None:
        return None

    async def put_attendant(self, value: Mapping[str, Any] | None, entry: AuditEntry) -> None:
        self.entries.append(entry)


class FakeEvents:
    """Nobody listens."""

    def show(self, kind: EventKind, read: Callable[[], dict[str, Any]]) -> None: ...

    def view_changed(self, kind: EventKind) -> None: ...


class FakeStore:
    def __init__(self) -> None:
        self.tokens = FakeTokens()


class FakeBridge:
    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.store = FakeStore()
        self.clock = SystemClock()
        self.instance_id = "01JINSTANCE"
        self.jobs = FakeJobs()
        self.devices = FakeDevices()
        self.status = "ok"
        self.events = FakeEvents()

    def health(self) -> dict[str, Any]:
        journal = {"writable": True, "commits": 3}
        jobs = {"open": 0, "unresolved": 0}
        return {"status": self.status, "problems": [], "journal": journal, "devices": {}, "jobs": jobs}

    def metrics(self) -> str:
        return "# TYPE tillbridge_queue_depth gauge\ntillbridge_queue_depth 0.0\n"
