"""The data directory: its lock, its journal, and what happens when the journal is damaged or missing."""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from ulid import ULID

from bridge.model import Actor
from bridge.store.database import Connect, Connection, Database, StorageError, connect_sqlite, is_disk_trouble, rows
from bridge.store.device_state import DeviceStateStore
from bridge.store.events import EventLog, identify_journal
from bridge.store.files import DataDirLock, close_to_others, sync_directory, write_atomically
from bridge.store.journal import AuditEntry, Journal, append_audit
from bridge.store.schema import migrate
from bridge.store.tokens import TokenStore

log = logging.getLogger("tillbridge.store")

_JOURNAL = "journal.db"
_INSTANCE = "instance.json"

# In `meta`: why the journal is a new one, until every device is held. A crash in between must not set the devices free.
_LOST = "journal_lost"


class Store:
    """An open data directory. `journal_lost` says, when the journal is a new one in an old directory, why."""

    def __init__(
        self, data_dir: Path, lock: DataDirLock, database: Database, instance_id: str, journal_lost: str | None, journal_id: str
    ) -> None:
        self.data_dir = data_dir
        self.database = database
        self.instance_id = instance_id
        self.journal_lost = journal_lost
        self.journal = Journal(database)
        self.events = EventLog(database, journal_id)
        self.tokens = TokenStore(database)
        self._lock = lock

    @classmethod
    def open(
        cls,
        data_dir: Path,
        now: datetime,
        *,
        inline: bool = False,
        synchronous: str = "FULL",
        connect: Connect = connect_sqlite,
        before_commit: Callable[[], None] | None = None,
    ) -> Store:
        """Take the lock and open the journal; a damaged one is set aside, a missing one is noticed.

        Raises DataDirLocked, StorageError.
        """
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = DataDirLock(data_dir)
        lock.acquire()
        open_database = partial(
            Database, data_dir / _JOURNAL, inline=inline, synchronous=synchronous, connect=connect, before_commit=before_commit
        )
        try:
            return cls._open_locked(data_dir, lock, now, open_database)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _open_locked(cls, data_dir: Path, lock: DataDirLock, now: datetime, open_database: Callable[[], Database]) -> Store:
        path = data_dir / _JOURNAL
        known = _known_instance(data_dir)
        lost: str | None = None
        database: Database | None = None
        if path.exists():
            damage = _junk_in_log(path)
            if damage is None:
                database, damage = _sound(open_database)
            if damage is not None:
                lost = _set_aside(path, now, damage)
        elif known is not None:
            lost = "the journal is missing"
        if database is None:
            database = open_database()
        close_to_others(path)
        instance = known or str(ULID())

        def prepare(connection: Connection) -> tuple[str, str | None, str]:
            migrate(connection)
            journal = identify_journal(connection)
            meta = {row["key"]: str(row["value"]) for row in rows(connection, "SELECT key, value FROM meta")}
            found = meta.get("instance_id")
            if found is not None and known in (None, found):
                return found, meta.get(_LOST), journal
            if found is not None:
                reason: str | None = "the journal is that of another data directory"
            else:
                connection.execute("INSERT INTO meta (key, value) VALUES ('instance_id', ?)", (instance,))
                reason = lost if lost is not None or known is None else "the journal is empty"
            if reason is not None:
                connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_LOST, reason))
                append_audit(
                    connection, AuditEntry(now, Actor(principal="system"), "journal.lost", "journal", {"reason": reason})
                )
            return found or instance, reason, journal

        try:
            recorded, lost, journal = database.write_now(prepare)
        except BaseException:
            database.close()
            raise
        sync_directory(data_dir)
        if known != recorded:  # a new directory; or another one's journal, whose loss is noted in it by now
            write_atomically(data_dir / _INSTANCE, json.dumps({"instance_id": recorded}) + "\n")
        if lost is not None:
            log.error("%s; devices refuse documents until an administrator accepts the new journal", lost)
        return cls(data_dir, lock, database, recorded, lost, journal)

    def device(self, device_id: str) -> DeviceStateStore:
        return DeviceStateStore(self.database, device_id)

    async def audit(self, entry: AuditEntry) -> None:
        await self.database.write(lambda connection: append_audit(connection, entry))

    def read_audit(self, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        found = self.database.read("SELECT * FROM audit WHERE seq>? ORDER BY seq LIMIT ?", (after, limit))
        return [_audit_row(row) for row in found]

    async def loss_is_held(self) -> None:
        """Every device waits for an administrator now, durably: the loss needs no more remembering."""
        await self.database.write(lambda connection: connection.execute("DELETE FROM meta WHERE key=?", (_LOST,)) and None)

    def close(self) -> None:
        self.database.close()
        self._lock.release()


def _audit_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "actor": json.loads(row["actor"]), "detail": json.loads(row["detail"])}


def _known_instance(data_dir: Path) -> str | None:
    """The instance that this directory belonged to before; None for a new directory."""
    try:
        value = json.loads((data_dir / _INSTANCE).read_text("utf-8"))["instance_id"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return str(ULID())  # the file is broken: an old directory whose name is lost
    return str(value)


def _sound(open_database: Callable[[], Database]) -> tuple[Database | None, str | None]:
    """The open journal, or what is damaged in it. Raises StorageError where the disk, not the file, is the trouble."""
    database: Database | None = None
    try:
        database = open_database()
        database.check()
        return database, None
    except StorageError:
        raise
    except Exception as error:  # sqlite3.DatabaseError "file is not a database", JournalDamaged, another binding's like
        if database is not None:
            database.close()
        if is_disk_trouble(error):
            raise StorageError(f"the journal cannot be opened: {error}") from error
        return None, str(error)


def _junk_in_log(path: Path) -> str | None:
    """What is wrong with the write-ahead log, where its head is neither SQLite's nor empty.

    SQLite itself takes such a log for one that holds nothing, and forgets without a word what was committed there.
    Source: sqlite.org/fileformat2.html, "The WAL File Format".
    """
    try:
        with path.with_name(path.name + "-wal").open("rb") as file:
            head = file.read(32)
    except FileNotFoundError:
        return None
    if not any(head):  # not written yet
        return None
    magic, version = struct.unpack(">II", head[:8].ljust(8, b"\0"))
    if magic in (0x377F0682, 0x377F0683) and version == 3007000:
        return None
    return "its write-ahead log holds something else"


def _set_aside(path: Path, now: datetime, reason: str) -> str:
    """Keep a damaged journal under another name, for whoever examines it."""
    suffix = now.strftime("%Y%m%dT%H%M%S")
    for part in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        if part.exists():
            part.rename(part.with_name(part.name.replace(_JOURNAL, f"journal.damaged-{suffix}.db")))
    return f"the journal was damaged ({reason}) and set aside as journal.damaged-{suffix}.db"
