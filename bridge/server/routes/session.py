"""Sessions: the server proves itself before a token is sent; what a token is; a new secret for it; the console's sign-in."""

from __future__ import annotations

from bridge.model import Actor, RequestError
from bridge.server.access.scopes import Right
from bridge.server.answers import ConsoleLink, ConsoleSession, NewSecret, ProofAnswer, SessionReport
from bridge.server.bodies import OpenConsole, Plain, SessionProof, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Authority, Description, Reply
from bridge.server.performing import resolve
from bridge.server.principals import Principal
from bridge.server.routing import Route


async def proof(call: Call) -> Answer:
    """The server's proof over the client's nonce and one of its own; docs/websocket.md says what it is made of."""
    call.known_query()
    asked = validated(SessionProof, call.body)
    return Answer(call.prove(asked.token_id, asked.nonce))


async def session(call: Call) -> Answer:
    """What the token of this call is and may do, and what its aliases stand for now."""
    call.known_query()
    holder = call.holder
    return Answer(
        SessionReport(
            token_id=holder.token_id,
            kind=holder.kind,
            principal=holder.name,
            label=holder.label,
            scopes=tuple(sorted(right for right in holder.scope.rights or ())) or _all_rights(),
            devices=None if holder.scope.devices is None else tuple(sorted(holder.scope.devices)),
            aliases={alias: _now(holder, alias, call) for alias in sorted(_aliases(holder))},
        ).model_dump(mode="json")
    )


async def rotate(call: Call) -> Answer:
    """A new secret for the token of this call, under the same id. The old one is worth nothing from then on, and its sockets
    are closed."""
    call.known_query()
    validated(Plain, call.body)
    minted = await call.access.tokens.rotate(call.holder.token_id, call.actor())
    return Answer({"token_id": minted.id, "token": minted.text})


async def console(call: Call) -> Answer:
    """Sign a console in with the code of a link of `tillbridge console`. Taken from the bridge's own pages alone."""
    call.known_query()
    asked = validated(OpenConsole, call.body)
    if not call.own or call.origin is None:
        raise RequestError("gate.origin_not_allowed", "Only the bridge's own page can be signed in.")
    peer = call.access.users.binding(call.local, call.peer)
    minted, seconds = call.access.console.open(asked.code, call.origin, peer)
    actor = Actor(principal="console", label="console", os_user=None if peer is None else peer.user)
    await call.access.tokens.note(actor, "console.opened", f"token:{minted.id}", {"origin": call.origin})
    return Answer({"token_id": minted.id, "token": minted.text, "expires_in": seconds, "idle_seconds": None})


async def console_link(call: Call) -> Answer:
    """A link that signs a console in, once. `tillbridge console` prints it."""
    call.known_query()
    validated(Plain, call.body)
    code, seconds = call.access.console.link()
    return Answer({"link": f"{call.address}/console#code={code}", "expires_in": seconds})


async def close(call: Call) -> Answer:
    """Sign out: the session of a console or attendant ends, and its sockets are closed. Other tokens are revoked instead."""
    call.known_query()
    token_id = call.holder.token_id
    if not (call.access.console.close(token_id) or call.access.attendants.close(token_id)):
        raise RequestError("request.conflict", "This token is no signed-in session.")
    call.access.tokens.on_change()  # whatever came with it ends now
    return Answer(status=204)


def _all_rights() -> tuple[Right, ...]:
    return tuple(sorted(Right))


def _aliases(holder: Principal) -> set[str]:
    return {*holder.aliases, *(alias for aliases in holder.routes.values() for alias in aliases)}


def _now(holder: Principal, alias: str, call: Call) -> str | None:
    try:
        return resolve(holder, alias, call.access, call.peer)
    except RequestError:
        return None


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/session/proof",
        proof,
        "session.proof",
        Description(
            "service",
            {200: Reply("The proof. For a token id that nobody has it looks the same and fits nothing.", ProofAnswer)},
            body=SessionProof,
            errors=("gate.rate",),
            authority=Authority.OPEN,
        ),
    ),
    Route("GET", "/session", session, "session.get", Description("access", {200: Reply("The token.", SessionReport)})),
    Route(
        "POST",
        "/session/rotate",
        rotate,
        "session.rotate",
        Description(
            "access",
            {200: Reply("The new secret.", NewSecret)},
            body=Plain,
            errors=("request.conflict", "request.not_found"),
        ),
        http_only=True,
    ),
    Route(
        "POST",
        "/session/console",
        console,
        "session.console",
        Description(
            "access",
            {200: Reply("Signed in.", ConsoleSession)},
            body=OpenConsole,
            errors=("gate.rate",),
            authority=Authority.OPEN,
        ),
        http_only=True,
    ),
    Route(
        "DELETE",
        "/session/console",
        close,
        "session.close",
        Description("access", {204: Reply("Signed out.")}, errors=("request.conflict",)),
        http_only=True,
    ),
    Route(
        "POST",
        "/console/link",
        console_link,
        "console.link",
        Description("access", {200: Reply("The link.", ConsoleLink)}, body=Plain),
    ),
)
