"""What went over a device's links last, in memory: one ring over all of its connections, so that the end of a link that died is
still there when somebody looks. The entries are masked already."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.transport import WireEntry

# Some minutes of a busy printer. A receipt of five lines is twenty transfers.
_KEEP = 1000

# A gateway's answers may be long; a device must not fill the memory with them.
_KEEP_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Transfer:
    """`number` counts from 1 and never comes again in this ring; `link`: the number of the connection."""

    number: int
    link: int
    entry: WireEntry


class WireRing:
    """Written in the thread of whoever transfers, read from any."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(4)
        """Another one after a restart: numbers of one ring mean nothing in another."""
        self._lock = threading.Lock()
        self._transfers: deque[Transfer] = deque()
        self._bytes = 0
        self._count = 0

    def record(self, link: int, entry: WireEntry) -> None:
        with self._lock:
            self._count += 1
            self._transfers.append(Transfer(self._count, link, entry))
            self._bytes += len(entry.data)
            while len(self._transfers) > _KEEP or (self._bytes > _KEEP_BYTES and len(self._transfers) > 1):
                self._bytes -= len(self._transfers.popleft().entry.data)

    def transfers(self) -> Sequence[Transfer]:
        """Oldest first."""
        with self._lock:
            return tuple(self._transfers)
