"""As much of HTTP/1.1 as the server speaks on one connection: bytes <-> requests and replies, no socket. Bodies by Content-Length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

MAX_HEAD, MAX_BODY = 16 * 1024, 4 * 1024 * 1024


class NotHttp(ValueError):
    """The bytes are no request."""


@dataclass(frozen=True, slots=True)
class Request:
    """`parts`: the path, split at its slashes and unescaped. Names of headers are in small letters."""

    method: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        lines = [
            f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}",
            "Content-Type: application/json; charset=utf-8",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


class Reader:
    """Fed bytes as they come, gives each request when it is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()

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
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY or "transfer-encoding" in headers:
            raise NotHttp("the body has no length, or is too long")
        if len(rest) < int(length):
            return None
        self._buffer = bytearray(rest[int(length) :])
        where = urlsplit(words[1])
        return Request(
            method=words[0],
            parts=tuple(unquote(part) for part in where.path.strip("/").split("/")),
            query=dict(parse_qsl(where.query, keep_blank_values=True)),
            headers=headers,
            body=rest[: int(length)],
        )
