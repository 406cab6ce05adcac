"""The methods of a session: opening it by mutual proof, events, a ping. No socket in here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bridge.model import RequestError
from bridge.server import proof
from bridge.server.bodies import validated
from bridge.server.languages import accepted
from bridge.server.principals import Principal
from bridge.server.proofs import key_of
from bridge.server.version import version
from bridge.server.websocket import rpc
from bridge.server.websocket.messages import Authenticate, Challenge, Confirm, Nothing, Pong, Subscribe, Unsubscribed, Welcome
from bridge.server.websocket.subscription import Subscription

if TYPE_CHECKING:
    from bridge.server.websocket.endpoint import WebSockets


class Session:
    """One client's. `principal` is set once it has proved itself. `host`: the authority that it called.

    `belongs` raises RequestError where a token may not be used from this socket.
    """

    def __init__(self, sockets: WebSockets, host: str, belongs: Callable[[Principal], None]) -> None:
        self.principal: Principal | None = None
        self.languages: tuple[str, ...] = ()
        self._sockets = sockets
        self._host = host
        self._belongs = belongs
        self._asked: tuple[Principal | None, str] | None = None

    def open(self, request: rpc.Request) -> dict[str, Any]:
        """One step of the mutual proof. Raises RequestError; the socket is then to be closed."""
        if not request.answered:
            raise RequestError("gate.unauthorised", "session.authenticate needs an id: its answer must be checked.")
        if request.method == "session.authenticate" and self._asked is None:
            return self._challenge(validated(Authenticate, request.params)).model_dump()
        if request.method == "session.confirm" and self._asked is not None:
            return self._confirm(validated(Confirm, request.params), self._asked).model_dump()
        raise RequestError("gate.unauthorised", "The session is not open: session.authenticate first, then session.confirm.")

    def _challenge(self, asked: Authenticate) -> Challenge:
        """Prove that we know the token. For an unknown one the same is done, with a key that fits nothing."""
        principal, key = key_of(self._sockets.access, asked.token_id)
        self.languages = accepted(asked.lang)
        nonce = proof.new_nonce()
        self._asked = (principal, proof.proof(key, "client", self._host, asked.token_id, asked.nonce, nonce))
        return Challenge(nonce=nonce, proof=proof.proof(key, "server", self._host, asked.token_id, asked.nonce, nonce))

    def _confirm(self, shown: Confirm, asked: tuple[Principal | None, str]) -> Welcome:
        principal, expected = asked
        right = proof.is_proof(shown.proof, expected)
        if not right or principal is None:
            raise RequestError("gate.unauthorised", "The proof does not fit: another token, another nonce or another address.")
        # Only now: whoever cannot prove the token does not learn where it belongs.
        self._belongs(principal)
        self.principal = principal
        settings = self._sockets.settings
        limits = {
            "message": settings.max_message,
            "calls": settings.max_calls,
            "wait": settings.max_wait,
            "ping": settings.ping_seconds,
        }
        return Welcome(
            principal=principal.name,
            label=principal.label,
            lang=next(iter(self.languages), "en"),
            instance_id=self._sockets.bridge.instance_id,
            version=version(),
            epoch=self._sockets.bridge.events.journal_id,
            limits=limits,
        )

    def subscription(
        self,
        request: rpc.Request,
        principal: Principal,
        send: Callable[[bytes], None],
        writable: Callable[[], Awaitable[None]],
        resolved: Callable[[str], str],
    ) -> Subscription:
        wanted = validated(Subscribe, request.params)
        if wanted.devices is not None:
            wanted = wanted.model_copy(update={"devices": tuple(resolved(device) for device in wanted.devices)})
        return Subscription(self._sockets.bridge.events, principal, wanted, send, writable, self.languages)

    def unsubscribed(self, request: rpc.Request, before: Subscription | None) -> dict[str, Any]:
        validated(Nothing, request.params)
        return Unsubscribed(after=before.position if before is not None else None).model_dump()

    def other(self, request: rpc.Request) -> dict[str, Any]:
        if request.method == "session.ping":
            validated(Nothing, request.params)
            return Pong(at=datetime.now(UTC)).model_dump()
        raise RequestError("request.conflict", "The session is open already; another token needs another socket.")
