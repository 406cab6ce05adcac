"""The journal: can it be read, is it sound, what waits in it. Looked at read-only, with the server up or down."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator

from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "journal"
_NAME = "journal.db"

# SQLite works its log into the file every 1000 pages (4 MB); many times that means that something keeps it from doing so.
_LARGE_LOG = 64 * 1024**2


def journal(situation: Situation) -> Iterator[Finding]:
    """Sound, of a known schema, not lost, nothing in doubt."""
    from bridge.store import ReadOnlyDatabase, StorageError
    from bridge.store.schema import MIGRATIONS

    path = situation.data_dir / _NAME
    yield from _set_aside(situation)
    if not path.exists():
        if (situation.data_dir / "instance.json").exists():
            text = "the journal is missing, and this directory had one"
            yield Finding(
                _CHECK, str(path), Level.PROBLEM, text, "Put the backup back, or see docs/running.md, When the journal is lost."
            )
        else:
            yield Finding(_CHECK, str(path), Level.OK, "there is none yet: the first start makes it")
        return
    try:
        database = ReadOnlyDatabase(path)
    except StorageError as error:
        yield _unreadable(str(path), str(error))
        return
    with contextlib.closing(database):
        try:
            verdict = [str(value) for row in database.read("PRAGMA quick_check(1)") for value in row.values()]
            if verdict != ["ok"]:
                yield _unreadable(str(path), "; ".join(verdict))
                return
            yield Finding(_CHECK, str(path), Level.OK, "SQLite finds it sound")
            if not database.known_schema:
                text = f"it has schema {database.schema}; this version knows {len(MIGRATIONS)}"
                yield Finding(
                    _CHECK, str(path), Level.PROBLEM, text, "Install the version of tillbridge that wrote it, or a later one."
                )
                return
            yield Finding(_CHECK, str(path), Level.OK, f"its schema is {database.schema}, as this version writes it")
            yield from _contents(situation, database)
        except StorageError as error:
            yield _unreadable(str(path), str(error))
    log = path.with_name(f"{_NAME}-wal")
    size = log.stat().st_size if log.exists() else 0
    if size > _LARGE_LOG:
        text = f"its write-ahead log has grown to {size / 1024**2:.0f} MB"
        yield Finding(_CHECK, str(path), Level.WARNING, text, "Close programs that hold the file open, then restart the bridge.")


def _contents(situation: Situation, database: object) -> Iterator[Finding]:
    from bridge.model.fates import of_money
    from bridge.store import ReadOnlyDatabase

    assert isinstance(database, ReadOnlyDatabase)
    subject = str(database.path)
    held = database.read("SELECT device, value FROM device_state WHERE key='#journal_hold' ORDER BY device")
    for row in held:
        yield Finding(
            _CHECK,
            row["device"],
            Level.PROBLEM,
            f"the device refuses documents: {json.loads(row['value'])}",
            f'Compare the last receipts, then: tillbridge devices accept {row["device"]} --what journal --reason "..."',
        )
    unresolved = database.read("SELECT id, device, op, created_at FROM jobs WHERE state='unresolved' ORDER BY created_at")
    for row in unresolved[:10]:
        waits = "the terminal takes no other payment" if of_money(row["op"]) else "the device takes no other document"
        text = f"job {row['id']} of {row['created_at'][:16]} is unresolved: {waits}"
        yield Finding(_CHECK, row["device"], Level.PROBLEM, text, f"tillbridge inspect {row['id']}")
    if len(unresolved) > 10:
        text = f"{len(unresolved) - 10} more jobs are unresolved"
        yield Finding(_CHECK, subject, Level.PROBLEM, text, "tillbridge jobs list --state unresolved")
    queued = database.read("SELECT id, device, created_at, deadline FROM jobs WHERE state='queued' ORDER BY created_at")
    if queued:
        oldest = queued[0]
        late = oldest["deadline"] < situation.computer.now().isoformat()
        text = f"{len(queued)} jobs wait, the oldest since {oldest['created_at'][:16]}"
        remedy = "tillbridge devices list, and start the bridge if it does not run: tillbridge serve"
        yield Finding(_CHECK, oldest["device"], Level.PROBLEM if late else Level.WARNING, text, remedy)
    running = (
        database.read("SELECT id, device FROM jobs WHERE state='running' ORDER BY created_at") if not situation.alive else []
    )
    for row in running:
        text = f"job {row['id']} was running when the bridge ended: its outcome is not known yet"
        yield Finding(_CHECK, row["device"], Level.PROBLEM, text, "Start the bridge, which asks the device: tillbridge serve")
    if not (held or unresolved or queued or running):
        yield Finding(_CHECK, subject, Level.OK, "nothing waits in it")


def _set_aside(situation: Situation) -> Iterator[Finding]:
    try:
        damaged = sorted(situation.data_dir.glob("journal.damaged-*.db"))
    except OSError:
        return
    if damaged:
        text = f"a damaged journal was set aside: {damaged[-1].name}"
        remedy = "Look for a failing disk (sudo dmesg, smartctl -a). Keep the file until every receipt of it is accounted for."
        yield Finding(_CHECK, str(situation.data_dir), Level.WARNING, text, remedy)


def _unreadable(subject: str, why: str) -> Finding:
    if "locked" in why or "busy" in why:
        remedy = "Another program holds it. Close it (a database browser, a backup), then try again."
        return Finding(_CHECK, subject, Level.PROBLEM, f"it cannot be read now: {why}", remedy)
    remedy = "Stop the bridge, keep a copy of the directory; at its next start the bridge sets a damaged journal aside. See docs/running.md."
    return Finding(_CHECK, subject, Level.PROBLEM, f"it cannot be read: {why}", remedy)
