"""The status that is asked for now is an answer to a question that was put now."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.core.world import World, in_world


def test_whoever_asks_while_the_device_is_being_asked_is_told_a_later_answer(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        device, devices = world.devices["d1"], world.bridge.devices
        device.gate, device.gate_of = asyncio.Event(), "ping"
        device.seen.clear()
        first = asyncio.create_task(devices.status("d1"))
        await world.settle(0.1)
        second = asyncio.create_task(devices.status("d1"))
        await world.settle(0.1)
        assert device.seen == ["ping"]
        device.gate.set()
        assert (await first)["status"]["as_of"] is not None
        await second
        assert device.seen == ["ping", "ping"]

    in_world(tmp_path, story)


def test_those_who_ask_together_are_told_one_answer(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].seen.clear()
        await asyncio.gather(*(world.bridge.devices.status("d1") for _ in range(5)))
        assert world.devices["d1"].seen == ["ping"]

    in_world(tmp_path, story)
