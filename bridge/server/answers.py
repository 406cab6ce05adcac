"""What the calls answer, as models: the words of the description and of the tests.

The handlers send plain dictionaries and are not slowed down by these; the tests hold every answer that they see against
them. Documents, results and jobs are the uniform vocabulary's own (`bridge.model`).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from bridge.devices.config import Deadlines, DeviceConfig, Timeouts
from bridge.devices.discovery.request import ScanRequest
from bridge.devices.discovery.scan import PlaceOutcome
from bridge.model import (
    ERRORS,
    Actor,
    Alert,
    Attention,
    Capabilities,
    DeviceState,
    DeviceStatus,
    Identity,
    Job,
    Model,
    Moment,
)
from bridge.server.access.pairing import State as PairingProgress
from bridge.server.access.scopes import Right
from bridge.server.principals import Kind

Code = Annotated[str, Field(json_schema_extra={"enum": sorted(ERRORS)})]


class Ping(Model):
    """Who answers here. `instance_id` is the same as long as the data directory is."""

    name: Literal["tillbridge"]
    version: str
    instance_id: str


class ProofAnswer(Model):
    """The server's nonce, and its proof over both nonces: docs/websocket.md says how to compare it."""

    nonce: str
    proof: str


class SessionReport(Model):
    """What the token that asks is: whose, and what it may do. `devices` null: all.

    `aliases`: what each stands for now; null: not for the PC that the session is used from.
    """

    token_id: str
    kind: Kind
    principal: str
    label: str
    scopes: tuple[Right, ...]
    devices: tuple[str, ...] | None
    aliases: dict[str, str | None]


class NewSecret(Model):
    """A token's text, told this once: only its hash is kept."""

    token_id: str
    token: str


class ConsoleSession(NewSecret):
    """A console is signed in, for so many seconds at most. `idle_seconds`: and without a sign of a person; null: no such limit."""

    expires_in: int
    idle_seconds: int | None


class AttendantState(Model):
    """The attendant's PIN. `devices` null: all. `wrong`: tries since the last right one; `locked_for`: seconds, 0 where it is not.

    `sessions`: how many are signed in.
    """

    set: bool
    devices: tuple[str, ...] | None
    set_at: Moment | None
    set_by: str | None
    wrong: int
    locked_for: int
    sessions: int


class ConsoleLink(Model):
    """Works once, and for so many seconds. Open it in a browser of this PC."""

    link: str
    expires_in: int


class PairingAsked(Model):
    """Show the code: the person at the till compares it. Then ask every `poll_seconds` what became of it."""

    pairing_id: str
    verification_code: str
    expires_in: int
    poll_seconds: int


class PairingState(Model):
    """What became of a pairing. The token is told once, with the first answer behind the approval; keep it."""

    state: PairingProgress
    expires_in: int
    token: str | None
    token_id: str | None
    scopes: tuple[Right, ...]


class WaitingPairing(Model):
    """A page that waits to be let in. `user`: of the PC, where known; `scopes`: what it asks for."""

    pairing_id: str
    origin: str
    app_name: str
    verification_code: str
    scopes: tuple[Right, ...]
    user: str | None
    expires_in: int


class WaitingPairings(Model):
    pairings: tuple[WaitingPairing, ...]


class TokenInfo(Model):
    """A token, without what is secret of it. `source`: of the journal, or of the provisioning file, which alone can change it."""

    token_id: str
    kind: Literal["web", "native"]
    origin: str | None
    label: str
    scopes: tuple[Right, ...]
    devices: tuple[str, ...] | None
    aliases: dict[str, str]
    routes: dict[str, dict[str, str]]
    user: str | None
    user_id: str | None
    session: str | None
    created_at: Moment
    expires_at: Moment | None
    last_used: Moment | None
    source: Literal["journal", "file"]


class TokenList(Model):
    tokens: tuple[TokenInfo, ...]


class TokenMade(TokenInfo):
    """The new token; its text is told this once."""

    token: str


class PairingDecided(Model):
    """`token`: what the page was given; null where it was sent away."""

    decision: Literal["approve", "reject"]
    token: TokenInfo | None


class HealthWord(Model):
    """What strangers learn: whether all is well. `down`: no document can be accepted."""

    status: Literal["ok", "degraded", "down"]


