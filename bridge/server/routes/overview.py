"""What is seen at a glance: the bridge, every device with what waits and what it did last, jobs in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.model import Job, JobState, spoken_attention
from bridge.server import spoken
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Reply
from bridge.server.glances import Overview
from bridge.server.routing import Route
from bridge.server.version import version


async def overview(call: Call) -> Answer:
    """The bridge and its devices at a glance, for a page that then keeps itself current by notifications. Asks no device.

    Of devices and jobs that the token may see; the sentences of the bridge's problems are for administrators.
    """
    call.known_query()
    sees = call.holder.scope.sees
    devices = [_device(device_id, call) for device_id in sorted(call.bridge.devices.runtimes) if sees(device_id)]
    return Answer(
        {
            "bridge": _bridge(call),
            "devices": devices,
            "jobs": {
                "open": sum(len(device["open_jobs"]) for device in devices),
                "unresolved": sum(len(device["unresolved"]) for device in devices),
            },
        }
    )


def _bridge(call: Call) -> dict[str, Any]:
    bridge, holder = call.bridge, call.holder
    report = spoken.health(bridge.health(), call.languages)
    return {
        "version": version(),
        "instance_id": bridge.instance_id,
        "started_at": bridge.started_at.isoformat(),
        "uptime": round(bridge.uptime, 1),
        "status": report["status"],
        "problems": report["problems"] if holder.administers and holder.scope.devices is None else None,
    }


def _device(device_id: str, call: Call) -> dict[str, Any]:
    runtime = call.bridge.devices.runtime(device_id)
    known = spoken.device(call.bridge.devices.known_status(device_id), call.languages)
    open_jobs = [job for job_id in known["open_jobs"] if (job := call.bridge.jobs.find(job_id)) is not None]
    return {
        "id": device_id,
        "family": runtime.config.family,
        "title": runtime.family.title if runtime.family is not None else None,
        "identity": runtime.identity.model_dump(mode="json") if runtime.identity is not None else None,
        **{
            name: known[name]
            for name in ("state", "reason", "last_error", "status", "queue", "open_jobs", "alerts", "journal_hold")
        },
        "unresolved": [job.id for job in open_jobs if job.state is JobState.UNRESOLVED],
        "waiting": [_waiting(job, call.languages) for job in open_jobs if job.attention is not None and _owns(job, call)],
        "last_job": _last(device_id, call),
    }


def _owns(job: Job, call: Call) -> bool:
    return call.holder.owns(job.device, job.actor.principal, job.actor.label)


def _waiting(job: Job, languages: Sequence[str]) -> dict[str, Any]:
    told = job.model_dump(mode="json", include={"id", "op", "state", "reference", "attention"})
    told["attention"] = spoken_attention(told["attention"], languages)
    return {name: told[name] for name in ("id", "op", "state", "reference", "attention")}


def _last(device_id: str, call: Call) -> dict[str, Any] | None:
    job = call.bridge.jobs.last_of(device_id, call.owner)
    if job is None:
        return None
    said = job.as_json(call.languages)
    document = (said["result"] or {}).get("document") or {}
    return {
        **{name: said[name] for name in ("id", "op", "state", "success", "finished_at")},
        "number": document.get("number"),
        "error": said["error"]["message"] if said["error"] is not None else None,
    }


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/overview", overview, "overview", Description("service", {200: Reply("At a glance.", Overview)})),
)
