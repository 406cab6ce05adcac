"""The store by itself: grouped commits, legal steps only, numbers that never repeat, retention, amendments."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.devices import Measures
from bridge.jobs.settlement import Settlement
from bridge.model import Actor, Job, JobError, JobState, OperationClass, Outcome, Paper, Registration, Result
from bridge.plugin import PluginRegistry
from bridge.store import AuditEntry, Connection, IllegalTransition, KeyTaken, NewJob, StorageError, Store
from bridge.store.database import connect_sqlite
from bridge.transport import SystemClock
from tests.core.world import START, TILL, World, in_world, sale

NUMBER = Result.model_validate({"document": {"number": "7", "fiscal": True}})


def new_job(job_id: str, key: str | None = None, at: datetime = START) -> NewJob:
    return NewJob(
        id=job_id,
        device="d1",
        principal="till",
        key=key or job_id,
        fingerprint="f",
        op="receipt",
        class_=OperationClass.DOCUMENT,
        reference=None,
        reference_group="sale",
        part=False,
        retry_of=None,
        created_at=at,
        deadline=at + timedelta(minutes=2),
        operation={"op": "receipt"},
        actor=TILL,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path, START)
    yield opened
    opened.close()


def found(store: Store, job_id: str) -> Job:
    job = store.journal.get(job_id)
    assert job is not None
    return job


class Gate:
    """Holds the first flush until it is opened, so that other writes come together behind it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> None:
        self.reached.set()
        assert self.open.wait(20)


async def waiting_writes(store: Store, count: int) -> None:
    async with asyncio.timeout(30):
        while store.database._queue.qsize() < count:
            await asyncio.sleep(0)


async def test_writers_in_many_threads_and_loops_share_one_commit(tmp_path: Path) -> None:
    gate = Gate()
    gate.open.set()
    store = Store.open(tmp_path, START, before_commit=gate)
    gate.open.clear()
    gate.reached.clear()
    before = store.database.commits
    first = asyncio.ensure_future(store.device("d0").set("k", 0))
    await asyncio.to_thread(gate.reached.wait, 20)
    threads = [threading.Thread(target=lambda n=n: asyncio.run(store.device(f"d{n}").set("k", n))) for n in range(1, 6)]
    for thread in threads:
        thread.start()
    here = [asyncio.ensure_future(store.device(f"e{n}").set("k", n)) for n in range(20)]
    await waiting_writes(store, 25)
    gate.open.set()
    await asyncio.gather(first, *here)
    for thread in threads:
        await asyncio.to_thread(thread.join, 20)
    assert store.database.commits - before == 2
    assert [await store.device(f"d{n}").get("k") for n in range(6)] == list(range(6))
    store.close()


async def test_a_write_in_no_hurry_goes_with_the_next_one_and_before_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path, START)
    store.database.company = 3600
    before = store.database.commits
    order: list[int] = []
    slow = [asyncio.ensure_future(store.database.write(lambda _, n=n: order.append(n), hurry=False)) for n in (1, 2)]
    await asyncio.sleep(0)  # both are asked for
    await store.database.write(lambda _: order.append(3))
    await asyncio.gather(*slow)
    assert order == [1, 2, 3]
    assert store.database.commits - before == 1
    store.close()


async def test_a_write_in_no_hurry_is_made_alone_where_nothing_else_comes(tmp_path: Path) -> None:
    store = Store.open(tmp_path, START)
    store.database.company = 0
    await store.database.write(lambda c: c.execute("INSERT INTO meta (key, value) VALUES ('k', 'v')") and None, hurry=False)
    assert store.database.read("SELECT value FROM meta WHERE key='k'") == [{"value": "v"}]
    store.close()


async def test_a_journal_that_is_closed_makes_what_was_in_no_hurry(tmp_path: Path) -> None:
    store = Store.open(tmp_path, START)
    store.database.company = 3600
    slow = asyncio.ensure_future(store.database.write(lambda _: "made", hurry=False))
    await asyncio.sleep(0)
    await asyncio.to_thread(store.close)
    assert await slow == "made"


