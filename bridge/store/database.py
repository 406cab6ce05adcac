"""The SQLite file of the journal: opening it, grouped synchronous commits, reads. What is in it: `schema.py`.

Every write is a function over a connection. Writes that wait at the same moment share one transaction and one flush; each
still stands or falls alone (savepoints). A write has returned only when it is on the disk (WAL, synchronous=FULL). They are
carried out in the order in which they were asked for; one that is in no hurry waits a moment for company.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

# How many waiting writes go into one transaction. With a flush of some milliseconds more than this never waits; the limit
# only keeps one transaction from growing without end.
_GROUP = 256

# A person who is told something does not notice so many seconds, and what the device is waiting for does not queue up behind a
# flush of its own.
_COMPANY = 0.02


class Cursor(Protocol):
    def fetchall(self) -> list[Any]: ...

    @property
    def description(self) -> Any: ...


class Connection(Protocol):
    """The part of sqlite3.Connection that the store uses, so that a test can bring a file system that loses writes."""

    def execute(self, sql: str, parameters: Any = ..., /) -> Any: ...

    def close(self) -> None: ...


class StorageError(Exception):
    """The journal could not be written: nothing of this write is stored."""


class JournalDamaged(Exception):
    """The file is no readable journal."""


@dataclass(frozen=True, slots=True)
class _Write:
    work: Callable[[Connection], Any]
    future: concurrent.futures.Future[Any]
    hurry: bool = True


Connect = Callable[[Path], Connection]


def connect_sqlite(path: Path) -> Connection:
    """A connection in autocommit mode: transactions are opened and closed by us alone."""
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)


# Result codes of SQLite that speak of the disk or of another program, not of what is in the file.
_DISK_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
    }
)


def is_disk_trouble(error: BaseException) -> bool:
    """Whether the disk refused, so that the file may be in order."""
    return isinstance(error, sqlite3.OperationalError) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _DISK_TROUBLE


def rows(connection: Connection, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Run a statement and return its rows as dictionaries."""
    cursor = connection.execute(sql, tuple(parameters))
    found = cursor.fetchall()
    if not found:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in found]


