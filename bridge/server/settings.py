"""The limits of the server. Each has the reason for its value beside it; all may be set when a server is made."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_PORT = 47811


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, and what it takes from a client."""

    port: int = DEFAULT_PORT
    """0: any free one."""

    extra_hosts: tuple[str, ...] = ()
    """Names beside 127.0.0.1, localhost and [::1] that a Host header may carry, `name` or `name:port`."""

    max_body: int = 1024 * 1024
    """Bytes. A receipt of 500 lines is some 60 kB; a hundred times that is no till any more."""

    max_depth: int = 32
    """Nesting of JSON. The deepest body of the API has 6 levels, extras included."""

    head_seconds: float = 10.0
    """From the first byte of a request to the end of its headers, and for a new connection until its first request."""

    body_seconds: float = 20.0
    """From the end of the headers to the end of the body."""

    idle_seconds: float = 75.0
    """How long a kept connection may stay without a request: what browsers and HTTP libraries expect."""

    write_seconds: float = 20.0
    """How long a client may leave an answer unread once the socket's buffers are full."""

    max_connections: int = 256
    """A shop has some ten tills; one process's file descriptors are 1024 on many systems."""

    max_wait: float = 300.0
    """Seconds that one request may wait for a job: the longest report of the slowest printer takes less."""

    stop_seconds: float = 5.0
    """How long running requests may take to end once the server is asked to stop."""
