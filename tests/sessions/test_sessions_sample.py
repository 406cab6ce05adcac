"""A small run of `python -m tests.sessions`, and that it finds out bridges which are broken on purpose."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sessions.run import Plan, run
from tests.sessions.sabotage import SABOTAGE

# What must be among the findings.
_SIGNS = {
    "aliases": "on its paper are lines of the tills",
    "clients": "is told that its aliases are",
    "jobs": "was told of ['Kasa",
    "keys": "receipts came out",
    "limits": "for what Kasa03 did",
    "sockets": "its socket was closed with None",
    "users": "a stolen sale: 403 gate.wrong_session was expected",
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refusals are what is played here; each would be logged."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


async def test_sessions_of_one_page_sell_side_by_side_and_see_nothing_of_each_other(tmp_path: Path) -> None:
    report = await run(tmp_path / "data", Plan(sessions=10, printers=3, sales=3))
    assert report.findings == []
    assert report.counts["receipts on paper"] >= 28
    assert report.counts["tills that tried keys of others on one printer"] > 0
    assert report.counts["calls that were one too many"] > 0
    assert report.passed > 1000


@pytest.mark.exhaustive
@pytest.mark.undescribed  # what a broken bridge answers is no part of the API
@pytest.mark.parametrize("sabotage", sorted(SABOTAGE))
async def test_a_bridge_that_mixes_sessions_up_is_found_out(tmp_path: Path, sabotage: str) -> None:
    report = await run(tmp_path / "data", Plan(sessions=8, printers=2, sales=2, sabotage=sabotage, patience=1.0))
    assert any(_SIGNS[sabotage] in finding for finding in report.findings), report.findings
