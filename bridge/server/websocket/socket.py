"""One socket from its handshake to its end: messages in, answers and events out, time limits.

What is written goes straight to the transport, whose buffer is the send queue: no task and no copy for each message.
Closing is our own too: aiohttp closes the connection while the client may still send, and the reset that follows can
overtake the reason for the close.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import struct
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from aiohttp import WSCloseCode, WSMsgType, web

from bridge.model import RequestError
from bridge.server.call import Call
from bridge.server.connections import Connection
from bridge.server.gate import Entry, check_origin
from bridge.server.json_body import parse_text
from bridge.server.performing import perform, resolve
from bridge.server.principals import Principal
from bridge.server.problems import SECURITY_HEADERS, problem_of
from bridge.server.rate import too_many
from bridge.server.websocket import rpc
from bridge.server.websocket.messages import SESSION_METHODS, CloseCode
from bridge.server.websocket.methods import METHODS, arguments
from bridge.server.websocket.session import Session
from bridge.server.websocket.subscription import Subscription

if TYPE_CHECKING:
    from bridge.server.websocket.endpoint import WebSockets

log = logging.getLogger("tillbridge.websocket")

# A call's `params` and a batch stand round what would be the body of a request.
_DEEPER = 3


class Socket:
    """Serves one client. Its methods run in the server's loop."""

    def __init__(
        self, sockets: WebSockets, request: web.BaseRequest, connection: Connection, entry: Entry, owner: tuple[str, str]
    ) -> None:
        self.owner = owner
        self._entry = entry
        self.principal: Principal | None = None
        self._sockets = sockets
        self._settings = sockets.settings
        self._request = request
        self._connection = connection
        self._host = request.headers["Host"]
        self._session = Session(sockets, self._host, self._belongs)
        self._response = _Response(self._settings.max_message, self.close)
        self._transport = cast(asyncio.Transport, request.transport)
        self._loop = asyncio.get_running_loop()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._closing = False
        self._heard = True
        self._misses = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = 0
        self._subscription: Subscription | None = None

    # -- life --------------------------------------------------------------------------------------------------------

    async def run(self) -> web.StreamResponse:
        """Answer the handshake and serve until either side closes."""
        self._response.headers.update(SECURITY_HEADERS)
        await self._response.prepare(self._request)
        self._later("authenticate", self._settings.authenticate_seconds, self._authentication_is_late)
        self._later("ping", self._settings.ping_seconds, self._ping)
        try:
            await self._read()
        except ConnectionError:
            log.debug("a client went away")
        finally:
            self._end()
        return self._response

    def close(self, code: int, reason: str) -> None:
        """Say why, and send nothing more. The client has a moment to answer, then the connection is closed."""
        if self._closing:
            return
        self._closing = True
        if self._subscription is not None:
            self._subscription.end()
        if not self._transport.is_closing():
            self._transport.write(_control(WSMsgType.CLOSE, struct.pack("!H", code) + reason.encode()))
        self._later("close", self._settings.close_seconds, self._transport.close)

    async def stop(self) -> None:
        """The server stops: what runs is answered, then the socket is closed."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=self._settings.stop_seconds)
        self.close(CloseCode.STOPPING, "the bridge is stopping")

    def recheck(self) -> None:
        """Close if the token was replaced or taken back meanwhile, or nothing pairs this page any more."""
        access = self._sockets.access
        if self.principal is not None and access.find(self.principal.token_id) != self.principal:
            self.close(CloseCode.UNAUTHORISED, "the token was replaced or taken back")
        elif self._entry.origin is not None and not self._entry.own and self._entry.origin not in access.tokens.origins:
            self.close(CloseCode.FORBIDDEN, "this origin is not paired any more")

    def _belongs(self, principal: Principal) -> None:
        """Whether the token may be used from here. Raises RequestError."""
        check_origin(principal, self._entry.origin, self._entry.own)
        self._sockets.access.users.check(principal, self._connection.local, self._connection.peer)
        self._sockets.access.used(principal)

    async def _read(self) -> None:
        while True:
            await self._connection.writable()  # who does not read is not listened to
            message = await self._response.receive()
            match message.type:
                case WSMsgType.TEXT:
                    self._heard = True
                    if not self._closing:
                        self._take(message.data)
                case WSMsgType.PONG:
                    self._heard = True
                case WSMsgType.PING:
                    self._heard = True
                    if not self._closing:
                        self._transport.write(_control(WSMsgType.PONG, message.data))
                case WSMsgType.BINARY:
                    self.close(CloseCode.BINARY, "messages are JSON texts")
                case WSMsgType.CLOSE:
                    self.close(CloseCode.NORMAL, "")
                    return
                case WSMsgType.ERROR:  # of the framing: nothing more can be read, but the reason must get through
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._settings.close_seconds):
                            await self._connection.gone.wait()
                    return
                case _:
                    return

    def _end(self) -> None:
        self._closing = True
        if self._subscription is not None:
            self._subscription.end()
        for timer in self._timers.values():
            timer.cancel()
        self._connection.gone.set()  # nobody is there for what still waits

    def _later(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._timers[name] = self._loop.call_later(seconds, act)

    def _authentication_is_late(self) -> None:
        self.close(CloseCode.UNAUTHORISED, f"not authenticated within {self._settings.authenticate_seconds:g} s")

    def _ping(self) -> None:
        self._misses = 0 if self._heard else self._misses + 1
        self._heard = False
        if self._misses >= 2:
            self.close(CloseCode.SILENT, "no sign of life")
            return
        if not self._closing and not self._transport.is_closing():
            self._transport.write(_control(WSMsgType.PING, b""))
            self._later("ping", self._settings.ping_seconds, self._ping)

    # -- out ---------------------------------------------------------------------------------------------------------

    def send(self, frame: bytes) -> None:
        """Write a frame, or cut the client off where too much waits for it already."""
        transport = self._transport
        if self._closing or transport.is_closing():
            return
        if transport.get_write_buffer_size() > self._settings.max_unread:
            log.warning("cut off a client of %s that does not read", self.principal)
            self.close(CloseCode.SLOW, "events come faster than they are read")
            return
        transport.write(frame)

    async def _answer(self, response: object) -> None:
        """Behind everything that waits for the client: an answer, unlike an event, can wait as well."""
        with contextlib.suppress(ConnectionError):
            await self._connection.writable()
            self.send(rpc.frame(response))

    # -- in ----------------------------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        try:
            message = parse_text(text, max_depth=self._settings.max_depth + _DEEPER)
        except RequestError as problem:
            self._refuse(self._error(None, problem, rpc.PARSE_ERROR))
            return
        self.recheck()
        if self._closing:
            return
        if isinstance(message, list) and self.principal is not None:
            self._take_batch(message)
            return
        try:
            request = rpc.read(message)
        except rpc.RpcError as wrong:
            self._refuse(self._error(wrong.id, wrong.problem, wrong.code) if wrong.answered else None)
            return
        if request.method in SESSION_METHODS or self.principal is None:
            response, then = self._session_call(request)
            if response is not None:
                self.send(rpc.frame(response))
            then()
        elif self._room_for(1):
            self._start(self._one(request), 1)
        elif request.answered:
            self.send(rpc.frame(self._error(request.id, self._busy())))

    def _refuse(self, response: dict[str, Any] | None) -> None:
        if response is not None:
            self.send(rpc.frame(response))
        if self.principal is None:
            self.close(CloseCode.UNAUTHORISED, "the first message must be session.authenticate")

    def _take_batch(self, messages: Sequence[Any]) -> None:
        most = self._settings.max_calls
        if not messages:
            problem = RequestError("request.malformed", "an empty batch asks for nothing")
        elif len(messages) > most:
            problem = RequestError("request.too_large", f"A batch may have {most} calls.", extra={"limit": most})
        elif not self._room_for(len(messages)):
            self.send(rpc.frame(self._error(None, self._busy())))
            return
        else:
            self._start(self._batch(messages), len(messages))
            return
        self.send(rpc.frame(self._error(None, problem, rpc.INVALID_REQUEST)))

    def _room_for(self, calls: int) -> bool:
        return self._running + calls <= self._settings.max_calls

    def _busy(self) -> RequestError:
        return too_many(f"This socket has {self._running} calls open; it may have {self._settings.max_calls}.", 1)

    def _start(self, work: Any, calls: int) -> None:
        """Calls run beside each other: one that waits for a job must not hold up the one that aborts it."""
        self._running += calls
        task: asyncio.Task[None] = self._loop.create_task(work)
        self._tasks.add(task)

        def ended(task: asyncio.Task[None]) -> None:
            self._running -= calls
            self._tasks.discard(task)

        task.add_done_callback(ended)

    async def _one(self, request: rpc.Request) -> None:
        response = await self._call(request)
        if response is not None:
            await self._answer(response)

    async def _batch(self, messages: Sequence[Any]) -> None:
        thens: list[Callable[[], None]] = []

        async def one(message: Any) -> dict[str, Any] | None:
            try:
                request = rpc.read(message)
            except rpc.RpcError as wrong:
                return self._error(wrong.id, wrong.problem, wrong.code) if wrong.answered else None
            if request.method not in SESSION_METHODS:
                return await self._call(request)
            response, then = self._session_call(request)
            thens.append(then)
            return response

        responses = [response for response in await asyncio.gather(*map(one, messages)) if response is not None]
        if responses:
            await self._answer(responses)
        for then in thens:
            then()

    async def _call(self, request: rpc.Request) -> dict[str, Any] | None:
        """A call of the API."""
        principal = self.principal
        assert principal is not None
        route = METHODS.get(request.method)
        if route is None:
            problem = RequestError("request.not_found", f"there is no method {request.method[:60]!r}")
            return self._error(request.id, problem, rpc.METHOD_NOT_FOUND) if request.answered else None
        try:
            self._sockets.access.take_call(principal)
            given = arguments(route, request.params, self._settings.max_wait)
            if self._sockets.stopping and route.method != "GET":
                raise RequestError("server.stopping", "The bridge is stopping and takes nothing new.")
            call = Call(
                bridge=self._sockets.bridge,
                access=self._sockets.access,
                parameters=given.parameters,
                query=given.query,
                body=given.body,
                key=given.key,
                wait=given.wait,
                principal=principal,
                origin=self._entry.origin,
                own=self._entry.own,
                address=f"{self._connection.door.scheme}://{self._host}",
                gone=self._connection.gone,
                peer=self._connection.peer,
                peer_name=self._connection.peer_name(),
                port=self._connection.door.port,
                local=self._connection.local,
                languages=self._session.languages,
                prove=lambda token_id, nonce: self._sockets.proofs.server(
                    self._connection.peer_name(), self._host, token_id, nonce
                ),
            )
            answer = await perform(route, call)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever went wrong inside, the client gets a problem document and the log the rest
            problem = problem_of(error, f"WebSocket {route.name}")
            return self._error(request.id, problem) if request.answered else None
        return rpc.result(request.id, answer.body) if request.answered else None

    def _error(self, id_: rpc.Id, problem: RequestError, code: int | None = None) -> dict[str, Any]:
        return rpc.error(id_, problem, code, self._session.languages)

    # -- the session -------------------------------------------------------------------------------------------------

    def _session_call(self, request: rpc.Request) -> tuple[dict[str, Any] | None, Callable[[], None]]:
        """The answer of a session method, and what is to be done behind it."""
        then: Callable[[], None] = _nothing
        try:
            if self.principal is None:
                value: Any = self._session.open(request)
                self._welcome()
            else:
                value, then = self._subscribed(request)
        except RequestError as problem:
            if self.principal is None:
                then = self._end_for(problem.code)
            return (self._error(request.id, problem) if request.answered else None), then
        return (rpc.result(request.id, value) if request.answered else None), then

    def _welcome(self) -> None:
        """Take the principal over, once the session has one and it has room for a socket more."""
        if self._session.principal is not None:
            self._sockets.make_room(self._session.principal)
            self.principal = self._session.principal
            self._timers.pop("authenticate").cancel()

    def _end_for(self, code: str) -> Callable[[], None]:
        """How a session that could not be opened ends."""
        if code == "gate.rate":
            return self._one_too_many
        elsewhere = ("gate.origin_required", "gate.token_origin_mismatch", "gate.session_unknown", "gate.wrong_session")
        return self._elsewhere if code in elsewhere else self._unauthorised

    def _unauthorised(self) -> None:
        self.close(CloseCode.UNAUTHORISED, "not authenticated")

    def _one_too_many(self) -> None:
        self.close(CloseCode.TOO_MANY, "too many sockets of this token")

    def _elsewhere(self) -> None:
        self.close(CloseCode.FORBIDDEN, "this token belongs elsewhere")

    def _subscribed(self, request: rpc.Request) -> tuple[Any, Callable[[], None]]:
        assert self.principal is not None
        if request.method == "events.subscribe":
            subscription = self._session.subscription(
                request, self.principal, self.send, self._connection.writable, self._resolved
            )
            if self._subscription is not None:
                self._subscription.end()
            self._subscription = subscription
            return subscription.answer.model_dump(), lambda: self._start(self._replay(subscription), 0)
        if request.method == "events.unsubscribe":
            subscription_before, self._subscription = self._subscription, None
            if subscription_before is not None:
                subscription_before.end()
            return self._session.unsubscribed(request, subscription_before), _nothing
        return self._session.other(request), _nothing

    def _resolved(self, device: str) -> str:
        """A device's id, where it is named by an alias of this token."""
        assert self.principal is not None
        access, peer = self._sockets.access, self._connection.peer
        return resolve(self.principal, device, access, peer) if device.startswith("@") else device

    async def _replay(self, subscription: Subscription) -> None:
        try:
            await subscription.run(lambda: sorted(self._sockets.bridge.devices.runtimes))
        except ConnectionError:
            subscription.end()
        except Exception:  # the journal cannot be read: the client resumes when it can be
            log.exception("a replay of events failed")
            self.close(CloseCode.INTERNAL, "events cannot be read just now")


class _Response(web.WebSocketResponse):
    """aiohttp's handshake and framing; closing is the socket's."""

    def __init__(self, max_message: int, on_close: Callable[[int, str], None]) -> None:
        super().__init__(autoclose=False, autoping=False, compress=False, max_msg_size=max_message)
        self._on_close = on_close

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        self._on_close(code, _REASONS.get(code, ""))
        return True


_REASONS: dict[int, str] = {
    WSCloseCode.MESSAGE_TOO_BIG: "the message is too large",
    WSCloseCode.PROTOCOL_ERROR: "not the WebSocket protocol, or an extension that was not agreed on",
    WSCloseCode.INVALID_TEXT: "not UTF-8",
}


def _control(kind: WSMsgType, payload: bytes) -> bytes:
    return struct.pack("!BB", 0x80 | kind.value, len(payload)) + bytes(payload)


def _nothing() -> None:
    """Nothing is to be done behind most answers."""
