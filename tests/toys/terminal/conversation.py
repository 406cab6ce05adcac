"""The wire half of the driver: commands and their answers, and what the terminal says unasked, sorted by a reader task.

Nothing here knows what a payment is.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from bridge.plugin import DeviceError
from bridge.transport import ByteLink, LinkError, LinkLost, deadline
from tests.toys.terminal.errors import refused
from tests.toys.terminal.frame import Decoder, Frame
from tests.toys.terminal.messages import REFUSED, REVERSED, UNASKED


class Conversation:
    """One connection. `reversals` collects the counters of records that the terminal reversed afterwards."""

    def __init__(self, link: ByteLink, answer_seconds: float) -> None:
        self.reversals: set[int] = set()
        self._link = link
        self._answer_seconds = answer_seconds
        self._number = 0
        self._last_unasked: int | None = None
        self._waiting: tuple[int, asyncio.Future[Frame]] | None = None
        self._messages: asyncio.Queue[Frame | LinkError] = asyncio.Queue()
        self._lost: LinkError | None = None
        self._reader = asyncio.create_task(self._read())

    async def exchange(self, kind: str, fields: Mapping[str, str] | None = None) -> Frame:
        """One command and its answer. Raises DeviceError where the terminal refuses, LinkError where it does not answer."""
        async with self._link.lock:
            if self._lost is not None:
                raise LinkLost(str(self._lost))
            self._number = self._number % 255 + 1
            answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
            self._waiting = (self._number, answer)
            try:
                async with deadline(self._answer_seconds, f"command {kind}"):
                    await self._link.write(Frame(kind, self._number, fields or {}).to_bytes())
                    frame = await answer
            finally:
                self._waiting = None
        if frame.kind == REFUSED:
            raise DeviceError(refused(frame.fields.get("code", "?")))
        if frame.kind != kind.lower():
            raise LinkLost(f"command {kind} was answered with {frame.kind}")
        return frame

    async def message(self, seconds: float) -> Frame:
        """What the terminal says next by itself."""
        async with deadline(seconds, "a message of the terminal"):
            frame = await self._messages.get()
        if isinstance(frame, LinkError):
            self._messages.put_nowait(frame)
            raise LinkLost(str(frame))
        return frame

    def forget_messages(self) -> None:
        """Drop what belongs to an earlier transaction."""
        while not self._messages.empty() and self._lost is None:
            self._messages.get_nowait()

    async def close(self) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader

    async def _read(self) -> None:
        decoder = Decoder()
        try:
            while True:
                for event in decoder.feed(await self._link.read()):
                    if isinstance(event, Frame):
                        self._sort(event)
        except LinkError as error:
            self._lost = error
            self._messages.put_nowait(error)
            if self._waiting is not None and not self._waiting[1].done():
                self._waiting[1].set_exception(LinkLost(str(error)))

    def _sort(self, frame: Frame) -> None:
        if frame.kind in UNASKED:
            if frame.number == self._last_unasked:  # came twice
                return
            self._last_unasked = frame.number
            if frame.kind == REVERSED and frame.fields.get("counter", "").isdigit():
                self.reversals.add(int(frame.fields["counter"]))
            else:
                self._messages.put_nowait(frame)
        elif self._waiting is not None and frame.number == self._waiting[0] and not self._waiting[1].done():
            self._waiting[1].set_result(frame)  # any other answer belongs to a command that is no longer waited for
