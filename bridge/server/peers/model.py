"""Who is at the other end of a loopback connection, as far as the operating system tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Peer:
    user_id: str
    user: str
    session: str | None = None
    pid: int | None = None


class PeerLookup(Protocol):
    supported: bool

    def peer(self, peername: Any, sockname: Any) -> Peer | None: ...

    def client_name(self, peer: Peer) -> str | None: ...

    def own_user_id(self) -> str: ...

    def is_administrator(self, user_id: str) -> bool: ...
