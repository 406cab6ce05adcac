"""Receipts on a scripted device where something comes between: the shift, refusals, paper, what others left open, an abort."""

from __future__ import annotations

from typing import Any

import pytest
from shtrih_bench import (
    CLOSED,
    CLOSED_SHIFT,
    FOUND,
    HEALTHY,
    LAST_30,
    OPEN,
    OPEN_FULL,
    Bench,
    Script,
    issuing,
    sale,
)

from bridge.model import Fate, Paper, RegistrationState
from bridge.transport import run_virtual
from tests.one_job import Job


def test_a_receipt_in_a_closed_shift_is_refused_before_a_byte_that_changes_anything() -> None:
    async def scenario() -> None:
        bench = Bench(Script(**{f"x{code}": text for code, text in CLOSED_SHIFT.items()}))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.shift_closed"
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_shift_of_more_than_a_day_takes_no_receipt() -> None:
    async def scenario() -> None:
        expired = {"x10": HEALTHY["10"].replace("92 02 02", "92 02 03"), "x11": HEALTHY["11"].replace("92 02 02", "92 02 03")}
        outcome = await Bench(Script(**expired)).run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.shift_expired"

    run_virtual(scenario())


def test_what_the_till_believes_of_the_last_document_is_checked_first() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(sale(expect={"last_document": "28"}))
        assert outcome.error is not None
        assert outcome.error.code == "request.conflict"
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_refused_line_cancels_the_receipt_and_names_its_field_in_both_languages() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF46="FF 46 63"))
        bench.script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        error = outcome.error
        assert error is not None
        assert (error.code, error.field, error.device_code, error.fate) == ("request.invalid", "lines.0", "63h", Fate.NOT_ISSUED)
        assert "нет такого отдела" in error.in_language("ru").message
        assert "Документ не оформлен." in error.in_language("ru").message
        assert bench.sent("88") == ["88 1E 00 00 00"]
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_that_is_refused_is_proved_to_have_issued_nothing() -> None:
    """Dialogue B of the reference: paid too little."""

    async def scenario() -> None:
        bench = Bench(Script(xFF45="FF 45 45"))
        bench.script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.recovered) == ("failed", 0)
        assert outcome.error is not None
        assert outcome.error.device_code == "45h"
        codes = bench.script.codes()
        assert "FF01" in codes[codes.index("FF45") :]
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_knows_no_newer_commands_says_which_setting_helps() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF46="FF 46 37"))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert "classic" in outcome.error.remedy
        await bench.disconnect()

    run_virtual(scenario())


def test_a_line_is_sent_again_after_the_device_has_printed() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF46=["FF 46 50", "FF 46 00"])
        bench = Bench(script)
        assert (await bench.run(sale())).state == "done"
        assert len(bench.sent("FF46")) == 2
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("error", ["50", "58", "6B", "72"])
def test_a_device_that_says_not_now_for_ever_and_is_idle_refuses(error: str) -> None:
    async def scenario() -> None:
        script = Script(xFF46=f"FF 46 {error}")
        script.then["8D"] = {"10": OPEN, "11": OPEN_FULL}
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code, outcome.error.fate) == ("failed", f"{error}h", Fate.NOT_ISSUED)
        assert (len(bench.sent("88")), bench.sent("FF45")) == (1, [])
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_answered_with_still_printing_is_sent_again_only_after_the_storage_showed_nothing_new() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(xFF45=["FF 45 50", CLOSED])
        script.then = {}
        bench = Bench(script)
        job = Job(bench.device)
        asked_between: list[str] = []
        original = script.answer

        def answer(data: bytes) -> bytes:
            found = original(data)
            if len(script.sent("FF45")) == 2:
                script.say(xFF01=LAST_30, xFF0A=FOUND)
            elif len(script.sent("FF45")) == 1:
                asked_between.append(script.codes()[-1])
            return found

        script.answer = answer  # type: ignore[method-assign]
        assert (await bench.run(sale(), job)).state == "done"
        assert "FF01" in asked_between
        await bench.disconnect()

    run_virtual(scenario())


def test_an_end_answered_with_still_printing_that_closed_the_receipt_is_not_sent_again() -> None:
    async def scenario() -> None:
        bench = Bench(Script(xFF45="FF 45 50"))
        bench.script.then["FF45"] = {"FF01": LAST_30, "FF0A": FOUND}
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.document.number, len(bench.sent("FF45"))) == ("done", "30", 1)
        await bench.disconnect()

    run_virtual(scenario())


