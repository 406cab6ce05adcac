"""Hot-plug in virtual time: a device is followed by who it is, whatever its port is called now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bridge.devices import DeviceFile
from bridge.model import DeviceState, JobState
from bridge.transport import Link, WireLog
from tests.core.fake_family import FakeDevice
from tests.core.world import TILL
from tests.discovery.ports_world import PortsWorld, in_ports_world

USB: dict[str, Any] = {"vendor": 0x1234, "product": 1, "serial": "S1", "location": "1-1"}


def state_of(world: PortsWorld, device: str = "d1") -> DeviceState:
    return world.bridge.devices.runtime(device).state


def test_a_device_that_comes_back_under_another_name_is_followed_written_down_and_audited(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        assert (await world.sell()).success
        world.move("d1", "/dev/t1", "/dev/t7")
        assert (await world.sell()).success
        assert world.url("d1") == "serial:///dev/t7?baudrate=19200", "its options stay"
        assert DeviceFile(tmp_path).load()["d1"].url == world.url("d1")
        assert await world.moves() == [("d1", "/dev/t1", "/dev/t7")]
        row = (await world.audit())[-1]
        assert (row["actor"]["principal"], row["detail"]["identity"]["serial"]) == ("system", "F-1")
        await world.restart()
        assert (await world.sell()).success
        assert len(world.devices["d1"].issued) == 3

    in_ports_world(tmp_path, story)


def test_a_document_in_doubt_is_settled_at_the_new_port_and_recovery_is_the_first_traffic(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        device = world.devices["d1"]
        device.lose_answer_of = "issue"
        device.cable.on_cut = lambda: world.move("d1", "/dev/t1", "/dev/t2")
        device.seen.clear()
        job = await world.sell(wait=60)
        assert (job.state, job.success, len(device.issued)) == (JobState.DONE, True, 1)
        issued = next(index for index, command in enumerate(device.seen) if command.startswith("issue"))
        words = [command.split()[0] for command in device.seen[issued + 1 :]]
        assert words[:3] == ["who", "who", "find"], "the probe, the driver, then recovery"

    in_ports_world(tmp_path, story)


def test_a_lookalike_is_asked_who_it_is_and_nothing_else_and_is_never_taken(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.pull_out("/dev/t1", "d1")
        stranger = world.stranger("/dev/t5", **USB)
        job = await world.sell(wait=100)
        assert (job.state, state_of(world)) == (JobState.QUEUED, DeviceState.OFFLINE)
        assert set(stranger.seen) == {"who"}
        assert len(stranger.seen) <= 3, "who is there does not become another by asking"
        world.plug_in("/dev/t6", "d1", **{**USB, "serial": "S1b"})
        assert (await world.bridge.jobs.wait(job.id, 15)).success
        assert (await world.moves(), stranger.issued) == ([("d1", "/dev/t1", "/dev/t6")], [])

    in_ports_world(tmp_path, story)


def test_ports_of_other_devices_and_of_other_programs_are_never_opened(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.around.held["/dev/t8"] = ["till.exe (process 7)"]
        held = world.stranger("/dev/t8", "F-1", **USB)
        world.devices["d3"].off = True
        world.devices["d3"].cut()
        world.pull_out("/dev/t1", "d1")
        await world.settle(1)
        world.opener.opened.clear()
        await world.notice()
        opened = {endpoint.address for endpoint in world.opener.opened}
        assert opened == {"/dev/t1", "/dev/t3"}, "each at its own address only"
        assert world.devices["d2"].connections == 1
        assert world.devices["d2"].seen.count("who") == 1
        assert held.seen == []

    in_ports_world(tmp_path, story, devices=3)


def test_two_devices_whose_ports_were_exchanged_are_both_found_again(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.plug("/dev/t1", "d2")
        world.plug("/dev/t2", "d1")
        for name in ("d1", "d2"):
            world.devices[name].cut()
        await world.notice()
        assert (await world.sell(device="d1")).success
        assert (await world.sell(device="d2")).success
        assert [len(world.devices[name].issued) for name in ("d1", "d2")] == [1, 1]
        assert sorted(await world.moves()) == [("d1", "/dev/t1", "/dev/t2"), ("d2", "/dev/t2", "/dev/t1")]
        assert {name: config.url for name, config in DeviceFile(tmp_path).load().items()} == {
            "d1": "serial:///dev/t2?baudrate=19200",
            "d2": "serial:///dev/t1?baudrate=19200",
        }

    in_ports_world(tmp_path, story, devices=2)


def test_three_devices_whose_ports_went_round_in_a_circle_are_all_found_again(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        for port, device in (("/dev/t1", "d2"), ("/dev/t2", "d3"), ("/dev/t3", "d1")):
            world.plug(port, device)
        for name in ("d1", "d2", "d3"):
            world.devices[name].cut()
        await world.notice()
        for name in ("d1", "d2", "d3"):
            assert (await world.sell(device=name)).success
            assert len(world.devices[name].issued) == 1
        ports = {name: world.bridge.devices.runtime(name).endpoint for name in ("d1", "d2", "d3")}
        assert {name: endpoint.address for name, endpoint in ports.items() if endpoint is not None} == {
            "d1": "/dev/t3",
            "d2": "/dev/t1",
            "d3": "/dev/t2",
        }

    in_ports_world(tmp_path, story, devices=3)


def test_devices_of_one_hub_that_come_back_in_another_order_are_all_found_again(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        for number in (1, 2, 3):
            world.pull_out(f"/dev/t{number}", f"d{number}")
        await world.notice()
        for number, port in ((3, "/dev/t7"), (1, "/dev/t8"), (2, "/dev/t9")):
            world.plug_in(port, f"d{number}")
        for name in ("d1", "d2", "d3"):
            assert (await world.sell(device=name)).success
            assert len(world.devices[name].issued) == 1
        assert sorted(await world.moves()) == [
            ("d1", "/dev/t1", "/dev/t8"),
            ("d2", "/dev/t2", "/dev/t9"),
            ("d3", "/dev/t3", "/dev/t7"),
        ]

    in_ports_world(tmp_path, story, devices=3)


def test_a_device_whose_old_port_has_another_machine_now_is_found_at_its_new_one(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.devices["d1"].cut()
        stranger = world.stranger("/dev/t1", "F-9")
        await world.notice()
        assert state_of(world) is DeviceState.WRONG_DEVICE
        world.plug_in("/dev/t4", "d1")
        assert (await world.sell()).success
        assert set(stranger.seen) == {"who"}
        assert (stranger.issued, await world.moves()) == ([], [("d1", "/dev/t1", "/dev/t4")])

    in_ports_world(tmp_path, story)


def test_a_port_that_was_there_before_and_does_not_look_like_it_is_left_alone(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        world.stranger("/dev/t0", "F-1")

    async def story(world: PortsWorld) -> None:
        world.pull_out("/dev/t1", "d1")
        await world.settle(60)
        assert world.devices["stranger-/dev/t0"].seen == []
        assert state_of(world) is DeviceState.OFFLINE

    in_ports_world(tmp_path, story, before=before)


def test_a_device_that_changed_its_port_while_the_bridge_was_off_is_found_at_the_start(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        await world.bridge.stop(grace=0.1)
        world.move("d1", "/dev/t1", "/dev/t5")
        await world.start()
        assert (await world.sell()).success
        assert await world.moves() == [("d1", "/dev/t1", "/dev/t5")]

    in_ports_world(tmp_path, story)


def test_a_crash_in_the_middle_of_a_sale_and_another_port_afterwards_lose_and_double_nothing(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        device = world.devices["d1"]
        device.gate = asyncio.Event()
        job = await world.sell(wait=1)
        assert (job.state, len(device.issued)) == (JobState.RUNNING, 1), "printed, and the answer has not left yet"
        await world.crash()
        device.gate.set()
        world.move("d1", "/dev/t1", "/dev/t5")
        await world.start()
        settled = await world.bridge.jobs.wait(job.id, 60)
        assert (settled.state, settled.success, len(device.issued)) == (JobState.DONE, True, 1)
        assert await world.moves() == [("d1", "/dev/t1", "/dev/t5")]

    in_ports_world(tmp_path, story)


def test_a_silent_port_is_asked_less_and_less_and_at_once_when_it_is_plugged_in_again(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.pull_out("/dev/t1", "d1")
        silent = world.stranger("/dev/t5", **USB)
        silent.deaf_to = "who"
        await world.settle(3600)
        assert 50 <= len(silent.seen) <= 70, "about once a minute"
        world.pull_out("/dev/t5", "stranger-/dev/t5")
        await world.settle(10)
        asked = len(silent.seen)
        world.plug_in("/dev/t5", "stranger-/dev/t5", **USB)
        await world.settle(10)
        assert len(silent.seen) > asked

    in_ports_world(tmp_path, story)


def test_the_likeliest_port_is_asked_first(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        world.plug_in("/dev/t1", "d1", **USB)

    async def story(world: PortsWorld) -> None:
        world.pull_out("/dev/t1", "d1")
        for port, facts in (
            ("/dev/a-new", {}),
            ("/dev/b-ids", {**USB, "serial": "S2", "location": "1-2"}),
            ("/dev/c-place", {**USB, "serial": "S2"}),
            ("/dev/d-serial", {**USB, "location": "1-9"}),
        ):
            world.stranger(port, **facts)
        world.opener.opened.clear()
        await world.notice()
        asked = [endpoint.address for endpoint in world.opener.opened if endpoint.address != "/dev/t1"]
        assert list(dict.fromkeys(asked)) == ["/dev/d-serial", "/dev/c-place", "/dev/b-ids", "/dev/a-new"]
        assert all(endpoint.options["baudrate"] == "19200" for endpoint in world.opener.opened)

    in_ports_world(tmp_path, story, before=before)


def test_while_nothing_is_missing_ports_are_not_looked_at(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        before = world.around.listings
        await world.settle(3600)
        assert world.around.listings == before == 1, "once, at the connection"

    in_ports_world(tmp_path, story)


def test_ports_that_cannot_be_listed_cost_nothing_but_the_search(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.around.broken = OSError("the driver of the hub fell over")
        world.move("d1", "/dev/t1", "/dev/t5")
        job = await world.sell(wait=10)
        assert job.state is JobState.QUEUED
        world.around.broken = None
        assert (await world.bridge.jobs.wait(job.id, 20)).success

    in_ports_world(tmp_path, story)


def test_a_device_that_never_answered_is_not_looked_for(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        world.devices["d1"].off = True

    async def story(world: PortsWorld) -> None:
        stranger = world.stranger("/dev/t5", **USB)
        await world.settle(60)
        assert stranger.seen == []

    in_ports_world(tmp_path, story, before=before)


def test_a_disk_that_is_full_does_not_keep_the_device_from_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    async def story(world: PortsWorld) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(DeviceFile, "save", full)
            world.move("d1", "/dev/t1", "/dev/t5")
            assert (await world.sell()).success
        assert DeviceFile(tmp_path).load()["d1"].url == "serial:///dev/t1?baudrate=19200"
        await world.restart()
        assert (await world.sell()).success, "found again by who it is"

    in_ports_world(tmp_path, story)


def test_a_probe_that_raises_leaves_the_device_offline_and_everybody_else_at_work(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.family.raise_in.add("probe")
        world.move("d1", "/dev/t1", "/dev/t5")
        assert (await world.sell(wait=20)).state is JobState.QUEUED
        assert (await world.sell(device="d2")).success
        world.family.raise_in.clear()
        await world.settle(60)
        assert state_of(world) is DeviceState.READY

    in_ports_world(tmp_path, story, devices=2)


def test_swapped_network_addresses_are_no_matter_of_ports_and_stay_wrong(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        for host, name in (("10.0.0.1", "d1"), ("10.0.0.2", "d2")):
            world.board.plug(f"{host}:6000", world.devices[name].connect)
            await world.bridge.devices.configure(TILL, name, {"family": "fake", "url": f"tcp://{host}:6000"})
        await world.settle()
        assert state_of(world) is DeviceState.READY
        stranger = FakeDevice(serial="F-9")
        world.board.plug("10.0.0.1:6000", world.devices["d2"].connect)
        world.board.plug("10.0.0.2:6000", stranger.connect)
        for name in ("d1", "d2"):
            world.devices[name].cut()
        await world.notice()
        assert state_of(world, "d1") is state_of(world, "d2") is DeviceState.WRONG_DEVICE
        assert await world.moves() == []

    in_ports_world(tmp_path, story, devices=2)


def test_a_network_printer_that_is_switched_off_and_on_is_served_again_without_a_search(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        device = world.devices["d1"]
        world.board.plug("10.0.0.1:6000", device.connect)
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "tcp://10.0.0.1:6000"})
        await world.settle()
        device.off = True
        device.cut()
        job = await world.sell(wait=90)
        assert (job.state, state_of(world)) == (JobState.QUEUED, DeviceState.OFFLINE)
        listings = world.around.listings
        device.off = False
        assert (await world.bridge.jobs.wait(job.id, 10)).success
        assert (len(device.issued), world.around.listings) == (1, listings)

    in_ports_world(tmp_path, story)


# -- what happens at the same time ---------------------------------------------------------------------------------------


def hold_up(world: PortsWorld, port: str, device: str) -> asyncio.Event:
    """Who opens this port waits until the event is set."""
    go = asyncio.Event()

    async def connect(wire_log: WireLog) -> Link:
        await go.wait()
        return await world.devices[device].connect(wire_log)

    world.board.plug(port, connect)
    return go


def test_a_device_that_is_connected_is_never_moved(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        runtime = world.bridge.devices.runtime("d1")
        assert not await world.bridge.devices.move(runtime, "/dev/t9")
        assert (world.url("d1"), await world.moves()) == ("serial:///dev/t1?baudrate=19200", [])

    in_ports_world(tmp_path, story)


def test_a_connection_to_a_port_that_is_the_devices_no_more_is_given_up(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        runtime = world.bridge.devices.runtime("d1")
        go = hold_up(world, "/dev/t1", "d1")
        world.devices["d1"].cut()
        job = await world.sell(wait=1)
        world.plug("/dev/t9", "d1")
        assert await world.bridge.devices.move(runtime, "/dev/t9")
        go.set()
        assert (await world.bridge.jobs.wait(job.id, 30)).success
        assert world.opener.opened[-1].address == "/dev/t9"

    in_ports_world(tmp_path, story)


def test_what_a_device_saw_at_its_former_port_says_nothing_of_its_present_one(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        old, new = hold_up(world, "/dev/t1", "d2"), hold_up(world, "/dev/t9", "d1")
        world.devices["d1"].cut()
        await world.sell(wait=1)
        assert await world.bridge.devices.move(world.bridge.devices.runtime("d1"), "/dev/t9")
        world.pull_out("/dev/t2", "d2")
        old.set()
        await world.sell(device="d2", wait=2)
        assert state_of(world, "d1") is DeviceState.WRONG_DEVICE, "it has seen d2's machine, at the port that it left"
        assert [move[0] for move in await world.moves()] == ["d1"]
        assert world.url("d2") == "serial:///dev/t2?baudrate=19200"
        new.set()
        await world.settle(5)
        assert state_of(world, "d1") is DeviceState.READY

    in_ports_world(tmp_path, story, devices=2)
