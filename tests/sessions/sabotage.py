"""Bridges that are broken on purpose, to show that the run finds them out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from bridge.jobs.service import JobService
from bridge.model import Actor, Job
from bridge.server import performing
from bridge.server.access.access import Access
from bridge.server.access.users import Users
from bridge.server.call import Call
from bridge.server.principals import Principal
from bridge.server.websocket.endpoint import WebSockets


@contextlib.contextmanager
def jobs_belong_to_the_origin() -> Iterator[None]:
    """All tills of one page see each other's jobs and events."""

    def owns(self: Principal, device_id: str, principal: str, label: str | None) -> bool:
        return self.scope.sees(device_id) and (self.administers or principal == self.name)

    with patch.object(Principal, "owns", owns):
        yield


@contextlib.contextmanager
def aliases_of_somebody_else() -> Iterator[None]:
    """What `@fiscal` stands for is asked once and kept, for everybody."""
    kept: dict[str, str] = {}

    def resolve(principal: Principal, alias: str, *more: Any) -> str:
        return kept.setdefault(alias, original(principal, alias, *more))

    async def visible(call: Call, principal: Principal) -> None:
        """Whatever it is."""

    original = performing.resolve
    with patch.object(performing, "resolve", resolve), patch.object(performing, "_visible", visible):
        yield


@contextlib.contextmanager
def keys_are_not_kept() -> Iterator[None]:
    """A repeated key is one more sale."""
    number = iter(range(10**9))
    original = JobService.submit

    async def submit(self: JobService, actor: Actor, device_id: str, key: str | None, body: Any) -> Job:
        again = key is not None and self.has_key(actor.principal, key)
        return await original(self, actor, device_id, f"{key}-{next(number)}" if again else key, {**body, "part": True})

    with patch.object(JobService, "submit", submit):
        yield


@contextlib.contextmanager
def one_limit_for_all() -> Iterator[None]:
    """Who floods uses up what the others may ask."""

    def take_call(self: Access, principal: Principal) -> None:
        original(self, replace(principal, token_id="all"))

    original = Access.take_call
    with patch.object(Access, "take_call", take_call):
        yield


@contextlib.contextmanager
def anybody_uses_any_token() -> Iterator[None]:
    """Whose connection it is plays no part."""
    with patch.object(Users, "check", lambda self, principal, local, peer_of: None):
        yield


@contextlib.contextmanager
def sockets_outlive_their_token() -> Iterator[None]:
    """A token that was taken back is looked for in new requests only."""
    with patch.object(WebSockets, "recheck", lambda self: None):
        yield


@contextlib.contextmanager
def the_client_is_read_once() -> Iterator[None]:
    """The name of the session's PC is kept from the first time on."""
    kept: dict[str, str | None] = {}
    original = Users.client_name

    def client_name(self: Users, peer_of: Callable[[], Any]) -> str | None:
        peer = peer_of()
        return kept.setdefault("" if peer is None else str(peer.session), original(self, peer_of))

    with patch.object(Users, "client_name", client_name):
        yield


SABOTAGE: dict[str, Callable[[], contextlib.AbstractContextManager[None]]] = {
    "jobs": jobs_belong_to_the_origin,
    "aliases": aliases_of_somebody_else,
    "keys": keys_are_not_kept,
    "limits": one_limit_for_all,
    "users": anybody_uses_any_token,
    "sockets": sockets_outlive_their_token,
    "clients": the_client_is_read_once,
}
