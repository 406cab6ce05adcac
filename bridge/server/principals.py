"""Who calls: the holder of a token, what it may see and do. Which tokens there are: `bridge.server.access`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bridge.server.access.scopes import Right

ADMIN_TOKEN_ID = "admin"


class Kind(StrEnum):
    """Where a token belongs."""

    ADMIN = "admin"
    """The administrator's, from its file."""
    CONSOLE = "console"
    """A signed-in console's, in memory alone, for one of the bridge's own pages."""
    WEB = "web"
    """A page's, bound to its origin."""
    NATIVE = "native"
    """A program's. It has no origin, and comes with none."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which devices may be seen, and which rights there are. None: all."""

    devices: frozenset[str] | None = None
    rights: frozenset[Right] | None = None

    def sees(self, device_id: str) -> bool:
        return self.devices is None or device_id in self.devices

    def has(self, right: Right) -> bool:
        return self.rights is None or right in self.rights or Right.ADMIN in self.rights

    def has_any(self, rights: frozenset[Right]) -> bool:
        return not rights or any(self.has(right) for right in rights)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of a token.

    `name` owns jobs and keys and outlives the token; with `label`, the name of the till, it says whose a job is. `key` is the
    token's SHA-256. `user_id` and `session`: the operating system's user and session that the token is bound to.
    """

    token_id: str
    name: str
    label: str
    key: bytes
    scope: Scope = EVERYTHING
    kind: Kind = Kind.NATIVE
    origin: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    user_id: str | None = None
    session: str | None = None
    attends: bool = False
    """It is the attendant's: it may make the calls of `ATTENDANT` and no others, and the jobs of all tills are there for it."""

    def __repr__(self) -> str:
        return f"Principal({self.name}, {self.label})"  # never the key

    @property
    def administers(self) -> bool:
        return self.scope.has(Right.ADMIN)

    @property
    def sees_all_jobs(self) -> bool:
        """Whether the jobs of all tills are there for it, on the devices that it may see."""
        return self.administers or self.attends

    def owns(self, device_id: str, principal: str, label: str | None) -> bool:
        """Whether a job is there for it, by whom it is of: its own till's, on a device that it may see."""
        return self.scope.sees(device_id) and (self.sees_all_jobs or (principal == self.name and label == self.label))


class Principals(Protocol):
    """All tokens there are, as of now: a token that was replaced is found no more."""

    def find(self, token_id: str) -> Principal | None: ...
