"""Discovery: look for devices, and see what was looked at."""

from __future__ import annotations

from bridge.devices.discovery.request import ScanRequest
from bridge.model import plain_numbers
from bridge.server.answers import AddressChecked, ScanReport
from bridge.server.bodies import CheckAddress, StartScan, validated
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


async def check(call: Call) -> Answer:
    """Ask one address who is there, before it is configured: identity, or why there is none. Prints and changes nothing."""
    call.known_query()
    given = validated(CheckAddress, call.body)
    config = {name: plain_numbers(value) for name, value in call.body.items() if name != "device"}
    return Answer(await call.bridge.discovery.check(config, given.device))


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
    Route(
        "POST",
        "/discovery/check",
        check,
        "discovery.check",
        Description(
            "administration",
            {200: Reply("What came of it.", AddressChecked)},
            body=CheckAddress,
            errors=("discovery.running", "request.not_found"),
        ),
    ),
    Route("GET", "/discovery", current, "discovery.get", Description("administration", {200: Reply("The scan.", ScanReport)})),
)
