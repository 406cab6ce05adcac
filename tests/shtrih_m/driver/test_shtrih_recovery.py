"""Lost answers: every verdict, and that each of them is proved by what the device says."""

from __future__ import annotations

import pytest
from shtrih_bench import CLOSED, FOUND, HEALTHY, LAST_30, OPEN, OPEN_FULL, Bench, Script, issuing, other, sale

from bridge.plugin import Checkpoint, NotIssued
from bridge.transport import run_virtual
from tests.one_job import Job

CASH = {"amount": "5.00", "currency": "RUB"}


@pytest.mark.parametrize("layer", [1, 2])
def test_a_lost_answer_to_the_end_is_read_after_reconnecting_before_anything_else(layer: int) -> None:
    """Dialogues E and F of the reference."""

    async def scenario() -> None:
        script = issuing()
        script.cut_after.add("FF45")
        bench = Bench(script, layer=layer)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.document.number, outcome.recovered) == ("done", "30", 1), outcome
        assert outcome.result is not None
        assert outcome.result.evidence["held"].upper() == CLOSED.replace(" ", "")
        assert len(bench.sent("FF45")) == 1
        assert (await bench.device.store.get("held"))["answer"].upper() == CLOSED.replace(" ", "")
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_lost_its_power_and_its_answer_proves_the_receipt_by_the_storage() -> None:
    async def scenario() -> None:
        script = issuing()
        script.cut_after.add("FF45")
        bench = Bench(script)
        original = bench.disconnect

        async def off_and_on() -> None:
            await original()
            bench.far.layer1.switch_off()

        bench.disconnect = off_and_on  # type: ignore[method-assign]
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.document.number) == ("done", "30")
        assert outcome.result is not None
        assert outcome.result.evidence["decision"] == "document 30 of the fiscal storage is this one"
        assert "held" not in outcome.result.evidence
        await original()

    run_virtual(scenario())


def test_an_end_that_never_arrived_is_cancelled_and_not_issued() -> None:
    async def scenario() -> None:
        script = Script(xFF45=CLOSED)
        script.cut_before.add("FF45")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        assert isinstance(outcome.answer, NotIssued)
        assert outcome.answer.proof["decision"] == "the fiscal storage has no new document"
        assert (bench.sent("88"), bench.sent("FF45")) == (["88 1E 00 00 00"], [])
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "cancelling"]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_document_that_the_storage_has_half_made_is_cancelled_there() -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        script.then["8D"] = {"FF01": HEALTHY["FF01"].replace("FF 01 00 03 00", "FF 01 00 03 04")}
        script.then["FF08"] = {"FF01": HEALTHY["FF01"]}
        bench = Bench(script)
        assert (await bench.run(sale())).state == "failed"
        assert (bench.sent("FF08"), bench.sent("88")) == (["FF 08 1E 00 00 00"], [])
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (FOUND.replace("94 75", "95 75"), "with another operation or total"),
        (FOUND.replace("44 33 22 11 01", "44 33 22 11 02"), "with another operation or total"),
        ("FF 0A 08", "does not show all of its new documents"),
    ],
)
def test_a_new_document_that_is_not_ours_is_a_persons_matter(found: str, why: str) -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        bench = Bench(script)
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.then.update({"8D": {"FF01": LAST_30, "FF0A": found}})
        outcome = await bench.run(sale(), job)
        assert outcome.state == "operator"
        assert why in outcome.answer.text
        assert "301.00 RUB" in outcome.answer.text
        await bench.disconnect()

    run_virtual(scenario())


def test_a_new_document_of_another_kind_says_nothing_against_the_proof() -> None:
    """Somebody closed and opened the shift at the device."""

    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        bench = Bench(script)
        closing = "FF 0A 00 05 00 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 07 00"
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.then.update({"8D": {"FF01": LAST_30, "FF0A": closing}})
        outcome = await bench.run(sale(), job)
        assert (outcome.state, outcome.answer.proof["decision"]) == (
            "failed",
            "none of the new documents of the fiscal storage is this one",
        )
        await bench.disconnect()

    run_virtual(scenario())