class Database:
    """One journal file. `inline` commits in the caller's own thread and loop: for tests in virtual time.

    `company`: seconds that a write in no hurry waits for others at most. `before_commit` is called ahead of each flush (benchmarks
    add latency with it). `on_commit` is called behind each commit,
    in the thread that made it: it must be quick and must not raise.
    """

    def __init__(
        self,
        path: Path,
        *,
        inline: bool = False,
        synchronous: str = "FULL",
        connect: Connect = connect_sqlite,
        before_commit: Callable[[], None] | None = None,
    ) -> None:
        self.path = path
        self.commits = 0
        self.company = _COMPANY
        self.on_commit: Callable[[], None] = _nothing
        self._inline = inline
        self._before_commit = before_commit
        self._writer = connect(path)
        try:
            self._configure(self._writer, synchronous)
        except BaseException:
            self._writer.close()
            raise
        self._reader = self._writer if inline else connect(path)
        self._read_lock = threading.Lock()
        self._closed = False
        self._gate = threading.Lock()
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        if not inline:
            self._thread = threading.Thread(target=self._write_loop, name="journal", daemon=True)
            self._thread.start()

    @staticmethod
    def _configure(connection: Connection, synchronous: str) -> None:
        mode = connection.execute("PRAGMA journal_mode=WAL").fetchall()[0][0]
        if str(mode).lower() != "wal":
            raise StorageError(f"the file system does not support SQLite's WAL mode (got {mode}): use a local disk")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")

    def check(self) -> None:
        """Raises JournalDamaged where SQLite finds the file inconsistent."""
        try:
            verdict = rows(self._writer, "PRAGMA quick_check(1)")
        except Exception as error:  # sqlite3.DatabaseError, or its like from another SQLite binding
            if is_disk_trouble(error):
                raise StorageError(f"the journal cannot be read: {error}") from error
            raise JournalDamaged(str(error)) from error
        if list(verdict[0].values()) != ["ok"]:
            raise JournalDamaged(str(verdict[0]))

    async def write(self, work: Callable[[Connection], T], *, hurry: bool = True) -> T:
        """Run `work` in a transaction and return its result once it is durable. `hurry` False: nothing waits for it but readers.

        What `work` raises is raised here and undoes only its own part. Raises StorageError where the disk refuses.
        Callable from any event loop.
        """
        if self._inline:
            return self.write_now(work)
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        with self._gate:  # nothing may come into the queue behind the end mark: nobody would ever answer it
            if self._closed:
                raise StorageError("the journal is closed")
            self._queue.put(_Write(work, future, hurry))
        return await asyncio.wrap_future(future)

    def write_now(self, work: Callable[[Connection], T]) -> T:
        """The same, in the caller's thread: at start, before anything else runs, and in inline mode."""
        if self._closed:
            raise StorageError("the journal is closed")
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self._commit_group([_Write(work, future)])
        return future.result(timeout=0)

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows as of now. Short statements only: it runs in the caller's thread."""
        with self._read_lock:
            return rows(self._reader, sql, parameters)

    def sizes(self) -> dict[str, int]:
        """Bytes of the file and of its write-ahead log, which grows until a checkpoint; 0 for one that is not there."""
        sizes = {}
        for name, path in (("journal", self.path), ("wal", self.path.with_name(self.path.name + "-wal"))):
            try:
                sizes[name] = path.stat().st_size
            except FileNotFoundError:
                sizes[name] = 0
        return sizes

    def close(self) -> None:
        """Finish the writes that wait, then close the file."""
        with self._gate:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        if self._thread is not None:
            self._thread.join()
            self._reader.close()
        self._writer.close()

    def _write_loop(self) -> None:
        stop = False
        while not stop:
            group, stop = self._next_group()
            self._commit_group(group)

    def _next_group(self) -> tuple[list[_Write], bool]:
        """The writes of the next transaction, and whether they are the last ones."""
        group: list[_Write] = []
        until: float | None = None
        while len(group) < _GROUP:
            try:
                patience = max(0.0, until - time.monotonic()) if until is not None else 0.0
                write = self._queue.get(timeout=patience) if group else self._queue.get()
            except queue.Empty:
                break
            if write is None:
                return group, True
            group.append(write)
            if write.hurry:
                until = 0.0
            elif until is None:
                until = time.monotonic() + self.company
        return group, False

    def _commit_group(self, group: Sequence[_Write]) -> None:
        wanted = [(write.work, write.future) for write in group if write.future.set_running_or_notify_cancel()]
        if not wanted:
            return
        results: list[tuple[concurrent.futures.Future[Any], Any]] = []
        connection = self._writer
        try:
            connection.execute("BEGIN IMMEDIATE")
            alone = len(wanted) == 1  # then the transaction itself is its savepoint
            for work, future in wanted:
                if not alone:
                    connection.execute("SAVEPOINT one")
                try:
                    results.append((future, work(connection)))
                except Exception as error:  # whatever the work raises belongs to its caller, trouble with the disk to all
                    if is_disk_trouble(error):
                        raise
                    connection.execute("ROLLBACK" if alone else "ROLLBACK TO one")
                    future.set_exception(error)
                    if alone:
                        return
                if not alone:
                    connection.execute("RELEASE one")
            if self._before_commit is not None:
                self._before_commit()
            connection.execute("COMMIT")
            self.commits += 1
        except Exception as error:  # disk full, I/O error: the whole group failed, and every caller must know
            try:
                connection.execute("ROLLBACK")
            except Exception as rollback_error:  # no transaction was open, or the file is gone
                error.add_note(f"rolling back failed too: {rollback_error}")
            for _, future in wanted:
                if not future.done():
                    future.set_exception(StorageError(f"the journal cannot be written: {error}"))
            return
        for future, result in results:
            future.set_result(result)
        self.on_commit()


def _nothing() -> None:
    """The default hook."""
