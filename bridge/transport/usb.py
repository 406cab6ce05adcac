"""USB links: the bulk endpoints of one interface as a stream of bytes, through pyusb and libusb 1.0.

pyusb blocks, so each link has two threads: one reads, one writes. A read waits 250 ms at most and begins anew, so that
closing takes no longer; whoever of the two ends last gives the device back. Which device and interface is meant is found
out in `usb_device.py`.

How USB's own troubles are taken, for a stream in which a byte must be neither lost nor doubled unnoticed:

- time-out of a write: the device takes nothing now (NAK). libusb tells how much went through; the rest is offered again.
- a packet of length zero: no data, and not the end.
- a halted endpoint (stall), an overflow, any other error: nobody knows how much of the transfer went through. The halt is
  cleared, so that the next link finds the device usable, and this link is lost. Going on could leave a hole in the stream.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import queue
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import LinkLost
from bridge.transport.pushed import PushedLink
from bridge.transport.usb_device import BulkDevice, FindBackend, claim, installed_backend
from bridge.transport.wirelog import WireLog

# How long one transfer may wait in libusb, in ms. Closing takes up to so long; an idle link wakes up four times a second,
# which costs next to nothing (benchmarks/RESULTS.md).
TRANSFER_MS = 250

# What one write hands to USB at most: what was handed over when a link is abandoned still goes out, so it is kept small.
_PIECE = 4096

# Bytes that may wait for USB to take them before whoever writes must wait, as with a socket.
_MAY_WAIT = 64 * 1024

# How long `close` waits for the threads. A transfer ends after TRANSFER_MS; longer means that the USB stack hangs.
CLOSE_SECONDS = 3.0


class UsbLink(PushedLink):
    """A link over the two bulk endpoints of a claimed interface."""

    def __init__(self, wire_log: WireLog, device: BulkDevice) -> None:
        super().__init__(wire_log)
        self._device = device
        self._loop = asyncio.get_running_loop()
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._waiting = 0
        self._writable = asyncio.Event()
        self._writable.set()
        self._stopping = threading.Event()
        self._room = threading.Event()
        self._room.set()
        self._counting = threading.Lock()
        self._threads = 2
        self._closed = asyncio.Event()
        for work, name in ((self._read_on, "usb-read"), (self._write_on, "usb-write")):
            threading.Thread(target=self._thread, args=(work,), name=name, daemon=True).start()

    # -- in the loop -------------------------------------------------------------------------------------------------

    async def _write(self, data: bytes) -> None:
        if self._end is not None:
            raise self._end
        self._waiting += len(data)
        self._outgoing.put(data)
        if self._waiting > _MAY_WAIT:
            self._writable.clear()
            await self._writable.wait()
            if self._end is not None:
                raise self._end

    async def close(self) -> None:
        self.abandon()
        self._ended("the link is closed")
        self._stop()
        with contextlib.suppress(TimeoutError):  # a USB stack that hangs keeps the interface: opening it again says so
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._closed.wait()

    def _ended(self, why: str) -> None:
        super()._ended(why)
        self._writable.set()

    def _sent(self, count: int) -> None:
        self._waiting -= count
        if self._waiting <= _MAY_WAIT:
            self._writable.set()

    def _hold_back(self) -> None:
        self._room.clear()

    def _go_on(self) -> None:
        self._room.set()

    # -- in the threads ----------------------------------------------------------------------------------------------

    def _thread(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # pyusb and its backends raise several kinds; each means that this link is over
            self._device.recover_from(error)
            self._tell(partial(self._ended, _why(error)))
        self._stop()
        with self._counting:
            self._threads -= 1
            last = self._threads == 0
        if last:
            self._device.release()
            self._tell(self._closed.set)

    def _read_on(self) -> None:
        while not self._stopping.is_set():
            if not self._room.wait(TRANSFER_MS / 1000):
                continue
            data = self._device.read(TRANSFER_MS)
            if data:
                self._tell(partial(self._took, data))

    def _write_on(self) -> None:
        while (data := self._outgoing.get()) is not None:
            self._send(data)
            self._tell(partial(self._sent, len(data)))

    def _send(self, data: bytes) -> None:
        """All of it, in the order given, each byte once. Raises LinkLost as soon as the link is abandoned or ends."""
        rest = memoryview(data)
        while rest:
            # The last look before USB has it: what waits in the queue of an abandoned link must not go out.
            self._refuse_if_abandoned()
            if self._stopping.is_set():
                raise LinkLost("the link is closed")
            rest = rest[self._device.write(bytes(rest[:_PIECE]), TRANSFER_MS) :]
        if self._device.wants_end(len(data)):
            self._refuse_if_abandoned()
            self._device.write(b"", TRANSFER_MS)

    def _stop(self) -> None:
        """Both threads are to end. From any thread."""
        self._stopping.set()
        self._room.set()
        self._outgoing.put(None)

    def _tell(self, what: Callable[[], Any]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left to hear it
            self._loop.call_soon_threadsafe(what)


def _why(error: Exception) -> str:
    code = getattr(error, "errno", None)
    if isinstance(error, LinkLost):
        return str(error)
    if code in (errno.ENODEV, errno.ENOENT, errno.ESHUTDOWN):
        return "the device was unplugged or switched off"
    if code == errno.EPIPE:
        return "the device halted its USB endpoint (stall)"
    if code == errno.EOVERFLOW:
        return "the device sent more than was asked for (USB overflow)"
    return f"USB failed: {error}"


async def open_usb(endpoint: Endpoint, wire_log: WireLog, find_backend: FindBackend = installed_backend) -> UsbLink:
    """Find the device, claim its interface, and start. Raises NotConnected with a remedy."""
    claiming = asyncio.get_running_loop().run_in_executor(None, claim, endpoint, find_backend)
    try:
        device = await asyncio.shield(claiming)
    except asyncio.CancelledError:
        claiming.add_done_callback(_give_back)
        raise
    return UsbLink(wire_log, device)


def _give_back(claiming: asyncio.Future[BulkDevice]) -> None:
    """It was claimed after nobody waited for it any more."""
    if not claiming.cancelled() and claiming.exception() is None:
        threading.Thread(target=claiming.result().release, name="usb-release", daemon=True).start()
