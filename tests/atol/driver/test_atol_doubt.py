"""Answers that look like a verdict and are none: an error behind which a report goes on, a place in the buffer that is somebody else's."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from atol_bench import Bench, Script, other, sale
from bridge_atol.frame import Flags, Frame, Slot, State

from bridge.plugin import NeedsOperator
from bridge.transport import LinkError, run_virtual
from tests.one_job import Job

CASH = {"amount": "5.00", "currency": "RUB"}


def test_a_z_report_that_waits_for_paper_behind_an_error_is_not_told_as_failed() -> None:
    """The device says that the paper is out, and stays in the report: with new paper it comes out."""

    class Waits(Script):
        asked = 0

        def _executed(self, code: str, data: bytes) -> str:
            if code == "5A":
                self.mode, self.flags = 0x23, 1
                return "55 67 00"
            if code == "45" and self.mode == 0x23:
                self.asked += 1
                if self.asked > 6:  # paper was put in
                    self.mode, self.flags = 3, 0
                    self.shift_state, self.closed_shifts = 0, self.closed_shifts + 1
                    self.issue(5, self.closed_shifts.to_bytes(2, "little").hex())
            return super()._executed(code, data)

    async def scenario() -> None:
        script = Waits()
        bench = Bench(script)
        outcome = await bench.run(other("shift.close"))
        assert (outcome.state, outcome.document.number) == ("done", "30")
        assert "device.paper_out" in outcome.pending
        assert script.codes().count("5A") == 1
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("wanted", "behind"),
    [(other("cash.in", operator={"name": "Anna"}, **CASH), "E8"), (other("report.x"), "56"), (sale(), "99")],
)
def test_a_result_that_was_there_before_our_task_is_not_its_result(wanted: Any, behind: str) -> None:
    """Somebody's result lies under the id that was written down for the deciding command: the device does not take ours in."""

    async def scenario() -> None:
        class Theirs(Script):
            def _executed(self, code: str, data: bytes) -> str:
                if code == behind:
                    task = int(job.checkpoints[0].data["task"])
                    bench.far.slots[task] = Slot(b"\0\0\x45", Flags.NEED_RESULT, State.RESULT, bytes.fromhex("55 00 00"))
                return super()._executed(code, data)

        script = Theirs()
        bench = Bench(script)
        job = Job(bench.device)
        outcome = await bench.run(wanted, job)
        assert outcome.state in ("failed", "operator")
        assert (script.cash, script.last, script.codes().count("67")) == (100_00, 29, 0)
        await bench.disconnect()

    run_virtual(scenario())


def test_a_result_of_cash_that_the_counters_disprove_is_for_a_person_to_compare() -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("49")
        bench = Bench(script)
        job = Job(bench.device)
        with contextlib.suppress(LinkError):
            await (await bench.connect()).execute(job, other("cash.in", **CASH))
        await bench.disconnect()
        task = int(job.checkpoints[0].data["task"])
        bench.far.slots[task] = Slot(b"\0\0\x45", Flags.NEED_RESULT, State.RESULT, bytes.fromhex("55 00 00"))
        outcome = await bench.recover(other("cash.in", **CASH), job)
        assert outcome.state == "operator"
        assert "the number of slips has not moved" in outcome.answer.text
        await bench.disconnect()

    run_virtual(scenario())


def test_a_reply_that_came_before_the_first_packet_is_no_reply_to_it() -> None:
    """Packets are counted from 0 on each connection: a late reply of the one before has the number of our first question."""

    async def scenario() -> None:
        script = Script()
        script.cut_before.add("67")
        bench = Bench(script)
        job = Job(bench.device)
        with contextlib.suppress(LinkError):
            await (await bench.connect()).execute(job, other("report.x"))
        await bench.disconnect()
        driver = await bench.connect()
        driver._exchange._line._received(Frame(0, bytes.fromhex("A3 55 00 00")).to_bytes())  # type: ignore[attr-defined]
        answer = await driver.recover(job, other("report.x"), tuple(job.checkpoints))
        assert isinstance(answer, NeedsOperator)
        await bench.disconnect()

    run_virtual(scenario())


def test_a_refusal_does_not_empty_the_buffer_that_other_programs_use() -> None:
    """An error stops the queue unless the task says otherwise, and only an empty buffer goes on: then their results would be gone."""

    async def scenario() -> None:
        bench = Bench(Script(x4F="55 98 00"), shared=True)
        await (await bench.connect()).identify()
        bench.far.slots[0x9F] = Slot(b"\0\0\x45", Flags.NEED_RESULT, State.RESULT, bytes.fromhex("55 00 00"))
        outcome = await bench.run(other("cash.out", **CASH))
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code) == ("failed", "98h")
        assert (list(bench.far.slots), bench.far.stopped) == ([0x9F], False)
        await bench.disconnect()

    run_virtual(scenario())
