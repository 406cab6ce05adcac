"""The wire log: what went over a link, masked before it is kept. A ring in memory, safe to read from any thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.transport.masking import hide_cards, hide_private


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
    return hide_cards(data)


def mask_private(data: bytes, direction: Direction = Direction.OUT) -> bytes:
    """Cards, and e-mail addresses and phone numbers of customers as a whole, by '*', length kept."""
    return hide_private(data)


# Of the transfers in memory, all together: answers of an HTTP server may have megabytes each.
MOST_BYTES = 4 * 1024 * 1024


class WireLog:
    """The last `keep` transfers of one link, as far as MOST_BYTES go; the newest one is always there.

    `tap` is called with each entry before its bytes are sent, in the thread of whoever transfers; it must not block.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        masker: Masker = mask_cards,
        keep: int = 500,
        on_round_trip: Callable[[float], None] | None = None,
        tap: Callable[[WireEntry], None] | None = None,
    ) -> None:
        """`on_round_trip` is told the seconds from a transfer out to the first one that comes in after it."""
        self._now = now
        self._masker = masker
        self._tap = tap
        self._keep = keep
        self._entries: deque[WireEntry] = deque()
        self._held = 0
        self._on_round_trip = on_round_trip
        self._asked_at: datetime | None = None

    def record(self, direction: Direction, data: bytes) -> None:
        at = self._now()
        entry = WireEntry(at, direction, self._masker(data, direction))
        self._entries.append(entry)
        self._held += len(entry.data)
        while len(self._entries) > self._keep or (self._held > MOST_BYTES and len(self._entries) > 1):
            self._held -= len(self._entries.popleft().data)
        if self._tap is not None:
            self._tap(entry)
        if direction is Direction.OUT:
            self._asked_at = at
        elif self._asked_at is not None:
            asked, self._asked_at = self._asked_at, None
            if self._on_round_trip is not None:
                # A clock that was set back meanwhile must not count as time.
                self._on_round_trip(max(0.0, (at - asked).total_seconds()))

    def entries(self) -> tuple[WireEntry, ...]:
        return tuple(self._entries)
