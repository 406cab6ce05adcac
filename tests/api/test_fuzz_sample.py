"""A short run of schemathesis; the long ones are `python -m tests.api.fuzz`."""

from __future__ import annotations

import logging
from pathlib import Path

from tests.api import conformance
from tests.api.fuzz import Answers, Incidents, run, traces
from tests.api.stage import furnished


async def test_random_requests_get_described_answers_and_leave_nothing_behind_when_refused(tmp_path: Path) -> None:
    incidents, answers = Incidents(), Answers()
    logging.getLogger("tillbridge").addHandler(incidents)
    conformance.observers.append(answers)
    try:
        async with furnished(tmp_path) as made:
            phases = ("--phases", "examples,fuzzing")
            code, said = await run(made, seed=1, examples=2, token=True, more=phases)
            assert code == 0, said
            assert traces(made, answers, token=True) == []
    finally:
        conformance.observers.remove(answers)
        logging.getLogger("tillbridge").removeHandler(incidents)
    assert incidents.seen == []
    assert answers.counted["devices.submit", 200] + answers.counted["devices.submit", 202] > 0
