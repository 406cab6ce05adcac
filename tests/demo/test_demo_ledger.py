"""The ledger finds what is lost, doubled or wrongly told, and leaves open what the bridge itself does not know yet."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.cli.demo.ledger import Row, Sums, compare, entry_of, sums
from tests.demo.toy_stage import document, job


def told(jobs: list[dict[str, Any]], documents: list[dict[str, Any]]) -> list[Row]:
    entries = [entry for one in jobs if (entry := entry_of(one)) is not None]
    return compare(entries, {one["id"]: one for one in jobs}, {"toy-1": documents})


def test_what_was_asked_and_issued_once_agrees() -> None:
    rows = told([job(1), job(2, doubt=True)], [document(1), document(2)])
    assert [(row.verdict, row.truth, row.agrees) for row in rows] == [
        ("done no. 1, 4.50", "receipt no. 1, 4.50", True),
        ("done no. 2, 4.50 (after doubt)", "receipt no. 2, 4.50", True),
    ]
    assert sums(rows) == Sums(asked=2, issued=2, open=0, doubled=0, lost=0)


def test_a_receipt_that_is_said_to_be_done_and_is_not_there_is_lost() -> None:
    rows = told([job(1)], [])
    assert (rows[0].agrees, rows[0].truth, sums(rows).lost) == (False, "nothing", 1)


def test_a_receipt_of_another_sum_is_not_the_one_that_was_asked_for() -> None:
    assert sums(told([job(1)], [document(1, total="9.00")])) == Sums(asked=1, issued=1, open=0, doubled=1, lost=1)


def test_a_receipt_that_came_out_twice_is_doubled() -> None:
    rows = told([job(1, reference="A")], [document(1, reference="A"), document(2, reference="A")])
    assert (rows[-1].what, rows[-1].agrees, sums(rows).doubled) == ("(nobody asked) A", False, 1)


def test_a_receipt_that_is_said_to_have_failed_and_is_there_is_told() -> None:
    rows = told([job(1, "failed", reference="A")], [document(1, reference="A")])
    assert (rows[0].verdict, rows[0].agrees, sums(rows).lost) == ("failed: device.rejected", False, 1)


@pytest.mark.parametrize("state", ["queued", "running", "unresolved"])
@pytest.mark.parametrize("documents", [[], [document(1, reference="A")]], ids=["nothing", "printed"])
def test_what_the_bridge_does_not_know_yet_is_open(state: str, documents: list[dict[str, Any]]) -> None:
    rows = told([job(1, state, reference="A")], documents)
    assert (rows[0].agrees, sums(rows).open, sums(rows).lost, sums(rows).doubled) == (None, 1, 0, 0)


def test_an_open_sale_does_not_take_the_receipt_of_another_order() -> None:
    rows = told([job(1, "unresolved", reference="A"), job(2, reference="B")], [document(2, reference="B")])
    assert [(row.truth, row.agrees) for row in rows] == [("nothing", None), ("receipt no. 2, 4.50", True)]


def test_only_what_leaves_a_document_is_in_the_ledger() -> None:
    drawer = {**job(1), "op": "drawer.open"}
    assert entry_of(drawer) is None
    refund = {**job(1), "operation": {"op": "receipt", "kind": "refund", "lines": []}}
    entry = entry_of(refund)
    assert entry is not None
    assert entry.leaves == "goods_return"
    assert told([], [document(1, kind="cancelled_receipt")]) == []


def test_an_entry_is_called_by_its_order_and_its_goods() -> None:
    entry = entry_of(job(1, reference="DEMO-1"))
    assert entry is not None
    assert entry.what == "DEMO-1 · Chleb"
