"""An abort at any moment of a purchase: the outcome is always the terminal's, whatever it answered to the abort."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Job, JobState
from bridge.transport import run_virtual
from tests.harness.bench import Scenario, Truth, Variant
from tests.harness.cable import ACTOR, Stage
from tests.harness.zvt_bench import ZvtBench, ZvtSerialBench

PURCHASE = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR"}
PURCHASED = Scenario("purchase", PURCHASE, "purchase", Decimal("12.50"))

# Seconds from the request on; the card comes after 3, the PIN after 4 more, the host's answer after 2 more, and each message in no time.
MOMENTS = (0.0, 0.0005, 0.5, 2.999, 3.0, 3.001, 5.0, 6.999, 7.0, 7.001, 8.0, 8.999, 9.0, 9.001, 9.1)
SOME = (0.0, 3.0, 5.0, 7.0, 8.0, 9.001)
MODES = ("normal", "ignored", "unsupported", "loses")


async def aborted(bench: ZvtBench, variant: Variant, moment: float, directory: Path) -> tuple[str, Job, list[Truth], str]:
    """What the abort was answered, the job in the end, and what the terminal has really done."""
    stage = Stage(bench, variant, directory)
    asyncio.get_running_loop().set_exception_handler(stage.note_exception)
    await stage.open()
    await stage.configure()
    bridge = await stage.bridge()
    opening = await stage.settle(await stage.submit("opening", PURCHASED), None)
    assert opening.success
    await asyncio.sleep(1)
    job = await stage.submit("purchase", PURCHASED)
    await asyncio.sleep(moment)
    answer = await bridge.jobs.abort(ACTOR, job.id)
    job = await stage.settle(job, None)
    await asyncio.sleep(60)
    last = await stage.settle(await stage.submit("closing", PURCHASED), None)
    assert last.success, last.error
    await stage.close()
    assert stage.violations == []
    documents = stage.device.documents()
    return str(answer), job, documents[1:-1], (job.result.payment.outcome if job.result and job.result.payment else "")


def test_the_outcome_is_the_terminals(tmp_path: Path) -> None:
    race(ZvtBench(), "normal", SOME, tmp_path)


@pytest.mark.exhaustive
@pytest.mark.parametrize("bench", [ZvtBench(), ZvtSerialBench()], ids=lambda bench: bench.name)
@pytest.mark.parametrize("mode", MODES)
def test_the_outcome_is_the_terminals_whatever_it_makes_of_an_abort(bench: ZvtBench, mode: str, tmp_path: Path) -> None:
    race(bench, mode, MOMENTS, tmp_path)


def race(bench: ZvtBench, mode: str, moments: Sequence[float], directory: Path) -> None:
    answers: dict[float, Any] = {}
    variant = Variant("race", {"abort": mode, "customer": "approve_pin", "pin_ms": "4000", "magic": "no"})
    for number, moment in enumerate(moments):
        answer, job, documents, outcome = run_virtual(aborted(bench, variant, moment, directory / str(number)))
        answers[moment] = (answer, job.state, outcome)
        assert job.state in (JobState.DONE, JobState.FAILED), (moment, job.attention)
        assert len(documents) == int(job.state is JobState.DONE and job.success), (moment, answer, job.state, outcome)
        if job.state is JobState.DONE:
            assert outcome == ("approved" if job.success else "cancelled"), moment
    if mode == "normal":
        assert {outcome for _, _, outcome in answers.values()} >= {"approved", "cancelled"}
    else:
        assert answers[5.0][2] == "approved"  # the terminal took no notice
