"""Jobs: one operation on one device. The HTTP status tells about the request only; a failed job is 200 with its state."""

from __future__ import annotations

from urllib.parse import quote

from bridge.model import FieldError, Job, JobState, RequestError
from bridge.server.bodies import AnswerPrompt, Plain, Resolve, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.routing import Route

_PAGE = 50
_LARGEST_PAGE = 200


async def submit(call: Call) -> Answer:
    """One operation. 200 with the finished job, 202 with the job as it stands; the same key again is the same job."""
    actor = call.actor()
    job = await call.bridge.jobs.submit(actor, call.parameters["device"], call.key, call.body)
    if call.wait and not job.state.final:
        job = await call.unless_gone(call.bridge.jobs.wait(job.id, call.wait)) or await call.bridge.jobs.get(job.id)
    if job.state.final:
        return Answer(job.as_json(call.languages), 200, _applied(call))
    return Answer(job.as_json(call.languages), 202, {"Location": f"/api/v1/jobs/{quote(job.id, safe='')}", **_applied(call)})


async def one(call: Call) -> Answer:
    """A job with its history. With `Prefer: wait=N` the answer waits for its final state as long."""
    call.known_query()
    job = await call.bridge.jobs.get(call.parameters["job"])
    if call.wait and not job.state.final:
        job = await call.unless_gone(call.bridge.jobs.wait(job.id, call.wait)) or await call.bridge.jobs.get(job.id)
    return Answer(job.as_json(call.languages), 200, _applied(call))


async def trace(call: Call) -> Answer:
    """What the history leaves out: checkpoints with what the driver wrote down, prompts, what people did."""
    call.known_query()
    return Answer(await call.bridge.jobs.trace(call.parameters["job"]))


async def listing(call: Call) -> Answer:
    """Jobs by device, state, reference or whether their outcome was collected; `next` continues with `after`."""
    query = call.known_query("device", "state", "reference", "collected", "after", "limit")
    state = query.get("state")
    if state is not None and state not in set(JobState):
        raise _wrong("state", f"must be one of {', '.join(JobState)}")
    jobs, following = await call.bridge.jobs.list(
        device=query.get("device"),
        state=JobState(state) if state is not None else None,
        reference=query.get("reference"),
        collected=_flag("collected", query.get("collected")),
        after=query.get("after"),
        limit=whole("limit", query.get("limit"), default=_PAGE, most=_LARGEST_PAGE),
        devices=call.scope.devices,
    )
    return Answer({"jobs": [job.as_json(call.languages) for job in jobs], "next": following})


async def ack(call: Call) -> Answer:
    """The till has the outcome."""
    validated(Plain, call.body)
    return _job(await call.bridge.jobs.ack(call.actor(), call.parameters["job"]), call)


async def answer(call: Call) -> Answer:
    """Answer the question that the job's `attention` puts."""
    given = validated(AnswerPrompt, call.body)
    return _job(await call.bridge.jobs.answer(call.actor(), call.parameters["job"], given.prompt_id, given.choice), call)


async def abort(call: Call) -> Answer:
    """Ask for the job's end. Says whether that was possible, never how the job ended."""
    validated(Plain, call.body)
    return Answer({"abort": await call.bridge.jobs.abort(call.actor(), call.parameters["job"])})


async def resolve(call: Call) -> Answer:
    """Settle an unresolved job by hand, with a reason for the audit; `recheck` asks the device once more."""
    given = validated(Resolve, call.body)
    return _job(
        await call.bridge.jobs.resolve(call.actor(), call.parameters["job"], given.verdict, given.reason, given.document), call
    )


def _job(job: Job, call: Call) -> Answer:
    return Answer(job.as_json(call.languages))


def _applied(call: Call) -> dict[str, str]:
    return {} if call.wait is None else {"Preference-Applied": f"wait={call.wait:g}"}


def _wrong(name: str, message: str) -> RequestError:
    return RequestError("request.invalid", f"{name}: {message}", (FieldError(name, message),))


def _flag(name: str, value: str | None) -> bool | None:
    if value is None:
        return None
    if value not in ("true", "false"):
        raise _wrong(name, "must be true or false")
    return value == "true"


def whole(name: str, value: str | None, *, default: int, most: int, least: int = 1) -> int:
    """A whole number of the query, from `least` to `most`."""
    if value is None:
        return default
    if not (value.isascii() and value.isdigit() and len(value) <= 9 and least <= int(value) <= most):
        raise _wrong(name, f"must be a whole number from {least} to {most}")
    return int(value)


ROUTES: tuple[Route[Handler], ...] = (
    Route("POST", "/devices/{device}/jobs", submit, "devices.submit"),
    Route("GET", "/jobs", listing, "jobs.list"),
    Route("GET", "/jobs/{job}", one, "jobs.get"),
    Route("GET", "/jobs/{job}/trace", trace, "jobs.trace"),
    Route("POST", "/jobs/{job}/ack", ack, "jobs.ack"),
    Route("POST", "/jobs/{job}/answer", answer, "jobs.answer"),
    Route("POST", "/jobs/{job}/abort", abort, "jobs.abort"),
    Route("POST", "/jobs/{job}/resolve", resolve, "jobs.resolve"),
)
