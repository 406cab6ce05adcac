"""What a job's states promise: never lost, never doubled, `failed` surely not issued."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bridge.model import Actor, Choice, Fate, JobError, JobState, RequestError, Result
from bridge.plugin import DeviceError, JobContext
from bridge.transport import Link, NotConnected, WireLog
from tests.core.fake_family import FakeDriver
from tests.core.world import TILL, World, in_world, sale


def test_a_sale_is_done_with_the_number_that_the_device_gave(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        job = await world.sell()
        assert (job.state, job.success) == (JobState.DONE, True)
        assert job.result is not None
        assert job.result.document is not None
        assert job.result.document.number == "1"
        assert [step.state for step in job.history] == ["queued", "running", "done"]

    in_world(tmp_path, story)


def test_the_same_key_gives_the_same_job_while_it_runs_after_it_ended_and_after_a_restart(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        first = await world.sell(key="one")
        assert (await world.sell(key="one")).id == first.id
        await world.crash()
        await world.start()
        again = await world.sell(key="one")
        assert again.id == first.id
        assert again.state is JobState.DONE
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_ten_concurrent_posts_of_one_key_print_one_receipt(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        jobs = await asyncio.gather(*(world.sell(key="same") for _ in range(10)))
        assert len({job.id for job in jobs}) == 1
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_a_key_with_another_body_is_refused_and_nothing_happens(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.sell(key="one")
        with pytest.raises(RequestError) as refusal:
            await world.sell(sale("11.00"), key="one")
        assert (refusal.value.code, refusal.value.status) == ("request.key_reused", 422)
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_a_reference_sold_twice_under_two_keys_is_refused_naming_the_first_job(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        first = await world.sell(sale(reference="order-7"))
        with pytest.raises(RequestError) as refusal:
            await world.sell(sale(reference="order-7"))
        assert (refusal.value.code, refusal.value.status, refusal.value.extra["job"]) == (
            "request.duplicate_reference",
            409,
            first.id,
        )
        assert (await world.sell(sale(reference="order-7", part=True))).success
        paid = await world.sell({"op": "payment.purchase", "amount": "10.00", "currency": "PLN", "reference": "order-7"})
        assert paid.success, "a payment of the same order is no second sale"

    in_world(tmp_path, story)


def test_a_key_or_reference_of_another_till_of_the_page_sells_nothing_and_tells_nothing_of_its_job(tmp_path: Path) -> None:
    page = "web:https://pos.example"
    one, other = Actor(principal=page, label="till 1"), Actor(principal=page, label="till 2")

    async def story(world: World) -> None:
        jobs, body = world.bridge.jobs, sale(reference="order-7")
        first = await jobs.submit(one, "d1", "one", body)
        for key, sent, code in (
            ("one", sale("11.00"), "request.key_reused"),
            ("two", body, "request.duplicate_reference"),
        ):
            with pytest.raises(RequestError) as refusal:
                await jobs.submit(other, "d1", key, sent)
            assert refusal.value.code == code
            assert first.id not in str(refusal.value.problem())
        for again in (one, other):  # the other may be the same till, paired anew under another name
            assert (await jobs.submit(again, "d1", "one", body)).id == first.id
        assert (await jobs.wait(first.id, 20)).success
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_a_reference_may_be_used_again_after_its_job_failed(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].refuse = "77"
        failed = await world.sell(sale(reference="order-8"))
        assert failed.state is JobState.FAILED
        assert failed.error is not None
        assert failed.error.device_code == "77"
        world.devices["d1"].refuse = None
        assert (await world.sell(sale(reference="order-8"))).success

    in_world(tmp_path, story)


def test_a_lost_answer_is_found_out_from_the_device(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell()
        assert (job.state, job.success) == (JobState.DONE, True)
        assert [step.state for step in job.history] == ["queued", "running", "unresolved", "done"]
        assert len(world.devices["d1"].issued) == 1

    in_world(tmp_path, story)


def test_a_cable_cut_before_the_intent_costs_nothing_and_the_job_goes_on(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].lose_answer_of = "count"
        job = await world.sell()
        assert job.success
        assert [step.state for step in job.history] == ["queued", "running", "done"]

    in_world(tmp_path, story)


def test_a_crash_after_the_intent_is_recovered_by_the_next_process(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.gate = asyncio.Event()
        job = await world.sell(key="crash", wait=1)
        assert job.state is JobState.RUNNING
        await world.crash()
        device.gate = None
        await world.start()
        job = await world.bridge.jobs.wait(job.id, 60)
        assert job.success
        assert len(device.issued) == 1

    in_world(tmp_path, story)


def test_while_a_job_is_in_doubt_no_other_document_starts_and_effects_go_on(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        world.family.recoveries = ["pending"] * 100
        device.lose_answer_of = "issue"
        doubtful = await world.sell(wait=10)
        assert doubtful.state is JobState.UNRESOLVED
        assert doubtful.attention is not None
        assert doubtful.attention.code == "device.busy"
        opened = await world.sell({"op": "drawer.open"}, wait=10)
        assert opened.success
        waiting = await world.sell(wait=10)
        assert waiting.state is JobState.QUEUED
        expired = await world.bridge.jobs.wait(waiting.id, 200)
        assert expired.error is not None
        assert (expired.error.code, expired.error.job) == ("device.unresolved", doubtful.id)
        world.family.recoveries = []
        assert (await world.bridge.jobs.wait(doubtful.id, 60)).success
        assert (await world.sell()).success

    in_world(tmp_path, story)


def test_what_the_device_cannot_tell_waits_for_a_person_also_after_a_restart(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.family.recoveries = ["operator"]
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell(wait=30)
        assert job.state is JobState.UNRESOLVED
        assert job.attention is not None
        assert job.attention.code == "resolve"
        await world.crash()
        await world.start()
        job = await world.bridge.jobs.wait(job.id, 30)
        assert job.state is JobState.UNRESOLVED
        assert job.attention is not None
        settled = await world.bridge.jobs.resolve(TILL, job.id, "issued", "I hold it in my hand", "17")
        assert (settled.state, settled.success) == (JobState.DONE, True)
        assert settled.result is not None
        assert settled.result.document is not None
        assert settled.result.document.number == "17"
        with pytest.raises(RequestError) as refusal:
            await world.bridge.jobs.resolve(TILL, job.id, "not_issued", "changed my mind")
        assert refusal.value.code == "request.conflict"
        assert [row["action"] for row in await world.bridge.devices.audit(0, 50)][-1] == "job.resolved"

    in_world(tmp_path, story)


def test_recheck_asks_the_device_once_more(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.family.recoveries = ["operator"]
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell(wait=30)
        await world.bridge.jobs.resolve(TILL, job.id, "recheck", "the printer is back")
        assert (await world.bridge.jobs.wait(job.id, 30)).success

    in_world(tmp_path, story)


def test_nobody_settles_a_job_by_hand_while_the_device_is_being_asked_about_it(tmp_path: Path) -> None:
    """Recovery may bring an open document to its end just then: a verdict given beside it would be sold once more."""

    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.lose_answer_of, device.deaf_to = "issue", "find"
        job = await world.sell(wait=0)
        while "find" not in " ".join(device.seen):
            await asyncio.sleep(0)
        for verdict in ("not_issued", "issued"):
            with pytest.raises(RequestError) as refusal:
                await world.bridge.jobs.resolve(TILL, job.id, verdict, "nothing came out")
            assert refusal.value.code == "request.conflict"
        assert (await world.bridge.jobs.get(job.id)).state is JobState.UNRESOLVED
        device.deaf_to = None
        device.cut()
        settled = await world.bridge.jobs.wait(job.id, 600)
        assert (settled.state, settled.success, len(device.issued)) == (JobState.DONE, True, 1)
        assert "job.resolved" not in [row["action"] for row in await world.bridge.devices.audit(0, 50)]

    in_world(tmp_path, story)


def test_a_bug_in_recovery_keeps_the_doubt_and_is_tried_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.family.recoveries = ["bug"]
        world.devices["d1"].lose_answer_of = "issue"
        job = await world.sell(wait=30)
        assert job.state is JobState.UNRESOLVED
        assert (await world.bridge.jobs.wait(job.id, 120)).success

    in_world(tmp_path, story)


def test_a_bug_in_recovery_is_not_run_into_again_at_once_behind_a_connection_that_was_refused(tmp_path: Path) -> None:
    """The link that was given up behind the bug still occupies the device for a moment."""

    async def story(world: World) -> None:
        await world.settle()
        device, calls = world.devices["d1"], 0

        async def refuses_the_second(wire_log: WireLog) -> Link:
            nonlocal calls
            calls += 1
            if calls == 2:
                raise NotConnected("it takes one connection")
            return await device.connect(wire_log)

        world.board.plug("d1", refuses_the_second)
        world.family.recoveries = ["bug"] * 50
        device.lose_answer_of = "issue"
        job = await world.sell(wait=30)
        assert (calls, len(world.family.recoveries)) == (3, 49)
        assert job.attention is not None
        assert job.attention.code == "plugin.error"
        await asyncio.sleep(60)
        assert len(world.family.recoveries) == 48

    in_world(tmp_path, story)


def test_a_bug_before_the_intent_fails_the_job_and_after_it_makes_doubt(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def raises_before(context: JobContext, driver: FakeDriver) -> Result | None:
            raise KeyError("before")

        async def raises_after(context: JobContext, driver: FakeDriver) -> Result | None:
            await context.checkpoint("intent")
            raise KeyError("after")

        world.family.behaviour = raises_before
        job = await world.sell()
        assert job.state is JobState.FAILED
        assert job.error is not None
        assert job.error.code == "plugin.error"
        world.family.behaviour = raises_after
        job = await world.sell()
        assert job.state is JobState.FAILED, "the device was asked, and had nothing"
        assert [step.state for step in job.history] == ["queued", "running", "unresolved", "failed"]

    in_world(tmp_path, story)


def test_a_driver_that_hangs_is_given_up_and_its_late_bytes_never_leave(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        late: list[str] = []

        async def hangs(context: JobContext, driver: FakeDriver) -> Result | None:
            await context.checkpoint("intent")
            try:
                await asyncio.sleep(100_000)
            except asyncio.CancelledError:
                try:
                    await driver.say("issue 1.00 late")
                    late.append("sent")
                except OSError:
                    late.append("refused")
                raise
            return None

        world.family.behaviour = hangs
        job = await world.sell(wait=400)
        assert job.state is JobState.FAILED
        assert late in (["refused"], [])
        assert world.devices["d1"].issued == []

    in_world(tmp_path, story)


def test_a_job_waits_for_its_device_until_its_deadline_and_then_surely_was_not_sent(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.off = True
        device.cut()
        first = await world.sell(wait=10)
        assert first.state is JobState.QUEUED
        assert first.attention is not None
        assert first.attention.code == "device.offline"
        expired = await world.bridge.jobs.wait(first.id, 200)
        assert expired.error is not None
        assert expired.error.code == "request.expired"
        second = await world.sell(wait=1)
        device.off = False
        assert (await world.bridge.jobs.wait(second.id, 60)).success
        assert len(device.issued) == 1

    in_world(tmp_path, story)


def test_after_a_restart_a_queued_document_still_goes_out_and_a_queued_payment_never_does(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.off = True
        device.cut()
        document = await world.sell(wait=0)
        payment = await world.sell({"op": "payment.purchase", "amount": "5.00", "currency": "PLN"}, wait=0)
        await world.crash()
        device.off = False
        await world.start()
        assert (await world.bridge.jobs.wait(document.id, 60)).success
        ended = await world.bridge.jobs.wait(payment.id, 60)
        assert ended.error is not None
        assert ended.error.code == "request.expired"
        assert [total for total, _ in device.issued] == ["10.00"]

    in_world(tmp_path, story)


def test_an_effect_whose_answer_is_lost_is_done_without_success_and_never_sent_again(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.lose_answer_of = "kick"
        job = await world.sell({"op": "drawer.open"})
        assert (job.state, job.success) == (JobState.DONE, False)
        assert job.result is not None
        assert [warning.code for warning in job.result.warnings] == ["unconfirmed"]
        assert (await world.sell()).success
        assert device.drawer == 1

    in_world(tmp_path, story)


def test_a_queued_job_can_be_aborted_and_a_running_one_until_its_point_of_no_return(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.gate = asyncio.Event()
        running = await world.sell(wait=1)
        queued = await world.sell(wait=0)
        assert await world.bridge.jobs.abort(TILL, queued.id) == "requested"
        aborted = await world.bridge.jobs.get(queued.id)
        assert aborted.error is not None
        assert aborted.error.code == "request.aborted"
        assert await world.bridge.jobs.abort(TILL, running.id) == "too_late"
        device.gate.set()
        assert (await world.bridge.jobs.wait(running.id, 10)).success
        assert await world.bridge.jobs.abort(TILL, running.id) == "too_late"

    in_world(tmp_path, story)


def test_a_question_to_the_cashier_is_answered_through_the_api_or_takes_its_default(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        answers: list[str] = []

        async def asks(context: JobContext, driver: FakeDriver) -> Result | None:
            choices = (Choice(code="yes", text="Yes"), Choice(code="no", text="No"))
            answers.append(await context.ask("Print offline?", choices, timeout=20, default="no"))
            return None

        world.family.behaviour = asks
        job = await world.sell(wait=5)
        assert job.attention is not None
        assert job.attention.prompt_id is not None
        with pytest.raises(RequestError):
            await world.bridge.jobs.answer(TILL, job.id, job.attention.prompt_id, "maybe")
        await world.bridge.jobs.answer(TILL, job.id, job.attention.prompt_id, "yes")
        assert (await world.bridge.jobs.wait(job.id, 5)).success
        job = await world.sell(wait=60)
        assert job.success
        assert answers == ["yes", "no"]

    in_world(tmp_path, story)


def test_a_driver_that_repeats_why_it_waits_is_heard_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        async def waits(context: JobContext, driver: FakeDriver) -> Result | None:
            for _ in range(30):
                context.attention("device.paper_out", "Put paper in.")
                await asyncio.sleep(1)
            context.clear_attention()
            return None

        world.family.behaviour = waits
        waiting = await world.sell(wait=20)
        assert waiting.attention is not None
        assert (waiting.attention.since - waiting.created_at).total_seconds() < 2
        assert (await world.bridge.jobs.wait(waiting.id, 30)).success
        prompts = world.bridge.store.database.read("SELECT data FROM events WHERE job=? AND kind='job.prompt'", (waiting.id,))
        assert len(prompts) == 2, "it waits, and it waits no longer"

    in_world(tmp_path, story)


def test_a_driver_that_refuses_but_does_not_vouch_for_it_puts_the_job_in_doubt(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        fates: list[Fate] = [Fate.ISSUED, Fate.UNKNOWN]

        async def refuses_late(context: JobContext, driver: FakeDriver) -> Result | None:
            await context.checkpoint("intent")
            await driver.say(f"issue 10.00 {context.reference(40)}")
            raise DeviceError(JobError.of("device.rejected", "It broke.", fate=fates.pop()))

        world.family.behaviour = refuses_late
        for _ in range(2):
            job = await world.sell()
            assert (job.state, job.success) == (JobState.DONE, True), "the device was asked, and had it"
        assert len(world.devices["d1"].issued) == 2

    in_world(tmp_path, story)


def test_what_became_of_a_document_is_said_once() -> None:
    reason = "till-1 is offline: The connection was lost. Nothing was issued."
    assert JobError.of("request.expired", reason).message == reason
    assert JobError.of("request.expired", "Too late.").message == "Too late. Nothing was issued."
