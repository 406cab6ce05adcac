"""Sales on the simulated printer: what is sent, what comes out, what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bridge_posnet import commands
from bridge_sim_posnet.faults import GoodsLock, KeyWait
from bridge_simulators.fault_kinds import CoverOpen, Delay, Drop, PaperOut, Refuse
from posnet_bench import FAMILY, Bench, operation, sale, simple_sale

from bridge.model import Fate, RequestError
from bridge.transport import run_virtual


def test_a_sale_is_issued_with_its_number_time_and_totals() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(sale())
        (receipt,) = bench.issued()
        document = outcome.document
        assert (outcome.state, document.number, receipt.number) == ("done", "1", "1")
        assert document.fiscal
        assert document.fiscal_id == "ZBF 2101002392/1/1"
        assert document.issued_at.isoformat() == "2026-11-20T10:00:00+01:00"
        assert receipt.taxes == {"A": "18.00", "C": "9.00"}
        assert (receipt.total, receipt.change, receipt.reference) == ("27.00", "3.00", "ZAM/7")
        assert outcome.result is not None
        assert outcome.result.evidence["trend"] == "trend\t@0048\t"
        assert [c.name for c in outcome.job.checkpoints] == ["intent"]
        await bench.close()

    run_virtual(scenario())


def test_the_jobs_own_reference_is_printed_where_the_tills_does_not_fit() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(simple_sale(reference="x" * 31))
        assert outcome.result is not None
        assert [w.code for w in outcome.result.warnings] == ["reference_replaced"]
        assert bench.issued()[0].reference == "JOB00001"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("method", ["0", "1"])
def test_discounts_are_computed_as_the_printer_says_that_it_computes_them(method: str) -> None:
    async def scenario() -> None:
        bench = Bench(discount_type=method)
        driver = await bench.connect()
        capabilities = await driver.capabilities()
        wanted = operation(
            lines=[
                {"name": "A", "price": "13.50", "vat": "23%", "discount": {"percent": "15", "text": "Stały klient"}},
                {"name": "B", "price": "10.00", "vat": "8%", "surcharge": {"percent": "2.5"}},
                {"name": "C", "price": "3.33", "quantity": "3", "vat": "5%", "surcharge": {"amount": "0.01"}},
            ],
            discount={"percent": "10", "text": "Rabat"},
        )
        FAMILY.check(wanted, bench.settings, capabilities)
        outcome = await bench.run(wanted)
        assert outcome.state == "done", outcome.error
        line = bench.issued()[0].lines[0]
        assert line["total"] == ("11.48" if method == "0" else "11.47")
        await bench.close()

    run_virtual(scenario())


def test_payments_of_every_kind_with_change_in_cash_reach_the_printer_cash_last() -> None:
    async def scenario() -> None:
        bench = Bench()
        kinds = ["cash", "card", "transfer", "voucher", "prepaid", "credit", "exchange", "other"]
        payments = [{"kind": kind, "amount": "1.00"} for kind in kinds]
        payments[0]["amount"] = "10.00"
        payments[-1]["label"] = "Talon"
        outcome = await bench.run(simple_sale("9.00", payments=payments))
        assert outcome.state == "done", outcome.error
        receipt = bench.issued()[0]
        assert [p["type"] for p in receipt.payments] == [2, 8, 7, 6, 5, 6, 6, 0]
        assert [p["name"] for p in receipt.payments][3] == "Przedpłata"
        assert [p["name"] for p in receipt.payments][6] == "Talon"
        assert receipt.change == "8.00"
        await bench.close()

    run_virtual(scenario())


def test_the_buyers_nip_is_printed() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(simple_sale(customer={"ids": [{"type": "nip", "value": "1234563218"}], "name": "Jan"}))
        assert bench.issued()[0].details["buyer"] == "1234563218"
        assert outcome.result is not None
        assert [w.field for w in outcome.result.warnings] == ["customer.name"]
        await bench.close()

    run_virtual(scenario())


def test_a_line_that_the_printer_refuses_cancels_the_receipt_and_names_line_and_code() -> None:
    async def scenario() -> None:
        bench = Bench(cancel_nothing="2064")
        bench.printer.faults.arm(GoodsLock(name="Kawa ziarnista"))
        outcome = await bench.run(sale())
        assert outcome.state == "failed"
        assert outcome.error is not None
        assert (outcome.error.device_code, outcome.error.field) == ("2106", "lines.1")
        assert outcome.error.fate is Fate.NOT_ISSUED
        assert bench.issued("receipt") == []
        assert (await bench.run(simple_sale())).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("tab", [True, False])
@pytest.mark.parametrize("cancel_nothing", ["ok", "2064"])
@pytest.mark.parametrize("command", ["ftrcfg", "trinit", "trline", "trpayment", "trend"])
def test_an_error_at_any_command_leaves_nothing_open(command: str, cancel_nothing: str, tab: bool) -> None:
    async def scenario() -> None:
        bench = Bench(cancel_nothing=cancel_nothing, error_tab=tab)
        bench.printer.faults.arm(Refuse(command=command, code=50))
        outcome = await bench.run(sale())
        assert outcome.state == "failed", outcome
        assert bench.issued("receipt") == []
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())


def test_an_abort_before_the_end_cancels_the_receipt() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(Delay(command="trline", seconds=3))
        job = bench.job()
        running = asyncio.create_task(bench.run(sale(), job))
        await asyncio.sleep(1)
        job.abort_requested = True
        outcome = await running
        assert outcome.state == "aborted"
        assert bench.issued("receipt") == []
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())


def test_a_miss_of_the_expected_last_document_sends_nothing() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale())
        outcome = await bench.run(simple_sale(expect={"last_document": "7"}))
        assert outcome.error is not None
        assert outcome.error.code == "request.conflict"
        assert outcome.job.checkpoints == []
        assert (await bench.run(simple_sale(expect={"last_document": "1"}))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_printer_out_of_paper_is_waited_for_before_anything_is_sent() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.load_paper(False)
        outcome = await bench.run(simple_sale(), bench.job(seconds=20))
        assert outcome.error is not None
        assert outcome.error.code == "device.paper_out"
        assert outcome.job.attentions == ["device.paper_out"]
        assert outcome.job.checkpoints == []
        bench.printer.load_paper(True)
        assert (await bench.run(simple_sale())).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (PaperOut(command="trend"), "device.paper_out"),
        (PaperOut(command="trend", step="after"), "device.paper_out"),
        (CoverOpen(command="trline"), "device.cover_open"),
        (KeyWait(command="trend"), "device.key"),
    ],
)
def test_a_person_is_waited_for_and_the_late_answer_taken(fault: object, code: str) -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(fault)  # type: ignore[arg-type]
        job = bench.job()

        def person(_: str) -> None:
            def act() -> None:
                bench.printer.load_paper(True)
                bench.printer.close_cover(True)
                bench.printer.press_key()

            asyncio.get_running_loop().call_later(600, act)

        job.on_attention = person
        outcome = await bench.run(simple_sale(), job)
        assert (outcome.state, outcome.recovered) == ("done", 0), outcome
        assert job.attentions == [code]
        assert not job.attentive
        assert len(bench.issued("receipt")) == 1
        await bench.close()

    run_virtual(scenario())


def test_a_lost_answer_to_trend_is_settled_by_asking_the_printer() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(Drop(command="trend"))
        outcome = await bench.run(simple_sale())
        assert (outcome.state, outcome.recovered) == ("done", 0)
        assert len(bench.issued("receipt")) == 1
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("missing", ["?13", "er13"])
def test_a_lost_answer_that_the_printer_does_not_keep_leads_to_recovery(missing: str) -> None:
    async def scenario() -> None:
        bench = Bench(rpt_missing=missing)
        bench.printer.faults.arm(Drop(command="trend"))
        real = bench.printer.answers.remember
        bench.printer.answers.remember = lambda answer: None if answer.mnemonic == "trend" else real(answer)  # type: ignore[method-assign]
        outcome = await bench.run(simple_sale())
        assert (outcome.state, outcome.recovered) == ("done", 1), outcome
        assert outcome.document.number == "1"
        await bench.close()

    run_virtual(scenario())


def test_a_leftover_receipt_is_cancelled_first_and_the_baseline_read_again() -> None:
    async def scenario() -> None:
        bench = Bench()
        driver = await bench.connect()
        exchange = driver._exchange  # type: ignore[attr-defined]
        await exchange.send(commands.with_token(commands.trinit(), 7), 5)
        outcome = await bench.run(simple_sale())
        assert outcome.state == "done", outcome
        assert [c.name for c in outcome.job.checkpoints] == ["intent", "baseline"]
        assert outcome.document.number == bench.issued("receipt")[0].number
        await bench.close()

    run_virtual(scenario())


def test_a_leftover_of_another_program_is_not_touched() -> None:
    async def scenario() -> None:
        bench = Bench(shared=True)
        driver = await bench.connect()
        exchange = driver._exchange  # type: ignore[attr-defined]
        await exchange.send(commands.with_token(commands.trinit(), 7), 5)
        outcome = await bench.run(simple_sale())
        assert outcome.error is not None
        assert outcome.error.code == "device.busy"
        assert bench.printer.memory.open is not None
        await bench.close()

    run_virtual(scenario())


def test_a_rate_that_the_printer_lost_since_fails_before_anything_is_sent() -> None:
    async def scenario() -> None:
        bench = Bench(rates="23/-/5/0/-/-/-")
        outcome = await bench.run(simple_sale())
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.field) == ("request.invalid", "lines.0.vat")
        assert outcome.job.checkpoints == []
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("profile", ["online", "old"])
def test_a_printer_in_training_says_so(profile: str) -> None:
    async def scenario() -> None:
        bench = Bench(mode="non_fiscal", profile=profile)
        outcome = await bench.run(simple_sale())
        assert outcome.state == "done", outcome
        assert not outcome.document.fiscal
        assert outcome.result is not None
        assert "not_fiscal" in [w.code for w in outcome.result.warnings]
        await bench.close()

    run_virtual(scenario())


# --- what is refused before the job exists


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("currency", {"currency": "EUR"}),
        ("lines.0.price", {"lines": [{"name": "A", "price": "0", "vat": "8%"}]}),
        ("lines.0.name", {"lines": [{"name": "***", "price": "1", "vat": "8%"}]}),
        ("lines.0.name", {"lines": [{"name": "A" * 81, "price": "1", "vat": "8%"}]}),
        ("lines.0.name", {"lines": [{"name": "Яблоко", "price": "1", "vat": "8%"}]}),
        ("lines.0.unit", {"lines": [{"name": "A", "price": "1", "vat": "8%", "unit": "sztuk"}]}),
        ("lines.0.taxes", {"lines": [{"name": "A", "price": "1"}]}),
        ("lines.0.taxes", {"lines": [{"name": "A", "price": "1", "taxes": [{"rate": "8%"}, {"rate": "5%"}]}]}),
        ("lines.0.vat", {"lines": [{"name": "A", "price": "1", "vat": "7%"}]}),
        (
            "lines.1.kind",
            {"lines": [{"name": "A", "price": "9", "vat": "8%"}, {"name": "B", "price": "1", "vat": "8%", "kind": "voucher"}]},
        ),
        ("lines", {"lines": [{"name": "Butelka", "price": "1", "kind": "deposit"}]}),
        ("lines.0.total", {"lines": [{"name": "A", "price": "1", "vat": "8%", "discount": {"amount": "1"}}]}),
        ("lines.0.total", {"lines": [{"name": "A", "price": "100000000", "vat": "8%"}]}),
        (
            "lines.0.surcharge",
            {"lines": [{"name": "A", "price": "9", "vat": "8%", "discount": {"amount": "1"}, "surcharge": {"amount": "1"}}]},
        ),
        ("lines", {"lines": [{"name": "A", "price": "1", "vat": "8%"}] * 501}),
        ("kind", {"kind": "purchase"}),
        ("total", {"discount": {"percent": "100"}}),
        ("delivery.paper", {"delivery": {"paper": False}}),
        ("delivery.email", {"delivery": {"email": "jan@example.pl"}}),
        ("delivery.edocument.id", {"delivery": {"edocument": {"id": "4" * 129}}}),
        ("delivery.edocument.server", {"delivery": {"edocument": {"id": "4850", "server": "eparag mf gov pl"}}}),
        ("customer.ids.0.value", {"customer": {"ids": [{"type": "nip", "value": "123-456-32-18"}]}}),
        ("operator.name", {"operator": {"name": "A" * 33}}),
        (
            "payments.0.foreign.rate",
            {
                "payments": [
                    {"kind": "cash", "amount": "9.99", "foreign": {"currency": "EUR", "amount": "2.40", "rate": "4.16253"}}
                ]
            },
        ),
        (
            "change",
            {
                "payments": [{"kind": "cash", "amount": "11.99"}],
                "change": [{"kind": "cash", "amount": "1"}, {"kind": "voucher", "amount": "1"}],
            },
        ),
    ],
)
def test_what_the_printer_cannot_do_is_refused_by_field(field: str, more: dict[str, Any]) -> None:
    async def scenario() -> None:
        bench = Bench()
        capabilities = await (await bench.connect()).capabilities()
        with pytest.raises(RequestError) as refused:
            FAMILY.check(simple_sale(**more), bench.settings, capabilities)
        assert refused.value.errors[0].field == field
        assert refused.value.code in ("request.invalid", "request.unsupported")
        await bench.close()

    run_virtual(scenario())


def test_lenient_cuts_and_replaces_and_says_what() -> None:
    wanted = simple_sale(fit="lenient", lines=[{"name": "Ż" * 79 + "№ogon", "price": "1", "vat": "8%"}], extras={"ffd": {}})
    warnings = FAMILY.check(wanted, FAMILY.settings_from({}), None).warnings
    assert {w.code for w in warnings} == {"text_cut", "text_replaced", "extras_ignored"}
    assert any("ogon" in w.message for w in warnings)
