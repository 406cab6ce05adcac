"""A short run of `python -m tests.resume`, and that it finds broken feeds out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.resume.run import Plan, run
from tests.resume.sabotage import SABOTAGE


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """A disk that refuses is logged as an error each time."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


async def test_a_client_that_is_cut_off_again_and_again_sees_every_event_once_and_in_order(tmp_path: Path) -> None:
    report = await run(tmp_path / "data", Plan(disconnects=60, restarts=2))
    assert report.findings == []
    assert report.counts["disconnects"] >= 60
    assert report.counts["restarts"] == 2
    assert report.counts["cut in a replay"] > 0
    assert report.passed >= report.counts["events in the journal"] > 50


@pytest.mark.parametrize("sabotage", sorted(SABOTAGE))
async def test_a_broken_feed_is_found_out(tmp_path: Path, sabotage: str) -> None:
    report = await run(tmp_path / "data", Plan(disconnects=60, restarts=1, sabotage=sabotage))
    assert report.failed
