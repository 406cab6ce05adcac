"""`GET /api/v1/ws`: which handshakes are taken, and all sockets that are open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.model import RequestError
from bridge.server.access.access import Access
from bridge.server.connections import Connection
from bridge.server.gate import Entry
from bridge.server.principals import Principal
from bridge.server.proofs import Proofs
from bridge.server.rate import too_many
from bridge.server.settings import ServerSettings
from bridge.server.websocket.socket import Socket

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge

# For who was refused because there are too many sockets: pages come and go.
_RETRY_AFTER = 5


class WebSockets:
    """The sockets of one server."""

    def __init__(self, bridge: Bridge, settings: ServerSettings, access: Access, proofs: Proofs) -> None:
        self.bridge = bridge
        self.settings = settings
        self.access = access
        self.proofs = proofs
        self.stopping = False
        self.open: set[Socket] = set()
        self._recheck: asyncio.TimerHandle | None = None

    async def serve(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> web.StreamResponse:
        """The whole life of a socket, behind the gate. Raises RequestError before the 101."""
        # Of a terminal server each user has a page of the same origin: those are not one page that opens many.
        owner = entry.origin or "", connection.peer_name() if self.settings.users == "shared" else ""
        self._check(request, owner)
        socket = Socket(self, request, connection, entry, owner)
        self.open.add(socket)  # before the first await: two handshakes must not both take the last place
        self._watch()
        try:
            return await socket.run()
        finally:
            self.open.discard(socket)

    def make_room(self, principal: Principal) -> None:
        """Raises RequestError (429) where this token has all its sockets."""
        if sum(socket.principal is not None and socket.principal.token_id == principal.token_id for socket in self.open) >= (
            self.settings.max_sockets_each
        ):
            raise too_many(f"{principal.label} has {self.settings.max_sockets_each} sockets already.", _RETRY_AFTER)

    async def stop(self) -> None:
        """Close all sockets, each behind the answers that it still owes."""
        if self._recheck is not None:
            self._recheck.cancel()
            self._recheck = None
        await asyncio.gather(*(socket.stop() for socket in tuple(self.open)))

    def _check(self, request: web.BaseRequest, owner: tuple[str, str]) -> None:
        if request.raw_path.partition("?")[1]:
            raise RequestError("request.invalid", "This address takes no parameters. A token never stands in an address.")
        if request.headers.getall("Sec-WebSocket-Protocol", []):
            # aiohttp would log what is in it; somebody may have put a token there.
            raise RequestError("request.invalid", "No subprotocol is spoken here: leave Sec-WebSocket-Protocol out.")
        if request.headers.getall("Sec-WebSocket-Version", []) != ["13"] or not web.WebSocketResponse().can_prepare(request):
            raise RequestError("request.malformed", "This address speaks WebSocket (RFC 6455, version 13) and nothing else.")
        if self.stopping:
            raise RequestError("server.stopping", "The bridge is stopping and takes nothing new.")
        if len(self.open) >= self.settings.max_sockets:
            raise too_many(f"There are {self.settings.max_sockets} sockets already.", _RETRY_AFTER)
        if sum(socket.owner == owner for socket in self.open) >= self.settings.max_sockets_each:
            raise too_many(f"There are {self.settings.max_sockets_each} sockets of this origin already.", _RETRY_AFTER)

    def _watch(self) -> None:
        """Look from time to time whether tokens are still valid, while anybody is there."""
        if self._recheck is None and not self.stopping:
            self._recheck = asyncio.get_running_loop().call_later(self.settings.recheck_seconds, self._look)

    def _look(self) -> None:
        self._recheck = None
        self.recheck()
        if self.open:
            self._watch()

    def recheck(self) -> None:
        """Close the sockets whose token was replaced or taken back, or whose page is not paired any more."""
        for socket in tuple(self.open):
            socket.recheck()
