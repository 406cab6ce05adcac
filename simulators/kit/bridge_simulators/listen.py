"""Where a device listens: TCP on loopback, or a pseudo-terminal that looks like its serial port."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import sys
from typing import Protocol, cast
from urllib.parse import urlsplit

from bridge_simulators.device import Occupied, Refused, Session, SimulatedDevice
from bridge_simulators.pace import SerialLine

# A host that closes a connection and opens the next one at once may be heard in the other order.
OCCUPIED_SECONDS = 0.05

REOPEN_POLL_SECONDS = 0.02  # how soon the host's re-opening of a closed pseudo-terminal is noticed


class Listener(Protocol):
    """Something that attaches connections to a device."""

    url: str

    async def close(self) -> None: ...


async def listen(address: str, device: SimulatedDevice, *, port: str = "", baudrate: int | None = None) -> Listener:
    """Starts to listen. `port` is the device's port behind it; `baudrate` paces a pseudo-terminal, None = at once."""
    if address == "pty":
        return PtyListener(device, port, baudrate)
    parts = urlsplit(address)
    try:
        number = parts.port
    except ValueError:
        number = None
    if parts.scheme != "tcp" or number is None or parts.path not in ("", "/"):
        raise ValueError(f"A simulator listens at tcp://127.0.0.1:PORT or at pty, not at {address!r}.")
    if parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"A simulator listens on 127.0.0.1 only, not at {address!r}.")
    return await TcpListener.start(device, port, number)


class _TcpConnection(asyncio.Protocol):
    def __init__(self, listener: TcpListener) -> None:
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._held: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        sock = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.attach()

    def attach(self, *, last: bool = False) -> None:
        """Hands the connection to the device; where another one has it, waits a moment whether that one ends."""
        assert self._transport is not None
        try:
            self._session = self._listener.device.connect(self, self._listener.port)
        except Refused as refused:
            if last or not isinstance(refused, Occupied):
                self._transport.abort()
            elif self._held is None:
                self._transport.pause_reading()
                self._listener.held.append(self)
                self._held = asyncio.get_running_loop().call_later(OCCUPIED_SECONDS, self._no_longer)
            return
        self._listener.open.add(self._transport)
        if self._held is not None:
            self._release()
            self._transport.resume_reading()

    def _no_longer(self) -> None:
        self._release()
        self.attach(last=True)

    def _release(self) -> None:
        if self._held is not None:
            self._held.cancel()
            self._held = None
            self._listener.held.remove(self)

    def data_received(self, data: bytes) -> None:
        if self._session is not None:
            self._session.received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._listener.open.discard(self._transport)
        self._release()
        if self._session is not None:
            self._session.disconnected()
            for waiting in list(self._listener.held):
                waiting.attach()

    def send(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class TcpListener:
    """A TCP server on 127.0.0.1. A connection that the device refuses is accepted and reset at once."""

    def __init__(self, device: SimulatedDevice, port: str) -> None:
        self.device = device
        self.port = port
        self.url = ""
        self.open: set[asyncio.Transport] = set()
        self.held: list[_TcpConnection] = []
        self._server: asyncio.Server | None = None

    @classmethod
    async def start(cls, device: SimulatedDevice, port: str, number: int) -> TcpListener:
        listener = cls(device, port)
        loop = asyncio.get_running_loop()
        listener._server = await loop.create_server(lambda: _TcpConnection(listener), "127.0.0.1", number)
        listener.url = f"tcp://127.0.0.1:{listener._server.sockets[0].getsockname()[1]}"
        return listener

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for transport in list(self.open):
                transport.abort()
            await self._server.wait_closed()


class PtyListener:
    """A pseudo-terminal in raw mode. The host opens `/dev/pts/N`; it may close and open it again.

    The device sees a connection from the first byte on until the host closes the terminal, as on a serial line, where
    nobody can see an idle host.
    """

    def __init__(self, device: SimulatedDevice, port: str, baudrate: int | None) -> None:
        if sys.platform == "win32":
            raise ValueError("There are no pseudo-terminals on Windows: listen at tcp://127.0.0.1:PORT.")
        import pty
        import tty

        self._device = device
        self._port = port
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self.url = f"serial://{self.path}"
        os.close(slave)
        os.set_blocking(self._master, False)
        self._session: Session | None = None
        self._to_device = SerialLine(self._arrived, baudrate) if baudrate else None
        self._to_host = SerialLine(self._write, baudrate) if baudrate else None
        self._waiting = bytearray()
        self._loop = asyncio.get_running_loop()
        self._poll: asyncio.TimerHandle | None = None
        self._closed = False
        self._loop.add_reader(self._master, self._readable)

    def send(self, data: bytes) -> None:
        if self._to_host is not None:
            self._to_host.carry(data)
        else:
            self._write(data)

    def close_wire(self) -> None:
        """The device dropped the line; a serial port knows no hanging up, so the host notices nothing."""
        self._session = None

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._stop_reading()
        self._hang_up()
        os.close(self._master)

    def _stop_reading(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None
        self._loop.remove_reader(self._master)
        self._loop.remove_writer(self._master)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except BlockingIOError:
            return
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:  # no host has the terminal open (Linux says EIO)
            self._stop_reading()
            self._hang_up()
            self._poll = self._loop.call_later(REOPEN_POLL_SECONDS, self._look_again)
        elif self._to_device is not None:
            self._to_device.carry(data)
        else:
            self._arrived(data)

    def _look_again(self) -> None:
        self._poll = None
        if not self._closed:
            self._loop.add_reader(self._master, self._readable)

    def _arrived(self, data: bytes) -> None:
        if self._session is None:
            with contextlib.suppress(Refused):
                self._session = self._device.connect(_PtyWire(self), self._port)
        if self._session is not None:
            self._session.received(data)

    def _hang_up(self) -> None:
        session, self._session = self._session, None
        self._waiting.clear()
        for line in (self._to_device, self._to_host):
            if line is not None:
                line.drop()
        if session is not None:
            session.disconnected()

    def _write(self, data: bytes) -> None:
        if self._closed:
            return
        self._waiting += data
        self._flush()

    def _flush(self) -> None:
        try:
            while self._waiting:
                written = os.write(self._master, self._waiting)
                del self._waiting[:written]
        except BlockingIOError:
            self._loop.add_writer(self._master, self._flush)
            return
        except OSError:  # the host has closed its end: the bytes are lost, as on a serial line
            self._waiting.clear()
        self._loop.remove_writer(self._master)


class _PtyWire:
    """One connection on a pseudo-terminal, as the device holds it."""

    def __init__(self, listener: PtyListener) -> None:
        self._listener = listener

    def send(self, data: bytes) -> None:
        self._listener.send(data)

    def close(self) -> None:
        self._listener.close_wire()
