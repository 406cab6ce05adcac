"""Real connections on this machine, as a server sees them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """One accepted connection: both sockets."""

    client: socket.socket
    accepted: socket.socket

    @property
    def ends(self) -> tuple[object, object]:
        """As asyncio's get_extra_info gives them: peername, sockname."""
        return self.accepted.getpeername(), self.accepted.getsockname()


@contextmanager
def listener(family: socket.AddressFamily, address: str, *, both: bool = False) -> Iterator[socket.socket]:
    """A socket that listens on a free port; `both`: one of IPv6 that takes IPv4 too."""
    with socket.socket(family) as listening:
        if both:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listening.bind((address, 0))
        listening.listen()
        listening.settimeout(10)
        yield listening


@contextmanager
def linked(listening: socket.socket, family: socket.AddressFamily, address: str) -> Iterator[Link]:
    """A client of that family, connected to that address of the listener."""
    with ExitStack() as stack:
        client = stack.enter_context(socket.socket(family))
        client.settimeout(10)
        client.connect((address, listening.getsockname()[1]))
        accepted = stack.enter_context(listening.accept()[0])
        yield Link(client, accepted)


@contextmanager
def linked_as(uid: int, listening: socket.socket) -> Iterator[tuple[object, object]]:
    """The two addresses of a connection whose client is a process of another user. Only root can have that."""
    address = listening.getsockname()
    child = os.fork()
    if child == 0:
        # Nothing of the test framework may run on in here, and no resolver, whose lock another thread may hold.
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            with socket.socket() as client:
                client.connect(address)
                client.recv(1)
        finally:
            os._exit(0)
    try:
        with listening.accept()[0] as accepted:
            yield accepted.getpeername(), accepted.getsockname()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def has_ipv6() -> bool:
    """Whether ::1 can be listened on here; containers often have none."""
    try:
        with listener(socket.AF_INET6, "::1"):
            return True
    except OSError:
        return False
