"""One device's trouble is its own; status, idle work, alerts and the stop of the whole."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Actor, JobState, RequestError, Result
from bridge.plugin import DeviceError, JobContext
from tests.core.fake_family import FakeDevice, FakeDriver
from tests.core.world import TILL, World, in_world, sale


async def make_slow(world: World) -> None:
    world.devices["d1"].gate = asyncio.Event()


async def make_dead(world: World) -> None:
    world.devices["d1"].off = True
    world.devices["d1"].cut()


async def make_hanging(world: World) -> None:
    async def hangs(context: JobContext, driver: FakeDriver) -> Result | None:
        if driver.device.device_id == "d1":
            await context.checkpoint("intent")
            await asyncio.Event().wait()
        return None

    world.family.behaviour = hangs


async def make_deaf(world: World) -> None:
    world.devices["d1"].deaf_to = "count"


async def make_wrong(world: World) -> None:
    world.board.plug("d1", FakeDevice(serial="X-9").connect)
    world.devices["d1"].cut()


async def make_doubtful(world: World) -> None:
    world.family.recoveries = ["pending"] * 1000
    world.devices["d1"].lose_answer_of = "issue"


@pytest.mark.parametrize("trouble", [make_slow, make_dead, make_hanging, make_deaf, make_wrong, make_doubtful])
def test_a_device_in_trouble_delays_no_other(tmp_path: Path, trouble: Any) -> None:
    async def story(world: World) -> None:
        loop = asyncio.get_running_loop()
        await world.settle()
        await trouble(world)
        for _ in range(3):
            await world.sell(wait=0)
        for _ in range(20):
            began = loop.time()
            assert (await world.sell(device="d2", wait=60)).success
            assert loop.time() - began < 0.01, "virtual seconds: nothing waited"
            began = loop.time()
            assert (await world.bridge.devices.status("d2"))["live"] is True
            assert loop.time() - began < 0.01
            await world.settle(7)
        assert len(world.devices["d2"].issued) == 20

    in_world(tmp_path, story, devices=2)


# -- status --------------------------------------------------------------------------------------------------------------


def test_status_is_live_when_idle_and_from_before_while_a_job_runs_or_is_in_doubt(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        await world.settle()
        status = world.bridge.devices.status
        first = await status("d1")
        assert (first["live"], first["state"], first["queue"], first["open_jobs"]) == (True, "ready", [], [])
        assert first["status"]["paper"] == "ok"
        pings = device.seen.count("ping")
        device.gate = asyncio.Event()
        job = await world.sell(wait=1)
        waiting = await world.sell(wait=0)
        during = await status("d1")
        assert (during["live"], during["status"]) == (False, first["status"])
        assert (during["queue"], during["open_jobs"]) == ([waiting.id], [job.id, waiting.id])
        assert device.seen.count("ping") == pings
        world.family.recoveries = ["pending"] * 3
        device.lose_answer_of = "issue"
        device.gate.set()
        await world.settle(2)
        assert (await world.bridge.jobs.get(job.id)).state is JobState.UNRESOLVED
        doubt = await status("d1")
        assert (doubt["live"], doubt["status"]) == (False, first["status"])
        assert (await world.bridge.jobs.wait(waiting.id, 60)).success
        after = await status("d1")
        assert after["live"] is True
        assert after["status"]["as_of"] > first["status"]["as_of"]

    in_world(tmp_path, story)


def test_a_device_that_is_away_answers_with_what_it_said_last(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        first = await world.bridge.devices.status("d1")
        await make_dead(world)
        await world.settle(100)
        away = await world.bridge.devices.status("d1")
        assert (away["live"], away["state"], away["status"]["as_of"]) == (False, "offline", first["status"]["as_of"])
        assert away["last_error"]

    in_world(tmp_path, story)


def test_a_device_that_allows_it_is_asked_while_a_job_runs(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def waits(context: JobContext, driver: FakeDriver) -> Result | None:
            await context.checkpoint("intent")
            await asyncio.sleep(30)
            return None

        world.family.status_during_job = "parallel"
        await world.restart()
        await world.settle()
        world.family.behaviour = waits
        job = await world.sell(wait=5)
        assert job.state is JobState.RUNNING
        assert (await world.bridge.devices.status("d1"))["live"] is True
        assert (await world.bridge.jobs.wait(job.id, 60)).success

    in_world(tmp_path, story)


# -- idle work and alerts ------------------------------------------------------------------------------------------------


def test_idle_work_is_done_when_idle_only(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        await world.settle(290)
        idle = len(world.family.maintained)
        assert idle == 5
        device.gate = asyncio.Event()
        running = await world.sell(wait=150)
        assert running.state is JobState.RUNNING
        assert len(world.family.maintained) == idle
        world.family.recoveries = ["pending"] * 1000
        device.lose_answer_of = "issue"
        device.gate.set()
        await world.settle(300)
        assert (await world.bridge.jobs.get(running.id)).state is JobState.UNRESOLVED
        assert len(world.family.maintained) == idle
        world.family.recoveries = []
        await world.settle(200)
        assert len(world.family.maintained) > idle

    in_world(tmp_path, story)


def test_an_alert_is_kept_over_restarts_until_it_is_acknowledged(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.family.alerts = ["the queue is full"]
        await world.settle(100)
        await world.crash()
        await world.start()
        (alert,) = (await world.bridge.devices.status("d1"))["alerts"]
        assert (alert["code"], alert["text"]) == ("fake.alert", "the queue is full")
        await world.bridge.devices.acknowledge_alert(TILL, "d1", alert["id"])
        assert world.bridge.devices.get("d1")["alerts"] == []
        with pytest.raises(RequestError) as refusal:
            await world.bridge.devices.acknowledge_alert(TILL, "d1", alert["id"])
        assert refusal.value.status == 404
        await world.restart()
        assert world.bridge.devices.get("d1")["alerts"] == []
        assert (await world.audit())[-1]["action"] == "alert.acknowledged"

    in_world(tmp_path, story)


# -- who, and what was expected ------------------------------------------------------------------------------------------


def test_a_job_and_an_act_record_who_did_it_with_the_operator_named(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        actor = Actor(principal="till", label="desk 1", os_user="anna")
        body = sale(operator={"name": "Anna", "id": "7"}, expect={"last_document": "41"})
        job = await world.bridge.jobs.submit(actor, "d1", "one", body)
        job = await world.bridge.jobs.wait(job.id, 10)
        assert job.actor == actor.model_copy(update={"operator": {"id": "7", "name": "Anna"}})
        assert job.operation is not None
        assert job.operation["expect"] == {"last_document": "41"}
        world.devices["d1"].off = True
        world.devices["d1"].cut()
        queued = await world.sell(wait=1)
        await world.bridge.jobs.abort(actor, queued.id)
        entry = (await world.audit())[-1]
        assert (entry["action"], entry["subject"], entry["detail"]) == ("job.aborted", queued.id, {"answer": "requested"})
        assert (entry["actor"]["label"], entry["actor"]["os_user"]) == ("desk 1", "anna")

    in_world(tmp_path, story)


def test_what_the_till_expected_and_did_not_find_fails_the_job_with_a_conflict(tmp_path: Path) -> None:
    from bridge.model import JobError

    async def story(world: World) -> None:
        async def checks(context: JobContext, driver: FakeDriver) -> Result | None:
            last = await driver.say("count")
            if last != "41":
                raise DeviceError(JobError.of("request.conflict", f"The last document is {last}."))
            return None

        world.family.behaviour = checks
        job = await world.sell(sale(expect={"last_document": "41"}))
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert (job.error.code, job.error.fate) == ("request.conflict", "not_issued")
        assert world.devices["d1"].issued == []

    in_world(tmp_path, story)


# -- stopping ------------------------------------------------------------------------------------------------------------


def test_a_graceful_stop_lets_the_running_job_end_and_leaves_the_queued_one_for_later(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.gate = asyncio.Event()
        running = await world.sell(wait=1)
        queued = await world.sell(wait=0)
        asyncio.get_running_loop().call_later(3, device.gate.set)
        stopping = asyncio.ensure_future(world.bridge.stop(grace=10))
        await world.settle(1)
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.submit(TILL, "d1", "late", sale())
        assert (refusal.value.code, refusal.value.status) == ("server.stopping", 503)
        await stopping
        assert len(device.issued) == 1
        await world.start()
        assert (await world.bridge.jobs.get(running.id)).success
        assert (await world.bridge.jobs.wait(queued.id, 10)).success
        steps = [step.state for step in (await world.bridge.jobs.get(running.id)).history]
        assert steps == ["queued", "running", "done"]

    in_world(tmp_path, story)


def test_a_stop_without_grace_leaves_the_running_job_to_recovery(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        loop = asyncio.get_running_loop()
        device = world.devices["d1"]
        device.gate = asyncio.Event()
        running = await world.sell(wait=1)
        began = loop.time()
        await world.bridge.stop(grace=0)
        assert loop.time() - began < 6
        device.gate = None
        await world.start()
        job = await world.bridge.jobs.wait(running.id, 30)
        assert job.success
        assert [step.state for step in job.history] == ["queued", "running", "unresolved", "done"]
        assert len(device.issued) == 1

    in_world(tmp_path, story)


def test_a_client_that_waits_is_answered_when_the_bridge_stops(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        loop = asyncio.get_running_loop()
        await make_dead(world)
        job = await world.sell(wait=0)
        waiting = asyncio.ensure_future(world.bridge.jobs.wait(job.id, 100))
        await world.settle(1)
        began = loop.time()
        for runner in world.bridge.jobs.runners.values():
            await runner.stop(0)
        for active in world.bridge.jobs.active.values():
            active.finish()
        assert (await waiting).state is JobState.QUEUED
        assert loop.time() - began < 1

    in_world(tmp_path, story)
