"""What the calls answer that look at the whole or close at one thing, as models: the overview, how things stand, time lines, frames.

As those of `answers.py`, these are the words of the description and of the tests.
"""

from __future__ import annotations

from typing import Literal

from bridge.model import Alert, Attention, DeviceState, DeviceStatus, Identity, JobState, Model, Moment
from bridge.server.answers import HealthWord, JobCounts, ScanProgress


class JournalState(Model):
    writable: bool


class ShownHealth(HealthWord):
    """The report without the number of commits."""

    problems: tuple[str, ...]
    journal: JournalState
    devices: dict[str, DeviceState]
    jobs: JobCounts


class BridgeFacts(Model):
    """`started_at` by the PC's clock; `uptime` in seconds, whatever was done to that clock. `problems`: null for who is no
    administrator."""

    version: str
    instance_id: str
    started_at: Moment
    uptime: float
    status: Literal["ok", "degraded", "down"]
    problems: tuple[str, ...] | None


class WaitingJob(Model):
    """A job that waits for a person, and why."""

    id: str
    op: str
    state: JobState
    reference: str | None
    attention: Attention


class LastJob(Model):
    """The newest job that is done or failed. `error`: what it says to the person at the till."""

    id: str
    op: str
    state: JobState
    success: bool | None
    finished_at: Moment | None
    number: str | None
    error: str | None


class DeviceOverview(Model):
    """A device at a glance. `status` is what it said last (see its `as_of`); `queue` and `unresolved` are ids of jobs.

    `waiting` and `last_job` are of jobs that the token may see.
    """

    id: str
    family: str
    title: str | None
    identity: Identity | None
    state: DeviceState
    reason: str | None
    last_error: str | None
    status: DeviceStatus | None
    queue: tuple[str, ...]
    open_jobs: tuple[str, ...]
    unresolved: tuple[str, ...]
    waiting: tuple[WaitingJob, ...]
    last_job: LastJob | None
    alerts: tuple[Alert, ...]
    journal_hold: str | None


class Overview(Model):
    """All that a person wants to see first. `jobs`: of the devices told of here."""

    bridge: BridgeFacts
    devices: tuple[DeviceOverview, ...]
    jobs: JobCounts


class StepField(Model):
    name: str
    value: str


class Step(Model):
    """One thing that happened. `sent` and `received` are frames: `title` and `fields` as the family's decoder reads them.

    `milliseconds`: from the question to this answer; `answered`: whether an answer to this question came; `checksum` `masked`:
    parts of the frame are hidden, so that it cannot be checked; `garbage`: why these bytes are no frame.
    """

    at: Moment
    kind: Literal["state", "checkpoint", "prompt", "act", "amended", "phase", "sent", "received", "log"]
    title: str
    fields: tuple[StepField, ...]
    link: int | None
    phase: Literal["execute", "recover"] | None
    milliseconds: float | None
    answered: bool | None
    checksum: Literal["ok", "wrong", "none", "masked"] | None
    garbage: str | None
    hex: str | None


class Frame(Step):
    """`number`: of the transfer that completed it."""

    number: int


class DeviceWire(Model):
    """Frames, oldest first. `next`: the `after` of the next question; `more`: there are further ones now. `missed`: some that came
    behind `after` are not kept any more. `problems`: why frames are shown as bytes."""

    device: str
    connected: bool
    frames: tuple[Frame, ...]
    next: str
    more: bool
    missed: bool
    problems: tuple[str, ...]


class JobWire(Model):
    """All that happened to a job, oldest first. `verdict`: how it stands and why, in sentences; `missing`: what could not be had."""

    job: str
    state: JobState
    verdict: tuple[str, ...]
    missing: tuple[str, ...]
    timeline: tuple[Step, ...]
    next: int | None


class ScanSummary(Model):
    """How far the scan is that runs, or the last one. `found`: how many devices."""

    id: str | None
    state: Literal["none", "running", "stopped", "done"]
    started_at: Moment | None
    finished_at: Moment | None
    progress: ScanProgress
    found: int
