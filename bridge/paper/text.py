"""A sheet as plain text: lines ended by newlines, none wider than the sheet."""

from __future__ import annotations

from bridge.paper.layout import Across, Code, Line, lay, wrap
from bridge.paper.model import Sheet
from bridge.paper.visible import cells, visible

_ACROSS = {"rule": "-", "heavy": "=", "cut": "- "}


def render(sheet: Sheet) -> str:
    """A QR code is told by what it says: blocks of characters are scanned from few screens."""
    lines: list[str] = []
    for laid in lay(sheet):
        match laid:
            case Line():
                lines.append(_line(laid, sheet.width))
            case Across():
                lines.append((_ACROSS[laid.kind] * sheet.width)[: sheet.width].rstrip())
            case Code():
                lines += wrap(visible(f"[QR] {laid.data}"), sheet.width)
    return "".join(f"{line}\n" for line in lines)


def _line(line: Line, width: int) -> str:
    shown, used = "", 0
    for piece in line.pieces:
        start = _start(piece.column, piece.cells, line.scale, piece.align)
        shown, used = shown + " " * (start - used) + piece.text, start + piece.cells
    if line.framed:
        return f"*{shown[1:]}{' ' * (width - 1 - cells(shown))}*"
    return shown.rstrip(" ")


def _start(column: int, taken: int, scale: int, align: str) -> int:
    """Where a text begins that takes one column a character, and stands on the same side as if it took `scale`."""
    spare = taken * (scale - 1)
    return column * scale + {"left": 0, "centre": spare // 2, "right": spare}[align]
