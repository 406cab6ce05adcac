"""The gate: one ordered chain that every request passes before anything looks at its path or body.

Method, Host, form of the target, Origin, Sec-Fetch, address, media type, size, token, each in its own function. The order and the
attacks are those of docs/security.md. A refusal has no side effect and one log line,
without tokens, query or body. Reading the body comes after the gate, in body.py.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from bridge.model import RequestError
from bridge.server.pages import PAGES, Page
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
    }
)

_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([!-~]+)")
_CHARSET_UTF8 = re.compile(r'charset="?utf-8"?', re.IGNORECASE)


@dataclass(slots=True)
class Gate:
    """Decides on heads of requests. `port` is the one we listen on, known only once the socket is bound."""

    settings: ServerSettings
    token_matches: Callable[[str], bool]
    port: int
    methods_of: Callable[[str], Sequence[str]]
    """The methods that an address has, from the table of routes alone; none where there is no such address."""
    _hosts: frozenset[str] = field(init=False)
    _origins: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._hosts = allowed_hosts(self.port, self.settings.extra_hosts)
        self._origins = own_origins(self.port)

    def check(self, request: web.BaseRequest) -> bool:
        """Pass the request, and say whether it carries the token. Raises RequestError."""
        self._method(request)
        self._host(request)
        self._target(request)
        self._origin(request)
        self._fetch_metadata(request)
        self._address(request)
        self._media_type(request)
        self._size(request)
        return self._token(request)

    def _method(self, request: web.BaseRequest) -> None:
        if request.method not in METHODS:
            raise RequestError(
                "gate.method",
                f"{printable(request.method, 20)} is not allowed.",
                extra={"allow": ", ".join(self.methods_of(request.raw_path) or METHODS)},
            )

    def _host(self, request: web.BaseRequest) -> None:
        # request.host would fall back to the socket's address for HTTP/1.0 without Host; only the header counts.
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            said = f"names {printable(hosts[0], 100)!r}" if len(hosts) == 1 and hosts[0] else "is missing or empty"
            raise RequestError("gate.host", f"The Host header {said}; this service is 127.0.0.1:{self.port}.")

    def _target(self, request: web.BaseRequest) -> None:
        # Absolute form: aiohttp would take request.host from it, whatever the header says.
        if not request.raw_path.startswith("/"):
            raise RequestError("gate.target", "The request target is not a path: send GET /api/v1/..., without scheme and host.")

    def _origin(self, request: web.BaseRequest) -> None:
        # Whole strings: "null", look-alikes and two headers are in no list. Our own page says the origin that it was loaded
        # from, which is the Host that it calls; where the browser tells how the two stand to each other, it must agree.
        origins = request.headers.getall("Origin", [])
        if not origins:
            return
        own = origins[0] in self._origins and origins[0] == f"http://{request.headers['Host'].lower()}"
        sites = request.headers.getall("Sec-Fetch-Site", [])
        if len(origins) > 1 or not own or any(site != "same-origin" for site in sites):
            raise RequestError(
                "gate.origin", f"Only the bridge's own pages are served: the request comes from {printable(origins[0], 100)!r}."
            )

    def _fetch_metadata(self, request: web.BaseRequest) -> None:
        # Browsers leave Origin out of top-level GETs, images and frames, and say so here. "cors" alone comes from native
        # JavaScript too (Node's fetch), and "none" from an address typed in by hand.
        page = _page(request)
        allowed = (
            ("Sec-Fetch-Site", ("none", "same-origin")),
            ("Sec-Fetch-Mode", page.modes if page else ("cors", "same-origin")),
            ("Sec-Fetch-Dest", page.destinations if page else ("empty",)),
        )
        for name, values in allowed:
            for value in request.headers.getall(name, []):
                if value.strip().lower() not in values:
                    raise RequestError(
                        "gate.origin", f"Only the bridge's own pages are served: {name} is {printable(value, 30)!r}."
                    )

    def _address(self, request: web.BaseRequest) -> None:
        # Before anything is said of bodies, which the right method may not even have. It tells strangers no more than the
        # description of the API does; an address that is not there is not told to them.
        methods = self.methods_of(request.raw_path)
        if methods and request.method not in methods:
            raise wrong_method(methods)

    def _media_type(self, request: web.BaseRequest) -> None:
        encodings = request.headers.getall("Content-Encoding", [])
        if any(encoding.strip().lower() != "identity" for encoding in encodings):
            raise RequestError("request.media_type", "Content-Encoding is not taken: send the body as it is.")
        expected = request.headers.getall("Expect", [])
        if any(value.strip().lower() != "100-continue" for value in expected):
            raise RequestError("request.malformed", "Of Expect only 100-continue is known.")
        if request.method in WITH_BODY:
            if not _is_json(request.headers.getall("Content-Type", [])):
                raise RequestError(
                    "request.media_type", "The body must be application/json in UTF-8, and there must be one, at least {}."
                )
        elif request.body_exists:
            raise RequestError("request.malformed", f"{request.method} takes no body.")

    def _size(self, request: web.BaseRequest) -> None:
        length = request.content_length
        if length is not None and length > self.settings.max_body:
            raise too_large(self.settings)

    def _token(self, request: web.BaseRequest) -> bool:
        given = request.headers.getall("Authorization", [])
        if not given and ((request.method, request.raw_path.partition("?")[0]) in OPEN or _page(request) is not None):
            return False
        match = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
        if match is None:
            raise RequestError("gate.unauthorised", "The request carries no bearer token, or more than one.")
        if not self.token_matches(match.group(1)):
            raise RequestError("gate.unauthorised", "The bearer token is not the one of this service.")
        return True


def allowed_hosts(port: int, extra: Sequence[str] = ()) -> frozenset[str]:
    """Every spelling of Host that is ours, and no other: 127.1, localhost., 0.0.0.0 and foreign ports are not in it."""
    hosts = set()
    for name in ("127.0.0.1", "localhost", "[::1]", *extra):
        lowered = name.lower()
        if re.search(r":[0-9]+$", lowered) and not lowered.endswith("]"):
            hosts.add(lowered)
            continue
        hosts.add(f"{lowered}:{port}")
        if port == 80:
            hosts.add(lowered)
    return frozenset(hosts)


def own_origins(port: int) -> frozenset[str]:
    """What a browser says of our own pages. Not those of further hosts: nobody knows what else is served under such a name."""
    return frozenset(f"http://{name}" if port == 80 else f"http://{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))


def _page(request: web.BaseRequest) -> Page | None:
    return PAGES.get(request.raw_path) if request.method == "GET" else None


def too_large(settings: ServerSettings) -> RequestError:
    return RequestError(
        "request.too_large",
        f"The body is larger than {settings.max_body} bytes.",
        extra={"limit": settings.max_body},
    )


def log_refusal(request: web.BaseRequest, error: RequestError) -> None:
    """One line. The query stays out of it: somebody may have put a token there."""
    path = printable(request.raw_path.partition("?")[0], 200)
    log.warning("refused %s %s of %s: %s", printable(request.method, 20), path, request.remote, error.code)


def printable(text: str, limit: int) -> str:
    """Foreign text as one line of ASCII, so that it can neither forge log lines nor colour a terminal."""
    shown = text[:limit].encode("ascii", "backslashreplace").decode()
    return "".join(character if character.isprintable() else f"\\x{ord(character):02x}" for character in shown)


def _is_json(values: Sequence[str]) -> bool:
    if len(values) != 1:
        return False
    media_type, *parameters = (part.strip() for part in values[0].split(";"))
    return media_type.lower() == "application/json" and all(_CHARSET_UTF8.fullmatch(parameter) for parameter in parameters)
