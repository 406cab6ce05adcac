"""Card payments from the command line, against a real bridge with a simulated terminal: taken, listed, asked about again."""

from __future__ import annotations

import signal
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from card_counter import Counter, hears, in_doubt, job_of, loses_an_answer

from bridge.cli import output
from bridge.cli import pay as paying
from bridge.model import Actor


def press_ctrl_c() -> None:
    signal.raise_signal(signal.SIGINT)  # from another thread: the handler runs in the main one


# -- taking one ---------------------------------------------------------------------------------------------------------


def test_a_payment_tells_what_is_waited_for_and_what_was_paid(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.terminal.switches.card = 600
    hears(counter, monkeypatch, "Insert or tap card", counter.terminal._card_read)
    result = run("pay", "pay-1", "12.50", "EUR", "--tip", "2.50", "--reference", "WEB-1", "--operator", "Anna")
    assert "Insert or tap card" in result.stderr
    assert "Paid: 12.50 EUR." in result.stdout
    for said in ("500000******0017", "Tip in it", "A00001"):
        assert said in result.stdout
    job = job_of(run("payments", "list", "--json"))["payments"][0]
    assert (job["reference"], job["operation"]["operator"]["name"]) == ("WEB-1", "Anna")
    assert counter.charged == [Decimal("12.50")]


def test_a_payment_as_json_is_the_job_and_nothing_else(run: Any, counter: Counter) -> None:
    job = job_of(run("pay", "pay-1", "12.50", "--json", "--key", "k1"))
    assert (job["state"], job["success"], job["result"]["payment"]["currency"]) == ("done", True, "EUR")
    assert job_of(run("pay", "pay-1", "12.50", "--json", "--key", "k1"))["id"] == job["id"]
    assert counter.charged == [Decimal("12.50")]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("2000.00", "EUR"), 1, "Not paid: declined (not enough money)."),
        (("2000.00", "EUR", "--allow-partial"), 4, "Approved in part: 1000.00 EUR of 2000.00 EUR."),
    ],
)
def test_the_exit_code_tells_paid_from_not_paid_and_from_a_part(
    run: Any, counter: Counter, more: tuple[str, ...], code: int, said: str
) -> None:
    assert said in run("pay", "pay-1", *more, code=code).stdout


def test_what_the_terminal_cannot_do_is_refused_before_anything_is_sent(run: Any, counter: Counter) -> None:
    output = run("pay", "pay-1", "9999.00", "EUR", code=1).output
    assert "5000.00" in output
    assert counter.terminal.truth == []


def test_a_payment_that_is_not_at_its_end_says_how_to_hear_of_it(run: Any, counter: Counter) -> None:
    counter.terminal.switches.card = 600
    result = run("pay", "pay-1", "12.50", "EUR", "--wait", "0.01", "--key", "k7", code=3)
    assert "Not finished yet" in result.stdout
    assert "--key k7" in result.stderr


