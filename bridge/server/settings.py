"""The limits of the server. Each has the reason for its value beside it; all may be set when a server is made, and by
`tillbridge serve --limit NAME=NUMBER`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal

DEFAULT_PORT = 47811


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """How the server listens, and what it takes from a client."""

    port: int = DEFAULT_PORT
    """0: any free one."""

    tls_port: int | None = None
    """Of the listener for https, on loopback and on `listen`. None: there is none. 0: any free one."""

    listen: tuple[str, ...] = ()
    """Addresses beside loopback, for https alone. They must be in the certificate (`tillbridge tls setup --address`)."""

    networks: tuple[str, ...] = ()
    """From which networks `listen` takes connections, as 192.168.1.0/24. Others are closed unread."""

    extra_hosts: tuple[str, ...] = ()
    """Names beside 127.0.0.1, localhost and [::1] that a Host header may carry, `name` or `name:port`."""

    users: Literal["personal", "shared", "any"] = "personal"
    """Which users of the operating system may come: see docs/many-users.md."""

    max_body: int = 1024 * 1024
    """Bytes. A receipt of 500 lines is some 60 kB; a hundred times that is no till any more."""

    max_stranger_body: int = 8 * 1024
    """Bytes of a body that comes without a token: a request for pairing has some 200."""

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
    """WebSockets of one origin (of one user, where there are several), and of one token: a page that opens them in a loop
    must leave room for others."""

    max_open_jobs: int = 64
    """Jobs of one till that are not final. A till that asks for more does not wait for its printer."""

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

    pings_at_once: int = 40
    """Questions without a token of one user's page, or of all programs of one user, at once; and ..."""

    pings_per_second: float = 10.0
    """... in the long run: a page pings when it is loaded, a monitor every few seconds."""

    strangers_at_once: int = 120
    """The same for all origins together that are not paired: a page can make up as many as it has names."""

    strangers_per_second: float = 30.0

    calls_at_once: int = 600
    """Calls of one token at once, WebSocket and HTTP together; and ..."""

    calls_per_second: float = 200.0
    """... in the long run. The fastest printer issues some receipts a second."""

    wrong_tokens_at_once: int = 10
    """Wrong tokens from one peer that are answered with 401; further ones with 429. A right token always passes."""

    wrong_tokens_per_minute: float = 10.0

    pairing_seconds: float = 120.0
    """How long a pairing waits for a person."""

    pairing_each_seconds: float = 10.0
    """Between two pairings that one origin asks for."""

    pairings_waiting: int = 3
    """Pairings that may wait at once: more than one is rare, and a list that a page can fill is no help to decide."""

    pairing_tries: int = 3
    """Wrong codes until a pairing is void."""

    pairing_refused_seconds: float = 600.0
    """How long an origin that was refused may not ask again."""

    console_link_seconds: float = 60.0
    """How long the link of `tillbridge console` works: a click."""

    console_seconds: float = 8 * 3600.0
    """How long a console stays signed in: a day at work."""

    attendant_seconds: float = 10 * 3600.0
    """How long an attendant stays signed in at most; and ..."""

    attendant_idle_seconds: float = 15 * 60.0
    """... how long without a sign of a person: a till that nobody stands at must not stay open, however busy it is."""

    pin_tries: int = 10
    """Wrong PINs of one peer until it is locked. The pause behind each grows before that: 2, 4, 8 ... 256 s."""

    pin_locked_seconds: float = 3600.0
    """How long it is locked then; each further wrong one locks it again. A million PINs take a lifetime so."""

    pin_tries_of_all: int = 30
    """Wrong PINs of all peers together at once; and ..."""

    pin_tries_per_hour: float = 6.0
    """... in the long run."""

    pin_cost: int = 15
    """Of checking a PIN: the binary logarithm of scrypt's N. 15: 32 MiB and some tenth of a second."""

    refresh_seconds: float = 1.0
    """How soon a changed provisioning file, or a token that has run out, is noticed."""

    preflight_seconds: int = 600
    """How long a browser may remember what a preflight said."""

    max_bundle: int = 64 * 1024 * 1024
    """Bytes of a bundle over the API before they are packed; packed it is a fifth. `tillbridge bundle` has no such limit."""

    bundle_seconds: float = 120.0
    """How long making it may take."""

    stop_seconds: float = 5.0
    """How long running requests may take to end once the server is asked to stop."""


class WrongLimit(Exception):
    """A limit that there is not, or no number for it. Says which there are."""


def limits(given: Iterable[str]) -> dict[str, Any]:
    """Settings from `name=number` each. Raises WrongLimit."""
    known: dict[str, Any] = {
        one.name: type(one.default) for one in fields(ServerSettings) if type(one.default) in (int, float) and one.name != "port"
    }
    found: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or name not in known:
            raise WrongLimit(f"{name!r} is no limit; there are: {', '.join(sorted(known))}.")
        try:
            number = known[name](value)
        except ValueError:
            number = -1
        if not (math.isfinite(number) and number > 0):
            kind = "whole number" if known[name] is int else "number"
            raise WrongLimit(f"{name}: {value!r} is no {kind} above 0.")
        found[name] = number
    return found
