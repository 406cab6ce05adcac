"""Which right each call and each operation needs."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from bridge.model import Operation
from bridge.model.operations import CLASSES
from bridge.server.access.scopes import CALLS, MEANINGS, NEVER_FOR_WEB, OPERATIONS, TILL, Right, of_operation
from bridge.server.gate import OPEN
from bridge.server.routes import ROUTES


def test_every_call_of_the_api_has_its_row_and_no_row_is_without_a_call() -> None:
    assert set(CALLS) == {route.name for route in ROUTES}


def test_every_operation_of_the_model_has_its_row() -> None:
    assert set(OPERATIONS) == set(CLASSES)
    modelled = {get_args(part.model_fields["op"].annotation)[0] for part in get_args(get_args(Operation)[0])}
    assert modelled == set(CLASSES)


def test_every_right_is_explained_and_needed_somewhere() -> None:
    assert set(MEANINGS) == set(Right)
    needed = {right for rights in CALLS.values() for right in rights} | set(OPERATIONS.values())
    assert needed == set(Right)


def test_calls_that_need_no_right_are_those_that_need_no_token_and_what_a_token_does_with_itself() -> None:
    open_names = {route.name for route in ROUTES if (route.method, f"/api/v1{route.path}") in OPEN} | {
        "pairing.get",
        "session.get",
        "session.rotate",
        "session.close",
    }
    assert {name for name, rights in CALLS.items() if not rights} == open_names


def test_a_till_can_sell_and_nothing_that_gives_money_back_ends_the_day_or_takes_cash() -> None:
    assert {op for op, right in OPERATIONS.items() if right in TILL} >= {"receipt", "payment.purchase", "drawer.open"}
    for op in ("shift.close", "report.x", "cash.in", "cash.out", "payment.refund", "payment.reversal", "clock.set", "raw"):
        assert OPERATIONS[op] not in TILL
    assert not TILL & {Right.RESOLVE, Right.ADMIN, Right.REFUND}
    assert {Right.ADMIN} == NEVER_FOR_WEB


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ({"op": "receipt"}, {Right.FISCAL}),
        ({"op": "receipt", "kind": "sale"}, {Right.FISCAL}),
        ({"op": "receipt", "kind": "refund"}, {Right.FISCAL, Right.REFUND}),
        ({"op": "receipt", "kind": "correction"}, {Right.FISCAL, Right.REFUND}),
        ({"op": "receipt", "kind": "purchase"}, {Right.FISCAL, Right.REFUND}),
        ({"op": "receipt", "kind": "purchase_refund"}, {Right.FISCAL, Right.REFUND}),
        ({"op": "invoice", "kind": "correction"}, {Right.FISCAL, Right.REFUND}),
        ({"op": "invoice"}, {Right.FISCAL}),
        ({"op": "receipt", "lines": [{"kind": "item"}, {"kind": "return"}]}, {Right.FISCAL, Right.REFUND}),
        ({"op": "receipt", "lines": [{"kind": "deposit_return"}]}, {Right.FISCAL}),
        ({"op": "shift.close"}, {Right.FISCAL_REPORT}),
        ({"op": "cash.out"}, {Right.CASH}),
        ({"op": "raw"}, {Right.RAW}),
        ({"op": "payment.reversal"}, {Right.REFUND}),
        ({}, set()),
        ({"op": "nothing"}, set()),
        ({"op": ["receipt"]}, set()),
        ({"op": "receipt", "kind": ["refund"], "lines": {"kind": "return"}}, {Right.FISCAL}),
    ],
)
def test_what_an_operation_needs(body: dict[str, Any], needed: set[Right]) -> None:
    assert of_operation(body) == needed


@pytest.mark.parametrize(
    ("copy", "reads"),
    [
        ({}, False),
        ({"delivery": {"paper": True}}, False),
        ({"delivery": {"paper": False, "edocument": {"id": "X"}}}, False),
        ({"document": "30"}, True),
        ({"document": "30", "delivery": {"paper": False}}, True),
        ({"delivery": {"paper": False}}, True),
        ({"delivery": {"paper": False, "email": None}}, True),
        ({"document": "30", "delivery": 7}, True),
    ],
)
def test_a_copy_that_tells_what_was_sold_needs_more_than_printing(copy: dict[str, Any], reads: bool) -> None:
    needed = {Right.PRINT, Right.FISCAL} if reads else {Right.PRINT}
    assert of_operation({"op": "copy", **copy}) == needed


def test_what_gives_money_back_cannot_be_hidden_in_a_spelling_that_the_model_takes() -> None:
    """The rights are read off the raw body, so whatever the model accepts as a kind must be read the same here."""
    from bridge.model import ReceiptKind

    for kind in ReceiptKind:
        expected = {Right.FISCAL} if kind is ReceiptKind.SALE else {Right.FISCAL, Right.REFUND}
        assert of_operation({"op": "receipt", "kind": kind.value}) == expected
