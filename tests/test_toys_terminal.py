"""The toy terminal with the real core: unasked messages, questions, abort over the same link, records not decided yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Job, JobState, Outcome
from bridge.transport import Link, WireLog, run_virtual
from tests.toys.cables import TestCable, plug_in
from tests.toys.hosting import ACTOR, START, ToyHost
from tests.toys.terminal.family import TerminalFamily
from tests.toys.terminal.simulator import Switches, Terminal

PURCHASE = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR"}

Scene = Callable[[ToyHost, Terminal], Coroutine[Any, Any, None]]


def play(directory: Path, scene: Scene, **switches: Any) -> None:
    """Run a scene in virtual time with one terminal, configured."""

    async def main() -> None:
        terminal = Terminal("4711", Switches(**switches))

        async def connect(cable: TestCable, wire_log: WireLog) -> Link:
            return await plug_in(terminal.connect, cable, wire_log)

        async with ToyHost(directory, {"terminal": connect}) as host:
            await host.add("pay-1", "toy-terminal", "terminal")
            await scene(host, terminal)

    run_virtual(main())


def outcome_of(job: Job) -> Outcome:
    assert job.result is not None
    assert job.result.payment is not None
    return job.result.payment.outcome


def standing(terminal: Terminal) -> int:
    return sum(entry.record.decision == "approved" for entry in terminal.truth)


def test_a_purchase_shows_what_the_customer_is_doing(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        seen: list[tuple[str, str]] = []
        for _ in range(2):
            await asyncio.sleep(1.1 if seen else 0.5)
            attention = (await host.get(job)).attention
            assert attention is not None
            seen.append((attention.code, attention.text))
        assert seen == [("terminal.present_card", "Insert or tap card"), ("terminal.host", "The terminal is asking the bank.")]
        settled = await host.settled(job)
        assert settled.success
        assert settled.attention is None
        assert settled.result is not None
        assert settled.result.payment is not None
        assert settled.result.payment.authorisation_code == "A00001"
        assert standing(terminal) == 1

    play(tmp_path, scene)


def test_a_decline_is_done_but_no_success(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.run("pay-1", PURCHASE)
        assert (job.state, job.success, outcome_of(job)) == (JobState.DONE, False, Outcome.DECLINED)
        assert job.result is not None
        assert job.result.payment is not None
        assert job.result.payment.reason_text == "not enough money"
        assert job.result.payment.approved == 0

    play(tmp_path, scene, decision="decline")


@pytest.mark.parametrize(("choice", "outcome"), [("yes", Outcome.APPROVED), ("no", Outcome.REVERSED)])
def test_the_cashier_decides_on_the_signature(tmp_path: Path, choice: str, outcome: Outcome) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(5)
        attention = (await host.get(job)).attention
        assert attention is not None
        assert attention.prompt_id is not None
        assert [item.code for item in attention.choices] == ["yes", "no"]
        await host.bridge.jobs.answer(ACTOR, job.id, attention.prompt_id, choice)
        settled = await host.settled(job)
        assert (settled.state, outcome_of(settled)) == (JobState.DONE, outcome)
        assert standing(terminal) == (1 if choice == "yes" else 0)

    play(tmp_path, scene, signature=True)


@pytest.mark.parametrize("terminals_patience", [10.0, 60.0])
def test_a_question_that_nobody_answers_is_answered_no(tmp_path: Path, terminals_patience: float) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.run("pay-1", PURCHASE)
        assert (job.success, outcome_of(job)) == (False, Outcome.REVERSED)
        assert standing(terminal) == 0

    play(tmp_path, scene, signature=True, question=terminals_patience)


def test_a_purchase_is_aborted_over_the_link_that_waits_for_it(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(0.5)
        assert await host.bridge.jobs.abort(ACTOR, job.id) == "requested"
        settled = await host.settled(job)
        assert (settled.state, settled.success, outcome_of(settled)) == (JobState.DONE, False, Outcome.CANCELLED)
        assert standing(terminal) == 0

    play(tmp_path, scene)


def test_an_abort_after_the_approval_comes_too_late(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(5)
        assert await host.bridge.jobs.abort(ACTOR, job.id) == "too_late"
        attention = (await host.get(job)).attention
        assert attention is not None
        assert attention.prompt_id is not None
        await host.bridge.jobs.answer(ACTOR, job.id, attention.prompt_id, "yes")
        assert outcome_of(await host.settled(job)) is Outcome.APPROVED
        assert standing(terminal) == 1

    play(tmp_path, scene, signature=True)


def test_status_is_told_while_a_customer_pays(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(1.5)
        status = await host.bridge.devices.status("pay-1")
        assert status["live"]
        assert status["status"]["busy"] is True
        assert (await host.settled(job)).success

    play(tmp_path, scene)


def test_a_record_that_is_not_decided_yet_is_waited_for(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["terminal"].break_now()
        await asyncio.sleep(4)
        waiting = await host.get(job)
        assert waiting.state is JobState.UNRESOLVED
        assert waiting.attention is not None
        assert waiting.attention.code == "terminal.undecided"
        settled = await host.settled(job)
        assert (settled.state, outcome_of(settled), standing(terminal)) == (JobState.DONE, Outcome.APPROVED, 1)

    play(tmp_path, scene, unknown=30.0, unconfirmed="stands")


def test_an_approval_that_nobody_could_confirm_is_reversed_and_told_so(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["terminal"].break_now()
        settled = await host.settled(job)
        assert (settled.state, settled.success, outcome_of(settled)) == (JobState.DONE, False, Outcome.REVERSED)
        assert standing(terminal) == 0

    play(tmp_path, scene, unconfirmed="reverses")


@pytest.mark.parametrize("restarted", [False, True])
def test_a_reversal_that_comes_later_amends_the_job_and_raises_an_alert(tmp_path: Path, restarted: bool) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.run("pay-1", PURCHASE)
        assert job.success
        if restarted:
            await host.restart()
        await asyncio.sleep(130)
        later = await host.get(job)
        assert (later.state, later.success, outcome_of(later)) == (JobState.DONE, False, Outcome.REVERSED)
        assert [amendment.changes for amendment in later.amendments] == [{"outcome": "reversed"}]
        assert host.alerts("pay-1") == ["payment.reversed"]

    play(tmp_path, scene, reverse_later=120.0)


def test_a_queued_payment_never_begins_after_a_restart(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        terminal.power(False)
        host.cables["terminal"].break_now()
        await asyncio.sleep(1)
        job = await host.submit("pay-1", PURCHASE)
        await host.restart()
        terminal.power(True)
        settled = await host.settled(job)
        assert settled.state is JobState.FAILED
        await asyncio.sleep(60)
        assert terminal.truth == []

    play(tmp_path, scene)


def test_a_payment_does_not_begin_while_the_terminal_serves_somebody(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        first = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(5)
        host.cables["terminal"].break_now()
        await host.bridge.jobs.wait(first.id, 8)
        await asyncio.sleep(0.2)
        await host.bridge.jobs.resolve(ACTOR, first.id, "not_issued", "the customer left")
        second = await host.run("pay-1", PURCHASE)
        assert second.error is not None
        assert second.error.code == "terminal.busy"
        assert (await host.settled(await _later(host, 60))).success is False

    play(tmp_path, scene, signature=True, question=40.0)


async def _later(host: ToyHost, seconds: float) -> Job:
    await asyncio.sleep(seconds)
    return await host.submit("pay-1", PURCHASE)


def test_another_tills_record_leaves_the_question_to_a_person(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        terminal.other_till(Decimal("12.50"))
        host.cables["terminal"].break_now()
        await asyncio.sleep(120)
        waiting = await host.get(job)
        assert waiting.state is JobState.UNRESOLVED
        assert waiting.attention is not None
        assert waiting.attention.code == "resolve"
        settled = await host.bridge.jobs.resolve(ACTOR, job.id, "issued", "its slip lies here")
        assert settled.state is JobState.DONE
        assert (await host.run("pay-1", PURCHASE)).success

    play(tmp_path, scene, unconfirmed="reverses")


def test_probing_a_terminal_charges_nothing() -> None:
    async def main() -> None:
        terminal = Terminal("4711")
        link = await plug_in(terminal.connect, TestCable(), WireLog(lambda: START))
        found = await TerminalFamily().probe(link)
        assert found is not None
        assert found.serial == "4711"
        assert terminal.truth == []

    run_virtual(main())