async def test_a_work_that_fails_undoes_its_own_part_and_not_its_neighbours(tmp_path: Path) -> None:
    gate = Gate()
    gate.open.set()
    store = Store.open(tmp_path, START, before_commit=gate)
    gate.open.clear()
    gate.reached.clear()

    def fails(connection: Connection) -> None:
        connection.execute("INSERT INTO device_state (device, key, value) VALUES ('d1', 'bad', '1')")
        raise KeyError("mine alone")

    first = asyncio.ensure_future(store.device("d1").set("a", 1))
    await asyncio.to_thread(gate.reached.wait, 20)
    bad = asyncio.ensure_future(store.database.write(fails))
    good = asyncio.ensure_future(store.device("d1").set("b", 2))
    await waiting_writes(store, 2)
    gate.open.set()
    outcomes = await asyncio.gather(first, bad, good, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), KeyError, type(None)]
    assert await store.device("d1").items() == {"a": 1, "b": 2}
    store.close()


class Refusing:
    """A connection whose COMMIT fails while `refuse` is set, as on a full disk."""

    refuse = False

    def __init__(self, path: Path) -> None:
        self._connection = connect_sqlite(path)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        if sql == "COMMIT" and Refusing.refuse:
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(sql, parameters)

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def refusing() -> Iterator[type[Refusing]]:
    yield Refusing
    Refusing.refuse = False


