"""Who may call: tokens by their id, and what each may see and do. Today there is one, the administrator's.

Whatever carries calls (HTTP, WebSocket) asks here and nowhere else, so that tokens of other kinds (bound to an origin,
with scopes) come in by another Principals alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bridge.server.admin_token import LABEL, PRINCIPAL, AdminToken

ADMIN_TOKEN_ID = "admin"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices may be seen, with their jobs and events, and which calls made. None: all."""

    devices: frozenset[str] | None = None
    calls: frozenset[str] | None = None

    def sees(self, device_id: str) -> bool:
        return self.devices is None or device_id in self.devices

    def may(self, call: str) -> bool:
        return self.calls is None or call in self.calls


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of a token. `name` owns jobs and keys and outlives the token; `key` is the token's SHA-256."""

    token_id: str
    name: str
    label: str
    key: bytes
    scope: Scope = EVERYTHING

    def __repr__(self) -> str:
        return f"Principal({self.name}, {self.label})"  # never the key


class Principals(Protocol):
    """All tokens there are, as of now: a token that was replaced is found no more."""

    def find(self, token_id: str) -> Principal | None: ...


class AdminOnly:
    """The administrator's token and no other."""

    def __init__(self, token: AdminToken) -> None:
        self._token = token

    def find(self, token_id: str) -> Principal | None:
        key = self._token.digest()
        if token_id != ADMIN_TOKEN_ID or key is None:
            return None
        return Principal(ADMIN_TOKEN_ID, PRINCIPAL, LABEL, key)
