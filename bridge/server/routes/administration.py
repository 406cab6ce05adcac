"""What an administrator does: configuration of devices, accepting a new identity or journal, alerts, the audit."""

from __future__ import annotations

from bridge.server.bodies import Accept, Plain, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.routes.jobs import whole
from bridge.server.routing import Route

_PAGE = 100
_LARGEST_PAGE = 500
_LARGEST_ID = 999_999_999


async def configure(call: Call) -> Answer:
    """Create a device or replace its configuration. `operator` in the body is for the audit."""
    config = {name: value for name, value in call.body.items() if name != "operator"}
    if "operator" in call.body:
        validated(Plain, {"operator": call.body["operator"]})
    return Answer(await call.bridge.devices.configure(call.actor(), call.parameters["device"], config))


async def remove(call: Call) -> Answer:
    await call.bridge.devices.remove(call.actor(), call.parameters["device"])
    return Answer(status=204)


async def accept(call: Call) -> Answer:
    """Let the machine that now answers be this device, or the new journal be the journal."""
    given = validated(Accept, call.body)
    return Answer(await call.bridge.devices.accept(call.actor(), call.parameters["device"], given.what, given.reason))


async def acknowledge(call: Call) -> Answer:
    validated(Plain, call.body)
    await call.bridge.devices.acknowledge_alert(call.actor(), call.parameters["device"], call.parameters["alert"])
    return Answer(status=204)


async def audit(call: Call) -> Answer:
    """Who did what, oldest first. Append-only: nothing here can be changed or removed."""
    query = call.known_query("after", "limit")
    after = query.get("after")
    limit = whole("limit", query.get("limit"), default=_PAGE, most=_LARGEST_PAGE)
    rows = await call.bridge.devices.audit(
        None if after is None else whole("after", after, default=0, least=0, most=_LARGEST_ID), limit
    )
    return Answer({"audit": rows, "next": rows[-1]["seq"] if len(rows) == limit else None})


ROUTES: tuple[Route[Handler], ...] = (
    Route("PUT", "/devices/{device}/config", configure, "devices.configure"),
    Route("DELETE", "/devices/{device}/config", remove, "devices.remove"),
    Route("POST", "/devices/{device}/accept", accept, "devices.accept"),
    Route("POST", "/devices/{device}/alerts/{alert}/ack", acknowledge, "devices.ack_alert"),
    Route("GET", "/audit", audit, "audit.list"),
)
