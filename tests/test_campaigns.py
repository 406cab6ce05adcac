"""Campaigns as a test: a few of each kind of device; many are the business of .ci/run. Also: that they can fail, and tell why."""

from __future__ import annotations

import pytest

from tests.harness.benches import BENCHES, bench_named
from tests.harness.campaign.plan import Fault, Plan, Step, draw, read_plan
from tests.harness.campaign.play import play
from tests.harness.campaign.run import run
from tests.harness.campaign.shrink import shrink

# One of each kind; the others speak over another transport, or by older commands.
USUAL = ("gateway", "terminal", "posnet", "shtrih-m", "atol", "zvt")


def _wrong(family: str, campaigns: int) -> str:
    """What was wrong, for people; empty where nothing was."""
    total = run(bench_named(family), campaigns, seed=1, tries=40)
    assert total.operations > 5 * campaigns
    assert total.struck.total() > campaigns
    return "\n".join(total.lines()) if total.wrong else ""


@pytest.mark.parametrize("family", USUAL)
def test_no_row_of_faults_loses_or_doubles_a_document(family: str) -> None:
    assert not _wrong(family, 2)


@pytest.mark.exhaustive
@pytest.mark.parametrize("family", sorted(BENCHES))
def test_no_row_of_faults_loses_or_doubles_a_document_in_any_variant(family: str) -> None:
    assert not _wrong(family, 2 * len(bench_named(family).variants()))


@pytest.mark.parametrize(
    ("name", "symptom"),
    [
        ("wrong-gullible", "there is no document of it"),
        ("wrong-hopeful", "documents instead of"),
        ("wrong-stubborn", "documents instead of"),
    ],
)
def test_a_campaign_finds_a_wrong_driver_out(name: str, symptom: str) -> None:
    total = run(bench_named(name), 4, seed=1, tries=0)
    assert any(symptom in violation for violation, _ in total.wrong), list(total.lines())


def test_a_campaign_that_went_wrong_is_made_small() -> None:
    """A driver that believes what was not answered was not issued needs one sale and one lost answer."""
    total = run(bench_named("wrong-hopeful"), 2, seed=1, tries=60)
    _, plan = total.wrong[0]
    assert (len(plan.steps), plan.faults) == (1, 1)


def test_a_seed_draws_the_same_campaign_again_and_another_one_another() -> None:
    bench = bench_named("gateway")
    first = bench.variants()[0]
    assert draw(bench, first, 7) == draw(bench, first, 7)
    assert draw(bench, first, 7) != draw(bench, first, 8)


def test_a_campaign_is_written_down_and_played_again() -> None:
    bench = bench_named("terminal")
    plan = draw(bench, bench.variants()[0], 3)
    assert read_plan(str(plan)) == plan
    first, again = play(plan), play(read_plan(str(plan)))
    assert (first.story, first.struck) == (again.story, again.struck)


def test_the_second_cut_falls_into_the_recovery_of_the_first_and_the_third_behind_a_crash() -> None:
    faults = (
        Fault("to_host", 120, "reconnect"),
        Fault("to_device", 5, "restart", 1.0),
        Fault("to_host", 3, "power", 3.0),
        Fault("seconds", 0.5, "again"),
    )
    report = play(Plan("posnet", "ordinary", (Step("plain sale", faults),)))
    assert report.violation is None
    assert report.struck == {"reconnect": 1, "restart": 1, "power": 1, "again": 1}


def test_a_bridge_that_crashes_while_it_starts_starts_again() -> None:
    faults = (Fault("to_device", 40, "restart", 0.1), *(Fault("seconds", 0.1, "restart", 0.1) for _ in range(4)))
    report = play(Plan("gateway", "slow", (Step("sale", faults),)))
    assert report.violation is None
    assert report.struck["restart"] == 5


def test_what_is_made_small_keeps_what_makes_it_wrong() -> None:
    culprit = Fault("to_host", 7, "reconnect")
    noise = Fault("answer", 1, "late", 6.0)
    plan = Plan("gateway", "ordinary", tuple(Step("sale", (noise, culprit) if n == 3 else (noise,)) for n in range(6)))
    small = shrink(plan, lambda other: any(culprit in step.faults for step in other.steps))
    assert small == Plan("gateway", "ordinary", (Step("sale", (culprit,)),))
