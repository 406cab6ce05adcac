"""Byte links over asyncio transports: TCP, TLS and serial ports (pseudo-terminals too)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from typing import cast

import serialx

from bridge.transport import tls
from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import LinkLost, NotConnected
from bridge.transport.pushed import PushedLink
from bridge.transport.wirelog import WireLog

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

# What a port raises that does not take these settings (a pseudo-terminal and parity).
_PORT_ERRORS: tuple[type[Exception], ...] = (OSError, ValueError, RuntimeError, serialx.SerialException)
if termios is not None:
    _PORT_ERRORS = (*_PORT_ERRORS, termios.error)

# At DEBUG the library logs every byte, card numbers too. Ours are in the wire log, masked.
logging.getLogger("serialx").setLevel(logging.INFO)


class StreamLink(PushedLink, asyncio.Protocol):
    """A link over an asyncio transport."""

    def __init__(self, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._closed = asyncio.Event()

    # -- what the transport calls ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # other loops' transports are no subclass of it

    def data_received(self, data: bytes) -> None:
        self._took(data)

    def eof_received(self) -> bool:
        self._ended("the other end closed the connection")
        return False

    def connection_lost(self, error: Exception | None) -> None:
        if error is None:
            self._ended("the other end closed the connection")
        else:
            self._ended(f"the connection broke: {tls.explain(error) or error}")
        self._closed.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    # -- what a link is ----------------------------------------------------------------------------------------------

    async def _write(self, data: bytes) -> None:
        if self._end is not None:
            raise self._end
        assert self._transport is not None
        try:
            self._transport.write(data)
        except (OSError, RuntimeError) as error:  # RuntimeError: the transport is closing
            raise LinkLost(f"writing failed: {error}") from error
        if not self._writable.is_set():
            await self._writable.wait()
            if self._end is not None:
                raise self._end

    async def close(self) -> None:
        if self._transport is None:
            return
        with contextlib.suppress(Exception):  # closing a broken transport may raise anything; there is nothing left to lose
            port = self._transport.get_extra_info("serial")
            if port is not None:
                # Closing waits until the device has taken what is on its way: one that is off, or has said XOFF, takes
                # nothing, and until the port is closed nobody can open it again.
                port.reset_write_buffer()
        with contextlib.suppress(Exception):
            self._transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await self._closed.wait()

    def _ended(self, why: str) -> None:
        super()._ended(why)
        self._writable.set()

    def _hold_back(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def _go_on(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()


async def open_tls(endpoint: Endpoint, wire_log: WireLog, key_password: str | None) -> StreamLink:
    """Open a connection and shake hands. Raises NotConnected, for whatever is wrong with a certificate with a remedy."""
    trust = await tls.in_thread(endpoint, key_password)
    try:
        _, link = await asyncio.get_running_loop().create_connection(
            lambda: StreamLink(wire_log), endpoint.address, endpoint.port, ssl=trust, server_hostname=tls.server_name(endpoint)
        )
    except ssl.SSLError as error:
        raise NotConnected(f"{endpoint.base}: {tls.explain(error)}") from error
    except ConnectionError as error:
        if isinstance(error, ConnectionRefusedError):
            raise NotConnected(f"{endpoint.base}: {error.strerror or error}") from error
        why = "the other end closed the connection instead of shaking hands: it speaks no TLS, or wants a certificate from us (cert=)"
        raise NotConnected(f"{endpoint.base}: {why}") from error
    except OSError as error:
        raise NotConnected(f"{endpoint.base}: {error.strerror or error}") from error
    return link


async def open_tcp(endpoint: Endpoint, wire_log: WireLog) -> StreamLink:
    try:
        loop = asyncio.get_running_loop()
        _, link = await loop.create_connection(lambda: StreamLink(wire_log), endpoint.address, endpoint.port)
    except OSError as error:
        raise NotConnected(f"{endpoint.url}: {error.strerror or error}") from error
    return link


async def open_serial(endpoint: Endpoint, wire_log: WireLog) -> StreamLink:
    """Open a tty exclusively: a second process gets an error instead of half of the answers."""
    options = endpoint.options
    try:
        transport, link = await serialx.create_serial_connection(
            asyncio.get_running_loop(),
            lambda: StreamLink(wire_log),
            endpoint.address,
            baudrate=int(options.get("baudrate", "115200")),
            byte_size=int(options.get("bytesize", "8")),
            parity=serialx.Parity(options.get("parity", "N")),
            stopbits=serialx.StopBits(float(options.get("stopbits", "1"))),
            xonxoff=options.get("xonxoff", "0") == "1",
            rtscts=options.get("rtscts", "0") == "1",
            dsrdtr=options.get("dsrdtr", "0") == "1",
            exclusive=True,
        )
        if options.get("xonxoff") == "1":
            _only_xon_goes_on(transport)
    except _PORT_ERRORS as error:
        raise NotConnected(f"{endpoint.url}: {error}") from error
    assert isinstance(link, StreamLink)
    return link


def _only_xon_goes_on(transport: serialx.BaseSerialTransport) -> None:
    """The library lets any byte of the device end an XOFF (IXANY). A printer that is full still answers, and means it."""
    if termios is None:
        return
    port = transport.get_extra_info("serial").fileno()
    attributes = termios.tcgetattr(port)
    attributes[0] &= ~termios.IXANY
    termios.tcsetattr(port, termios.TCSANOW, attributes)
