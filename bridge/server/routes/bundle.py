"""The bundle for whoever helps, as a download: what `tillbridge bundle` writes."""

from __future__ import annotations

import asyncio

from bridge.model import invalid
from bridge.server.bodies import MakeBundle, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Header, Reply
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.diagnosis.logfiles import since
from bridge.server.diagnosis.packing import facts, pack
from bridge.server.rate import too_many
from bridge.server.routing import Route

ZIP = "application/zip"

_DEFAULT = "7d"
_RETRY_AFTER = 10


async def make(call: Call) -> Answer:
    """Logs, wire logs, jobs, devices and the doctor's findings in one zip, without secrets and customers' data.

    Made beside the bridge, one at a time; its MANIFEST.txt says what is in it and what is hidden. Nothing is sent anywhere.
    """
    call.known_query()
    given = validated(MakeBundle, call.body)
    try:
        start = since(given.since or _DEFAULT, call.bridge.clock.now())
    except CannotTell as error:
        raise invalid("since", error.message, remedy=error.remedy) from None
    if given.job is not None:
        await call.bridge.jobs.get(given.job)
    access = call.access
    if access.packing:
        raise too_many("Another bundle is being made.", _RETRY_AFTER)
    access.packing = True
    try:
        await asyncio.to_thread(call.bridge.traces.catch_up)
        told = facts(call.bridge, call.port, given.job, start, access.settings.max_bundle)
        packed = await pack(told, access.settings.bundle_seconds)
    finally:
        access.packing = False
    detail = {"job": given.job, "since": start.isoformat(), "bytes": len(packed)}
    await access.tokens.note(call.actor(), "bundle.made", "bundle", detail)
    name = f"tillbridge-bundle-{call.bridge.clock.now().astimezone():%Y%m%d-%H%M%S}.zip"
    return Answer(packed, 200, {"Content-Disposition": f'attachment; filename="{name}"'}, ZIP)


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/bundle",
        make,
        "bundle.make",
        Description(
            "administration",
            {200: Reply("The zip.", bytes, {"Content-Disposition": Header("The name to save it under.")}, media_type=ZIP)},
            body=MakeBundle,
            errors=("gate.rate", "request.not_found", "server.error"),
        ),
        http_only=True,
    ),
)
