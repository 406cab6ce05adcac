"""Doubts in which the obvious answer is the wrong one: numbers that a refusal did not use up, records without numbers, reversals of
something else, answers to questions that pass for results, amounts that the customer changed.
"""

from __future__ import annotations

import pytest
from bridge_zvt.answers import Record
from bridge_zvt.frame import Apdu
from zvt_bench import (
    BEFORE,
    CONNECT,
    DONE,
    OK,
    READINESS,
    READY,
    REPEAT,
    TID,
    Bench,
    Cut,
    Job,
    Says,
    Till,
    message,
    operation,
    purchase,
    result,
    run_of,
    says,
    snapshot,
)
from zvt_doubts import PAID, REVERSED, SALE, begun, looks, play

from bridge.model import Fate
from bridge.model import Outcome as Came
from bridge.transport import run_virtual

# --- numbers


def test_an_approval_that_takes_the_numbers_of_the_refusal_before_it_is_a_new_one() -> None:
    """A refusal used up no number; the same amount is tried again, approved, and its end is lost."""
    refused = result(code=0x05, time="101430")
    steps = [*snapshot(refused), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(PAID, PAID)]
    outcome, _, spending = play(steps)
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
    assert len(spending) == 1


def test_a_right_pin_behind_a_wrong_one_counts_though_both_have_the_same_numbers() -> None:
    wrong = result(code=0x37, time="101455")
    outcome, _, _ = play([*begun(), Says(wrong), Till(OK), Cut(), *CONNECT, *looks(PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_a_sale_of_the_same_amount_is_not_taken_for_the_one_before_it_where_the_terminal_tells_no_numbers() -> None:
    bare = message("04 0F", f"27 00 04 000000001234 {TID}")
    outcome, _, _ = play([*snapshot(bare), Till(SALE), Says(OK), *says(bare, DONE)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)


def test_records_that_read_the_same_and_tell_neither_number_nor_time_prove_nothing() -> None:
    bare = message("04 0F", f"27 00 04 000000001234 {TID}")
    outcome, _, _ = play([*snapshot(bare), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(bare, bare)])
    assert outcome.state == "operator"


def test_a_receipt_number_alone_that_came_round_again_proves_nothing() -> None:
    """The first sale of a day has the number that the first one of the day before had."""
    before = message("04 0F", f"27 00 04 000000001234 0C 095500 0D 1223 {TID} 87 0001")
    now = message("04 0F", f"27 00 04 000000001234 0C 101502 0D 1224 {TID} 87 0001")
    outcome, _, _ = play([*snapshot(before), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(now, now)])
    assert outcome.state == "operator"


@pytest.mark.parametrize(
    ("before", "after"),
    [(("9999", "999999"), ("0001", "000001")), (("9999", "000122"), ("0001", "000123"))],
)
def test_numbers_that_wrap_are_new_ones(before: tuple[str, str], after: tuple[str, str]) -> None:
    old = result(1234, receipt=before[0], trace=before[1], time="101400")
    new = result(1234, receipt=after[0], trace=after[1])
    outcome, _, _ = play([*snapshot(old), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(new, new)])
    assert (outcome.state, outcome.payment.receipt_number) == ("done", after[0])


# --- a terminal that says that it has nothing


@pytest.mark.parametrize("code", ["C2", "F0", "DF", "7D", "6C"])
def test_a_terminal_that_cannot_tell_is_not_one_that_has_no_payment(code: str) -> None:
    """A payment of the same amount one minute ago would pass for this one."""
    old = result(time="101400")
    steps = [*run_of(REPEAT, f"06 1E 01 {code}"), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(old, old)]
    outcome, _, _ = play(steps)
    assert outcome.state == "operator"


def test_a_payment_that_this_bridge_knew_is_not_new_though_the_terminal_had_said_that_it_has_none() -> None:
    async def scenario() -> None:
        denied = run_of(REPEAT, "06 1E 01 FF")
        first = [*snapshot(), Till(SALE), Says(OK), *says(PAID, DONE)]
        bench = Bench([*first, *denied, Till(SALE), Says(OK), Cut(), *CONNECT, *looks(PAID, PAID)])
        assert (await bench._run(purchase(), Job(bench.device))).state == "done"
        second = await bench.run(purchase(), Job(bench.device, "JOB2"))
        assert second.state == "operator"
        await bench.disconnect()

    run_virtual(scenario())


# --- the answer to a question is no result


@pytest.mark.parametrize(("shown", "shared"), [(BEFORE, False), (result(receipt="0050", trace="000140"), True)])
def test_what_the_terminal_shows_when_asked_is_never_taken_for_what_it_told_of_this_payment(shown: str, shared: bool) -> None:
    """The link breaks again while recovery asks; on the next one the terminal repeats its answer."""
    asked = [*run_of(READINESS, READY), Till(REPEAT), Says(OK), Says(shown), Cut()]
    again = [Till(READINESS), Says(shown), Till(OK), Says(OK), *says(READY), *run_of(REPEAT, shown, DONE)]
    steps = [*begun(), Cut(), *CONNECT, *asked, *CONNECT, *again, *looks(shown)]
    outcome, _, _ = play(steps, shared=shared)
    assert outcome.state == ("operator" if shared else "failed")


def test_a_repeated_result_of_the_payment_before_is_not_this_ones() -> None:
    again = [Till(READINESS), Says(BEFORE), Till(OK), Says(OK), *says(READY), *run_of(REPEAT, BEFORE, DONE)]
    outcome, device, _ = play([*begun(), Cut(), *CONNECT, *again, *looks(BEFORE)])
    assert outcome.state == "failed"
    assert len(device.store.values["stray"]) == 1


# --- reversals

FAILED_REVERSAL = result(receipt="0043", trace="000124", time="101530", original="000123", code=0x7D)


@pytest.mark.parametrize("heard", [[], [Says(PAID), Till(OK)]], ids=["nothing heard", "approval heard"])
def test_a_reversal_that_was_not_approved_took_nothing_back(heard: list[Says | Till]) -> None:
    outcome, _, _ = play([*begun(), *heard, Cut(), *CONNECT, *looks(FAILED_REVERSAL, FAILED_REVERSAL)])
    assert outcome.state == "operator"


@pytest.mark.parametrize("original", ["000122", "000090"])
def test_the_reversal_of_an_earlier_payment_tells_nothing_of_this_one(original: str) -> None:
    other = result(500, receipt="0043", trace="000124", time="101530", original=original)
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *looks(other, other)])
    assert outcome.state == "operator"


def test_a_reversal_behind_the_wrap_of_the_trace_is_of_this_payment() -> None:
    before = result(500, receipt="0041", trace="999999", time="095500")
    back = result(receipt="0043", trace="000002", time="101530", original="000001")
    outcome, _, _ = play([*snapshot(before), Till(SALE), Says(OK), Cut(), *CONNECT, *looks(back, back)])
    assert outcome.state == "failed"


def test_a_reversal_that_was_told_is_no_approval() -> None:
    """Two 04 0F in one command: the approval, and that it was taken back. The link breaks behind them."""
    outcome, _, _ = play([*begun(), *says(PAID, REVERSED), Cut(), *CONNECT, *looks(REVERSED, REVERSED)])
    assert outcome.state == "failed"
    assert outcome.answer.proof["decision"] == "the terminal had told that it took the payment back"


def test_a_reversal_that_was_told_and_a_good_end_do_not_make_a_payment() -> None:
    outcome, _, _ = play([*begun(), *says(PAID, REVERSED, DONE), *CONNECT, *looks(REVERSED, REVERSED)])
    assert outcome.state == "failed"


def test_a_booking_that_was_taken_back_is_not_approved_by_its_amount() -> None:
    capture = operation(
        "payment.capture", original={"receipt_number": "0041", "trace_number": "000122"}, amount="12.34", currency="EUR"
    )
    sent = "06 24 0D 87 00 41 04 00 00 00 00 12 34 49 09 78"
    outcome, _, _ = play([*begun(sent), Cut(), *CONNECT, *looks(REVERSED, REVERSED)], capture)
    assert outcome.state == "failed"


def test_a_reversal_that_was_reversed_is_not_done() -> None:
    """Its receipt alone was named; the terminal took the reversal back by itself, over the same amount."""
    reversal = operation("payment.reversal", original={"receipt_number": "0041"}, amount="5.00", currency="EUR")
    sent = "06 30 10 00 00 00 87 00 41 04 00 00 00 00 05 00 49 09 78"
    undone = result(500, receipt="0043", trace="000124", time="101530", original="000123")
    outcome, _, _ = play([*begun(sent), Cut(), *CONNECT, *looks(undone, undone)], reversal)
    assert outcome.state == "failed"


def test_a_payment_that_was_taken_back_instead_of_another_tells_its_own_job() -> None:
    async def scenario() -> None:
        reversal = operation("payment.reversal", original={"receipt_number": "0030"})
        sold = [*snapshot(), Till(SALE), Says(OK), *says(PAID, DONE)]
        wrong = [*snapshot(PAID), *run_of("06 30 06 00 00 00 87 00 30", REVERSED, DONE)]
        bench = Bench([*sold, *wrong])
        assert (await bench._run(purchase(), Job(bench.device))).state == "done"
        taken = await bench.run(reversal, Job(bench.device, "JOB2"))
        assert (taken.payment.outcome, taken.result is not None and taken.result.success) == (Came.DECLINED, False)
        assert "instead of receipt 0030" in taken.payment.reason_text
        assert bench.device.amendments == [("JOB1", {"outcome": Came.REVERSED})]
        await bench.disconnect()

    run_virtual(scenario())


# --- amounts

TIPPED = result(1500, more="06 09 1F 36 06 00 00 00 00 02 66")


def test_a_tip_that_was_given_at_the_terminal_does_not_hide_the_payment() -> None:
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *looks(TIPPED, TIPPED)])
    assert outcome.state == "done"
    assert (str(outcome.payment.approved), str(outcome.payment.tip)) == ("15.00", "2.66")


