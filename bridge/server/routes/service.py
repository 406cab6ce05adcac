"""What the bridge says of itself: ping, health, the plugins."""

from __future__ import annotations

from bridge.server.call import Answer, Call, Handler
from bridge.server.routing import Route
from bridge.server.version import version


async def ping(call: Call) -> Answer:
    """Who answers here. Tells nothing of devices."""
    return Answer({"name": "tillbridge", "version": version(), "instance_id": call.bridge.instance_id})


async def health(call: Call) -> Answer:
    """Whether the bridge lives: one word for everybody, the reasons for those with a token."""
    report = call.bridge.health()
    return Answer(report if call.authenticated else {"status": report["status"]})


async def families(call: Call) -> Answer:
    """All plugins, also those that could not be loaded, and why; settings as JSON Schema."""
    return Answer({"families": call.bridge.devices.families()})


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/ping", ping, "ping"),
    Route("GET", "/health", health, "health"),
    Route("GET", "/families", families, "families.list"),
)
