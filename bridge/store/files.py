"""Small files of the data directory: written atomically and durably, owner-only where they hold secrets."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from filelock import FileLock, Timeout


class DataDirLocked(Exception):
    """Another process uses this data directory."""


def write_atomically(path: Path, text: str, *, owner_only: bool = False) -> None:
    """Replace a file as a whole: after a crash the old one or the new one is there, never a half."""
    temporary = path.with_name(f".{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if owner_only else 0o644)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            if owner_only:
                os.chmod(temporary, 0o600)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def close_to_others(path: Path) -> None:
    """Owner-only from now on. SQLite gives the files that it makes beside it the same rights."""
    if sys.platform != "win32" and path.exists():  # a test's journal may be in no file of the system
        path.chmod(0o600)


def sync_directory(path: Path) -> None:
    """Make names in a directory durable. Windows knows no such thing and needs none."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


class DataDirLock:
    """One process a data directory. The lock dies with its process, however that ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "lock"
        self._lock = FileLock(self._path)

    def acquire(self) -> None:
        """Raises DataDirLocked where another process has it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise DataDirLocked(f"{self._path.parent} is in use by another tillbridge process") from None

    def release(self) -> None:
        self._lock.release()
