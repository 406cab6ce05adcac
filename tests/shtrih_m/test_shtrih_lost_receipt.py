"""A lost answer to FF45h, which closes the receipt, through the whole bridge in each link layer: the one moment that must never
lose or double a document. The cable harness cuts everywhere; here the moment has its name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.bridge import Bridge
from bridge.model import Actor, Job
from bridge.plugin import PluginRegistry
from bridge.transport import LinkOpener, LoopClock, NullModemBoard, run_virtual
from tests.harness.bench import FamilyBench
from tests.harness.benches import bench_named
from tests.harness.cable import START
from tests.harness.shtrih_bench import ShtrihUnderTest
from tests.toys.cables import TestCable

ACTOR = Actor(principal="test")
LAYERS = ("shtrih-m", "shtrih-m-tcp", "shtrih-m-v2")
COMMANDS = {"shtrih-m": "FF45", "shtrih-m-tcp": "FF45", "shtrih-m-v2": "FF45", "shtrih-m-old": "85"}


async def _sell(
    directory: Path, layer: str, faults: Sequence[dict[str, Any]], name: str = "sale", **settings: Any
) -> tuple[Job, ShtrihUnderTest]:
    """One document with these faults in its way, and what became of it."""
    bench: FamilyBench = bench_named(layer)
    variant = next(variant for variant in bench.variants() if variant.name == "ordinary")
    clock = LoopClock(START)
    device = bench.create(variant, clock.now)
    assert isinstance(device, ShtrihUnderTest)
    registry = PluginRegistry()
    for plugin, entry in bench.plugins():
        registry.add(plugin, entry)
    board = NullModemBoard()
    cable = TestCable()
    board.plug(bench.name, lambda wire_log: device.open(cable, wire_log))
    bridge = await Bridge.open(directory, registry=registry, clock=clock, opener=LinkOpener(board), inline=True)
    await bridge.start()
    try:
        await bridge.devices.configure(
            ACTOR, "till", {"family": bench.family, "url": f"null://{bench.name}", "settings": bench.settings(variant)}
        )
        device.register.switch({name: str(value) for name, value in settings.items()})
        device.register.faults.arm(*faults)
        scenario = next(scenario for scenario in bench.scenarios() if scenario.name == name)
        job = await bridge.jobs.submit(ACTOR, "till", "sale", dict(scenario.body))
        for _ in range(60):
            job = await bridge.jobs.wait(job.id, 10)
            if job.state.final or (job.attention is not None and job.attention.code == "resolve"):
                break
            await asyncio.sleep(1)
        return job, device
    finally:
        await bridge.stop()


def sell(directory: Path, layer: str, fault: dict[str, Any], **settings: Any) -> tuple[Job, ShtrihUnderTest]:
    outcome: tuple[Job, ShtrihUnderTest] = run_virtual(_sell(directory, layer, [fault], **settings))
    return outcome


def assert_issued_once(job: Job, device: ShtrihUnderTest, kind: str = "receipt") -> None:
    receipts = [document for document in device.register.documents() if document.kind == kind]
    assert [document.total for document in receipts] == ["27.00"]
    assert (job.state, job.success) == ("done", True), job.error or job.attention
    assert job.result is not None
    assert job.result.document is not None
    assert job.result.document.number == receipts[0].number
    assert device.left_open() is None


@pytest.mark.parametrize("layer", [*LAYERS, "shtrih-m-old"])
def test_an_answer_lost_with_the_connection_is_read_again_or_the_fn_is_asked(tmp_path: Path, layer: str) -> None:
    for step in ("after", "answer"):
        fault = {"fault": "cut_command", "command": COMMANDS[layer], "step": step}
        assert_issued_once(*sell(tmp_path / step, layer, fault))


@pytest.mark.parametrize("layer", [*LAYERS, "shtrih-m-old"])
def test_an_answer_lost_on_a_line_that_stays_up_is_asked_for_and_the_receipt_not_closed_twice(tmp_path: Path, layer: str) -> None:
    assert_issued_once(*sell(tmp_path, layer, {"fault": "drop", "command": COMMANDS[layer]}))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_damaged_answer_is_asked_for_again(tmp_path: Path, layer: str, times: int) -> None:
    assert_issued_once(*sell(tmp_path, layer, {"fault": "corrupt", "command": "FF45", "times": times}))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("step", ["recorded", "after", "answer"])
def test_a_power_cut_behind_the_closing_leaves_a_receipt_that_is_found_in_the_fn(tmp_path: Path, layer: str, step: str) -> None:
    fault = {"fault": "power_cut", "command": "FF45", "step": step, "restart": 2.0}
    assert_issued_once(*sell(tmp_path, layer, fault))


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("at_power_on", ["keep", "cancel", "half"])
def test_a_power_cut_before_the_closing_issues_nothing_and_leaves_nothing_open(
    tmp_path: Path, layer: str, at_power_on: str
) -> None:
    fault = {"fault": "power_cut", "command": "FF45", "step": "before", "restart": 2.0}
    job, device = sell(tmp_path, layer, fault, open_receipt_at_power_on=at_power_on)
    assert job.state == "failed"
    assert all(document.kind != "receipt" for document in device.register.documents())
    assert device.left_open() is None


@pytest.mark.parametrize("layer", ["shtrih-m", "shtrih-m-tcp"])
@pytest.mark.parametrize("fault", ["ack_lost", "nak"])
def test_an_ack_that_is_lost_and_a_nak_to_a_good_frame_close_the_receipt_once(tmp_path: Path, layer: str, fault: str) -> None:
    assert_issued_once(*sell(tmp_path, layer, {"fault": fault, "command": "FF45"}))


def test_a_stale_answer_of_v2_is_not_taken_for_the_receipt_s(tmp_path: Path) -> None:
    assert_issued_once(*sell(tmp_path, "shtrih-m-v2", {"fault": "stale_answer", "command": "FF45"}))


def test_a_number_of_v2_that_survives_the_power_cut_brings_the_answer_back(tmp_path: Path) -> None:
    fault = {"fault": "power_cut", "command": "FF45", "step": "recorded", "restart": 2.0}
    assert_issued_once(*sell(tmp_path, "shtrih-m-v2", fault, v2_at_power_off="kept"))


@pytest.mark.parametrize("layer", LAYERS)
def test_paper_that_ends_behind_the_closing_does_not_undo_the_receipt(tmp_path: Path, layer: str) -> None:
    job, device = sell(tmp_path, layer, {"fault": "paper_out", "command": "FF45", "step": "recorded"})
    assert_issued_once(job, device)
    assert job.result is not None
    assert job.result.paper == "pending"


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ["cash in", "x report"])
def test_a_slip_behind_which_the_register_lost_its_counters_is_left_to_a_person(tmp_path: Path, layer: str, name: str) -> None:
    """The FN knows no slips, and counters that begin again at nothing look as if nothing had happened."""
    command = {"cash in": "50", "x report": "40"}[name]
    faults = [
        {"fault": "ram_clear", "command": command, "step": "after"},
        {"fault": "power_cut", "command": command, "step": "after", "restart": 2.0},
    ]
    outcome: tuple[Job, ShtrihUnderTest] = run_virtual(_sell(tmp_path, layer, faults, name))
    job, device = outcome
    assert device.register.documents()[-1].kind == name.replace(" ", "_")
    assert job.state == "unresolved"
    assert job.attention is not None
    assert job.attention.code == "resolve"
