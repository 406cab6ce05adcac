"""The journal of jobs: each step of a job's life as one transaction over its row, its history and its events.

Rules of the life itself (which step is legal) are enforced here once more, so that no caller can break them; when to take
a step is decided in bridge.jobs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.model import TRANSITIONS, Actor, Event, EventKind, Job, JobError, JobState, OperationClass, Outcome, Result
from bridge.model.job import Amendment, Transition
from bridge.plugin import Checkpoint
from bridge.store.database import Connection, Database, rows
from bridge.store.events import prune_events
from bridge.store.payments import OriginalTaken, PaymentFilter, StandingUse, standing_uses

BY = "reversed_by"
"""In an amendment: the job that took a payment back. Not there where the terminal did it by itself."""


class IllegalTransition(Exception):
    """A final state was about to change, or a step was left out. The journal is as before."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """A request that has passed every check, before it is accepted."""

    id: str
    device: str
    principal: str
    key: str
    fingerprint: str
    op: str
    class_: OperationClass
    reference: str | None
    reference_group: str | None
    part: bool
    retry_of: str | None
    created_at: datetime
    deadline: datetime
    operation: Mapping[str, Any]
    actor: Actor
    original: str | None = None
    """The job whose payment this one takes back, finishes or changes."""
    admits: Callable[[Sequence[StandingUse]], tuple[str, str] | None] = field(default=lambda standing: None)
    """Given what stands of that payment already: None, or the job that leaves no room for this one, and why."""


@dataclass(frozen=True, slots=True)
class KeyTaken:
    """The key was used before. `same`: by the very same request."""

    job_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReferenceTaken:
    job_id: str


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_SUMMARY = "id, device, op, class, state, success, reference, part, retry_of, created_at, started_at, finished_at, deadline, collected, document_number, operation, result, error, actor, pruned"


class Journal:
    """Jobs, their history, checkpoints, amendments and events."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # -- steps of a job's life ---------------------------------------------------------------------------------------

    async def accept(self, job: NewJob) -> Event | KeyTaken | ReferenceTaken | OriginalTaken:
        """The first commit: the job exists, queued. Or key, reference or payment was taken, and nothing is stored."""

        def work(connection: Connection) -> Event | KeyTaken | ReferenceTaken | OriginalTaken:
            taken = rows(connection, "SELECT id, fingerprint FROM jobs WHERE principal=? AND key=?", (job.principal, job.key))
            if taken:
                return KeyTaken(taken[0]["id"], taken[0]["fingerprint"])
            if job.reference is not None and job.reference_group is not None and not job.part:
                other = rows(
                    connection,
                    "SELECT id FROM jobs WHERE principal=? AND reference_group=? AND reference=? AND part=0"
                    " AND NOT (state='failed' OR (state='done' AND success=0)) ORDER BY id LIMIT 1",
                    (job.principal, job.reference_group, job.reference),
                )
                if other:
                    return ReferenceTaken(other[0]["id"])
            if job.original is not None:
                uses = standing_uses(connection, job.original)
                refused = job.admits(uses)
                if refused is not None:
                    return OriginalTaken(*refused, open=any(use.job == refused[0] and not use.done for use in uses))
            connection.execute(
                "INSERT INTO jobs (id, device, principal, key, fingerprint, op, class, state, reference, reference_group, part,"
                " retry_of, created_at, deadline, operation, actor, original) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (
                    job.id,
                    job.device,
                    job.principal,
                    job.key,
                    job.fingerprint,
                    job.op,
                    job.class_.value,
                    JobState.QUEUED.value,
                    job.reference,
                    job.reference_group,
                    int(job.part),
                    job.retry_of,
                    job.created_at.isoformat(),
                    job.deadline.isoformat(),
                    dump(job.operation),
                    job.actor.model_dump_json(),
                    job.original,
                ),
            )
            return _step(connection, job.id, job.device, JobState.QUEUED, job.created_at, None)

        return await self._database.write(work)

    async def checkpoint(
        self, job_id: str, name: str, data: Mapping[str, Any], at: datetime, store: Mapping[str, Any] | None = None
    ) -> Event | None:
        """A checkpoint, with keys of the device's store in the same transaction. The first one is the intent: `running`."""

        def work(connection: Connection) -> Event | None:
            row = _row(connection, job_id)
            state = JobState(row["state"])
            event = None
            if state is JobState.QUEUED:
                connection.execute("UPDATE jobs SET started_at=? WHERE id=?", (at.isoformat(), job_id))
                event = _move(connection, row, JobState.RUNNING, at, name)
            elif state.final:
                raise IllegalTransition(f"job {job_id} is {state}: no checkpoint can follow")
            connection.execute(
                "INSERT INTO checkpoints (job, number, at, name, data) SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ?"
                " FROM checkpoints WHERE job=?",
                (job_id, at.isoformat(), name, dump(data), job_id),
            )
            for key, value in (store or {}).items():
                connection.execute(
                    "INSERT INTO device_state (device, key, value) VALUES (?,?,?)"
                    " ON CONFLICT (device, key) DO UPDATE SET value=excluded.value",
                    (row["device"], key, dump(value)),
                )
            return event

        return await self._database.write(work)

    async def unresolved(self, job_id: str, at: datetime, note: str) -> Event:
        """Certainty is lost."""

        def work(connection: Connection) -> Event:
            return _move(connection, _row(connection, job_id), JobState.UNRESOLVED, at, note)

        return await self._database.write(work)

    async def done(
        self,
        job_id: str,
        result: Result,
        success: bool,
        at: datetime,
        note: str | None = None,
        audit: AuditEntry | None = None,
        undone: str | None = None,
    ) -> Event:
        """The outcome, before the client hears of it. `undone`: the job whose payment it took back; amended with it."""

        def work(connection: Connection) -> Event:
            row = _row(connection, job_id)
            connection.execute(
                "UPDATE jobs SET result=?, success=?, finished_at=?, document_number=? WHERE id=?",
                (
                    result.model_dump_json(),
                    int(success),
                    at.isoformat(),
                    result.document.number if result.document is not None else None,
                    job_id,
                ),
            )
            if audit is not None:
                append_audit(connection, audit)
            event = _move(connection, row, JobState.DONE, at, note)
            if undone is not None:
                _take_back(connection, undone, job_id, at)
            return event

        return await self._database.write(work)

    async def failed(
        self, job_id: str, error: JobError, at: datetime, note: str | None = None, audit: AuditEntry | None = None
    ) -> Event:
        """Surely nothing was issued."""

        def work(connection: Connection) -> Event:
            row = _row(connection, job_id)
            connection.execute(
                "UPDATE jobs SET error=?, success=0, finished_at=? WHERE id=?", (error.model_dump_json(), at.isoformat(), job_id)
            )
            if audit is not None:
                append_audit(connection, audit)
            return _move(connection, row, JobState.FAILED, at, note)

        return await self._database.write(work)

    async def prompt(self, job_id: str, device: str, data: Mapping[str, Any], at: datetime) -> Event:
        """That the job waits for a person, or no longer does: an event, no step."""
        return await self._database.write(lambda c: _event(c, EventKind.JOB_PROMPT, device, job_id, data, at), hurry=False)

    async def amend(self, job_id: str, changes: Mapping[str, Any], at: datetime) -> Event | None:
        """A numbered amendment. None where the job already says so. Raises ValueError where the job is not done."""

        return await self._database.write(lambda connection: _amend(connection, _row(connection, job_id), changes, at))

    async def collected(self, job_id: str) -> None:
        await self._database.write(lambda c: c.execute("UPDATE jobs SET collected=1 WHERE id=?", (job_id,)) and None)

    async def touch(self) -> None:
        """A write that changes nothing of any job: whether the disk takes one."""
        await self._database.write(
            lambda c: (
                c.execute("INSERT INTO meta (key, value) VALUES ('touched', '') ON CONFLICT DO UPDATE SET value=''") and None
            )
        )

    async def state_of(self, job_id: str) -> JobState:
        """The state behind every write that was asked for before: read in the order of the writes."""
        return await self._database.write(lambda connection: JobState(_row(connection, job_id)["state"]))

    # -- reading -----------------------------------------------------------------------------------------------------

    def find_key(self, principal: str, key: str) -> KeyTaken | None:
        found = self._database.read("SELECT id, fingerprint FROM jobs WHERE principal=? AND key=?", (principal, key))
        return KeyTaken(found[0]["id"], found[0]["fingerprint"]) if found else None

    def get(self, job_id: str) -> Job | None:
        """The whole job with its history and amendments."""
        found = self._database.read(f"SELECT {_SUMMARY} FROM jobs WHERE id=?", (job_id,))
        if not found:
            return None
        history = self._database.read("SELECT at, state, note FROM history WHERE job=? ORDER BY number", (job_id,))
        amendments = self._database.read("SELECT number, at, changes FROM amendments WHERE job=? ORDER BY number", (job_id,))
        return _job(found[0], history, amendments)

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        return [
            Checkpoint(row["name"], json.loads(row["data"]), datetime.fromisoformat(row["at"]))
            for row in self._database.read("SELECT name, data, at FROM checkpoints WHERE job=? ORDER BY number", (job_id,))
        ]

    def trace(self, job_id: str) -> dict[str, list[dict[str, Any]]]:
        """What a job's history leaves out: checkpoints (the host's too), prompts, and what people did; each oldest first."""
        return {
            "checkpoints": [
                {"at": row["at"], "name": row["name"], "data": json.loads(row["data"])}
                for row in self._database.read("SELECT at, name, data FROM checkpoints WHERE job=? ORDER BY number", (job_id,))
            ],
            "prompts": [
                {"at": row["at"], **json.loads(row["data"])}
                for row in self._database.read(
                    "SELECT at, data FROM events WHERE job=? AND kind=? ORDER BY seq", (job_id, EventKind.JOB_PROMPT.value)
                )
            ],
            "acts": [
                {
                    "at": row["at"],
                    "action": row["action"],
                    "actor": json.loads(row["actor"]),
                    "detail": json.loads(row["detail"]),
                }
                for row in self._database.read(
                    "SELECT at, action, actor, detail FROM audit WHERE subject=? ORDER BY seq", (job_id,)
                )
            ],
        }

    def open_jobs(self) -> list[Job]:
        """All that is not final, in the order of acceptance: for the start."""
        found = self._database.read(
            f"SELECT {_SUMMARY} FROM jobs WHERE state IN ('queued','running','unresolved') ORDER BY created_at, id"
        )
        return [_job(row, (), ()) for row in found]

    def find(
        self,
        *,
        device: str | None = None,
        states: Sequence[str] = (),
        reference: str | None = None,
        collected: bool | None = None,
        before: str | None = None,
        limit: int = 50,
        devices: Collection[str] | None = None,
        owner: tuple[str, str] | None = None,
        payments: PaymentFilter | None = None,
    ) -> list[Job]:
        """Newest first, without history.

        Where they are given: those older than the job `before`, of `devices` only, of `owner` only (principal, label), and
        payments only, those that the filter lets through.
        """
        conditions, values = payments.conditions() if payments is not None else ([], [])
        for condition, value in (
            ("device=?", device),
            ("reference=?", reference),
            ("collected=?", None if collected is None else int(collected)),
            ("id<?", before),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        if states:
            conditions.append(f"state IN ({','.join('?' * len(states))})")
            values.extend(states)
        if devices is not None:
            conditions.append(f"device IN ({','.join('?' * len(devices))})")
            values.extend(devices)
        if owner is not None:
            conditions.append("principal=? AND json_extract(actor, '$.label')=?")
            values.extend(owner)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        found = self._database.read(f"SELECT {_SUMMARY} FROM jobs {where} ORDER BY id DESC LIMIT ?", (*values, limit))
        return [_job(row, (), ()) for row in found]

    # -- retention ---------------------------------------------------------------------------------------------------

    async def prune(self, *, details_before: datetime, all_before: datetime, limit: int = 1000) -> tuple[int, int]:
        """Drop the details of old final jobs, and old jobs altogether: how many of each.

        Key, fingerprint, verdict and document number stay until `all_before`; open and unresolved jobs always stay.
        """

        def work(connection: Connection) -> tuple[int, int]:
            stripped = [
                row["id"]
                for row in rows(
                    connection,
                    "SELECT id FROM jobs WHERE finished_at IS NOT NULL AND finished_at<? AND pruned=0 LIMIT ?",
                    (details_before.isoformat(), limit),
                )
            ]
            marks = ",".join("?" * len(stripped))
            connection.execute(
                f"UPDATE jobs SET operation=NULL, result=NULL, error=NULL, pruned=1 WHERE id IN ({marks})", stripped
            )
            for table in ("history", "checkpoints", "amendments"):
                connection.execute(f"DELETE FROM {table} WHERE job IN ({marks})", stripped)
            prune_events(connection, stripped)
            gone = [
                row["id"]
                for row in rows(
                    connection,
                    "SELECT id FROM jobs WHERE finished_at IS NOT NULL AND finished_at<? LIMIT ?",
                    (all_before.isoformat(), limit),
                )
            ]
            for job_id in gone:
                connection.execute("DELETE FROM jobs WHERE id=?", (job_id,))
            return len(stripped), len(gone)

        return await self._database.write(work)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what to which thing."""

    at: datetime
    actor: Actor
    action: str
    subject: str
    detail: Mapping[str, Any]


def append_audit(connection: Connection, entry: AuditEntry) -> None:
    connection.execute(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?,?,?,?,?)",
        (entry.at.isoformat(), entry.actor.model_dump_json(), entry.action, entry.subject, dump(entry.detail)),
    )


def _row(connection: Connection, job_id: str) -> dict[str, Any]:
    found = rows(connection, "SELECT id, device, op, state, success, result, reference FROM jobs WHERE id=?", (job_id,))
    if not found:
        raise KeyError(job_id)
    return found[0]


def _move(connection: Connection, row: dict[str, Any], state: JobState, at: datetime, note: str | None) -> Event:
    current = JobState(row["state"])
    if state not in TRANSITIONS[current]:
        raise IllegalTransition(f"job {row['id']} is {current}, it cannot become {state}")
    connection.execute("UPDATE jobs SET state=? WHERE id=?", (state.value, row["id"]))
    return _step(connection, row["id"], row["device"], state, at, note)


def _step(connection: Connection, job_id: str, device: str, state: JobState, at: datetime, note: str | None) -> Event:
    connection.execute(
        "INSERT INTO history (job, number, at, state, note) SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ?, ? FROM history WHERE job=?",
        (job_id, at.isoformat(), state.value, note, job_id),
    )
    return _event(connection, EventKind.JOB_UPDATED, device, job_id, {"state": state.value}, at)


def _event(
    connection: Connection, kind: EventKind, device: str, job_id: str | None, data: Mapping[str, Any], at: datetime
) -> Event:
    inserted = rows(
        connection,
        "INSERT INTO events (at, kind, device, job, data) VALUES (?,?,?,?,?) RETURNING seq",
        (at.isoformat(), kind.value, device, job_id, dump(data)),
    )
    return Event(seq=int(inserted[0]["seq"]), at=at, kind=kind, device=device, job=job_id, data=dict(data))


def _amend(connection: Connection, row: dict[str, Any], changes: Mapping[str, Any], at: datetime) -> Event | None:
    job_id = row["id"]
    if row["state"] != JobState.DONE.value or row["result"] is None:
        raise ValueError(f"job {job_id} is {row['state']}: only what is done can be amended")
    result = json.loads(row["result"])
    changed = {key: value for key, value in changes.items() if _current(result, key) != value}
    if not changed.keys() - {BY}:
        return None
    connection.execute(
        "INSERT INTO amendments (job, number, at, changes) SELECT ?, COALESCE(MAX(number), 0) + 1, ?, ? FROM amendments WHERE job=?",
        (job_id, at.isoformat(), dump(changed), job_id),
    )
    for key, value in changed.items():
        if key == "outcome":
            result["payment"]["outcome"] = value
        elif key != BY:
            result[key] = value
    checked = Result.model_validate(result)
    success = checked.success if checked.payment is not None else bool(row["success"])
    connection.execute("UPDATE jobs SET result=?, success=? WHERE id=?", (checked.model_dump_json(), int(success), job_id))
    return _event(connection, EventKind.JOB_AMENDED, row["device"], job_id, changed, at)


def _take_back(connection: Connection, job_id: str, by: str, at: datetime) -> None:
    """The payment of this job was taken back by another job. One whose details are no longer kept stays as it is."""
    found = rows(connection, "SELECT id, device, op, state, success, result, reference FROM jobs WHERE id=?", (job_id,))
    if found and found[0]["result"] is not None and json.loads(found[0]["result"]).get("payment") is not None:
        _amend(connection, found[0], {"outcome": Outcome.REVERSED.value, BY: by}, at)


def _current(result: dict[str, Any], key: str) -> Any:
    if key == "outcome":
        if result.get("payment") is None:
            raise ValueError("the job has no payment whose outcome could change")
        return result["payment"]["outcome"]
    return result.get(key)


def _job(row: dict[str, Any], history: Sequence[dict[str, Any]], amendments: Sequence[dict[str, Any]]) -> Job:
    result = Result.model_validate_json(row["result"]) if row["result"] is not None else None
    if result is None and row["pruned"] and row["document_number"] is not None:
        result = Result.model_validate({"document": {"number": row["document_number"]}})
    return Job(
        id=row["id"],
        device=row["device"],
        op=row["op"],
        class_=OperationClass(row["class"]),
        state=JobState(row["state"]),
        success=None if row["success"] is None else bool(row["success"]),
        reference=row["reference"],
        part=bool(row["part"]),
        retry_of=row["retry_of"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        deadline=row["deadline"],
        result=result,
        error=JobError.model_validate_json(row["error"]) if row["error"] is not None else None,
        collected=bool(row["collected"]),
        actor=Actor.model_validate_json(row["actor"]),
        operation=json.loads(row["operation"]) if row["operation"] is not None else None,
        history=tuple(Transition.model_validate(item) for item in history),
        amendments=tuple(
            Amendment(number=item["number"], at=item["at"], changes=json.loads(item["changes"])) for item in amendments
        ),
    )
