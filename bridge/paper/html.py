"""A sheet as HTML: a document of its own, or the strip alone for a page that has the style sheet (`paper.css`).

Everything that comes from elsewhere is escaped. There is no script, no inline style and no address in it: the document's one
style element is the style sheet as it stands, whose hash its Content-Security-Policy names.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from importlib.resources import files

from bridge.paper.layout import Across, Code, Line, lay
from bridge.paper.model import Sheet
from bridge.paper.qr import modules, path
from bridge.paper.visible import visible


@cache
def style_sheet() -> str:
    """paper.css."""
    return files("bridge.paper").joinpath("paper.css").read_text("utf-8")


@cache
def style_hash() -> str:
    """How a Content-Security-Policy names the style element of a document."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()}'"


def render(sheet: Sheet) -> str:
    """A whole document."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_escaped(visible(sheet.title))}</title>\n<style>{style_sheet()}</style>\n</head>\n"
        f'<body class="paper-desk">\n{fragment(sheet)}</body>\n</html>\n'
    )


def fragment(sheet: Sheet) -> str:
    """The strip of paper alone."""
    # Its width is that of its font, which no style sheet knows: a line of blanks holds it open.
    parts = [
        f'<article class="paper" dir="ltr" aria-label="{_escaped(visible(sheet.title))}">\n',
        f'<div class="line measure" aria-hidden="true"><span>{" " * sheet.width}</span></div>\n',
    ]
    for laid in lay(sheet):
        match laid:
            case Line():
                parts.append(_line(laid))
            case Across():
                parts.append(f'<hr class="{laid.kind}">\n')
            case Code():
                parts.append(_code(laid))
    return "".join([*parts, "</article>\n"])


def _line(line: Line) -> str:
    kinds = [
        "line",
        *(["bold"] if line.bold else []),
        *(["double"] if line.scale == 2 else []),
        *(["mark"] if line.framed else []),
    ]
    figure = f' data-figure="{_escaped(visible(line.figure))}"' if line.figure is not None else ""
    *before, last = line.pieces
    if not before and last.align != "left":
        return f'<div class="{" ".join([*kinds, last.align])}"{figure}>{_escaped(last.text)}</div>\n'
    if last.align != "right":
        before, closing = [*before, last], ""
    else:
        closing = f'<span class="end">{_escaped(last.text)}</span>'
    shown = ""
    used = 0
    for piece in before:
        shown += " " * (piece.column - used) + piece.text
        used = piece.column + piece.cells
    return f'<div class="{" ".join(kinds)}"{figure}><span>{_escaped(shown)}</span>{closing}</div>\n'


def _code(code: Code) -> str:
    rows = modules(code.data, code.correction)
    assert rows is not None, "layout tells what is no code in words"
    size = len(rows)
    place = "qr" if code.align == "centre" else f"qr {code.align}"
    return (
        f'<svg class="{place}" viewBox="0 0 {size} {size}" role="img" aria-label="QR: {_escaped(visible(code.data))}">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path(rows)}" fill="#000" shape-rendering="crispEdges"/></svg>\n'
    )


def _escaped(text: str) -> str:
    return escape(text, quote=True)
