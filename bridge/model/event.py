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
    HEALTH_UPDATED = "health.updated"
    PAIRING_UPDATED = "pairing.updated"
    DISCOVERY_UPDATED = "discovery.updated"


VIEWS = frozenset({EventKind.HEALTH_UPDATED, EventKind.PAIRING_UPDATED, EventKind.DISCOVERY_UPDATED})
"""What an administrator's page shows as a whole. Told as it stands, only to administrators, only where it is asked for by name."""


class Event(Model):
    """One event. `seq` is None for volatile ones (device status): they cannot be resumed."""

    seq: int | None
    at: Moment
    kind: EventKind
    device: str
    job: str | None = None
    data: dict[str, Any] = {}
