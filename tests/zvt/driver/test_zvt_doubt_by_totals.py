"""What else than the last record tells what became of an end of day or a release: the totals' receipts, the open reservations."""

from __future__ import annotations

import pytest
from bridge_zvt.answers import SchemeCount, Totals

from tests.harness.cable import Cut, play
from tests.harness.campaign.plan import Fault, Plan, Step
from tests.harness.campaign.play import play as play_campaign
from tests.harness.zvt_bench import ZvtBench


@pytest.mark.parametrize(
    ("first", "last", "receipt", "held"),
    [
        ("0030", "0041", "0030", True),
        ("0030", "0041", "0041", True),
        ("0030", "0041", "0042", False),
        ("9990", "0003", "9999", True),
        ("9990", "0003", "0002", True),
        ("9990", "0003", "0500", False),
        ("0030", "0041", "120035", True),  # six digits at a terminal whose totals have four
        (None, "0041", "0035", False),
        ("0030", "0041", "", False),
    ],
)
def test_totals_hold_the_receipts_between_their_first_and_last(first: str | None, last: str, receipt: str, held: bool) -> None:
    totals = Totals(first_receipt=first, last_receipt=last, schemes=(SchemeCount(scheme="visa", count=1, sum=100),))
    assert totals.hold(receipt) is held


@pytest.mark.parametrize(
    ("variant", "scenario", "cut"),
    [
        ("no last record", "end of day", Cut("to_host", 43, "foreign")),  # closed, and another till's payment in the new batch
        ("A", "end of day", Cut("to_device", 15, "reconnect")),  # not begun
        ("a PIN", "release", Cut("to_device", 13, "foreign")),  # still open, and another till's payment is the last record
        ("A", "release", Cut("to_host", 228, "foreign")),  # released, and another till's payment is the last record
    ],
)
def test_another_tills_payment_is_not_taken_for_the_outcome(variant: str, scenario: str, cut: Cut) -> None:
    bench = ZvtBench()
    chosen = next(one for one in bench.variants() if one.name == variant)
    outcome = play(bench, chosen, next(one for one in bench.scenarios() if one.name == scenario), cut)
    assert outcome.violations == ()
    assert outcome.struck


def _settled(bench: str, variant: str, *steps: Step) -> int:
    """How many jobs a person had to settle; nothing else may be wrong, the payments' outcomes in the end included."""
    report = play_campaign(Plan(bench, variant, steps))
    assert report.violation is None
    return report.by_hand.total()


def test_a_charge_that_a_person_settled_is_not_taken_for_the_reversal_of_its_reservation() -> None:
    """Both records name the reservation's trace; the job of the reservation would be told that it was taken back."""
    charge = Step("capture", (Fault("answer", 6, "late", 200.0),))
    assert _settled("zvt", "A, shows it as if it stood", Step("reservation"), charge) == 1


def test_the_result_of_a_charge_that_comes_unasked_is_not_taken_for_the_reversal_of_its_reservation() -> None:
    charge = Step("capture", (Fault("to_device", 67, "reconnect"),))
    assert _settled("zvt-serial", "A", Step("reservation"), charge) == 0


def test_a_terminal_that_answers_the_command_before_is_listened_to_until_it_has_caught_up() -> None:
    """It repeats what was not acknowledged when the line broke: its answers would be one command behind for ever, its number missing."""
    faults = (Fault("to_device", 75, "reconnect"), Fault("to_device", 57, "foreign"), Fault("to_host", 35, "reconnect"))
    assert _settled("zvt-serial", "A", Step("purchase", faults)) == 1
