"""Reading a journal from beside: while a server has it open, after it died, or when it is damaged. Writes nothing."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from bridge.store.database import Connection, Database, StorageError, rows
from bridge.store.journal import Journal
from bridge.store.schema import MIGRATIONS

T = TypeVar("T")

# A writer holds its lock for a flush; who only looks must not wait long for it.
_BUSY_SECONDS = 2.0


class ReadOnlyDatabase(Database):
    """The reading half of a Database."""

    def __init__(self, path: Path) -> None:
        """Raises StorageError with a sentence: there is none, it may not be read, it is damaged."""
        self.path = path
        self.commits = 0
        self._read_lock = threading.Lock()
        self._closed = False
        if not path.exists():
            raise StorageError(f"there is no journal at {path}")
        # Without a write-ahead log nobody has it open, and nothing need be created beside it to read it.
        alone = not path.with_name(path.name + "-wal").exists()
        address = f"file:{quote(str(path.resolve()))}?mode=ro{'&immutable=1' if alone else ''}"
        try:
            self._reader = sqlite3.connect(address, uri=True, timeout=_BUSY_SECONDS, check_same_thread=False)
            self.schema = int(next(iter(self.read("PRAGMA user_version")[0].values())))
        except sqlite3.Error as error:
            raise StorageError(f"{path} cannot be read: {error}") from None

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as of now. Raises StorageError."""
        try:
            with self._read_lock:
                return rows(self._reader, sql, parameters)
        except sqlite3.Error as error:
            raise StorageError(f"{self.path} cannot be read: {error}") from None

    async def write(self, work: Callable[[Connection], T], *, hurry: bool = True) -> T:
        raise StorageError("the journal is opened for reading only")

    def write_now(self, work: Callable[[Connection], T]) -> T:
        raise StorageError("the journal is opened for reading only")

    @property
    def known_schema(self) -> bool:
        """Whether this program knows all of its tables."""
        return 0 < self.schema <= len(MIGRATIONS)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._reader.close()


def read_journal(data_dir: Path) -> tuple[Journal, ReadOnlyDatabase]:
    """The journal of a data directory, to be closed by the caller. Raises StorageError."""
    database = ReadOnlyDatabase(data_dir / "journal.db")
    if not database.known_schema:
        database.close()
        raise StorageError(f"{database.path} has schema {database.schema}; this version knows {len(MIGRATIONS)}")
    return Journal(database), database