def test_another_storage_in_the_device_proves_nothing() -> None:
    async def scenario() -> None:
        script = issuing()
        script.cut_before.add("FF45")
        bench = Bench(script)
        job = Job(bench.device)
        other_fn = HEALTHY["FF01"].replace("39 39 39 39 30", "39 39 39 39 31")
        job.on_checkpoint = lambda name: script.then.update({"8D": {"FF01": other_fn}})
        outcome = await bench.run(sale(), job)
        assert outcome.state == "operator"
        assert "another fiscal storage" in outcome.answer.text
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(("layer", "state"), [(1, "operator"), (2, "done")])
def test_where_others_use_the_device_an_equal_total_proves_nothing_but_the_number_of_our_command_does(
    layer: int, state: str
) -> None:
    async def scenario() -> None:
        script = issuing()
        script.cut_after.add("FF45")
        bench = Bench(script, shared=True, layer=layer)
        outcome = await bench.run(sale())
        assert outcome.state == state
        if state == "operator":
            assert "other programs use this device too" in outcome.answer.text
        await bench.disconnect()

    run_virtual(scenario())


def test_where_others_use_the_device_the_answer_under_another_number_is_theirs() -> None:
    async def scenario() -> None:
        script = issuing()
        script.cut_after.add("FF45")
        bench = Bench(script, shared=True, layer=2)
        original = bench.disconnect

        async def another_program_sells() -> None:
            await original()
            bench.far.layer2.number += 4

        bench.disconnect = another_program_sells  # type: ignore[method-assign]
        outcome = await bench.run(sale())
        assert outcome.state == "operator"
        await original()

    run_virtual(scenario())


def test_where_others_use_the_device_the_answer_is_written_down_at_once() -> None:
    async def scenario() -> None:
        bench = Bench(issuing(), shared=True)
        outcome = await bench.run(sale())
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "answered"]
        await bench.disconnect()

    run_virtual(scenario())


def test_where_others_use_the_device_an_open_receipt_is_left_alone() -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        bench = Bench(script, shared=True)
        outcome = await bench.run(sale())
        assert outcome.state == "unresolved"
        assert set(outcome.pending) == {"device.busy"}
        assert bench.sent("88") == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_refusal_whose_answer_was_lost_is_told_as_the_reason() -> None:
    async def scenario() -> None:
        script = Script(xFF45="FF 45 45")
        script.cut_after.add("FF45")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        assert outcome.error is not None
        assert outcome.error.device_code == "45h"
        await bench.disconnect()

    run_virtual(scenario())


def test_an_answer_of_an_earlier_document_is_not_taken_for_this_ones() -> None:
    async def scenario() -> None:
        stale = CLOSED.replace("1E 00 00 00 44", "1D 00 00 00 44")
        bench = Bench(Script())
        job = Job(bench.device)
        bench.script.cut_before.add("FF45")
        bench.device.store.values["held"] = {"answer": stale.replace(" ", ""), "number": None}
        job.on_checkpoint = lambda name: bench.device.store.values.update(held={"answer": stale.replace(" ", ""), "number": None})
        outcome = await bench.run(sale(), job)
        assert outcome.state == "failed"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_job_that_wrote_no_intent_sent_nothing() -> None:
    async def scenario() -> None:
        bench = Bench()
        driver = await bench.connect()
        answer = await driver.recover(Job(bench.device), sale(), ())
        assert isinstance(answer, NotIssued)
        await bench.disconnect()

    run_virtual(scenario())


