"""One call of the API, apart from how it came: handlers take a Call and return an Answer, and know nothing of HTTP.

The WebSocket carries the same calls as methods; it makes the same Call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.model import Actor, FieldError, RequestError
from bridge.server.peers import Peer
from bridge.server.principals import Principal

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge
    from bridge.server.access.access import Access

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returns. `body` None: nothing to say (204). `media_type`: of a body that is text or bytes and not JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has passed the gate.

    `principal`: whoever has the token; None where the call came without one. `origin`: the page's; `own`: it is the bridge's.
    `gone` is set when the client hung up or the server stops: a wait for a job then ends, the job does not.
    `peer` tells who is at the other end, where that can be told, `peer_name` whom limits are counted for, `port` where we were called, `local` whether that is on this PC. `prove(token_id, nonce)` is
    the server's proof that it knows a token; it raises RequestError where it is asked for too often. `address`: what the
    client called us, as in its Host header. `languages`: what the client reads, best first.
    """

    bridge: Bridge
    access: Access
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    key: str | None
    wait: float | None
    principal: Principal | None
    origin: str | None
    own: bool
    address: str
    gone: asyncio.Event
    peer: Callable[[], Peer | None]
    peer_name: str
    port: int
    local: bool
    prove: Callable[[str, str], Mapping[str, str]]
    languages: tuple[str, ...] = ()

    def actor(self) -> Actor:
        """Who asks, with the operator that the body names."""
        operator = self.body.get("operator")
        holder, peer = self.holder, self.peer()
        return Actor(
            principal=holder.name,
            label=holder.label,
            os_user=None if peer is None else peer.user,
            operator=operator if isinstance(operator, dict) else None,
        )

    @property
    def holder(self) -> Principal:
        """Whoever has the token. Raises RequestError (401) where there is none, which no call but the open ones gets as far as."""
        if self.principal is None:
            raise RequestError("gate.unauthorised", "This call needs a bearer token.")
        return self.principal

    @property
    def owner(self) -> tuple[str, str] | None:
        """Whose jobs there are for this token: those of its own till, by principal and label. None: everybody's."""
        return None if self.holder.sees_all_jobs else (self.holder.name, self.holder.label)

    def known_query(self, *names: str) -> Mapping[str, str]:
        """The query, when it has no other parameter than these: a misspelt filter must not list everything."""
        for name in self.query:
            if name not in names:
                message = f"there is no such parameter; this address knows {', '.join(names) or 'none'}"
                raise RequestError("request.invalid", f"{name}: {message}", (FieldError(name, message),))
        return self.query

    async def unless_gone(self, waiting: Coroutine[Any, Any, T]) -> T | None:
        """The result of a wait; None when there is nobody any more to tell it to."""
        task = asyncio.ensure_future(waiting)
        gone = asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for started in (task, gone):
                started.cancel()
            await asyncio.gather(task, gone, return_exceptions=True)


Handler = Callable[[Call], Awaitable[Answer]]
