"""The gate: one ordered chain that every request passes before anything looks at its path or body.

Method, Host, form of the target, Origin, Sec-Fetch, the PC's user, address, media type, size, token, rate, each in its own
function. The order and the attacks are those of docs/security.md. A refusal has no side effect and one log line, without
tokens, query or body. Reading the body comes after the gate, in body.py; what a token may do, in performing.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bridge.model import RequestError
from bridge.server import cors
from bridge.server.access.access import Access
from bridge.server.access.origins import is_origin
from bridge.server.connections import Connection
from bridge.server.pages import Page
from bridge.server.principals import Kind, Principal
from bridge.server.printing import printable
from bridge.server.routing import wrong_method
from bridge.server.settings import ServerSettings

log = logging.getLogger("tillbridge.gate")

METHODS = ("GET", "POST", "PUT", "DELETE")
WITH_BODY = ("POST", "PUT")

# Answered without a token. Health then tells no more than whether the bridge lives.
# The WebSocket asks for proof itself, in its first message; the server's own proof must come before any token is sent.
OPEN = frozenset(
    {
        ("GET", "/api/v1/ping"),
        ("GET", "/api/v1/health"),
        ("GET", "/api/v1/openapi.json"),
        ("GET", "/api/v1/asyncapi.json"),
        ("GET", "/api/v1/ws"),
        ("POST", "/api/v1/session/proof"),
        ("POST", "/api/v1/session/console"),
        ("POST", "/api/v1/session/attendant"),
        ("POST", "/api/v1/pairing"),
    }
)

PRESENT = "Tillbridge-Present"
"""`1`: since its last call a person has touched the page. It is what keeps an attendant signed in; calls alone do not."""

_PING = "/api/v1/ping"
_SOCKET = "/api/v1/ws"
# For pages that are not paired yet: whether the bridge is there, and to ask for pairing. Nothing here tells of devices.
_ASK = "/api/v1/pairing"
_ASKED = re.compile(r"/api/v1/pairing/[A-Za-z0-9_-]{32}")

_FETCH_METADATA = ("Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest")

_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]+)")
_CHARSET_UTF8 = re.compile(r'charset="?utf-8"?', re.IGNORECASE)


@dataclass(slots=True)
class Entry:
    """What the gate finds out of a request on its way. `headers` are those that let the page read the answer, refusals too."""

    path: str
    origin: str | None = None
    own: bool = False
    """The origin is that of one of the bridge's own pages."""
    headers: dict[str, str] = field(default_factory=dict)
    principal: Principal | None = None


