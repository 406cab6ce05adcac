"""Card payments among the jobs: listed by outcome and time, and looked up again at the terminal."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from pydantic import TypeAdapter, ValidationError

from bridge.model import Job, JobState, Moment, Outcome, invalid
from bridge.server.answers import Payments
from bridge.server.bodies import Plain, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import APPLIED, WAIT, Description, Header, Reply, query
from bridge.server.routes.jobs import LARGEST_PAGE, PAGE, applied, whole
from bridge.server.routing import Route

_MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


async def listing(call: Call) -> Answer:
    """Card payments, refunds and reversals, newest first, by outcome and by when they were accepted; `next` continues with `after`.

    `original` lists what was done with one of them: its refunds, its reversal, the capture of a reservation.
    A till's token lists the payments of its own till, an administrator's all.
    """
    asked = call.known_query("device", "state", "outcome", "reference", "original", "from", "to", "after", "limit")
    state = asked.get("state")
    if state is not None:
        _several("state", state, [one.value for one in JobState])
    outcomes = asked.get("outcome")
    payments, following = await call.bridge.payments.list(
        device=asked.get("device"),
        state=state,
        outcomes=[Outcome(one) for one in _several("outcome", outcomes, [known.value for known in Outcome])] if outcomes else (),
        reference=asked.get("reference"),
        since=_moment("from", asked.get("from")),
        until=_moment("to", asked.get("to")),
        original=asked.get("original"),
        after=asked.get("after"),
        limit=whole("limit", asked.get("limit"), default=PAGE, most=LARGEST_PAGE),
        devices=call.holder.scope.devices,
        owner=call.owner,
    )
    return Answer({"payments": [job.as_json(call.languages) for job in payments], "next": following})


async def refresh(call: Call) -> Answer:
    """Ask the terminal again what became of a payment: one in doubt is recovered at once, one that is done is looked up once more.

    200 with the job as it stands behind the answer; 202 while the answer is still to come (it is told as an event). A reversal that is
    found so is an amendment of the job and an alert of the device.
    """
    call.known_query()
    validated(Plain, call.body)
    job_id = call.parameters["job"]
    asked = await call.unless_gone(call.bridge.payments.refresh(call.actor(), job_id, call.wait))
    job, answered = asked if asked is not None else (await call.bridge.jobs.get(job_id), False)
    if answered:
        return Answer(job.as_json(call.languages), 200, applied(call))
    return Answer(job.as_json(call.languages), 202, {"Location": f"/api/v1/jobs/{quote(job.id, safe='')}", **applied(call)})


def _several(name: str, value: str, known: list[str]) -> list[str]:
    """Values with commas between, each one of those that are known."""
    given = [part.strip() for part in value.split(",")]
    if not set(given) <= set(known):
        raise invalid(name, "must be one or several, with commas between", limit=", ".join(known))
    return given


def _moment(name: str, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return _MOMENT.validate_python(value)
    except ValidationError:
        message = "must be a time with its zone, as RFC 3339 has it (in an address + is written %2B)"
        raise invalid(name, message, limit="e.g. 2026-11-20T09:00:00Z") from None


_FILTERS = (
    query("device", "Of this device only.", {"type": "string"}),
    query(
        "state",
        "In one of these states; several with commas between.",
        {"type": "array", "items": {"enum": [state.value for state in JobState]}, "minItems": 1},
        style="form",
        explode=False,
    ),
    query(
        "outcome",
        "With one of these outcomes; several with commas between.",
        {"type": "array", "items": {"enum": [outcome.value for outcome in Outcome]}, "minItems": 1},
        style="form",
        explode=False,
    ),
    query("reference", "With this reference of the till.", {"type": "string"}),
    query("original", "That take back, finish or change the payment of this job.", {"type": "string"}),
    query("from", "Accepted at this time or later.", {"type": "string", "format": "date-time"}),
    query("to", "Accepted before this time.", {"type": "string", "format": "date-time"}),
    query("after", "The `next` of the page before.", {"type": "string"}),
    query("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}),
)

_UNANSWERED = (
    "request.conflict",
    "request.unsupported",
    "device.offline",
    "device.wrong_device",
    "device.unresolved",
    "device.busy",
    "device.rejected",
    "terminal.busy",
    "terminal.not_ready",
    "terminal.no_such_payment",
    "plugin.error",
)

ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "GET",
        "/payments",
        listing,
        "payments.list",
        Description("jobs", {200: Reply("A page.", Payments)}, parameters=_FILTERS),
    ),
    Route(
        "POST",
        "/payments/{job}/refresh",
        refresh,
        "payments.refresh",
        Description(
            "jobs",
            {
                200: Reply("The job, with what the terminal says now.", Job, APPLIED),
                202: Reply(
                    "The job as it stands; the terminal has not answered yet.",
                    Job,
                    {"Location": Header("The job's address."), **APPLIED},
                ),
            },
            body=Plain,
            parameters=(WAIT,),
            errors=_UNANSWERED,
        ),
    ),
)
