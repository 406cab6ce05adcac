"""HTTP by hand: requests as bytes, so that no library tidies what an attacker would send, and answers read as they come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

Header = tuple[str, str]

PATIENCE = 20.0
"""Seconds until a test gives up. No test passes by it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, with its headers in their order."""

    status: int
    headers: tuple[Header, ...]
    body: bytes
    version: str = "HTTP/1.1"

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given.lower() == name.lower()]

    def one(self, name: str) -> str | None:
        """The header's value; None where it is missing. An answer that has it twice is no answer of ours."""
        found = self.all(name)
        assert len(found) <= 1, self.headers
        return found[0] if found else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str | None:
        """That of a problem document; None for anything else."""
        if self.one("Content-Type") != "application/problem+json":
            return None
        code: str | None = self.json.get("code")
        return code

    @property
    def last(self) -> bool:
        """Whether it says that nothing follows on this connection."""
        return self.one("Connection") == "close" or (self.version == "HTTP/1.0" and self.one("Connection") is None)

    @property
    def cors(self) -> dict[str, str]:
        """Everything that opens the answer to a page."""
        return {
            name.lower(): value for name, value in self.headers if name.lower().startswith(("access-control-", "timing-allow"))
        }


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, port: int, host: str = "127.0.0.1") -> Line:
        return cls(*await asyncio.open_connection(host, port))

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def reply(self, *, body: bool = True) -> Reply | None:
        """The next answer; None where the server has closed. `body` False: to HEAD, or to CONNECT that was taken."""
        async with asyncio.timeout(PATIENCE):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError as end:
                if end.partial:
                    raise
                return None
            except ConnectionError:
                return None
            first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
            headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
            version, status, *_ = first.split(" ")
            made = Reply(int(status), headers, b"", version)
            length = made.one("Content-Length")
            if not body or made.status in (101, 204) or made.status // 100 == 1:
                return made
            assert length is not None, head
            return replace(made, body=await self.reader.readexactly(int(length)))

    async def rest(self) -> list[Reply]:
        """Every answer until the server closes."""
        found = []
        while (reply := await self.reply()) is not None:
            found.append(reply)
        return found

    async def ended(self) -> bool:
        """Wait for the server to close; whether it said nothing more."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return


def request(method: str, target: str, headers: Iterable[Header], body: bytes = b"") -> bytes:
    """The bytes. Nothing is added and nothing is put right: not even Content-Length. Headers go out in UTF-8."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode("utf-8", "surrogateescape") + body
