"""The name of the operating system's user at the other end of a loopback connection, for the audit."""

from __future__ import annotations

from bridge.server.peers import here


def user_of(peer: object, local: object) -> str | None:
    """The user's name (or id) that owns the client's socket; None where the system does not tell.

    `peer` and `local` are the socket's two addresses as asyncio gives them.
    """
    found = here().peer(peer, local)
    return found.user if found else None
