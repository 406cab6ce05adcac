"""What a report that closes nothing leaves behind, and when that proves nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bridge_posnet.facts import Facts, Kind
from bridge_posnet.plan import Intent
from bridge_posnet.recovery import decide

from bridge.plugin import Verdict


def _facts(header: int, **more: int) -> Facts:
    return Facts(daily_reports=3, header=header, receipts=more.get("receipts", 7), cancelled=0, open=False)


@pytest.mark.parametrize(
    ("fiscal", "after", "verdict"),
    [
        (True, _facts(11), Verdict.ISSUED),
        (True, _facts(10), Verdict.NOT_ISSUED),
        (True, _facts(11, receipts=8), Verdict.UNKNOWN),
        (True, _facts(12), Verdict.UNKNOWN),
        # In training a receipt of somebody else may leave a header and no count: one header is then nobody's proof.
        (False, _facts(11), Verdict.UNKNOWN),
        (False, _facts(10), Verdict.NOT_ISSUED),
    ],
)
def test_one_more_header_proves_a_report_only_where_everything_is_counted(fiscal: bool, after: Facts, verdict: Verdict) -> None:
    intent = Intent(kind=Kind.REPORT, token=1, steps=1, fiscal=fiscal, currency="PLN", total=Decimal(0), baseline=_facts(10))
    assert decide(intent, after, shared=False).verdict is verdict
    assert decide(intent, after, shared=True).verdict in (verdict, Verdict.UNKNOWN)
    assert decide(intent, after, shared=True).verdict is not Verdict.ISSUED
