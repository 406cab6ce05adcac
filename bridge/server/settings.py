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

    max_sockets: int = 64
    """WebSockets in all. A shop has some ten tills, each with a few pages; the rest of the connections is for HTTP."""

    max_sockets_each: int = 16
    """WebSockets of one origin, and of one principal: a page that opens them in a loop must leave room for others."""

    max_message: int = 1024 * 1024
    """Bytes of one message from a client: a request's body and what stands round it."""

    max_calls: int = 32
    """Calls of one socket at the same time, and in one batch. A till waits for a few jobs at once, not for hundreds."""

    max_unread: int = 1024 * 1024
    """Bytes that may wait for a client that does not read, beyond what the system's own buffers hold. Some 500 events."""

    authenticate_seconds: float = 5.0
    """From the handshake to the end of the proofs."""

    ping_seconds: float = 20.0
    """Between two pings; a client that has sent nothing for three times as long is gone. Browsers slow the timers of pages
    in the background down, so it is the server that asks."""

    close_seconds: float = 2.0
    """How long a client may take to answer a close."""

    recheck_seconds: float = 1.0
    """How soon a socket that only listens notices that its token was replaced."""

    proofs_at_once: int = 20
    """Proofs that may be asked for without a token, at once; and ..."""

    proofs_per_second: float = 5.0
    """... in the long run."""

    stop_seconds: float = 5.0
    """How long running requests may take to end once the server is asked to stop."""
