"""Devices as tills see them."""

from __future__ import annotations

from bridge.server.call import Answer, Call, Handler
from bridge.server.routing import Route


async def listing(call: Call) -> Answer:
    """Every configured device: family, identity, state, capabilities."""
    call.known_query()
    return Answer({"devices": [device for device in call.bridge.devices.list() if call.scope.sees(device["id"])]})


async def one(call: Call) -> Answer:
    return Answer(call.bridge.devices.get(call.parameters["device"]))


async def status(call: Call) -> Answer:
    """The device's own word, with `as_of`: paper, cover, shift, clock, fiscal memory, last document, queue, last error."""
    return Answer(await call.bridge.devices.status(call.parameters["device"]))


async def preview(call: Call) -> Answer:
    """What a document would be: the checks of a job, its totals and taxes, the paper as text. Nothing is stored or sent."""
    said = await call.bridge.jobs.preview(call.parameters["device"], call.body)
    return Answer(said.model_dump(mode="json"))


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/devices", listing, "devices.list"),
    Route("GET", "/devices/{device}", one, "devices.get"),
    Route("GET", "/devices/{device}/status", status, "devices.status"),
    Route("POST", "/devices/{device}/preview", preview, "devices.preview"),
)
