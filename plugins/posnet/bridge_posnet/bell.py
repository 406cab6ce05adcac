"""Waiting for something to happen, with a time limit that costs nothing as long as it is not reached.

A timer for every answer would be most of what a driver does: answers come within milliseconds, limits are seconds away.
So one timer stands for all the waits of a link; when it runs out it looks whether anybody has waited too long.
"""

from __future__ import annotations

import asyncio


class Bell:
    """Rung by whoever has news, awaited by one task at a time."""

    __slots__ = ("_rung", "_sleeper")

    def __init__(self) -> None:
        self._rung = False
        self._sleeper: asyncio.Future[None] | None = None

    def ring(self) -> None:
        self._rung = True
        if self._sleeper is not None and not self._sleeper.done():
            self._sleeper.set_result(None)


class Patience:
    """Waits for bells; one timer for all of them."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Future[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, bell: Bell, seconds: float) -> bool:
        """Until the bell rings, at most for so many seconds; whether it rang. It is silent again afterwards."""
        if not bell._rung:
            loop = asyncio.get_running_loop()
            sleeper: asyncio.Future[None] = loop.create_future()
            bell._sleeper = sleeper
            due = loop.time() + seconds
            self._waiting[sleeper] = due
            if self._timer is None or self._timer.when() > due:
                self._arm(due)
            try:
                await sleeper
            finally:
                bell._sleeper = None
                del self._waiting[sleeper]
        rung, bell._rung = bell._rung, False
        return rung

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, when: float) -> None:
        self.close()
        self._timer = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        """Wake whoever has waited too long; look again when the next one will have."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        for sleeper, due in self._waiting.items():
            if due <= now and not sleeper.done():
                sleeper.set_result(None)
        pending = [due for due in self._waiting.values() if due > now]
        if pending:
            self._arm(min(pending))