def test_a_payment_in_doubt_warns_of_paying_again(run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    result = in_doubt(run, counter, monkeypatch)
    assert "do not pay again" in result.stdout.replace("\n", " ")


def test_ctrl_c_asks_for_the_end_and_tells_what_is_answered_and_what_became_of_it(run: Any, counter: Counter) -> None:
    before = signal.getsignal(signal.SIGINT)  # not the usual one where the tests run in the background of a shell
    counter.terminal.switches.card = 600
    before = signal.getsignal(signal.SIGINT)
    counter.when(lambda: counter.terminal.phase == "card", press_ctrl_c)
    result = run("pay", "pay-1", "12.50", "EUR", code=1)
    assert "The terminal was asked to end it." in result.stderr
    assert "Not paid: cancelled (given up by the till)." in result.stdout
    assert signal.getsignal(signal.SIGINT) is before


def test_an_end_that_comes_too_late_leaves_the_payment_what_it_is(run: Any, counter: Counter) -> None:
    async def too_late(*asked: Any) -> str:
        counter.terminal._card_read()
        return "too_late"

    counter.terminal.switches.card = 600
    counter.bridge.jobs.abort = too_late  # type: ignore[method-assign, assignment]
    counter.when(lambda: counter.terminal.phase == "card", press_ctrl_c)
    result = run("pay", "pay-1", "12.50", "EUR")
    assert "It is too late to end it." in result.stderr
    assert "Paid: 12.50 EUR." in result.stdout


def test_an_end_that_cannot_be_asked_for_yet_is_asked_for_again(run: Any, counter: Counter) -> None:
    original, broken = counter.bridge.jobs.abort, [RuntimeError("just now")]

    async def abort(*asked: Any) -> str:
        if broken:
            raise broken.pop()
        return await original(*asked)

    counter.terminal.switches.card = 600
    counter.bridge.jobs.abort = abort  # type: ignore[method-assign]
    counter.when(lambda: counter.terminal.phase == "card", press_ctrl_c)
    result = run("pay", "pay-1", "12.50", "EUR", code=1)
    assert "The end cannot be asked for yet" in result.stderr
    assert "Not paid: cancelled" in result.stdout


def test_a_second_ctrl_c_leaves_the_payment_to_the_terminal(run: Any, counter: Counter) -> None:
    async def unsupported(*asked: Any) -> str:
        counter.loop.call_soon(press_ctrl_c)
        return "unsupported"

    counter.terminal.switches.card = 600
    counter.bridge.jobs.abort = unsupported  # type: ignore[method-assign, assignment]
    counter.when(lambda: counter.terminal.phase == "card", press_ctrl_c)
    result = run("pay", "pay-1", "12.50", "EUR", "--key", "k8", code=130)
    assert "end it at the terminal" in result.stderr
    assert "goes on without this command" in result.stderr
    assert "--key k8" in result.stderr


@pytest.mark.parametrize(("answer", "code", "said"), [("yes", 0, "Paid: 12.50 EUR."), ("no", 1, "signature refused")])
def test_a_question_is_put_and_answered(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, said: str
) -> None:
    counter.terminal.switches.signature = True
    monkeypatch.setattr(paying, "_somebody_there", lambda: True)
    result = run("pay", "pay-1", "12.50", "EUR", input=f"{answer}\n", code=code)
    assert "Is the signature right?" in result.stderr
    assert said in result.stdout.replace("\n", " ")


def test_ctrl_c_at_a_question_asks_for_the_end(run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.terminal.switches.signature = True
    monkeypatch.setattr(paying, "_somebody_there", lambda: True)

    def prompt(*asked: Any, **options: Any) -> str:
        press_ctrl_c()
        raise AssertionError("Ctrl+C is raised in the middle of a question")

    monkeypatch.setattr(paying.click, "prompt", prompt)
    no_signature = partial(counter.terminal._decide, "reversed", reason="no signature")
    hears(counter, monkeypatch, "Waiting for what becomes of it.", no_signature)
    result = run("pay", "pay-1", "12.50", "EUR", code=1)
    assert "end it" in result.stderr
    assert "no signature" in result.stdout


def test_where_nobody_can_answer_the_question_is_told_with_its_answers(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.terminal.switches.signature = True
    no_signature = partial(counter.terminal._decide, "reversed", reason="no signature")
    hears(counter, monkeypatch, "Nobody can answer here.", no_signature)
    result = run("pay", "pay-1", "12.50", "EUR", code=1)
    assert "Is the signature right?" in result.stderr
    assert "Nobody can answer here." in result.stderr
    assert result.stderr.count("Is the signature right?") == 1


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = loses_an_answer(monkeypatch)
    assert "Paid: 12.50 EUR." in run("pay", "pay-1", "12.50", "EUR").stdout
    assert len(lost) == len(counter.charged) == 1


# -- the list -----------------------------------------------------------------------------------------------------------


def test_payments_are_listed_and_filtered(run: Any, counter: Counter) -> None:
    assert "No such payments." in run("payments", "list").output
    paid = job_of(run("pay", "pay-1", "12.50", "EUR", "--tip", "1.50", "--reference", "WEB-1", "--json"))["id"]
    refused = job_of(run("pay", "pay-1", "2000.00", "EUR", "--json", code=1))["id"]
    body = {"op": "payment.refund", "amount": "2.00", "currency": "EUR", "original": {"job": paid}}
    back = counter.do(lambda: counter.bridge.jobs.submit(Actor(principal="till"), "pay-1", "back", body)).id
    counter.do(lambda: counter.bridge.jobs.wait(back, 20))
    shown = run("payments", "list").output
    for said in ("Tip", "Reference", "WEB-1", "12.50 EUR", "500000******0017", "declined", "refund"):
        assert said in shown

    def ids(*filters: str) -> list[str]:
        return [job["id"] for job in job_of(run("payments", "list", "--json", *filters))["payments"]]

    assert ids() == [back, refused, paid]
    assert ids("--outcome", "declined", "--outcome", "partial") == [refused]
    assert ids("--state", "unresolved") == ids("--device", "pay-2") == []
    assert ids("--reference", "WEB-1") == [paid]
    assert ids("--original", paid) == [back]
    assert ids("--from", "1h") == [back, refused, paid]
    assert ids("--to", "1h") == ids("--from", "2099-01-01") == []
    page = job_of(run("payments", "list", "--json", "--limit", "2"))
    assert ids("--after", page["next"]) == [paid]
    assert f"More: --after {page['next']}" in run("payments", "list", "--limit", "2").output
    assert "is no time" in run("payments", "list", "--from", "soon", code=1).output
    run("payments", "list", "--outcome", "perhaps", code=2)


# -- asking again -------------------------------------------------------------------------------------------------------


def test_asking_again_tells_what_the_terminal_says(run: Any, counter: Counter) -> None:
    job = job_of(run("pay", "pay-1", "12.50", "EUR", "--json"))["id"]
    assert "says the same as before. Paid: 12.50 EUR." in run("payments", "refresh", job).stdout
    counter.do(lambda: counter.terminal.reverse(1))
    assert "has answered. Not paid: reversed" in run("payments", "refresh", job, code=1).stdout
    assert "was not asked" in run("payments", "refresh", job, code=1).stdout
    assert job_of(run("payments", "refresh", job, "--json", code=1))["result"]["payment"]["outcome"] == "reversed"


def test_a_payment_in_doubt_is_not_known_until_the_terminal_says_it(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = job_of(in_doubt(run, counter, monkeypatch, "--json"))
    assert job["state"] == "unresolved"
    assert "Still not known" in run("payments", "refresh", job["id"], "--wait", "1", code=3).stdout
    counter.do(lambda: counter.terminal.power(True))
    assert "surely nothing was charged" in run("payments", "refresh", job["id"], code=1).stdout
    assert counter.charged == []


def test_a_terminal_that_cannot_be_asked_says_nothing_of_the_payment(run: Any, counter: Counter) -> None:
    counter.terminal.switches.card = 600
    job = job_of(run("pay", "pay-1", "12.50", "EUR", "--wait", "0.01", "--json", code=3))["id"]
    output = run("payments", "refresh", job, code=3).output
    assert "is under way at the terminal" in output
    assert "What was known before is all that is known." in output
    assert "there is no job" in run("payments", "refresh", "01J9", code=2).output


def test_a_list_that_is_narrow_keeps_every_number_whole(run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    job = job_of(run("pay", "pay-1", "1400.00", "EUR", "--allow-partial", "--reference", "WEB-1", "--json", code=4))["id"]
    monkeypatch.setattr(output, "_WIDE", 80)
    shown = run("payments", "list").output
    for said in (job, "WEB-1", "purchase", "partial", "1000.00 EUR", "of 1400.00", "500000…0017", "slip 1"):
        assert said in shown
    assert max(len(line) for line in shown.splitlines()) <= 80
