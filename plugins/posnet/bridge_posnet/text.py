"""Text as the printer shows it: the three code pages of its PC interfaces, and the identity of goods names.

Follows protocol-specs/posnet, "Data types". Lengths of the protocol count bytes, and every page has one byte a
character. How text is wrapped or shortened to a field is not here (`driver.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from types import MappingProxyType

DEFAULT_CODE_PAGE = "cp1250"

# Number of the page in `pccfgset cp`.
CODE_PAGES = MappingProxyType({"cp1250": 0, "latin2": 1, "mazovia": 2})

# "Latin 2" of the vendor is taken to be ISO 8859-2, because the table graphics 81-8B are free there [?].
_LATIN2 = "iso8859_2"

LF = 0x0A  # separates lines in the few values that may have several

_FIRST_VISIBLE = 0x20
_DELETE = 0x7F

# Above 7Fh Mazovia has, for the printer, the Polish letters and table graphics only; the rest is printed as spaces.
_MAZOVIA = MappingProxyType(
    dict(
        zip(
            "ĄĆĘŁŃÓŚŹŻąćęłńóśźż",
            bytes.fromhex("8F95909CA5A398A0A1868D9192A4A29EA6A7"),
            strict=True,
        )
    )
)
_MAZOVIA_BACK = MappingProxyType({byte: character for character, byte in _MAZOVIA.items()})

# Characters that no Unicode decomposition turns into something a receipt printer has.
_SUBSTITUTES = MappingProxyType(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u00b4": "'", "\u02bc": "'",
        "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u2033": '"', "\u00ab": '"', "\u00bb": '"',
        "\u2039": "'", "\u203a": "'",
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
        "\u2026": "...", "\u2022": "*", "\u00b7": ".", "\u00d7": "x", "\u00f7": "/", "\u2044": "/", "\u2215": "/",
        "\u20ac": "EUR", "\u00a3": "GBP", "\u00a5": "JPY", "\u20b4": "UAH", "\u20bd": "RUB", "\u00a2": "c",
        "\u00a4": "?", "\u2030": "o/oo", "\u00b0": "st.", "\u00a7": "par.", "\u00a9": "(C)", "\u00ae": "(R)",
        "\u2122": "(TM)", "\u2116": "nr", "\u00b1": "+-", "\u2264": "<=", "\u2265": ">=", "\u2260": "<>",
        "\u00b5": "u", "\u03bc": "u", "\u2126": "Ohm", "\u03a9": "Ohm",
        "\u0141": "L", "\u0142": "l", "\u0110": "D", "\u0111": "d", "\u00d0": "D", "\u00f0": "d",
        "\u00d8": "O", "\u00f8": "o", "\u0126": "H", "\u0127": "h", "\u0131": "i", "\u00df": "ss", "\u1e9e": "SS",
        "\u00c6": "AE", "\u00e6": "ae", "\u0152": "OE", "\u0153": "oe", "\u00de": "Th", "\u00fe": "th",
        "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\u00ad": "",
    }
)  # fmt: skip

_GOODS_SIGNS = frozenset(".,/\\%")


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")  # C0, DEL and C1


class TextError(ValueError):
    """This text cannot be sent to the printer as it stands. Nothing was sent."""


class Unencodable(TextError):
    """Characters that the code page does not have, each once, in the order of the text."""

    def __init__(self, characters: tuple[str, ...], code_page: str) -> None:
        shown = " ".join(f"{c!r} (U+{ord(c):04X})" for c in characters)
        super().__init__(f"code page {code_page} cannot show {shown}")
        self.characters = characters
        self.code_page = code_page


class ControlCharacter(TextError):
    """A control character, which could break out of its field. `position` counts characters from 0."""

    def __init__(self, character: str, position: int) -> None:
        super().__init__(f"control character U+{ord(character):04X} at position {position}")
        self.character = character
        self.position = position


def encode(text: str, code_page: str = DEFAULT_CODE_PAGE) -> bytes:
    """One line of text as bytes of the page; one byte a character.

    Letters written with separate accents (NFD) are composed first. Raises Unencodable or ControlCharacter.
    """
    composed = unicodedata.normalize("NFC", text)
    if code_page != "mazovia" and not _CONTROLS.search(composed):
        try:
            return composed.encode(_codec(code_page))
        except UnicodeEncodeError:
            pass  # below it is found out which characters are missing
    for position, character in enumerate(composed):
        if _is_control(character):
            raise ControlCharacter(character, position)
    coded = [(character, _byte(character, code_page)) for character in composed]
    missing = tuple(dict.fromkeys(character for character, byte in coded if byte is None))
    if missing:
        raise Unencodable(missing, code_page)
    return bytes(byte for _, byte in coded if byte is not None)


def encode_lines(lines: Iterable[str], code_page: str = DEFAULT_CODE_PAGE) -> bytes:
    """Several lines, joined by LF: only for the values that say so (`ftrcfg ln`, `formline s1`, `ftrinfoset tx`)."""
    return bytes((LF,)).join(encode(line, code_page) for line in lines)


def decode(data: bytes, code_page: str = DEFAULT_CODE_PAGE) -> str:
    """Text of bytes that came from the printer. Never raises: bytes without a character become U+FFFD."""
    if code_page == "mazovia":
        return "".join(chr(b) if b < 0x80 else _MAZOVIA_BACK.get(b, "\ufffd") for b in data)
    return data.decode(_codec(code_page), "replace")


def transliterate(text: str, code_page: str = DEFAULT_CODE_PAGE) -> tuple[str, list[str]]:
    """The text with what the page lacks put into what it has, and what was replaced, as in "’ -> '".

    Each replaced character is told once. What has no likeness becomes "?". Control characters stay, for `encode` to
    refuse.
    """
    result: list[str] = []
    replaced: dict[str, str] = {}
    for character in unicodedata.normalize("NFC", text):
        if _is_control(character) or _byte(character, code_page) is not None:
            result.append(character)
            continue
        substitute = _substitute(character, code_page)
        result.append(substitute)
        shown = character if character.isprintable() else f"U+{ord(character):04X}"
        replaced[shown] = substitute
    return "".join(result), [f"{old} -> {new or '(nothing)'}" for old, new in replaced.items()]


def goods_key(name: str) -> str:
    """The printer's identity of a goods name: what it keeps the VAT rate under.

    Letters (case ignored), digits and `. , / \\ %` count, nothing else. An empty key is a name that the printer takes
    for empty (error 2104 [?]). That letters beyond the Polish alphabet count is an assumption [?].
    """
    composed = unicodedata.normalize("NFC", name)
    counted = (c for c in composed if c.isalpha() or c in _GOODS_SIGNS or (c.isascii() and c.isdigit()))
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in counted)


def _is_control(character: str) -> bool:
    return ord(character) < _FIRST_VISIBLE or ord(character) == _DELETE


def _codec(code_page: str) -> str:
    if code_page not in CODE_PAGES:
        raise LookupError(f"unknown code page {code_page!r}; known are {', '.join(CODE_PAGES)}")
    return _LATIN2 if code_page == "latin2" else code_page


def _byte(character: str, code_page: str) -> int | None:
    """The page's byte for a character that is no C0 control; None where the page cannot show it."""
    codec = _codec(code_page)
    number = ord(character)
    if number < 0x80:
        return number
    if number < 0xA0:  # C1 controls: ISO 8859-2 would carry them, the printer has graphics there
        return None
    if code_page == "mazovia":
        return _MAZOVIA.get(character)
    try:
        return character.encode(codec)[0]
    except UnicodeEncodeError:
        return None


def _substitute(character: str, code_page: str) -> str:
    if character in _SUBSTITUTES:
        return _SUBSTITUTES[character]
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me"):  # joiners, direction marks, loose accents: nothing of their own to see
        return ""
    if category == "Zs":
        return " "
    parts = unicodedata.normalize("NFKD", character)
    kept = "".join(_SUBSTITUTES.get(c, c) for c in parts if not unicodedata.combining(c))
    shown = kept and all(not _is_control(c) and _byte(c, code_page) is not None for c in kept)
    return kept if shown else "?"
