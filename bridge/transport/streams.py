"""Byte links over asyncio streams: TCP and serial ports (pseudo-terminals too)."""

from __future__ import annotations

import asyncio
import contextlib

import serial  # type: ignore[import-untyped]
import serial_asyncio  # type: ignore[import-untyped]

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import LinkLost, NotConnected
from bridge.transport.link import ByteLink
from bridge.transport.wirelog import WireLog

# What a port raises that does not take these settings (a pseudo-terminal and parity): no OSError, and not on Windows.
_TERMIOS_ERRORS: tuple[type[Exception], ...]
try:
    import termios

    _TERMIOS_ERRORS = (termios.error,)
except ImportError:
    _TERMIOS_ERRORS = ()

_CHUNK = 65536


class StreamLink(ByteLink):
    """A link over a pair of asyncio streams."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wire_log: WireLog) -> None:
        super().__init__(wire_log)
        self._reader = reader
        self._writer = writer

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(_CHUNK)
        except (OSError, serial.SerialException) as error:
            raise LinkLost(f"reading failed: {error}") from error
        if not data:
            raise LinkLost("the other end closed the connection")
        return data

    async def _write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except (OSError, serial.SerialException) as error:
            raise LinkLost(f"writing failed: {error}") from error

    async def close(self) -> None:
        with contextlib.suppress(Exception):  # closing a broken transport may raise anything; there is nothing left to lose
            self._writer.transport.abort()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._writer.wait_closed(), 1)


async def open_tcp(endpoint: Endpoint, wire_log: WireLog) -> StreamLink:
    try:
        reader, writer = await asyncio.open_connection(endpoint.address, endpoint.port)
    except OSError as error:
        raise NotConnected(f"{endpoint.url}: {error.strerror or error}") from error
    return StreamLink(reader, writer, wire_log)


_PARITIES = {"N": serial.PARITY_NONE, "E": serial.PARITY_EVEN, "O": serial.PARITY_ODD}


async def open_serial(endpoint: Endpoint, wire_log: WireLog) -> StreamLink:
    """Open a tty exclusively: a second process gets an error instead of half of the answers."""
    options = endpoint.options
    try:
        reader, writer = await serial_asyncio.open_serial_connection(
            url=endpoint.address,
            baudrate=int(options.get("baudrate", "115200")),
            bytesize=int(options.get("bytesize", "8")),
            parity=_PARITIES[options.get("parity", "N")],
            stopbits=float(options.get("stopbits", "1")),
            xonxoff=options.get("xonxoff", "0") == "1",
            rtscts=options.get("rtscts", "0") == "1",
            dsrdtr=options.get("dsrdtr", "0") == "1",
            exclusive=True,
        )
    except (OSError, ValueError, serial.SerialException, *_TERMIOS_ERRORS) as error:
        raise NotConnected(f"{endpoint.url}: {error}") from error
    return StreamLink(reader, writer, wire_log)
