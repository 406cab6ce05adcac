"""The table of protocol-specs/atol/web-requests.md, "Lost answers": what the FN, the drawer and the witness say together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from bridge_atol.web.answers import Kept
from bridge_atol.web.decision import decide
from bridge_atol.web.plan import Facts, Intent
from bridge_ffd.register import Kind
from bridge_ffd.versions import Settlement

from bridge.plugin import Verdict

BEFORE = Facts(shift=5, shift_state="opened", fn="9999078900007317", last=101, cash=Decimal("100.00"))
OURS = Kept(Kind.RECEIPT, 102, 7, None, Decimal("27.00"), Settlement.SALE, sure=True)
THEIRS = Kept(Kind.RECEIPT, 102, 7, None, Decimal("3.00"), Settlement.SALE, sure=True)
RETURN = Kept(Kind.RECEIPT, 102, 7, None, Decimal("27.00"), Settlement.SALE_RETURN, sure=True)
UNSURE = Kept(Kind.RECEIPT, 102, 7, None, Decimal("3.00"), Settlement.SALE)
Z = Kept(Kind.SHIFT_CLOSE, 102)
YES, NO, OPEN = Verdict.ISSUED, Verdict.NOT_ISSUED, Verdict.UNKNOWN


def intent(kind: Kind = Kind.RECEIPT, total: str = "27.00") -> Intent:
    settlement = 1 if kind is Kind.RECEIPT else None
    return Intent(kind=kind, uuid="u", witness="w", total=Decimal(total), settlement=settlement, baseline=BEFORE)


def now(last: int = 101, **changes: object) -> Facts:
    return BEFORE.model_copy(update={"last": last, **changes})


@pytest.mark.parametrize(
    ("facts", "kept", "remembers", "shared", "verdict"),
    [
        (now(), (), True, False, NO),
        (now(), (), False, True, NO),
        (now(102), (OURS,), False, False, YES),
        (now(102), (OURS,), True, False, OPEN),
        (now(102), (OURS,), False, True, OPEN),
        (now(102), (THEIRS,), False, False, NO),
        (now(102), (RETURN,), False, False, NO),
        (now(102), (UNSURE,), False, False, OPEN),
        (now(102), (Z,), False, True, NO),
        (now(103), (OURS, THEIRS), False, False, YES),
        (now(103), (OURS, OURS), False, False, OPEN),
        (now(103), (OURS,), False, False, OPEN),
        (now(102), (), False, False, OPEN),
        (now(100), (), False, False, OPEN),
        (now(fn="9999078900000000"), (), True, False, OPEN),
    ],
)
def test_a_document_of_the_fn(facts: Facts, kept: tuple[Kept, ...], remembers: bool, shared: bool, verdict: Verdict) -> None:
    decision = decide(intent(), facts, kept, remembers=remembers, shared=shared)
    assert decision.verdict is verdict, decision.reason
    assert (decision.document is not None) is (verdict is YES)


@pytest.mark.parametrize(
    ("kind", "cash", "changes", "remembers", "shared", "verdict"),
    [
        (Kind.CASH_IN, "100.00", {}, True, True, NO),
        (Kind.CASH_IN, "105.00", {}, True, False, OPEN),
        (Kind.CASH_IN, "140.00", {}, True, False, NO),
        (Kind.CASH_IN, "100.00", {}, False, False, NO),
        (Kind.CASH_IN, "105.00", {}, False, False, YES),
        (Kind.CASH_OUT, "95.00", {}, False, False, YES),
        (Kind.CASH_OUT, "105.00", {}, False, False, OPEN),
        (Kind.CASH_IN, "105.00", {}, False, True, OPEN),
        (Kind.CASH_IN, "100.00", {}, False, True, OPEN),
        (Kind.CASH_OUT, "95.00", {"shift": 6}, False, False, OPEN),
        (Kind.CASH_IN, None, {}, False, False, OPEN),
        (Kind.CASH_IN, None, {}, True, False, NO),
        (Kind.CASH_IN, "100.00", {"fn": "9999078900000000"}, True, False, OPEN),
    ],
)
def test_a_slip_of_cash(
    kind: Kind, cash: str | None, changes: dict[str, object], remembers: bool, shared: bool, verdict: Verdict
) -> None:
    facts = now(cash=Decimal(cash) if cash is not None else None, **changes)
    decision = decide(intent(kind, "5.00"), facts, (), remembers=remembers, shared=shared)
    assert decision.verdict is verdict, decision.reason


@pytest.mark.parametrize(("remembers", "verdict"), [(True, NO), (False, OPEN)])
def test_an_x_report(remembers: bool, verdict: Verdict) -> None:
    assert decide(intent(Kind.X_REPORT), now(), (), remembers=remembers, shared=False).verdict is verdict
