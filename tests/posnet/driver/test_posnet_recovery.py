"""Whatever happens to the line or the printer, the verdict is what the printer really did."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from bridge_sim_posnet.faults import RamClear
from bridge_simulators.fault_kinds import Corrupt, CutCommand, Delay, Foreign, Noise, PaperOut, PowerCut, Repeat, Split, Truncate
from posnet_bench import Bench, other, sale, simple_sale

from bridge.transport import run_virtual
from tests.one_job import Outcome

COMMANDS = ["ftrcfg", "trinit", "trline", "trnipset", "trdiscntbill", "trpayment", "trend", "scnt", "strns"]
STEPS = ["before", "after", "answer"]


def full_sale() -> Any:
    return sale("25.00", discount={"amount": "2.00"}, customer={"ids": [{"type": "nip", "value": "1234563218"}]})


def verdict_is_true(bench: Bench, outcome: Outcome, kind: str = "receipt", *, certain: bool = True) -> None:
    """Done means one document, failed none; with `certain` no person may be asked."""
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


def power_back(bench: Bench) -> None:
    bench.printer.power(True)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_cable_cut_at_any_command_ends_in_the_true_verdict(command: str, step: Any, shared: bool) -> None:
    async def scenario() -> None:
        bench = Bench(shared=shared)
        bench.printer.faults.arm(CutCommand(command=command, step=step))
        outcome = await bench.run(full_sale())
        verdict_is_true(bench, outcome, certain=not shared or step == "answer")
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("direction", ["cut_to_device", "cut_to_host"])
def test_a_cable_cut_after_any_byte_ends_in_the_true_verdict(direction: str) -> None:
    async def scenario() -> None:
        whole = Bench()
        await whole.run(full_sale())
        length = whole.cable.to_device if direction == "cut_to_device" else whole.cable.to_host
        await whole.close()
        states = set()
        for at in range(0, length, 23):
            bench = Bench()
            setattr(bench.cable, direction, at)
            outcome = await bench.run(full_sale())
            verdict_is_true(bench, outcome)
            states.add(outcome.state)
            await bench.close()
        assert states == {"done", "failed"}

    run_virtual(scenario())


@pytest.mark.exhaustive
@pytest.mark.parametrize("direction", ["cut_to_device", "cut_to_host"])
def test_a_cable_cut_after_every_byte_ends_in_the_true_verdict(direction: str) -> None:
    async def scenario() -> None:
        whole = Bench()
        await whole.run(full_sale())
        length = whole.cable.to_device if direction == "cut_to_device" else whole.cable.to_host
        await whole.close()
        for at in range(length + 1):
            bench = Bench()
            setattr(bench.cable, direction, at)
            verdict_is_true(bench, await bench.run(full_sale()))
            await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("tokens", ["lost", "keep"])
@pytest.mark.parametrize("kept", ["keep", "cancel", "drop"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", ["trinit", "trline", "trpayment", "trend"])
def test_a_power_cut_at_any_command_ends_in_the_true_verdict(command: str, step: Any, kept: str, tokens: str) -> None:
    async def scenario() -> None:
        bench = Bench(open_receipt_at_power_on=kept, token_store=tokens, strns_after_cancel="keep")
        bench.printer.faults.arm(PowerCut(command=command, step=step, restart=30))
        verdict_is_true(bench, await bench.run(sale()))
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("command", ["trline", "trend"])
def test_a_ram_clear_is_settled_by_the_protected_memory(command: str, step: Any) -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.run(simple_sale("1.11"))
        bench.printer.faults.arm(PowerCut(command=command, step=step, restart=20))
        asyncio.get_running_loop().call_later(10, lambda: bench.printer.faults.arm(RamClear()))
        outcome = await bench.run(sale())
        assert outcome.state == ("done" if (command, step != "before") == ("trend", True) else "failed"), outcome
        verdict_is_true(bench, outcome)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("total", [None, "27.00", "5.00"])
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("shared", [False, True])
def test_a_receipt_of_another_program_is_never_taken_for_ours(shared: bool, step: Any, total: str | None) -> None:
    async def scenario() -> None:
        bench = Bench(shared=shared, token_store="lost")
        bench.printer.faults.arm(
            PowerCut(command="trend", step=step, restart=5), Foreign(command="trend", step="before", total=total)
        )
        outcome = await bench.run(sale())
        verdict_is_true(bench, outcome, certain=False)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("shared", [False, True])
def test_paper_that_runs_out_at_the_end_is_waited_for_through_a_lost_link(shared: bool) -> None:
    async def scenario() -> None:
        bench = Bench(shared=shared)
        bench.printer.faults.arm(PaperOut(command="trend"))
        job = bench.job()
        seen: list[str] = []

        def person(code: str) -> None:
            seen.append(code)
            if len(seen) == 1:
                asyncio.get_running_loop().call_soon(bench.cable.break_now)
                asyncio.get_running_loop().call_later(300, bench.printer.load_paper, True)

        job.on_attention = person
        outcome = await bench.run(sale(), job)
        assert outcome.state == "done", outcome
        verdict_is_true(bench, outcome)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(
    "fault",
    [
        Corrupt,
        Repeat,
        Noise,
        Split,
        Truncate,
        lambda command: Delay(command=command, seconds=90),
        lambda command: Delay(command=command, seconds=6),
    ],
    ids=["corrupt", "repeat", "noise", "split", "truncate", "delay", "short-delay"],
)
@pytest.mark.parametrize("command", [*COMMANDS, "sfsk", "eclastdocnoget", "scomm", "rtcget"])
def test_a_disturbed_answer_never_costs_a_receipt(command: str, fault: Any) -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.faults.arm(fault(command=command))
        outcome = await bench.run(full_sale())
        assert outcome.state == "done", outcome
        verdict_is_true(bench, outcome)
        await bench.close()

    run_virtual(scenario())


def test_a_stored_answer_settles_a_shared_printer_and_counters_never_do() -> None:
    async def scenario() -> None:
        for keeps, state in ((True, "done"), (False, "operator")):
            bench = Bench(shared=True)
            bench.printer.faults.arm(CutCommand(command="trend", step="answer"))
            if not keeps:
                bench.printer.answers.remember = lambda answer: None  # type: ignore[method-assign]
            assert (await bench.run(sale())).state == state
            await bench.close()

    run_virtual(scenario())


def test_an_answer_that_was_written_down_needs_no_other_proof() -> None:
    async def scenario() -> None:
        bench = Bench(shared=True)
        job = bench.job()

        def cut(name: str) -> None:
            if name == "answered":
                bench.printer.memory.tokens = {}
                bench.cable.break_now()

        job.on_checkpoint = cut
        outcome = await bench.run(sale(), job)
        assert (outcome.state, outcome.document.number) == ("done", "1")
        await bench.close()

    run_virtual(scenario())


def test_a_daily_report_in_between_does_not_hide_a_sale() -> None:
    async def scenario() -> None:
        for command, step, state in (("trend", "answer", "done"), ("trinit", "before", "failed")):
            bench = Bench(token_store="lost")
            await bench.run(simple_sale("1.11"))
            bench.printer.faults.arm(PowerCut(command=command, step="answer" if step == "answer" else "before"))
            wanted, job = sale(), bench.job()
            running = asyncio.create_task(bench.run(wanted, job))
            await asyncio.sleep(1)
            bench.printer.power(True)
            # A person prints the report at the keypad before the till finds the printer again.
            keypad = Bench()
            keypad.device, keypad.printer = bench.device, bench.printer
            report = await keypad.run(other("shift.close"))
            assert report.state == "done", report
            await keypad.close()
            outcome = await running
            assert outcome.state == state, outcome
            verdict_is_true(bench, outcome)
            await bench.close()

    run_virtual(scenario())


def test_an_empty_receipt_on_a_shared_printer_is_left_alone_until_the_deadline() -> None:
    async def scenario() -> None:
        bench = Bench(shared=True, open_receipt_at_power_on="keep", token_store="lost")
        bench.printer.faults.arm(PowerCut(command="trinit", step="after", restart=3))
        outcome = await bench.run(sale())
        assert set(outcome.pending) == {"device.busy"}
        assert outcome.state == "failed"
        assert bench.device.clock.now() >= outcome.job.deadline
        verdict_is_true(bench, outcome)
        assert bench.printer.memory.open is None
        await bench.close()

    run_virtual(scenario())
