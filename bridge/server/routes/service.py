"""What the bridge says of itself: ping, health, the plugins."""

from __future__ import annotations

from bridge.server.call import Answer, Call, Handler
from bridge.server.routing import Route
from bridge.server.version import version

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def ping(call: Call) -> Answer:
    """Who answers here. Tells nothing of devices."""
    return Answer({"name": "tillbridge", "version": version(), "instance_id": call.bridge.instance_id})


async def health(call: Call) -> Answer:
    """Whether the bridge lives: one word for everybody, the reasons for those with a token."""
    report = call.bridge.health()
    # Monitors look at HTTP's status: 503 only where no document can be accepted, not for a printer without paper.
    whole = call.authenticated and call.scope.devices is None
    return Answer(report if whole else {"status": report["status"]}, 503 if report["status"] == "down" else 200)


async def metrics(call: Call) -> Answer:
    """Counters and gauges for Prometheus: jobs by family, operation, state and fate, queues, times, recoveries, the journal."""
    call.known_query()
    return Answer(call.bridge.metrics(), media_type=METRICS_TYPE)


async def families(call: Call) -> Answer:
    """All plugins, also those that could not be loaded, and why; settings as JSON Schema."""
    return Answer({"families": call.bridge.devices.families()})


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/ping", ping, "ping"),
    Route("GET", "/health", health, "health"),
    Route("GET", "/metrics", metrics, "metrics"),
    Route("GET", "/families", families, "families.list"),
)
