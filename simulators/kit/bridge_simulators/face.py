"""A device's face: a page on which a person sees its display and uses its keys and slots, served beside the control API.

A device that has one names its files in `SimulatedDevice.face` and answers `view()` and `act()`. The page may look and act, nothing
else of the control API; what it loads is its own, without inline scripts. No other page can use it: see `allows`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from bridge_simulators.device import SimulatedDevice

LOOK_SECONDS = 0.1  # between two looks while a page waits for something new
VIEW_SECONDS = 20.0  # how long a page waits at most

_MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Face:
    """Files of a package: `folder/index.html` is the page, the others are what it loads, by name."""

    package: str
    folder: str
    index: str
    loads: tuple[str, ...] = ()

    @property
    def paths(self) -> Mapping[str, str]:
        """Address -> file."""
        return {"/face": self.index, **{f"/face/{name}": name for name in self.loads}}

    def read(self, path: str) -> tuple[bytes, str]:
        """Content and media type of what stands at this address. Raises KeyError."""
        name = self.paths[path]
        content = files(self.package).joinpath(self.folder).joinpath(name).read_bytes()
        return content, _MEDIA_TYPES[name.rpartition(".")[2]]


def allows(request: web.Request, face: Face | None, own: str) -> bool:
    """Whether a browser may ask this: the page and its files by navigation or from itself, `/view` and `/act` from itself alone.

    `own`: the origin of this server as the request names it.
    """
    if face is None:
        return False
    origins, site = request.headers.getall("Origin", ()), request.headers.get("Sec-Fetch-Site", "none")
    if any(origin != own for origin in origins) or len(origins) > 1:
        return False
    if request.path == "/face" and _is_link(request):
        return True
    if request.path in face.paths:
        return request.method == "GET" and site in ("none", "same-origin")
    return request.path in ("/view", "/act") and site == "same-origin"


def _is_link(request: web.Request) -> bool:
    """A link on another local page, such as the demonstration's, was followed; nothing is framed or loaded."""
    headers = request.headers
    opened = headers.get("Sec-Fetch-Mode") == "navigate" and headers.get("Sec-Fetch-Dest") == "document"
    return request.method == "GET" and "Origin" not in headers and headers.get("Sec-Fetch-Site") == "same-site" and opened


class FaceCalls:
    """The calls of the page."""

    def __init__(self, device: SimulatedDevice, face: Face) -> None:
        self._device = device
        self._face = face

    def routes(self) -> list[web.RouteDef]:
        pages = [web.get(path, self._page) for path in self._face.paths]
        return [*pages, web.get("/view", self._view)]

    async def _page(self, request: web.Request) -> web.Response:
        content, media_type = self._face.read(request.path)
        return web.Response(body=content, content_type=media_type, charset="utf-8", headers=HEADERS)

    async def _view(self, request: web.Request) -> web.Response:
        """What there is to be seen, as soon as it is something else than `seen`."""
        seen = request.query.get("seen", "")
        until = asyncio.get_running_loop().time() + VIEW_SECONDS
        while True:
            view, version = self._look()
            if version != seen or asyncio.get_running_loop().time() >= until:
                return web.json_response({"version": version, **view}, headers=HEADERS)
            await asyncio.sleep(LOOK_SECONDS)

    def _look(self) -> tuple[dict[str, Any], str]:
        view = self._device.view()
        return view, hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()[:16]
