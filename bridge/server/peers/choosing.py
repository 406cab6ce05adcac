"""Which look-up this operating system has."""

from __future__ import annotations

import sys
from functools import cache

from bridge.server.peers.model import PeerLookup


@cache
def here(platform: str = sys.platform) -> PeerLookup:
    """The look-up of this system, the same at every call. What other systems lack (pwd, WinDLL) is not even imported."""
    if platform == "linux":
        from bridge.server.peers.linux import LinuxPeers

        return LinuxPeers()
    if platform == "win32":
        from bridge.server.peers.windows import WindowsPeers
        from bridge.server.peers.windows_system import Win32System

        return WindowsPeers(Win32System())
    from bridge.server.peers.unsupported import UnsupportedPeers

    return UnsupportedPeers()