@pytest.mark.parametrize("inline", [True, False])
async def test_a_commit_that_fails_reaches_every_caller_and_stores_nothing(
    tmp_path: Path, inline: bool, refusing: type[Refusing]
) -> None:
    store = Store.open(tmp_path, START, inline=inline, connect=refusing)
    refusing.refuse = True
    writes = [store.device("d1").set(f"k{n}", n) for n in range(10)]
    outcomes = await asyncio.gather(*writes, store.journal.accept(new_job("j1")), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {StorageError}
    assert await store.device("d1").items() == {}
    assert store.journal.get("j1") is None
    refusing.refuse = False
    await store.device("d1").set("k", "works again")
    assert await store.device("d1").items() == {"k": "works again"}
    store.close()


async def test_a_disk_that_is_full_in_the_middle_of_a_work_is_a_storage_error(store: Store) -> None:
    def fails(connection: Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
        raise error

    with pytest.raises(StorageError, match="disk I/O error"):
        await store.database.write(fails)
    await store.device("d1").set("k", 1)


async def test_a_write_to_a_closed_journal_is_refused_and_never_hangs(tmp_path: Path) -> None:
    store = Store.open(tmp_path, START)
    store.close()
    with pytest.raises(StorageError, match="closed"):
        await store.device("d1").set("k", 1)


def test_a_client_gets_503_while_the_disk_refuses_and_the_same_key_sells_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bridge.model import RequestError

    async def story(world: World) -> None:
        await world.settle()
        flush = world.bridge.store.database._before_commit

        def full() -> None:
            raise OSError("No space left on device")

        monkeypatch.setattr(world.bridge.store.database, "_before_commit", full)
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.submit(TILL, "d1", "key", sale())
        assert (refusal.value.code, refusal.value.status) == ("server.storage", 503)
        assert world.bridge.health()["journal"]["writable"] is False
        monkeypatch.setattr(world.bridge.store.database, "_before_commit", flush)
        assert (await world.sell(key="key")).success
        assert world.bridge.health()["journal"]["writable"] is True

    in_world(tmp_path, story)


async def test_an_outcome_that_the_disk_refuses_is_written_as_soon_as_it_can_be(tmp_path: Path, refusing: type[Refusing]) -> None:
    store = Store.open(tmp_path, START, connect=refusing)
    tries: list[int] = []

    class Clock(SystemClock):
        async def sleep(self, seconds: float) -> None:
            tries.append(1)
            refusing.refuse = len(tries) < 3

    settlement = Settlement(store.journal, Clock(), PluginRegistry(), {}, Measures(), lambda device_id: "fake")
    refusing.refuse = True
    await settlement._insist(lambda: store.device("d1").set("k", 1))
    assert len(tries) == 3
    assert settlement.trouble is None
    assert await store.device("d1").get("k") == 1
    store.close()


# -- steps ---------------------------------------------------------------------------------------------------------------


async def test_only_legal_steps_are_written_and_an_illegal_one_changes_nothing(store: Store) -> None:
    journal = store.journal
    error = JobError.of("request.aborted")
    await journal.accept(new_job("j1"))
    with pytest.raises(IllegalTransition):
        await journal.unresolved("j1", START, "from queued")
    await journal.checkpoint("j1", "intent", {}, START)
    await journal.done("j1", NUMBER, True, START)
    before = found(store, "j1")
    for step in (
        journal.failed("j1", error, START),
        journal.done("j1", Result(), False, START),
        journal.unresolved("j1", START, "too late"),
        journal.checkpoint("j1", "after", {}, START),
    ):
        with pytest.raises(IllegalTransition):
            await step
    assert found(store, "j1") == before
    await journal.accept(new_job("j2"))
    await journal.failed("j2", error, START)
    with pytest.raises(IllegalTransition):
        await journal.done("j2", NUMBER, True, START)
    assert found(store, "j2").result is None
    with pytest.raises(KeyError):
        await journal.done("nobody", NUMBER, True, START)


async def test_every_transition_is_an_event_whose_number_goes_on_after_a_restart(tmp_path: Path) -> None:
    store = Store.open(tmp_path, START)
    await store.journal.accept(new_job("j1"))
    event = await store.journal.checkpoint("j1", "intent", {}, START)
    assert event is not None
    assert await store.journal.checkpoint("j1", "more", {}, START) is None
    store.close()
    store = Store.open(tmp_path, START)
    later = await store.journal.done("j1", NUMBER, True, START)
    assert event.seq is not None
    assert later.seq is not None
    assert later.seq > event.seq
    store.close()


async def test_the_audit_can_be_added_to_and_nothing_else(store: Store) -> None:
    await store.audit(AuditEntry(START, Actor(principal="admin", label="desk"), "test", "d1", {"why": "because"}))
    row = store.read_audit()[-1]
    assert (row["actor"]["label"], row["detail"]) == ("desk", {"why": "because"})
    for sql in ("UPDATE audit SET action='x'", "DELETE FROM audit"):

        def change(connection: Connection, sql: str = sql) -> None:
            connection.execute(sql)

        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            await store.database.write(change)
    assert store.read_audit()[-1] == row


# -- device state --------------------------------------------------------------------------------------------------------


async def test_allocated_numbers_never_repeat_also_over_a_crash(tmp_path: Path) -> None:
    taken: list[int] = []
    for _ in range(3):
        store = Store.open(tmp_path, START)
        taken += await asyncio.gather(*(store.device("d1").allocate("token") for _ in range(20)))
        firsts = await asyncio.gather(*(store.device("d1").allocate("token", 5) for _ in range(4)))
        taken += [first + step for first in firsts for step in range(5)]
        store.close()
    assert sorted(taken) == list(range(120))


async def test_allocation_wraps_at_its_modulo_and_refuses_what_would_repeat(store: Store) -> None:
    device = store.device("d1")
    assert [await device.allocate("n", modulo=3) for _ in range(5)] == [0, 1, 2, 0, 1]
    assert await device.allocate("n", 2, modulo=3) == 2
    assert await device.allocate("n", modulo=3) == 1
    for count in (0, -1, 4):
        with pytest.raises(ValueError, match="at least one"):
            await device.allocate("n", count, modulo=3)


async def test_a_device_has_its_own_values_and_cannot_touch_the_hosts(store: Store) -> None:
    one, two = store.device("d1"), store.device("d2")
    await one.set("a.x", {"deep": [1, "ż"]})
    await one.set("b", None)
    await two.set("a.x", 2)
    await one.host_set("identity", "pinned")
    assert await one.items() == {"a.x": {"deep": [1, "ż"]}, "b": None}
    assert await one.items("a.") == {"a.x": {"deep": [1, "ż"]}}
    for work in (one.get("#identity"), one.set("#identity", 1), one.delete("#identity"), one.allocate("#identity")):
        with pytest.raises(ValueError, match="host"):
            await work
    await one.forget()
    assert await one.items() == {}
    assert one.host_get("identity") is None
    assert await two.get("a.x") == 2


async def test_a_checkpoint_and_the_devices_values_are_one_transaction(store: Store) -> None:
    await store.journal.accept(new_job("j1"))
    await store.journal.checkpoint("j1", "intent", {"before": 1}, START, {"last": "j1"})
    assert await store.device("d1").get("last") == "j1"
    await store.journal.done("j1", NUMBER, True, START)
    with pytest.raises(IllegalTransition):
        await store.journal.checkpoint("j1", "late", {}, START, {"last": "late"})
    assert await store.device("d1").get("last") == "j1"
    assert [(point.name, point.data) for point in store.journal.checkpoints("j1")] == [("intent", {"before": 1})]


def test_a_driver_cannot_reach_the_hosts_values_through_a_checkpoint(tmp_path: Path) -> None:
    from bridge.plugin import JobContext
    from tests.core.fake_family import FakeDriver

    refusals: list[str] = []

    async def story(world: World) -> None:
        async def sly(context: JobContext, driver: FakeDriver) -> Result | None:
            for name, store in (("#needs_operator", None), ("intent", {"#identity": None})):
                try:
                    await context.checkpoint(name, store=store)
                except ValueError as error:
                    refusals.append(str(error))
            return None

        world.family.behaviour = sly
        assert (await world.sell()).success
        assert len(refusals) == 2
        assert (world.bridge.store.device("d1").host_get("identity") or {})["serial"] == "F-1"

    in_world(tmp_path, story)


# -- retention -----------------------------------------------------------------------------------------------------------


def test_details_go_after_ninety_days_and_key_verdict_and_number_after_five_years(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        day = 86_400.0
        world.family.maintain_every = day
        job = await world.sell(key="old")
        world.devices["d1"].refuse = "77"
        failed = await world.sell(key="failed")
        world.devices["d1"].refuse = None
        await world.settle(89 * day)
        assert (await world.bridge.jobs.get(job.id)).operation is not None
        await world.settle(2 * day)
        kept = await world.bridge.jobs.get(job.id)
        assert (kept.operation, kept.history, kept.state, kept.success) == (None, (), JobState.DONE, True)
        assert kept.result is not None
        assert kept.result.document is not None
        assert kept.result.document.number == "1"
        lost = await world.bridge.jobs.get(failed.id)
        assert (lost.state, lost.success, lost.error) == (JobState.FAILED, False, None)
        assert (await world.sell(key="old")).id == job.id, "the key still answers its first job"
        assert len(world.devices["d1"].issued) == 1
        assert world.bridge.store.database.read("SELECT COUNT(*) AS n FROM events WHERE job=?", (job.id,)) == [{"n": 0}]

    in_world(tmp_path, story)


async def test_after_five_years_the_row_goes_and_unresolved_jobs_stay_for_ever(store: Store) -> None:
    journal = store.journal
    for name in ("done", "doubt", "queued"):
        await journal.accept(new_job(name))
    for name in ("done", "doubt"):
        await journal.checkpoint(name, "intent", {"before": 1}, START)
    await journal.done("done", NUMBER, True, START)
    await journal.unresolved("doubt", START, "the cable")

    async def prune(now: datetime) -> tuple[int, int]:
        return await journal.prune(details_before=now - timedelta(days=90), all_before=now - timedelta(days=5 * 365))

    assert await prune(START + timedelta(days=90)) == (0, 0), "to the day"
    assert await prune(START + timedelta(days=91)) == (1, 0)
    assert await journal.accept(new_job("again", "done")) == KeyTaken("done", "f")
    assert await prune(START + timedelta(days=5 * 365 + 1)) == (0, 1)
    assert journal.get("done") is None
    assert await prune(START + timedelta(days=50 * 365)) == (0, 0)
    doubt = found(store, "doubt")
    assert doubt.operation == {"op": "receipt"}
    assert [step.state for step in doubt.history] == ["queued", "running", "unresolved"]
    assert [point.name for point in journal.checkpoints("doubt")] == ["intent"]
    assert found(store, "queued").operation is not None


# -- amendments ----------------------------------------------------------------------------------------------------------


async def test_amendments_are_numbered_and_the_same_again_is_none(store: Store) -> None:
    journal = store.journal
    await journal.accept(new_job("j1"))
    with pytest.raises(ValueError, match="only what is done"):
        await journal.amend("j1", {"paper": "printed"}, START)
    await journal.checkpoint("j1", "intent", {}, START)
    await journal.done("j1", NUMBER, True, START)
    registered = {"registration": {"state": "registered", "id": "R-1", "at": None}}
    assert await journal.amend("j1", {"paper": "pending"}, START) is not None
    event = await journal.amend("j1", {"paper": "pending", **registered}, START)
    assert event is not None
    assert event.data == registered, "only what changed"
    assert await journal.amend("j1", registered, START) is None
    job = found(store, "j1")
    assert [(item.number, item.changes) for item in job.amendments] == [(1, {"paper": "pending"}), (2, registered)]
    assert job.result is not None
    assert (job.result.registration.id, job.result.document) == ("R-1", NUMBER.document)
    assert (job.state, job.success, len(job.history)) == (JobState.DONE, True, 3)
    with pytest.raises(ValueError, match="no payment"):
        await journal.amend("j1", {"outcome": "reversed"}, START)


def test_an_amendment_never_goes_back_and_a_refusal_raises_an_alert(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        job = await world.sell()
        amend = world.bridge._amend
        await amend(job.id, registration=Registration.model_validate({"state": "offline"}))
        await amend(job.id, registration=Registration.model_validate({"state": "refused", "id": "R-1"}))
        for state in ("none", "online", "offline", "registered"):
            with pytest.raises(ValueError, match="cannot go"):
                await amend(job.id, registration=Registration.model_validate({"state": state}))
        with pytest.raises(ValueError, match="cannot become"):
            await amend(job.id, paper=Paper.PENDING)
        with pytest.raises(ValueError, match="no payment"):
            await amend(job.id, outcome=Outcome.REVERSED)
        with pytest.raises(ValueError, match="no result"):
            await amend("nobody", paper=Paper.PRINTED)
        await world.settle()
        alerts = world.bridge.devices.get("d1")["alerts"]
        assert [(alert["code"], alert["job"]) for alert in alerts] == [("registration.refused", job.id)]

    in_world(tmp_path, story)


def test_a_payment_reversed_afterwards_is_no_success_any_more_and_raises_an_alert(tmp_path: Path) -> None:
    from bridge.plugin import JobContext
    from tests.core.fake_family import FakeDriver

    def decided(outcome: str) -> Result:
        payment = {"outcome": outcome, "requested": "5.00", "approved": "5.00", "currency": "PLN"}
        return Result.model_validate({"payment": payment})

    async def story(world: World) -> None:
        answers = ["approved", "declined"]

        async def pays(context: JobContext, driver: FakeDriver) -> Result | None:
            await context.checkpoint("intent")
            return decided(answers.pop(0))

        world.family.behaviour = pays
        body = {"op": "payment.purchase", "amount": "5.00", "currency": "PLN"}
        job = await world.sell(body)
        assert (job.state, job.success) == (JobState.DONE, True)
        declined = await world.sell(body)
        assert (declined.state, declined.success) == (JobState.DONE, False)
        with pytest.raises(ValueError, match="cannot become"):
            await world.bridge._amend(declined.id, outcome=Outcome.APPROVED)
        for _ in range(2):
            await world.bridge._amend(job.id, outcome=Outcome.REVERSED)
        reversed_ = await world.bridge.jobs.get(job.id)
        assert (reversed_.state, reversed_.success, len(reversed_.amendments)) == (JobState.DONE, False, 1)
        with pytest.raises(ValueError, match="cannot become"):
            await world.bridge._amend(job.id, outcome=Outcome.APPROVED)
        await world.settle()
        assert [alert["code"] for alert in world.bridge.devices.get("d1")["alerts"]] == ["payment.reversed"]

    in_world(tmp_path, story)
