"""Who may touch the stage: the two pages of the demonstration, with its secret, and nobody else.

What the stage can do (pull cables, print as another program) is no part of the bridge and must not be drivable by any other page
that a browser on this computer has open. Host, Origin, Sec-Fetch-*, media type and secret are looked at in this order, before
any path or body.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bridge.model import RequestError
from bridge.server import cors
from bridge.server.doors import allowed_hosts, own_origins
from bridge.server.pages import Page

PREFIX = "/stage/"


@dataclass(slots=True)
class StageGate:
    """`port`: of the stage; `bridge_port`: of the bridge whose page may call it too; `secret`: in the address of the page."""

    port: int
    bridge_port: int
    secret: str
    pages: Mapping[str, Page]
    hosts: frozenset[str] = field(init=False)
    own: frozenset[str] = field(init=False)
    others: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = allowed_hosts(self.port)
        self.own = own_origins(self.port)
        self.others = own_origins(self.bridge_port)

    def page(self, request: web.BaseRequest) -> Page | None:
        """The page that is asked for. Raises RequestError where another page would open, frame or load it."""
        self._host(request)
        page = self.pages.get(request.raw_path) if request.method == "GET" else None
        if page is None:
            return None
        origin = self._origin(request)
        if origin is not None and origin not in self.own:
            raise _stranger(f"a page of {origin} asks for it")
        for name, values in (
            ("Sec-Fetch-Site", ("none", "same-origin")),
            ("Sec-Fetch-Mode", page.modes),
            ("Sec-Fetch-Dest", page.destinations),
        ):
            if any(value.strip().lower() not in values for value in request.headers.getall(name, ())):
                raise _stranger(f"the browser says otherwise in {name}")
        return page

    def call(self, request: web.BaseRequest) -> str:
        """Pass a call; the origin that it comes from. Raises RequestError."""
        self._host(request)
        origin = self._origin(request)
        if origin is None:
            raise RequestError("gate.origin_required", "The stage takes calls of its own pages only, and they say their Origin.")
        sites = ("same-origin",) if origin in self.own else ("same-site", "cross-site")
        if any(value.strip().lower() not in sites for value in request.headers.getall("Sec-Fetch-Site", ())):
            raise _stranger("the browser says otherwise in Sec-Fetch-Site")
        if request.method != "POST" or not request.path.startswith(PREFIX):
            raise RequestError("request.not_found", "there is no such call of the stage")
        if request.headers.getall("Content-Type", ()) != ["application/json"]:
            raise RequestError("request.media_type", "The body must be application/json.")
        given = request.headers.getall("Authorization", ())
        right = hmac.compare_digest(f"Bearer {self.secret}".encode(), "\n".join(given).encode("utf-8", "surrogateescape"))
        if not right:
            raise RequestError(
                "gate.unauthorised", "This is not the secret of this demonstration: open the address that it printed."
            )
        return origin

    def preflight(self, request: web.BaseRequest) -> str:
        """What a browser asks ahead of a call of the bridge's page; its origin. Raises RequestError."""
        self._host(request)
        origin = self._origin(request)
        if origin is None or origin in self.own:
            raise _stranger("no page of the bridge asks")
        return origin

    def headers(self, request: web.BaseRequest) -> dict[str, str]:
        """What lets the bridge's page read the answer, refusals too."""
        origins = request.headers.getall("Origin", ())
        return cors.headers(origins[0]) if len(origins) == 1 and origins[0] in self.others else {}

    def _host(self, request: web.BaseRequest) -> None:
        hosts = request.headers.getall("Host", ())
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            raise RequestError("gate.host_not_allowed", f"The Host header must be 127.0.0.1:{self.port}.")
        if not request.raw_path.startswith("/"):
            raise RequestError("gate.target", "The request target is not a path.")

    def _origin(self, request: web.BaseRequest) -> str | None:
        origins = request.headers.getall("Origin", ())
        if not origins:
            return None
        origin = origins[0]
        ours = origin in self.others or (origin in self.own and origin == f"http://{request.headers['Host'].lower()}")
        if len(origins) > 1 or not ours:
            raise _stranger("the request comes from a page of another origin")
        return origin


def _stranger(why: str) -> RequestError:
    return RequestError("gate.origin_not_allowed", f"Only the pages of the demonstration may do this: {why}.")
