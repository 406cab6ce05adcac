"""The application: gate, routing, body, call, answer, in this order, for every request.

It is aiohttp's low-level server, so that nothing at all (no routing, no 100-continue) happens before the gate.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from aiohttp import web

from bridge.model import EventKind, FieldError, RequestError, invalid
from bridge.server import cors
from bridge.server.access.access import Access
from bridge.server.body import read_object
from bridge.server.call import Answer, Call, Handler
from bridge.server.connections import Connection, ConnectionServer
from bridge.server.doors import Door
from bridge.server.gate import METHODS, WITH_BODY, Entry, Gate, log_refusal
from bridge.server.languages import accepted
from bridge.server.pages import PAGES, Page, page_response
from bridge.server.performing import perform
from bridge.server.printing import printable
from bridge.server.problems import empty_response, json_response, other_response, problem_of, refusal
from bridge.server.proofs import Proofs
from bridge.server.routes import ROUTES
from bridge.server.routes.pairing import waiting_pairings
from bridge.server.routing import Router
from bridge.server.settings import ServerSettings
from bridge.server.websocket.endpoint import WebSockets
from bridge.server.websocket.methods import checked_key

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge

PREFIX = "/api/v1"

_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)
_WEBSOCKET = f"{PREFIX}/ws"


class Application:
    """Answers the requests of one Bridge on its ports."""

    def __init__(
        self,
        bridge: Bridge,
        settings: ServerSettings,
        doors: Sequence[Door],
        access: Access,
        pages: Mapping[str, Page] = PAGES,
    ) -> None:
        self.bridge = bridge
        self.pages = pages
        self.settings = settings
        self.access = access
        self.gate = Gate(settings, access, self._methods, pages)
        self._proofs = Proofs(access, settings.proofs_at_once, settings.proofs_per_second)
        self.websockets = WebSockets(bridge, settings, access, self._proofs)
        access.tokens.on_change = access.attendants.on_change = self._tokens_changed
        access.pairings.on_change = lambda: bridge.events.view_changed(EventKind.PAIRING_UPDATED)
        bridge.events.show(EventKind.PAIRING_UPDATED, lambda: waiting_pairings(access.pairings))
        self.router: Router[Handler] = Router(PREFIX, ROUTES)
        self.stopping = False
        self.server = ConnectionServer(self.handle, settings, doors, access.lookup)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from its head to its answer. Nothing but a cancellation leaves it as an exception."""
        connection = request.protocol
        assert isinstance(connection, Connection)
        connection.begin()
        entry = Entry(request.raw_path.partition("?")[0])
        try:
            if cors.is_preflight(request):
                self.gate.preflight(request, connection, entry)
                methods = self._methods(request.raw_path) or METHODS
                told = cors.preflight_headers(request, methods, self.settings.preflight_seconds)
                return empty_response(204, {**entry.headers, **told})
            self.gate.check(request, connection, entry)
            connection.principal = entry.principal
        except RequestError as error:
            log_refusal(request, error)
            response = refusal(error, _languages(request))
            response.headers.update(entry.headers)
            # What the refused request brings along must not be taken for another request.
            response.force_close()
            return response
        page = self.pages.get(request.raw_path)
        if page is not None:
            return page_response(page)
        try:
            if request.method == "GET" and entry.path == _WEBSOCKET:
                return await self.websockets.serve(request, connection, entry)
            answer = await self._answer(request, connection, entry)
            if answer.media_type is not None:
                response = other_response(answer.status, answer.body, answer.media_type, answer.headers)
            else:
                response = json_response(answer.status, answer.body, answer.headers)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever went wrong inside, the client gets a problem document and the log the rest
            response = refusal(problem_of(error, f"{request.method} {printable(entry.path, 200)}"), _languages(request))
            if request.method in WITH_BODY and not request.content.is_eof():
                response.force_close()
        response.headers.update(entry.headers)
        if connection.gone.is_set():
            response.force_close()  # the waits of this connection are over for good
        return response

    async def _answer(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> Answer:
        route, parameters = self.router.find(request.method, request.raw_path)
        most = self.settings.max_stranger_body if entry.principal is None else self.settings.max_body
        body = await read_object(request, self.settings, most) if request.method in WITH_BODY else {}
        if self.stopping and request.method != "GET":
            raise RequestError("server.stopping", "The bridge is stopping and takes nothing new.")
        call = Call(
            languages=_languages(request),
            bridge=self.bridge,
            access=self.access,
            parameters=parameters,
            query=_query(request),
            body=body,
            key=_key(request),
            wait=self._wait(request),
            principal=entry.principal,
            origin=entry.origin,
            own=entry.own,
            address=f"{connection.door.scheme}://{request.headers['Host']}",
            gone=connection.gone,
            peer=connection.peer,
            peer_name=connection.peer_name(),
            port=connection.door.port,
            local=connection.local,
            prove=lambda token_id, nonce: self._proofs.server(connection.peer_name(), request.headers["Host"], token_id, nonce),
        )
        return await perform(route, call)

    def _methods(self, raw_path: str) -> tuple[str, ...]:
        if raw_path in self.pages or raw_path.partition("?")[0] == _WEBSOCKET:
            return ("GET",)
        return self.router.methods(raw_path)

    def _wait(self, request: web.BaseRequest) -> float | None:
        """`Prefer: wait=N`. As RFC 7240 has it, a preference that cannot be read is no preference."""
        for value in request.headers.getall("Prefer", []):
            for preference in value.split(","):
                match = _WAIT.fullmatch(preference.partition(";")[0].strip())
                if match is not None:
                    return min(float(match.group(1)), self.settings.max_wait)
        return None

    def _tokens_changed(self) -> None:
        """Whoever came with a token that is worth nothing any more waits for nothing more."""
        self.websockets.recheck()
        self.server.recheck(self.access.find)

    def begin_stop(self) -> None:
        """Take nothing new; requests that wait for jobs are answered with the jobs as they stand."""
        self.stopping = self.websockets.stopping = True
        self.server.release_waits()


def _languages(request: web.BaseRequest) -> tuple[str, ...]:
    return accepted(request.headers.get("Accept-Language"))


def _query(request: web.BaseRequest) -> Mapping[str, str]:
    query: dict[str, str] = {}
    for name, value in request.query.items():
        if name in query:
            message = "stands twice in the address"
            shown = printable(name, 100)
            raise RequestError("request.invalid", f"{shown}: {message}", (FieldError(shown, message),))
        if not value.isprintable():
            message = "has characters that no id has"
            raise RequestError("request.invalid", f"{name}: {message}", (FieldError(name, message),))
        query[name] = value
    return query


def _key(request: web.BaseRequest) -> str | None:
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return None
    if len(keys) > 1:
        raise invalid("Idempotency-Key", "stands twice in the head")
    return checked_key(keys[0], "Idempotency-Key")
