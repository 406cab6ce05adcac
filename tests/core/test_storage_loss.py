"""Power loss under the journal: a file layer that forgets what was not synced, at every write and sync of jobs' lives.

`Disk` is a VFS for SQLite, in memory: writes are seen at once, but only xSync makes them last. At every step it keeps what
would be left after a power loss; afterwards the journal is opened over each of these, and must keep every promise that had
been given by then. With synchronous=OFF promises must be found broken, or this test would prove nothing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pytest

from bridge.model import JobError, Result
from bridge.store import Store
from tests.core.test_store import new_job
from tests.core.world import START

_NAMES = itertools.count(1)


@dataclass
class FileContent:
    """What a reader sees, what a power loss leaves, and the writes in between."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)
    """(offset, bytes), or (size, None) for a truncation."""

    def left(self, chance: random.Random | None) -> bytes:
        """After a power loss: nothing unsynced, or (with `chance`) any part of it, sectors torn apart."""
        if chance is None:
            return self.durable
        content = bytearray(self.durable)
        for offset, data in self.pending:
            if data is None:
                if chance.random() < 0.5:
                    del content[offset:]
                continue
            for start in range(0, len(data), 512):
                if chance.random() < 0.6:
                    put(content, offset + start, data[start : start + 512])
        return bytes(content)


def put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """All files of one machine. `step` is called ahead of every write and after every sync."""

    def __init__(self, contents: dict[str, bytes] | None = None) -> None:
        self.name = f"losing-{next(_NAMES)}"
        self.files = {path: FileContent(bytearray(data), data) for path, data in (contents or {}).items()}
        self.steps: list[tuple[dict[str, bytes], int]] = []
        self.promises: list[tuple[str, str, Any]] = []
        self.watching = False
        self.chance = random.Random(7)
        super().__init__(self.name, "")

    def step(self) -> None:
        if not self.watching:
            return
        for chance in (None, self.chance):
            left = {path: content.left(chance) for path, content in self.files.items()}
            self.steps.append((left, len(self.promises)))

    def promise(self, what: str, job: str, value: Any = None) -> None:
        """The host was told so; from now on it must be true whatever happens."""
        self.promises.append((what, job, value))
        self.step()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> OpenFile:  # type: ignore[override]
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        flags[1] = flags[0]
        return OpenFile(self, self.files.setdefault(path, FileContent()))

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.files.pop(filename, None)
        self.step()

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.files

    def xFullPathname(self, name: str) -> str:
        return name


