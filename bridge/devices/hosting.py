"""Where a driver's code runs: in the host's own loop, or in a thread with a loop of its own.

Why a thread for each device is the default: a plugin that blocks then stops its own device and nothing else. What it costs
is in docs/decisions/0004-where-drivers-run.md.
"""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


class DriverHost(ABC):
    """Runs one device's driver code."""

    @abstractmethod
    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Run what `make` returns in the driver's loop and give back its result. Cancelling cancels it there too."""

    @abstractmethod
    def close(self) -> None:
        """Stop the loop. What still runs in it is cancelled; a thread that is blocked is left behind (it is a daemon)."""

    @property
    @abstractmethod
    def loop(self) -> asyncio.AbstractEventLoop: ...

    @property
    @abstractmethod
    def thread_id(self) -> int | None: ...


class InlineHost(DriverHost):
    """The host's own loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread_id = threading.get_ident()

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        return await make()

    def close(self) -> None:
        """Nothing of its own to stop."""

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    @property
    def thread_id(self) -> int | None:
        return self._thread_id


class ThreadHost(DriverHost):
    """A daemon thread with its own event loop."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=f"device-{name}", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            pending = asyncio.all_tasks(self._loop)
            for task in pending:
                task.cancel()
            if pending:
                self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        finally:
            self._loop.close()

    async def call(self, make: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            return await make()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._loop))

    def close(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._loop.stop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    @property
    def thread_id(self) -> int | None:
        return self._thread.ident
