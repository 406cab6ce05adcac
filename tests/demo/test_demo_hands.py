"""What a visitor breaks is armed for the next receipt or done at once, and mending touches nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.cli.demo.hands import TROUBLES, WrongTrouble, make, mend, offered, trouble_of
from tests.demo.toy_stage import SCRIPT, ToyBench, toy_stage

FAULTS = SCRIPT["faults"]


def bench(stage: Any) -> ToyBench:
    found = stage.devices[0].bench
    assert isinstance(found, ToyBench)
    return found


async def test_a_trouble_waits_for_the_next_receipt() -> None:
    stage = toy_stage()
    await make(stage, stage.devices[0], "paper", now=False, byte=None)
    assert (bench(stage).faults, bench(stage).hands) == ([FAULTS["paper_out"]], [])


async def test_a_cable_is_pulled_at_a_byte() -> None:
    stage = toy_stage()
    await make(stage, stage.devices[0], "cable", now=False, byte=17)
    assert bench(stage).faults == [{**FAULTS["cable_out_inside"], "after": 17}]


async def test_a_trouble_that_is_armed_twice_is_armed_once() -> None:
    stage = toy_stage()
    for byte in (17, 40, None):
        await make(stage, stage.devices[0], "cable", now=False, byte=byte)
    assert bench(stage).faults == [FAULTS["cable_out"]]


@pytest.mark.parametrize("name", ["cable", "paper", "power", "cover"])
async def test_a_trouble_is_made_at_once_and_mended(name: str) -> None:
    stage = toy_stage()
    await make(stage, stage.devices[0], name, now=True, byte=None)
    await mend(stage, stage.devices[0], name)
    state = TROUBLES[name].state
    assert bench(stage).hands == [(state, False), (state, True)]


async def test_mending_one_thing_leaves_what_is_armed_of_others() -> None:
    stage = toy_stage()
    for name in ("cable", "paper", "answer"):
        await make(stage, stage.devices[0], name, now=False, byte=None)
    await mend(stage, stage.devices[0], "cable")
    assert bench(stage).faults == [FAULTS["paper_out"], FAULTS["answer_lost"]]


async def test_what_a_family_does_not_have_is_said() -> None:
    stage = toy_stage()
    for name, now, byte in (("power", False, None), ("answer", True, None), ("paper", False, 5), ("fire", False, None)):
        with pytest.raises(WrongTrouble):
            await make(stage, stage.devices[0], name, now=now, byte=byte)
    assert (bench(stage).faults, bench(stage).hands) == ([], [])


def test_only_what_can_be_done_is_offered() -> None:
    told = offered(SCRIPT)
    assert told["cable"] == {"next": True, "byte": True, "now": True}
    assert told["answer"] == {"next": True, "byte": False, "now": False}
    assert told["power"] == {"next": False, "byte": False, "now": True}


def test_a_receipt_that_has_begun_is_still_the_cables_trouble() -> None:
    assert trouble_of({"fault": "cut", "direction": "to_device", "after": 17, "stay": True}, SCRIPT) == "cable"
    assert trouble_of({"fault": "delay", "command": "end", "seconds": 1}, SCRIPT) is None
