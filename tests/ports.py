"""Ports of this computer that are a test's own although nobody listens on them: yet, or just now.

One that was merely free a moment ago may be anybody's in the next: tests and much else run beside each other, and the system gives
whoever asks for any port one that is free at that moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import sys
from collections.abc import AsyncIterator, Iterator

_ATTEMPTS = 20


@contextlib.contextmanager
def kept(port: int = 0) -> Iterator[int]:
    """Bound on both loopback addresses and not listened on: who connects is refused, and a server that is told this number gets it,
    again and again. 0: any. Raises OSError where somebody has it."""
    with contextlib.ExitStack() as held:
        number = _bind_both(held, port)
        if sys.platform == "win32":
            held.close()  # a server wants its port for itself alone there
        yield number


@contextlib.asynccontextmanager
async def awaited(port: int, seconds: float = 60.0) -> AsyncIterator[None]:
    """The same for a fixed one of those that the system gives away: others may have it by chance for a while."""
    with contextlib.ExitStack() as held:
        async with asyncio.timeout(seconds):
            while True:
                try:
                    held.enter_context(kept(port))
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    break
        yield


def _bind_both(held: contextlib.ExitStack, port: int) -> int:
    for _ in range(_ATTEMPTS):
        with contextlib.ExitStack() as tried:
            number = _bind(tried, socket.AF_INET, "127.0.0.1", port)
            try:
                _bind(tried, socket.AF_INET6, "::1", number)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    if port:
                        raise
                    continue  # free in one family only
                # else there is no IPv6
            held.push(tried.pop_all())
            return number
    raise OSError(errno.EADDRINUSE, "no port is free in both families")


def _bind(held: contextlib.ExitStack, family: socket.AddressFamily, host: str, port: int) -> int:
    made = held.enter_context(socket.socket(family))
    # As servers do: two that both do so may share a port while one of them does not listen, and nobody else is given it by chance.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family is socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind((host, port))
    return int(made.getsockname()[1])
