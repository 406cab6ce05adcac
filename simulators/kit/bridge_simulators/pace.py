"""How long things take: not at all (`fast`), or as on the real machine (`real`). Times in seconds.

The figures of `real` are those of a common thermal printer: about 40 text lines a second (150 mm/s, 3.75 mm a line), a
third of a second for feed and cut, and ten bit times a byte on a serial line (start, eight data, stop).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

PaceName = Literal["real", "fast"]

LINES_PER_SECOND = 40
CUT_SECONDS = 0.35
COMMAND_SECONDS = 0.02  # thinking time of the device for one command
BITS_PER_BYTE = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """Durations under one pace name."""

    name: PaceName = "fast"

    def printing(self, lines: int, *, cut: bool = False) -> float:
        """Seconds from the acceptance of these lines until they are on paper."""
        if self.name == "fast":
            return 0.0
        return COMMAND_SECONDS + lines / LINES_PER_SECOND + (CUT_SECONDS if cut else 0.0)


class SerialLine:
    """One direction of a serial line at `baud`: bytes arrive as late as the line carries them, in order."""

    def __init__(self, deliver: Callable[[bytes], None], baud: int) -> None:
        self._deliver = deliver
        self._byte_time = BITS_PER_BYTE / baud
        self._free_at = 0.0
        self._handles: set[asyncio.TimerHandle] = set()

    def carry(self, data: bytes) -> None:
        """`data` is delivered as one piece when its last byte has come through."""
        loop = asyncio.get_running_loop()
        self._free_at = max(self._free_at, loop.time()) + len(data) * self._byte_time

        def arrive() -> None:
            self._handles.discard(handle)
            self._deliver(data)

        handle = loop.call_at(self._free_at, arrive)
        self._handles.add(handle)

    def drop(self) -> None:
        """The line went down: what is still on it is lost."""
        for handle in self._handles:
            handle.cancel()
        self._handles.clear()
