"""Card payments taken back from the command line, against a real bridge with a simulated terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from card_counter import Counter, in_doubt, job_of, loses_an_answer


def standing(at: Counter) -> list[tuple[str, Decimal]]:
    return [(entry.record.kind, entry.record.amount) for entry in at.terminal.truth if entry.record.decision == "approved"]


def paid(run: Any) -> str:
    return str(job_of(run("pay", "pay-1", "12.50", "EUR", "--json"))["id"])


def test_a_payment_is_reversed_once_whatever_is_repeated(run: Any, counter: Counter) -> None:
    job = paid(run)
    result = run("payments", "reverse", job, "--key", "back", "--operator", "Anna")
    assert "12.50 EUR is taken back at pay-1." in result.stderr
    assert "Taken back: 12.50 EUR." in result.stdout
    again = job_of(run("payments", "reverse", job, "--key", "back", "--operator", "Anna", "--json"))
    assert (again["op"], again["operation"]["original"]["job"], again["operation"]["operator"]) == (
        "payment.reversal",
        job,
        {"name": "Anna"},
    )
    assert "was reversed already" in run("payments", "reverse", job, code=1).output
    assert [kind for kind, _ in standing(counter)].count("reversal") == 1
    assert "Not paid: reversed" in run("payments", "refresh", job, code=1).stdout


def test_a_payment_is_given_back_in_parts_and_no_more_than_it_was(run: Any, counter: Counter) -> None:
    job = paid(run)
    result = run("payments", "refund", job, "--amount", "2.00", "--reference", "BACK-1", "--key", "part")
    assert "2.00 EUR is given back at pay-1." in result.stderr
    assert "Given back: 2.00 EUR." in result.stdout
    run("payments", "refund", job, "--amount", "2.00", "--reference", "BACK-1", "--key", "part")
    assert "10.50 can still be given back" in run("payments", "refund", job, code=1).output
    assert "was dealt with already" in run("payments", "reverse", job, code=1).output
    run("payments", "refund", job, "--amount", "10.50")
    assert [amount for kind, amount in standing(counter) if kind == "refund"] == [Decimal("2.00"), Decimal("10.50")]


def test_all_of_a_payment_is_given_back_where_no_amount_is_named(run: Any, counter: Counter) -> None:
    job = paid(run)
    assert "Given back: 12.50 EUR." in run("payments", "refund", job, "--key", "all").stdout
    assert "Given back: 12.50 EUR." in run("payments", "refund", job, "--key", "all").stdout
    assert [amount for kind, amount in standing(counter) if kind == "refund"] == [Decimal("12.50")]


@pytest.mark.parametrize(("command", "said"), [("reverse", "Not taken back: declined"), ("refund", "Not given back: declined")])
def test_what_the_terminal_declines_ends_with_1(run: Any, counter: Counter, command: str, said: str) -> None:
    job = paid(run)
    counter.terminal.switches.decision = "decline"
    assert said in run("payments", command, job, code=1).stdout


@pytest.mark.parametrize("command", ["reverse", "refund"])
def test_what_was_not_paid_cannot_be_taken_back(run: Any, counter: Counter, command: str) -> None:
    job = job_of(run("pay", "pay-1", "2000.00", "EUR", "--json", code=1))["id"]
    assert "was not approved (declined)" in run("payments", command, job, code=1).output
    assert "there is no job" in run("payments", command, "01J9", code=1).output
    assert "is not known" in run("payments", command, "01J9", "--key", "earlier", code=3).output
    assert standing(counter) == []


@pytest.mark.parametrize(
    ("command", "phase", "warned", "surely"),
    [
        (
            "reverse",
            "acquirer",
            "whether the payment was taken back: do not give the money back otherwise.",
            "the payment stands",
        ),
        ("refund", "card", "whether the money was given back: do not give it back again", "no money was given back"),
    ],
)
def test_one_in_doubt_warns_of_giving_back_again_and_its_key_tells_later(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch, command: str, phase: str, warned: str, surely: str
) -> None:
    job = paid(run)
    result = in_doubt(run, counter, monkeypatch, "--key", "k1", command=("payments", command, job), phase=phase)
    assert warned in result.stdout.replace("\n", " ")
    assert "--key k1" in result.stderr
    counter.do(lambda: counter.terminal.power(True))
    assert surely in run("payments", command, job, "--key", "k1", code=1).stdout
    assert standing(counter) == [("purchase", Decimal("12.50"))]


def test_an_answer_that_is_lost_is_asked_for_with_the_same_key(
    run: Any, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = paid(run)
    loses_an_answer(monkeypatch)
    assert "Given back: 2.00 EUR." in run("payments", "refund", job, "--amount", "2.00").stdout
    assert [kind for kind, _ in standing(counter)] == ["purchase", "refund"]
