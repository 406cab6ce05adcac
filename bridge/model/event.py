"""What happened, for those who listen. Job events are rows of the journal; `seq` is the row's id and survives restarts."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from bridge.model.base import Model, Moment


class EventKind(StrEnum):
    JOB_UPDATED = "job.updated"
    JOB_AMENDED = "job.amended"
    JOB_PROMPT = "job.prompt"
    DEVICE_UPDATED = "device.updated"


class Event(Model):
    """One event. `seq` is None for volatile ones (device status): they cannot be resumed."""

    seq: int | None
    at: Moment
    kind: EventKind
    device: str
    job: str | None = None
    data: dict[str, Any] = {}
