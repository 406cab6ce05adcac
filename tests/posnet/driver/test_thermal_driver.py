"""The Thermal protocol on the simulated printer: what is sent, what comes out, what is refused, what recovery finds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bridge_sim_posnet.documents import make_report
from bridge_sim_posnet.faults import GoodsLock, RamClear
from bridge_simulators.fault_kinds import (
    Corrupt,
    CoverOpen,
    CutCommand,
    Delay,
    Drop,
    Foreign,
    Noise,
    PaperOut,
    PowerCut,
    Refuse,
    Repeat,
    Split,
    Truncate,
)
from posnet_bench import FAMILY, Bench, operation, other, sale, simple_sale

from bridge.model import RequestError
from bridge.transport import LinkError, run_virtual
from tests.one_job import Outcome

STEPS = ["before", "after", "answer"]
SALE_COMMANDS = ["$h", "$l", "$Y", "$y", "#s"]


def thermal(**how: Any) -> Bench:
    return Bench(protocol="thermal", **how)


def full_sale() -> Any:
    return sale("25.00", discount={"amount": "2.00", "text": "Stały klient"})


def verdict_is_true(bench: Bench, outcome: Outcome, kind: str = "receipt", *, certain: bool = True) -> None:
    issued = [d for d in bench.issued(kind) if d.total != "1.11"]
    match outcome.state:
        case "done":
            assert len(issued) == 1, outcome
            if outcome.document.number is not None and kind == "receipt":
                assert outcome.document.number == issued[0].number
        case "failed" | "aborted":
            assert issued == [], outcome
        case "operator":
            assert not certain, outcome
        case _:
            raise AssertionError(outcome)
    assert bench.printer.memory.open is None or bench.device.shared


def test_a_sale_is_issued_with_its_number_time_totals_and_reference() -> None:
    async def scenario() -> None:
        bench = thermal()
        outcome = await bench.run(sale())
        (receipt,) = bench.issued()
        assert (outcome.state, outcome.document.number, outcome.document.fiscal_id) == ("done", "1", "ZBF 2101002392/1/1")
        assert outcome.document.issued_at.isoformat() == "2026-11-20T10:00:00+01:00"
        assert (receipt.total, receipt.change, receipt.reference) == ("27.00", "3.00", "ZAM/7")
        assert receipt.taxes == {"A": "18.00", "C": "9.00"}
        assert [line["name"] for line in receipt.lines] == ["Chleb żytni", "Kawa ziarnista"]
        assert "Anna" in bench.printer.paper()
        assert outcome.result is not None
        assert outcome.result.evidence["$y"] == "0#Z$y"
        assert [c.name for c in outcome.job.checkpoints] == ["intent"]
        await bench.close()

    run_virtual(scenario())


def test_payments_of_every_kind_reach_the_printer_with_change_in_cash() -> None:
    async def scenario() -> None:
        bench = thermal(thermal_display="rest")
        kinds = ["cash", "card", "transfer", "voucher", "prepaid", "credit", "exchange", "other"]
        payments = [{"kind": kind, "amount": "1.00"} for kind in kinds]
        payments[0]["amount"] = "10.00"
        payments[-1]["label"] = "Talon"
        outcome = await bench.run(simple_sale("9.00", payments=payments))
        assert outcome.state == "done", outcome.error
        receipt = bench.issued()[0]
        assert [p["type"] for p in receipt.payments] == [2, 6, 4, 6, 5, 6, 6, 0]
        assert [p["name"] for p in receipt.payments][3:7] == ["Przedpłata", "Kredyt", "Wymiana", "Talon"]
        assert receipt.change == "8.00"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("spread", ["reference", "proportional"])
def test_discounts_of_lines_and_of_the_receipt_come_out_as_computed(spread: str) -> None:
    async def scenario() -> None:
        bench = thermal(discount_spread=spread)
        wanted = operation(
            lines=[
                {"name": "A", "price": "13.50", "vat": "23%", "discount": {"percent": "15", "text": "Stały klient"}},
                {"name": "B", "price": "10.00", "vat": "8%", "surcharge": {"percent": "2.5"}, "description": "świeży"},
                {"name": "C", "price": "3.33", "quantity": "3", "vat": "5%", "surcharge": {"amount": "0.01"}},
            ],
            discount={"percent": "10", "text": "Rabat"},
        )
        outcome = await bench.run(wanted)
        assert outcome.state == "done", outcome.error
        receipt = bench.issued()[0]
        assert [line["total"] for line in receipt.lines] == ["11.47", "10.25", "10.00"]
        assert receipt.total == f"{outcome.document.total}" == "28.55"
        await bench.close()

    run_virtual(scenario())


def test_a_day_with_slips_reports_drawer_display_and_login() -> None:
    async def scenario() -> None:
        bench = thermal()
        assert (await bench.run(sale())).state == "done"
        for wanted, kind in (
            (other("cash.in", amount="5.00", currency="PLN"), "cash_in"),
            (other("cash.out", amount="2.00", currency="PLN"), "cash_out"),
            (sale(kind="refund", payments=[]), "goods_return"),
        ):
            outcome = await bench.run(wanted)
            assert (outcome.state, bench.issued()[-1].kind) == ("done", kind), outcome.error
        assert bench.printer.memory.cash == 300
        report = await bench.run(other("shift.close"))
        assert (report.document.number, str(report.document.report.total)) == ("1", "27.00")
        assert [str(row.tax) for row in report.document.report.totals_by_rate[:3]] == ["3.37", "0.00", "0.43"]
        period = await bench.run(other("report.period", **{"from": "2026-11-01", "to": "2026-11-20", "summary": True}))
        assert (period.state, period.document.fiscal, bench.issued()[-1].kind) == ("done", False, "period_report")
        assert (await bench.run(other("drawer.open"))).state == "done"
        assert bench.printer.drawer_open
        assert (await bench.run(other("display.show", lines=["Dzień dobry", "Zapraszamy"]))).state == "done"
        assert bench.printer.display.texts == {0: "Dzień dobry", 1: "Zapraszamy"}
        assert (await bench.run(other("raw", command={"name": "login", "cashier": "Żaneta"}))).state == "done"
        assert "Kasjer Żaneta" in bench.printer.paper()
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("old", [False, True])
def test_the_printer_is_found_identified_and_tells_how_it_is(old: bool) -> None:
    async def scenario() -> None:
        bench = thermal(thermal_questions="old" if old else "all")
        driver = await bench.connect()
        identity = await driver.identify()
        assert (identity.model, identity.fiscal_number) == ("POSNET THERMAL XL2 ONLINE", "ZBF 2101002392")
        capabilities = await driver.capabilities()
        assert ("receipt" in capabilities.operations) is not old
        status = await driver.status()
        assert (status.paper, status.fiscal_mode, status.last_document, status.shift) == ("ok", True, "0", "closed")
        bench.printer.load_paper(False)
        assert ((await driver.status()).paper, (await driver.status()).busy) == ("out", True)
        bench.printer.load_paper(True)
        if old:
            refused = await bench.run(simple_sale())
            assert refused.error is not None
            assert refused.error.code == "request.unsupported"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("protocol", ["posnet", "thermal"])
def test_a_probe_finds_either_protocol_and_changes_nothing(protocol: str) -> None:
    async def scenario() -> None:
        bench = Bench(protocol=protocol)
        await bench.connect()
        assert bench.driver is not None
        await bench.driver.close()
        before = bench.printer.snapshot(), bench.printer.thermal.error_mode
        assert bench.link is not None
        identity = await FAMILY.probe(bench.link)
        assert identity is not None
        assert identity.fiscal_number == "ZBF 2101002392"
        assert (identity.protocol == "thermal") is (protocol == "thermal")
        assert (bench.printer.snapshot(), bench.printer.thermal.error_mode) == before
        assert not bench.printer.waiting_for_key
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (simple_sale(customer={"ids": [{"type": "nip", "value": "1234563218"}]}), "customer.ids.0"),
        (simple_sale("1000000.00"), "lines.0.price"),
        (operation(lines=[{"name": "x" * 41, "price": "1.00", "vat": "8%"}]), "lines.0.name"),
        (operation(lines=[{"name": "Šunka", "price": "1.00", "vat": "8%"}]), "lines.0.name"),
        (operation(lines=[{"name": "a", "price": "1.00", "vat": "8%", "quantity": "12345678901"}]), "lines.0.total"),
        (operation(lines=[{"name": "a", "price": "0.01", "vat": "8%", "quantity": "1234.1234567"}]), "lines.0.quantity"),
        (operation(lines=[{"name": "a", "price": "1.00", "vat": "8%"}] * 256), "lines"),
        (simple_sale("1.00", payments=[{"kind": "card", "amount": "2.00"}], change=[{"kind": "card", "amount": "1.00"}]), "change.0.kind"),
        (other("print", lines=[{"text": "x"}]), "op"),
        (other("report.period", first_number=2, last_number=1), "last_number"),
        (other("report.period", **{"from": "2099-12-01", "to": "2100-01-01"}), "to"),
        (other("report.period", **{"from": "1999-12-31", "to": "2026-01-01"}), "from"),
        (other("display.show", lines=["a", "b", "c"]), "lines"),
        (other("raw", command={"name": "beep"}), "command.name"),
        (other("cash.in", amount="100000000.00", currency="PLN"), "amount"),
    ],
)  # fmt: skip
def test_what_the_protocol_cannot_carry_is_refused_by_name(wanted: Any, field: str) -> None:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(wanted, FAMILY.settings_from({"protocol": "thermal"}), None)
    assert [error.field for error in caught.value.errors] == [field]


def test_the_code_page_is_mazovia_unless_another_one_is_set() -> None:
    assert FAMILY.settings_from({"protocol": "thermal"}).code_page == "mazovia"
    assert FAMILY.settings_from({"protocol": "thermal", "code_page": "latin2"}).code_page == "latin2"
    assert FAMILY.settings_from({}).code_page == "cp1250"


@pytest.mark.parametrize("nothing_open", ["ok", "29"])
@pytest.mark.parametrize("command", ["$h", "$l", "$Y", "$y"])
def test_an_error_at_any_command_leaves_nothing_open_and_names_the_code(command: str, nothing_open: str) -> None:
    async def scenario() -> None:
        bench = thermal(thermal_cancel_nothing=nothing_open)
        bench.printer.faults.arm(Refuse(command=command, code=26))
        outcome = await bench.run(full_sale())
        assert outcome.state == "failed", outcome
        assert outcome.error is not None
        assert outcome.error.device_code == "26"
        assert bench.issued("receipt") == []
        assert bench.printer.memory.open is None
        assert (await bench.run(simple_sale())).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_locked_goods_are_refused_with_the_line() -> None:
    async def scenario() -> None:
        bench = thermal()
        bench.printer.faults.arm(GoodsLock(name="Kawa ziarnista"))
        outcome = await bench.run(sale())
        assert outcome.error is not None
        assert (outcome.error.device_code, outcome.error.field) == ("18", "lines.1")
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", SALE_COMMANDS)
def test_a_cable_cut_at_any_command_ends_in_the_true_verdict(command: str, step: Any, shared: bool) -> None:
    async def scenario() -> None:
        bench = thermal(shared=shared)
        bench.printer.faults.arm(CutCommand(command=command, step=step))
        verdict_is_true(bench, await bench.run(full_sale()), certain=not shared)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("kept", ["keep", "cancel", "drop"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", ["$h", "$l", "$y"])
def test_a_power_cut_at_any_command_ends_in_the_true_verdict(command: str, step: Any, kept: str) -> None:
    async def scenario() -> None:
        bench = thermal(open_receipt_at_power_on=kept)
        bench.printer.faults.arm(PowerCut(command=command, step=step, restart=30))
        verdict_is_true(bench, await bench.run(sale()))
        assert (await bench.run(simple_sale("1.11"))).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("after_answers", [True, False])
@pytest.mark.parametrize(
    "fault", [Drop, Corrupt, Truncate, Repeat, Split, Noise, lambda command: Delay(command=command, seconds=40)]
)
@pytest.mark.parametrize("command", ["$h", "$y", "#s", "#v", "#e", "#c"])
def test_a_spoilt_answer_never_makes_a_wrong_verdict(command: str, fault: Any, after_answers: bool) -> None:
    async def scenario() -> None:
        bench = thermal(thermal_status_after_answers=after_answers)
        assert (await bench.run(simple_sale("1.11"))).state == "done"
        bench.printer.faults.arm(fault(command=command))
        verdict_is_true(bench, await bench.run(sale()))
        assert (await bench.run(simple_sale("1.11"))).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("fault", [PaperOut, CoverOpen])
@pytest.mark.parametrize("step", ["before", "after"])
def test_a_person_who_helps_the_printer_is_waited_for(fault: Any, step: Any) -> None:
    async def scenario() -> None:
        bench = thermal()
        bench.printer.faults.arm(fault(command="$y", step=step))
        job = bench.job()

        def help_it(code: str) -> None:
            bench.printer.load_paper(True)
            bench.printer.close_cover(True)

        job.on_attention = lambda code: asyncio.get_running_loop().call_later(30, help_it, code) and None
        outcome = await bench.run(sale(), job)
        assert (outcome.state, outcome.recovered, len(job.attentions)) == ("done", 0, 1)
        verdict_is_true(bench, outcome)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("total", [None, "5.00"])
@pytest.mark.parametrize("shared", [False, True])
def test_another_programs_receipt_in_between_is_never_taken_for_ours(shared: bool, total: str | None) -> None:
    async def scenario() -> None:
        bench = thermal(shared=shared)
        bench.printer.faults.arm(CutCommand(command="$y", step="after"), Foreign(command="$y", step="after", total=total))
        outcome = await bench.run(sale())
        assert outcome.state == "operator"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("step", "state"), [("before", "failed"), ("after", "done")])
def test_a_daily_report_made_at_the_printer_hides_no_receipt(step: Any, state: str) -> None:
    async def scenario() -> None:
        bench = thermal()
        assert (await bench.run(simple_sale("1.11"))).state == "done"
        bench.printer.faults.arm(PowerCut(command="$y", step=step, restart=5))

        def report() -> None:
            if bench.printer.memory.open is not None:
                bench.printer.memory.open = None
            make_report(bench.printer, "device")

        asyncio.get_running_loop().call_later(3, report)
        outcome = await bench.run(sale())
        assert (outcome.state, outcome.recovered > 0) == (state, True), outcome
        verdict_is_true(bench, outcome)
        await bench.close()

    run_virtual(scenario())


def test_cleared_memory_leaves_the_verdict_to_a_person() -> None:
    async def scenario() -> None:
        bench = thermal()
        bench.printer.faults.arm(PowerCut(command="$y", step="after", restart=20))
        asyncio.get_running_loop().call_later(10, lambda: bench.printer.faults.arm(RamClear()))
        assert (await bench.run(sale())).state == "operator"
        await bench.close()

    run_virtual(scenario())


SLIPS = {
    "goods_return": (lambda: operation(kind="refund", lines=[{"name": "Chleb", "price": "9.99", "vat": "5%"}]), "#z"),
    "cash_in": (lambda: other("cash.in", amount="100.00", currency="PLN"), "#i"),
    "cash_out": (lambda: other("cash.out", amount="20.00", currency="PLN"), "#d"),
    "daily_report": (lambda: other("shift.close"), "#r"),
}


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("fault", [CutCommand, lambda **how: PowerCut(restart=20, **how)], ids=["cut", "power"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_or_report_whose_answer_is_lost_ends_in_the_true_verdict(slip: str, step: Any, fault: Any, shared: bool) -> None:
    async def scenario() -> None:
        bench = thermal(shared=shared)
        await bench.run(simple_sale())
        await bench.run(other("cash.in", amount="500.00", currency="PLN"))
        before = len(bench.issued(slip))
        make, command = SLIPS[slip]
        bench.printer.faults.arm(fault(command=command, step=step))
        outcome = await bench.run(make())
        issued = len(bench.issued(slip)) - before
        if not (shared and step != "before" and outcome.state == "operator"):
            assert (outcome.state, issued) == (("failed", 0) if step == "before" else ("done", 1)), outcome
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("printed", ["refused", "printed"])
def test_more_cash_than_there_is_ends_as_the_slip_did(printed: str) -> None:
    async def scenario() -> None:
        bench = thermal(thermal_negative_cash=printed)
        await bench.run(other("cash.in", amount="5.00", currency="PLN"))
        outcome = await bench.run(other("cash.out", amount="7.00", currency="PLN"))
        assert (outcome.state, len(bench.issued("cash_out"))) == (("failed", 0) if printed == "refused" else ("done", 1)), outcome
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("shared", [False, True])
def test_a_receipt_left_open_is_cancelled_first_but_never_another_programs(shared: bool) -> None:
    async def scenario() -> None:
        bench = thermal(shared=shared)
        bench.printer.foreign(hold=600) if shared else None
        if not shared:
            bench.printer.faults.arm(CutCommand(command="$l", step="after"))
            driver = await bench.connect()
            with pytest.raises(LinkError):
                await driver.execute(bench.job(), simple_sale("1.11"))
            await bench.disconnect()
        outcome = await bench.run(simple_sale(), bench.job(seconds=30))
        if shared:
            assert outcome.error is not None
            assert outcome.error.code == "device.busy"
        else:
            assert outcome.state == "done"
            assert outcome.result is not None
            assert "leftover_cancelled" in [w.code for w in outcome.result.warnings]
        await bench.close()

    run_virtual(scenario())


def test_the_printer_gives_up_a_receipt_after_twenty_minutes() -> None:
    async def scenario() -> None:
        bench = thermal()
        driver = await bench.connect()
        bench.printer.faults.arm(CutCommand(command="$l", step="after"))
        with pytest.raises(LinkError):
            await driver.execute(bench.job(), simple_sale("1.11"))
        await bench.disconnect()
        assert bench.printer.memory.open is not None
        await asyncio.sleep(1201)
        assert bench.printer.memory.open is None
        assert [d.kind for d in bench.printer.documents()] == ["cancelled_receipt"]
        await bench.close()

    run_virtual(scenario())


def test_an_abort_before_the_end_cancels_the_receipt() -> None:
    async def scenario() -> None:
        bench = thermal()
        bench.printer.faults.arm(Delay(command="$l", seconds=3))
        job = bench.job()
        running = asyncio.create_task(bench.run(sale(), job))
        await asyncio.sleep(1)
        job.abort_requested = True
        assert (await running).state == "aborted"
        assert bench.issued("receipt") == []
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())


def test_a_miss_of_the_expected_last_document_sends_nothing() -> None:
    async def scenario() -> None:
        bench = thermal()
        await bench.run(simple_sale())
        outcome = await bench.run(simple_sale(expect={"last_document": "7"}))
        assert outcome.error is not None
        assert (outcome.error.code, outcome.job.checkpoints) == ("request.conflict", [])
        assert (await bench.run(simple_sale(expect={"last_document": "1"}))).state == "done"
        await bench.close()

    run_virtual(scenario())
