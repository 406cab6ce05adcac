"""Devices as tills see them."""

from __future__ import annotations

from typing import Any

from bridge.model import Operation, Preview
from bridge.server import spoken
from bridge.server.answers import Device, Devices, StatusReport
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Reply, codes
from bridge.server.pictures import TYPES, format_parameter, picture, wanted_format
from bridge.server.routing import Route


async def listing(call: Call) -> Answer:
    """Every configured device that the token may see: family, identity, state, capabilities.

    Addresses and settings are for administrators; others get null.
    """
    call.known_query()
    holder = call.holder
    return Answer({"devices": [_shown(one, call) for one in call.bridge.devices.list() if holder.scope.sees(one["id"])]})


async def one(call: Call) -> Answer:
    """One device: family, identity, state, capabilities. Its address and settings are for administrators; others get null."""
    call.known_query()
    return Answer(_shown(call.bridge.devices.get(call.parameters["device"]), call))


async def status(call: Call) -> Answer:
    """The device's own word, with `as_of`: paper, cover, shift, clock, fiscal memory, last document, queue, last error."""
    call.known_query()
    return Answer(spoken.device(await call.bridge.devices.status(call.parameters["device"]), call.languages))


async def preview(call: Call) -> Answer:
    """What a document would be: the checks of a job, its totals and taxes, the paper as text. Nothing is stored or sent.

    With `format` the answer is the paper alone, marked as a preview.
    """
    wanted = wanted_format(call.known_query("format").get("format"))
    if wanted is not None:
        sheet = await call.bridge.jobs.preview_paper(call.parameters["device"], call.body)
        return await picture(sheet, wanted, f"preview-{call.parameters['device']}")
    said = await call.bridge.jobs.preview(call.parameters["device"], call.body)
    return Answer(said.model_dump(mode="json"))


def _shown(device: dict[str, Any], call: Call) -> dict[str, Any]:
    """Without what a page need not know of the shop's network."""
    said = spoken.device(device, call.languages)
    return said if call.holder.administers else {**said, "url": None, "settings": None}


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/devices", listing, "devices.list", Description("devices", {200: Reply("All devices.", Devices)})),
    Route("GET", "/devices/{device}", one, "devices.get", Description("devices", {200: Reply("The device.", Device)})),
    Route(
        "GET",
        "/devices/{device}/status",
        status,
        "devices.status",
        Description("devices", {200: Reply("Its status; `live` tells whether it was asked just now.", StatusReport)}),
    ),
    Route(
        "POST",
        "/devices/{device}/preview",
        preview,
        "devices.preview",
        Description(
            "devices",
            {200: Reply("What it would be.", Preview, others=TYPES)},
            body=Operation,
            parameters=(format_parameter("The paper as a picture instead of data. Over the WebSocket a PNG is in base64."),),
            errors=(*codes("device.", "terminal.", "plugin."), "request.unsupported", "request.no_paper"),
        ),
    ),
)
