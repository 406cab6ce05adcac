"""Who is at the other end of a loopback connection: the user of the operating system, and the user's session."""

from bridge.server.peers.choosing import here
from bridge.server.peers.model import Peer, PeerLookup

__all__ = ["Peer", "PeerLookup", "here"]
