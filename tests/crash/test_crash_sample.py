"""A handful of kills; and, where every kill is tried, bridges that are broken on purpose: the harness must find those out.

The whole run is `python -m tests.crash`.
"""

from __future__ import annotations

import sys

import pytest

from tests.crash.run import Plan, run
from tests.crash.sabotage import SABOTAGES
from tests.crash.table import table

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="children are forked, and killed by a signal")


def _say_nothing(text: str) -> None:
    return None


def test_a_few_kills_lose_double_and_misreport_nothing() -> None:
    report = run(Plan(kills=4, real=1, tills=6, rest_every=2), _say_nothing)
    assert not report.ledger.violations, table(report)
    assert report.passed == 4
    assert report.documents["receipt"] > 0
    assert report.ledger.confirmed_after_kill > 0


@pytest.mark.exhaustive
@pytest.mark.parametrize("sabotage", sorted(SABOTAGES))
def test_a_bridge_that_is_broken_on_purpose_is_found_out(sabotage: str) -> None:
    """Which kill shows it is a matter of chance, so many are tried; the run ends with the first violation."""
    report = run(Plan(kills=60, real=0, seed=3, tills=6, rest_every=2, sabotage=sabotage), _say_nothing)
    assert report.ledger.violations, table(report)
