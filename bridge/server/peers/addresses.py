"""A connection's two addresses, from the client's side, in each spelling in which a system's socket table may have them.

A client whose socket is an IPv6 one can connect to `::ffff:127.0.0.1`: for the server that is a connection over IPv4, and
in the tables the client's row stands among those of IPv6, with mapped addresses (RFC 4291, section 2.5.5.2; seen so in
/proc/net/tcp6 of Linux 6.18). A server that listens on both at once is told mapped addresses itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Literal

Version = Literal[4, 6]

_MAPPED = bytes(10) + b"\xff\xff"


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ends of a connection as the client's socket has them: its own address first. Addresses are packed."""

    version: Version
    client: bytes
    client_port: int
    server: bytes
    server_port: int


def spellings(peername: object, sockname: object) -> tuple[Pair, ...]:
    """The rows to look for, the likeliest first; none where these are not two addresses of TCP that belong together."""
    client, server = _end(peername), _end(sockname)
    if client is None or server is None or len(client[0]) != len(server[0]):
        return ()
    (address, port), (own_address, own_port) = client, server
    if len(address) == 16:
        return (Pair(6, address, port, own_address, own_port),)
    return (
        Pair(4, address, port, own_address, own_port),
        Pair(6, _MAPPED + address, port, _MAPPED + own_address, own_port),
    )


def _end(name: object) -> tuple[bytes, int] | None:
    """The packed address and the port; a mapped address as the four bytes it stands for."""
    if not isinstance(name, tuple) or len(name) < 2 or not isinstance(name[0], str) or not isinstance(name[1], int):
        return None
    if not 0 < name[1] <= 0xFFFF:
        return None
    try:
        if ":" not in name[0]:
            return IPv4Address(name[0]).packed, name[1]
        address = IPv6Address(name[0])
    except AddressValueError:
        return None
    # An address with a zone is told apart by the interface too, which the tables of Linux do not have.
    if address.scope_id is not None:
        return None
    return (address.ipv4_mapped or address).packed, name[1]
