"""Connections: how many there may be, and how long each may take, so that a slow client holds up nobody else.

aiohttp gives a connection all the time in the world to finish its headers (measured, browser-and-localhost.md section
14) and answers what its parser refuses in plain text; both are mended here, in its own protocol class.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, cast

from aiohttp import web

from bridge.model import RequestError
from bridge.server.doors import Door
from bridge.server.peers import Peer, PeerLookup
from bridge.server.principals import Principal
from bridge.server.printing import printable
from bridge.server.problems import PROBLEM_TYPE, SECURITY_HEADERS, bare_problem, encode, failure, refusal
from bridge.server.settings import ServerSettings

log = logging.getLogger("tillbridge.gate")

# How long what a refused client still sends is read and thrown away, so that it sees the refusal and not a reset.
_LINGER_SECONDS = 2.0


class Connection(web.RequestHandler):
    """One client's connection: aiohttp's, with time limits for heads and for answers that nobody reads."""

    __slots__ = (
        "_address",
        "_head_timer",
        "_peer",
        "_refused",
        "_server",
        "_write_timer",
        "busy",
        "door",
        "gone",
        "idle_since",
        "local",
        "principal",
    )

    door: Door
    local: bool

    def __init__(self, server: ConnectionServer, settings: ServerSettings) -> None:
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=settings.idle_seconds,
            lingering_time=_LINGER_SECONDS,
            access_log=cast(Any, None),
            auto_decompress=False,
        )
        self._server = server
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self.busy = False
        self.gone = asyncio.Event()
        self.idle_since = 0.0
        self._address = ""
        self._peer: Peer | None = None
        self.principal: Principal | None = None
        """Whoever has the token of the request that is being answered."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.idle_since = asyncio.get_running_loop().time()
        self._address = str((transport.get_extra_info("peername") or ("",))[0])
        self.door = self._server.door(transport)
        self.local = is_loopback(self._address)
        if not self.door.admits(self._address):
            log.warning("closed a connection of %s, which is in none of the networks that may come", printable(self._address, 60))
            self._refused = True
            transport.close()
            return
        if not self._server.admit(self):
            self._refused = True
            cast(asyncio.Transport, transport).write(_FULL)
            transport.close()
            return
        if self.local:
            # At accept and never later: a port that was closed meanwhile may be opened again by somebody else.
            ends = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
            self._peer = self._server.lookup.peer(*ends)
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if data and not self.busy and self._head_timer is None:
            self._await_head()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        self.gone.set()
        self._server.open.discard(self)
        self._cancel_head_timer()
        self._cancel_write_timer()
        if not self._refused:
            super().connection_lost(exc)

    def begin(self) -> None:
        """A request's head is complete; its handling begins."""
        self.busy = True
        self._cancel_head_timer()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        if "Upgrade" in request.headers and not resp.prepared:
            # The parser takes no more requests behind one that asked to speak something else, or takes them depending on
            # what it asked for: whoever sends on is not left waiting, and nothing is read in two ways.
            resp.force_close()
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self.busy = False
            self.principal = None
            self.idle_since = asyncio.get_running_loop().time()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """What the parser refuses, before any head is there to judge."""
        self._cancel_head_timer()
        if status >= 500:
            response = failure(exc or RuntimeError(message), "reading a request")
        else:
            # Its first line only: the parser quotes the bytes it stumbled on in those that follow.
            reason = printable((message or "").strip().partition("\n")[0].rstrip(":"), 120)
            log.warning("refused an unreadable request of %s: %s", request.remote, reason)
            response = refusal(RequestError("request.malformed", f"This is no HTTP request that can be read: {reason}."))
        response.force_close()
        return response

    def pause_writing(self) -> None:
        super().pause_writing()
        transport = self.transport
        if transport is not None:
            seconds = self._server.settings.write_seconds
            self._write_timer = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def resume_writing(self) -> None:
        self._cancel_write_timer()
        super().resume_writing()

    async def writable(self) -> None:
        """As soon as the client reads what was written before. Raises ConnectionError where it is gone."""
        if self._paused or self.transport is None:
            await self._drain_helper()

    def peer(self) -> Peer | None:
        """Who is at the other end, where it can be told."""
        return self._peer

    def peer_name(self) -> str:
        """Whom limits are counted for: the user of this PC, or the address where it comes from elsewhere."""
        if self._peer is not None:
            return f"user {self._peer.user_id}"
        # Whoever is here can come from any address of the loopback, of which there are millions.
        return "this computer" if self.local else self._address

    def _await_head(self) -> None:
        self._head_timer = asyncio.get_running_loop().call_later(self._server.settings.head_seconds, self._head_is_late)

    def _head_is_late(self) -> None:
        self._head_timer = None
        if not self.busy:
            log.info("closed a connection that sent no complete request in %g s", self._server.settings.head_seconds)
            self.force_close()

    def _cancel_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _cancel_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


class ConnectionServer(web.Server):
    """Makes connections, counts them, and lets the one go that has been idle longest when there are too many."""

    def __init__(self, handler: Any, settings: ServerSettings, doors: Sequence[Door], lookup: PeerLookup) -> None:
        super().__init__(handler)
        self.settings = settings
        self.lookup = lookup
        self._doors = {door.port: door for door in doors}
        self.open: set[Connection] = set()

    def __call__(self) -> Connection:
        return Connection(self, self.settings)

    def door(self, transport: asyncio.BaseTransport) -> Door:
        """Where a connection came in: by our own end's port."""
        return self._doors[transport.get_extra_info("sockname")[1]]

    def admit(self, connection: Connection) -> bool:
        """Take a connection, at the cost of an idle one if need be. False: all are busy."""
        if len(self.open) >= self.settings.max_connections:
            idle = [other for other in self.open if not other.busy]
            if not idle:
                log.warning("refused a connection: %d are busy already", len(self.open))
                return False
            oldest = min(idle, key=lambda other: other.idle_since)
            self.open.discard(oldest)
            oldest.force_close()
        self.open.add(connection)
        return True

    def recheck(self, find: Callable[[str], Principal | None]) -> None:
        """End the waits of those whose token is worth nothing any more: what they asked for is answered as it stands."""
        for connection in self.open:
            principal = connection.principal
            if principal is not None and find(principal.token_id) != principal:
                connection.gone.set()

    def release_waits(self) -> None:
        """Let every request that waits for a job end now."""
        for connection in self.open:
            connection.gone.set()


def is_loopback(address: str) -> bool:
    """Whether an IP address is this PC's own."""
    return address == "127.0.0.1" or address == "::1" or address.startswith(("127.", "::ffff:127."))


def _full() -> bytes:
    body = encode(bare_problem(503, "Too many connections", "All connections are busy. Try again in a moment."))
    headers = {
        **SECURITY_HEADERS,
        "Content-Type": PROBLEM_TYPE,
        "Retry-After": "2",
        "Connection": "close",
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 503 Service Unavailable\r\n{lines}\r\n".encode() + body


_FULL = _full()
