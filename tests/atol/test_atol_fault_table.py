"""The reference's table of faults behind 4Ah ("Power loss and lost answers"), row by row and through the whole bridge, in each transport:
was the last document really issued? Whatever happens, the FN never holds a second document for one sale.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bridge_sim_fn.storage import FORM_RECEIPT

from bridge.jobs.bridge import Bridge
from bridge.model import Actor, Job
from bridge.plugin import PluginRegistry
from bridge.transport import LinkOpener, LoopClock, NullModemBoard, run_virtual
from tests.harness.atol_bench import AtolUnderTest
from tests.harness.benches import bench_named
from tests.harness.cable import START
from tests.toys.cables import TestCable

ACTOR = Actor(principal="test")
TRANSPORTS = ("atol", "atol-v2")

Fault = dict[str, Any]
AGAIN = 2.0  # seconds until somebody has put paper in, or the power is back


async def _sell(
    directory: Path, transport: str, faults: Sequence[Fault], *, paper_back: bool, name: str = "plain sale", **settings: str
) -> tuple[Job, AtolUnderTest]:
    """One document with these faults in its way, and what became of it."""
    bench = bench_named(transport)
    variant = bench.variants()[0]
    clock = LoopClock(START)
    device = bench.create(variant, clock.now)
    assert isinstance(device, AtolUnderTest)
    registry = PluginRegistry()
    for plugin, entry in bench.plugins():
        registry.add(plugin, entry)
    board = NullModemBoard()
    cable = TestCable()
    board.plug(bench.name, lambda wire_log: device.open(cable, wire_log))
    bridge = await Bridge.open(directory, registry=registry, clock=clock, opener=LinkOpener(board), inline=True)
    await bridge.start()
    try:
        form = {"family": "atol", "url": f"null://{bench.name}", "settings": bench.settings(variant)}
        await bridge.devices.configure(ACTOR, "till", form)
        device.register.switch(settings)
        device.register.faults.arm(*faults)
        scenario = next(scenario for scenario in bench.scenarios() if scenario.name == name)
        job = await bridge.jobs.submit(ACTOR, "till", "sale", dict(scenario.body))
        if paper_back:
            asyncio.get_running_loop().call_later(AGAIN, device.register.load_paper, True)
            asyncio.get_running_loop().call_later(AGAIN, device.register.close_cover, True)
        for _ in range(60):
            job = await bridge.jobs.wait(job.id, 10)
            if job.state.final or (job.attention is not None and job.attention.code == "resolve"):
                break
            await asyncio.sleep(1)
        return job, device
    finally:
        await bridge.stop()


def sell(
    directory: Path, transport: str, *faults: Fault, paper_back: bool = False, name: str = "plain sale", **settings: str
) -> tuple[Job, AtolUnderTest]:
    return run_virtual(_sell(directory, transport, faults, paper_back=paper_back, name=name, **settings))


def at(step: str, fault: str, command: str = "4A", **more: Any) -> Fault:
    return {"fault": fault, "command": command, "step": step, **more}


def receipts(device: AtolUnderTest) -> list[int]:
    """Totals in kopecks of the receipts in the FN."""
    return [document.total for document in device.register.memory.fn.documents if document.form == FORM_RECEIPT]


# What happened, whether the sale is done, and with which error it failed otherwise.
ROWS: list[tuple[str, list[Fault], str | None]] = [
    ("connection lost, document closed, buffer kept", [at("answer", "cut_command")], None),
    ("connection and power lost behind the closing, buffer lost", [at("after", "power_cut", restart=AGAIN)], None),
    ("power lost with the answer made", [at("answer", "power_cut", restart=AGAIN)], None),
    ("connection lost before the execution", [at("before", "cut_command")], "device.offline"),
    ("power lost before the execution", [at("before", "power_cut", restart=AGAIN)], "device.offline"),
    ("no answer at all", [{"fault": "drop", "command": "4A"}], None),
    ("no answer at all, three times", [{"fault": "drop", "command": "4A", "times": 3}], None),
    ("an answer with a wrong checksum", [{"fault": "corrupt", "command": "4A", "at": -1}], None),
    ("an answer that is cut off", [{"fault": "truncate", "command": "4A"}], None),
    ("an answer that comes twice", [{"fault": "repeat", "command": "4A"}], None),
    ("an answer in single bytes, behind noise", [{"fault": "noise", "command": "4A"}, {"fault": "split", "command": "4A"}], None),
    ("an answer that comes two minutes late", [{"fault": "delay", "command": "4A", "seconds": 120.0}], None),
    ("the device is at it for a minute", [at("before", "hold", seconds=60.0)], None),
    ("busy (76) again and again", [at("before", "refuse", code=0x76, times=3)], None),
    ("no paper (67), and no new document", [at("before", "refuse", code=0x67)], "device.paper_out"),
    ("no paper (67), and the document is there", [at("recorded", "paper_out")], None),
    ("the head is too hot (D1)", [at("before", "refuse", code=0xD1)], "device.fault"),
    ("an error of the FN (D2)", [at("before", "refuse", code=0xD2)], "device.fault"),
    ("the shift is too old for the FN (F0)", [at("before", "refuse", code=0xF0)], "device.shift_expired"),
    ("a wrong password (8C)", [at("before", "refuse", code=0x8C)], "device.rejected"),
]

# The task buffer of v3 alone.
BUFFER_ROWS: list[tuple[str, list[Fault], str | None]] = [
    ("the tasks are forgotten, the power stays", [at("answer", "tasks_forgotten"), {"fault": "drop", "command": "4A"}], None),
    ("connection lost, and the tasks are forgotten", [at("answer", "tasks_forgotten"), at("answer", "cut_command")], None),
    ("the buffer is full (B1)", [{"fault": "buffer_refuses", "command": "4A", "says": "full"}], "device.offline"),
    ("the id is in use (B2)", [{"fault": "buffer_refuses", "command": "4A", "says": "exists"}], "device.offline"),
    ("a wrong value (B4)", [{"fault": "buffer_refuses", "command": "4A", "says": "illegal"}], "device.offline"),
    ("the queue was stopped by somebody's error", [at("after", "queue_stopped", "99")], "device.offline"),
    ("an answer under another packet number", [{"fault": "packet_number", "command": "4A"}], None),
]


def check(job: Job, device: AtolUnderTest, error: str | None) -> None:
    fn = device.register.memory.fn
    if error is None:
        assert (job.state, job.success) == ("done", True), (job.error, job.attention)
        assert receipts(device) == [2700]
        assert job.result is not None
        assert job.result.document is not None
        assert job.result.document.number == str(fn.last)
        assert job.result.document.fiscal_id is not None
        assert str(fn.documents[-1].sign) in job.result.document.fiscal_id
    else:
        assert job.state == "failed", (job.state, job.attention)
        assert job.error is not None
        assert (job.error.code, job.error.fate) == (error, "not_issued")
        assert receipts(device) == []
    assert device.left_open() is None


# Over v2 those rows in which no transport differs are the business of .ci/run.
IN_V2 = frozenset((0, 1, 3, 5, 15))


@pytest.mark.parametrize(
    ("transport", "faults", "error"),
    [
        pytest.param(
            transport,
            faults,
            error,
            id=f"{transport}: {what}",
            marks=[pytest.mark.exhaustive] if transport == "atol-v2" and number not in IN_V2 else [],
        )
        for transport in TRANSPORTS
        for number, (what, faults, error) in enumerate(ROWS)
    ],
)
def test_the_fn_never_holds_a_second_document_for_one_sale(
    tmp_path: Path, transport: str, faults: list[Fault], error: str | None
) -> None:
    paper_back = any(fault["fault"] == "paper_out" for fault in faults)
    check(*sell(tmp_path, transport, *faults, paper_back=paper_back), error)


@pytest.mark.parametrize(("faults", "error"), [pytest.param(faults, error, id=what) for what, faults, error in BUFFER_ROWS])
def test_whatever_the_task_buffer_says_there_is_one_document_or_none(
    tmp_path: Path, faults: list[Fault], error: str | None
) -> None:
    check(*sell(tmp_path, "atol", *faults), error)


@pytest.mark.parametrize("results", ["told", "asked"])
def test_a_result_that_is_told_later_or_only_asked_for_is_a_result(tmp_path: Path, results: str) -> None:
    check(*sell(tmp_path, "atol", at("before", "hold", seconds=3.0), results=results), None)


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_without_paper_the_document_is_in_the_fn_and_what_became_of_its_paper_is_said(tmp_path: Path, transport: str) -> None:
    job, device = sell(tmp_path, transport, at("recorded", "paper_out"))
    assert "ИТОГ" not in device.register.paper()
    device.register.load_paper(True)
    assert job.result is not None
    assert job.result.paper == "unknown"
    assert [warning.code for warning in job.result.warnings] == ["paper_unknown"]
    assert "ИТОГ" in device.register.paper()


@pytest.mark.parametrize("kept", ["kept", "lost"])
def test_an_error_that_was_kept_over_a_power_cut_is_still_an_error(tmp_path: Path, kept: str) -> None:
    """The answer was a refusal, and it was lost with the power."""
    faults = [at("before", "refuse", code=0x67), {"fault": "drop", "command": "4A", "times": 9}]
    job, device = sell(tmp_path, "atol", *faults, buffer_at_power_off=kept)
    assert job.state == "failed"
    assert receipts(device) == []


@pytest.mark.parametrize("name", ["cash in", "cash out"])
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_cash_is_moved_once_though_its_answer_is_lost_with_the_power(tmp_path: Path, transport: str, name: str) -> None:
    command = "49" if name == "cash in" else "4F"
    before = [] if name == "cash in" else [{"fault": "foreign", "total": "50.00"}]
    job, device = sell(tmp_path, transport, *before, at("after", "power_cut", command, restart=AGAIN), name=name)
    assert (job.state, job.success) == ("done", True), (job.error, job.attention)
    assert [document.kind for document in device.documents() if document.own][-1] == name.replace(" ", "_")
    totals = device.register.memory.totals
    assert totals.cash_ins + totals.cash_outs == 1
