"""Jobs: one operation on one device. The HTTP status tells about the request only; a failed job is 200 with its state."""

from __future__ import annotations

from urllib.parse import quote

from bridge.model import ERRORS, FieldError, Job, JobState, Operation, ReceiptCopy, RequestError
from bridge.paper import Format
from bridge.server.answers import AbortAnswer, Jobs, Trace
from bridge.server.bodies import AnswerPrompt, Plain, Resolve, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import APPLIED, IDEMPOTENCY_KEY, KEY_IF_ANY, WAIT, Description, Header, Reply, query
from bridge.server.pictures import DISPOSITION, TYPES, format_parameter, picture, wanted_format
from bridge.server.routing import Route

PAGE = 50
LARGEST_PAGE = 200


async def submit(call: Call) -> Answer:
    """One operation. 200 with the finished job, 202 with the job as it stands; the same key again is the same job."""
    call.known_query()
    actor = call.actor()
    return await _submitted(call, await call.bridge.jobs.submit(actor, call.parameters["device"], call.key, call.body))


async def _submitted(call: Call, job: Job) -> Answer:
    if call.wait and not job.state.final:
        job = await call.unless_gone(call.bridge.jobs.wait(job.id, call.wait)) or await call.bridge.jobs.get(job.id)
    if job.state.final:
        return Answer(job.as_json(call.languages), 200, applied(call))
    return Answer(job.as_json(call.languages), 202, {"Location": f"/api/v1/jobs/{quote(job.id, safe='')}", **applied(call)})


async def try_out(call: Call) -> Answer:
    """Print a test page: this computer, the device, the time, the characters that it can show. It is a job as any other.

    Where the request has an `Idempotency-Key`, a repetition prints nothing more.
    """
    call.known_query()
    validated(Plain, call.body)
    return await _submitted(call, await call.bridge.jobs.try_out(call.actor(), call.parameters["device"], call.key))


async def one(call: Call) -> Answer:
    """A job with its history. With `Prefer: wait=N` the answer waits for its final state as long."""
    call.known_query()
    job = await call.bridge.jobs.get(call.parameters["job"])
    if call.wait and not job.state.final:
        job = await call.unless_gone(call.bridge.jobs.wait(job.id, call.wait)) or await call.bridge.jobs.get(job.id)
    return Answer(job.as_json(call.languages), 200, applied(call))


async def receipt(call: Call) -> Answer:
    """The job's paper: receipt, report, slip, as it stands now, with what the device and the authority said of it.

    It is a picture of the document and no document itself. Over the WebSocket it is a string, a PNG in base64. `copy` names one of
    the slips that a card terminal gave for the till to print.
    """
    asked = call.known_query("format", "copy")
    wanted = wanted_format(asked.get("format")) or Format.TEXT
    copy = asked.get("copy")
    if copy is not None and copy not in set(ReceiptCopy):
        raise _wrong("copy", f"must be one of {', '.join(ReceiptCopy)}")
    job = call.parameters["job"]
    sheet = await call.bridge.jobs.paper(job, ReceiptCopy(copy) if copy is not None else None)
    return await picture(sheet, wanted, f"receipt-{job}")


async def trace(call: Call) -> Answer:
    """What the history leaves out: checkpoints with what the driver wrote down, prompts, what people did."""
    call.known_query()
    return Answer(await call.bridge.jobs.trace(call.parameters["job"]))


async def listing(call: Call) -> Answer:
    """Jobs by device, state, reference or whether their outcome was collected; `next` continues with `after`.

    A till's token lists the jobs of its own till: of its origin (or program) and label. An administrator's lists all.
    """
    asked = call.known_query("device", "state", "reference", "collected", "after", "limit")
    state = asked.get("state")
    if state is not None and not set(state.split(",")) <= set(JobState):
        raise _wrong("state", f"must be one or several of {', '.join(JobState)}, with commas between")
    jobs, following = await call.bridge.jobs.list(
        device=asked.get("device"),
        state=state,
        reference=asked.get("reference"),
        collected=flag("collected", asked.get("collected")),
        after=asked.get("after"),
        limit=whole("limit", asked.get("limit"), default=PAGE, most=LARGEST_PAGE),
        devices=call.holder.scope.devices,
        owner=call.owner,
    )
    return Answer({"jobs": [job.as_json(call.languages) for job in jobs], "next": following})


async def ack(call: Call) -> Answer:
    """The till has the outcome."""
    call.known_query()
    validated(Plain, call.body)
    return _job(await call.bridge.jobs.ack(call.actor(), call.parameters["job"]), call)


async def answer(call: Call) -> Answer:
    """Answer the question that the job's `attention` puts."""
    call.known_query()
    given = validated(AnswerPrompt, call.body)
    return _job(await call.bridge.jobs.answer(call.actor(), call.parameters["job"], given.prompt_id, given.choice), call)


