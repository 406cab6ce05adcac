"""What goes over the socket beside the calls of the API: session methods, notifications, close codes.

The calls themselves are the table ROUTES. The two tables here and that one are all that the protocol has; documents
that describe it are made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Annotated, Any

from pydantic import Field

from bridge.model import EventKind, Model
from bridge.model.job import Attention
from bridge.server.answers import WaitingPairing
from bridge.server.bodies import Nonce, TokenId
from bridge.server.glances import ScanSummary, ShownHealth

Proof = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$", description="An HMAC-SHA256 in base64url without `=`.")]
Seq = Annotated[int, Field(ge=0, le=2**53 - 1, description="The number of an event in the journal.")]
Epoch = Annotated[str, Field(min_length=1, max_length=100, description="Which journal the numbers of events belong to.")]
JobJson = Annotated[dict[str, Any], Field(description="The job as it stands now, as GET /jobs/{id} gives it.")]
JobId = Annotated[str, Field(min_length=1, max_length=100)]
DeviceId = Annotated[str, Field(min_length=1, max_length=100)]


class CloseCode(IntEnum):
    """Why the server closes a socket. 1002, 1007 and 1009 come from the WebSocket protocol itself."""

    NORMAL = 1000
    STOPPING = 1001
    BINARY = 1003
    INTERNAL = 1011
    SLOW = 1013
    UNAUTHORISED = 4401
    FORBIDDEN = 4403
    SILENT = 4408
    TOO_MANY = 4429


# -- session methods ---------------------------------------------------------------------------------------------------


class Authenticate(Model):
    """The first message: who the client is, and its challenge."""

    token_id: TokenId
    nonce: Nonce
    lang: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$")] | None = None


class Challenge(Model):
    """The server's proof that it knows the token, and its own challenge."""

    nonce: Nonce
    proof: Proof


class Confirm(Model):
    """The client's proof, after it has checked the server's."""

    proof: Proof


class Welcome(Model):
    """The session is open. `lang`: errors of jobs speak it where their family has it, else English; all else is English."""

    principal: str
    label: str
    lang: str
    instance_id: str
    version: str
    epoch: Epoch
    limits: dict[str, int | float]


class Nothing(Model):
    """No parameters."""


class Pong(Model):
    at: datetime


class Subscribe(Model):
    """Events behind `after` (None: from now on), of these devices and kinds (None: all that the token may see, but health.updated,
    pairing.updated and discovery.updated, which are told where they are named).

    `epoch` must go with `after`, as it was told with it. A new subscription takes the place of the one before.
    """

    after: Seq | None = None
    epoch: Epoch | None = None
    devices: Annotated[tuple[DeviceId, ...], Field(max_length=1000)] | None = None
    kinds: Annotated[tuple[EventKind, ...], Field(max_length=10)] | None = None


class Subscribed(Model):
    """The subscription begins behind `after`; `last` is the newest event there is."""

    epoch: Epoch
    after: Seq
    last: Seq


class Unsubscribed(Model):
    """The last event that was sent or passed over; None where there was no subscription."""

    after: Seq | None


@dataclass(frozen=True, slots=True)
class SessionMethod:
    """A method that is no call of the API."""

    params: type[Model]
    result: type[Model]
    summary: str


SESSION_METHODS: dict[str, SessionMethod] = {
    "session.authenticate": SessionMethod(Authenticate, Challenge, "Say who you are; the server proves itself first."),
    "session.confirm": SessionMethod(Confirm, Welcome, "Prove yourself; the session is open."),
    "session.ping": SessionMethod(Nothing, Pong, "Is anybody there? The server's time."),
    "events.subscribe": SessionMethod(Subscribe, Subscribed, "Events from now on, or from a place in the journal."),
    "events.unsubscribe": SessionMethod(Nothing, Unsubscribed, "No more events."),
}


# -- notifications -----------------------------------------------------------------------------------------------------


class JobUpdated(Model):
    """A job came to be, or took a step. `state`: what it became then; `job`: how it stands now."""

    seq: Seq
    at: datetime
    device: DeviceId
    job_id: JobId
    state: str
    job: JobJson


class JobAmended(Model):
    """Registration, paper or payment outcome of a finished job changed."""

    seq: Seq
    at: datetime
    device: DeviceId
    job_id: JobId
    changes: dict[str, Any]
    job: JobJson


class JobPrompt(Model):
    """Why a job waits for a person; None: it no longer does."""

    seq: Seq
    at: datetime
    device: DeviceId
    job_id: JobId
    attention: Attention | None


class DeviceUpdated(Model):
    """How a device stands: the members of GET /devices/{id}/status without `live`. None: it was removed. Has no seq."""

    device: DeviceId
    status: dict[str, Any] | None


class HealthUpdated(Model):
    """How the bridge is: GET /health, without the number of commits. Has no seq. Administrators, where `kinds` names it."""

    health: ShownHealth


class PairingUpdated(Model):
    """Which pages wait to be let in, all of them: GET /pairing. Has no seq. Administrators, where `kinds` names it."""

    pairings: tuple[WaitingPairing, ...]


class DiscoveryUpdated(Model):
    """How far the search for devices is; GET /discovery tells what it found. Has no seq. Administrators, where `kinds` names it."""

    scan: ScanSummary


class EventsReset(Model):
    """The subscription has ended: events that it had not had yet are no longer kept.

    Subscribe again after `last`, then list the jobs.
    """

    epoch: Epoch
    pruned: Seq
    last: Seq


NOTIFICATIONS: dict[str, type[Model]] = {
    EventKind.JOB_UPDATED.value: JobUpdated,
    EventKind.JOB_AMENDED.value: JobAmended,
    EventKind.JOB_PROMPT.value: JobPrompt,
    EventKind.DEVICE_UPDATED.value: DeviceUpdated,
    EventKind.HEALTH_UPDATED.value: HealthUpdated,
    EventKind.PAIRING_UPDATED.value: PairingUpdated,
    EventKind.DISCOVERY_UPDATED.value: DiscoveryUpdated,
    "events.reset": EventsReset,
}
