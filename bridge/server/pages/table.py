"""Which pages there are: each address, its file, and what a browser may ask it for. No path of a request is ever a file's.

The page of the API is Swagger UI 5.35.0 (Apache-2.0, swagger-ui.LICENSE and .NOTICE), its two files as they were published,
with a start file and a page of our own: it loads nothing from elsewhere and needs neither inline scripts nor eval.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from aiohttp import web

from bridge.server.problems import SECURITY_HEADERS


@dataclass(frozen=True, slots=True)
class Page:
    """A file of this folder, or of another `package`. `modes` and `destinations`: what Sec-Fetch-Mode and -Dest may say of a request for it."""

    file: str
    media_type: str
    modes: frozenset[str]
    destinations: frozenset[str]
    package: str = "bridge.server.pages"


_DOCUMENT = (frozenset({"navigate"}), frozenset({"document"}))
_SCRIPT = (frozenset({"no-cors"}), frozenset({"script"}))
_STYLE = (frozenset({"no-cors"}), frozenset({"style"}))

PAGES: dict[str, Page] = {
    "/console": Page("console.html", "text/html", *_DOCUMENT),
    "/console/console.js": Page("console.js", "text/javascript", *_SCRIPT),
    "/console/console.css": Page("console.css", "text/css", *_STYLE),
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
    # Everything from here, nothing inline; data: are the small pictures of Swagger UI's style sheet.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    # A page that opened this one, or was opened by it, gets no handle of it.
    "Cross-Origin-Opener-Policy": "same-origin",
}


def page_response(page: Page) -> web.Response:
    return web.Response(body=_content(page.package, page.file), headers=_HEADERS, content_type=page.media_type, charset="utf-8")


@cache
def _content(package: str, file: str) -> bytes:
    return files(package).joinpath(file).read_bytes()
