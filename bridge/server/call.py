"""One call of the API, apart from how it came: handlers take a Call and return an Answer, and know nothing of HTTP.

The WebSocket carries the same calls as methods; it makes the same Call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.model import Actor, FieldError, RequestError
from bridge.server.principals import Scope

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call returns. `body` None: nothing to say (204). `media_type`: of a body that is text and not JSON."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has passed the gate.

    `gone` is set when the client hung up or the server stops: a wait for a job then ends, the job does not.
    `user` tells the OS user at the other end, where that can be told. `prove(token_id, nonce)` is the server's proof that it
    knows a token; it raises RequestError where it is asked for too often. `languages`: what the client reads, best first.
    """

    bridge: Bridge
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    key: str | None
    wait: float | None
    authenticated: bool
    principal: str
    label: str
    scope: Scope
    gone: asyncio.Event
    user: Callable[[], str | None]
    prove: Callable[[str, str], Mapping[str, str]]
    languages: tuple[str, ...] = ()

    def actor(self) -> Actor:
        """Who asks, with the operator that the body names."""
        operator = self.body.get("operator")
        return Actor(
            principal=self.principal,
            label=self.label,
            os_user=self.user(),
            operator=operator if isinstance(operator, dict) else None,
        )

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
