"""Users of the operating system: who may connect to this bridge, and whether a token comes from the user it is bound to.

Nothing is ever guessed: who cannot be told is refused. Source: browser-and-localhost.md, section 12 and B60 to B62.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Literal

from bridge.model import RequestError
from bridge.server.peers import Peer, PeerLookup
from bridge.server.principals import Kind, Principal

log = logging.getLogger("tillbridge.access")

Mode = Literal["personal", "shared", "any"]
"""`personal`: one user's till, others are refused. `shared`: a PC with many, each token is bound to its user or session.
`any`: users are not looked at, for where the system cannot tell them or another program stands in between."""

PeerOf = Callable[[], Peer | None]


class UsersCannotBeTold(Exception):
    """Shared mode was asked for on a system that does not say who is at the other end of a connection."""


class Users:
    """The rule of one bridge."""

    def __init__(self, mode: Mode, lookup: PeerLookup) -> None:
        if mode == "shared" and not lookup.supported:
            raise UsersCannotBeTold(
                "This system does not tell who is at the other end of a connection, so tills of several users cannot be kept "
                "apart: leave out --users shared."
            )
        if mode == "personal" and not lookup.supported:
            log.warning("this system does not tell whose connections are: only tokens keep other users of this computer out")
        self.mode = mode
        self._lookup = lookup
        self._own = lookup.own_user_id() if lookup.supported else None

    def admit(self, local: bool, peer_of: PeerOf) -> None:
        """Whether this connection may ask for anything. `local`: it comes from this PC. Raises RequestError."""
        if self.mode != "personal" or not local or not self._lookup.supported:
            return
        peer = peer_of()
        if peer is None:
            raise _unknown("who opened this connection")
        if not self._ours(peer):
            raise RequestError("gate.wrong_session", "This bridge serves another user of this computer.")

    def check(self, principal: Principal, local: bool, peer_of: PeerOf) -> None:
        """Whether the token comes from where it belongs. Raises RequestError."""
        if self.mode == "any" or not self._lookup.supported:
            return
        if principal.kind is Kind.ADMIN:
            if self.mode == "shared" and local:
                peer = _told(peer_of())
                if not self._ours(peer):
                    raise RequestError("gate.wrong_session", "The administrator's token belongs to the bridge's own user.")
            return
        if self.mode == "personal" and principal.user_id is None and principal.session is None:
            return
        if not local:
            raise _unknown("which user of this computer a connection from elsewhere belongs to")
        peer = _told(peer_of())
        bound = principal.user_id is not None or principal.session is not None
        right = principal.user_id in (None, peer.user_id) and principal.session in (None, peer.session)
        if not bound or not right:
            raise RequestError(
                "gate.wrong_session",
                "This token belongs to another user or session."
                if bound
                else "This token is bound to no user or session, which a bridge of several users needs.",
            )

    def binding(self, local: bool, peer_of: PeerOf) -> Peer | None:
        """Whom a token that is given now is to be bound to; None: nobody. Raises RequestError where that must be known."""
        if self.mode != "shared":
            return None
        if not local:
            raise _unknown("which user of this computer a connection from elsewhere belongs to")
        return _told(peer_of())

    def client_name(self, peer_of: PeerOf) -> str | None:
        """The terminal-server client of the session at the other end, read anew: it changes when its user comes back from
        another PC. For routing alone: the client chose it."""
        peer = peer_of()
        return None if peer is None else self._lookup.client_name(peer)

    def _ours(self, peer: Peer) -> bool:
        return peer.user_id == self._own or self._lookup.is_administrator(peer.user_id)


def _told(peer: Peer | None) -> Peer:
    if peer is None:
        raise _unknown("who opened this connection")
    return peer


def _unknown(what: str) -> RequestError:
    return RequestError("gate.session_unknown", f"It cannot be told {what}, and it is not guessed.")
