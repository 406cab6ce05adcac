"""What the status of a device tells of its FN and of the OFD."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from bridge_ffd.fn import ExchangeState, ExchangeStatus, FnLife
from bridge_ffd.health import tell_life, tell_waiting

LIFE = FnLife(date(2027, 3, 15))


@pytest.mark.parametrize(
    ("today", "left", "problem"),
    [
        (date(2027, 2, 12), 31, None),
        (date(2027, 2, 13), 30, "The fiscal storage ends in 30 days; order a new one."),
        (date(2027, 3, 14), 1, "The fiscal storage ends in 1 days; order a new one."),
        (date(2027, 3, 15), 0, "The life of the fiscal storage is over: it must be replaced before anything is sold."),
        (date(2027, 4, 1), 0, "The life of the fiscal storage is over: it must be replaced before anything is sold."),
    ],
)
def test_the_end_of_an_fn_is_told_thirty_days_before(today: date, left: int, problem: str | None) -> None:
    problems: list[str] = []
    details: dict[str, Any] = {}
    tell_life(LIFE, today, problems, details)
    assert problems == ([problem] if problem is not None else [])
    assert details == {"fn_valid_until": "2027-03-15", "fn_days_left": left}


def waiting(count: int, since: datetime | None) -> ExchangeStatus:
    return ExchangeStatus(ExchangeState(0), being_read=False, waiting=count, first_document=7 if count else None, first_at=since)


NOON = datetime(2026, 11, 20, 12)  # noqa: DTZ001 (the device's own clock has no zone)


@pytest.mark.parametrize(
    ("now", "problem"),
    [
        (datetime(2026, 11, 24, 12), None),  # noqa: DTZ001
        (datetime(2026, 11, 24, 12, 1), "3 documents wait for the operator (OFD); in 25 days the device stops selling."),  # noqa: DTZ001
        (datetime(2026, 12, 31, 12), "3 documents wait for the operator (OFD); in 0 days the device stops selling."),  # noqa: DTZ001
        (None, None),
    ],
)
def test_documents_that_wait_for_the_ofd_are_a_problem_from_twenty_five_days_on_before_the_fn_stops(
    now: datetime | None, problem: str | None
) -> None:
    problems: list[str] = []
    details: dict[str, Any] = {}
    tell_waiting(waiting(3, NOON), now, problems, details)
    assert problems == ([problem] if problem is not None else [])
    assert details == {"ofd_waiting": 3, "ofd_first_at": "2026-11-20T12:00:00"}


def test_where_nothing_waits_nothing_is_told_but_that() -> None:
    problems: list[str] = []
    details: dict[str, Any] = {}
    tell_waiting(waiting(0, None), NOON, problems, details)
    assert (problems, details) == ([], {"ofd_waiting": 0})
