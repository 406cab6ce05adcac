"""From a sheet to lines: which text stands in which columns. Every format shows these lines, so that none breaks them its own way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from bridge.paper.model import Align, Barcode, Columns, Cut, Mark, Qr, Rule, Sheet, Text, Verbatim
from bridge.paper.qr import modules
from bridge.paper.visible import cells, clusters, visible

MOST_CODES = 8
"""QR codes that are drawn of one sheet. A receipt has two or three; one takes up to a second to make, and a till may ask for thousands."""

_GAP = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text from a column on, in cells of its line. `align`: to which side it belongs, where a cell is not twice as wide."""

    text: str
    column: int
    cells: int
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `scale` is 2 where it is twice as high and wide: it then has half the columns."""

    pieces: tuple[Piece, ...]
    bold: bool = False
    scale: int = 1
    framed: bool = False
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class Across:
    """A rule, or the cut."""

    kind: str


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code. `correction`: its level, L, M, Q or H."""

    data: str
    align: Align = "centre"
    correction: str = "M"


Laid = Line | Across | Code


def lay(sheet: Sheet) -> tuple[Laid, ...]:
    """The lines of a sheet, none wider than it. Codes beyond MOST_CODES are told by their characters."""
    laid: list[Laid] = []
    codes = 0
    for row in sheet.rows:
        match row:
            case Text():
                laid += _text(row.text, row.align, sheet.width, row.bold, 2 if row.double else 1)
            case Columns():
                laid += _columns(row, sheet.width)
            case Verbatim():
                for line in row.lines:
                    laid += _verbatim(line, sheet.width)
            case Mark():
                laid += [Line(line.pieces, True, 1, True) for line in _text(row.text, "centre", sheet.width - 4, True, 1, 2)]
            case Barcode():
                laid += _text(f"[{row.kind}] {row.data}", "centre", sheet.width, False, 1)
            case Rule():
                laid.append(Across("heavy" if row.heavy else "rule"))
            case Cut():
                laid.append(Across("cut"))
            case Qr():
                codes += 1
                if codes > MOST_CODES or modules(row.data, row.correction) is None:  # more than any code holds
                    laid += _text(f"[QR] {row.data}", "left", sheet.width, False, 1)
                else:
                    laid.append(Code(row.data, row.align, row.correction))
    return tuple(laid)


def wrap(text: str, width: int) -> list[str]:
    """A visible text in lines of at most `width` cells, broken at blanks; a longer word is broken inside. At least one line."""
    if cells(text) <= width:
        return [text]
    lines: list[str] = []
    line, used = "", 0
    for word in text.split():
        size = cells(word)
        if line and used + 1 + size <= width:
            line, used = f"{line} {word}", used + 1 + size
            continue
        if line:
            lines.append(line)
        line, used = word, size
        if size > width:
            *whole, line = _broken(word, width)
            lines += whole
            used = cells(line)
    return [*lines, line]


def _broken(word: str, width: int) -> list[str]:
    parts, part, used = [], "", 0
    for cluster, size in clusters(word):
        if used + size > width:
            parts.append(part)
            part, used = "", 0
        part, used = part + cluster, used + size
    return [*parts, part]


def _text(text: str, align: Align, width: int, bold: bool, scale: int, indent: int = 0) -> list[Line]:
    room = width // scale
    return [Line((_aligned(part, align, room, indent),), bold, scale) for part in wrap(visible(text), room)]


def _aligned(text: str, align: Align, room: int, indent: int = 0) -> Piece:
    used = cells(text)
    free = room - used
    return Piece(text, indent + {"left": 0, "centre": free // 2, "right": free}[align], used, align)


def _columns(row: Columns, width: int) -> list[Line]:
    """The value stands beside the last line of the name, or below it where there is no room."""
    scale = 2 if row.double else 1
    room = width // scale
    left, right = visible(row.left), visible(row.right)
    indent = len(left) - len(left.lstrip(" "))
    *above, last = [" " * indent + part for part in wrap(left.lstrip(" "), room - indent)]
    lines = [Line((_aligned(part, "left", room),), row.bold, scale) for part in above]
    if cells(last) + 1 + cells(right) <= room:
        pieces = (_aligned(last, "left", room), _aligned(right, "right", room)) if last else (_aligned(right, "right", room),)
        return [*lines, Line(pieces, row.bold, scale, figure=row.figure)]
    below = [Line((_aligned(part, "right", room),), row.bold, scale, figure=row.figure) for part in wrap(right, room)]
    return [*lines, *([Line((_aligned(last, "left", room),), row.bold, scale)] if last else []), *below]


def _verbatim(line: str, width: int) -> list[Line]:
    """A line of the device, each run of it at its own columns: fonts in which a letter is wider push nothing aside."""
    shown = visible(line).rstrip(" ")
    if cells(shown) > width:
        return [Line((_aligned(part, "left", width),)) for part in wrap(shown, width)]
    whole = Piece(shown, 0, cells(shown))
    pieces = [
        Piece(run, column, used, "right" if column and column + used == width else "left") for run, column, used in runs(whole)
    ]
    return [Line(tuple(pieces) or (whole,))]


def runs(piece: Piece) -> list[tuple[str, int, int]]:
    """The parts of a piece between wider gaps, with column and cells of each: what XML and HTML make of two blanks is one."""
    edges = [0, *(edge for gap in _GAP.finditer(piece.text) for edge in gap.span()), len(piece.text)]
    parts = [(start, piece.text[start:end]) for start, end in list(pairwise(edges))[::2] if piece.text[start:end].strip(" ")]
    return [
        (
            part.strip(" "),
            piece.column + cells(piece.text[:start]) + len(part) - len(part.lstrip(" ")),
            cells(part.strip(" ")),
        )
        for start, part in parts
    ]
