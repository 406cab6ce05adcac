"""A journal that was lost or damaged: set aside, and devices refuse until an administrator has looked."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.model import RequestError
from bridge.store import DataDirLocked, StorageError, Store
from tests.core.fake_family import FakeDevice
from tests.core.world import START, TILL, World, in_world, sale


def deleted(journal: Path) -> None:
    journal.unlink()


def emptied(journal: Path) -> None:
    journal.write_bytes(b"")


def truncated(journal: Path) -> None:
    journal.write_bytes(journal.read_bytes()[:5000])


def overwritten(journal: Path) -> None:
    journal.write_bytes(b"no journal at all. " * 1000)


def holed(journal: Path) -> None:
    """Junk in the middle: the head still says SQLite."""
    content = bytearray(journal.read_bytes())
    content[4096 : 4096 * 4] = b"\xaa" * (4096 * 3)
    journal.write_bytes(bytes(content))


def log_overwritten(journal: Path) -> None:
    journal.with_name("journal.db-wal").write_bytes(b"junk" * 5000)


def set_aside(data_dir: Path) -> list[Path]:
    return list(data_dir.glob("journal.damaged-*"))


DAMAGES = [deleted, emptied, truncated, overwritten, holed, log_overwritten]


@pytest.mark.parametrize("damage", DAMAGES)
def test_after_the_journal_was_lost_a_device_refuses_until_an_administrator_accepts_with_a_reason(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    async def story(world: World) -> None:
        await world.sell(key="before")
        await world.bridge.stop(grace=1)
        damage(tmp_path / "journal.db")
        await world.start()
        await world.settle()
        assert bool(set_aside(tmp_path)) == (damage not in (deleted, emptied)), "what can be examined is set aside"
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.submit(TILL, "d1", "before", sale())
        assert (refusal.value.code, refusal.value.status) == ("device.journal", 409)
        assert world.bridge.devices.get("d1")["journal_hold"]
        assert world.bridge.health()["status"] == "degraded"

        await world.restart()
        await world.settle()
        with pytest.raises(RequestError, match=r"device\.journal"):
            await world.bridge.jobs.submit(TILL, "d1", "before", sale())

        world.board.plug("new", FakeDevice(serial="F-2").connect)
        await world.bridge.devices.configure(TILL, "new", {"family": "fake", "url": "null://new"})
        assert (await world.sell(device="new")).success, "a device added afterwards has lost nothing"

        with pytest.raises(RequestError) as refusal:
            await world.bridge.devices.accept(TILL, "d1", "journal", "")
        assert refusal.value.errors[0].field == "reason"
        await world.bridge.devices.accept(TILL, "d1", "journal", "compared with the roll")
        assert (await world.sell(key="before")).success
        with pytest.raises(RequestError, match=r"request\.conflict"):
            await world.bridge.devices.accept(TILL, "d1", "journal", "once more")
        lost, *_, accepted = (row for row in await world.audit() if row["action"].startswith("journal."))
        assert (lost["action"], lost["actor"]["principal"]) == ("journal.lost", "system")
        assert (accepted["action"], accepted["subject"]) == ("journal.accepted", "d1")
        assert accepted["detail"] == {"reason": "compared with the roll", "lost": lost["detail"]["reason"]}

        await world.restart()
        await world.settle()
        assert (await world.sell()).success, "accepted once is accepted"

    in_world(tmp_path, story)


def test_a_first_start_in_a_new_directory_is_no_loss(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "new" / "directory", START, inline=True)
    assert store.journal_lost is None
    assert store.read_audit() == []
    instance = store.instance_id
    store.close()
    store = Store.open(tmp_path / "new" / "directory", START, inline=True)
    assert (store.journal_lost, store.instance_id) == (None, instance)
    store.close()


def test_a_crash_between_noticing_the_loss_and_holding_the_devices_does_not_set_them_free(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.sell()
        await world.bridge.stop(grace=1)
        (tmp_path / "journal.db").unlink()
        store = Store.open(tmp_path, START, inline=True)  # the process that noticed, and died
        assert store.journal_lost is not None
        store.close()
        await world.start()
        with pytest.raises(RequestError, match=r"device\.journal"):
            await world.bridge.jobs.submit(TILL, "d1", "k", sale())

    in_world(tmp_path, story)


def test_the_journal_of_another_directory_is_no_journal_of_ours(tmp_path: Path) -> None:
    """A backup put back into the wrong place knows nothing of what was sold here."""
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    Store.open(elsewhere, START, inline=True).close()

    async def story(world: World) -> None:
        await world.sell(key="before")
        await world.bridge.stop(grace=1)
        for part in here.glob("journal.db*"):
            part.unlink()
        (here / "journal.db").write_bytes((elsewhere / "journal.db").read_bytes())
        await world.start()
        await world.settle()
        with pytest.raises(RequestError, match=r"device\.journal"):
            await world.bridge.jobs.submit(TILL, "d1", "before", sale())
        await world.bridge.devices.accept(TILL, "d1", "journal", "compared with the till's records")
        await world.restart()
        await world.settle()
        assert (await world.sell(key="after")).success, "what was accepted stays accepted"

    in_world(here, story)


def test_a_key_that_was_used_is_no_longer_known_but_nothing_is_sold_behind_it(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.sell(key="one")
        await world.bridge.stop(grace=1)
        (tmp_path / "journal.db").unlink()
        await world.start()
        await world.settle(100)
        with pytest.raises(RequestError):
            await world.bridge.jobs.submit(TILL, "d1", "one", sale())
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_the_journal_of_a_later_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Store.open(tmp_path, START, inline=True).close()
    connection = sqlite3.connect(tmp_path / "journal.db")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    for inline in (True, False):
        with pytest.raises(StorageError, match="later version of tillbridge"):
            Store.open(tmp_path, START, inline=inline)
    assert set_aside(tmp_path) == []
    connection = sqlite3.connect(tmp_path / "journal.db")
    assert connection.execute("PRAGMA user_version").fetchall() == [(99,)]
    connection.close()


def test_a_journal_that_another_program_locks_is_no_damage(tmp_path: Path) -> None:
    Store.open(tmp_path, START, inline=True).close()
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="locked"):
        Store.open(tmp_path, START, inline=True, connect=lambda path: sqlite3.connect(path, isolation_level=None, timeout=0))
    other.close()
    assert set_aside(tmp_path) == []


HOLDER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bridge.store import Store
store = Store.open(Path(sys.argv[1]), datetime.now(UTC))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_refused_the_data_directory_until_the_first_is_dead(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with pytest.raises(DataDirLocked, match="in use"):
            Store.open(tmp_path, START)
    finally:
        first.kill()
        first.communicate()
    Store.open(tmp_path, START).close()