class OpenFile:
    """One open file of a Disk, by the names that SQLite gives its methods."""

    def __init__(self, disk: Disk, content: FileContent) -> None:
        self._disk = disk
        self._content = content

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._content.seen[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.step()
        put(self._content.seen, offset, bytes(data))
        self._content.pending.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._disk.step()
        del self._content.seen[size:]
        self._content.pending.append((size, None))

    def xSync(self, flags: int) -> None:
        self._content.durable = bytes(self._content.seen)
        self._content.pending.clear()
        self._disk.step()

    def xFileSize(self) -> int:
        return len(self._content.seen)

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 512

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xClose(self) -> None: ...


class Cursor:
    def __init__(self, cursor: apsw.Cursor) -> None:
        try:
            self.description: Any = cursor.get_description()
        except apsw.ExecutionCompleteError:
            self.description = ()
        self._rows = list(cursor)

    def fetchall(self) -> list[Any]:
        return self._rows


class ApswConnection:
    """An apsw connection in the form that the store knows, over a Disk."""

    def __init__(self, disk: Disk, path: Path) -> None:
        self._connection = apsw.Connection(str(path), vfs=disk.name)
        self.execute("PRAGMA locking_mode=EXCLUSIVE")  # WAL without shared memory
        self.execute("PRAGMA wal_autocheckpoint=16")  # so that checkpoints come often enough to be hit too

    def execute(self, sql: str, parameters: Any = (), /) -> Cursor:
        return Cursor(self._connection.cursor().execute(sql, parameters))

    def close(self) -> None:
        self._connection.close()


def open_on(disk: Disk, data_dir: Path, synchronous: str = "FULL") -> Store:
    return Store.open(data_dir, START, inline=True, synchronous=synchronous, connect=lambda path: ApswConnection(disk, path))


async def lives(store: Store, disk: Disk) -> None:
    """Jobs that end in every way there is, in turns; each return of the journal is a promise."""
    journal = store.journal
    for turn in range(4):
        a, b, c, d = (f"{turn}-{name}" for name in "abcd")
        for job in (a, b, c, d):
            await journal.accept(new_job(job))
            disk.promise("accepted", job)
        for job in (a, b, c):
            token = await store.device("d1").allocate("token")
            disk.promise("allocated", job, token)
            await journal.checkpoint(job, "intent", {"before": turn}, START, {"last": job})
            disk.promise("intent", job)
        await journal.unresolved(b, START, "the cable")
        disk.promise("unresolved", b)
        result = Result.model_validate({"document": {"number": f"N{a}", "text": "x" * 3000}})
        await journal.done(a, result, True, START)
        disk.promise("done", a, f"N{a}")
        await journal.amend(a, {"paper": "pending"}, START)
        disk.promise("amended", a, "pending")
        await journal.done(b, Result.model_validate({"document": {"number": f"N{b}"}}), True, START, "recovered")
        disk.promise("done", b, f"N{b}")
        await journal.failed(c, JobError.of("device.rejected"), START)
        disk.promise("failed", c)


RANK = {"queued": 0, "running": 1, "unresolved": 2, "failed": 3, "done": 3}


def violations(store: Store, promises: list[tuple[str, str, Any]]) -> Iterator[str]:
    """What is not as it was promised, or is half there."""
    if store.journal_lost is not None:
        yield f"the journal itself: {store.journal_lost}"
        return
    jobs = {row["id"]: row for row in store.database.read("SELECT * FROM jobs")}
    token = store.database.read("SELECT value FROM device_state WHERE key='token'")
    for what, job, value in promises:
        row = jobs.get(job)
        if row is None or store.journal.find_key("till", job) is None:
            yield f"{what} {job}: no such job"
        elif what in ("intent", "unresolved") and RANK[row["state"]] < (1 if what == "intent" else 2):
            yield f"{what} {job}: it is {row['state']}"
        elif what in ("done", "failed") and (row["state"], row["document_number"]) != (what, value):
            yield f"{what} {job}: it is {row['state']} {row['document_number']}"
        elif what == "allocated" and (not token or int(token[0]["value"]) <= value):
            yield f"the number {value} would be given again"
        elif what == "amended" and f'"paper":"{value}"' not in row["result"]:
            yield f"{what} {job}: {row['result'][:100]}"
    intents = []
    for job, row in jobs.items():
        steps = [item["state"] for item in store.database.read("SELECT state FROM history WHERE job=? ORDER BY number", (job,))]
        events = store.database.read("SELECT kind FROM events WHERE job=?", (job,))
        amendments = store.database.read("SELECT number FROM amendments WHERE job=?", (job,))
        points = store.journal.checkpoints(job)
        if steps[-1:] != [row["state"]] or len(events) != len(steps) + len(amendments):
            yield f"half a step: {job} is {row['state']} after {steps} with {len(events)} events"
        if bool(points) != ("running" in steps) or (row["state"] == "done") != (row["result"] is not None):
            yield f"half a step: {job} {row['state']}, {points}"
        if points:
            intents.append(job)
    last = [row["value"] for row in store.database.read("SELECT value FROM device_state WHERE key='last'")]
    if last != [f'"{job}"' for job in sorted(intents)[-1:]]:
        yield f"the device's value {last} does not belong to the last intent of {intents}"


async def play(tmp_path: Path, synchronous: str) -> tuple[int, list[str]]:
    """Live, then look at what every power loss would have left: how many were looked at, and what was wrong."""
    disk = Disk()
    path = tmp_path / "journal.db"
    store = open_on(disk, tmp_path, synchronous)
    path.touch()  # the store asks the real file system whether there is a journal
    if synchronous == "OFF":  # its birth is not what this is about
        for content in disk.files.values():
            content.durable = bytes(content.seen)
    disk.watching = True
    await lives(store, disk)
    disk.watching = False
    promises, steps = disk.promises, disk.steps
    store.close()
    found: list[str] = []
    seen: set[tuple[int, int]] = set()
    for number, (left, promised) in enumerate(steps):
        identity = (hash(tuple(sorted(left.items()))), promised)
        if identity in seen or (number % 2 and number % 9):  # of the torn ones a sample
            continue
        seen.add(identity)
        again = Disk(left)
        reopened: Store | None = None
        try:
            reopened = open_on(again, tmp_path)
            found += [f"step {number}: {violation}" for violation in violations(reopened, promises[:promised])]
        except Exception as error:
            found.append(f"step {number}: it cannot be read: {error}")
        finally:
            if reopened is not None:
                reopened.close()
        again.unregister()
        if not path.exists():
            found.append(f"step {number}: the journal was set aside")
            path.touch()
    disk.unregister()
    return len(seen), found


async def test_no_power_loss_at_any_write_or_sync_breaks_a_promise(tmp_path: Path) -> None:
    looked_at, found = await play(tmp_path, "FULL")
    assert found == []
    assert looked_at > 100


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
async def test_without_synchronous_commits_the_same_test_finds_broken_promises(tmp_path: Path, synchronous: str) -> None:
    _, found = await play(tmp_path, synchronous)
    assert any("done" in violation or "accepted" in violation for violation in found)
