"""A look-up of peers for sockets of this very process: each is announced by its port, before it connects, with its owner.

It stands in for the operating system's (bridge.server.peers): one process can so play the browsers of many users. A port
that was not announced belongs to nobody that can be told.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import aiohttp

from bridge.server.peers import Peer

BRIDGE = Peer("S-1-5-18", "NT AUTHORITY\\SYSTEM", "0", 4)
"""The user as whom the bridge runs, and its administrator."""


class Switchboard:
    """A PeerLookup. `clients`: by session, the name of the PC from which it is used now."""

    supported = True

    def __init__(self) -> None:
        self.clients: dict[str, str] = {}
        self._owners: dict[int, Peer] = {}

    def peer(self, peername: object, sockname: object) -> Peer | None:
        return self._owners.get(peername[1]) if isinstance(peername, tuple) else None

    def client_name(self, peer: Peer) -> str | None:
        return None if peer.session is None else self.clients.get(peer.session)

    def own_user_id(self) -> str:
        return BRIDGE.user_id

    def is_administrator(self, user_id: str) -> bool:
        return user_id == BRIDGE.user_id

    def line(self, owner: Peer | None, limit: int = 4) -> aiohttp.TCPConnector:
        """Connections of this owner; None: of somebody who cannot be told."""
        return aiohttp.TCPConnector(socket_factory=self._sockets_of(owner), limit=limit)

    def _sockets_of(self, owner: Peer | None) -> Callable[[Any], socket.socket]:
        def make(address: Any) -> socket.socket:
            made = socket.socket(address[0], address[1], address[2])
            made.bind(("127.0.0.1", 0))  # now, so that the port is known before the server can see it
            port = made.getsockname()[1]
            self._owners.pop(port, None)
            if owner is not None:
                self._owners[port] = owner
            return made

        return make
