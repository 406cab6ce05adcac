"""Events: from the journal and live, each once and in order; what is no longer kept is told plainly."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.model import Choice, EventKind, RequestError
from bridge.server.websocket.messages import NOTIFICATIONS
from bridge.store import EventsPruned
from tests.sockets import Refused, SocketClient


async def until(client: SocketClient, seq: int) -> list[dict[str, Any]]:
    """Notifications up to the event `seq`, device updates left out."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["params"]["seq"] < seq:
        told = await client.event()
        NOTIFICATIONS[told["method"]].model_validate(told["params"])
        if told["method"] != "device.updated":
            found.append(told)
    return found


async def test_a_jobs_life_is_told_with_the_job_as_it_stands(station: Any) -> None:
    client = await station.session()
    begun = await client.call("events.subscribe")
    job = await station.sell(reference="R-1")
    told = await until(client, begun["after"] + 3)
    assert [(event["method"], event["params"]["state"]) for event in told] == [
        ("job.updated", "queued"),
        ("job.updated", "running"),
        ("job.updated", "done"),
    ]
    assert [event["params"]["seq"] for event in told] == [begun["after"] + number for number in (1, 2, 3)]
    last = told[-1]["params"]
    assert (last["job_id"], last["device"], last["job"]["reference"]) == (job.id, "d1", "R-1")
    assert last["job"] == await client.call("jobs.get", job=job.id)


async def test_resuming_gives_what_was_missed_and_goes_on_without_a_gap(station: Any) -> None:
    await station.sell()
    first = await station.session()
    begun = await first.call("events.subscribe", after=0)
    assert begun["last"] == 3
    seen = await until(first, 3)
    await first.drop()
    for _ in range(40):  # more than a page
        await station.sell()
    second = await station.session()
    await second.call("events.subscribe", after=seen[-1]["params"]["seq"], epoch=begun["epoch"])
    await station.sell()
    assert [event["params"]["seq"] for event in await until(second, 126)] == list(range(4, 127))


async def test_all_who_listen_hear_everything_in_order_while_jobs_run_beside_each_other(station: Any) -> None:
    clients = [await station.session() for _ in range(5)]
    for client in clients:
        await client.call("events.subscribe", after=0)
    await asyncio.gather(*(station.sell(device) for device in ("d1", "d2") * 10))
    for client in clients:
        assert [event["params"]["seq"] for event in await until(client, 60)] == list(range(1, 61))


async def test_after_a_restart_the_same_numbers_go_on(station: Any) -> None:
    client = await station.session()
    epoch = client.welcome["epoch"]
    await station.sell()
    await station.restart()
    client = await station.session()
    assert client.welcome["epoch"] == epoch
    await client.call("events.subscribe", after=2, epoch=epoch)
    await station.sell()
    assert [event["params"]["seq"] for event in await until(client, 6)] == [3, 4, 5, 6]


