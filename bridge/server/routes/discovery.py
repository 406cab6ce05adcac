"""Discovery: look for devices, and see what was looked at."""

from __future__ import annotations

from bridge.devices.discovery.request import ScanRequest
from bridge.server.answers import ScanReport
from bridge.server.bodies import StartScan, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Header, Reply
from bridge.server.routing import Route


async def start(call: Call) -> Answer:
    """Start a scan. It goes on by itself; `GET /discovery` tells how far it is and what it found."""
    call.known_query()
    given = validated(StartScan, call.body)
    request = ScanRequest.model_validate(given.model_dump(exclude={"operator"}))
    scan = await call.bridge.discovery.start(call.actor(), request)
    return Answer(scan, 202, {"Location": "/api/v1/discovery"})


async def current(call: Call) -> Answer:
    """The scan that runs, or the last one: each place, what was tried there, what came back, and what was found."""
    call.known_query()
    return Answer(call.bridge.discovery.current())


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/discovery",
        start,
        "discovery.start",
        Description(
            "administration",
            {202: Reply("The scan, begun.", ScanReport, {"Location": Header("Where to see how far it is.")})},
            body=StartScan,
            errors=("discovery.running",),
        ),
    ),
    Route("GET", "/discovery", current, "discovery.get", Description("administration", {200: Reply("The scan.", ScanReport)})),
)
