"""Byte links whose bytes are brought to them: by an asyncio transport, by the thread that reads a USB endpoint."""

from __future__ import annotations

import asyncio

from bridge.transport.errors import LinkLost
from bridge.transport.link import ByteLink
from bridge.transport.wirelog import WireLog

# Bytes that wait here for somebody to read them. More than any answer of any protocol; beyond it the peer is made to wait.
HIGH_WATER = 1024 * 1024


class PushedLink(ByteLink):
    """Whoever listens gets the bytes in the very step of the loop that took them in; the others find them kept here."""

    def __init__(self, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._incoming = bytearray()
        self._arrived: asyncio.Future[None] | None = None
        self._end: LinkLost | None = None

    def _took(self, data: bytes) -> None:
        """Bytes came in. Called in the loop."""
        if not self._incoming and self._push(data):  # what came before somebody listened goes first
            return
        self._incoming += data
        if len(self._incoming) > HIGH_WATER:
            self._hold_back()
        self._wake()

    def _ended(self, why: str) -> None:
        """The stream is over. Called in the loop; the first reason counts."""
        if self._end is None:
            self._end = LinkLost(why)
            self._push_end(self._end)
        self._wake()

    async def _read(self) -> bytes:
        while not self._incoming:
            if self._end is not None:
                raise self._end
            self._arrived = asyncio.get_running_loop().create_future()
            try:
                await self._arrived
            finally:
                self._arrived = None
        data = bytes(self._incoming)
        self._incoming.clear()
        if len(data) > HIGH_WATER and self._end is None:
            self._go_on()
        return data

    def _hold_back(self) -> None:
        """Take no more from the peer until `_go_on`."""

    def _go_on(self) -> None:
        """There is room again."""

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)
