"""Documents beyond the plain sale: packaging, voids, currencies, e-documents, invoices, reports, copies, the display."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bridge_simulators.fault_kinds import CutCommand, Refuse
from posnet_bench import FAMILY, Bench, operation, other, simple_sale

from bridge.model import RegistrationState, RequestError
from bridge.transport import run_virtual

BREAD = {"name": "Chleb", "price": "9.00", "vat": "5%"}
HUB = {"paper": False, "edocument": {"id": "48501234567"}}
FORM = {"name": "Jan", "ids": [{"type": "nip", "value": "1234563218"}], "address": ["ul. Lipowa 7"]}


def invoice(**more: Any) -> Any:
    return other("invoice", **{"currency": "PLN", "number": "FV 1/2026", "buyer": FORM, "lines": [BREAD], **more})


def printed(bench: Bench) -> str:
    return bench.printer.paper()


# --- receipts


def test_packaging_stands_outside_the_total_and_is_paid_with_it() -> None:
    async def scenario() -> None:
        bench = Bench()
        lines = [
            BREAD,
            {"kind": "deposit", "name": "Butelka", "price": "0.50", "quantity": "3", "code": "17"},
            {"kind": "deposit_return", "name": "Puszka", "price": "0.50"},
        ]
        outcome = await bench.run(operation(lines=lines, payments=[{"kind": "cash", "amount": "20.00"}]))
        assert outcome.document.total == Decimal("9.00")
        [issued] = bench.issued("receipt")
        assert issued.total == "9.00"
        assert "Butelka" in printed(bench)
        await bench.close()

    run_virtual(scenario())


def test_bottles_that_come_back_are_a_slip_of_their_own() -> None:
    async def scenario() -> None:
        bench = Bench()
        lines = [{"kind": "deposit_return", "name": "Butelka", "price": "0.50", "quantity": "6"}]
        bench.printer.faults.arm(CutCommand(command="packret", step="answer"))
        outcome = await bench.run(operation(lines=lines))
        assert (outcome.state, outcome.recovered) == ("done", 1)
        assert [issued.total for issued in bench.issued("packaging_return")] == ["3.00"]
        assert not outcome.document.fiscal
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("field", "lines"),
    [
        ("lines.0.quantity", [{"kind": "deposit_return", "name": "A", "price": "1", "quantity": "0.5"}]),
        ("lines.0.code", [{"kind": "deposit_return", "name": "A", "price": "1", "code": "A1"}]),
        ("lines.0.code", [{"kind": "deposit_return", "name": "A", "price": "1", "code": "1" * 12}]),
        ("lines.0.discount", [{"kind": "deposit_return", "name": "A", "price": "1", "discount": {"amount": "0.1"}}]),
        ("lines.0.total", [{"kind": "advance_settlement", "name": "Z", "price": "5", "vat": "5%"}, BREAD]),
        ("lines.1.total", [BREAD, {"kind": "advance_settlement", "name": "Z", "price": "5", "vat": "8%"}]),
        ("lines.1.kind", [BREAD, {**BREAD, "kind": "return"}]),
        ("lines.1.price", [BREAD, {**BREAD, "kind": "return", "price": "8", "extras": {"posnet": {"voids": 0}}}]),
        ("lines.1.extras.posnet.voids", [BREAD, {**BREAD, "kind": "return", "extras": {"posnet": {"voids": 1}}}]),
        (
            "lines.2.extras.posnet.voids",
            [BREAD, *[{**BREAD, "kind": "return", "extras": {"posnet": {"voids": 0}}}] * 2, BREAD],
        ),
        ("lines.0.extras.posnet.voids", [{**BREAD, "extras": {"posnet": {"voids": 0}}}]),
        ("lines.0.extras.posnet.void", [{**BREAD, "extras": {"posnet": {"void": 0}}}]),
    ],
)
def test_a_line_that_the_printer_would_refuse_is_refused_by_its_field(field: str, lines: list[dict[str, Any]]) -> None:
    async def scenario() -> None:
        bench = Bench()
        capabilities = await (await bench.connect()).capabilities()
        with pytest.raises(RequestError) as refused:
            FAMILY.check(operation(lines=lines), bench.settings, capabilities)
        assert refused.value.errors[0].field == field
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("payment", "field"),
    [
        (
            {"kind": "cash", "amount": "9.00", "foreign": {"currency": "EUR", "amount": "2.00", "rate": "4.1625"}},
            "payments.0.amount",
        ),
        (
            {"kind": "card", "amount": "8.33", "foreign": {"currency": "EUR", "amount": "2.00", "rate": "4.1625"}},
            "payments.0.kind",
        ),
    ],
)
def test_a_payment_in_another_currency_must_be_cash_and_worth_what_it_says(payment: dict[str, Any], field: str) -> None:
    wanted = operation(lines=[{**BREAD, "price": "8.00"}], payments=[payment])
    with pytest.raises(RequestError) as refused:
        FAMILY.check(wanted, FAMILY.settings_from({}), None)
    assert refused.value.errors[0].field == field


def test_a_refused_line_below_a_receipt_costs_the_line_and_not_the_receipt() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(Refuse(command="trftrln", code=2702))
        outcome = await bench.run(simple_sale(extras={"posnet": {"footer": [{"text": "A"}, {"text": "B"}]}}))
        assert outcome.state == "done", outcome
        assert "footer_incomplete" in [warning.code for warning in outcome.result.warnings] if outcome.result else False
        assert bench.printer.memory.open is None
        assert (await bench.run(simple_sale())).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("command", ["trftrln", "trftrend"])
@pytest.mark.parametrize("shared", [False, True])
def test_a_connection_that_breaks_below_the_receipt_leaves_no_footer_open(command: str, shared: bool) -> None:
    async def scenario() -> None:
        bench = Bench(shared=shared)
        bench.printer.faults.arm(CutCommand(command=command, step="before"))
        outcome = await bench.run(simple_sale(extras={"posnet": {"footer": [{"text": "A"}]}}))
        assert outcome.state == "done", outcome
        assert len(bench.issued("receipt")) == 1
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())


def test_a_cashier_is_logged_in_once_and_again_after_a_failure() -> None:
    async def scenario() -> None:
        bench = Bench(settings={"cashier": "login", "till": "01"})
        for _ in range(2):
            assert (await bench.run(simple_sale(operator={"name": "Anna"}))).state == "done"
        assert bench.device.store.values["cashier"] == "Anna"
        bench.printer.faults.arm(Refuse(command="trend", code=2010))
        assert (await bench.run(simple_sale(operator={"name": "Ola"}))).state == "failed"
        assert "cashier" not in bench.device.store.values
        await bench.close()

    run_virtual(scenario())


# --- e-documents


def test_an_e_document_goes_without_paper_and_tells_its_number() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.REGISTERED
        assert outcome.result.registration.id == "1"
        assert outcome.result.paper == "suppressed"
        assert await bench.driver.maintain(bench.device) == 30.0  # type: ignore[union-attr]
        assert not [key for key in bench.device.store.values if key.startswith("edocument/")]
        await bench.close()

    run_virtual(scenario())


def test_a_hub_that_is_away_gets_the_e_document_later_and_the_job_is_amended_after_a_restart() -> None:
    async def scenario() -> None:
        bench = Bench(hub="unreachable")
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.OFFLINE
        assert outcome.result.paper == "printed"
        assert "printed_after_all" in [warning.code for warning in outcome.result.warnings]
        await bench.disconnect()
        bench.printer.switch({"hub": "reachable"})
        await bench.device.clock.sleep(3 * 86_400)
        driver = await bench.connect()
        for _ in range(400):
            pause = await driver.maintain(bench.device)
            await bench.device.clock.sleep(pause or 1)
            if any(change["registration"].state is RegistrationState.REGISTERED for _, change in bench.device.amendments):
                break
        job, change = bench.device.amendments[-1]
        assert job == outcome.job.job_id
        assert change["registration"].state is RegistrationState.REGISTERED
        assert not [key for key in bench.device.store.values if key.startswith("edocument/")]
        await bench.close()

    run_virtual(scenario())


def test_an_e_document_that_the_hub_refuses_is_refused_in_the_job() -> None:
    async def scenario() -> None:
        bench = Bench(hub="refuses")
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.REFUSED
        await bench.driver.maintain(bench.device)  # type: ignore[union-attr]
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("command", ["trinit", "trline", "trend"])
@pytest.mark.parametrize("how", ["refused", "lost"])
def test_where_no_receipt_came_out_the_next_one_does_not_go_to_that_customer(command: str, how: str) -> None:
    async def scenario() -> None:
        bench = Bench()
        fault = Refuse(command=command, code=2010) if how == "refused" else CutCommand(command=command, step="before")
        bench.printer.faults.arm(fault)
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert outcome.state == "failed", outcome
        assert not bench.issued("receipt")
        after = await bench.run(simple_sale())
        assert after.state == "done", after
        assert after.result is not None
        assert after.result.registration.state is RegistrationState.NONE
        summary = await bench.driver.status()  # type: ignore[union-attr]
        assert summary.details["edocuments_waiting"] == 0
        assert not bench.printer.memory.edocuments.hub
        await bench.close()

    run_virtual(scenario())


def test_a_binding_that_somebody_left_is_taken_back_first() -> None:
    async def scenario() -> None:
        bench = Bench()
        wanted = other("raw", command={"mnemonic": "eparagonstatusget"})
        assert (await bench.run(wanted)).state == "done"
        bench.printer.faults.arm(Refuse(command="eparagonidznext", code=4258))
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert outcome.state == "done", outcome
        assert "leftover_cancelled" in [warning.code for warning in outcome.job.warnings]
        await bench.close()

    run_virtual(scenario())


def test_the_number_of_an_e_document_survives_a_lost_answer() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(CutCommand(command="trend", step="answer"))
        outcome = await bench.run(simple_sale(delivery=HUB))
        assert (outcome.state, outcome.recovered) == ("done", 1)
        assert outcome.result is not None
        assert outcome.result.registration.id == "1"
        await bench.close()

    run_virtual(scenario())


# --- invoices


def test_an_invoice_has_the_shops_number_and_its_payment_at_the_foot() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(invoice(payments=[{"kind": "transfer", "amount": "9.00"}], due_on="2026-12-04"))
        assert (outcome.state, outcome.document.number, outcome.document.fiscal) == ("done", "FV 1/2026", True)
        assert [issued.total for issued in bench.issued("invoice")] == ["9.00"]
        assert "Termin płatności: 2026-12-04" in printed(bench)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("command", ["trfvinit", "trfvbuyer", "trline", "trend"])
@pytest.mark.parametrize("step", ["before", "answer"])
def test_a_lost_answer_never_costs_or_doubles_an_invoice(command: str, step: Any) -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(CutCommand(command=command, step=step))
        outcome = await bench.run(invoice())
        assert outcome.state in ("done", "failed"), outcome
        assert len(bench.issued("invoice")) == (outcome.state == "done")
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("number", {"number": None}),
        ("kind", {"kind": "proforma"}),
        ("buyer.ids", {"buyer": {"name": "Jan"}}),
        ("buyer.name", {"buyer": {**FORM, "name": "J" * 257}}),
        ("buyer.address", {"buyer": {**FORM, "address": ["A" * 200, "B" * 100]}}),
        ("title", {"title": "F" * 24}),
        ("copies", {"copies": 10}),
        ("discount", {"discount": {"amount": "1"}}),
        ("delivery.paper", {"delivery": HUB}),
        ("notes.0", {"notes": ["N" * 41]}),
        ("notes", {"notes": ["A"] * 101}),
        ("lines.0.kind", {"lines": [{"kind": "deposit", "name": "A", "price": "1"}]}),
        ("extras.posnet.footer", {"extras": {"posnet": {"footer": []}}}),
    ],
)
def test_what_an_invoice_cannot_have_is_refused_by_its_field(field: str, more: dict[str, Any]) -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(invoice(**more), FAMILY.settings_from({}), None)
    assert refused.value.errors[0].field == field


# --- reports, copies, display, raw


def test_a_period_by_numbers_comes_with_its_figures() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale())
        await bench.run(other("shift.close"))
        report = (await bench.run(other("report.period", first_number=1, last_number=1))).document.report
        assert report.total == Decimal("9.99")
        assert report.counts["receipts"] == 1
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("period", "field"),
    [
        ({}, "from"),
        ({"from": "2026-11-01", "to": "2026-11-02", "first_number": 1}, "from"),
        ({"from": "2026-11-01"}, "to"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to"),
        ({"from": "1999-12-31", "to": "2026-11-01"}, "from"),
        ({"first_number": 2, "last_number": 1}, "last_number"),
        ({"first_number": 0, "last_number": 1}, "first_number"),
        ({"last_number": 1}, "first_number"),
    ],
)
def test_a_period_that_is_none_is_refused_by_its_field(period: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(other("report.period", **period), FAMILY.settings_from({}), None)
    assert refused.value.errors[0].field == field


@pytest.mark.parametrize("day", ["0312-03-28", "1999-12-31", "2100-01-01"])
def test_a_copy_of_a_day_that_no_printer_has_is_refused_by_its_field(day: str) -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(other("copy", document="1", issued_on=day), FAMILY.settings_from({}), None)
    assert refused.value.errors[0].field == "issued_on"


def test_a_copy_of_a_document_that_does_not_exist_fails() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale())
        assert (await bench.run(other("copy", document="1"))).state == "done"
        outcome = await bench.run(other("copy", document="77"))
        assert (outcome.state, outcome.error.device_code if outcome.error else None) == ("failed", "2930")
        await bench.close()

    run_virtual(scenario())


def test_the_last_receipt_can_become_an_e_document_afterwards() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale())
        outcome = await bench.run(other("copy", delivery={"edocument": {"id": "48501234567"}}))
        assert outcome.result is not None
        assert outcome.result.registration.state is RegistrationState.OFFLINE
        await bench.driver.maintain(bench.device)  # type: ignore[union-attr]
        [(job, change)] = bench.device.amendments
        assert (job, change["registration"].state) == (outcome.job.job_id, RegistrationState.REGISTERED)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("mnemonic", ["vatset", "fiscalize", "endrepro", "trinit", "dailyrep", "stocash", "nonsense"])
def test_raw_sends_nothing_that_makes_a_document_or_changes_the_printer_for_good(mnemonic: str) -> None:
    with pytest.raises(RequestError) as refused:
        FAMILY.check(other("raw", command={"mnemonic": mnemonic}), FAMILY.settings_from({}), None)
    assert refused.value.errors[0].field == "command.mnemonic"


def test_a_blocked_sale_stands_in_the_status_until_one_goes_through() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(Refuse(command="trinit", code=3735))
        outcome = await bench.run(simple_sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.sale_blocked"
        assert any("certificates" in problem for problem in (await bench.driver.status()).problems)  # type: ignore[union-attr]
        assert (await bench.run(simple_sale())).state == "done"
        assert (await bench.driver.status()).problems == ()  # type: ignore[union-attr]
        await bench.close()

    run_virtual(scenario())
