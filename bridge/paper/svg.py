"""A sheet as SVG 1.1: every run of text at its own columns and stretched to them, so that they align in whatever font is there.

It has presentation attributes alone: no style, no script, no reference, so that it may be shown under the strictest policy.
"""

from __future__ import annotations

from html import escape

from bridge.paper.layout import Across, Code, Line, lay, runs
from bridge.paper.model import Sheet
from bridge.paper.qr import modules, path
from bridge.paper.visible import visible

# A cell of DejaVu Sans Mono at 15 units is 9.03 wide.
CELL = 9
HEIGHT = 19
SIZE = 15
_BASELINE = 14
_MARGIN = 18
_TOOTH = 6
_CODE = 216
"""Of a QR code. Smaller where the paper is narrower."""

_FONTS = "'DejaVu Sans Mono', 'Liberation Mono', Consolas, Menlo, 'Courier New', monospace"
_INK = "#1a1a1a"


def render(sheet: Sheet) -> str:
    parts: list[str] = []
    inner = sheet.width * CELL
    y = _MARGIN + _TOOTH
    rows = lay(sheet)
    for number, laid in enumerate(rows):
        match laid:
            case Line():
                height = HEIGHT * laid.scale
                if laid.framed:
                    first, last = not _framed(rows, number - 1), not _framed(rows, number + 1)
                    parts.append(_frame(y, height, inner, first, last))
                parts += _line(laid, y)
                y += height
            case Across():
                parts.append(_across(laid.kind, y + HEIGHT // 2, inner))
                y += HEIGHT
            case Code():
                side = min(_CODE, inner)
                left = {"left": 0.0, "centre": (inner - side) / 2, "right": float(inner - side)}[laid.align]
                parts.append(_code(laid, _MARGIN + left, y + HEIGHT // 2, side))
                y += side + HEIGHT
    width, height = inner + 2 * _MARGIN, y + _MARGIN + _TOOTH
    title = escape(visible(sheet.title))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' font-family="{_FONTS}" font-size="{SIZE}" fill="{_INK}" direction="ltr">'
        f"<title>{title}</title>"
        f'<path d="{_strip(width, height)}" fill="#fffefb" stroke="#c9c6c0"/>\n{"".join(parts)}</svg>\n'
    )


def _framed(rows: tuple[object, ...], number: int) -> bool:
    row = rows[number] if 0 <= number < len(rows) else None
    return isinstance(row, Line) and row.framed


def _line(line: Line, top: int) -> list[str]:
    cell = CELL * line.scale
    size = f' font-size="{SIZE * line.scale}"' if line.scale != 1 else ""
    weight = ' font-weight="700"' if line.bold else ""
    return [
        f'<text x="{_MARGIN + column * cell}" y="{top + _BASELINE * line.scale}" textLength="{taken * cell}"'
        f' lengthAdjust="spacingAndGlyphs"{size}{weight}>{escape(text)}</text>\n'
        for piece in line.pieces
        for text, column, taken in runs(piece)
    ]


def _across(kind: str, y: int, inner: int) -> str:
    left, right = (_MARGIN, _MARGIN + inner) if kind != "cut" else (0, inner + 2 * _MARGIN)
    if kind == "heavy":
        return f'<path d="M{left} {y - 1.5}H{right}M{left} {y + 1.5}H{right}" stroke="{_INK}"/>\n'
    dashes = "6 3" if kind == "rule" else "2 4"
    return f'<path d="M{left} {y}H{right}" stroke="{_INK}" stroke-dasharray="{dashes}"/>\n'


def _frame(top: int, height: int, inner: int, first: bool, last: bool) -> str:
    left, right, below = _MARGIN, _MARGIN + inner, top + height - 1
    sides = f"M{left} {top}V{below}M{right} {top}V{below}"
    edges = (f"M{left} {top}H{right}" if first else "") + (f"M{left} {below}H{right}" if last else "")
    return f'<path d="{sides}{edges}" stroke="{_INK}" stroke-width="1.5" fill="none"/>\n'


def _code(code: Code, x: float, y: float, side: int) -> str:
    rows = modules(code.data, code.correction)
    assert rows is not None, "layout tells what is no code in words"
    return (
        f'<g transform="translate({x:g} {y:g}) scale({side / len(rows):.5g})">'
        f'<rect width="{len(rows)}" height="{len(rows)}" fill="#fff"/>'
        f'<path d="{path(rows)}" fill="#000" shape-rendering="crispEdges"/></g>\n'
    )


def _strip(width: int, height: int) -> str:
    """The outline of the paper, torn off above and below."""
    teeth = width // _TOOTH
    step = width / teeth
    above = "".join(f"L{step * n:g} {1 if n % 2 else _TOOTH}" for n in range(1, teeth + 1))
    below = "".join(f"L{step * n:g} {height - (1 if n % 2 else _TOOTH)}" for n in range(teeth, -1, -1))
    return f"M0 {_TOOTH}{above}{below}Z"
