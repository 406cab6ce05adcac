"""Reading the journal's events in order, and what is known of those that are no longer there.

Events are written in `journal.py`, in the transaction of the step that they tell. Their `seq` grows and is never given
twice within one journal file; `journal_id` tells that file from one that began anew.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ulid import ULID

from bridge.model import Event
from bridge.store.database import Connection, Database, rows

_JOURNAL_ID = "journal_id"
_PRUNED = "events_pruned"


class EventsPruned(Exception):
    """Some events behind the place asked for are no longer kept. `up_to`: from there on, all are."""

    def __init__(self, up_to: int) -> None:
        super().__init__(f"events up to {up_to} are no longer all there")
        self.up_to = up_to


@dataclass(frozen=True, slots=True)
class EventSpan:
    """Which events there are: a reader that has had all up to `seq` misses none if `pruned <= seq <= last`."""

    pruned: int
    last: int


class EventLog:
    """The `events` table, read in pages."""

    def __init__(self, database: Database, journal_id: str) -> None:
        self.journal_id = journal_id
        self._database = database

    def span(self) -> EventSpan:
        # sqlite_sequence and not MAX(seq): the newest events may have been pruned.
        last = self._database.read("SELECT seq FROM sqlite_sequence WHERE name='events'")
        return EventSpan(self._pruned(), int(last[0]["seq"]) if last else 0)

    def after(self, seq: int, limit: int) -> list[Event]:
        """The next committed events behind `seq`, oldest first. Raises EventsPruned where some of them were dropped."""
        found = self._database.read("SELECT * FROM events WHERE seq>? ORDER BY seq LIMIT ?", (seq, limit))
        # Asked behind the page and not before it: what is pruned between the two statements must not go unnoticed.
        pruned = self._pruned()
        if pruned > seq:
            raise EventsPruned(pruned)
        return [Event.model_validate({**row, "data": json.loads(row["data"])}) for row in found]

    def _pruned(self) -> int:
        found = self._database.read("SELECT value FROM meta WHERE key=?", (_PRUNED,))
        return int(found[0]["value"]) if found else 0


def identify_journal(connection: Connection) -> str:
    """The name of this journal file, given to it when it was first opened."""
    found = rows(connection, "SELECT value FROM meta WHERE key=?", (_JOURNAL_ID,))
    if found:
        return str(found[0]["value"])
    made = str(ULID())
    connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (_JOURNAL_ID, made))
    return made


def prune_events(connection: Connection, jobs: Sequence[str]) -> None:
    """Drop the events of these jobs, and remember up to where events are missing now."""
    marks = ",".join("?" * len(jobs))  # events has no index by job: one pass for all
    newest = rows(connection, f"SELECT MAX(seq) AS seq FROM events WHERE job IN ({marks})", jobs)[0]["seq"]
    if newest is None:
        return
    connection.execute(f"DELETE FROM events WHERE job IN ({marks})", tuple(jobs))
    connection.execute(
        "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value=excluded.value"
        " WHERE CAST(excluded.value AS INTEGER) > CAST(meta.value AS INTEGER)",
        (_PRUNED, str(newest)),
    )
