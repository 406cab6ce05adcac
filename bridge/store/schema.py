"""The journal's tables, as a list of migrations. A migration that has been released is never changed."""

from __future__ import annotations

from bridge.store.database import Connection, StorageError, rows

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        # One row a job. Key, fingerprint, verdict and document number outlive the JSON columns (`pruned`).
        """CREATE TABLE jobs (
            id TEXT PRIMARY KEY,
            device TEXT NOT NULL,
            principal TEXT NOT NULL,
            key TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            op TEXT NOT NULL,
            class TEXT NOT NULL,
            state TEXT NOT NULL,
            success INTEGER,
            reference TEXT,
            reference_group TEXT,
            part INTEGER NOT NULL,
            retry_of TEXT,
            created_at TEXT NOT NULL,
            started_at TEXT,
            finished_at TEXT,
            deadline TEXT NOT NULL,
            collected INTEGER NOT NULL DEFAULT 0,
            document_number TEXT,
            operation TEXT,
            result TEXT,
            error TEXT,
            actor TEXT NOT NULL,
            pruned INTEGER NOT NULL DEFAULT 0
        ) STRICT""",
        "CREATE UNIQUE INDEX jobs_key ON jobs (principal, key)",
        "CREATE INDEX jobs_reference ON jobs (principal, reference_group, reference) WHERE reference IS NOT NULL",
        "CREATE INDEX jobs_open ON jobs (device, state) WHERE state IN ('queued', 'running', 'unresolved')",
        "CREATE INDEX jobs_device ON jobs (device, id)",
        "CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL",
        """CREATE TABLE history (
            job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            state TEXT NOT NULL,
            note TEXT,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE checkpoints (
            job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            name TEXT NOT NULL,
            data TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE amendments (
            job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            at TEXT NOT NULL,
            changes TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE events (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            device TEXT NOT NULL,
            job TEXT,
            data TEXT NOT NULL
        ) STRICT""",
        # The drivers' own durable values, and (key prefix "#") what the host keeps of a device: identity, alerts.
        """CREATE TABLE device_state (
            device TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (device, key)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE audit (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT""",
        "CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
    ),
    (
        # Tokens of clients, by hash alone. One that was taken back is no row any more.
        """CREATE TABLE tokens (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            origin TEXT,
            label TEXT NOT NULL,
            scopes TEXT NOT NULL,
            devices TEXT,
            aliases TEXT NOT NULL,
            routes TEXT NOT NULL,
            user_id TEXT,
            user TEXT,
            session TEXT,
            hash BLOB NOT NULL,
            created_at TEXT NOT NULL,
            expires_at TEXT,
            last_used TEXT
        ) STRICT""",
    ),
    (
        # The job whose payment this one takes back, finishes or changes; and what lists of payments are found by.
        "ALTER TABLE jobs ADD COLUMN original TEXT",
        "CREATE INDEX jobs_original ON jobs (original) WHERE original IS NOT NULL",
        "CREATE INDEX jobs_money ON jobs (json_extract(result, '$.payment.outcome'), id) WHERE class='money'",
    ),
)


def migrate(connection: Connection) -> None:
    """Bring the file to the newest version. Raises StorageError for a file of a later program."""
    version = int(next(iter(rows(connection, "PRAGMA user_version")[0].values())))
    if version > len(MIGRATIONS):
        raise StorageError(
            f"the journal was written by a later version of tillbridge (schema {version}, this one knows {len(MIGRATIONS)})"
        )
    for number in range(version, len(MIGRATIONS)):
        for statement in MIGRATIONS[number]:
            connection.execute(statement)
    if version < len(MIGRATIONS):
        connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
