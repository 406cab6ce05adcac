"""Links: an open way to a device. Byte links carry a stream, HTTP links carry requests; both keep a wire log.

Deadlines are the caller's: every wait is wrapped by `deadline`. No link retries anything by itself.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bridge.transport.errors import LinkLost, LinkTimeout
from bridge.transport.wirelog import Direction, WireLog


@asynccontextmanager
async def deadline(seconds: float, what: str) -> AsyncIterator[None]:
    """Everything inside must be over within `seconds`, else LinkTimeout naming `what`."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise LinkTimeout(f"{what}: no answer within {seconds:g} s") from None


class Link(ABC):
    """What every link has. A driver lives for one link: after an error both are thrown away."""

    def __init__(self, wire_log: WireLog) -> None:
        self.wire_log = wire_log
        self.lock = asyncio.Lock()
        """All wire access of one link goes through this lock: an exchange holds it from its first byte to its last."""
        self._abandoned = False

    def abandon(self) -> None:
        """Nothing may be sent any more, whoever still tries: a driver that was given up must not go on behind our back.

        Callable from any thread.
        """
        self._abandoned = True

    def _refuse_if_abandoned(self) -> None:
        if self._abandoned:
            raise LinkLost("the link was given up")

    @abstractmethod
    async def close(self) -> None:
        """Close at once, losing what was not sent. Never raises; may be called twice."""


class ByteLink(Link):
    """A stream of bytes. Raises LinkLost when the other end is gone."""

    async def read(self) -> bytes:
        """The next bytes, at least one. Raises LinkLost at the end of the stream. Safe to cancel: nothing is lost."""
        data = await self._read()
        self.wire_log.record(Direction.IN, data)
        return data

    async def write(self, data: bytes) -> None:
        """Hand bytes to the transport. That it returns says nothing of whether the device has them."""
        self._refuse_if_abandoned()
        self.wire_log.record(Direction.OUT, data)
        await self._write(data)

    @abstractmethod
    async def _read(self) -> bytes: ...

    @abstractmethod
    async def _write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpLink(Link):
    """Requests to one HTTP endpoint.

    Raises NotConnected where surely nothing was sent (refused, unknown host), LinkLost and LinkTimeout where the request
    may have arrived.
    """

    @abstractmethod
    async def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 10.0,
    ) -> HttpAnswer: ...
