"""The wire log: what went over a link, masked before it is kept. A ring in memory, safe to read from any thread."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# 13 to 19 digits in a row, or in groups of four: the lengths of card numbers (ISO/IEC 7812).
_CARD = re.compile(rb"(?<![0-9])(?:[0-9][ -]?){12,18}[0-9](?![0-9])")


class Direction(StrEnum):
    OUT = "out"
    """Host to device."""
    IN = "in"


@dataclass(frozen=True, slots=True)
class WireEntry:
    at: datetime
    direction: Direction
    data: bytes


Masker = Callable[[bytes, Direction], bytes]


def mask_cards(data: bytes, direction: Direction = Direction.OUT) -> bytes:
    """Replace the middle of every card number (Luhn-valid, 13 to 19 digits) by '*', length kept."""

    def hide(match: re.Match[bytes]) -> bytes:
        found = match.group()
        digits = [byte - 0x30 for byte in found if 0x30 <= byte <= 0x39]
        if not _luhn(digits):
            return found
        seen = 0
        hidden = bytearray(found)
        for index, byte in enumerate(found):
            if 0x30 <= byte <= 0x39:
                seen += 1
                if 6 < seen <= len(digits) - 4:
                    hidden[index] = 0x2A
        return bytes(hidden)

    return _CARD.sub(hide, data)


def _luhn(digits: list[int]) -> bool:
    total = 0
    for index, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if index % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


class WireLog:
    """The last `keep` transfers of one link."""

    def __init__(
        self,
        now: Callable[[], datetime],
        masker: Masker = mask_cards,
        keep: int = 500,
        on_round_trip: Callable[[float], None] | None = None,
    ) -> None:
        """`on_round_trip` is told the seconds from a transfer out to the first one that comes in after it."""
        self._now = now
        self._masker = masker
        self._entries: deque[WireEntry] = deque(maxlen=keep)
        self._on_round_trip = on_round_trip
        self._asked_at: datetime | None = None

    def record(self, direction: Direction, data: bytes) -> None:
        at = self._now()
        self._entries.append(WireEntry(at, direction, self._masker(data, direction)))
        if direction is Direction.OUT:
            self._asked_at = at
        elif self._asked_at is not None:
            asked, self._asked_at = self._asked_at, None
            if self._on_round_trip is not None:
                # A clock that was set back meanwhile must not count as time.
                self._on_round_trip(max(0.0, (at - asked).total_seconds()))

    def entries(self) -> tuple[WireEntry, ...]:
        return tuple(self._entries)
