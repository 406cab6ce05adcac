"""Documents through the whole system, held against what the printer really issued."""

from __future__ import annotations

from typing import Any

from tests.system.conftest import System

SALE: dict[str, Any] = {
    "op": "receipt",
    "currency": "PLN",
    "lines": [{"name": "Chleb", "quantity": "2", "price": "4.50", "vat": "8%"}],
}


async def test_a_slip_never_carries_the_reference_of_a_sale_that_did_not_come_out(system: System) -> None:
    system.printer.device.faults.arm({"fault": "cut_command", "command": "trinit", "step": "before"})
    failed = await system.submit({**SALE, "reference": "ORDER-1"})
    assert failed.body["state"] == "failed", failed.body
    slip = await system.submit({"op": "cash.in", "amount": "7.00", "currency": "PLN", "reference": "CASH-1"})
    assert slip.body["success"], slip.body
    assert [(document.kind, document.reference) for document in system.printer.device.documents()] == [("cash_in", "CASH-1")]


async def test_a_lost_answer_is_settled_by_the_printer_and_the_key_repeats_to_the_same_job(system: System) -> None:
    system.printer.device.faults.arm({"fault": "cut_command", "command": "trend", "step": "after"})
    first = await system.submit({**SALE, "reference": "ORDER-2"}, key="again")
    assert [step["state"] for step in first.body["history"]] == ["queued", "running", "unresolved", "done"]
    second = await system.submit({**SALE, "reference": "ORDER-2"}, key="again")
    assert second.body["id"] == first.body["id"]
    assert [document.reference for document in system.printer.device.documents()] == ["ORDER-2"]


async def test_the_same_key_survives_a_rotated_token(system: System) -> None:
    from bridge.server import admin_token

    first = await system.submit(SALE, key="rotated")
    old = system.token
    admin_token.rotate(system.bridge.data_dir)
    assert system.token != old
    assert (await system.submit(SALE, key="rotated")).body["id"] == first.body["id"]
    refused = await system.call("GET", "/devices", Authorization=f"Bearer {old}")
    assert (refused.status, refused.body["code"]) == (401, "gate.unauthorised")


async def test_a_daily_report_comes_back_as_data_that_agree_with_the_sales(system: System) -> None:
    for _ in range(3):
        assert (await system.submit(SALE)).body["success"]
    report = (await system.submit({"op": "shift.close"})).body["result"]["document"]["report"]
    assert report["total"] == "27.00"
    sold = {row["letter"]: row["gross"] for row in report["totals_by_rate"]}
    assert sold["B"] == "27.00"


async def test_what_the_till_expects_of_the_printer_is_checked_before_anything_is_sent(system: System) -> None:
    assert (await system.submit(SALE)).body["success"]
    missed = await system.submit({**SALE, "expect": {"last_document": "7"}})
    assert (missed.body["state"], missed.body["error"]["code"]) == ("failed", "request.conflict")
    assert (await system.submit({**SALE, "expect": {"last_document": "1"}})).body["success"]
    assert len(system.printer.device.documents()) == 2
