"""SQLite: the journal of jobs, device state, audit; the data directory and its lock."""

from bridge.store.database import Connection, Database, JournalDamaged, StorageError
from bridge.store.device_state import DeviceStateStore
from bridge.store.files import DataDirLock, DataDirLocked, write_atomically
from bridge.store.journal import AuditEntry, IllegalTransition, Journal, KeyTaken, NewJob, ReferenceTaken
from bridge.store.store import Store

__all__ = [
    "AuditEntry",
    "Connection",
    "DataDirLock",
    "DataDirLocked",
    "Database",
    "DeviceStateStore",
    "IllegalTransition",
    "Journal",
    "JournalDamaged",
    "KeyTaken",
    "NewJob",
    "ReferenceTaken",
    "StorageError",
    "Store",
    "write_atomically",
]
