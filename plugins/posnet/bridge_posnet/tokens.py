"""Tokens: four digits that the printer echoes, and finds a stored answer by. None is used twice in 10000.

A job takes a block of them in the same transaction as its intent, so that it costs no commit of its own and recovery can
tell the token of every command.
"""

from __future__ import annotations

import secrets
from collections import deque

from bridge.plugin import DeviceStore, Json

MODULO = 10_000
_KEY = "token"
_DOZEN = 12


class Tokens:
    """The counter of one device. Only the driver of its open link uses it, one call after the other."""

    def __init__(self, store: DeviceStore) -> None:
        self._store = store
        self._taken: deque[int] = deque()

    async def next(self) -> int:
        """The token that the next block begins with; nothing is taken yet."""
        kept = await self._store.get(_KEY)
        # A new counter begins anywhere: the printer may still hold answers to the tokens of a journal that was lost, or
        # of another program, and those tend to count from zero.
        return kept if isinstance(kept, int) else secrets.randbelow(MODULO)

    @staticmethod
    def taken(first: int, count: int) -> dict[str, Json]:
        """What to set in the store, in the checkpoint's own transaction, so that a block is taken."""
        return {_KEY: (first + count) % MODULO}

    async def take(self) -> int:
        """One token. Taken by the dozen, durably: those that a lost link leaves over are never used."""
        if not self._taken:
            first = await self.next()
            for key, value in self.taken(first, _DOZEN).items():
                await self._store.set(key, value)
            self._taken.extend(token_at(first, index) for index in range(_DOZEN))
        return self._taken.popleft()


def token_at(first: int, index: int) -> int:
    """The token of one command of a block."""
    return (first + index) % MODULO
