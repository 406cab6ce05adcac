"""Who is at the other end, as a test says it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bridge.server.peers import Peer


@dataclass
class SaidLookup:
    """By the client's address: 127.0.0.1 is the bridge's own user, others are whom `users` says, or cannot be told."""

    users: dict[str, str] = field(default_factory=lambda: {"127.0.0.1": "1000"})
    client: str | None = None
    supported: bool = True
    asked: int = 0

    def peer(self, peername: object, sockname: object) -> Peer | None:
        user = self.users.get(peername[0]) if isinstance(peername, tuple) else None
        return None if user is None else Peer(user, f"user{user}", session=f"s{user}", pid=None)

    def client_name(self, peer: Peer) -> str | None:
        self.asked += 1
        return self.client

    def own_user_id(self) -> str:
        return "1000"

    def is_administrator(self, user_id: str) -> bool:
        return user_id == "0"
