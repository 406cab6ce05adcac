"""Texts of others made fit to be shown: what is invisible or would move other text is written out as its code.

A name may hold U+202E (which turns the rest of the line round), a tag, a thousand accents on one letter. Here each becomes
⟨U+202E⟩, so that a picture shows what is there and nothing leaves its cell. How wide a character is comes from wcwidth
(Unicode's own tables).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

# Format and control characters, private use, surrogates, what is not assigned, line and paragraph separators.
_CODED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})

# Letters and marks that show nothing at all. Source: Unicode, DerivedCoreProperties, Default_Ignorable_Code_Point.
_INVISIBLE = frozenset(map(chr, (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), 0x3164, 0xFFA0)))
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))

# Vietnamese and polytonic Greek have three on one letter; more only bury the line above.
_MOST_MARKS = 3

_BASE = "\u25cc"
"""What a mark stands on that has no letter before it: the dotted circle, as Unicode has it."""


def code(character: str) -> str:
    """The character as its code point, in brackets."""
    return f"⟨U+{ord(character):04X}⟩"


@lru_cache(maxsize=4096)
def visible(text: str) -> str:
    """The text in composed form, without anything that cannot be seen. Every space is a plain one."""
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    based = False
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if category == "Zs":
            character = "  " if character == "\u3000" else " "
        elif character in _SELECTORS and based:
            pass
        elif category in _CODED or character in _INVISIBLE or character in _SELECTORS:
            character, category = code(character), "Ps"
        elif category in ("Mn", "Me"):
            marks += 1
            if marks > _MOST_MARKS:
                character = code(character)
            elif not based:
                character = _BASE + character
        if category not in ("Mn", "Me"):
            marks = 0
        shown.append(character)
        based = category != "Zs"
    return "".join(shown)


def clusters(text: str) -> list[tuple[str, int]]:
    """What is seen as one character each, and how many cells it takes."""
    if text.isascii():
        return [(character, 1) for character in text]
    import wcwidth  # here: its tables take a twentieth of a second to load

    return [(cluster, max(1, wcwidth.width(cluster))) for cluster in wcwidth.iter_graphemes(text)]


def cells(text: str) -> int:
    """How many columns a visible text takes."""
    return len(text) if text.isascii() else sum(width for _, width in clusters(text))