def test_less_than_was_asked_is_this_payment_where_the_till_had_allowed_it() -> None:
    sent = "06 01 10 04 00 00 00 00 12 34 49 09 78 06 04 1F 70 01 80"
    part = result(800)
    outcome, _, _ = play([*begun(sent), Cut(), *CONNECT, *looks(part, part)], purchase(allow_partial=True))
    assert (outcome.state, outcome.payment.outcome, str(outcome.payment.approved)) == ("done", Came.PARTIAL, "8.00")


# --- the terminal's last word


@pytest.mark.parametrize(("ending", "state"), [((PAID, DONE), Came.APPROVED), (("06 1E 01 05",), Came.DECLINED)])
def test_a_terminal_that_hangs_up_behind_its_last_word_leaves_no_doubt(ending: tuple[str, ...], state: Came) -> None:
    outcome, _, _ = play([*begun(), *says(*ending[:-1]), Says(ending[-1]), Cut()], shared=True)
    assert (outcome.state, outcome.payment.outcome) == ("done", state)


# --- a terminal that cannot be asked yet


def test_a_terminal_that_says_84_83_while_it_is_busy_is_asked_again() -> None:
    """It had shown its last payment before this one: it knows the command."""
    busy = [Till(READINESS), Says("84 83 00"), Till(REPEAT), Says("84 83 00")]
    outcome, _, _ = play([*begun(), Cut(), *CONNECT, *busy, *busy, *looks(PAID, PAID)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
    assert outcome.pending == ["terminal.busy", "terminal.busy", "terminal.wait"]


def test_a_terminal_that_is_busy_when_it_is_asked_for_its_totals_is_asked_again() -> None:
    none = message("04 0F", f"27 00 04 000000000000 60 F0F5F3 {'00' * 53}")
    nothing = run_of(REPEAT, "06 1E 01 B5")
    ask = [*run_of(READINESS, READY), *nothing]
    answered = [*ask, *run_of("06 10 03 00 00 00", none, DONE)]
    steps = [*nothing, Till(SALE), Says(OK), Cut(), *CONNECT, *ask, Till("06 10 03 00 00 00"), Says("84 9C 00")]
    outcome, _, _ = play([*steps, *answered, *answered])
    assert (outcome.state, outcome.pending) == ("failed", ["terminal.busy", "terminal.wait"])


# --- a refusal that repeats the numbers of the payment before it


@pytest.mark.parametrize(
    ("kept", "stands"),
    [
        (result(code=0x6C), Came.REVERSED),
        (result(code=0x05, time="101700"), None),
        (result(900, code=0x05), None),
    ],
)
def test_a_later_refusal_under_its_numbers_does_not_reverse_a_payment(kept: str, stands: Came | None) -> None:
    async def scenario() -> None:
        bench = Bench([*begun(), *says(PAID, DONE), *run_of(REPEAT, kept, DONE)])
        job = Job(bench.device)
        outcome = await bench._run(purchase(), job)
        assert outcome.result is not None
        assert bench.driver is not None
        assert await bench.driver.look_again(job, purchase(), outcome.result) is stands
        await bench.check()
        await bench.disconnect()

    run_virtual(scenario())


def test_an_approval_behind_which_a_refusal_repeats_its_numbers_is_for_a_person() -> None:
    later = result(code=0x05, time="101700")
    outcome, _, _ = play([*begun(), Says(PAID), Till(OK), Cut(), *CONNECT, *looks(later, later)])
    assert outcome.state == "operator"


# --- a last payment that is remembered, not asked for


def test_what_recovery_saw_is_what_the_next_payment_is_compared_with() -> None:
    """The first payment was found to be of another amount; a person settled it. The next one of that amount was never made."""

    async def scenario() -> None:
        other = result(1234, time="101602")
        first = [Till("06 01 0A 04 00 00 00 00 10 00 49 09 78"), Says(OK), Cut(), *CONNECT, *looks(other, other)]
        second = [Till(SALE), Says(OK), Cut(), *CONNECT, *looks(other, other)]
        bench = Bench([*first, *second], snapshot="stored")
        bench.device.store.values["last"] = _record(BEFORE)
        settled = await bench._run(purchase("10.00"), Job(bench.device))
        assert settled.state == "operator"
        assert (await bench.run(purchase(), Job(bench.device, "JOB2"))).state == "failed"
        await bench.disconnect()

    run_virtual(scenario())


def _record(shown: str) -> dict[str, object]:
    raw = bytes.fromhex(shown)
    return Record.of(Apdu(raw[0] << 8 | raw[1], raw[3:])).model_dump()


# --- a receipt number that came round again


@pytest.mark.parametrize(("trace", "state"), [("000123", "failed"), ("000900", "done")])
def test_a_payment_is_not_reversed_by_a_receipt_number_that_is_another_payments_by_now(trace: str, state: str) -> None:
    async def scenario() -> None:
        today = result(trace="000900", time="101602")
        first = [*snapshot(), Till(SALE), Says(OK), *says(PAID, DONE)]
        second = [*snapshot(PAID), Till(SALE), Says(OK), *says(today, DONE)]
        back = result(receipt="0043", trace="000901", time="101700", original="000900")
        sent = run_of("06 30 06 00 00 00 87 00 42", back, DONE) if state == "done" else []
        bench = Bench([*first, *second, *snapshot(today), *sent])
        for job in ("JOB1", "JOB2"):
            assert (await bench._run(purchase(), Job(bench.device, job))).state == "done"
        wanted = operation("payment.reversal", original={"receipt_number": "0042", "trace_number": trace})
        outcome = await bench.run(wanted, Job(bench.device, "JOB3"))
        assert outcome.state == state
        if outcome.error is not None:
            assert (outcome.error.code, outcome.error.fate) == ("request.conflict", Fate.NOT_ISSUED)
        await bench.disconnect()

    run_virtual(scenario())


# --- an end that contradicts the approval before it


@pytest.mark.parametrize("told", [(PAID, "06 0F 02 27 6C"), (result(0), DONE)], ids=["another result", "over nothing"])
def test_an_approval_and_an_end_that_contradict_each_other_are_looked_into(told: tuple[str, str]) -> None:
    outcome, _, spending = play([*begun(), *says(*told), *CONNECT, *looks(BEFORE, BEFORE)])
    assert outcome.state == "failed"
    assert len(spending) == 1


@pytest.mark.parametrize("ending", ["06 0F 02 27 00", "06 0F 02 27 E0", "06 0F 02 27 FC"])
def test_an_update_that_follows_leaves_the_payment(ending: str) -> None:
    outcome, _, _ = play([*begun(), *says(PAID, ending)])
    assert (outcome.state, outcome.payment.outcome) == ("done", Came.APPROVED)