def test_paper_that_ends_after_the_receipt_was_closed_leaves_the_job_done_and_the_paper_pending() -> None:
    async def scenario() -> None:
        out = HEALTHY["10"].replace("92 02 02 00", "92 02 02 02")
        script = issuing()
        script.then["FF45"]["10"] = out
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.job.attentions) == ("done", ["device.paper_out"])
        assert outcome.result is not None
        assert outcome.result.paper is Paper.PENDING
        assert outcome.codes == ["paper_pending"]
        assert bench.driver is not None
        await bench.driver.maintain(bench.device)  # still no paper
        assert bench.sent("B0") == []
        script.say(x10=out.replace("92 02 02 02", "92 02 02 03"))
        await bench.driver.maintain(bench.device)
        assert bench.sent("B0") == ["B0 1E 00 00 00"]
        script.say(x10=HEALTHY["10"])
        await bench.driver.maintain(bench.device)
        assert bench.device.amendments == [("JOB1", {"paper": Paper.PRINTED})]
        await bench.disconnect()

    run_virtual(scenario())


def test_the_operators_confirmation_is_told_when_no_document_waits_any_more() -> None:
    async def scenario() -> None:
        bench = Bench(issuing())
        await bench.run(sale())
        assert bench.driver is not None
        bench.script.say(xFF39="FF 39 00 01 00 01 00 1E 00 00 00 1A 0B 14 0F 1E")
        await bench.driver.maintain(bench.device)
        assert bench.device.amendments == []
        bench.script.say(xFF39=HEALTHY["FF39"])
        await bench.driver.maintain(bench.device)
        [(job, changes)] = bench.device.amendments
        assert (job, changes["registration"].state, changes["registration"].id) == ("JOB1", RegistrationState.REGISTERED, "30")
        assert await bench.device.store.items("ofd.") == {}
        await bench.disconnect()

    run_virtual(scenario())


def test_a_receipt_that_somebody_left_open_is_cancelled_first_and_told() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(x10=OPEN, x11=OPEN_FULL)
        script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        bench = Bench(script)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.codes) == ("done", ["leftover_cancelled"])
        assert [checkpoint.name for checkpoint in outcome.job.checkpoints] == ["intent", "baseline"]
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize("how", [{"shared": True}, {"cancel_leftover": False}])
def test_a_receipt_that_may_be_somebody_elses_is_never_cancelled(how: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = Bench(Script(x10=OPEN, x11=OPEN_FULL), **how)
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.busy"
        assert bench.sent("88") == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_without_paper_is_waited_for_until_the_deadline() -> None:
    async def scenario() -> None:
        bench = Bench(Script(x10=HEALTHY["10"].replace("92 02 02 00", "92 02 02 01")))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert (outcome.error.code, outcome.job.attentions) == ("device.paper_out", ["device.paper_out"])
        assert outcome.job.checkpoints == []
        await bench.disconnect()

    run_virtual(scenario())


def test_a_device_that_waits_to_go_on_is_told_so_after_the_intent_is_written_down() -> None:
    async def scenario() -> None:
        script = issuing()
        script.say(x10=HEALTHY["10"].replace("92 02 02 00", "92 02 02 03"))
        script.then["B0"] = {"10": HEALTHY["10"]}
        bench = Bench(script)
        job = Job(bench.device)
        before: list[list[str]] = []
        job.on_checkpoint = lambda name: before.append(bench.sent("B0"))
        assert (await bench.run(sale(), job)).state == "done"
        assert before[0] == []
        assert bench.sent("B0") == ["B0 1E 00 00 00"]
        await bench.disconnect()

    run_virtual(scenario())


def test_an_abort_before_the_end_cancels_the_receipt() -> None:
    async def scenario() -> None:
        bench = Bench()
        job = Job(bench.device)
        bench.script.then["FF46"] = {"10": OPEN, "11": OPEN_FULL}
        bench.script.then["88"] = {"10": HEALTHY["10"], "11": HEALTHY["11"]}
        original = bench.script.answer

        def answer(data: bytes) -> bytes:
            job.abort_requested = True
            return original(data)

        job.on_checkpoint = lambda name: setattr(bench.script, "answer", answer)
        assert (await bench.run(sale(), job)).state == "aborted"
        assert bench.sent("FF45") == []
        await bench.disconnect()

    run_virtual(scenario())
