"""Text of a request in the device's code page, strictly, or as near as can be with a warning for every change.

Of texts that a register prints beside the tags of the FN: each family has a code page of its own for these.
"""

from __future__ import annotations

from bridge.model import Print, PrintLine, Warning_, invalid
from bridge_ffd.building import transliterate

_NAMES = {"cp1251": "Windows-1251", "cp866": "866"}


class Fitting:
    """Fits the texts of one request. Collects warnings; raises RequestError for what is refused."""

    def __init__(self, code_page: str, *, lenient: bool) -> None:
        self._code_page = code_page
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
        missing = [c for c in dict.fromkeys(text) if not self._shown(c)]
        if not missing:
            return text
        told = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in missing)
        if not self.lenient:
            raise invalid(
                field,
                f"the device cannot show {told}",
                limit=f"code page {_NAMES.get(self._code_page, self._code_page)}",
                remedy='write it otherwise, or send "fit": "lenient" to have it replaced',
            )
        self.warn("text_replaced", f"The device cannot show all characters: {told}.", field)
        return "".join(c if self._shown(c) else self._instead(c) for c in text)

    def laid_out(self, field: str, line: PrintLine, width: int) -> list[str]:
        """A line of a printout as it is printed by a device that only takes text: blanks for its alignment included. `field`: of the
        item ("lines.3"), or "title"."""
        if line.bold:
            self.warn("style_ignored", "The device has no bold print.", f"{field}.bold")
        shown = self.wrapped(f"{field}.text" if field.startswith("lines") else field, line.text, width)
        match line.align:
            case "centre":
                return [" " * ((width - len(text)) // 2) + text for text in shown]
            case "right":
                return [text.rjust(width) for text in shown]
            case "left":
                return shown

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))

    def _shown(self, character: str) -> bool:
        """Bytes below 20h are not printed, so they are no text either."""
        try:
            return character.encode(self._code_page) >= b" "
        except UnicodeEncodeError:
            return False

    def _instead(self, character: str) -> str:
        fitted, _ = transliterate(character)
        return fitted if all(self._shown(c) for c in fitted) else "?"


def title_of(operation: Print) -> PrintLine:
    return PrintLine(text=operation.title or "", align="centre")
