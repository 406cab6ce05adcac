"""Texts of a request into bytes of the printer: strictly, or as near as can be with a warning for every change.

What a page can show is in `text.py`; how long a field may be in `fields.py`.
"""

from __future__ import annotations

from bridge.model import Warning_, invalid
from bridge_posnet.text import ControlCharacter, Unencodable, decode, encode, transliterate


class Fitting:
    """Fits the texts of one request. Collects warnings; raises RequestError for what is refused."""

    def __init__(self, code_page: str, *, lenient: bool) -> None:
        self.code_page = code_page
        self.lenient = lenient
        self.warnings: list[Warning_] = []

    def text(self, field: str, text: str, limit: int) -> bytes:
        """One field. Lenient: characters replaced, the rest cut off, and both told."""
        data = self.characters(field, text)
        if len(data) <= limit:
            return data
        if not self.lenient:
            raise invalid(
                field,
                f"{len(data)} characters, the printer takes {limit}",
                limit=f"{limit} characters",
                remedy='shorten it, or send "fit": "lenient" to have it cut',
            )
        # A goods name has one line and cannot be wrapped: what is lost is told by name.
        lost = decode(data[limit:], self.code_page)
        self.warn("text_cut", f"The printer takes {limit} characters: {lost!r} was cut off.", field)
        return data[:limit]

    def wrapped(self, field: str, text: str, width: int) -> list[bytes]:
        """Lines of at most `width` characters, broken at spaces where there are any. Only lenient breaks."""
        data = self.characters(field, text)
        if len(data) <= width:
            return [data]
        if not self.lenient:
            raise invalid(
                field,
                f"{len(data)} characters, a line of the printer has {width}",
                limit=f"{width} characters",
                remedy='break the line, or send "fit": "lenient" to have it broken',
            )
        lines = []
        while len(data) > width:
            at = data.rfind(b" ", 1, width + 1)
            at = at if at > 0 else width
            lines.append(data[:at])
            data = data[at:].lstrip(b" ")
        self.warn("text_wrapped", f"The line is longer than {width} characters and was broken.", field)
        return [*lines, data] if data else lines

    def characters(self, field: str, text: str) -> bytes:
        """The bytes of a text of any length."""
        try:
            if self.lenient:
                text, replaced = transliterate(text, self.code_page)
                if replaced:
                    self.warn("text_replaced", f"The printer cannot show all characters: {', '.join(replaced)}.", field)
            return encode(text, self.code_page)
        except Unencodable as error:
            shown = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in error.characters)
            raise invalid(
                field,
                f"the printer cannot show {shown}",
                limit=f"code page {self.code_page}",
                remedy='write it otherwise, or send "fit": "lenient" to have it replaced',
            ) from None
        except ControlCharacter as error:
            raise invalid(field, str(error), remedy="remove it") from None

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))
