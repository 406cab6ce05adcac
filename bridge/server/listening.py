"""The sockets: loopback only, IPv4 and IPv6 on one port, taken from nobody; and who has the port when it is taken."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import socket
import sys
from collections.abc import Sequence
from typing import Any

_BACKLOG = 512
# A port that is free on 127.0.0.1 may be taken on ::1; another one is tried then, where any will do.
_ATTEMPTS = 20


class PortTaken(Exception):
    """Another program listens there. Says which, where it can be told."""


class CannotListen(Exception):
    """An address is none of this computer's, or what goes with it is missing. Says what to do."""


async def listen(port: int) -> tuple[list[socket.socket], int]:
    """Listening sockets of 127.0.0.1 and, where the system has it, ::1; and the port. Raises PortTaken."""
    for _ in range(_ATTEMPTS):
        first = _bind(socket.AF_INET, "127.0.0.1", port)
        if first is None:
            raise PortTaken(await _who(port))
        number = first.getsockname()[1]
        try:
            second = _bind(socket.AF_INET6, "::1", number) if socket.has_ipv6 else None
        except OSError:  # the system has no IPv6, or has it switched off
            return [first], number
        if second is not None:
            return [first, second], number
        first.close()
        if port:
            raise PortTaken(await _who(port))
    raise PortTaken("No free port was found on both 127.0.0.1 and [::1].")


async def listen_at(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """Listening sockets of these addresses. Raises PortTaken, CannotListen."""
    made: list[socket.socket] = []
    try:
        for address in addresses:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                bound = _bind(family, address, port)
            except OSError as error:
                raise CannotListen(f"This computer cannot listen on {address} ({error.strerror or error}).") from None
            if bound is None:
                raise PortTaken(f"Port {port} of {address} is taken by another program. Choose another one with --tls-port.")
            made.append(bound)
    except BaseException:
        for one in made:
            one.close()
        raise
    return made


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
    """A listening socket; None when somebody else has the address."""
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # Without it another process could bind the same port and take our clients.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            # Lets a restart have the port while old connections fade; two listeners stay impossible.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
        # At once and not when the server is ready: between bind and listen somebody else could still come first.
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError as error:
        made.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            return None
        raise
    return made


async def _who(port: int) -> str:
    """A sentence that says who has the port and what to do."""
    other = await _ping(port)
    if other is not None:
        return (
            f"Port {port} is taken by another Tillbridge (version {other.get('version')}, instance {other.get('instance_id')}). "
            "Stop it, or give this one another port with --port."
        )
    return f"Port {port} is taken by another program. Choose another one with --port, or --port 0 for any free one."


async def _ping(port: int) -> dict[str, Any] | None:
    """What a Tillbridge says on this port; None for anything else."""
    for host, name in (("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")):
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            async with asyncio.timeout(1.0):
                reader, writer = await asyncio.open_connection(host, port)
                try:
                    writer.write(f"GET /api/v1/ping HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
                    answer = await reader.read(65536)
                    while more := await reader.read(65536):
                        answer += more
                finally:
                    writer.close()
            said = json.loads(answer.partition(b"\r\n\r\n")[2])
            if isinstance(said, dict) and said.get("name") == "tillbridge":
                return said
    return None
