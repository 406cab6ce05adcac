"""Tokens: listed, made without pairing, given a new secret, taken back. Administrators only."""

from __future__ import annotations

from typing import Any

from bridge.model import invalid
from bridge.server.access.grants import checked_rights
from bridge.server.access.scopes import TILL, Right
from bridge.server.access.tokens import NewToken, Tokens
from bridge.server.answers import NewSecret, TokenInfo, TokenList, TokenMade
from bridge.server.bodies import CreateToken, Plain, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Description, Reply
from bridge.server.routing import Route
from bridge.store import TokenRow


async def listing(call: Call) -> Answer:
    """Every token, without what is secret of it."""
    call.known_query()
    return Answer({"tokens": [described(row, call.access.tokens) for row in call.access.tokens.list()]})


async def create(call: Call) -> Answer:
    """A token without pairing: for a managed till's page, or for a program. Its text is told this once."""
    call.known_query()
    new = wanted(validated(CreateToken, call.body))
    minted, row = await call.access.tokens.create(new, call.actor())
    return Answer({**described(row, call.access.tokens), "token": minted.text}, 201)


async def rotate(call: Call) -> Answer:
    """A new secret under the same id; sockets that came with the old one are closed at once."""
    call.known_query()
    validated(Plain, call.body)
    minted = await call.access.tokens.rotate(call.parameters["token"], call.actor())
    return Answer({"token_id": minted.id, "token": minted.text})


async def revoke(call: Call) -> Answer:
    """The token is worth nothing from now on, and its sockets are closed at once. Its jobs stay in the journal."""
    call.known_query()
    await call.access.tokens.revoke(call.parameters["token"], call.actor())
    return Answer(status=204)


def grantable(rights: frozenset[Right], origin: str | None) -> frozenset[Right]:
    """These rights. Raises RequestError where a page is to get what no page gets."""
    try:
        checked_rights(rights, origin)
    except ValueError as error:
        raise invalid("scopes", str(error)) from None
    return rights


def wanted(given: CreateToken) -> NewToken:
    """What is asked for. Raises RequestError where a page is to get what no page gets."""
    return NewToken(
        label=given.label,
        rights=grantable(given.scopes if given.scopes is not None else TILL, given.origin),
        origin=given.origin,
        devices=given.devices,
        aliases=given.aliases,
        routes=given.routes,
        user_id=given.user_id,
        user=given.user or given.user_id,
        session=given.session,
        expires_at=given.expires_at,
    )


def described(row: TokenRow, tokens: Tokens) -> dict[str, Any]:
    """A token as it is listed."""
    info = TokenInfo(
        token_id=row.id,
        kind=row.kind,
        origin=row.origin,
        label=row.label,
        scopes=tuple(Right(scope) for scope in row.scopes),
        devices=row.devices,
        aliases=dict(row.aliases),
        routes={client: dict(aliases) for client, aliases in row.routes.items()},
        user=row.user,
        user_id=row.user_id,
        session=row.session,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used=row.last_used,
        source="file" if tokens.is_provisioned(row.id) else "journal",
    )
    return info.model_dump(mode="json")


ROUTES: tuple[Route[Handler], ...] = (
    Route("GET", "/tokens", listing, "tokens.list", Description("access", {200: Reply("All tokens.", TokenList)})),
    Route(
        "POST",
        "/tokens",
        create,
        "tokens.create",
        Description("access", {201: Reply("The new token.", TokenMade)}, body=CreateToken, errors=("request.exists",)),
    ),
    Route(
        "POST",
        "/tokens/{token}/rotate",
        rotate,
        "tokens.rotate",
        Description(
            "access",
            {200: Reply("The new secret.", NewSecret)},
            body=Plain,
            errors=("request.conflict",),
        ),
        http_only=True,
    ),
    Route(
        "DELETE",
        "/tokens/{token}",
        revoke,
        "tokens.revoke",
        Description("access", {204: Reply("It is taken back.")}, errors=("request.conflict",)),
    ),
)
