"""As much of HTTP/1.1 as the server speaks on one connection: bytes <-> requests and replies, no socket.

Bodies by Content-Length or in chunks; who waits to be told to send one (Expect) is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_HEAD, MAX_BODY = 16 * 1024, 4 * 1024 * 1024
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,8}")


class NotHttp(ValueError):
    """The bytes are no request."""


@dataclass(frozen=True, slots=True)
class Request:
    """`parts`: the path, split at its slashes and unescaped. Names of headers are in small letters. `last`: the connection ends behind
    the reply."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    last: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        headers = {"Content-Type": "application/json; charset=utf-8", **self.headers}
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            *(f"{name}: {value}" for name, value in headers.items()),
            f"Content-Length: {len(self.body)}",
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


class Reader:
    """Fed bytes as they come, gives each request when it is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._expected = False  # whoever sends the request at the front of the buffer was told to go on, or needs not to be
        self.waits = False
        """Somebody waits to be told to go on with a body. Whoever tells them takes it back."""

    def feed(self, data: bytes) -> list[Request]:
        """Raises NotHttp; the connection is of no more use then."""
        self._buffer += data
        found = []
        while (request := self._next()) is not None:
            found.append(request)
        return found

    def _next(self) -> Request | None:
        head, blank, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not blank:
            if len(head) > MAX_HEAD:
                raise NotHttp("the head has no end")
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            raise NotHttp(f"no request line: {first[:80]!r}")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        taken = _chunks(rest) if headers.get("transfer-encoding", "").lower() == "chunked" else _measured(rest, headers)
        if taken is None:
            self.waits = not self._expected and headers.get("expect", "").lower() == "100-continue"
            self._expected = True
            return None
        self._expected = self.waits = False
        body, rest = taken
        self._buffer = bytearray(rest)
        asked = headers.get("connection", "").lower()
        where = urlsplit(words[1])
        return Request(
            method=words[0],
            parts=tuple(unquote(part) for part in where.path.strip("/").split("/")),
            query=dict(parse_qsl(where.query, keep_blank_values=True)),
            headers=headers,
            body=body,
            last=asked == "close" or (words[2] == "HTTP/1.0" and asked != "keep-alive"),
        )


def _measured(rest: bytes, headers: Mapping[str, str]) -> tuple[bytes, bytes] | None:
    """The body and what is behind it; None while it is not whole. Raises NotHttp."""
    length = headers.get("content-length", "0")
    if (
        not length.isascii()
        or not length.isdigit()
        or len(length) > 8
        or int(length) > MAX_BODY
        or "transfer-encoding" in headers
    ):
        raise NotHttp("the body has no length, or is too long")
    return (rest[: int(length)], rest[int(length) :]) if len(rest) >= int(length) else None


def _chunks(rest: bytes) -> tuple[bytes, bytes] | None:
    """The same of a body in chunks, each with its size in front, the last of size 0, with headers of its own behind."""
    body = b""
    while True:
        line, ended, rest = rest.partition(b"\r\n")
        size = _SIZE.match(line)
        if size is None and (ended or len(line) > MAX_HEAD):
            raise NotHttp("a chunk has no size")
        if size is None or not ended:
            return None
        count = int(size[0], 16)
        if len(body) + count > MAX_BODY:
            raise NotHttp("the body is too long")
        if count == 0:
            trailer, blank, behind = (b"\r\n" + rest).partition(b"\r\n\r\n")
            if not blank and len(trailer) > MAX_HEAD:
                raise NotHttp("the trailer has no end")
            return (body, behind) if blank else None
        if len(rest) < count + 2:
            return None
        if rest[count : count + 2] != b"\r\n":
            raise NotHttp("a chunk is longer than its size")
        body, rest = body + rest[:count], rest[count + 2 :]