async def test_a_read_of_the_journal_serves_all_who_listen(station: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clients = [await station.session() for _ in range(4)]
    for client in clients:
        await client.call("events.subscribe")
    reads: list[str] = []
    find = station.bridge.events._find_job
    monkeypatch.setattr(station.bridge.events, "_find_job", lambda job_id: reads.append(job_id) or find(job_id))
    await station.sell()
    for client in clients:
        await until(client, 3)
    assert len(reads) <= 3


async def test_what_retention_dropped_is_told_with_the_place_to_go_on_from(station: Any) -> None:
    for _ in range(2):
        await station.sell()
    now = datetime.now(UTC) + timedelta(days=1)
    await station.bridge.store.journal.prune(details_before=now, all_before=now - timedelta(days=900))
    await station.sell()
    client = await station.session()
    epoch = client.welcome["epoch"]
    for after in (0, 5):
        with pytest.raises(Refused) as refused:
            await client.call("events.subscribe", after=after, epoch=epoch)
        problem = refused.value.problem
        assert (problem["code"], problem["status"], problem["reason"]) == ("events.gone", 410, "pruned")
        assert (problem["pruned"], problem["last"], problem["epoch"]) == (6, 9, epoch)
    await client.call("events.subscribe", after=6, epoch=epoch)
    assert [event["params"]["seq"] for event in await until(client, 9)] == [7, 8, 9]


async def test_pruning_keeps_its_mark_over_restarts_and_never_takes_it_back(station: Any) -> None:
    await station.sell()
    now = datetime.now(UTC)
    for _ in range(2):
        await station.bridge.store.journal.prune(details_before=now + timedelta(days=1), all_before=now - timedelta(days=900))
    await station.restart()
    assert (station.bridge.store.events.span().pruned, station.bridge.store.events.span().last) == (3, 3)
    with pytest.raises(EventsPruned):
        station.bridge.store.events.after(2, 10)
    assert station.bridge.store.events.after(3, 10) == []


async def test_a_client_that_is_behind_what_is_dropped_while_it_replays_is_told(
    station: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(20):
        await station.sell()
    client = await station.session()
    after = station.bridge.store.events.after
    monkeypatch.setattr("bridge.server.websocket.subscription._PAGE", 10)

    def pruned_meanwhile(seq: int, limit: int) -> Any:
        if seq >= 10:
            raise EventsPruned(50)
        return after(seq, limit)

    monkeypatch.setattr(station.bridge.store.events, "after", pruned_meanwhile)
    await client.call("events.subscribe", after=0)
    assert [event["params"]["seq"] for event in await until(client, 10)] == list(range(1, 11))
    reset = await client.event()
    assert (reset["method"], reset["params"]["pruned"], reset["params"]["last"]) == ("events.reset", 50, 60)
    NOTIFICATIONS["events.reset"].model_validate(reset["params"])


@pytest.mark.parametrize("seen", [1, 1_000_000])
async def test_another_journal_is_noticed_however_far_it_has_come(station: Any, seen: int) -> None:
    client = await station.session()
    epoch = client.welcome["epoch"]
    await station.sell()
    await station.stop()
    for file in station.data_dir.glob("journal.db*"):
        file.unlink()
    await station.start()
    client = await station.session()
    assert client.welcome["epoch"] != epoch
    with pytest.raises(Refused) as refused:
        await client.call("events.subscribe", after=seen, epoch=epoch)
    assert (refused.value.code, refused.value.problem["reason"]) == ("events.gone", "other_journal")
    with pytest.raises(Refused) as refused:
        await client.call("events.subscribe", after=seen, epoch=client.welcome["epoch"])
    assert (refused.value.code, refused.value.problem["reason"]) == ("events.gone", "ahead")


async def test_only_the_devices_and_kinds_asked_for(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", after=0, devices=["d2"], kinds=["job.updated"])
    await station.sell("d1")
    await station.sell("d2")
    assert [event["params"]["seq"] for event in await until(client, 6)] == [4, 5, 6]


async def test_a_new_subscription_takes_the_place_of_the_old_and_unsubscribe_ends_it(station: Any) -> None:
    await station.sell()
    client = await station.session()
    assert await client.call("events.unsubscribe") == {"after": None}
    await client.call("events.subscribe", after=0, kinds=["job.updated"])
    await client.call("events.subscribe", after=0, kinds=["job.updated"])
    assert [event["params"]["seq"] for event in await until(client, 3)][-3:] == [1, 2, 3]
    await station.sell()
    await until(client, 6)
    assert await client.call("events.unsubscribe") == {"after": 6}
    await station.sell()
    await client.call("events.subscribe", kinds=["job.updated"])
    await station.sell()
    assert [event["params"]["seq"] for event in await until(client, 12)] == [10, 11, 12]


async def test_prompts_are_told_and_answered_over_the_socket(station: Any) -> None:
    async def ask(context: Any, driver: Any) -> None:
        if (
            await context.ask(
                "Signature ok?", (Choice(code="yes", text="Yes"), Choice(code="no", text="No")), timeout=60, default="no"
            )
            == "no"
        ):
            raise AssertionError("it was answered with yes")

    station.family.behaviour = ask
    client = await station.session()
    await client.call("events.subscribe")
    sale = asyncio.create_task(station.sell())
    asked = (await client.event("job.prompt"))["params"]
    assert asked["attention"]["text"] == "Signature ok?"
    await client.call("jobs.answer", job=asked["job_id"], prompt_id=asked["attention"]["prompt_id"], choice="yes")
    assert (await client.event("job.prompt"))["params"]["attention"] is None
    assert (await sale).success


async def test_amendments_are_told_with_what_changed(station: Any) -> None:
    from bridge.model import Registration, RegistrationState

    job = await station.sell()
    client = await station.session()
    await client.call("events.subscribe")
    await station.bridge._amend(job.id, registration=Registration(state=RegistrationState.REGISTERED, id="R-77"))
    told = (await client.event("job.amended"))["params"]
    assert told["changes"]["registration"]["id"] == "R-77"
    assert told["job"]["result"]["registration"]["state"] == "registered"
    assert told["job"]["amendments"][0]["number"] == 1


async def test_devices_are_told_as_they_stand_and_as_they_change_in_one_message_for_a_burst(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["device.updated"], devices=["d1"])
    first = (await client.event())["params"]
    assert (first["device"], first["status"]["state"]) == ("d1", "ready") or first["status"]["state"] == "connecting"
    device = station.bridge.devices.runtime("d1")
    # At once, so that they share a commit or two: a slow disk must not draw the burst out.
    await asyncio.gather(*(device.raise_alert("test", f"alert {number}") for number in range(20)))
    await device.raise_alert("test", "the last one")
    told = 0
    while True:
        update = (await client.event())["params"]
        told += 1
        if len(update["status"]["alerts"]) == 21:
            break
    assert told < 20
    status = await client.call("devices.status", device="d1")
    assert set(update["status"]) == set(status) - {"live"}


async def test_a_removed_device_is_told_as_gone(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["device.updated"], devices=["d2"])
    await client.event()
    await client.call("devices.remove", device="d2")
    while (told := (await client.event())["params"])["status"] is not None:
        pass
    assert told == {"device": "d2", "status": None}


async def test_nothing_is_told_that_was_not_committed(station: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that was rolled back is given again: telling it early would tell two events by one number."""
    client = await station.session()
    await client.call("events.subscribe", after=0, kinds=["job.updated"])
    while not all(runtime.capabilities_fresh for runtime in station.bridge.devices.runtimes.values()):
        await asyncio.sleep(0.001)  # what the devices themselves write must not meet the full disk

    def refuse() -> None:
        monkeypatch.undo()
        raise OSError("disk full")

    monkeypatch.setattr(station.bridge.store.database, "_before_commit", refuse)
    with pytest.raises(RequestError, match="nothing was stored"):
        await station.sell(reference="lost")
    job = await station.sell(reference="kept")
    told = await until(client, 3)
    assert [event["params"]["job"]["reference"] for event in told] == ["kept"] * 3
    assert {event["params"]["job_id"] for event in told} == {job.id}


async def test_one_who_fails_while_listening_hurts_nobody_else(station: Any, caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        position = 0

        def happened(self, event: object) -> None:
            raise ZeroDivisionError

        changed = happened

        def lost(self, pruned: int) -> None:
            self.position = -1

    broken = Broken()
    station.bridge.events.join(broken)
    client = await station.session()
    await client.call("events.subscribe", after=0)
    await station.sell()
    await until(client, 3)
    assert broken.position == -1
    assert "ZeroDivisionError" in caplog.text


def test_every_kind_of_event_is_a_notification() -> None:
    assert {kind.value for kind in EventKind} < set(NOTIFICATIONS)
