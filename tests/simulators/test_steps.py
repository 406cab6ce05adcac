"""A command of a simulated device, step by step."""

from __future__ import annotations

import asyncio
from collections.abc import Generator

from bridge_simulators.steps import Steps
from posnet_host import in_virtual_time


class Device:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.steps = Steps[str](self.ended)

    def ended(self, value: str) -> None:
        self.done.append(f"{value}, busy: {self.steps.busy}")

    def work(self, name: str, *seconds: float) -> Generator[float, None, str]:
        for number, wait in enumerate(seconds):
            self.done.append(f"{name} {number}")
            yield wait
        return name


def test_what_takes_no_time_is_done_at_once() -> None:
    device = Device()
    device.steps.begin(device.work("Z"))
    assert device.done == ["Z, busy: False"]


def test_each_step_comes_after_its_seconds() -> None:
    async def scenario() -> None:
        device = Device()
        device.steps.begin(device.work("Z", 2, 3))
        assert (device.steps.busy, device.done) == (True, ["Z 0"])
        await asyncio.sleep(2.5)
        assert device.done == ["Z 0", "Z 1"]
        await asyncio.sleep(3)
        assert device.done == ["Z 0", "Z 1", "Z, busy: False"]

    in_virtual_time(scenario())


def test_what_was_under_way_without_power_never_goes_on() -> None:
    async def scenario() -> None:
        device = Device()
        device.steps.begin(device.work("Z", 2))
        device.steps.stop()
        assert not device.steps.busy
        await asyncio.sleep(3)
        assert device.done == ["Z 0"]

    in_virtual_time(scenario())


def test_a_step_that_brings_the_power_down_ends_nothing_and_waits_for_nothing() -> None:
    async def scenario() -> None:
        device = Device()

        def falls(*, waits: bool) -> Generator[float, None, str]:
            device.steps.stop()
            if waits:
                yield 1
            return "fallen"

        device.steps.begin(falls(waits=False))
        device.steps.begin(falls(waits=True))
        device.steps.begin(device.work("after", 2))
        await asyncio.sleep(3)
        assert device.done == ["after 0", "after, busy: False"]

    in_virtual_time(scenario())
