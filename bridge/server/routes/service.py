"""What the bridge says of itself: ping, health, the plugins."""

from __future__ import annotations

from typing import Any

from bridge.devices.config import DeviceConfig
from bridge.server import openapi, spoken
from bridge.server.answers import Families, HealthReport, HealthWord, Ping
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Authority, Description, Reply
from bridge.server.routing import Route
from bridge.server.version import version

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


# What every device has, whatever its family.
_SCHEMA = DeviceConfig.model_json_schema()
_COMMON = {
    "type": "object",
    "properties": {name: part for name, part in _SCHEMA["properties"].items() if name not in ("family", "url", "settings")},
    "additionalProperties": False,
    "$defs": _SCHEMA["$defs"],
}


async def ping(call: Call) -> Answer:
    """Who answers here. Tells nothing of devices."""
    call.known_query()
    return Answer({"name": "tillbridge", "version": version(), "instance_id": call.bridge.instance_id})


async def health(call: Call) -> Answer:
    """Whether the bridge lives: one word for everybody, the reasons for administrators."""
    call.known_query()
    report = spoken.health(call.bridge.health(), call.languages)
    # Monitors look at HTTP's status: 503 only where no document can be accepted, not for a printer without paper.
    whole = call.principal is not None and call.principal.administers and call.principal.scope.devices is None
    return Answer(report if whole else {"status": report["status"]}, 503 if report["status"] == "down" else 200)


async def metrics(call: Call) -> Answer:
    """Counters and gauges for Prometheus: jobs by family, operation, state and fate, queues, times, recoveries, the journal."""
    call.known_query()
    return Answer(call.bridge.metrics(), media_type=METRICS_TYPE)


async def families(call: Call) -> Answer:
    """All plugins, also those that could not be loaded, and why; settings as JSON Schema."""
    call.known_query()
    plugins = [spoken.plugin(report, call.languages) for report in call.bridge.devices.families()]
    return Answer({"families": plugins, "device": spoken.schema(_COMMON, call.languages)})


async def description(call: Call) -> Answer:
    """This description, in OpenAPI 3.1. It is the same on every PC that runs this version and tells nothing of devices."""
    call.known_query()
    return Answer(openapi.served())


async def socket_description(call: Call) -> Answer:
    """The description of the WebSocket, in AsyncAPI 3.0."""
    from bridge.server import asyncapi  # here: the socket's methods are made of these very routes

    call.known_query()
    return Answer(asyncapi.served())


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "GET",
        "/ping",
        ping,
        "ping",
        Description("service", {200: Reply("It is there.", Ping)}, errors=("gate.rate",), authority=Authority.OPEN),
    ),
    Route(
        "GET",
        "/health",
        health,
        "health",
        Description(
            "service",
            {
                200: Reply("It works; `degraded`: something needs a person.", HealthReport | HealthWord),
                503: Reply("It is down: no document can be accepted.", HealthReport | HealthWord),
            },
            authority=Authority.OPTIONAL,
        ),
    ),
    Route(
        "GET",
        "/openapi.json",
        description,
        "openapi",
        Description("service", {200: Reply("The description.", dict[str, Any])}, authority=Authority.OPEN),
    ),
    Route(
        "GET",
        "/asyncapi.json",
        socket_description,
        "asyncapi",
        Description("service", {200: Reply("The description.", dict[str, Any])}, authority=Authority.OPEN),
    ),
    Route("GET", "/families", families, "families.list", Description("service", {200: Reply("The plugins.", Families)})),
    Route(
        "GET",
        "/metrics",
        metrics,
        "metrics",
        Description("service", {200: Reply("Prometheus' text format.", str, media_type=METRICS_TYPE.partition(";")[0])}),
    ),
)
