"""Time-outs of one device: set with limits, named when they run out, and never a reason to guess."""

from __future__ import annotations

import asyncio
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.model import JobState, RequestError
from bridge.transport import Link, LinkTimeout, WireLog
from tests.core.fake_family import FakeDriver
from tests.core.world import TILL, World, in_world, sale


async def configure(world: World, **groups: dict[str, float]) -> dict[str, Any]:
    return await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "null://d1", **groups})


async def for_ever(*_: Any) -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("groups", "field"),
    [
        ({"timeouts": {"open": 0}}, "timeouts.open"),
        ({"timeouts": {"open": 121}}, "timeouts.open"),
        ({"timeouts": {"silence": "long"}}, "timeouts.silence"),
        ({"timeouts": {"opn": 5}}, "timeouts.opn"),
        ({"deadlines": {"document": -1}}, "deadlines.document"),
    ],
)
def test_a_time_out_out_of_its_limits_is_refused_by_name(tmp_path: Path, groups: dict[str, Any], field: str) -> None:
    async def story(world: World) -> None:
        with pytest.raises(RequestError) as refusal:
            await configure(world, **groups)
        assert [error.field for error in refusal.value.errors] == [field]

    in_world(tmp_path, story)


def test_time_outs_are_told_and_outlive_a_restart(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        shown = await configure(world, timeouts={"open": 10, "http": 3.5})
        assert (shown["timeouts"]["open"], shown["timeouts"]["http"], shown["timeouts"]["ask"]) == (10, 3.5, 60)
        await world.restart()
        assert world.bridge.devices.get("d1")["timeouts"] == shown["timeouts"]

    in_world(tmp_path, story)


def test_a_link_that_does_not_open_in_time_says_which_time_out_it_was(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.board.plug("d1", for_ever)
        await configure(world, timeouts={"open": 3})
        job = await world.sell(wait=20)
        said = "timeouts.open (3 s) ran out: opening null://d1"
        assert world.bridge.devices.get("d1")["reason"] == said
        assert job.attention is not None
        assert job.attention.text == said
        ended = await world.bridge.jobs.wait(job.id, 200)
        assert ended.error is not None
        assert ended.error.message == f"deadlines.document (120 s) ran out: d1 is offline: {said} Nothing was issued."

    in_world(tmp_path, story)


def test_a_deadline_of_the_requests_own_is_called_so(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.board.plug("d1", for_ever)
        await configure(world, deadlines={"document": 60})
        until = world.bridge.devices._services.clock.now() + timedelta(seconds=40)
        own = await world.sell(sale(deadline=until.isoformat()), wait=200)
        usual = await world.sell(wait=200)
        assert own.error is not None
        assert own.error.message.startswith("The deadline of the request (40 s) ran out: d1 is offline: ")
        assert usual.error is not None
        assert usual.error.message.startswith("deadlines.document (60 s) ran out: ")

    in_world(tmp_path, story)


def test_a_device_that_does_not_say_what_it_is_is_offline_with_the_time_out_named(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].deaf_to = "who"
        await configure(world, timeouts={"identify": 7})
        await world.settle(15)
        shown = world.bridge.devices.get("d1")
        assert shown["reason"] == "timeouts.identify (7 s) ran out: the device did not say what it is"
        world.devices["d1"].deaf_to = None
        assert (await world.sell()).success

    in_world(tmp_path, story)


def test_a_driver_that_does_not_tell_what_its_device_can_do_costs_the_link_and_the_time_out_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(world: World) -> None:
        monkeypatch.setattr(FakeDriver, "capabilities", for_ever)
        await configure(world, timeouts={"ask": 4})
        await world.settle(8)
        assert world.bridge.devices.runtime("d1").last_error == "timeouts.ask (4 s) ran out: the driver gave no answer"

    in_world(tmp_path, story)


def test_a_time_out_of_the_drivers_own_is_no_time_out_of_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def raises(self: FakeDriver) -> Any:
        raise TimeoutError("its own")

    async def story(world: World) -> None:
        monkeypatch.setattr(FakeDriver, "capabilities", raises)
        await configure(world)
        await world.settle(2)
        said = world.bridge.devices.runtime("d1").last_error or ""
        assert "its own" in said
        assert "timeouts.ask" not in said

    in_world(tmp_path, story)


def test_a_time_out_behind_the_intent_is_doubt_and_the_device_decides(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await configure(world, timeouts={"silence": 5})
        device = world.devices["d1"]
        device.gate = asyncio.Event()  # it issues, and its answer never comes
        job = await world.sell(wait=0)
        await world.settle(9)
        assert len(device.issued) == 1
        device.gate.set()
        ended = await world.bridge.jobs.wait(job.id, 60)
        note = next(step.note for step in ended.history if step.state is JobState.UNRESOLVED)
        assert note == "timeouts.silence (5 s) ran out: its plugin gave no sign of life"
        assert ended.success
        assert len(device.issued) == 1

    in_world(tmp_path, story)


def test_the_pause_between_attempts_to_reach_a_device_is_its_own(tmp_path: Path) -> None:
    attempts: list[float] = []

    async def refuses(wire_log: WireLog) -> Link:
        attempts.append(asyncio.get_running_loop().time())
        raise LinkTimeout("nobody there")

    async def story(world: World) -> None:
        await world.settle()
        world.board.plug("d1", refuses)
        await configure(world, timeouts={"reconnect": 20})
        await world.settle(70)
        pauses = [round(later - earlier, 3) for earlier, later in itertools.pairwise(attempts)]
        assert pauses == [0.5, 1.0, 2.0, 20.0, 20.0, 20.0]

    in_world(tmp_path, story)
