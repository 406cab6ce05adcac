"""The application: gate, routing, body, call, answer, in this order, for every request.

It is aiohttp's low-level server, so that nothing at all (no routing, no 100-continue) happens before the gate.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bridge.model import FieldError, RequestError
from bridge.server.admin_token import LABEL, PRINCIPAL, AdminToken
from bridge.server.body import read_object
from bridge.server.call import Answer, Call, Handler
from bridge.server.connections import Connection, ConnectionServer
from bridge.server.gate import WITH_BODY, Gate, log_refusal, printable
from bridge.server.peer import user_of
from bridge.server.problems import failure, json_response, refusal, text_response
from bridge.server.routes import ROUTES
from bridge.server.routing import Router
from bridge.server.settings import ServerSettings
from bridge.store import StorageError

if TYPE_CHECKING:
    from bridge.jobs.bridge import Bridge

log = logging.getLogger("tillbridge.server")

PREFIX = "/api/v1"

_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.IGNORECASE)
# What a key may look like: it is written into the journal and shown in lists. A UUID has 36 characters.
_KEY = re.compile(r"[!-~]{1,200}")


class Application:
    """Answers the requests of one Bridge on one port."""

    def __init__(self, bridge: Bridge, settings: ServerSettings, port: int) -> None:
        self.bridge = bridge
        self.settings = settings
        self.gate = Gate(settings, AdminToken(bridge.data_dir).matches, port)
        self.router: Router[Handler] = Router(PREFIX, ROUTES)
        self.stopping = False
        self.server = ConnectionServer(self.handle, settings)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from its head to its answer. Nothing but a cancellation leaves it as an exception."""
        connection = request.protocol
        assert isinstance(connection, Connection)
        connection.begin()
        try:
            authenticated = self.gate.check(request)
        except RequestError as error:
            log_refusal(request, error)
            response = refusal(error)
            # What the refused request brings along must not be taken for another request.
            response.force_close()
            return response
        try:
            answer = await self._answer(request, connection, authenticated)
            if answer.media_type is not None:
                return text_response(answer.status, answer.body, answer.media_type, answer.headers)
            return json_response(answer.status, answer.body, answer.headers)
        except RequestError as error:
            if error.status >= 500:
                log.warning("%s %s: %s", request.method, printable(request.path, 200), error)
            response = refusal(error)
        except StorageError as error:
            log.error("%s %s: %s", request.method, printable(request.path, 200), error)
            response = refusal(RequestError("server.storage", "The journal cannot be written or read just now."))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever went wrong inside, the client gets a problem document and the log the rest
            response = failure(error, f"{request.method} {printable(request.raw_path.partition('?')[0], 200)}")
        if request.method in WITH_BODY and not request.content.is_eof():
            response.force_close()
        return response

    async def _answer(self, request: web.BaseRequest, connection: Connection, authenticated: bool) -> Answer:
        route, parameters = self.router.find(request.method, request.raw_path)
        body = await read_object(request, self.settings) if request.method in WITH_BODY else {}
        if self.stopping and request.method != "GET":
            raise RequestError("server.stopping", "The bridge is stopping and takes nothing new.")
        call = Call(
            bridge=self.bridge,
            parameters=parameters,
            query=_query(request),
            body=body,
            key=_key(request),
            wait=self._wait(request),
            authenticated=authenticated,
            principal=PRINCIPAL,
            label=LABEL,
            gone=connection.gone,
            user=lambda: _user(connection),
        )
        return await route.handler(call)

    def _wait(self, request: web.BaseRequest) -> float | None:
        """`Prefer: wait=N`. As RFC 7240 has it, a preference that cannot be read is no preference."""
        for value in request.headers.getall("Prefer", []):
            for preference in value.split(","):
                match = _WAIT.fullmatch(preference.partition(";")[0].strip())
                if match is not None:
                    return min(float(match.group(1)), self.settings.max_wait)
        return None

    def begin_stop(self) -> None:
        """Take nothing new; requests that wait for jobs are answered with the jobs as they stand."""
        self.stopping = True
        self.server.release_waits()


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
    if len(keys) > 1 or not _KEY.fullmatch(keys[0]):
        message = "must be one key of 1 to 200 printable ASCII characters without spaces"
        raise RequestError(
            "request.invalid", f"Idempotency-Key: {message}", (FieldError("Idempotency-Key", message, limit="200"),)
        )
    return keys[0]


def _user(connection: Connection) -> str | None:
    """Looked up once for each connection: the table of all sockets is read for it."""
    if connection.user is False:
        transport: Any = connection.transport
        connection.user = (
            user_of(transport.get_extra_info("peername"), transport.get_extra_info("sockname")) if transport else None
        )
    return connection.user if isinstance(connection.user, str) else None
