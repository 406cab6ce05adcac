"""Identity: a device is pinned to who answered first; another one at its address gets no job and no question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bridge.model import DeviceState, JobState, RequestError
from tests.core.fake_family import FakeDevice
from tests.core.world import TILL, World, in_world


def state_of(world: World, device: str = "d1") -> DeviceState:
    return world.bridge.devices.runtime(device).state


async def swap(world: World, *ports: tuple[str, str]) -> None:
    """Put other devices behind ports, as one does with cables."""
    for port, device in ports:
        world.plug(port, device)
    for device in {device for _, device in ports}:
        world.devices[device].cut()
    await world.settle(120)


def with_a_stranger(story: Callable[[World, FakeDevice], Awaitable[None]]) -> Callable[[World], Awaitable[None]]:
    """A second device that is configured nowhere."""

    async def told(world: World) -> None:
        stranger = FakeDevice(serial="X-9")
        world.devices["stranger"] = stranger
        try:
            await story(world, stranger)
        finally:
            del world.devices["stranger"]

    return told


async def replace(world: World, stranger: FakeDevice) -> None:
    world.board.plug("d1", stranger.connect)
    world.devices["d1"].cut()
    await world.settle(120)


def test_the_first_that_answers_is_pinned_also_over_a_restart(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        assert (await world.sell()).success
        await world.restart()
        await world.settle()
        shown = world.bridge.devices.get("d1")
        assert shown["identity"]["serial"] == "F-1"
        assert shown["state"] == "ready"

    in_world(tmp_path, story)


def test_another_device_at_the_address_gets_no_job_and_the_right_one_is_served_when_it_is_back(tmp_path: Path) -> None:
    @with_a_stranger
    async def story(world: World, stranger: FakeDevice) -> None:
        await world.settle()
        await replace(world, stranger)
        assert state_of(world) is DeviceState.WRONG_DEVICE
        job = await world.sell(wait=30)
        assert job.state is JobState.QUEUED
        assert job.attention is not None
        assert job.attention.code == "device.wrong_device"
        assert "F-1" in job.attention.text
        assert "X-9" in job.attention.text
        assert set(stranger.seen) == {"who"}, "it is asked who it is, and nothing else"
        status = await world.bridge.devices.status("d1")
        assert (status["live"], status["state"]) == (False, "wrong_device")
        world.plug("d1", "d1")
        assert (await world.bridge.jobs.wait(job.id, 60)).success
        assert (len(world.devices["d1"].issued), stranger.issued) == (1, [])

    in_world(tmp_path, story)


def test_a_wrong_device_is_not_asked_what_became_of_the_right_ones_document(tmp_path: Path) -> None:
    @with_a_stranger
    async def story(world: World, stranger: FakeDevice) -> None:
        device = world.devices["d1"]
        await world.settle()
        device.lose_answer_of = "issue"
        world.board.plug("d1", stranger.connect)
        job = await world.sell(wait=100)
        assert job.state is JobState.UNRESOLVED
        assert set(stranger.seen) == {"who"}
        world.plug("d1", "d1")
        settled = await world.bridge.jobs.wait(job.id, 60)
        assert settled.success
        assert len(device.issued) == 1

    in_world(tmp_path, story)


def test_an_administrator_accepts_another_device_and_the_audit_keeps_both_names(tmp_path: Path) -> None:
    @with_a_stranger
    async def story(world: World, stranger: FakeDevice) -> None:
        await world.settle()
        with pytest.raises(RequestError) as refusal:
            await world.bridge.devices.accept(TILL, "d1", "identity", "no reason at all")
        assert refusal.value.code == "request.conflict"
        await replace(world, stranger)
        with pytest.raises(RequestError) as refusal:
            await world.bridge.devices.accept(TILL, "d1", "identity", " ")
        assert refusal.value.errors[0].field == "reason"
        await world.bridge.devices.accept(TILL, "d1", "identity", "the old one broke")
        await world.settle(10)
        assert state_of(world) is DeviceState.READY
        assert (await world.sell()).success
        assert len(stranger.issued) == 1
        entry = (await world.audit())[-1]
        assert (entry["action"], entry["actor"]["principal"], entry["subject"]) == ("identity.accepted", "till", "d1")
        assert (entry["detail"]["old"]["serial"], entry["detail"]["new"]["serial"]) == ("F-1", "X-9")
        assert entry["detail"]["reason"] == "the old one broke"
        await world.restart()
        await world.settle()
        assert state_of(world) is DeviceState.READY

    in_world(tmp_path, story)


def test_accepting_another_device_leaves_the_old_ones_doubt_to_a_person_also_over_a_restart(tmp_path: Path) -> None:
    @with_a_stranger
    async def story(world: World, stranger: FakeDevice) -> None:
        await world.settle()
        world.devices["d1"].lose_answer_of = "issue"
        world.board.plug("d1", stranger.connect)
        job = await world.sell(wait=100)
        await world.bridge.devices.accept(TILL, "d1", "identity", "the old one broke")
        await world.settle(60)
        job = await world.bridge.jobs.get(job.id)
        assert job.state is JobState.UNRESOLVED
        assert job.attention is not None
        assert job.attention.code == "resolve"
        await world.restart()
        await world.settle(60)
        assert (await world.bridge.jobs.get(job.id)).state is JobState.UNRESOLVED
        assert "find" not in {command.split()[0] for command in stranger.seen}
        waiting = await world.sell(wait=5)
        assert waiting.state is JobState.QUEUED, "doubt owns the device, whichever it is"
        settled = await world.bridge.jobs.resolve(TILL, job.id, "issued", "the paper lies here", "1")
        assert settled.state is JobState.DONE
        assert (await world.bridge.jobs.wait(waiting.id, 30)).success

    in_world(tmp_path, story)


def test_one_device_configured_under_two_names_is_refused_as_soon_as_it_answers(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.plug("other", "d1")
        await world.bridge.devices.configure(TILL, "twin", {"family": "fake", "url": "null://other"})
        await world.settle(20)
        shown = world.bridge.devices.get("twin")
        assert (shown["state"], shown["identity"]) == ("wrong_device", None)
        assert "d1" in shown["reason"]
        with pytest.raises(RequestError, match="d1"):
            await world.bridge.devices.accept(TILL, "twin", "identity", "I want both")
        await world.bridge.devices.remove(TILL, "d1")
        await world.settle(20)
        assert state_of(world, "twin") is DeviceState.READY

    in_world(tmp_path, story)


def test_of_two_names_for_one_new_device_only_one_is_served(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.plug("a", "d1")
        world.plug("b", "d1")
        await world.bridge.devices.remove(TILL, "d1")
        for name in ("a", "b"):
            await world.bridge.devices.configure(TILL, name, {"family": "fake", "url": f"null://{name}"})
        await world.settle(20)
        assert sorted(state_of(world, name) for name in ("a", "b")) == [DeviceState.READY, DeviceState.WRONG_DEVICE]

    in_world(tmp_path, story)


def test_one_endpoint_twice_is_refused_unless_its_kind_is_shareable(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        configure = world.bridge.devices.configure
        with pytest.raises(RequestError) as refusal:
            await configure(TILL, "d2", {"family": "fake", "url": "null://d1?x=1"})
        assert (refusal.value.code, refusal.value.status, refusal.value.errors[0].field) == ("request.exists", 409, "url")
        assert "d1" in refusal.value.detail
        assert "d2" not in world.bridge.devices.runtimes
        for name in ("g1", "g2"):
            await configure(TILL, name, {"family": "fake", "url": "http://127.0.0.1:3010"})
        assert {"g1", "g2"} <= set(world.bridge.devices.runtimes)

    in_world(tmp_path, story)


def test_new_firmware_is_the_same_device(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.family.firmware = "2.0"
        world.devices["d1"].cut()
        assert (await world.sell()).success
        assert state_of(world) is DeviceState.READY

    in_world(tmp_path, story)


def test_two_devices_with_their_cables_swapped_sell_nothing_until_they_are_swapped_back(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        await swap(world, ("d1", "d2"), ("d2", "d1"))
        assert state_of(world, "d1") is state_of(world, "d2") is DeviceState.WRONG_DEVICE
        with pytest.raises(RequestError, match="d2"):
            await world.bridge.devices.accept(TILL, "d1", "identity", "swap them in the books")
        first = await world.sell(device="d1", wait=1)
        second = await world.sell(device="d2", wait=1)
        await swap(world, ("d1", "d1"), ("d2", "d2"))
        for job in (first, second):
            assert (await world.bridge.jobs.get(job.id)).success or (await world.bridge.jobs.get(job.id)).state is JobState.FAILED
        assert (await world.sell(device="d1")).success
        assert (await world.sell(device="d2")).success
        assert world.devices["d1"].issued[-1] != world.devices["d2"].issued[-1]

    in_world(tmp_path, story, devices=2)


def test_devices_that_tell_no_number_are_not_taken_for_one_another(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        other = FakeDevice(serial="")
        world.devices["other"] = other
        try:
            world.devices["d1"].serial = ""
            await world.settle()
            world.board.plug("other", other.connect)
            await world.bridge.devices.configure(TILL, "second", {"family": "fake", "url": "null://other"})
            await world.settle()
            assert (state_of(world), state_of(world, "second")) == (DeviceState.READY, DeviceState.READY)
        finally:
            del world.devices["other"]

    in_world(tmp_path, story)
