"""Which pages there are: each address, its file, and what a browser may ask it for. No path of a request is ever a file's.

The page of the API is Swagger UI 5.35.0 (Apache-2.0, swagger-ui.LICENSE and .NOTICE), its two files as they were published,
with a start file and a page of our own: it loads nothing from elsewhere and needs neither inline scripts nor eval. The console
is ES modules of our own (console/) on Preact 11.2.0 (MIT) and htm 3.1.1 (Apache-2.0), as published too (console/vendor/).
client/tillbridge.js is the client of clients/js as it is built there, for our own pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePath

from aiohttp import web

from bridge.server.problems import SECURITY_HEADERS


@dataclass(frozen=True, slots=True)
class Page:
    """A file of this folder, or of another `package`. `modes` and `destinations`: what Sec-Fetch-Mode and -Dest may say of a request
    for it. `content`: what is served instead of the file. `servers`: origins beside its own that the page may call."""

    file: str
    media_type: str
    modes: frozenset[str]
    destinations: frozenset[str]
    package: str = "bridge.server.pages"
    content: bytes | None = None
    servers: tuple[str, ...] = ()


_DOCUMENT = (frozenset({"navigate"}), frozenset({"document"}))
_SCRIPT = (frozenset({"no-cors"}), frozenset({"script"}))
_MODULE = (frozenset({"no-cors", "cors"}), frozenset({"script"}))  # browsers fetch modules with CORS, also from their own server
_IMPORT = (frozenset({"cors"}), frozenset({"script"}))  # of a module by a module, or by <script type="module">: nothing else
_STYLE = (frozenset({"no-cors"}), frozenset({"style"}))
_DATA = (frozenset({"cors"}), frozenset({"empty"}))

_CONSOLE = {
    ".js": ("text/javascript", *_IMPORT),
    ".mjs": ("text/javascript", *_IMPORT),
    ".css": ("text/css", *_STYLE),
    ".json": ("application/json", *_DATA),
}
"""What browsers load of the console's folder, by the end of the name. Its catalogues' sources and the licences stay unserved."""


def _console(folder: Traversable, path: str) -> Iterator[tuple[str, Page]]:
    """The console's files, by address. Read once, when the program starts: what is laid down later is not served."""
    for found in sorted(folder.iterdir(), key=lambda one: one.name):
        here = f"{path}/{found.name}"
        if found.is_dir():
            yield from _console(found, here)
        elif (kind := _CONSOLE.get(f".{found.name.rpartition('.')[2]}")) is not None:
            yield f"/{here}", Page(here, *kind)


_HOME = Page("console/index.html", "text/html", *_DOCUMENT)

PAGES: dict[str, Page] = {
    "/": _HOME,
    "/console": _HOME,
    **dict(_console(files("bridge.server.pages").joinpath("console"), "console")),
    "/client/tillbridge.js": Page("client/tillbridge.js", "text/javascript", *_MODULE),
    "/console/paper.css": Page("paper.css", "text/css", *_STYLE, package="bridge.paper"),
    "/docs": Page("docs.html", "text/html", *_DOCUMENT),
    "/docs/docs.js": Page("docs.js", "text/javascript", *_SCRIPT),
    "/docs/docs.css": Page("docs.css", "text/css", *_STYLE),
    "/docs/swagger-ui-bundle.js": Page("swagger-ui-bundle.js", "text/javascript", *_SCRIPT),
    "/docs/swagger-ui.css": Page("swagger-ui.css", "text/css", *_STYLE),
}
"""By the request's target, whole: with a query it is another address, which is not there."""

_HEADERS = {
    **SECURITY_HEADERS,
    # A page that opened this one, or was opened by it, gets no handle of it.
    "Cross-Origin-Opener-Policy": "same-origin",
}


_ELSEWHERE = {
    ".html": ("text/html", _DOCUMENT),
    ".css": ("text/css", _STYLE),
    ".js": ("text/javascript", _MODULE),
}


def page_of(name: str, package: str, content: bytes | None = None, servers: tuple[str, ...] = ()) -> Page:
    """A page, a style sheet or a module of another package, as its name ends."""
    media_type, (modes, destinations) = _ELSEWHERE[PurePath(name).suffix]
    return Page(name, media_type, modes, destinations, package, content, servers)


def page_response(page: Page) -> web.Response:
    headers = {**_HEADERS, "Content-Security-Policy": _policy(page)}
    content = _content(page.package, page.file) if page.content is None else page.content
    return web.Response(body=content, headers=headers, content_type=page.media_type, charset="utf-8")


def _policy(page: Page) -> str:
    """Everything from the page's own server, nothing inline; data: are the small pictures of Swagger UI's style sheet, blob: the
    papers that the console has read with its token and shows as pictures."""
    servers = " ".join(("'self'", *page.servers))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"connect-src {servers}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _content(package: str, file: str) -> bytes:
    return files(package).joinpath(file).read_bytes()
