"""How often a PIN may be tried: each wrong one makes the next wait longer, many lock it for an hour, for each peer and for all.

By the monotonic clock. Each try counts as wrong before it is checked, so that many at once are many and not one.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bridge.server.rate import RateLimit, too_many
from bridge.server.settings import ServerSettings

# Typing errors that cost nothing.
_FREE = 2
_LONGEST_PAUSE = 300.0
_MOST_PEERS = 1024


@dataclass(slots=True)
class _Peer:
    wrong: int = 0
    until: float = 0.0


class Guesses:
    """`wrong`: how many wrong tries there were before the start, since the last right one: a restart is no fresh start."""

    def __init__(self, settings: ServerSettings, wrong: int = 0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._peers: OrderedDict[str, _Peer] = OrderedDict()
        self._all = self._fresh()
        self.wrong = wrong
        """Since the last right one, of everybody."""
        self._first = _Peer()
        self._count(self._first, wrong)

    @property
    def locked_for(self) -> int:
        """The longest lock that there is, in seconds; 0 where there is none."""
        now = self._monotonic()
        locks = [one.until - now for one in (*self._peers.values(), self._first) if one.wrong >= self._settings.pin_tries]
        return max(0, math.ceil(max(locks, default=0.0)))

    def pause(self, who: str) -> int:
        """For how many seconds this peer must wait until its next try."""
        return max(0, math.ceil(self._peer(who).until - self._monotonic()))

    def take(self, who: str) -> bool:
        """One try, counted as a wrong one. Whether it locks this peer out, if it is wrong. Raises RequestError (429)."""
        peer = self._peer(who)
        left = self.pause(who)
        if left > 0:
            locked = peer.wrong >= self._settings.pin_tries
            said = (
                "The PIN was wrong too often and is locked; an administrator can unlock it." if locked else "The PIN was wrong."
            )
            raise too_many(said, left)
        self._all.take("wrong PINs")
        self._count(peer, peer.wrong + 1)
        self.wrong += 1
        return peer.wrong >= self._settings.pin_tries

    def right(self, who: str) -> None:
        """The last try of this peer was none that counts."""
        self._peers.pop(who, None)
        self._first = _Peer()
        self._all.give_back()
        self.wrong = 0

    def unlock(self) -> None:
        self._peers.clear()
        self._first = _Peer()
        self._all = self._fresh()
        self.wrong = 0

    def _peer(self, who: str) -> _Peer:
        peer = self._peers.get(who)
        if peer is None:
            peer = self._peers[who] = _Peer(self._first.wrong, self._first.until)
            if len(self._peers) > _MOST_PEERS:
                self._peers.popitem(last=False)
        else:
            self._peers.move_to_end(who)
        return peer

    def _count(self, peer: _Peer, wrong: int) -> None:
        peer.wrong = wrong
        if wrong >= self._settings.pin_tries:
            pause = self._settings.pin_locked_seconds
        elif wrong > _FREE:
            pause = min(_LONGEST_PAUSE, 2.0 ** (wrong - _FREE))
        else:
            return
        peer.until = self._monotonic() + pause

    def _fresh(self) -> RateLimit:
        return RateLimit(self._settings.pin_tries_of_all, self._settings.pin_tries_per_hour / 3600, self._monotonic)