class JournalHealth(Model):
    """`commits`: how often the journal was written since the start."""

    writable: bool
    commits: int


class JobCounts(Model):
    open: int
    unresolved: int


class HealthReport(HealthWord):
    """Degraded when something needs a person; `problems` says what, one sentence each. `devices`: the state of each."""

    problems: tuple[str, ...]
    journal: JournalHealth
    devices: dict[str, DeviceState]
    jobs: JobCounts


class EndpointFacts(Model):
    """A kind of address. `defaults`: URL options where the URL names none; `options`: JSON Schema of all that there are;
    `shareable`: several devices may be behind one; `ports`: the usual ones; `available`: this bridge can open it."""

    defaults: dict[str, str]
    options: dict[str, Any]
    shareable: bool
    example: str
    ports: tuple[int, ...]
    available: bool


class FoundBy(Model):
    """By what discovery knows such a device before it has asked it: USB ids (`vendor:product`, hexadecimal, `*` any), mDNS."""

    usb: tuple[str, ...]
    mdns: tuple[str, ...]


class ServiceAction(Model):
    """A set-up or service action. `form` is the JSON Schema of its input."""

    id: str
    title: str
    form: dict[str, Any]


class Family(Model):
    """A kind of device that a plugin knows. `settings` is the JSON Schema of its settings, `secrets` those kept apart."""

    id: str
    title: str
    settings: dict[str, Any]
    secrets: tuple[str, ...]
    endpoints: dict[str, EndpointFacts]
    found_by: FoundBy
    actions: tuple[ServiceAction, ...]


class Plugin(Model):
    """An installed plugin: what it brings, or in `problem` why it does not work."""

    plugin: str
    distribution: str
    version: str
    problem: str | None
    simulators: tuple[str, ...]
    families: tuple[Family, ...]


class Families(Model):
    """`device` is the JSON Schema of what every device has beside its family's settings."""

    families: tuple[Plugin, ...]
    device: dict[str, Any]


class Device(Model):
    """A configured device. Secrets among `settings` are shown as asterisks; who is no administrator gets neither `url` nor them.

    `seen` is who answers now where that is another than the pinned `identity`; `queue` and `open_jobs` are ids of jobs;
    `journal_hold` says why documents wait until an administrator accepts the journal.
    """

    id: str
    family: str
    title: str | None
    url: str | None
    shared: bool
    fit: Literal["strict", "lenient"]
    deadlines: Deadlines
    timeouts: Timeouts
    settings: dict[str, Any] | None
    state: DeviceState
    reason: str | None
    identity: Identity | None
    seen: Identity | None
    capabilities: Capabilities | None
    journal_hold: str | None
    alerts: tuple[Alert, ...]
    queue: tuple[str, ...]
    open_jobs: tuple[str, ...]


class DeviceSettings(Model):
    """A device's configuration, to be edited: `config` is what PUT takes. Secrets are shown as ten asterisks; `secrets` names
    those that are set."""

    id: str
    config: DeviceConfig
    secrets: tuple[str, ...]


class Devices(Model):
    devices: tuple[Device, ...]


class StatusReport(Model):
    """What a device says of itself. `live` is false where `status` is what it said last (see its `as_of`)."""

    device: str
    state: DeviceState
    reason: str | None
    live: bool
    status: DeviceStatus | None
    queue: tuple[str, ...]
    open_jobs: tuple[str, ...]
    last_error: str | None
    alerts: tuple[Alert, ...]
    journal_hold: str | None


class Jobs(Model):
    """Newest first. `next` is the `after` of the next page, null on the last one."""

    jobs: tuple[Job, ...]
    next: str | None


class Payments(Model):
    """Jobs of card payments, newest first. `next` is the `after` of the next page, null on the last one."""

    payments: tuple[Job, ...]
    next: str | None


class AbortAnswer(Model):
    """Whether the job could be stopped; what became of it is the job's to say."""

    abort: Literal["requested", "too_late", "unsupported"]


class TracePoint(Model):
    """A checkpoint: what the driver (or, with `#`, the host) wrote down before it went on. `data` is the family's."""

    at: Moment
    name: str
    data: dict[str, Any]


class TracePrompt(Model):
    """Why the job waited from then on; null: it waited no more."""

    at: Moment
    attention: Attention | None


