"""The clock that the host, drivers and tests share, so that nothing waits on real time in a test."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """`now` is the wall clock with its zone; `monotonic` counts seconds and never goes back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The computer's own clocks; times in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class LoopClock:
    """A clock that follows the running event loop: on a VirtualTimeLoop a whole day passes in a moment."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._origin: float | None = None

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        time_now = asyncio.get_running_loop().time()
        if self._origin is None:
            self._origin = time_now
        return time_now - self._origin

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
