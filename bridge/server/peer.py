"""Which user of the operating system is at the other end of a loopback connection, for the audit. Linux only."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
from typing import Any


def user_of(peer: Any, local: Any) -> str | None:
    """The user's name (or uid) that owns the client's socket; None where the system does not tell.

    `peer` and `local` are the socket's two addresses as asyncio gives them.
    """
    if not sys.platform.startswith("linux") or not isinstance(peer, tuple) or not isinstance(local, tuple):
        return None
    with contextlib.suppress(OSError, ValueError, IndexError):
        table = "/proc/net/tcp6" if ":" in peer[0] else "/proc/net/tcp"
        wanted = (_hex_address(peer), _hex_address(local))
        with open(table, encoding="ascii") as rows:
            for row in rows:
                columns = row.split()
                # The client's row: its own address is our peer.
                if (columns[1], columns[2]) == wanted:
                    return _name(int(columns[7]))
    return None


def _hex_address(address: tuple[Any, ...]) -> str:
    """As /proc writes it: 32-bit words in the machine's byte order, then the port."""
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    packed = socket.inet_pton(family, address[0])
    words = struct.unpack(f"!{len(packed) // 4}I", packed)
    swapped = b"".join(struct.pack("=I", word) for word in words)
    return f"{swapped.hex().upper() if sys.byteorder == 'little' else packed.hex().upper()}:{address[1]:04X}"


def _name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
