"""Pairing: a page asks and looks what became of it; an administrator sees who asks, and decides."""

from __future__ import annotations

from typing import Any

from bridge.model import FieldError, RequestError, invalid
from bridge.server.access.origins import is_confidential
from bridge.server.access.pairing import POLL_SECONDS, Pairing, Pairings
from bridge.server.access.scopes import TILL
from bridge.server.access.tokens import NewToken
from bridge.server.answers import PairingAsked, PairingDecided, PairingState, WaitingPairings
from bridge.server.bodies import AskPairing, DecidePairing, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Authority, Description, Reply
from bridge.server.routes.tokens import described, grantable
from bridge.server.routing import Route


async def request(call: Call) -> Answer:
    """A page asks to be paired; a person at the till decides, and compares the code. Open to any page, and limited."""
    call.known_query()
    asked = validated(AskPairing, call.body)
    if call.origin is None or asked.origin != call.origin:
        # What is shown to the person is the browser's word, never the page's.
        raise RequestError(
            "gate.origin_not_allowed",
            "The origin in the body is not that of the page that asks; only a page can ask.",
            (
                FieldError(
                    "origin", "must be the page's own, as the browser's Origin header has it", remedy="send location.origin"
                ),
            ),
        )
    if call.own:
        raise RequestError("gate.origin_not_allowed", "The bridge's own pages need no pairing: tillbridge console.")
    if not is_confidential(asked.origin):
        message = "is not https: anybody on the way could speak for this page, and would get its token"
        raise invalid("origin", message, remedy="serve the page over https; an administrator may still give it a token by hand")
    rights = grantable(asked.scopes or TILL, asked.origin)
    peer = call.access.users.binding(call.local, call.peer)
    made = call.access.pairings.ask(asked.origin, asked.app_name, rights, peer)
    answer = PairingAsked(
        pairing_id=made.id,
        verification_code=made.code,
        expires_in=call.access.pairings.seconds_left(made),
        poll_seconds=POLL_SECONDS,
    )
    return Answer(answer.model_dump(mode="json"), 202)


async def look(call: Call) -> Answer:
    """What became of a pairing, for the page that asked. Behind the approval the answer has the token, once."""
    call.known_query()
    pairings = call.access.pairings
    found = pairings.of(call.parameters["pairing"], call.origin, call.peer())
    state = found.state
    token = pairings.collect(found)
    answer = PairingState(
        state=state,
        expires_in=pairings.seconds_left(found),
        token=None if token is None else token.text,
        token_id=None if token is None else token.id,
        scopes=tuple(sorted(found.granted)),
    )
    return Answer(answer.model_dump(mode="json"))


async def waiting(call: Call) -> Answer:
    """The pages that wait to be let in, oldest first."""
    call.known_query()
    return Answer(waiting_pairings(call.access.pairings))


async def decide(call: Call) -> Answer:
    """Let a page in, or send it away. After three wrong codes a pairing is void."""
    call.known_query()
    given = validated(DecidePairing, call.body)
    found = call.access.pairings.judge(call.parameters["pairing"], given.code)
    if given.decision == "reject":
        call.access.pairings.reject(found)
        await call.access.tokens.note(call.actor(), "pairing.rejected", f"origin:{found.origin}", {"app_name": found.app_name})
        return Answer({"decision": "reject", "token": None})
    rights = grantable(given.scopes if given.scopes is not None else (found.rights & TILL or TILL), found.origin)
    peer = found.peer
    new = NewToken(
        label=given.label or (found.app_name if peer is None else f"{found.app_name} {peer.user}"[:60].strip()),
        rights=rights,
        origin=found.origin,
        devices=given.devices,
        aliases=given.aliases,
        routes=given.routes,
        user_id=None if peer is None else peer.user_id,
        user=None if peer is None else peer.user,
        # Not to the session unless it is asked for: its number is given out anew at each log-in, and the page would have to be
        # paired every morning.
        session=peer.session if peer is not None and given.bind == "session" else None,
    )
    with call.access.pairings.deciding(found):
        minted, row = await call.access.tokens.create(new, call.actor())
        call.access.pairings.approve(found, minted, rights)
    return Answer({"decision": "approve", "token": described(row, call.access.tokens)})


def waiting_pairings(pairings: Pairings) -> dict[str, Any]:
    """Those that wait, as they are listed."""
    return {"pairings": [_waiting(one, pairings) for one in pairings.pending()]}


def _waiting(one: Pairing, pairings: Pairings) -> dict[str, object]:
    return {
        "pairing_id": one.id,
        "origin": one.origin,
        "app_name": one.app_name,
        "verification_code": one.code,
        "scopes": sorted(one.rights),
        "user": None if one.peer is None else one.peer.user,
        "expires_in": pairings.seconds_left(one),
    }


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/pairing",
        request,
        "pairing.request",
        Description(
            "access",
            {202: Reply("It waits for a person.", PairingAsked)},
            body=AskPairing,
            errors=("gate.rate",),
            authority=Authority.OPEN,
        ),
    ),
    Route("GET", "/pairing", waiting, "pairing.list", Description("access", {200: Reply("Who waits.", WaitingPairings)})),
    Route(
        "GET",
        "/pairing/{pairing}",
        look,
        "pairing.get",
        Description("access", {200: Reply("What became of it.", PairingState)}, authority=Authority.OPEN),
    ),
    Route(
        "POST",
        "/pairing/{pairing}/decision",
        decide,
        "pairing.decide",
        Description("access", {200: Reply("Decided.", PairingDecided)}, body=DecidePairing),
    ),
)
