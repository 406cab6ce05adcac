"""Payments in the host, with the toy terminal: what is taken back, by whom it is told, lists, and asking again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.originals import completed
from bridge.jobs.validation import parse_operation
from bridge.model import (
    Actor,
    Job,
    JobState,
    Outcome,
    PaymentReversal,
    ReceiptCopy,
    RequestError,
    TerminalPrompt,
    reference_group,
    stored_operation,
)
from bridge.model.payment import PROMPTS, OriginalPayment
from bridge.paper import text
from bridge.transport import Link, WireLog, run_virtual
from tests.toys.cables import TestCable, plug_in
from tests.toys.hosting import ACTOR, ToyHost
from tests.toys.terminal.driver import TerminalDriver
from tests.toys.terminal.simulator import Switches, Terminal

PURCHASE = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR"}

Scene = Callable[[ToyHost, Terminal], Coroutine[Any, Any, None]]


def play(directory: Path, scene: Scene, **switches: Any) -> None:
    """A scene in virtual time with two terminals, pay-1 and pay-2; the scene gets the first one."""

    async def main() -> None:
        terminals = [Terminal("4711", Switches(**switches)), Terminal("4712")]

        def plug(terminal: Terminal) -> Callable[[TestCable, WireLog], Coroutine[Any, Any, Link]]:
            async def connect(cable: TestCable, wire_log: WireLog) -> Link:
                return await plug_in(terminal.connect, cable, wire_log)

            return connect

        async with ToyHost(directory, {"one": plug(terminals[0]), "two": plug(terminals[1])}) as host:
            await host.add("pay-1", "toy-terminal", "one")
            await host.add("pay-2", "toy-terminal", "two")
            await scene(host, terminals[0])

    run_virtual(main())


def reversal(job: Job | str, **more: Any) -> dict[str, Any]:
    return {"op": "payment.reversal", "original": {"job": job if isinstance(job, str) else job.id}, **more}


def refund(job: Job, amount: str, **more: Any) -> dict[str, Any]:
    return {"op": "payment.refund", "amount": amount, "currency": "EUR", "original": {"job": job.id}, **more}


def outcome_of(job: Job) -> Outcome | None:
    return job.result.payment.outcome if job.result is not None and job.result.payment is not None else None


def standing(terminal: Terminal) -> list[str]:
    return [entry.record.kind for entry in terminal.truth if entry.record.decision == "approved"]


async def refused(host: ToyHost, body: dict[str, Any], device: str = "pay-1") -> tuple[int, str, str]:
    """Status, field and message of a refusal."""
    with pytest.raises(RequestError) as caught:
        await host.submit(device, body)
    first = caught.value.errors[0] if caught.value.errors else None
    return caught.value.status, first.field if first else "", first.message if first else caught.value.detail


def test_a_payment_is_taken_back_by_its_job_and_is_amended_without_an_alert(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        back = await host.run("pay-1", reversal(bought))
        assert (back.state, back.success, outcome_of(back)) == (JobState.DONE, True, Outcome.APPROVED)
        assert standing(terminal) == ["reversal"]
        assert back.operation is not None
        assert back.operation["amount"] == "12.50"
        assert back.operation["currency"] == "EUR"
        assert back.operation["original"] == {
            "job": bought.id,
            "receipt_number": "1",
            "authorisation_code": "A00001",
        }
        later = await host.get(bought)
        assert (later.state, later.success, outcome_of(later)) == (JobState.DONE, False, Outcome.REVERSED)
        assert [(one.number, one.changes) for one in later.amendments] == [(1, {"outcome": "reversed", "reversed_by": back.id})]
        assert host.alerts("pay-1") == []
        await host.restart()
        assert outcome_of(await host.get(bought)) is Outcome.REVERSED
        assert (await host.run("pay-1", {**PURCHASE, "reference": "W-1"})).success

    play(tmp_path, scene)


def test_a_reversal_that_lost_its_answer_knows_its_payment_behind_a_restart(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        back = await host.submit("pay-1", reversal(bought))
        await asyncio.sleep(1)
        host.cables["one"].break_now()
        await host.restart()
        settled = await host.settled(back)
        assert (settled.state, settled.success) == (JobState.DONE, True)
        assert [step.note for step in settled.history][-1] == "recovered"
        later = await host.get(bought)
        assert outcome_of(later) is Outcome.REVERSED
        assert later.amendments[0].changes["reversed_by"] == back.id
        assert host.alerts("pay-1") == []

    play(tmp_path, scene, unconfirmed="stands")


def test_a_till_that_asks_again_under_its_key_gets_its_reversal_and_no_refusal(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        jobs = host.bridge.jobs
        first = await host.settled(await jobs.submit(ACTOR, "pay-1", "back", reversal(bought)))
        again = await jobs.submit(ACTOR, "pay-1", "back", reversal(bought))
        assert (again.id, again.success) == (first.id, True)
        assert standing(terminal) == ["reversal"]

    play(tmp_path, scene)


def test_what_cannot_be_taken_back_is_refused_by_field_before_anything_is_sent(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        assert (await refused(host, reversal("01JD0000000000000000000000")))[:2] == (422, "original.job")
        assert (await refused(host, reversal(bought), "pay-2"))[2] == f"job {bought.id} is of another device"
        for more, field in (
            ({"original": {"job": bought.id, "receipt_number": "2"}}, "original.receipt_number"),
            ({"original": {"job": bought.id, "authorisation_code": "A00002"}}, "original.authorisation_code"),
            ({"amount": "5.00"}, "amount"),
            ({"currency": "PLN"}, "currency"),
        ):
            assert (await refused(host, reversal(bought, **more)))[:2] == (422, field)
        assert (await refused(host, refund(bought, "12.51")))[:2] == (422, "amount")
        assert await refused(host, {**PURCHASE, "amount": "12.505"}) == (
            422,
            "amount",
            "12.505 has more than 2 decimals, which is all that EUR has",
        )
        agreeing = {"original": {"job": bought.id, "receipt_number": "1"}, "amount": "12.5", "currency": "EUR"}
        back = await host.run("pay-1", reversal(bought, **agreeing))
        assert back.success
        again = await refused(host, reversal(bought))
        assert again == (422, "original.job", f"the payment of job {bought.id} was reversed already")
        assert (await refused(host, refund(bought, "1.00")))[:2] == (422, "original.job")
        assert "payment.reversal cannot be of it" in (await refused(host, reversal(back)))[2]
        assert len(terminal.truth) == 2

    play(tmp_path, scene)


def test_a_declined_payment_leaves_nothing_to_be_taken_back(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        status, field, message = await refused(host, reversal(bought))
        assert (status, field) == (422, "original.job")
        assert message.endswith("was not approved (declined)")

    play(tmp_path, scene, decision="decline")


def test_two_reversals_at_once_are_one(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        first = await host.submit("pay-1", reversal(bought))
        with pytest.raises(RequestError) as caught:
            await host.submit("pay-1", reversal(bought))
        assert (caught.value.code, caught.value.status) == ("request.conflict", 409)
        assert caught.value.extra == {"job": first.id}
        assert (await host.settled(first)).success
        assert standing(terminal) == ["reversal"]

    play(tmp_path, scene)


def test_parts_are_given_back_until_nothing_is_left(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        assert (await host.run("pay-1", refund(bought, "10.00"))).success
        open_one = await host.submit("pay-1", refund(bought, "2.00"))
        status, field, message = await refused(host, refund(bought, "0.60"))
        assert (status, field) == (409, "original.job"), "more is left should the open one fail"
        assert message == f"of the 12.50 of job {bought.id} 0.50 can still be given back"
        assert (await host.settled(open_one)).success
        assert (await refused(host, refund(bought, "0.60")))[:2] == (422, "original.job")
        assert (await host.run("pay-1", refund(bought, "0.50"))).success
        assert (await refused(host, reversal(bought)))[:2] == (422, "original.job")
        assert outcome_of(await host.get(bought)) is Outcome.APPROVED
        assert standing(terminal) == ["purchase", "refund", "refund", "refund"]

    play(tmp_path, scene)


def test_a_number_that_looks_like_a_card_is_the_terminals_own_business() -> None:
    body = {"job": "01JD0000000000000000000001", "receipt_number": "4111111111111111"}
    with pytest.raises(ValueError, match="whole card number"):
        OriginalPayment.model_validate(body)
    kept = stored_operation({"op": "payment.reversal", "original": body})
    assert isinstance(kept, PaymentReversal)
    assert kept.original.receipt_number == "4111111111111111"


def test_a_payment_settled_by_hand_is_taken_back_by_the_number_on_its_slip(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["one"].break_now()
        await asyncio.sleep(3)
        settled = await host.bridge.jobs.resolve(ACTOR, job.id, "issued", "the slip lies here")
        assert (settled.success, outcome_of(settled)) == (True, Outcome.APPROVED)
        await asyncio.sleep(15)  # until the terminal no longer waits for its record to be taken in
        assert (await refused(host, reversal(job)))[2] == f"job {job.id} has no number of the terminal for its payment"
        back = await host.run("pay-1", {"op": "payment.reversal", "original": {"job": job.id, "receipt_number": "1"}})
        assert back.success
        assert outcome_of(await host.get(job)) is Outcome.REVERSED

    play(tmp_path, scene, unconfirmed="stands", unknown=20.0)


# -- asking again ---------------------------------------------------------------------------------------------------------


async def ask_again(host: ToyHost, job: Job, seconds: float | None = 30.0) -> Job:
    shown, answered = await host.bridge.payments.refresh(ACTOR, job.id, seconds)
    assert answered
    return shown


def test_a_reversal_that_nobody_told_of_is_found_by_asking_again(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        assert (await ask_again(host, bought)).success
        terminal.reverse(1)
        await asyncio.sleep(60)
        assert (await host.get(bought)).success, "this terminal does not tell by itself"
        later = await ask_again(host, bought)
        assert (later.success, outcome_of(later)) == (False, Outcome.REVERSED)
        assert later.amendments[0].changes == {"outcome": "reversed"}
        await asyncio.sleep(1)
        assert host.alerts("pay-1") == ["payment.reversed"]
        assert await ask_again(host, bought) == later
        assert host.alerts("pay-1") == ["payment.reversed"]

    play(tmp_path, scene)


def test_a_payment_in_doubt_is_asked_about_at_once_and_not_when_its_time_has_come(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        terminal.power(False)
        await asyncio.sleep(400)
        unresolved, answered = await host.bridge.payments.refresh(ACTOR, job.id, 1)
        assert (unresolved.state, answered) == (JobState.UNRESOLVED, False)
        terminal.power(True)
        settled = await ask_again(host, job, 5)
        assert (settled.state, settled.success) == (JobState.FAILED, False)
        assert [row["action"] for row in await host.bridge.devices.audit(0, 100)][-1] == "job.refreshed"

    play(tmp_path, scene)


def test_what_waits_for_a_person_is_asked_about_once_more(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["one"].break_now()
        terminal.other_till(Decimal("12.50"))
        await asyncio.sleep(120)
        waiting = await host.get(job)
        assert waiting.attention is not None
        assert waiting.attention.code == "resolve"
        again, answered = await host.bridge.payments.refresh(ACTOR, job.id, 30)
        assert not answered
        assert again.attention is not None
        assert again.attention.code == "resolve"

    play(tmp_path, scene, unconfirmed="reverses")


def test_what_is_under_way_is_not_asked_about(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        first, second = await host.submit("pay-1", PURCHASE), await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(1)
        for job, said in ((first, "is under way at the terminal"), (second, "waits for its turn")):
            with pytest.raises(RequestError) as caught:
                await host.bridge.payments.refresh(ACTOR, job.id, 1)
            assert (caught.value.code, caught.value.status) == ("request.conflict", 409)
            assert said in caught.value.detail
        assert (await host.settled(second)).success

    play(tmp_path, scene)


def test_nothing_is_asked_about_what_was_never_paid(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.run("pay-1", PURCHASE)
        terminal.power(False)
        assert outcome_of(await ask_again(host, job)) is Outcome.DECLINED

    play(tmp_path, scene, decision="decline")


def test_who_cannot_be_asked_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        async def fails(job: Job) -> str:
            with pytest.raises(RequestError) as caught:
                await host.bridge.payments.refresh(ACTOR, job.id, 30)
            return caught.value.code

        bought = await host.run("pay-1", PURCHASE)
        terminal.clear_memory()
        assert await fails(bought) == "request.unsupported"
        assert (await host.run("pay-1", PURCHASE)).success, "a question that has no answer costs no connection"

        async def stumbles(*_: Any) -> Outcome:
            raise ZeroDivisionError("a bug")

        monkeypatch.setattr(TerminalDriver, "look_again", stumbles)
        assert await fails(bought) == "plugin.error"
        terminal.power(False)
        assert await fails(bought) == "device.offline"
        await host.bridge.devices.remove(ACTOR, "pay-1")
        assert await fails(bought) == "request.unsupported"
        with pytest.raises(RequestError) as caught:
            await host.bridge.payments.refresh(ACTOR, "01JD0000000000000000000000")
        assert caught.value.status == 404

    play(tmp_path, scene)


def test_the_device_is_not_asked_about_the_past_while_it_is_in_doubt(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        doubtful = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["one"].break_now()
        await asyncio.sleep(1)
        with pytest.raises(RequestError) as caught:
            await host.bridge.payments.refresh(ACTOR, bought.id, 30)
        assert (caught.value.code, caught.value.extra) == ("device.unresolved", {"job": doubtful.id})

    play(tmp_path, scene, unknown=30.0)


def test_an_answer_that_takes_longer_is_told_later(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        terminal.reverse(1)
        running = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(0.5)
        shown, answered = await host.bridge.payments.refresh(ACTOR, bought.id, 0.5)
        assert (shown.success, answered) == (True, False)
        await host.settled(running)
        await asyncio.sleep(1)
        assert outcome_of(await host.get(bought)) is Outcome.REVERSED

    play(tmp_path, scene)


# -- lists ----------------------------------------------------------------------------------------------------------------


def test_payments_are_listed_by_outcome_state_device_reference_and_time(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        began = host.clock.now()
        first = await host.run("pay-1", {**PURCHASE, "reference": "W-1"})
        await asyncio.sleep(3600)
        second = await host.run("pay-2", PURCHASE)
        back = await host.run("pay-1", reversal(first, reference="W-1"))
        terminal.switches.decision = "decline"
        third = await host.run("pay-1", PURCHASE)

        async def ids(**asked: Any) -> list[str]:
            return [job.id for job in (await host.bridge.payments.list(**asked))[0]]

        assert await ids() == [third.id, back.id, second.id, first.id]
        assert await ids(outcomes=[Outcome.REVERSED]) == [first.id]
        assert await ids(outcomes=[Outcome.APPROVED, Outcome.DECLINED]) == [third.id, back.id, second.id]
        assert await ids(device="pay-2") == [second.id]
        assert await ids(reference="W-1") == [back.id, first.id]
        assert await ids(original=first.id) == [back.id]
        assert await ids(original=first.id, owner=("somebody", "else")) == await ids(original=second.id) == []
        assert await ids(state="failed") == []
        assert await ids(since=began, until=began + timedelta(seconds=3600)) == [first.id]
        assert await ids(since=began + timedelta(seconds=1)) == [third.id, back.id, second.id]
        before_computers, after_us = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime.max.replace(tzinfo=UTC)
        assert await ids(since=before_computers, until=after_us) == [third.id, back.id, second.id, first.id]
        assert await ids(until=before_computers) == await ids(since=after_us) == []
        assert await ids(owner=("somebody", "else")) == []
        page, following = await host.bridge.payments.list(limit=3)
        assert [job.id for job in page] == [third.id, back.id, second.id]
        assert await ids(limit=3, after=following) == [first.id]
        plan = host.bridge.store.database.read(
            "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE class='money' AND op LIKE 'payment.%'"
            " AND json_extract(result, '$.payment.outcome') IN ('reversed') ORDER BY id DESC LIMIT 50"
        )
        assert "jobs_money" in str(plan)
        plan = host.bridge.store.database.read(
            "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE class='money' AND op LIKE 'payment.%' AND original='x'"
            " ORDER BY id DESC LIMIT 50"
        )
        assert "jobs_original" in str(plan)

    play(tmp_path, scene)


# -- giving up ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", [0.0, 0.5, 1.0, 2.9, 2.999, 3.0, 3.001])
def test_an_abort_that_races_the_result_promises_no_outcome(tmp_path: Path, moment: float) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(moment)
        answer = await host.bridge.jobs.abort(ACTOR, job.id)
        settled = await host.settled(job)
        assert (answer, settled.state, outcome_of(settled)) in (
            ("requested", JobState.FAILED, None),
            ("requested", JobState.DONE, Outcome.CANCELLED),
            ("too_late", JobState.DONE, Outcome.APPROVED),
        )
        assert standing(terminal) == (["purchase"] if settled.success else [])

    play(tmp_path, scene)


def test_a_terminal_that_refuses_to_give_up_is_too_late_and_no_fault_of_the_bridge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Terminal._answer

    def refuses(self: Terminal, frame: Any) -> dict[str, str]:
        return {"code": "busy"} if frame.kind == "X" else real(self, frame)

    monkeypatch.setattr(Terminal, "_answer", refuses)

    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(1)
        assert await host.bridge.jobs.abort(ACTOR, job.id) == "too_late"
        assert (await host.settled(job)).success

    play(tmp_path, scene)


def test_another_tills_reversal_is_told_without_naming_its_job(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        other = Actor(principal="test", label="another till")
        jobs = host.bridge.jobs
        await jobs.submit(other, "pay-1", "theirs", reversal(bought))
        with pytest.raises(RequestError) as caught:
            await host.submit("pay-1", reversal(bought))
        assert (caught.value.status, caught.value.extra) == (409, {})

    play(tmp_path, scene)


def test_a_receipt_says_truly_by_which_payment_it_was_paid(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        journal = host.bridge.store.journal
        bought = await host.run("pay-1", PURCHASE)
        gone = await host.run("pay-1", PURCHASE)
        back = await host.run("pay-1", reversal(gone))

        def receipt(job: str, amount: str = "12.50", **more: Any) -> Any:
            paid = {"kind": "card", "amount": amount, "payment_job": job}
            lines = [{"name": "Tea", "price": amount, "vat": "23%"}]
            return parse_operation({"op": "receipt", "currency": "EUR", "lines": lines, "payments": [paid], **more})

        assert completed(receipt(bought.id), "any", journal).original is None
        assert completed(receipt(back.id, kind="refund"), "any", journal).original is None
        for operation, field in (
            (receipt("01JD0000000000000000000000"), "payments.0.payment_job"),
            (receipt(gone.id), "payments.0.payment_job"),
            (receipt(back.id), "payments.0.payment_job"),
            (receipt(bought.id, kind="refund"), "payments.0.payment_job"),
            (receipt(bought.id, "12.51"), "payments.0.amount"),
        ):
            with pytest.raises(RequestError) as caught:
                completed(operation, "any", journal)
            assert (caught.value.status, caught.value.errors[0].field) == (422, field)

    play(tmp_path, scene)


# -- what a terminal gives beside -----------------------------------------------------------------------------------------


def test_a_tip_slips_and_the_days_totals_come_through(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", {**PURCHASE, "tip": "2.50"})
        assert bought.result is not None
        assert bought.result.payment is not None
        assert bought.result.payment.tip == Decimal("2.50")
        page = text.render(await host.bridge.jobs.paper(bought.id))
        assert "-- customer copy --" in page
        page = text.render(await host.bridge.jobs.paper(bought.id, ReceiptCopy.MERCHANT))
        assert "-- merchant copy --" in page
        assert (await host.run("pay-1", refund(bought, "2.00"))).success
        for close, number in ((False, "1"), (True, "1"), (True, "2")):
            day = await host.run("pay-1", {"op": "terminal.reconcile", "close": close})
            assert day.success
            assert day.result is not None
            totals = day.result.reconciliation
            assert totals is not None
            assert (totals.number, totals.closed) == (number, close)
            assert totals.total == (Decimal("10.50") if number == "1" else Decimal("0.00"))

    play(tmp_path, scene)


def test_a_card_that_has_less_pays_a_part_where_the_till_allows_it(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        declined = await host.run("pay-1", PURCHASE)
        assert outcome_of(declined) is Outcome.DECLINED
        partly = await host.run("pay-1", {**PURCHASE, "allow_partial": True})
        assert (partly.state, partly.success, outcome_of(partly)) == (JobState.DONE, False, Outcome.PARTIAL)
        assert partly.result is not None
        assert partly.result.payment is not None
        assert partly.result.payment.approved == Decimal("8.00")
        back = await host.run("pay-1", reversal(partly))
        assert back.success
        assert back.operation is not None
        assert back.operation["amount"] == "8.00"
        assert outcome_of(await host.get(partly)) is Outcome.REVERSED
        assert host.alerts("pay-1") == []

    play(tmp_path, scene, available=Decimal("8.00"))


def test_an_orders_number_is_free_again_when_its_payment_was_taken_back(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        order = {**PURCHASE, "reference": "W-1"}
        bought = await host.run("pay-1", order)
        with pytest.raises(RequestError) as caught:
            await host.submit("pay-1", order)
        assert (caught.value.code, caught.value.extra) == ("request.duplicate_reference", {"job": bought.id})
        assert (await host.run("pay-1", reversal(bought, reference="W-1"))).success, "payments and reversals are told apart"
        assert (await host.run("pay-1", order)).success
        assert reference_group("payment.preauthorise") == reference_group("payment.purchase")
        assert len({reference_group(f"payment.{op}") for op in ("purchase", "refund", "reversal", "capture", "release")}) == 5

    play(tmp_path, scene)


def test_a_prompt_without_a_text_of_the_terminal_is_told_in_the_readers_language(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(1.5)
        said = {language: (await host.get(job)).as_json((language,))["attention"]["text"] for language in ("en", "pl", "ru")}
        assert said == {
            "en": "The terminal is asking the bank.",
            "pl": "Terminal łączy się z bankiem.",
            "ru": "Терминал связывается с банком.",
        }
        await host.settled(job)

    play(tmp_path, scene)
    assert set(PROMPTS) == set(TerminalPrompt)
