"""A line between pages and the bridge that counts what is opened, and can be cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Line:
    """`requests`: the first line of every HTTP request; a connection without one said nothing."""

    port: int = 0
    target: int = 0
    """The bridge's port. 0: there is no bridge, and who comes is hung up on."""
    connections: int = 0
    requests: list[str] = field(default_factory=list)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def cut(self) -> None:
        """Everything that is open breaks at once."""
        for writer in list(self._ends):
            writer.transport.abort()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.close()
            return
        self._ends |= {writer, far_writer}
        ways = [
            asyncio.create_task(self._carry(reader, far_writer, seen=True)),
            asyncio.create_task(self._carry(far_reader, writer)),
        ]
        await asyncio.wait(ways)
        self._ends -= {writer, far_writer}

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, seen: bool = False) -> None:
        try:
            while chunk := await reader.read(65536):
                first = chunk.partition(b"\r\n")[0]
                if seen and first.endswith(b" HTTP/1.1"):
                    self.requests.append(first.decode().removesuffix(" HTTP/1.1"))
                writer.write(chunk)
        except ConnectionError:
            pass  # cut, or one end went
        finally:
            writer.close()


@asynccontextmanager
async def drawn() -> AsyncIterator[Line]:
    line = Line()
    server = await asyncio.start_server(line.join, "127.0.0.1", 0)
    line.port = server.sockets[0].getsockname()[1]
    try:
        yield line
    finally:
        server.close()
        line.cut()
        await server.wait_closed()
