"""A look-up of peers for tests: who is at the other end is what the test says."""

from __future__ import annotations

from typing import Any

from bridge.server.peers import Peer

ANNA = Peer("1000", "anna", None, None)


class Seats:
    """`owners`: by the client's port; where it is not in there, `default`."""

    supported = True

    def __init__(self, default: Peer | None = ANNA) -> None:
        self.default = default
        self.owners: dict[int, Peer | None] = {}
        self.client: str | None = None

    def peer(self, peername: Any, sockname: Any) -> Peer | None:
        return self.owners.get(peername[1], self.default)

    def client_name(self, peer: Peer) -> str | None:
        return self.client

    def own_user_id(self) -> str:
        return "1000"

    def is_administrator(self, user_id: str) -> bool:
        return user_id == "0"