@dataclass(slots=True)
class Gate:
    """Decides on heads of requests."""

    settings: ServerSettings
    access: Access
    methods_of: Callable[[str], Sequence[str]]
    """The methods that an address has, from the table of routes alone; none where there is no such address."""
    pages: Mapping[str, Page]
    """By the request's target, whole."""

    def check(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        """Pass the request; `entry` then says who asks. Raises RequestError."""
        self._method(request)
        self._host(request, connection)
        self._target(request)
        self._origin(request, connection, entry)
        self._fetch_metadata(request, connection, entry)
        self._user(connection)
        self._address(request)
        self._media_type(request)
        self._size(request)
        self._token(request, connection, entry)
        self._rate(entry, connection)

    def preflight(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        """Pass a browser's question ahead of a request. It needs no token, since browsers send none, and learns nothing but
        the table of routes; who the user is plays no part, so that the page can read why its request is refused."""
        self._host(request, connection)
        self._target(request)
        self._origin(request, connection, entry)
        self._fetch_metadata(request, connection, entry)
        if entry.own:
            self._method(request)  # the bridge's own pages need no leave, and no browser asks for them
        if request.body_exists:
            raise RequestError("request.malformed", "OPTIONS takes no body.")

    def _method(self, request: web.BaseRequest) -> None:
        if request.method not in METHODS:
            raise RequestError(
                "gate.method",
                f"{printable(request.method, 20)} is not allowed.",
                extra={"allow": ", ".join(self.methods_of(request.raw_path) or METHODS)},
            )

    def _host(self, request: web.BaseRequest, connection: Connection) -> None:
        # request.host would fall back to the socket's address for HTTP/1.0 without Host; only the header counts.
        hosts = request.headers.getall("Host", ())
        if len(hosts) != 1 or hosts[0].lower() not in connection.door.hosts:
            said = f"names {printable(hosts[0], 100)!r}" if len(hosts) == 1 and hosts[0] else "is missing or empty"
            raise RequestError(
                "gate.host_not_allowed", f"The Host header {said}; this service is 127.0.0.1:{connection.door.port}."
            )

    def _target(self, request: web.BaseRequest) -> None:
        # Absolute form: aiohttp would take request.host from it, whatever the header says.
        if not request.raw_path.startswith("/"):
            raise RequestError("gate.target", "The request target is not a path: send GET /api/v1/..., without scheme and host.")

    def _origin(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        # Whole strings: "null", look-alikes and two headers are in no list. Our own page says the origin that it was loaded
        # from, which is the Host that it calls.
        origins = request.headers.getall("Origin", ())
        if not origins:
            return
        origin = origins[0]
        door = connection.door
        if len(origins) > 1:
            raise RequestError("gate.origin_not_allowed", f"The request has {len(origins)} Origin headers.")
        if origin in door.origins and origin == f"{door.scheme}://{request.headers['Host'].lower()}":
            entry.own = True
        elif origin not in self.access.tokens.origins and not (_for_strangers(entry.path) and is_origin(origin)):
            raise RequestError(
                "gate.origin_not_allowed", f"The request comes from {printable(origin, 100)!r}, which is not paired."
            )
        entry.origin = origin
        if not entry.own:
            entry.headers = cors.headers(origin)

    def _fetch_metadata(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        # Browsers leave Origin out of top-level GETs, images and frames, and say so here. "cors" alone comes from native
        # JavaScript too (Node's fetch), and "none" from an address typed in by hand. Chromium says nothing of WebSockets.
        if not [name for name in _FETCH_METADATA if name in request.headers]:
            return
        page = self._page(request)
        socket = entry.path == _SOCKET
        if entry.origin is None:
            sites: tuple[str, ...] = ("none", "same-origin")
        else:
            sites = ("same-origin",) if entry.own else ("cross-site", "same-site")
        allowed = (
            ("Sec-Fetch-Site", sites),
            (
                "Sec-Fetch-Mode",
                page.modes if page else ("cors", "same-origin", "websocket") if socket else ("cors", "same-origin"),
            ),
            ("Sec-Fetch-Dest", page.destinations if page else ("empty", "websocket") if socket else ("empty",)),
        )
        for name, values in allowed:
            for value in request.headers.getall(name, ()):
                if value.strip().lower() not in values:
                    raise RequestError(
                        "gate.origin_not_allowed",
                        f"The browser says that this is no request of a paired page: {name} is {printable(value, 30)!r}.",
                    )

        if entry.origin is None and page is None and request.headers.get("Sec-Fetch-Site") == "same-origin":
            # A page that reads its own server: browsers leave Origin out, and say so here. It is one of our own, by its Host.
            own = f"{connection.door.scheme}://{request.headers['Host'].lower()}"
            entry.own = own in connection.door.origins
            entry.origin = own if entry.own else None

    def _user(self, connection: Connection) -> None:
        self.access.users.admit(connection.local, connection.peer)

    def _address(self, request: web.BaseRequest) -> None:
        # Before anything is said of bodies, which the right method may not even have. It tells strangers no more than the
        # description of the API does; an address that is not there is not told to them.
        methods = self.methods_of(request.raw_path)
        if methods and request.method not in methods:
            raise wrong_method(methods)

    def _media_type(self, request: web.BaseRequest) -> None:
        encodings = request.headers.getall("Content-Encoding", ())
        if encodings and any(encoding.strip().lower() != "identity" for encoding in encodings):
            raise RequestError("request.media_type", "Content-Encoding is not taken: send the body as it is.")
        # The parser looks at the last coding alone, and would hand over as plain what the others say is packed.
        codings = request.headers.getall("Transfer-Encoding", ())
        if codings and any(coding.strip().lower() != "chunked" for coding in codings):
            raise RequestError("request.malformed", "Of Transfer-Encoding only chunked is taken.")
        expected = request.headers.getall("Expect", ())
        if expected and any(value.strip().lower() != "100-continue" for value in expected):
            raise RequestError("request.malformed", "Of Expect only 100-continue is known.")
        if request.method in WITH_BODY:
            if not _is_json(request.headers.getall("Content-Type", ())):
                raise RequestError(
                    "request.media_type", "The body must be application/json in UTF-8, and there must be one, at least {}."
                )
        elif request.body_exists:
            raise RequestError("request.malformed", f"{request.method} takes no body.")

    def _size(self, request: web.BaseRequest) -> None:
        if request.method not in WITH_BODY:
            return  # a body of theirs was refused, however long
        length = request.content_length
        most = self.settings.max_body if "Authorization" in request.headers else self.settings.max_stranger_body
        if length is not None and length > most:
            raise too_large(most)

    def _token(self, request: web.BaseRequest, connection: Connection, entry: Entry) -> None:
        given = request.headers.getall("Authorization", ())
        if not given and (
            (request.method, entry.path) in OPEN
            or (request.method == "GET" and _ASKED.fullmatch(entry.path) is not None)
            or self._page(request) is not None
        ):
            return
        match = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
        if match is None:
            raise RequestError("gate.unauthorised", "The request carries no bearer token, or more than one.")
        principal = self.access.holder(match.group(1))
        if principal is None:
            # Only who is wrong is counted: no number of wrong tokens keeps the right one out.
            self.access.wrong_tokens.take(connection.peer_name(), "wrong tokens came from there")
            raise RequestError("gate.unauthorised", "Nobody has this bearer token, or not any more.")
        check_origin(principal, entry.origin, entry.own)
        self.access.users.check(principal, connection.local, connection.peer)
        self.access.used(principal)
        if request.headers.get(PRESENT) == "1":
            self.access.present(principal)
        entry.principal = principal

    def _rate(self, entry: Entry, connection: Connection) -> None:
        principal = entry.principal
        if principal is not None:
            self.access.take_call(principal)
        elif entry.path == _PING or _ASKED.fullmatch(entry.path) is not None:
            if entry.origin is not None and not entry.own and entry.origin not in self.access.tokens.origins:
                self.access.strangers.take("questions of pages that are not paired")
            self.access.pings.take(f"{entry.origin} of {connection.peer_name()}", "questions without a token")

    def _page(self, request: web.BaseRequest) -> Page | None:
        return self.pages.get(request.raw_path) if request.method == "GET" else None


def check_origin(principal: Principal, origin: str | None, own: bool) -> None:
    """Whether the token is used where it belongs. Raises RequestError."""
    if principal.origin is not None:
        if origin is None:
            raise RequestError("gate.origin_required", "This is a page's token; its page's Origin is missing.")
        if origin != principal.origin:
            log.warning("the token %s of %s came from %s", principal.token_id, principal.origin, printable(origin, 100))
            raise RequestError("gate.token_origin_mismatch", "This token belongs to another origin.")
    elif origin is not None and not (own and principal.kind is Kind.ADMIN):
        # The administrator's token may be typed into the bridge's own page of the API, and nowhere else.
        log.warning("the token %s of a program came from a page of %s", principal.token_id, printable(origin, 100))
        raise RequestError("gate.token_origin_mismatch", "This token belongs to a program; a page must be paired.")


def _for_strangers(path: str) -> bool:
    return path in (_PING, _ASK) or _ASKED.fullmatch(path) is not None


def too_large(most: int) -> RequestError:
    return RequestError("request.too_large", f"The body is larger than {most} bytes.", extra={"limit": most})


def log_refusal(request: web.BaseRequest, error: RequestError) -> None:
    """One line. The query stays out of it: somebody may have put a token there."""
    path = printable(request.raw_path.partition("?")[0], 200)
    log.warning("refused %s %s of %s: %s", printable(request.method, 20), path, request.remote, error.code)


def _is_json(values: Sequence[str]) -> bool:
    if len(values) != 1:
        return False
    media_type, *parameters = (part.strip() for part in values[0].split(";"))
    return media_type.lower() == "application/json" and all(_CHARSET_UTF8.fullmatch(parameter) for parameter in parameters)
