"""The tokens of pages and programs: those of the journal, and those of a provisioning file, as one set that is always current."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from bridge.model import Actor, FieldError, RequestError
from bridge.server.access.provisioning import ProvisionedTokens
from bridge.server.access.scopes import Right
from bridge.server.access.secret import Minted, mint
from bridge.server.principals import Kind, Principal, Scope
from bridge.store import AuditEntry, TokenRow

log = logging.getLogger("tillbridge.access")

# A use is written down when the last one known is as long ago: a list shows days, no commit need be spent on it.
_USE_IS_NEWS = timedelta(minutes=10)


class Storage(Protocol):
    """What keeps tokens: `bridge.store.TokenStore`."""

    def all(self) -> list[TokenRow]: ...

    async def put(self, row: TokenRow, entry: AuditEntry) -> None: ...

    async def remove(self, ids: list[str], entry: AuditEntry) -> None: ...

    async def used(self, when: Mapping[str, datetime]) -> None: ...

    async def note(self, entry: AuditEntry) -> None: ...

    def attendant(self) -> dict[str, Any] | None: ...

    async def put_attendant(self, value: Mapping[str, Any] | None, entry: AuditEntry) -> None: ...


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a token is to be. `origin` makes it a page's. `devices` None: all; aliases begin with `@`."""

    label: str
    rights: frozenset[Right]
    origin: str | None = None
    devices: frozenset[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    user_id: str | None = None
    user: str | None = None
    session: str | None = None
    expires_at: datetime | None = None

    @property
    def kind(self) -> Kind:
        return Kind.NATIVE if self.origin is None else Kind.WEB


class Tokens:
    """`on_change` is called behind each change, so that sockets of a token that is gone can be closed at once."""

    def __init__(self, storage: Storage, provisioned: ProvisionedTokens, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._provisioned = provisioned
        self._now = now
        self.on_change: Callable[[], None] = _nothing
        self._rows: dict[str, TokenRow] = {row.id: row for row in storage.all()}
        self._used: dict[str, datetime] = {}
        self._principals: dict[str, Principal] = {}
        self.origins: frozenset[str] = frozenset()
        self._arrange()

    # -- who there is --------------------------------------------------------------------------------------------------

    def find(self, token_id: str) -> Principal | None:
        """The holder of the token, unless it has run out. The same object as long as nothing changed."""
        principal = self._principals.get(token_id)
        if principal is None:
            return None
        row = self._row(token_id)
        return principal if row.expires_at is None or self._now() < row.expires_at else None

    def list(self) -> list[TokenRow]:
        """Those of the journal first, then those of the file, which nothing but the file changes."""
        return [replace(row, last_used=self._used.get(row.id, row.last_used)) for row in self._rows.values()] + [
            replace(row, last_used=self._used.get(row.id)) for row in self._provisioned.rows.values()
        ]

    def is_provisioned(self, token_id: str) -> bool:
        return token_id in self._provisioned.rows

    def note_use(self, token_id: str) -> bool:
        """Whether this use is to be written down by `keep_uses`."""
        now = self._now()
        row = self._rows.get(token_id)
        before = self._used.get(token_id) or (row.last_used if row is not None else None)
        if before is not None and now - before < _USE_IS_NEWS:
            return False
        self._used[token_id] = now
        return row is not None

    async def keep_uses(self) -> None:
        told = {token_id: at for token_id, at in self._used.items() if token_id in self._rows}
        if told:
            await self._storage.used(told)

    def refresh(self) -> None:
        """Look at the provisioning file, and let go what has run out."""
        if self._provisioned.refresh():
            self._arrange()
            self.on_change()

    # -- changes -------------------------------------------------------------------------------------------------------

    async def create(self, new: NewToken, actor: Actor) -> tuple[Minted, TokenRow]:
        """Raises RequestError where a program of that label has a token already: the label is whose its jobs are."""
        if new.origin is None and any(row.kind == "native" and row.label == new.label for row in self.list()):
            message = f"a program {new.label} has a token already"
            raise RequestError(
                "request.exists", message, (FieldError("label", message, remedy="choose another label, or rotate that token"),)
            )
        minted = mint(new.kind)
        row = TokenRow(
            id=minted.id,
            kind="web" if new.origin is not None else "native",
            label=new.label,
            hash=minted.hash,
            scopes=tuple(sorted(new.rights)),
            created_at=self._now(),
            origin=new.origin,
            devices=None if new.devices is None else tuple(sorted(new.devices)),
            aliases=dict(new.aliases),
            routes={client: dict(aliases) for client, aliases in new.routes.items()},
            user_id=new.user_id,
            user=new.user,
            session=new.session,
            expires_at=new.expires_at,
        )
        await self._put(row, actor, "token.created")
        return minted, row

    async def rotate(self, token_id: str, actor: Actor) -> Minted:
        """A new secret under the same id; the old one is worth nothing from now on. Raises RequestError."""
        row = self._changeable(token_id)
        minted = mint(Kind(row.kind), token_id)
        await self._put(replace(row, hash=minted.hash), actor, "token.rotated")
        return minted

    async def revoke(self, token_id: str, actor: Actor) -> None:
        """Raises RequestError where there is no such token, or it comes from the file."""
        row = self._changeable(token_id)
        await self._storage.remove([token_id], self._entry(actor, "token.revoked", row))
        self._rows.pop(token_id, None)
        self._arrange()
        self.on_change()

    async def note(self, actor: Actor, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        """An act that is no change of a token, for the audit."""
        await self._storage.note(AuditEntry(self._now(), actor, action, subject, detail))

    def _changeable(self, token_id: str) -> TokenRow:
        row = self._rows.get(token_id)
        if row is not None:
            return row
        if token_id in self._provisioned.rows:
            raise RequestError("request.conflict", f"Token {token_id} comes from {self._provisioned.path}: change it there.")
        raise RequestError("request.not_found", f"there is no token {token_id!r}")

    async def _put(self, row: TokenRow, actor: Actor, action: str) -> None:
        await self._storage.put(row, self._entry(actor, action, row))
        self._rows[row.id] = row
        self._arrange()
        self.on_change()

    def _entry(self, actor: Actor, action: str, row: TokenRow) -> AuditEntry:
        detail = {
            "kind": row.kind,
            "origin": row.origin,
            "label": row.label,
            "scopes": list(row.scopes),
            "devices": None if row.devices is None else list(row.devices),
            "user": row.user,
        }
        return AuditEntry(self._now(), actor, action, f"token:{row.id}", detail)

    def _row(self, token_id: str) -> TokenRow:
        return self._rows.get(token_id) or self._provisioned.rows[token_id]

    def _arrange(self) -> None:
        rows = {**self._provisioned.rows, **self._rows}
        made = {row.id: principal_of(row) for row in rows.values()}
        # An unchanged principal stays the same object: sockets notice by that whether their token is still the one.
        before = self._principals
        self._principals = {key: before[key] if before.get(key) == one else one for key, one in made.items()}
        self.origins = frozenset(row.origin for row in rows.values() if row.origin is not None)


def principal_of(row: TokenRow) -> Principal:
    """What the rest of the server knows of a token."""
    return Principal(
        token_id=row.id,
        name=f"web:{row.origin}" if row.origin is not None else f"native:{row.label}",
        label=row.label,
        key=row.hash,
        scope=Scope(
            devices=None if row.devices is None else frozenset(row.devices),
            rights=frozenset(Right(scope) for scope in row.scopes),
        ),
        kind=Kind(row.kind),
        origin=row.origin,
        aliases=row.aliases,
        routes=row.routes,
        user_id=row.user_id,
        session=row.session,
    )


def _nothing() -> None:
    """Nobody listens yet."""
