"""As much of HTTP/1.1 as one request and its answer need: bytes <-> messages, sans-I/O. Bodies by Content-Length only."""

from __future__ import annotations

from dataclasses import dataclass

# Longer heads than this no toy sends; a peer that never ends its head costs a bounded amount of memory.
_MAX_HEAD = 8192


class NotHttp(ValueError):
    """The bytes are no HTTP message of ours."""


@dataclass(frozen=True, slots=True)
class Message:
    """`first` is the request line or status line, split at blanks into three."""

    first: tuple[str, str, str]
    body: bytes = b""


def encode_request(method: str, path: str, body: bytes) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def encode_answer(status: int, body: bytes) -> bytes:
    return f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Decoder:
    """Fed bytes as they come, it gives the one message of this connection when it is complete; what follows is ignored."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Message | None:
        """Raises NotHttp."""
        self._buffer += data
        head, blank, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not blank:
            if len(head) > _MAX_HEAD:
                raise NotHttp("the head has no end")
            return None
        lines = head.decode("latin-1").split("\r\n")
        first = lines[0].split(" ", 2)
        if len(first) != 3:
            raise NotHttp(f"no first line: {lines[0][:80]!r}")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(":")
            if name.strip().lower() == "content-length":
                if not value.strip().isdigit():
                    raise NotHttp(f"Content-Length is {value!r}")
                length = int(value)
        if len(rest) < length:
            return None
        return Message((first[0], first[1], first[2]), rest[:length])
