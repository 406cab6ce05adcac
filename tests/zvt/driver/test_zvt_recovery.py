"""What becomes of a payment whose link broke: the table of the reference row by row, and what must never happen."""

from __future__ import annotations

from typing import Any

import pytest
from zvt_bench import (
    BEFORE,
    CONNECT,
    DONE,
    ENQUIRY,
    OK,
    READINESS,
    READY,
    REPEAT,
    Bench,
    Cut,
    Job,
    Says,
    Silence,
    Step,
    Till,
    message,
    operation,
    purchase,
    result,
    run_of,
    says,
    snapshot,
)
from zvt_doubts import BUSY, PAID, REVERSED, SALE, begun, looks, play

from bridge.model import Fate
from bridge.model import Outcome as Came
from bridge.plugin import NeedsOperator
from bridge.transport import run_virtual

# --- the connection breaks before the terminal said anything of a result


@pytest.mark.parametrize(
    "broken",
    [
        [Till(SALE), Cut()],
        [Till(SALE), Says(OK), Cut()],
        [Till(SALE), Says(OK), *says("04 FF 01 0A"), Cut()],
        [Till(SALE), Silence()],
        [Till(SALE), Says("04 0F 06 27 00"), Cut()],  # a message that stops in the middle
    ],
    ids=["before 80", "after 80", "at the card", "no answer", "half a message"],
)
def test_a_terminal_that_keeps_the_payment_before_as_its_last_one_charged_nothing(broken: list[Step]) -> None:
    outcome, _, spending = play([*snapshot(), *broken, *CONNECT, *looks(BEFORE, BEFORE)])
    assert outcome.state == "failed"
    assert outcome.pending == ["terminal.wait"]
    assert outcome.answer.proof["decision"] == "the terminal keeps the payment before it as its last one"
    assert len(spending) == 1


def test_a_new_record_of_this_amount_and_time_is_this_payment() -> None:
    outcome, device, spending = play([*begun(), Cut(), *CONNECT, *looks(PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome, outcome.payment.receipt_number) == ("done", Came.APPROVED, "0042")
    assert outcome.result is not None
    assert outcome.result.evidence["last"]["fields"]["87"] == "0042"
    assert device.store.values["payments"]["000123"]["job"] == "JOB1"
    assert len(spending) == 1


def test_what_the_terminal_shows_must_last_for_the_window() -> None:
    """A reversal that comes late: the payment is shown first, then taken back."""
    outcome, _, spending = play([*begun(), Cut(), *CONNECT, *looks(PAID, REVERSED, REVERSED)])
    assert outcome.state == "failed"
    assert outcome.pending == ["terminal.wait", "terminal.wait"]
    assert "reversal" in outcome.answer.proof["decision"]
    assert len(spending) == 1


def test_a_slow_approval_counts_when_it_lasts() -> None:
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *looks(BEFORE, PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_a_new_record_that_was_not_approved_is_the_terminals_decision() -> None:
    refused = result(code=0x05)
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *looks(refused, refused)])
    assert (outcome.state, outcome.payment.outcome, outcome.payment.reason_code) == ("done", Came.DECLINED, "05")


def test_a_terminal_that_is_busy_is_waited_for() -> None:
    busy = [Till(READINESS), Says(BUSY), *run_of(READINESS, "06 0F 01 9C")]
    again = [*run_of(READINESS, READY), Till(REPEAT), Says(BUSY)]
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *busy, *again, *looks(PAID, PAID)])
    assert outcome.state == "done"
    assert outcome.pending == ["terminal.busy", "terminal.busy", "terminal.busy", "terminal.wait"]


def test_a_terminal_with_the_customer_still_at_it_is_not_registered_with_before_it_is_ready() -> None:
    busy = [Till(ENQUIRY), Says(BUSY), *run_of(ENQUIRY, "06 0F 01 9C")]
    outcome, _, _ = play([*begun(), Cut(), *busy, *CONNECT, *looks(PAID, PAID)])
    assert outcome.state == "done"


