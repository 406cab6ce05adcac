"""Printing, drawer, cutter. Source: protocol-specs/shtrih-m, "Commands"."""

from __future__ import annotations

from bridge_shtrih_m.layout import raw, text, uint
from bridge_shtrih_m.vocabulary.shape import Shape

_OPERATOR = (uint("operator", 1, optional=True),)
_FLAGS = uint("flags", 1, "bit 0 journal, 1 receipt, 6 wrap, 7 later")

PRINTING = (
    Shape(0xB0, "go on printing", (), _OPERATOR),
    Shape(0x17, "print a line", (_FLAGS, text("text", 40)), _OPERATOR),
    Shape(0x12, "print a bold line", (_FLAGS, text("text", 20)), _OPERATOR),
    Shape(0x2F, "print a line in a font", (_FLAGS, uint("font", 1), text("text", 40)), _OPERATOR),
    Shape(0x13, "beep", (), _OPERATOR),
    Shape(0x25, "cut", (uint("type", 1, "0 whole, 1 partly"),), _OPERATOR),
    Shape(0x28, "open the drawer", (uint("drawer", 1),), _OPERATOR),
    Shape(0x29, "feed", (_FLAGS, uint("lines", 1)), _OPERATOR),
    Shape(0x52, "print the cliché", (), _OPERATOR),
    Shape(0x53, "end of a document", (uint("flag", 1, "1: with advertising", optional=True),), _OPERATOR),
    Shape(0x54, "print advertising", (), _OPERATOR),
    Shape(0xE2, "open a printout", (), _OPERATOR),
    Shape(0xE3, "close the printout", (), _OPERATOR),
    Shape(0xC2, "EAN-13", (uint("barcode", 5, "12 digits, without the check digit"),), _OPERATOR),
    Shape(
        0xCB,
        "bar code",
        (
            uint("height", 1, "dots"),
            uint("width", 1, "dots of the thin bar"),
            uint("text_position", 1),
            uint("text_font", 1),
            uint("type", 1),
            raw("data", None, most=48),
        ),
        _OPERATOR,
    ),
    Shape(0xDD, "data of a 2D code", (uint("type", 1), uint("block", 1), raw("data", 64)), _OPERATOR),
    Shape(
        0xDE,
        "2D code",
        (
            uint("type", 1, "3: QR"),
            uint("length", 2),
            uint("first_block", 1),
            raw("parameters", 5),
            uint("alignment", 1, "0 left, 1 centre, 2 right"),
        ),
        _OPERATOR,
    ),
)
