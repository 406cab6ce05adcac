"""What takes a device its time, step by step: a generator that yields the seconds until its next step."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

EndT = TypeVar("EndT")


class Steps(Generic[EndT]):
    """One command under way at a time. What was under way when the power failed never goes on, even where it was one of its own steps
    that brought the power down."""

    def __init__(self, ended: Callable[[EndT], None]) -> None:
        """`ended`: called with what the generator returns, when nothing is under way any more."""
        self._ended = ended
        self._running: Generator[float, None, EndT] | None = None
        self._wake: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        return self._running is not None

    def begin(self, steps: Generator[float, None, EndT]) -> None:
        """The first step is made at once; without a yield, all of it."""
        self._running = steps
        self._step(steps)

    def _step(self, steps: Generator[float, None, EndT]) -> None:
        self._wake = None
        try:
            seconds = next(steps)
        except StopIteration as stop:
            if steps is self._running:
                self._running = None
                self._ended(stop.value)
            return
        if steps is self._running:
            self._wake = asyncio.get_running_loop().call_later(seconds, self._step, steps)

    def stop(self) -> None:
        """The power is gone."""
        self._running = None
        if self._wake is not None:
            self._wake.cancel()
            self._wake = None
