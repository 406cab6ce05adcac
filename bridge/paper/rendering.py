"""The formats in one table: media type, limit, and the policy under which a browser may show it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bridge.model import RequestError
from bridge.paper import html, png, svg, text
from bridge.paper.layout import Line, lay
from bridge.paper.model import Sheet


class Format(StrEnum):
    """How a sheet may be shown."""

    TEXT = "text"
    HTML = "html"
    SVG = "svg"
    PNG = "png"


MEDIA_TYPES: dict[Format, str] = {
    Format.TEXT: "text/plain; charset=utf-8",
    Format.HTML: "text/html; charset=utf-8",
    Format.SVG: "image/svg+xml; charset=utf-8",
    Format.PNG: "image/png",
}

EXTENSIONS: dict[Format, str] = {Format.TEXT: "txt", Format.HTML: "html", Format.SVG: "svg", Format.PNG: "png"}

MOST_LINES = 3000
"""Of a picture, those of double height for two. A receipt of 500 lines has some 1,500; this one is a PNG of 75,000 pixels' height and
45 MB while it is drawn."""

MOST_BYTES = 900_000
"""Of an answer, a PNG's base64 taken for it: it must pass over a WebSocket, whose client may leave 1 MiB unread."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A sheet in one format. `policy`: the Content-Security-Policy that goes with it."""

    body: str | bytes
    format: Format

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]

    @property
    def policy(self) -> str:
        # Nothing is loaded, nothing runs, nobody frames it. A document has its one style sheet, named by its hash.
        style = f"; style-src {html.style_hash()}" if self.format is Format.HTML else ""
        return f"default-src 'none'{style}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"


def render(sheet: Sheet, wanted: Format) -> Rendering:
    """Raises RequestError `request.too_large` where it would be larger than anything that a till can show."""
    if wanted is not Format.TEXT:
        lines = sum(laid.scale if isinstance(laid, Line) else 1 for laid in lay(sheet))
        if lines > MOST_LINES:
            raise _too_large(f"it has {lines} lines; a picture has at most {MOST_LINES}: ask for format=text", MOST_LINES)
    match wanted:
        case Format.TEXT:
            body: str | bytes = text.render(sheet)
        case Format.HTML:
            body = html.render(sheet)
        case Format.SVG:
            body = svg.render(sheet)
        case Format.PNG:
            body = png.render(sheet)
    size = len(body.encode()) if isinstance(body, str) else len(body) * 4 // 3
    if size > MOST_BYTES:
        raise _too_large(f"as {wanted} it has {size} bytes; at most {MOST_BYTES} are sent", MOST_BYTES)
    return Rendering(body, wanted)


def _too_large(why: str, limit: int) -> RequestError:
    return RequestError("request.too_large", f"The paper is too long: {why}.", extra={"limit": limit})
