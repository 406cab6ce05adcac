"""A server on the loopback that keeps every byte of every connection, for tests of what arrives and what does not.

A connection without a byte is normal: Chromium asks for the permission when the connection stands, and hangs up without it.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3


@dataclass(frozen=True, slots=True)
class Request:
    """What a browser said, as far as a test looks at it."""

    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes = b""

    @property
    def origin(self) -> str | None:
        return self.headers.get("origin")


@dataclass
class Connection:
    data: bytearray = field(default_factory=bytearray)
    closed: bool = False


class Listener:
    """Answers everything with 200 and whatever CORS asks for, so that nothing but the browser can say no."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.requests: list[Request] = []
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._changed = asyncio.Condition()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def ws(self) -> str:
        return f"ws://{self.address}"

    @property
    def bytes(self) -> bytes:
        """All that has arrived, of all connections."""
        return b"".join(bytes(connection.data) for connection in self.connections)

    def targets(self) -> list[str]:
        return [request.target for request in self.requests]

    def to(self, target: str) -> list[Request]:
        return [request for request in self.requests if request.target == target]

    async def until(self, condition: Callable[[Listener], bool], seconds: float = 20.0) -> None:
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: condition(self))
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s; {len(self.connections)} connections, {self.targets()}") from None

    async def request(self, target: str, seconds: float = 20.0) -> Request:
        """The first one to this target, as soon as it is there."""
        await self.until(lambda listener: bool(listener.to(target)), seconds)
        return self.to(target)[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection()
        self.connections.append(connection)
        self._writers.add(writer)
        await self._tell()
        try:
            while (request := await self._read(reader, connection)) is not None:
                self.requests.append(request)
                writer.write(answer_to(request))
                await self._tell()
                if request.headers.get("upgrade", "").lower() == "websocket":
                    while chunk := await reader.read(4096):
                        connection.data += chunk
                        await self._tell()
                    return
        except ConnectionError:
            pass  # the browser went without a word
        finally:
            connection.closed = True
            self._writers.discard(writer)
            writer.close()
            await self._tell()

    async def _read(self, reader: asyncio.StreamReader, connection: Connection) -> Request | None:
        """The next request; None when the other end has hung up."""
        rest = bytearray()

        async def more() -> bool:
            chunk = await reader.read(4096)
            connection.data += chunk
            rest.extend(chunk)
            if chunk:
                await self._tell()
            return bool(chunk)

        while b"\r\n\r\n" not in rest:
            if not await more():
                return None
        head, _, body = bytes(rest).partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(rest) - len(head) - 4 < int(headers.get("content-length", "0")):
            if not await more():
                return None
        body = bytes(rest)[len(head) + 4 :]
        return Request(method, target, headers, body)

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def answer_to(request: Request) -> bytes:
    if (key := request.headers.get("sec-websocket-key")) is not None:
        accept = base64.b64encode(hashlib.sha1(key.encode() + GUID).digest()).decode()
        return (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n"
        ).encode()
    lines = ["HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 2", "Cache-Control: no-store"]
    if (origin := request.origin) is not None:
        asked = request.headers.get("access-control-request-headers", "content-type")
        lines += [f"Access-Control-Allow-Origin: {origin}", "Access-Control-Allow-Methods: GET, POST, PUT, DELETE"]
        lines += [f"Access-Control-Allow-Headers: {asked}"]
    return ("\r\n".join(lines) + "\r\n\r\nok").encode()


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    listener = Listener()
    server = await asyncio.start_server(listener.serve, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        listener.hang_up()
        await server.wait_closed()