def test_an_effect_is_never_recovered() -> None:
    async def scenario() -> None:
        bench = Bench()
        driver = await bench.connect()
        answer = await driver.recover(
            Job(bench.device), other("drawer.open"), (Checkpoint("intent", {}, bench.device.clock.now()),)
        )
        assert type(answer).__name__ == "NeedsOperator"
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_paper_is_asked_again_before_its_receipt_is_cancelled() -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        no_paper = OPEN.replace("92 02 08 00", "92 02 08 02")
        script.then["8D"] = {"10": [no_paper] * 3 + [OPEN], "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert (outcome.state, set(outcome.pending)) == ("failed", {"device.paper_out"})
        await bench.disconnect()

    run_virtual(scenario())


# --- documents that the storage does not keep


@pytest.mark.parametrize(
    ("counter", "cash", "number", "state"),
    [
        ("06", "F4 01", "38", "done"),
        ("05", "00 00", "37", "failed"),
        ("06", "00 00", "38", "operator"),
        ("05", "F4 01", "38", "operator"),
        ("07", "E8 03", "39", "operator"),
    ],
)
def test_cash_put_in_is_proved_by_its_counter_and_the_cash_in_the_drawer(
    counter: str, cash: str, number: str, state: str
) -> None:
    async def scenario() -> None:
        script = Script(x50="50 00 1E 38 00")
        script.cut_before.add("50")
        bench = Bench(script)
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.say(
            x1B=f"1B 00 1E {counter} 00",
            x1A=f"1A 00 1E {cash} 00 00 00 00",
            x11=HEALTHY["11"].replace("01 37 00 92", f"01 {number} 00 92"),
        )
        outcome = await bench.run(other("cash.in", **CASH), job)
        assert outcome.state == state, outcome
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(("counter", "state"), [("05", "failed"), ("06", "done"), ("07", "operator")])
def test_an_x_report_is_proved_by_its_counter(counter: str, state: str) -> None:
    async def scenario() -> None:
        script = Script(x40="40 00 1E")
        script.cut_before.add("40")
        bench = Bench(script)
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.say(x1B=f"1B 00 1E {counter} 00")
        assert (await bench.run(other("report.x"), job)).state == state
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("lost", [True, False])
@pytest.mark.parametrize(("counted", "number", "shift"), [("38", "56", "7"), ("3A", None, None), ("00", None, None)])
def test_the_number_of_a_slip_is_told_only_where_nothing_else_was_made_since(
    counted: str, number: str | None, shift: str | None, lost: bool
) -> None:
    """Cash whose answer was heard, then the link broke or took its time: a Z report at the keys, or a cleared memory, and the device tells others."""

    async def scenario() -> None:
        script = Script(x50="50 00 1E 38 00")
        bench = Bench(script)
        job = Job(bench.device)

        def answered(name: str) -> None:
            if name == "answered":
                script.cut_before.update({"10"} if lost else ())
                script.say(x11=HEALTHY["11"].replace("01 37 00 92", f"01 {counted} 00 92"))

        job.on_checkpoint = answered
        outcome = await bench.run(other("cash.in", **CASH), job)
        assert (outcome.state, outcome.recovered) == ("done", int(lost))
        assert (outcome.document.number, outcome.document.shift) == (number, shift)
        await bench.disconnect()

    run_virtual(scenario())


def test_the_answer_that_the_device_still_held_proves_a_report() -> None:
    async def scenario() -> None:
        script = Script(x40="40 00 1E")
        script.cut_after.add("40")
        bench = Bench(script)
        outcome = await bench.run(other("report.x"))
        assert outcome.state == "done"
        assert outcome.result is not None
        assert outcome.result.evidence["decision"] == "the device still held its answer"
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("op", ["report.x", "cash.in"])
def test_the_answer_to_what_the_storage_does_not_keep_is_written_down_before_anything_else_is_asked(op: str) -> None:
    """The link breaks at the first question behind the answer, which v1 has then let go of; the counters stand still."""

    async def scenario() -> None:
        script = Script(x40="40 00 1E", x50="50 00 1E 38 00")
        bench = Bench(script)
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.cut_before.add("10") if name == "answered" else None
        outcome = await bench.run(other(op, **(CASH if op == "cash.in" else {})), job)
        assert [checkpoint.name for checkpoint in job.checkpoints] == ["intent", "answered"]
        assert (outcome.state, outcome.recovered) == ("done", 1), outcome
        assert len(bench.sent("40", "50")) == 1
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_said_yes_and_shows_nothing_is_a_persons_matter() -> None:
    """It names document 30, and its storage has none: neither the answer nor the storage is a proof against the other."""

    async def scenario() -> None:
        script = Script(xFF45=CLOSED)
        script.cut_after.add("FF45")
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.state == "operator"
        assert "answered that it was made" in outcome.answer.text
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_that_a_half_made_document_hid_is_cancelled_at_the_register_too() -> None:
    async def scenario() -> None:
        script = Script()
        script.cut_before.add("FF45")
        script.then["8D"] = {"FF01": HEALTHY["FF01"].replace("FF 01 00 03 00", "FF 01 00 03 04")}
        script.then["FF08"] = {"FF01": HEALTHY["FF01"], "11": OPEN_FULL}
        script.then["88"] = {"11": HEALTHY["11"]}
        bench = Bench(script)
        assert (await bench.run(sale())).state == "failed"
        assert bench.script.sent("FF08", "88") == ["FF 08 1E 00 00 00", "88 1E 00 00 00"]
        await bench.disconnect()

    run_virtual(scenario())


SHIFT_OPENED = "FF 0A 00 02 00 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 08 00"
SHIFT_CLOSED = "FF 0A 00 05 00 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 07 00"


@pytest.mark.parametrize(
    ("op", "code", "found", "shift"), [("shift.close", "41", SHIFT_CLOSED, "7"), ("shift.open", "E0", SHIFT_OPENED, "8")]
)
def test_shifts_are_proved_by_the_storage(op: str, code: str, found: str, shift: str) -> None:
    async def scenario() -> None:
        closed = {"10": HEALTHY["10"].replace("92 02 02", "92 02 04"), "11": HEALTHY["11"].replace("92 02 02", "92 02 04")}
        script = Script(xE0="E0 00 1E", x41="41 00 1E")
        if op == "shift.open":
            script.say(**closed)
        script.cut_after.add(code)
        script.then[code] = {"FF01": LAST_30, "FF0A": found, **(closed if op == "shift.close" else {})}
        bench = Bench(script)
        outcome = await bench.run(other(op))
        assert (outcome.state, outcome.document.number, outcome.document.shift) == ("done", "30", shift), outcome
        assert len(bench.sent(code)) == 1
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_of_a_device_without_storage_is_proved_by_its_counters() -> None:
    async def scenario() -> None:
        script = Script(x80="80 00 1E", x85="85 00 1E 00 00 00 00 00", xFF01="FF 01 37")
        script.cut_before.add("85")
        bench = Bench(script)
        job = Job(bench.device)
        job.on_checkpoint = lambda name: script.say(x1B="1B 00 1E 06 00", x11=HEALTHY["11"].replace("01 37 00 92", "01 38 00 92"))
        outcome = await bench.run(sale(payments=[]), job)
        assert (outcome.state, outcome.document.number) == ("done", "56"), outcome
        await bench.disconnect()

    run_virtual(scenario())


def test_a_cut_at_every_command_of_a_sale_never_sends_a_second_end_and_never_leaves_a_doubt() -> None:
    """At each of its commands, before and after it was executed; what the storage shows follows what was executed."""

    async def play(code: str, occurrence: int, *, after: bool) -> tuple[str, int, str | None]:
        script = Script(xFF45=CLOSED)
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        script.then["FF45"] = {"FF01": LAST_30, "FF0A": FOUND, "10": HEALTHY["10"], "11": HEALTHY["11"]}
        seen = 0
        original = script.answer

        def answer(data: bytes) -> bytes:
            nonlocal seen
            found = original(data)
            if script.codes()[-1] == code:
                seen += 1
                if seen == occurrence and after:
                    script.cut_after.add(code)
            return found

        script.answer = answer  # type: ignore[method-assign]
        if not after:
            script.cut_before.add(code)
        bench = Bench(script)
        outcome = await bench.run(sale())
        number = outcome.document.number if outcome.result is not None else None
        ends = len(bench.sent("FF45"))
        await bench.disconnect()
        return outcome.state, ends, number

    async def scenario() -> None:
        codes = ("10", "11", "FF01", "FF40", "8D", "FF46", "FF4D", "FF45", "FF0A", "FC", "F7")
        for code in codes:
            for occurrence in (1, 2, 3):
                for after in (False, True):
                    state, ends, number = await play(code, occurrence, after=after)
                    assert ends <= 1, (code, occurrence, after)
                    assert (state, number) == (("done", "30") if ends else ("failed", None)), (code, occurrence, after)

    run_virtual(scenario())
