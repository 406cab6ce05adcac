"""A byte link as drivers read it that wait for answers with a deadline and must not miss what comes between them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bridge.transport.errors import LinkError
from bridge.transport.link import ByteLink


class Listener:
    """Keeps what comes from `start` to `close`, until somebody takes it. What came before the end of the link can still be taken."""

    def __init__(self, link: ByteLink) -> None:
        self._link = link
        self._bytes = bytearray()
        self._news = asyncio.Event()
        self._ended: LinkError | None = None
        self._stop: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin to listen. Sends nothing."""
        self._stop = self._link.listen(self._received, self._end)

    def close(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    async def take(self, due: float) -> bytes:
        """The bytes that came; empty where none did until `due` (in the loop's time), or when woken. Raises LinkError."""
        if not self._bytes:
            self._raise_if_ended()
            self._news.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._news.wait()
            except TimeoutError:
                return b""
            if not self._bytes:
                self._raise_if_ended()
        data = bytes(self._bytes)
        self._bytes.clear()
        return data

    def forget(self) -> None:
        """What came so far is no answer to what is said next."""
        self._bytes.clear()

    def wake(self) -> None:
        """Whoever waits in `take` goes on at once."""
        self._news.set()

    async def write(self, data: bytes) -> None:
        """Raises LinkError, also where the link is known to have ended."""
        self._raise_if_ended()
        await self._link.write(data)

    def _raise_if_ended(self) -> None:
        if self._ended is not None:
            raise self._ended

    def _received(self, data: bytes) -> None:
        self._bytes += data
        self._news.set()

    def _end(self, error: LinkError) -> None:
        self._ended = error
        self._news.set()
