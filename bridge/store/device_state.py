"""Durable keys and values of each device: the driver's own, and those that the host keeps of it (prefix "#")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bridge.store.database import Connection, Database, rows
from bridge.store.journal import AuditEntry, append_audit, dump

_HOST = "#"


class DeviceStateStore:
    """One device's values. A driver cannot see or change the host's."""

    def __init__(self, database: Database, device: str) -> None:
        self._database = database
        self._device = device

    async def get(self, key: str) -> Any | None:
        return self._get(_own(key))

    async def set(self, key: str, value: Any) -> None:
        await self._set(_own(key), value)

    async def delete(self, key: str) -> None:
        await self._delete(_own(key))

    async def items(self, prefix: str = "") -> Mapping[str, Any]:
        found = self._database.read(
            "SELECT key, value FROM device_state WHERE device=? AND substr(key, 1, ?)=? AND substr(key, 1, 1)<>? ORDER BY key",
            (self._device, len(prefix), prefix, _HOST),
        )
        return {row["key"]: json.loads(row["value"]) for row in found}

    async def allocate(self, name: str, count: int = 1, *, modulo: int | None = None) -> int:
        key = _own(name)
        if count < 1 or (modulo is not None and count > modulo):
            raise ValueError("at least one number must be taken, and no more than there are")

        def work(connection: Connection) -> int:
            found = rows(connection, "SELECT value FROM device_state WHERE device=? AND key=?", (self._device, key))
            first = int(json.loads(found[0]["value"])) if found else 0
            following = first + count
            if modulo is not None:
                following %= modulo
            _put(connection, self._device, key, following)
            return first

        return await self._database.write(work)

    # -- the host's own ----------------------------------------------------------------------------------------------

    def host_get(self, key: str) -> Any | None:
        return self._get(_HOST + key)

    async def host_set(self, key: str, value: Any, audit: AuditEntry | None = None) -> None:
        await self._set(_HOST + key, value, audit)

    async def host_delete(self, key: str, audit: AuditEntry | None = None) -> None:
        await self._delete(_HOST + key, audit)

    async def forget(self) -> None:
        """Everything of this device: when it is removed."""
        await self._database.write(lambda c: c.execute("DELETE FROM device_state WHERE device=?", (self._device,)) and None)

    def _get(self, key: str) -> Any | None:
        found = self._database.read("SELECT value FROM device_state WHERE device=? AND key=?", (self._device, key))
        return json.loads(found[0]["value"]) if found else None

    async def _set(self, key: str, value: Any, audit: AuditEntry | None = None) -> None:
        def work(connection: Connection) -> None:
            _put(connection, self._device, key, value)
            if audit is not None:
                append_audit(connection, audit)

        await self._database.write(work)

    async def _delete(self, key: str, audit: AuditEntry | None = None) -> None:
        def work(connection: Connection) -> None:
            connection.execute("DELETE FROM device_state WHERE device=? AND key=?", (self._device, key))
            if audit is not None:
                append_audit(connection, audit)

        await self._database.write(work)


def _own(key: str) -> str:
    if key.startswith(_HOST):
        raise ValueError(f"keys that begin with {_HOST} are the host's")
    return key


def _put(connection: Connection, device: str, key: str, value: Any) -> None:
    connection.execute(
        "INSERT INTO device_state (device, key, value) VALUES (?,?,?) ON CONFLICT (device, key) DO UPDATE SET value=excluded.value",
        (device, key, dump(value)),
    )
