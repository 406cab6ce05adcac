"""SQLite: the journal of jobs, device state, audit; the data directory and its lock."""

from bridge.store.database import Connection, Database, JournalDamaged, StorageError
from bridge.store.device_state import DeviceStateStore
from bridge.store.events import EventLog, EventSpan, EventsPruned
from bridge.store.files import DataDirLock, DataDirLocked, write_atomically
from bridge.store.journal import AuditEntry, IllegalTransition, Journal, KeyTaken, NewJob, ReferenceTaken
from bridge.store.payments import OriginalTaken, PaymentFilter, StandingUse
from bridge.store.reading import ReadOnlyDatabase, read_journal
from bridge.store.store import Store
from bridge.store.tokens import TokenRow, TokenStore
from bridge.store.wire import JobTrace, WireLimits, WireTraces, read_trace

__all__ = [
    "AuditEntry",
    "Connection",
    "DataDirLock",
    "DataDirLocked",
    "Database",
    "DeviceStateStore",
    "EventLog",
    "EventSpan",
    "EventsPruned",
    "IllegalTransition",
    "JobTrace",
    "Journal",
    "JournalDamaged",
    "KeyTaken",
    "NewJob",
    "OriginalTaken",
    "PaymentFilter",
    "ReadOnlyDatabase",
    "ReferenceTaken",
    "StandingUse",
    "StorageError",
    "Store",
    "TokenRow",
    "TokenStore",
    "WireLimits",
    "WireTraces",
    "read_journal",
    "read_trace",
    "write_atomically",
]
