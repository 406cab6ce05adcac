"""Refunds, cash, the daily report, printouts and the drawer; what they issue, and what is told after a lost answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bridge_simulators.fault_kinds import CutCommand, Drop, PowerCut, Refuse
from posnet_bench import Bench, operation, other, sale, simple_sale

from bridge.model import Fate
from bridge.transport import LinkError, run_virtual

STEPS = ["before", "after", "answer"]


def refund() -> Any:
    return operation(kind="refund", lines=[{"name": "Chleb", "price": "9.99", "vat": "99%"}])


SLIPS = {
    "goods_return": (refund, "stocash"),
    "cash_in": (lambda: other("cash.in", amount="100.00", currency="PLN"), "cash"),
    "cash_out": (lambda: other("cash.out", amount="20.00", currency="PLN"), "cash"),
}


def test_a_refund_prints_a_slip_over_the_sum_and_warns_that_it_is_not_fiscal() -> None:
    async def scenario() -> None:
        bench = Bench()
        outcome = await bench.run(refund())
        assert outcome.state == "done"
        (slip,) = bench.issued()
        assert (slip.total, slip.fiscal) == ("9.99", False)
        assert not outcome.document.fiscal
        assert outcome.result is not None
        assert "lines_not_printed" in [w.code for w in outcome.result.warnings]
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("fault", [CutCommand, lambda **how: PowerCut(restart=20, **how)], ids=["cut", "power"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_whose_answer_is_lost_ends_in_the_true_verdict(slip: str, step: Any, fault: Any, shared: bool) -> None:
    async def scenario() -> None:
        bench = Bench(shared=shared)
        await bench.run(other("cash.in", amount="500.00", currency="PLN"))
        before = len(bench.issued())
        make, command = SLIPS[slip]
        bench.printer.faults.arm(fault(command=command, step=step))
        outcome = await bench.run(make())
        issued = len(bench.issued()) - before
        if shared and step != "before" and outcome.state == "operator":
            return
        assert (outcome.state, issued) == (("failed", 0) if step == "before" else ("done", 1)), outcome
        await bench.close()

    run_virtual(scenario())


def test_the_daily_report_gives_its_figures_as_data() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(sale())
        await bench.run(simple_sale("9.99"))
        outcome = await bench.run(other("shift.close"))
        assert outcome.state == "done", outcome
        report = outcome.document.report
        rows = {row.letter: (row.rate, str(row.gross), str(row.tax)) for row in report.totals_by_rate}
        assert rows == {
            "A": ("23%", "18.00", "3.37"),
            "B": ("8%", "9.99", "0.74"),
            "C": ("5%", "9.00", "0.43"),
            "D": ("0%", "0.00", "0.00"),
        }
        assert (outcome.document.number, report.number, report.total) == ("1", "1", Decimal("36.99"))
        assert report.counts["receipts"] == 2
        assert report.first_sale_at is not None
        assert [d.kind for d in bench.issued()][-1] == "daily_report"
        await bench.close()

    run_virtual(scenario())


def test_a_second_zero_report_is_refused_and_says_why() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(other("shift.close"))
        outcome = await bench.run(other("shift.close"))
        assert outcome.error is not None
        assert (outcome.state, outcome.error.device_code, outcome.error.fate) == ("failed", "382", Fate.NOT_ISSUED)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("fault", [CutCommand, lambda **how: PowerCut(restart=20, **how)], ids=["cut", "power"])
@pytest.mark.parametrize("step", STEPS)
def test_a_daily_report_whose_answer_is_lost_ends_in_the_true_verdict_with_its_figures(step: Any, fault: Any) -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(sale())
        bench.printer.faults.arm(fault(command="dailyrep", step=step))
        outcome = await bench.run(other("shift.close"))
        issued = bench.issued("daily_report")
        assert (outcome.state, len(issued)) == (("failed", 0) if step == "before" else ("done", 1)), outcome
        if issued:
            assert outcome.document.report.total == Decimal("27.00")
        await bench.close()

    run_virtual(scenario())


def test_a_printout_is_printed_with_its_styles_and_ampersands() -> None:
    async def scenario() -> None:
        bench = Bench()
        lines = [
            {"text": "Sól & pieprz", "bold": True},
            {"text": "", "align": "left"},
            {"text": "środek", "align": "centre", "double": True},
        ]
        outcome = await bench.run(other("print", title="Notatka", lines=lines))
        assert outcome.state == "done", outcome
        assert "Sól & pieprz" in bench.printer.paper()
        assert bench.printer.form is None
        await bench.close()

    run_virtual(scenario())


def test_a_printout_that_is_refused_midway_is_cancelled() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(Refuse(command="formformattedline", code=2057))
        outcome = await bench.run(other("print", lines=[{"text": "a"}]))
        assert outcome.state == "failed"
        assert bench.printer.form is None
        await bench.close()

    run_virtual(scenario())


def test_a_form_that_a_lost_link_left_open_does_not_stop_the_next_sale() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(CutCommand(command="formformattedline"))
        job = bench.job()
        driver = await bench.connect()
        with pytest.raises(LinkError):
            await driver.execute(job, other("print", lines=[{"text": "a"}]))
        await bench.disconnect()
        assert bench.printer.form is not None
        outcome = await bench.run(sale())
        assert outcome.state == "done", outcome
        assert outcome.document.number == bench.issued("receipt")[0].number
        await bench.close()

    run_virtual(scenario())


def test_the_drawer_opens_and_a_lost_answer_leaves_it_to_the_host() -> None:
    async def scenario() -> None:
        bench = Bench()
        assert (await bench.run(other("drawer.open"))).state == "done"
        assert bench.printer.drawer_open
        bench.printer.faults.arm(Drop(command="opendrwr"))
        driver, job = bench.driver, bench.job()
        assert driver is not None
        with pytest.raises(LinkError, match="opendrwr"):
            await driver.execute(job, other("drawer.open"))
        assert [c.name for c in job.checkpoints] == ["intent"]
        await bench.close()

    run_virtual(scenario())


def test_effects_leave_the_stored_answers_of_documents_alone() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale())
        kept = dict(bench.printer.memory.tokens)
        await bench.run(other("print", lines=[{"text": "a"}] * 40))
        await bench.run(other("drawer.open"))
        assert bench.printer.memory.tokens == kept
        await bench.close()

    run_virtual(scenario())
