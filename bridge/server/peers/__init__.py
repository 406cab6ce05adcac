"""Who is at the other end of a loopback connection."""

from bridge.server.peers.here import here
from bridge.server.peers.model import Peer, PeerLookup

__all__ = ["Peer", "PeerLookup", "here"]
