"""A sheet of paper as data: rows of text, figures, rules, marks and codes, and how many columns wide it is.

Nothing here knows of jobs or of formats: `from_document.py` makes sheets, `layout.py` breaks them into lines, and `text.py`,
`html.py`, `svg.py` and `png.py` show these. Texts are as they came: `visible.py` makes them harmless where they are laid out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "centre", "right"]

WIDTH = 40
"""Columns of a sheet whose device does not say how many it has."""

NARROWEST = 24
WIDEST = 160
"""Of a sheet. Printers have 20 to 64 columns; a narrower one could not hold a name and an amount side by side."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `double`: twice as high and wide."""

    text: str
    align: Align = "left"
    bold: bool = False
    double: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """A name at the left edge and a value at the right one. `figure` names the value for programs ("total", "change")."""

    left: str
    right: str
    bold: bool = False
    double: bool = False
    figure: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across."""

    heavy: bool = False


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines as the device lays them out: blanks count, nothing is wrapped that fits."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """What the sheet is or is not, in a frame: COPY, NON-FISCAL, UNRESOLVED."""

    text: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code of these characters (UTF-8). `correction`: the level of error correction, L, M, Q or H."""

    data: str
    align: Align = "centre"
    correction: str = "M"


@dataclass(frozen=True, slots=True)
class Barcode:
    """The characters of a code that the device prints and that is not drawn here."""

    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the paper is cut. What follows the last cut is the bridge's own word on the document."""


Row = Text | Columns | Rule | Verbatim | Mark | Qr | Barcode | Cut


@dataclass(frozen=True, slots=True)
class Sheet:
    """`title`: what it is, in a few words, for a window or a file."""

    title: str
    rows: tuple[Row, ...]
    width: int = WIDTH

    def figures(self) -> Iterator[tuple[str, str]]:
        """The named values, in their order."""
        for row in self.rows:
            if isinstance(row, Columns) and row.figure is not None:
                yield row.figure, row.right


def fitting_width(width: int | None) -> int:
    """The width of a sheet for a device that says this of its own."""
    return WIDTH if width is None else min(max(width, NARROWEST), WIDEST)
