"""The strings and amounts behind a command, taken apart as a printer does it.

Source: protocol-specs/posnet/thermal.md, "Sequences", "Code page". Amounts in grosze.
"""

from __future__ import annotations

import re
from decimal import Decimal

MAX_AMOUNT = 99_999_999  # grosze: 999999.99
MAX_SLIP = 9_999_999_999  # grosze: 99999999.99

_AMOUNT = re.compile(r"(\d{1,8})(?:[.,](\d{0,2}))?")
_QUANTITY = re.compile(r"(\d*\.?\d*)(?: (.{1,4}))?")
_MAZOVIA = {
    0x8F: "Ą", 0x95: "Ć", 0x90: "Ę", 0x9C: "Ł", 0xA5: "Ń", 0xA3: "Ó", 0x98: "Ś", 0xA0: "Ź", 0xA1: "Ż",
    0x86: "ą", 0x8D: "ć", 0x91: "ę", 0x92: "ł", 0xA4: "ń", 0xA2: "ó", 0x9E: "ś", 0xA6: "ź", 0xA7: "ż",
}  # fmt: skip


class SequenceError(Exception):
    """The sequence is refused: answered with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def decode(data: bytes, code_page: str) -> str:
    """Text as printed; Mazovia prints what it has no letter for as a space."""
    if code_page == "mazovia":
        return "".join(chr(byte) if byte < 0x80 else _MAZOVIA.get(byte, " ") for byte in data)
    return data.decode("iso8859_2" if code_page == "latin2" else code_page, "replace")


class Reader:
    """Takes texts (ended by CR) and amounts (ended by /) off the front, in the order in which they must come."""

    def __init__(self, text: bytes, code_page: str) -> None:
        self._rest = decode(text, code_page)

    @property
    def empty(self) -> bool:
        return not self._rest

    def text(self, most: int, error: int) -> str:
        found, end, rest = self._rest.partition("\r")
        if not end or len(found) > most:
            raise SequenceError(error)
        self._rest = rest
        return found

    def field(self, error: int) -> str:
        found, end, rest = self._rest.partition("/")
        if not end:
            raise SequenceError(error)
        self._rest = rest
        return found

    def amount(self, error: int, most: int = MAX_AMOUNT) -> int:
        match = _AMOUNT.fullmatch(self.field(error))
        if match is None:
            raise SequenceError(error)
        grosze = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        if grosze > most:
            raise SequenceError(error)
        return grosze

    def next_is_text(self) -> bool:
        """A text comes before the next amount."""
        return "\r" in self._rest.partition("/")[0] or ("/" not in self._rest and "\r" in self._rest)

    def end(self, error: int = 4) -> None:
        if self._rest:
            raise SequenceError(error)


def quantity(text: str) -> tuple[Decimal, str]:
    """`1.`, `0.25` or ` 1.500 szt`: the number and the unit. 17."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None or not any(c.isdigit() for c in match[1]) or sum(c.isdigit() for c in match[1]) > 10:
        raise SequenceError(17)
    return Decimal(match[1].rstrip(".") or "0"), match[2] or ""
