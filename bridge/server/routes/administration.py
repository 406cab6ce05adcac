"""What an administrator does: configuration of devices, accepting a new identity or journal, alerts, the audit."""

from __future__ import annotations

from bridge.model import plain_numbers
from bridge.server import spoken
from bridge.server.answers import Audit, Device, DeviceSettings
from bridge.server.bodies import Accept, Configure, Plain, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Reply, query
from bridge.server.routes.jobs import whole
from bridge.server.routing import Route

_PAGE = 100
_LARGEST_PAGE = 500
_LARGEST_ID = 999_999_999


async def configuration(call: Call) -> Answer:
    """What is configured of a device, as PUT takes it. No secret is told, only which are set."""
    call.known_query()
    return Answer(call.bridge.devices.config(call.parameters["device"]))


async def configure(call: Call) -> Answer:
    """Create a device or replace its configuration. `operator` in the body is for the audit."""
    call.known_query()
    config = {name: plain_numbers(value) for name, value in call.body.items() if name != "operator"}
    if "operator" in call.body:
        validated(Plain, {"operator": call.body["operator"]})
    configured = await call.bridge.devices.configure(call.actor(), call.parameters["device"], config)
    return Answer(spoken.device(configured, call.languages))


async def remove(call: Call) -> Answer:
    """Forget a device that has no open jobs, and what is stored of it. Its jobs stay in the journal."""
    call.known_query()
    await call.bridge.devices.remove(call.actor(), call.parameters["device"])
    return Answer(status=204)


async def accept(call: Call) -> Answer:
    """Let the machine that now answers be this device, or the new journal be the journal."""
    call.known_query()
    given = validated(Accept, call.body)
    accepted = await call.bridge.devices.accept(call.actor(), call.parameters["device"], given.what, given.reason)
    return Answer(spoken.device(accepted, call.languages))


async def acknowledge(call: Call) -> Answer:
    """An administrator has seen the alert; it is dropped from the device's status."""
    call.known_query()
    validated(Plain, call.body)
    await call.bridge.devices.acknowledge_alert(call.actor(), call.parameters["device"], call.parameters["alert"])
    return Answer(status=204)


async def audit(call: Call) -> Answer:
    """Who did what, oldest first. Append-only: nothing here can be changed or removed."""
    asked = call.known_query("after", "limit")
    after = asked.get("after")
    limit = whole("limit", asked.get("limit"), default=_PAGE, most=_LARGEST_PAGE)
    rows = await call.bridge.devices.audit(
        None if after is None else whole("after", after, default=0, least=0, most=_LARGEST_ID), limit
    )
    return Answer({"audit": rows, "next": rows[-1]["seq"] if len(rows) == limit else None})


_PAGES = (
    query("after", "The `next` of the page before.", {"type": "integer", "minimum": 0, "maximum": _LARGEST_ID}),
    query("limit", "How many.", {"type": "integer", "minimum": 1, "maximum": _LARGEST_PAGE, "default": _PAGE}),
)

ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "GET",
        "/devices/{device}/config",
        configuration,
        "devices.config",
        Description("administration", {200: Reply("Its configuration.", DeviceSettings)}),
    ),
    Route(
        "PUT",
        "/devices/{device}/config",
        configure,
        "devices.configure",
        Description(
            "administration",
            {200: Reply("The device as it is configured now.", Device)},
            body=Configure,
            errors=("request.conflict", "request.exists"),
        ),
    ),
    Route(
        "DELETE",
        "/devices/{device}/config",
        remove,
        "devices.remove",
        Description("administration", {204: Reply("It is forgotten.")}, errors=("request.conflict",)),
    ),
    Route(
        "POST",
        "/devices/{device}/accept",
        accept,
        "devices.accept",
        Description(
            "administration", {200: Reply("The device as it is now.", Device)}, body=Accept, errors=("request.conflict",)
        ),
    ),
    Route(
        "POST",
        "/devices/{device}/alerts/{alert}/ack",
        acknowledge,
        "devices.ack_alert",
        Description("administration", {204: Reply("It is dropped.")}, body=Plain),
    ),
    Route("GET", "/audit", audit, "audit.list", Description("administration", {200: Reply("A page.", Audit)}, parameters=_PAGES)),
)
