"""Lost answers: every verdict, and that each of them is proved by what the device says."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from atol_bench import Bench, Script, other, sale
from bridge_atol.frame import Flags, Slot, State

from bridge.plugin import NeedsOperator, NotIssued
from bridge.transport import LinkError, run_virtual
from tests.one_job import Job, Outcome

CASH = {"amount": "5.00", "currency": "RUB"}
WAYS = ("cut_before", "cut_after", "power")


def run(wanted: Any, script: Script, **settings: Any) -> Outcome:
    async def scenario() -> Outcome:
        bench = Bench(script, **settings)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome

    return run_virtual(scenario())


def test_a_lost_answer_to_the_end_is_the_tasks_result_asked_for_after_reconnecting() -> None:
    script = Script()
    script.cut_after.add("4A")
    outcome = run(sale(), script)
    assert (outcome.state, outcome.document.number, outcome.recovered) == ("done", "30", 1)
    assert outcome.result is not None
    assert outcome.result.evidence["held"] == "550000"
    assert outcome.result.evidence["decision"] == "document 30 of the fiscal storage is this one"
    assert script.codes().count("4A") == 1


def test_a_device_that_lost_its_power_and_its_buffer_proves_the_receipt_by_the_storage() -> None:
    script = Script()
    script.power.add("4A")
    outcome = run(sale(), script)
    assert (outcome.state, outcome.document.number) == ("done", "30")
    assert outcome.result is not None
    assert "held" not in outcome.result.evidence
    assert script.codes().count("4A") == 1


def test_an_end_that_never_arrived_is_cancelled_and_not_issued() -> None:
    script = Script()
    script.cut_before.add("4A")
    outcome = run(sale(), script)
    assert outcome.state == "failed"
    assert isinstance(outcome.answer, NotIssued)
    assert outcome.answer.proof["decision"] == "the fiscal storage has no new document"
    assert (script.receipt, script.last) == (0, 29)
    assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "cancelling"]


def test_a_refusal_whose_answer_was_lost_is_told() -> None:
    script = Script(x4A="55 86 00")
    script.cut_after.add("4A")
    outcome = run(sale(), script)
    assert outcome.state == "failed"
    assert outcome.error is not None
    assert outcome.error.device_code == "86h"
    assert script.receipt == 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", ["59", "92", "E8", "EA", "EB", "99", "4A", "A440", "9112", "3F", "45", "56"])
def test_wherever_the_line_breaks_the_verdict_is_the_truth(way: str, code: str) -> None:
    script = Script()
    getattr(script, way).add(code)
    outcome = run(sale(), script)
    issued = script.last == 30
    assert outcome.state == ("done" if issued else "failed")
    assert (script.receipt, script.codes().count("4A") <= 1) == (0, True)
    if issued:
        assert outcome.document.number == "30"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("op", "code"), [("shift.open", "9A"), ("shift.close", "5A")])
def test_shifts_are_proved_by_the_storage(way: str, op: str, code: str) -> None:
    script = Script()
    script.shift_state = 0 if op == "shift.open" else 1
    getattr(script, way).add(code)
    outcome = run(other(op), script)
    assert outcome.state == ("failed" if way == "cut_before" else "done")
    assert script.codes().count(code) <= 1
    if outcome.state == "done":
        assert (outcome.document.number, outcome.document.shift) == ("30", "7")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("op", "code", "moved"), [("cash.in", "49", 500), ("cash.out", "4F", -500)])
def test_cash_is_proved_by_the_result_or_by_counter_and_drawer(way: str, op: str, code: str, moved: int) -> None:
    script = Script()
    getattr(script, way).add(code)
    outcome = run(other(op, **CASH), script)
    assert outcome.state == ("failed" if way == "cut_before" else "done")
    assert script.cash == 100_00 + (0 if way == "cut_before" else moved)
    assert script.codes().count(code) <= 1


def test_counter_and_drawer_that_do_not_agree_are_for_a_person_to_decide() -> None:
    class Odd(Script):
        def _executed(self, code: str, data: bytes) -> str:
            answer = super()._executed(code, data)
            if code == "49":
                self.slips[0x49] += 1
            return answer

    script = Odd()
    script.power.add("49")
    outcome = run(other("cash.in", **CASH), script)
    assert outcome.state == "operator"
    assert isinstance(outcome.answer, NeedsOperator)
    assert "a slip of cash in over 5.00 RUB" in outcome.answer.text


def test_an_x_report_is_proved_by_its_result_alone() -> None:
    script = Script()
    script.cut_after.add("67")
    assert run(other("report.x"), script).state == "done"
    script = Script()
    script.power.add("67")
    outcome = run(other("report.x"), script)
    assert outcome.state == "operator"
    assert script.codes().count("67") == 1


@pytest.mark.parametrize(("wanted", "code"), [(sale(), "EB"), (sale(), "4A"), (sale(), "3F"), (other("cash.in", **CASH), "49")])
def test_a_damaged_answer_is_asked_for_again_on_the_same_line(wanted: Any, code: str) -> None:
    healthy, script = Script(), Script()
    run(wanted, healthy)
    script.damage.add(code)
    outcome = run(wanted, script)
    assert (outcome.state, outcome.recovered, script.damage) == ("done", 0, set())
    assert script.codes() == healthy.codes()


def test_an_x_report_that_ended_with_an_error_is_none() -> None:
    for way in ("", "cut_after"):
        script = Script(x67="55 67 00")
        if way:
            getattr(script, way).add("67")
        outcome = run(other("report.x"), script)
        assert outcome.state == "failed"
        assert outcome.error is not None
        assert outcome.error.code == "device.paper_out"


def test_a_busy_answer_does_not_stand_for_the_attempt_behind_it() -> None:
    """The device was busy, and the line broke at the second attempt, which was carried out."""

    class Busy(Script):
        def answer(self, data: bytes) -> bytes:
            if data[:1] == b"\x67" and "67" not in self.codes():
                self.executed.append(data)
                return bytes.fromhex("55 76 00")
            if data[:1] == b"\x67":
                self.power.add("67")
            return super().answer(data)

    script = Busy()
    outcome = run(other("report.x"), script)
    assert (outcome.state, script.codes().count("67")) == ("operator", 2)


def test_the_answer_to_cash_is_written_down_before_the_device_forgets_it() -> None:
    script = Script()

    async def scenario() -> None:
        bench = Bench(script)
        job = Job(bench.device)
        seen: list[Any] = []
        job.on_checkpoint = lambda name: seen.append((name, dict(bench.far.slots))) if name == "answered" else None
        outcome = await bench.run(other("cash.in", **CASH), job)
        assert outcome.state == "done"
        assert [name for name, slots in seen if len(slots) == 1] == ["answered"]
        assert bench.far.slots == {}
        await bench.disconnect()

    run_virtual(scenario())


def test_a_report_that_never_ends_is_waited_for_and_neither_issued_nor_not() -> None:
    class Stuck(Script):
        def _executed(self, code: str, data: bytes) -> str:
            if code == "5A":
                self.mode = 0x23
                return "55 00 00"
            return super()._executed(code, data)

    script = Stuck()
    outcome = run(other("shift.close"), script)
    assert (outcome.state, set(outcome.pending)) == ("unresolved", {"device.busy"})
    assert script.codes().count("5A") == 1


def test_another_document_of_this_kind_is_for_a_person_to_decide() -> None:
    class Others(Script):
        def _executed(self, code: str, data: bytes) -> str:
            if code == "4A":
                self.total = 999
            return super()._executed(code, data)

    script = Others()
    script.power.add("4A")
    outcome = run(sale(), script)
    assert outcome.state == "operator"
    assert "another operation or total" in outcome.answer.text


# --- where other programs use the device


def test_on_a_shared_device_a_document_alone_proves_nothing() -> None:
    script = Script()
    script.cut_after.add("4A")
    outcome = run(sale(), script, shared=True)
    assert outcome.state == "operator"
    assert "other programs use this device too" in outcome.answer.text


def test_on_a_shared_device_an_answer_that_was_written_down_proves_it() -> None:
    class Cut(Script):
        armed = False

        def _executed(self, code: str, data: bytes) -> str:
            if code == "4A":
                self.cut_before.add("A440")
            return super()._executed(code, data)

    script = Cut()
    outcome = run(sale(), script, shared=True)
    assert (outcome.state, outcome.document.number, outcome.recovered) == ("done", "30", 1)
    assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "answered"]


def test_on_a_shared_device_nothing_new_is_not_issued() -> None:
    script = Script()
    script.cut_before.add("4A")
    outcome = run(sale(), script, shared=True)
    assert (outcome.state, script.receipt, script.last) == ("failed", 0, 29)


def test_a_receipt_of_another_program_is_not_cancelled() -> None:
    class Theirs(Script):
        def _executed(self, code: str, data: bytes) -> str:
            answer = super()._executed(code, data)
            if code == "9114":
                return "55 00 0000077700 0000077700 0000000000"
            return answer

    script = Theirs()
    script.cut_before.add("4A")
    outcome = run(sale(), script, shared=True)
    assert (outcome.state, script.receipt) == ("unresolved", 1)
    assert set(outcome.pending) == {"device.busy"}


def test_the_buffer_of_a_shared_device_is_not_emptied() -> None:
    async def scenario() -> None:
        for shared, kept in ((True, True), (False, False)):
            bench = Bench(shared=shared)
            bench.far.slots[0x9F] = Slot(b"\0\0\x45", Flags.NEED_RESULT, State.RESULT, bytes.fromhex("55 00 00"))
            await (await bench.connect()).identify()
            assert (0x9F in bench.far.slots) is kept
            await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("refused", [False, True])
def test_what_another_device_keeps_under_our_id_is_neither_believed_nor_taken_away(refused: bool) -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("49")
        bench = Bench(script)
        job = Job(bench.device)
        driver = await bench.connect()
        with contextlib.suppress(LinkError):
            await driver.execute(job, other("cash.in", **CASH))
        await bench.disconnect()
        task = job.checkpoints[0].data["task"]
        # Somebody plugs another register in, which has a result of its own under this id.
        stranger = Bench(Script(xA430="55 00 03 00 00 01 00 1A 0B 14 0F 1E " + "39 " * 16 + "1D 00 00 00"))
        answer, state = ("55 98 00", State.ERROR) if refused else ("55 00 00", State.RESULT)
        stranger.far.slots[task] = Slot(b"\0\0\x49", Flags.NEED_RESULT, state, bytes.fromhex(answer))
        stranger.far.stopped = refused
        stranger.device = bench.device
        await (await stranger.connect()).identify()
        assert refused or task in stranger.far.slots
        await stranger.disconnect()
        outcome = await bench.recover(other("cash.in", **CASH), job)
        assert (outcome.state, outcome.error) == ("failed", None)
        assert outcome.answer.proof["decision"] == "the number of slips has not moved"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_job_without_an_intent_sent_nothing() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = Job(bench.device)
        outcome = await bench.recover(sale(), job)
        assert outcome.state == "failed"
        assert bench.script.changing() == []
        await bench.disconnect()

    run_virtual(scenario())


def test_effects_are_never_recovered() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.recover(other("drawer.open"), Job(bench.device))
        assert outcome.state == "operator"
        assert bench.script.changing() == []
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("way", WAYS)
def test_a_slow_device_is_recovered_alike(way: str) -> None:
    script = Script()
    getattr(script, way).add("4A")
    outcome = run(sale(), script, later=True)
    assert outcome.state == ("failed" if way == "cut_before" else "done")
    assert (script.receipt, script.codes().count("4A") <= 1) == (0, True)


def test_the_operators_confirmation_comes_later() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(sale())
        assert bench.driver is not None
        await bench.driver.maintain(bench.device)
        [(job, amended)] = bench.device.amendments
        assert (job, amended["registration"].state.value, amended["registration"].id) == (outcome.job.job_id, "registered", "30")
        await bench.driver.maintain(bench.device)
        assert len(bench.device.amendments) == 1
        await bench.disconnect()

    run_virtual(scenario())
