"""A sheet as PNG, through Pillow: every character in its own cell, in a font that comes with the bridge.

So the picture is the same on every computer. What the font does not have is drawn as a box with its code, as large as the cell:
nothing is left out and nothing is replaced in silence. Grey, 8 bits; no time and no name of a program is in the file.
"""

from __future__ import annotations

import io
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bridge.paper.layout import Across, Code, Laid, Line, lay
from bridge.paper.model import Sheet
from bridge.paper.qr import modules
from bridge.paper.visible import clusters

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

# DejaVu Sans Mono is 1233/2048 of its size wide: 12.04 at 20.
CELL = 12
HEIGHT = 25
SIZE = 20
MARGIN = 24
_BASELINE = 19
_CODE = 280
_BLEED = 2
_INK = 0x1A
_PAPER = 0xFF
_VARIATION = range(0xFE00, 0xFE10)


def render(sheet: Sheet) -> bytes:
    from PIL import Image, ImageDraw  # here: a bridge that draws no pictures does not load Pillow

    rows = lay(sheet)
    inner = sheet.width * CELL
    heights = [_height(laid, inner) for laid in rows]
    image = Image.new("L", (inner + 2 * MARGIN, sum(heights) + 2 * MARGIN), _PAPER)
    draw = ImageDraw.Draw(image)
    y = MARGIN
    for number, (laid, height) in enumerate(zip(rows, heights, strict=True)):
        match laid:
            case Line():
                if laid.framed:
                    _frame(draw, y, height, inner, not _framed(rows, number - 1), not _framed(rows, number + 1))
                for piece in laid.pieces:
                    _run(image, piece.text, MARGIN + piece.column * CELL * laid.scale, y, laid.scale, laid.bold)
            case Across():
                _across(draw, laid.kind, y + HEIGHT // 2, inner)
            case Code():
                _code(draw, laid, y + HEIGHT // 2, inner)
        y += height
    written = io.BytesIO()
    image.save(written, "PNG", compress_level=6)
    return written.getvalue()


@cache
def coverage() -> frozenset[int]:
    """The code points that the fonts have."""
    covered: set[int] = set()
    for line in files("bridge.paper.fonts").joinpath("coverage.txt").read_text("utf-8").split():
        first, last = (int(point, 16) for point in line.split("-"))
        covered.update(range(first, last + 1))
    return frozenset(covered)


@cache
def _font(scale: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    name = "DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf"
    data = io.BytesIO(files("bridge.paper.fonts").joinpath(name).read_bytes())
    # The basic layout is Pillow's own: with libraqm a system's library would have a say in where a letter stands.
    return ImageFont.truetype(data, SIZE * scale, layout_engine=ImageFont.Layout.BASIC)


def _height(laid: Laid, inner: int) -> int:
    match laid:
        case Line():
            return HEIGHT * laid.scale
        case Across():
            return HEIGHT
        case Code():
            return _module(laid, inner) * _size(laid) + HEIGHT


def _size(code: Code) -> int:
    rows = modules(code.data, code.correction)
    assert rows is not None, "layout tells what is no code in words"
    return len(rows)


def _module(code: Code, inner: int) -> int:
    """Pixels of a module: whole ones, or readers see edges where none are."""
    size = _size(code)
    return max(1, min(max(_CODE // size, 2), inner // size))


def _run(image: Image, text: str, x: int, y: int, scale: int, bold: bool) -> None:
    for cluster, width in clusters(text):
        if cluster != " ":
            tile = _tile(cluster, width, scale, bold)
            image.paste(_INK, (x - _BLEED, y), tile)
        x += width * CELL * scale


@lru_cache(maxsize=4096)
def _tile(cluster: str, width: int, scale: int, bold: bool) -> Image:
    """A character as a mask: its cells, and a little to each side, since bold letters reach out of theirs."""
    from PIL import Image, ImageDraw

    tile = Image.new("L", (width * CELL * scale + 2 * _BLEED, HEIGHT * scale), 0)
    draw = ImageDraw.Draw(tile)
    shown = [character for character in cluster if ord(character) not in _VARIATION]
    missing = next((character for character in shown if ord(character) not in coverage()), None)
    if missing is not None:
        _box(draw, missing, scale, width)
        return tile
    for character in shown:  # marks of this font stand in a cell of their own, above where the letter is
        draw.text((_BLEED, _BASELINE * scale), character, fill=255, font=_font(scale, bold), anchor="ls")
    return tile


# Hexadecimal digits of three by five dots, for the codes in boxes: a row is three bits.
_DIGITS = ["75557", "26227", "71747", "71717", "55711", "74717", "74757", "71244", "75757", "75717", "75755", "65656", "74447", "65556", "74747", "74744"]  # fmt: skip


def _box(draw: ImageDraw, character: str, scale: int, width: int) -> None:
    """A cell with the code point in it, in two rows of digits."""
    right, bottom = _BLEED + width * CELL * scale - 2, (HEIGHT - 2) * scale
    draw.rectangle((_BLEED + 1, scale, right, bottom), outline=255)
    digits = f"{ord(character):04X}"
    half = (len(digits) + 1) // 2
    for row, part in enumerate((digits[:half], digits[half:])):
        step = (3 if half > 2 and width == 1 else 4) * scale
        left = _BLEED + (width * CELL * scale - step * len(part)) // 2 + (1 if step > 3 * scale else 0)
        for place, digit in enumerate(part):
            _digit(draw, _DIGITS[int(digit, 16)], left + place * step, (4 + row * 9) * scale, scale)


def _digit(draw: ImageDraw, rows: str, x: int, y: int, scale: int) -> None:
    for line, bits in enumerate(rows):
        for column in range(3):
            if int(bits) & (4 >> column):
                left, top = x + column * scale, y + (line + line // 3) * scale
                draw.rectangle((left, top, left + scale - 1, top + scale - 1), fill=255)


def _across(draw: ImageDraw, kind: str, y: int, inner: int) -> None:
    if kind == "heavy":
        draw.rectangle((MARGIN, y - 3, MARGIN + inner - 1, y - 2), fill=_INK)
        draw.rectangle((MARGIN, y + 2, MARGIN + inner - 1, y + 3), fill=_INK)
        return
    dash, gap, thick, left, right = (8, 4, 2, MARGIN, MARGIN + inner) if kind == "rule" else (3, 6, 1, 0, inner + 2 * MARGIN)
    for x in range(left, right, dash + gap):
        draw.rectangle((x, y, min(x + dash, right) - 1, y + thick - 1), fill=_INK)


def _frame(draw: ImageDraw, top: int, height: int, inner: int, first: bool, last: bool) -> None:
    left, right, bottom = MARGIN, MARGIN + inner - 1, top + height - 1
    draw.rectangle((left, top, left + 1, bottom), fill=_INK)
    draw.rectangle((right - 1, top, right, bottom), fill=_INK)
    if first:
        draw.rectangle((left, top, right, top + 1), fill=_INK)
    if last:
        draw.rectangle((left, bottom - 1, right, bottom), fill=_INK)


def _framed(rows: tuple[Laid, ...], number: int) -> bool:
    row = rows[number] if 0 <= number < len(rows) else None
    return isinstance(row, Line) and row.framed


def _code(draw: ImageDraw, code: Code, top: int, inner: int) -> None:
    rows = modules(code.data, code.correction)
    assert rows is not None, "layout tells what is no code in words"
    side = _module(code, inner)
    free = inner - side * len(rows)
    left = MARGIN + {"left": 0, "centre": free // 2, "right": free}[code.align]
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle((left + x * side, top + y * side, left + x * side + side - 1, top + y * side + side - 1), fill=0)
