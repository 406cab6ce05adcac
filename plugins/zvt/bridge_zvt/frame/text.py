"""Character sets of print, display and host texts.

Follows protocol-specs/zvt, "Text encoding". Which one a terminal uses is a setting, or what it echoed at registration.
"""

from __future__ import annotations

from enum import StrEnum


class Charset(StrEnum):
    CP437 = "cp437"
    """The 8-bit ZVT set, the default of the specification."""
    LATIN1 = "latin1"
    LATIN15 = "latin15"
    UTF8 = "utf8"
    ZVT7 = "zvt7"
    """ASCII with German letters in the places of brackets."""


_CODECS = {Charset.CP437: "cp437", Charset.LATIN1: "iso8859-1", Charset.LATIN15: "iso8859-15", Charset.UTF8: "utf-8"}
_ZVT7 = dict(zip("[\\]{|}~", "ÄÖÜäöüß", strict=True))
_TO_ZVT7 = str.maketrans({german: ascii_ for ascii_, german in _ZVT7.items()})
_FROM_ZVT7 = str.maketrans(_ZVT7)

# Values of TLV tag 14. ISO-8859 parts beyond 1 and 15 are named by their number.
_OF_TAG: dict[int, Charset] = {0x01: Charset.LATIN1, 0x0F: Charset.LATIN15, 0xFE: Charset.UTF8, 0xFF: Charset.CP437}
_TAGS = {charset: tag for tag, charset in _OF_TAG.items()}


def charset_of_tag(value: int | None) -> Charset | None:
    """The set that a tag 14 names; None for one that is not known, ASCII included, which every set has."""
    return _OF_TAG.get(value) if value is not None else None


def tag_of_charset(charset: Charset) -> int | None:
    """The value of tag 14 for a set; None for the 7-bit one, which has none."""
    return _TAGS.get(charset)


def decode(text: bytes, charset: Charset = Charset.CP437) -> str:
    """Never raises: what a set does not have becomes U+FFFD. Line separators (CR, LF) become newlines."""
    if charset is Charset.ZVT7:
        shown = bytes(byte & 0x7F for byte in text).decode("ascii").translate(_FROM_ZVT7)
    else:
        shown = text.decode(_CODECS[charset], "replace")
    return shown.replace("\r\n", "\n").replace("\r", "\n").rstrip("\0")


def encode(text: str, charset: Charset = Charset.CP437) -> bytes:
    """What a set does not have becomes a question mark."""
    if charset is Charset.ZVT7:
        return text.translate(_TO_ZVT7).encode("ascii", "replace")
    return text.encode(_CODECS[charset], "replace")