async def abort(call: Call) -> Answer:
    """Ask for the job's end. Says whether that was possible, never how the job ended."""
    call.known_query()
    validated(Plain, call.body)
    return Answer({"abort": await call.bridge.jobs.abort(call.actor(), call.parameters["job"])})


async def resolve(call: Call) -> Answer:
    """Settle an unresolved job by hand, with a reason for the audit; `recheck` asks the device once more."""
    call.known_query()
    given = validated(Resolve, call.body)
    return _job(
        await call.bridge.jobs.resolve(call.actor(), call.parameters["job"], given.verdict, given.reason, given.document), call
    )


def _job(job: Job, call: Call) -> Answer:
    return Answer(job.as_json(call.languages))


def applied(call: Call) -> dict[str, str]:
    """The header that says how long was waited at most."""
    return {} if call.wait is None else {"Preference-Applied": f"wait={call.wait:g}"}


def _wrong(name: str, message: str) -> RequestError:
    return RequestError("request.invalid", f"{name}: {message}", (FieldError(name, message),))


def flag(name: str, value: str | None) -> bool | None:
    """Whether the query says `true` or `false`; None where it does not say."""
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


# A family's own check may refuse an operation with any of these; which, is for its documentation.
_OF_AN_OPERATION = (
    *(code for code in ERRORS if code.startswith(("device.", "terminal.", "plugin."))),
    "request.unsupported",
    "request.conflict",
    "request.expired",
    "request.key_missing",
    "request.key_reused",
    "request.duplicate_reference",
)

_FILTERS = (
    query("device", "Of this device only.", {"type": "string"}),
    query(
        "state",
        "In one of these states; several with commas between.",
        {"type": "array", "items": {"enum": [state.value for state in JobState]}, "minItems": 1},
        style="form",
        explode=False,
    ),
    query("reference", "With this reference of the till.", {"type": "string"}),
    query("collected", "`false`: outcomes that nobody has acknowledged yet.", {"enum": ["true", "false"]}),
    query("after", "The `next` of the page before.", {"type": "string"}),
    query("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE}),
)

_AS_IT_STANDS = Reply("The job as it stands now.", Job)

ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/devices/{device}/jobs",
        submit,
        "devices.submit",
        Description(
            "jobs",
            {
                200: Reply("The job, done or failed.", Job, APPLIED),
                202: Reply("The job, accepted and not final yet.", Job, {"Location": Header("The job's address."), **APPLIED}),
            },
            body=Operation,
            parameters=(IDEMPOTENCY_KEY, WAIT),
            errors=_OF_AN_OPERATION,
        ),
    ),
    Route(
        "POST",
        "/devices/{device}/test",
        try_out,
        "devices.test",
        Description(
            "administration",
            {
                200: Reply("The job, done or failed.", Job, APPLIED),
                202: Reply("The job, accepted and not final yet.", Job, {"Location": Header("The job's address."), **APPLIED}),
            },
            body=Plain,
            parameters=(KEY_IF_ANY, WAIT),
            errors=_OF_AN_OPERATION,
        ),
    ),
    Route("GET", "/jobs", listing, "jobs.list", Description("jobs", {200: Reply("A page.", Jobs)}, parameters=_FILTERS)),
    Route("GET", "/jobs/{job}", one, "jobs.get", Description("jobs", {200: Reply("The job.", Job, APPLIED)}, parameters=(WAIT,))),
    Route(
        "GET",
        "/jobs/{job}/receipt",
        receipt,
        "jobs.receipt",
        Description(
            "jobs",
            {200: Reply("The paper.", str, DISPOSITION, TYPES[0], TYPES[1:])},
            parameters=(
                format_parameter("How it is shown.", default=Format.TEXT.value),
                query(
                    "copy",
                    "Of a card payment: which of the terminal's slips; the customer's where it is left out.",
                    {"enum": [copy.value for copy in ReceiptCopy]},
                ),
            ),
            errors=("request.no_paper", "request.too_large"),
        ),
    ),
    Route("GET", "/jobs/{job}/trace", trace, "jobs.trace", Description("jobs", {200: Reply("Its trace.", Trace)})),
    Route(
        "POST",
        "/jobs/{job}/ack",
        ack,
        "jobs.ack",
        Description("jobs", {200: _AS_IT_STANDS}, body=Plain, errors=("request.conflict",)),
    ),
    Route(
        "POST",
        "/jobs/{job}/answer",
        answer,
        "jobs.answer",
        Description("jobs", {200: _AS_IT_STANDS}, body=AnswerPrompt, errors=("request.conflict",)),
    ),
    Route(
        "POST",
        "/jobs/{job}/abort",
        abort,
        "jobs.abort",
        Description("jobs", {200: Reply("Whether that was possible.", AbortAnswer)}, body=Plain),
    ),
    Route(
        "POST",
        "/jobs/{job}/resolve",
        resolve,
        "jobs.resolve",
        Description("jobs", {200: _AS_IT_STANDS}, body=Resolve, errors=("request.conflict",)),
    ),
)
