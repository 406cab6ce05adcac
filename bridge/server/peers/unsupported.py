"""Systems on which the owner of a socket cannot be told: macOS, where other users' processes cannot be asked, and others.

On macOS `proc_pidinfo` tells the sockets of one's own processes only, unless one is root (not tried): so it could not tell
another user from nobody.
"""

from __future__ import annotations

import os

from bridge.server.peers.model import Peer


class UnsupportedPeers:
    """Tells of nobody who it is."""

    supported = False

    def peer(self, peername: object, sockname: object) -> Peer | None:
        return None

    def client_name(self, peer: Peer) -> str | None:
        return None

    def own_user_id(self) -> str:
        if not hasattr(os, "geteuid"):
            raise OSError("this system has no user numbers")
        return str(os.geteuid())

    def is_administrator(self, user_id: str) -> bool:
        return user_id == "0"
