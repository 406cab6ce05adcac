"""Text of a request in the device's code page, strictly, or as near as can be with a warning for every change.

Printed texts are Windows-1251. Tags of the FN have a code page of their own (`bridge_ffd`).
"""

from __future__ import annotations

from bridge_ffd.building import transliterate

from bridge.model import Warning_, invalid
from bridge_shtrih_m.layout import CODE_PAGE


class Fitting:
    """Fits the texts of one request. Collects warnings; raises RequestError for what is refused."""

    def __init__(self, *, lenient: bool) -> None:
        self.lenient = lenient
        self.warnings: list[Warning_] = []

    def text(self, field: str, text: str, limit: int) -> str:
        """One field. Lenient: characters replaced, the rest cut off, and both told."""
        text = self.characters(field, text)
        if len(text) <= limit:
            return text
        if not self.lenient:
            raise invalid(
                field,
                f"{len(text)} characters, the device takes {limit}",
                limit=f"{limit} characters",
                remedy='shorten it, or send "fit": "lenient" to have it cut',
            )
        self.warn("text_cut", f"The device takes {limit} characters: {text[limit:]!r} was cut off.", field)
        return text[:limit]

    def wrapped(self, field: str, text: str, width: int) -> list[str]:
        """Lines of at most `width` characters, broken at spaces where there are any. Only lenient breaks."""
        text = self.characters(field, text)
        if len(text) <= width:
            return [text]
        if not self.lenient:
            raise invalid(
                field,
                f"{len(text)} characters, a line of the device has {width}",
                limit=f"{width} characters",
                remedy='break the line, or send "fit": "lenient" to have it broken',
            )
        lines = []
        while len(text) > width:
            at = text.rfind(" ", 1, width + 1)
            at = at if at > 0 else width
            lines.append(text[:at])
            text = text[at:].lstrip(" ")
        self.warn("text_wrapped", f"The line is longer than {width} characters and was broken.", field)
        return [*lines, text] if text else lines

    def characters(self, field: str, text: str) -> str:
        """A text of any length that the device can show."""
        missing = [c for c in dict.fromkeys(text) if not _shown(c)]
        if not missing:
            return text
        told = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing)
        if not self.lenient:
            raise invalid(
                field,
                f"the device cannot show {told}",
                limit="code page Windows-1251",
                remedy='write it otherwise, or send "fit": "lenient" to have it replaced',
            )
        self.warn("text_replaced", f"The device cannot show all characters: {told}.", field)
        return "".join(c if _shown(c) else _instead(c) for c in text)

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))


def _shown(character: str) -> bool:
    """Bytes below 20h are not printed, so they are no text either."""
    try:
        return character.encode(CODE_PAGE) >= b" "
    except UnicodeEncodeError:
        return False


def _instead(character: str) -> str:
    fitted, _ = transliterate(character)
    return fitted if all(_shown(c) for c in fitted) else "?"