# --- after an approval was heard

HEARD = [*begun(), Says(PAID)]


@pytest.mark.parametrize(
    "broken",
    [
        [*HEARD, Cut()],
        [*HEARD, Till(OK), Cut()],
        [*HEARD, Till(OK), *says("06 D1 02 40 41"), Cut()],
        [*HEARD, Till(OK), Says("06 0F 01"), Cut()],
    ],
    ids=["our acknowledgement lost", "after it", "while printing", "at the completion"],
)
def test_an_approval_that_was_heard_counts_where_the_terminal_keeps_it(broken: list[Step]) -> None:
    outcome, _, spending = play([*broken, *CONNECT, *looks(PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome, outcome.payment.receipt_number) == ("done", Came.APPROVED, "0042")
    assert outcome.job.checkpoints[1].name == "status_information"
    assert len(spending) == 1


def test_an_approval_that_the_terminal_keeps_no_more_was_taken_back() -> None:
    outcome, device, _ = play([*HEARD, Cut(), *CONNECT, *looks(BEFORE, BEFORE)])
    assert outcome.state == "failed"
    assert outcome.answer.proof["decision"].endswith("it took it back")
    assert device.store.values["payments"] == {}


def test_an_approval_that_the_terminal_shows_reversed_was_taken_back() -> None:
    outcome, _, _ = play([*HEARD, Cut(), *CONNECT, *looks(REVERSED, REVERSED)])
    assert outcome.state == "failed"


def test_an_approval_behind_which_the_terminal_shows_something_else_is_for_a_person() -> None:
    other = result(900, receipt="0044", trace="000125", time="101600")
    outcome, _, _ = play([*HEARD, Cut(), *CONNECT, *looks(other, other)])
    assert outcome.state == "operator"


def test_an_approval_that_was_heard_counts_beside_other_tills_where_its_very_record_is_shown() -> None:
    outcome, _, _ = play([*HEARD, Till(OK), Cut(), *CONNECT, *looks(PAID, PAID)], shared=True)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


@pytest.mark.parametrize(
    ("repeated", "shared", "shown", "state", "written"),
    [
        (PAID, False, PAID, "done", True),
        (PAID, True, PAID, "operator", False),
        (BEFORE, False, BEFORE, "failed", False),
        (result(999), False, BEFORE, "failed", False),
        (result(time="084500"), False, BEFORE, "failed", False),
        (message("04 0F", "27 00 04 000000001234"), False, BEFORE, "failed", False),
    ],
)
def test_a_result_that_the_terminal_repeats_on_the_new_link_counts_where_it_can_be_this_ones(
    repeated: str, shared: bool, shown: str, state: str, written: bool
) -> None:
    again = [Till(READINESS), Says(repeated), Till(OK), Says(OK), *says(READY)]
    steps = [*begun(), Cut(), *CONNECT, *again, *run_of(REPEAT, shown, DONE), *looks(shown)]
    outcome, device, _ = play(steps, shared=shared)
    assert outcome.state == state
    assert ("status_information" in [point.name for point in outcome.job.checkpoints]) is written
    assert ("stray" in device.store.values) is not written


def test_a_decline_that_was_heard_counts_though_the_end_was_not() -> None:
    outcome, _, _ = play([*begun(), Says("04 0F 07 27 05 29 29 00 10 06"), Till(OK), Cut(), *CONNECT, *looks(BEFORE, BEFORE)])
    assert (outcome.state, outcome.payment.outcome, outcome.payment.reason_code) == ("done", Came.DECLINED, "05")


def test_an_approval_behind_a_decline_of_the_same_payment_counts() -> None:
    """A wrong PIN, then the right one, and the link is lost in between."""
    steps = [*begun(), Says("04 0F 02 27 37"), Till(OK), Cut(), *CONNECT, *looks(PAID, PAID)]
    outcome, _, _ = play(steps)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


# --- what the terminal cannot tell is for a person


@pytest.mark.parametrize(
    ("shown", "shared", "reason"),
    [
        (PAID, True, "other tills use this terminal too"),
        (result(999), False, "of another amount"),
        (result(999, code=5), False, "of another amount"),
        (result(None), False, "tells no amount"),
        (result(500, receipt="0042", original="000122"), False, "a reversal of another payment"),
        (result(1234, receipt="0042", original="000122"), False, "a reversal of another payment"),
        (result(500, receipt="0043", trace="000124", original="000123"), False, "a reversal of another amount"),
        (result(time="084500"), False, "of another time"),
        (result(date="1223"), False, "of another time"),
        (None, False, "told nothing of its last payment"),
        (message("04 0F", "27 00 04 000000001234 0B 000123 0C 101502 0D 1224 29 99 99 99 99 87 0042"), False, "another terminal"),
        (message("04 0F", "27 00 04 000000001234"), False, "no numbers"),
        (message("04 0F", f"27 00 04 000000000500 0B 000124 0C 101600 0D 1224 60 F0F5F3 {'00' * 53}"), False, "end of day"),
    ],
)
def test_what_the_terminal_cannot_tell_is_for_a_person(shown: str | None, shared: bool, reason: str) -> None:
    outcome, _, spending = play([*begun(), Cut(), *CONNECT, *looks(shown, shown)], shared=shared)
    assert outcome.state == "operator"
    answer = outcome.answer
    assert isinstance(answer, NeedsOperator)
    assert reason in answer.evidence["decision"]
    assert "12.34 EUR of 24.12. 10:15, after receipt 0041" in answer.text
    assert answer.choices == ()  # the host has words for what may be found at a terminal
    assert len(spending) == 1


@pytest.mark.parametrize(
    "answer",
    ["84 83 00", "84 6B 00"],
)
def test_a_terminal_that_does_not_repeat_receipts_leaves_it_to_a_person(answer: str) -> None:
    ask = [*run_of(READINESS, READY), Till(REPEAT), Says(answer)]
    outcome, _, _ = play([Till(REPEAT), Says(answer), Till(SALE), Says(OK), Cut(), *CONNECT, *ask, *ask])
    assert outcome.state == "operator"


def test_a_terminal_that_is_said_not_to_repeat_receipts_is_not_asked() -> None:
    ask = run_of(READINESS, READY)
    outcome, _, _ = play([Till(SALE), Says(OK), Cut(), *CONNECT, *ask, *ask], repeat_receipt=False)
    assert outcome.state == "operator"


def test_a_terminal_that_shows_what_it_took_back_as_if_it_stood_is_not_believed() -> None:
    outcome, _, _ = play([*HEARD, Till(OK), Cut(), *CONNECT, *looks(PAID, PAID)], shows_reversed=True)
    assert outcome.state == "operator"


# --- a terminal that had no payment before

NOTHING = "06 1E 01 B5"


def empty(*endings: str) -> list[Step]:
    return [*run_of(REPEAT, *endings)]


def test_the_first_payment_of_a_day_is_found_by_its_record() -> None:
    steps = [*empty(NOTHING), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(PAID, PAID)]
    outcome, _, _ = play(steps)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_the_first_payment_of_a_day_was_not_made_where_the_totals_are_empty() -> None:
    none = message("04 0F", f"27 00 04 000000000000 60 F0F5F3 {'00' * 53}")
    ask = [*run_of(READINESS, READY), *empty(NOTHING), *run_of("06 10 03 00 00 00", none, DONE)]
    outcome, _, _ = play([*empty(NOTHING), Till(SALE), Says(OK), Cut(), *CONNECT, *ask, *ask])
    assert outcome.state == "failed"


def test_the_first_payment_of_a_day_is_for_a_person_where_the_terminal_tells_nothing() -> None:
    ask = [*run_of(READINESS, READY), *empty(NOTHING), Till("06 10 03 00 00 00"), Says("84 83 00")]
    outcome, _, _ = play([*empty(NOTHING), Till(SALE), Says(OK), Cut(), *CONNECT, *ask, *ask])
    assert outcome.state == "operator"


def test_a_terminal_that_told_nothing_before_proves_nothing_by_a_record_now() -> None:
    outcome, _, _ = play([*empty(DONE), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(PAID, PAID)])
    assert outcome.state == "operator"


# --- no end, and the wrong end


def test_a_completion_without_any_result_is_looked_into() -> None:
    outcome, _, _ = play([*begun(), *says(DONE), *CONNECT, *looks(PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_an_abort_behind_an_approval_means_that_nothing_was_charged() -> None:
    outcome, device, _ = play([*begun(), *says(PAID, "06 1E 01 64")])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.DECLINED)
    assert outcome.warnings == ["reversed"]
    assert device.store.values["payments"] == {}


def test_a_terminal_that_falls_silent_is_aborted_and_then_looked_into() -> None:
    steps = [*begun(), Till("06 B0 00"), Says(OK), Silence(), *CONNECT, *looks(BEFORE, BEFORE)]
    outcome, _, spending = play(steps)
    assert outcome.state == "failed"
    assert len(spending) == 1


def test_a_payment_that_wins_the_race_against_its_abort_is_paid() -> None:
    outcome, _, _ = play([*begun(), Till("06 B0 00"), Says(OK), *says(PAID, DONE)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_a_terminal_may_ask_for_more_patience() -> None:
    long = [Says("04 FF 02 0A 06"), Till(OK), Says("04 FF 01 0E", after=350.0), Till(OK)]
    outcome, _, _ = play([*begun(), *long, *says(PAID, DONE)])
    assert outcome.state == "done"


# --- results of before


def test_a_late_result_of_the_payment_before_is_not_this_ones() -> None:
    outcome, device, _ = play([*begun(), *says(BEFORE), Says("06 1E 01 6C"), Till(OK)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.CANCELLED)
    assert len(device.store.values["stray"]) == 1


def test_what_an_earlier_command_left_behind_is_acknowledged_and_told() -> None:
    late = result(700, receipt="0040", trace="000121")
    steps = [Till(REPEAT), Says(late), Till(OK), Says(OK), *says(BEFORE, DONE), Till(SALE), Says(OK), *says(PAID, DONE)]
    outcome, device, _ = play(steps)
    assert (outcome.state, outcome.payment.receipt_number) == ("done", "0042")
    assert [code for code, _ in device.alerts] == ["terminal.stray_result"]


def test_a_refusal_that_came_late_is_not_believed_of_a_payment() -> None:
    """An 84 of an earlier command stands before the answer: the terminal goes on, and the payment is under way."""
    steps = [*snapshot(), Till(SALE), Says("84 83 00"), Says(OK), Cut(), *CONNECT, *looks(PAID, PAID)]
    outcome, _, _ = play(steps)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


# --- the other operations


def test_a_refund_is_found_like_a_payment() -> None:
    refund = operation("payment.refund", amount="12.34", currency="EUR")
    steps = [*begun("06 31 0D 00 00 00 04 00 00 00 00 12 34 49 09 78"), Cut(), *CONNECT, *looks(PAID, PAID)]
    outcome, _, spending = play(steps, refund)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
    assert len(spending) == 1


REVERSAL = operation(
    "payment.reversal", original={"receipt_number": "0041", "trace_number": "000122"}, amount="5.00", currency="EUR"
)
REVERSAL_SENT = "06 30 10 00 00 00 87 00 41 04 00 00 00 00 05 00 49 09 78"


@pytest.mark.parametrize(
    ("shown", "state"),
    [
        (result(500, original="000122"), "done"),
        (result(500), "done"),
        (result(500, original="000100"), "operator"),
        (result(700), "operator"),
        (BEFORE, "failed"),
        (result(500, code=0x05), "done"),
    ],
)
def test_a_reversal_is_found_by_what_it_takes_back(shown: str, state: str) -> None:
    outcome, _, spending = play([*begun(REVERSAL_SENT), Cut(), *CONNECT, *looks(shown, shown)], REVERSAL)
    assert outcome.state == state
    if state == "done":
        assert outcome.payment.original == "0041"
    assert len(spending) == 1


def test_a_reservation_that_is_still_open_was_not_released() -> None:
    release = operation("payment.release", original={"receipt_number": "0041"})
    odd = message("04 0F", "27 00")
    ask = [*run_of(READINESS, READY), *run_of(REPEAT, odd, DONE), *run_of("06 23 03 87 FF FF", "06 1E 04 B8 87 00 41")]
    outcome, _, _ = play([*begun("06 25 06 87 00 41 49 09 78"), Cut(), *CONNECT, *ask, *ask], release)
    assert outcome.state == "failed"


def totals(trace: str, time: str, amount: int = 1734) -> str:
    schemes = "00" * 14 + "02" + f"{amount:012d}" + "00" * 28
    return message("04 0F", f"27 00 04 {amount:012d} 0B {trace} 0C {time} 0D 1224 60 F0F5F3 0041 0042 {schemes}")


LAST_DAY = message(
    "04 0F", f"27 00 04 000000000900 0B 000090 0C 200000 0D 1223 60 F0F5F3 0030 0040 {'00' * 14}03{900:012d}{'00' * 28}"
)
REPEAT_DAY = "06 20 0B 00 00 00 03 03 06 04 1F 01 01 04"


@pytest.mark.parametrize(
    ("shown", "state"),
    [(totals("000124", "101510"), "done"), (LAST_DAY, "failed"), (totals("000124", "070000"), "operator")],
)
def test_an_end_of_day_is_found_by_its_totals(shown: str, state: str) -> None:
    ask = [*run_of(READINESS, READY), *run_of(REPEAT_DAY, shown, DONE)]
    steps = [*run_of(REPEAT_DAY, LAST_DAY, DONE), Till("06 50 03 00 00 00"), Says(OK), Cut(), *CONNECT, *ask, *ask]
    outcome, _, spending = play(steps, operation("terminal.reconcile"))
    assert outcome.state == state
    if state == "done":
        assert outcome.result is not None
        assert outcome.result.reconciliation is not None
        assert str(outcome.result.reconciliation.total) == "17.34"
    assert len(spending) == 1


@pytest.mark.parametrize("messages", [[totals("000124", "101510"), "06 1E 01 77"], ["06 1E 01 FF"], ["06 1E 00"]])
def test_an_end_of_day_that_ends_with_an_unclear_error_is_looked_into(messages: list[str]) -> None:
    kept = totals("000124", "101510")
    ask = [*run_of(READINESS, READY), *run_of(REPEAT_DAY, kept, DONE)]
    steps = [*run_of(REPEAT_DAY, LAST_DAY, DONE), *run_of("06 50 03 00 00 00", *messages), *CONNECT, *ask, *ask]
    outcome, _, _ = play(steps, operation("terminal.reconcile"))
    assert outcome.state == "done"


def test_an_end_of_day_that_is_not_possible_fails() -> None:
    steps = [*run_of(REPEAT_DAY, LAST_DAY, DONE), *run_of("06 50 03 00 00 00", "06 1E 01 77")]
    outcome, _, _ = play(steps, operation("terminal.reconcile"))
    assert (outcome.state, outcome.error.device_code if outcome.error else None) == ("failed", "77")


def test_totals_without_closing_are_never_in_doubt() -> None:
    steps = [*run_of(REPEAT_DAY, LAST_DAY, DONE), Till("06 10 03 00 00 00"), Says(OK), Cut(), *CONNECT]
    outcome, _, _ = play(steps, operation("terminal.reconcile", close=False))
    assert outcome.state == "failed"


def test_nothing_that_was_not_sent_is_in_doubt() -> None:
    outcome, _, _ = play([Till(REPEAT), Says(OK), Cut()])
    assert outcome.state == "failed"
    assert outcome.job.checkpoints == []


# --- a reversal that comes later


def test_a_payment_that_had_to_be_found_out_is_watched_and_its_job_is_told_of_a_reversal() -> None:
    async def scenario() -> None:
        watch = [*run_of(REPEAT, PAID, DONE), *run_of(REPEAT, REVERSED, DONE), *run_of(ENQUIRY, READY)]
        bench = Bench([*begun(), Cut(), *CONNECT, *looks(PAID, PAID), *watch])
        outcome = await bench._run(purchase(), Job(bench.device))
        assert outcome.state == "done"
        assert bench.driver is not None
        assert await bench.driver.maintain(bench.device) == 30.0
        assert bench.device.amendments == []
        await bench.driver.maintain(bench.device)
        assert bench.device.amendments == [("JOB1", {"outcome": Came.REVERSED})]
        assert await bench.driver.maintain(bench.device) == 60.0
        await bench.check()
        await bench.disconnect()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("kept", "settings", "stands"),
    [
        (PAID, {}, Came.APPROVED),
        (PAID, {"shows_reversed": True}, None),
        (REVERSED, {}, Came.REVERSED),
        (result(code=0x6C), {}, Came.REVERSED),
        (result(500, receipt="0043", trace="000124", time="101700"), {}, None),
        (BEFORE, {}, None),
    ],
)
def test_a_payment_that_is_done_is_looked_up_again(kept: str, settings: dict[str, Any], stands: Came | None) -> None:
    async def scenario() -> None:
        bench = Bench([*begun(), *says(PAID, DONE), *run_of(REPEAT, kept, DONE)], **settings)
        job = Job(bench.device)
        outcome = await bench._run(purchase(), job)
        assert outcome.result is not None
        assert bench.driver is not None
        assert await bench.driver.look_again(job, purchase(), outcome.result) is stands
        assert bench.device.amendments == ([("JOB1", {"outcome": Came.REVERSED})] if kept == REVERSED else [])
        await bench.check()
        await bench.disconnect()

    run_virtual(scenario())


def test_a_reversal_that_is_seen_before_the_next_payment_is_told_to_the_job_that_it_takes_back() -> None:
    async def scenario() -> None:
        steps = [*begun(), *says(PAID, DONE), *run_of(REPEAT, REVERSED, DONE), Till(SALE), Says("84 83 00")]
        bench = Bench(steps)
        assert (await bench._run(purchase(), Job(bench.device))).state == "done"
        refused = await bench.run(purchase(), Job(bench.device, "JOB2"))
        assert refused.state == "failed"
        assert refused.error is not None
        assert (refused.error.fate, refused.error.device_code) == (Fate.NOT_ISSUED, "83")
        assert bench.device.amendments == [("JOB1", {"outcome": Came.REVERSED})]
        await bench.disconnect()

    run_virtual(scenario())


def test_what_cannot_be_written_down_is_not_acknowledged() -> None:
    async def scenario() -> None:
        bench = Bench([*begun(), Says(PAID), Silence()])
        job = Job(bench.device)

        def full(name: str) -> None:
            if name == "status_information":
                raise RuntimeError("the disk is full")

        job.on_checkpoint = full
        driver = await bench.connect()
        with pytest.raises(RuntimeError, match="the disk is full"):
            await driver.execute(job, purchase())
        assert bench.terminal.heard[-1] == OK  # that of 04 FF
        assert len([sent for sent in bench.terminal.heard if sent == OK]) == 3
        await bench.disconnect()

    run_virtual(scenario())
