"""Each system gets its own look-up; one that cannot tell says so."""

from __future__ import annotations

import ctypes
import socket
import sys
from unittest.mock import MagicMock

import pytest
from sockets_at_hand import linked, listener

from bridge.server.peers import Peer, here
from bridge.server.peers.unsupported import UnsupportedPeers
from bridge.server.peers.windows import WindowsPeers

ENDS = ("127.0.0.1", 50000), ("127.0.0.1", 47811)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is told from its own tables")
def test_this_system_tells_our_own_connection() -> None:
    assert here().supported
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        peer = here().peer(*link.ends)
        assert peer is not None
        assert peer.user_id == here().own_user_id()


@pytest.mark.parametrize("platform", ["darwin", "freebsd14", "cygwin"])
def test_a_system_that_cannot_tell_says_so_and_never_guesses(platform: str) -> None:
    peers = here(platform)
    assert not peers.supported
    assert peers.peer(*ENDS) is None
    assert peers.client_name(Peer("501", "anna", "3", 7)) is None
    assert peers.is_administrator("0")
    assert not peers.is_administrator("501")


def test_a_system_without_user_numbers_has_no_own_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.geteuid", raising=False)
    with pytest.raises(OSError, match="no user numbers"):
        UnsupportedPeers().own_user_id()


def test_windows_gets_its_own_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "WinDLL", MagicMock(), raising=False)
    here.cache_clear()
    try:
        assert isinstance(here("win32"), WindowsPeers)
    finally:
        here.cache_clear()
