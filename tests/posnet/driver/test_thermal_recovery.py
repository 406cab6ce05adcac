"""What the Thermal protocol's counters prove of a report, and what a daily report at the keys makes look the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bridge_posnet.thermal.facts import Facts, Kind
from bridge_posnet.thermal.plan import Intent
from bridge_posnet.thermal.recovery import decide


def facts(**more: Any) -> Facts:
    usual: dict[str, Any] = {
        "unique_number": "ZBF 2101002392",
        "fiscal": True,
        "open": False,
        "completed": True,
        "ram_clears": 0,
        "last_write": "26-11-20",
        "receipts": 0,
        "totals": (Decimal(0),),
        "cash": Decimal(0),
        "reports": 7,
        "document": 20,
    }
    return Facts(**{**usual, **more})


TRAINING = {"fiscal": False}
OLDER = {"reports": None}
SOLD = {"receipts": 3}


@pytest.mark.parametrize(
    ("always", "before", "after", "verdict"),
    [
        ({}, {}, {"document": 20}, "not_issued"),
        ({}, {}, {"document": 21}, "issued"),
        ({}, {}, {"document": 21, "reports": 8}, "not_issued"),  # that document was a daily report
        ({}, SOLD, {"document": 21, "reports": 8, "receipts": 0}, "not_issued"),
        ({}, SOLD, {"document": 22, "reports": 8, "receipts": 0}, "unknown"),  # beside it this one, or another's slip
        (TRAINING, {}, {"document": 21}, "unknown"),  # daily reports are not counted
        (TRAINING, SOLD, {"document": 21, **SOLD}, "issued"),
        (OLDER, {}, {"document": 21}, "unknown"),
        (OLDER, SOLD, {"document": 21, **SOLD}, "issued"),
        (OLDER, SOLD, {"document": 21, "receipts": 0}, "unknown"),
    ],
)
def test_a_period_report_is_told_from_a_daily_report_at_the_keys(
    always: dict[str, Any], before: dict[str, Any], after: dict[str, Any], verdict: str
) -> None:
    intent = Intent(kind=Kind.PERIOD_REPORT, currency="PLN", total=Decimal(0), baseline=facts(**always, **before))
    decision = decide(intent, facts(**always, **after), shared=False)
    assert decision.verdict.name.lower() == verdict, decision


@pytest.mark.parametrize(("before", "verdict"), [(SOLD, "issued"), ({}, "unknown")])
def test_a_document_of_a_day_without_receipts_proves_no_daily_report_where_none_is_counted(
    before: dict[str, Any], verdict: str
) -> None:
    """A printer in training may count no receipts either: the document may be another program's receipt."""
    intent = Intent(kind=Kind.DAILY_REPORT, currency="PLN", total=Decimal(0), baseline=facts(**TRAINING, **before))
    decision = decide(intent, facts(**TRAINING, document=21), shared=False)
    assert decision.verdict.name.lower() == verdict, decision
