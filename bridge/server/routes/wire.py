"""What went over the wire: of a device as it goes, of a job as it was kept. Decoded by the family, masked before it was kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from bridge.model import Job
from bridge.model.texts import told
from bridge.server import logplace
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Reply, query
from bridge.server.diagnosis.live import after_of, recent_frames
from bridge.server.diagnosis.timeline import assemble
from bridge.server.diagnosis.verdict import verdict
from bridge.server.glances import DeviceWire, JobWire
from bridge.server.routes.jobs import flag, whole
from bridge.server.routing import Route
from bridge.transport import SECRETS

_PAGE = 200
_LARGEST_PAGE = 1000
_STEPS = 500
_MOST_STEPS = 2000
_LAST_STEP = 999_999_999


async def device(call: Call) -> Answer:
    """The frames that went over the device's links last, oldest first. `after` the `next` of the answer before: those since."""
    asked = call.known_query("after", "limit")
    limit = whole("limit", asked.get("limit"), default=_PAGE, most=_LARGEST_PAGE)
    after = after_of(asked.get("after"))
    runtime = call.bridge.devices.runtime(call.parameters["device"])
    families = call.bridge.registry.families
    async with call.access.looking_back:
        told = await asyncio.to_thread(recent_frames, runtime.ring, after, limit, runtime.config.family, families, SECRETS)
    return Answer({"device": runtime.id, "connected": runtime.connected, **told})


async def job(call: Call) -> Answer:
    """A job's time line: states, checkpoints, prompts, acts, each frame with its fields, and in sentences how it stands and why.

    Lines of the log stand in it for administrators, where `logs` asks for them. `next` is the `after` of the next page.
    """
    asked = call.known_query("after", "limit", "logs")
    limit = whole("limit", asked.get("limit"), default=_STEPS, most=_MOST_STEPS)
    after = whole("after", asked.get("after"), default=0, least=0, most=_LAST_STEP)
    logs = (flag("logs", asked.get("logs")) or False) and call.holder.administers and call.holder.scope.devices is None
    found = await call.bridge.jobs.get(call.parameters["job"])
    trace = await call.bridge.jobs.trace(found.id)
    async with call.access.looking_back:
        return Answer(await asyncio.to_thread(_time_line, call, found, trace, logs, after, limit))


def _time_line(call: Call, found: Job, trace: dict[str, Any], logs: bool, after: int, limit: int) -> dict[str, Any]:
    data_dir = call.bridge.data_dir
    call.bridge.traces.catch_up(found.id)
    log_dir = logplace.directory_of(data_dir) if logs else None
    said = found.as_json(call.languages)
    line = assemble(said, trace, "server", data_dir, log_dir, call.bridge.registry.families, SECRETS)
    steps = line.steps[after : after + limit]
    end = after + len(steps)
    return {
        "job": found.id,
        "state": found.state.value,
        "verdict": [told(sentence, call.languages) for sentence in verdict(line, commands=False)],
        "missing": [told(sentence, call.languages) for sentence in dict.fromkeys(line.missing)],
        "timeline": [_said(step.as_answer(), call.languages) for step in steps],
        "next": end if end < len(line.steps) else None,
    }


def _said(step: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """A step in the reader's language, as far as its title is the bridge's own; the lines of the log stay as they are."""
    if step["kind"] not in ("phase", "prompt", "sent", "received"):
        return step
    return {**step, "title": told(step["title"], languages)}


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "GET",
        "/devices/{device}/wire",
        device,
        "devices.wire",
        Description(
            "administration",
            {200: Reply("Frames.", DeviceWire)},
            parameters=(
                query("after", "The `next` of the answer before.", {"type": "string", "pattern": "^[0-9a-f]{8}-[0-9]{1,12}$"}),
                query(
                    "limit",
                    "How many, or a few more.",
                    {"type": "integer", "minimum": 1, "maximum": _LARGEST_PAGE, "default": _PAGE},
                ),
            ),
        ),
    ),
    Route(
        "GET",
        "/jobs/{job}/wire",
        job,
        "jobs.wire",
        Description(
            "jobs",
            {200: Reply("The time line.", JobWire)},
            parameters=(
                query("after", "The `next` of the page before.", {"type": "integer", "minimum": 0, "maximum": _LAST_STEP}),
                query("limit", "How many steps.", {"type": "integer", "minimum": 1, "maximum": _MOST_STEPS, "default": _STEPS}),
                query("logs", "`true`: with lines of the log.", {"enum": ["true", "false"]}),
            ),
        ),
    ),
)