class TraceAct(Model):
    """What a person did with the job."""

    at: Moment
    action: str
    actor: Actor
    detail: dict[str, Any]


class Trace(Model):
    """What a job's history leaves out, each oldest first."""

    job: str
    checkpoints: tuple[TracePoint, ...]
    prompts: tuple[TracePrompt, ...]
    acts: tuple[TraceAct, ...]


class AuditEntry(Model):
    """One act: who did what to which device or job. `detail` depends on the action."""

    seq: int
    at: Moment
    actor: Actor
    action: str
    subject: str
    detail: dict[str, Any]


class Audit(Model):
    """Oldest first. `next` is the `after` of the next page, null on the last one."""

    audit: tuple[AuditEntry, ...]
    next: int | None


class Bytes(Model):
    """What went over a wire: how many, the first of them as printable text and as hexadecimal. `cut`: there were more."""

    bytes: int
    text: str
    hex: str
    cut: bool


class ScanAttempt(Model):
    """One family's question at one place, and what came of it."""

    family: str
    url: str
    outcome: Literal["identified", "unrecognised", "silent", "not_opened", "failed", "hung"]
    reason: str
    identity: Identity | None
    seconds: float
    sent: Bytes | None
    received: Bytes | None


class AddressChecked(Model):
    """Who answers at an address. `identified`: `identity` does. `configured`: it is the address of `device`, which was left alone.

    `configured_as`: the device that this machine is configured as already, at another address.
    """

    outcome: Literal["identified", "unrecognised", "silent", "not_opened", "failed", "hung", "configured", "in_use"]
    reason: str
    identity: Identity | None
    device: str | None
    configured_as: str | None
    seconds: float
    sent: Bytes | None
    received: Bytes | None


class ScannedPlace(Model):
    """A port, host or USB device that was looked at, or why it was not."""

    kind: str
    name: str
    description: str | None
    usb: str | None
    outcome: PlaceOutcome
    reason: str
    device: str | None
    seconds: float
    attempts: tuple[ScanAttempt, ...]


class FoundDevice(Model):
    """What a scan found. `family` and `url` are what PUT /devices/{device}/config takes.

    `configured_as`: the device that it is already; `left_alone`: it was not asked; `ambiguous_with`: families that know it too.
    """

    family: str
    title: str | None
    identity: Identity | None
    url: str
    place: str
    configured_as: str | None
    left_alone: bool
    ambiguous_with: tuple[str, ...]


class ScanProgress(Model):
    places: int
    done: int


class ScanReport(Model):
    """The scan that runs, or the last one; state `none` before the first."""

    id: str | None
    state: Literal["none", "running", "stopped", "done"]
    started_at: Moment | None
    finished_at: Moment | None
    request: ScanRequest | None
    progress: ScanProgress
    found: tuple[FoundDevice, ...]
    places: tuple[ScannedPlace, ...]
    problems: tuple[str, ...]


class ProblemField(TypedDict):
    """One thing wrong in a request: where, what, the limit that it broke, and what to do."""

    field: str
    message: str
    limit: NotRequired[str]
    remedy: NotRequired[str]


class Problem(TypedDict):
    """A refused request (RFC 9457): nothing was stored, its key stays free. `code` is stable; texts are for people.

    `job`, `jobs` and `scan` name what stands in the way, `limit` a size in bytes, `incident` a line of the bridge's log,
    `given` and `computed` the two figures that disagree; `retry_after`: seconds. `reason`, `epoch`, `pruned` and `last` say from
    where events can be resumed (WebSocket only). `reason` `being_asked`: the device is asked about this job just now.
    """

    type: Annotated[str, Field(examples=["urn:tillbridge:error:request.invalid"])]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    code: Code
    detail: str
    remedy: str
    retry: Literal["never", "safe", "after_recovery"]
    errors: list[ProblemField]
    job: NotRequired[str]
    jobs: NotRequired[list[str]]
    limit: NotRequired[int]
    incident: NotRequired[str]
    scan: NotRequired[str]
    retry_after: NotRequired[int]
    given: NotRequired[str]
    computed: NotRequired[str]
    reason: NotRequired[str]
    epoch: NotRequired[str]
    pruned: NotRequired[int]
    last: NotRequired[int]


class BareProblem(TypedDict):
    """A refused connection: too many are busy. Try again in a moment."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
