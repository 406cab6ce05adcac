"""The tokens of clients: who may come, stored as hashes. What a token may do is decided in bridge.server.access.

A row goes with its entry of the audit in one transaction; a token that was taken back is a row that is no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bridge.store.database import Connection, Database
from bridge.store.journal import AuditEntry, append_audit

Kind = Literal["web", "native"]

_ATTENDANT = "attendant"


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token. `hash`: SHA-256 of its text, which nobody but its holder has.

    `devices` None: all. `aliases`: `@fiscal` to a device's id. `routes`: the name of a terminal server's client to aliases
    that hold for it. `user_id`, `user`: the operating system's user that it is bound to, and that user's name.
    """

    id: str
    kind: Kind
    label: str
    hash: bytes
    scopes: tuple[str, ...]
    created_at: datetime
    origin: str | None = None
    devices: tuple[str, ...] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    user_id: str | None = None
    user: str | None = None
    session: str | None = None
    expires_at: datetime | None = None
    last_used: datetime | None = None

    def __repr__(self) -> str:
        return f"TokenRow({self.id}, {self.kind}, {self.origin}, {self.label})"  # never the hash: it proves like the token


class TokenStore:
    """All tokens of one data directory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[TokenRow]:
        return [_row(found) for found in self._database.read("SELECT * FROM tokens ORDER BY created_at, id")]

    async def put(self, row: TokenRow, entry: AuditEntry) -> None:
        """Add it, or replace the one of that id."""
        await self._database.write(lambda connection: put_token(connection, row, entry))

    async def remove(self, ids: Sequence[str], entry: AuditEntry) -> None:
        def work(connection: Connection) -> None:
            for token_id in ids:
                connection.execute("DELETE FROM tokens WHERE id=?", (token_id,))
            append_audit(connection, entry)

        await self._database.write(work)

    async def used(self, when: Mapping[str, datetime]) -> None:
        """When tokens were last used. Told now and then, not for each request."""

        def work(connection: Connection) -> None:
            for token_id, at in when.items():
                connection.execute("UPDATE tokens SET last_used=? WHERE id=?", (at.isoformat(), token_id))

        await self._database.write(work)

    def attendant(self) -> dict[str, Any] | None:
        """What is kept of the attendant's PIN; None: there is none."""
        found = self._database.read("SELECT value FROM meta WHERE key=?", (_ATTENDANT,))
        return None if not found else dict(json.loads(found[0]["value"]))

    async def put_attendant(self, value: Mapping[str, Any] | None, entry: AuditEntry) -> None:
        """Keep it, or that there is none, with the act that it comes from."""

        def work(connection: Connection) -> None:
            if value is None:
                connection.execute("DELETE FROM meta WHERE key=?", (_ATTENDANT,))
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_ATTENDANT, json.dumps(dict(value)))
                )
            append_audit(connection, entry)

        await self._database.write(work)

    async def note(self, entry: AuditEntry) -> None:
        """An act about who may come that changes no token."""
        await self._database.write(lambda connection: append_audit(connection, entry))


def put_token(connection: Connection, row: TokenRow, entry: AuditEntry) -> None:
    values = {
        "id": row.id,
        "kind": row.kind,
        "origin": row.origin,
        "label": row.label,
        "scopes": json.dumps(row.scopes),
        "devices": None if row.devices is None else json.dumps(row.devices),
        "aliases": json.dumps(dict(row.aliases)),
        "routes": json.dumps({client: dict(aliases) for client, aliases in row.routes.items()}),
        "user_id": row.user_id,
        "user": row.user,
        "session": row.session,
        "hash": row.hash,
        "created_at": row.created_at.isoformat(),
        "expires_at": _text(row.expires_at),
        "last_used": _text(row.last_used),
    }
    marks = ",".join("?" * len(values))
    connection.execute(f"INSERT OR REPLACE INTO tokens ({','.join(values)}) VALUES ({marks})", tuple(values.values()))
    append_audit(connection, entry)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _row(found: Mapping[str, Any]) -> TokenRow:
    return TokenRow(
        id=found["id"],
        kind=found["kind"],
        label=found["label"],
        hash=bytes(found["hash"]),
        scopes=tuple(json.loads(found["scopes"])),
        created_at=datetime.fromisoformat(found["created_at"]),
        origin=found["origin"],
        devices=None if found["devices"] is None else tuple(json.loads(found["devices"])),
        aliases=json.loads(found["aliases"]),
        routes=json.loads(found["routes"]),
        user_id=found["user_id"],
        user=found["user"],
        session=found["session"],
        expires_at=_moment(found["expires_at"]),
        last_used=_moment(found["last_used"]),
    )
