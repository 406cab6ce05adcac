"""The attendant's PIN: set, taken away and unlocked by an administrator; typed in at the bridge's own page."""

from __future__ import annotations

from bridge.model import RequestError, invalid
from bridge.server.access.pin import weakness
from bridge.server.answers import AttendantState, ConsoleSession
from bridge.server.bodies import OpenAttendant, Plain, SetAttendant, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Authority, Description, Reply
from bridge.server.routing import Route


async def state(call: Call) -> Answer:
    """Whether there is a PIN, for which devices, and whether it is locked."""
    call.known_query()
    return Answer(call.access.attendants.state())


async def set_pin(call: Call) -> Answer:
    """The attendant's PIN, from now on. Sessions that are open end; a lock ends too. The PIN is kept as a hash and told nowhere."""
    call.known_query()
    given = validated(SetAttendant, call.body)
    why = weakness(given.pin)
    if why is not None:
        raise invalid("pin", why, remedy="choose digits that nobody tries first")
    known = {device["id"] for device in call.bridge.devices.list()}
    unknown = sorted((given.devices or frozenset()) - known)
    if unknown:
        raise invalid("devices", f"there is no device {unknown[0]!r}", limit=", ".join(sorted(known)) or "none")
    await call.access.attendants.set(given.pin, given.devices, call.actor())
    return Answer(call.access.attendants.state())


async def remove(call: Call) -> Answer:
    """There is no PIN any more; open sessions end."""
    call.known_query()
    await call.access.attendants.remove(call.actor())
    return Answer(status=204)


async def unlock(call: Call) -> Answer:
    """Let the PIN be tried again, behind too many wrong ones."""
    call.known_query()
    validated(Plain, call.body)
    await call.access.attendants.unlock(call.actor())
    return Answer(call.access.attendants.state())


async def sign_in(call: Call) -> Answer:
    """Open the attendant's view with the PIN. Taken from the bridge's own page in a browser of this computer alone.

    Each wrong PIN makes the next try wait longer; many lock it for an hour, or until an administrator unlocks it.
    """
    call.known_query()
    asked = validated(OpenAttendant, call.body)
    # Before anything is counted: no page of another origin must be able to lock the attendant out.
    if not call.own or call.origin is None:
        raise RequestError("gate.origin_not_allowed", "Only the bridge's own page can be signed in.")
    if not call.local:
        raise RequestError("gate.origin_not_allowed", "The PIN is good in a browser of the bridge's own computer only.")
    binding = call.access.users.binding(call.local, call.peer)
    peer = call.peer()
    os_user = None if peer is None else peer.user
    minted, seconds = await call.access.attendants.open(asked.pin, call.origin, binding, call.peer_name, os_user)
    return Answer(
        {"token_id": minted.id, "token": minted.text, "expires_in": seconds, "idle_seconds": call.access.attendants.idle_seconds}
    )


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "GET",
        "/console/attendant",
        state,
        "attendant.get",
        Description("access", {200: Reply("How it stands.", AttendantState)}),
    ),
    Route(
        "PUT",
        "/console/attendant",
        set_pin,
        "attendant.set",
        Description("access", {200: Reply("It is set.", AttendantState)}, body=SetAttendant),
    ),
    Route(
        "DELETE",
        "/console/attendant",
        remove,
        "attendant.remove",
        Description("access", {204: Reply("There is none any more.")}, errors=("request.not_found",)),
    ),
    Route(
        "POST",
        "/console/attendant/unlock",
        unlock,
        "attendant.unlock",
        Description("access", {200: Reply("It can be tried again.", AttendantState)}, body=Plain),
    ),
    Route(
        "POST",
        "/session/attendant",
        sign_in,
        "session.attendant",
        Description(
            "access",
            {200: Reply("Signed in.", ConsoleSession)},
            body=OpenAttendant,
            errors=("gate.rate", "gate.pin_wrong"),
            authority=Authority.OPEN,
        ),
        http_only=True,
    ),
)
