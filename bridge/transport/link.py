"""Links: an open way to a device. Byte links carry a stream, HTTP links carry requests; both keep a wire log.

Deadlines are the caller's: every wait is wrapped by `deadline`. No link retries anything by itself.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bridge.transport.errors import LinkError, LinkLost, LinkTimeout
from bridge.transport.wirelog import Direction, WireLog


@asynccontextmanager
async def deadline(seconds: float, what: str, name: str | None = None) -> AsyncIterator[None]:
    """Everything inside must be over within `seconds`, else LinkTimeout naming `what`, and the time-out where it has a name."""
    timer = asyncio.timeout(seconds)
    try:
        async with timer:
            yield
    except TimeoutError:
        if not timer.expired():  # somebody else's, raised inside
            raise
        if name is not None:
            raise LinkTimeout.ran_out(name, seconds, what) from None
        raise LinkTimeout(f"{what}: no answer within {seconds:g} s") from None


class Link(ABC):
    """What every link has. A driver lives for one link: after an error both are thrown away."""

    def __init__(self, wire_log: WireLog) -> None:
        self.wire_log = wire_log
        self.kind = ""
        """The kind of its endpoint (tcp, serial, ...): for families that frame their messages by it."""
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

    def __init__(self, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._sink: Callable[[bytes], None] | None = None
        self._on_end: Callable[[LinkError], None] | None = None
        self.on_lost: Callable[[LinkError], None] | None = None
        """For the host: called once, in the link's loop, when a stream that pushes its bytes has ended."""

    async def read(self) -> bytes:
        """The next bytes, at least one. Raises LinkLost at the end of the stream. Safe to cancel: nothing is lost."""
        data = await self._read()
        self.wire_log.record(Direction.IN, data)
        return data

    def listen(self, sink: Callable[[bytes], None], ended: Callable[[LinkError], None]) -> Callable[[], None]:
        """From now on call `sink` with every piece of bytes as it comes, and `ended` once at the end of the stream.

        For drivers that wait for answers and hear unsolicited messages alike; `read` is not to be used beside it. Both are
        called in the loop and must not raise. Returns what stops it.
        """
        assert self._sink is None, "somebody listens already"
        self._sink, self._on_end = sink, ended
        task = asyncio.get_running_loop().create_task(self._pump(), name="link-pump")

        def stop() -> None:
            self._sink = self._on_end = None
            task.cancel()

        return stop

    async def write(self, data: bytes) -> None:
        """Hand bytes to the transport. That it returns says nothing of whether the device has them."""
        self._refuse_if_abandoned()
        self.wire_log.record(Direction.OUT, data)
        await self._write(data)

    async def _pump(self) -> None:
        """Serves `listen` for links that can only be read. One that gets its bytes pushed hands them on itself, too: what
        it held before somebody listened comes this way."""
        try:
            while True:
                data = await self._read()
                self._push(data)
        except LinkError as error:
            self._push_end(error)
        except Exception as error:  # whatever a link raises, those who wait must hear of it
            self._push_end(LinkLost(f"reading failed: {error!r}"))

    def _push(self, data: bytes) -> bool:
        """Hand bytes to the listener; False where nobody listens."""
        if self._sink is None:
            return False
        self.wire_log.record(Direction.IN, data)
        self._sink(data)
        return True

    def _push_end(self, error: LinkError) -> None:
        if self.on_lost is not None:
            lost, self.on_lost = self.on_lost, None
            lost(error)
        if self._on_end is not None:
            ended, self._on_end = self._on_end, None
            ended(error)

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
        timeout: float | None = None,
    ) -> HttpAnswer:
        """One request, sent once. `timeout`: seconds; None for the device's own (`timeouts.http`)."""
