"""Lost answers and queues that stand still: what became of a document is told by its request's id, and else by the register; one request,
one document, whatever happens on the way."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.web.messages import request_body
from bridge_sim_atol.web.http import Request
from web_scene import Scene, play

from bridge.model import JobState
from bridge.plugin import AbortAnswer
from tests.harness.atol_web_bench import plain_sale, sale
from tests.toys.hosting import ACTOR

CASH = {"op": "cash.in", "amount": "5.00", "currency": "RUB"}


def strikes_the_document(scene: Scene, fault: dict[str, Any]) -> None:
    """The fault is armed when the request that makes the document has come, and before it is read."""
    handle = scene.server.handle

    async def watched(request: Request) -> Any:
        if request.method == "POST" and b'"request"' in request.body and b"getDeviceStatus" not in request.body:
            scene.server.handle = handle  # type: ignore[method-assign]
            scene.server.faults.arm(fault)
        return await handle(request)

    scene.server.handle = watched  # type: ignore[method-assign]


def states(job: Any) -> list[str]:
    return [step.state.value for step in job.history]


def test_a_request_whose_answer_is_lost_is_found_by_its_id(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        strikes_the_document(scene, {"fault": "cut_command", "command": "POST", "step": "after"})
        job = await scene.run(sale())
        assert (states(job), job.success) == (["queued", "running", "unresolved", "done"], True)
        assert scene.sold() == [("receipt", "27.00")]
        assert len(scene.requests()) == 1

    play(tmp_path, scene)


def test_a_request_that_never_came_is_not_made_and_its_id_is_taken(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        strikes_the_document(scene, {"fault": "cut_command", "command": "POST", "step": "before"})
        job = await scene.run(sale())
        assert states(job) == ["queued", "running", "unresolved", "failed"]
        assert scene.sold() == []
        intent = scene.host.bridge.store.journal.checkpoints(job.id)[0].data
        again = request_body(str(intent["uuid"]), [{"type": "sell"}])
        reply = await scene.server._reply(_post(again))
        assert reply.status == 409

    play(tmp_path, scene)


def _post(body: bytes) -> Request:
    import base64

    from tests.harness.atol_web_bench import PASSWORD, USER

    basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    return Request("POST", ("api", "v2", "requests"), {"deviceID": "1"}, {"authorization": f"Basic {basic}"}, body)


def test_a_request_that_comes_when_nobody_waits_for_it_any_more_makes_nothing(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        # It is on its way for 20 seconds; the driver gives it up after 5, and takes its id.
        strikes_the_document(scene, {"fault": "hold", "command": "POST", "step": "before", "seconds": 20})
        job = await scene.run(sale())
        assert job.state is JobState.FAILED
        await asyncio.sleep(60)
        assert scene.sold() == []
        assert (await scene.run(sale())).success
        assert scene.sold() == [("receipt", "27.00")]

    play(tmp_path, scene)


def test_a_request_that_comes_late_but_in_time_is_followed(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        # The answer alone is late: the request was taken at once.
        strikes_the_document(scene, {"fault": "hold", "command": "POST", "step": "after", "seconds": 20})
        job = await scene.run(sale())
        assert (job.state, scene.sold()) == (JobState.DONE, [("receipt", "27.00")])

    play(tmp_path, scene)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_error_of_something_in_between_says_nothing_and_the_id_is_asked_for(tmp_path: Path, status: int) -> None:
    async def scene(scene: Scene) -> None:
        strikes_the_document(scene, {"fault": "refuse", "command": "POST", "step": "before", "code": status})
        job = await scene.run(sale())
        assert states(job)[-2:] == ["unresolved", "failed"]
        assert scene.sold() == []

    play(tmp_path, scene)


def forget(scene: Scene) -> None:
    """The server starts again without its requests."""
    scene.server.stop()
    for queue in scene.server.queues.values():
        queue.memory = type(queue.memory)()
    scene.server.start()


async def lose_and_forget(scene: Scene, body: dict[str, Any], *, made: bool) -> Any:
    """The answer is lost, and before anybody asks the server has forgotten everything."""
    handle = scene.server.handle

    async def watched(request: Request) -> Any:
        if request.method != "POST" or b'"request"' not in request.body or b"getDeviceStatus" in request.body:
            return await handle(request)
        scene.server.handle = handle  # type: ignore[method-assign]
        if made:
            await handle(request)
            while not scene.sold():
                await asyncio.sleep(0.001)
        forget(scene)
        return None

    scene.server.handle = watched  # type: ignore[method-assign]
    job = await scene.submit(body)
    return await scene.until(
        job, lambda seen: seen.state.final or (seen.attention is not None and seen.attention.code == "resolve")
    )


@pytest.mark.parametrize("made", [True, False])
def test_a_server_that_forgot_is_replaced_by_what_the_fn_says(tmp_path: Path, made: bool) -> None:
    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, sale(), made=made)
        assert job.state is (JobState.DONE if made else JobState.FAILED)
        assert scene.sold() == ([("receipt", "27.00")] if made else [])
        if made:
            assert job.result.document.number == str(scene.first.storage.documents[-1].number)
            assert job.result.document.qr

    play(tmp_path, scene)


@pytest.mark.parametrize("body", [sale(), {"op": "shift.close"}], ids=["sale", "shift close"])
def test_without_an_archive_the_last_document_and_the_shift_say_it(tmp_path: Path, body: dict[str, Any]) -> None:
    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, body, made=True)
        assert (job.state, len(scene.sold())) == (JobState.DONE, 1)
        assert job.result.document.number == str(scene.first.storage.documents[-1].number)

    play(tmp_path, scene, archive="no")


@pytest.mark.parametrize("made", [True, False])
def test_cash_of_which_the_server_forgot_is_told_by_the_drawer(tmp_path: Path, made: bool) -> None:
    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, CASH, made=made)
        assert job.state is (JobState.DONE if made else JobState.FAILED)
        assert len(scene.sold()) == made

    play(tmp_path, scene)


def test_where_others_use_the_register_a_forgotten_document_is_for_a_person(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, sale(), made=True)
        assert job.state is JobState.UNRESOLVED
        assert "27.00 RUB" in job.attention.text

    play(tmp_path, scene, shared=True)


def test_an_x_report_of_which_the_server_forgot_is_for_a_person(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, {"op": "report.x"}, made=True)
        assert job.attention.code == "resolve"

    play(tmp_path, scene)


@pytest.mark.parametrize(("step", "made"), [("before", 0), ("after", 1)])
def test_a_register_that_is_lost_at_the_end_stops_the_queue_until_it_is_back(tmp_path: Path, step: str, made: int) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.faults.arm({"fault": "unplug", "command": "4A", "step": step})
        job = await scene.submit(sale())
        seen = await scene.until(job, lambda seen: seen.state is JobState.UNRESOLVED and seen.attention is not None)
        assert seen.attention.code == "device.offline"
        assert "goes on by itself" in seen.attention.text
        # The other register sells meanwhile.
        assert (await scene.run(plain_sale(), "bar")).success
        scene.first.plug(True)
        job = await scene.until(job, lambda seen: seen.state.final)
        assert job.state is (JobState.DONE if made else JobState.FAILED)
        assert len([one for one in scene.sold() if one[0] == "receipt"]) == made
        assert (await scene.run(plain_sale())).success

    play(tmp_path, scene)


def test_what_the_server_finds_again_must_be_ours(tmp_path: Path) -> None:
    """It compares numbers of documents only: another program's receipt makes it believe that ours was made."""

    async def scene(scene: Scene) -> None:
        scene.first.faults.arm({"fault": "unplug", "command": "4A", "step": "before"})
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: seen.state is JobState.UNRESOLVED)
        scene.first.perform(b"\x59")
        scene.first.foreign(Decimal("3.00"))
        scene.first.plug(True)
        seen = await scene.until(
            job, lambda seen: seen.state.final or (seen.attention is not None and seen.attention.code == "resolve")
        )
        assert seen.state is JobState.UNRESOLVED
        assert "not like it" in seen.attention.text
        assert [one for one in scene.sold() if one[0] == "receipt"] == []

    play(tmp_path, scene)


def test_a_queue_that_stands_still_is_waited_for_and_nothing_is_given_to_it(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.faults.arm({"fault": "unplug", "command": "4A", "step": "after"})
        lost = await scene.submit(sale())
        await scene.until(lost, lambda seen: seen.state is JobState.UNRESOLVED)
        assert (await scene.run({"op": "drawer.open"})).error.code == "device.offline"
        assert not scene.first.drawer_open

    play(tmp_path, scene)


def hold_the_queue(scene: Scene, seconds: float) -> None:
    """Another program's task comes before the document, and takes so long."""
    post = scene.server._post

    def first(body: Any, queue: Any, *, flat: bool) -> Any:
        if "getDeviceStatus" not in str(body):
            scene.server._post = post  # type: ignore[method-assign]
            scene.server.switch({"task_ms": str(int(seconds * 1000))})
            queue.add("theirs", [{"type": "getFnStatus"}])
        return post(body, queue, flat=flat)

    scene.server._post = first  # type: ignore[method-assign]


def test_a_document_behind_others_is_taken_back_when_nobody_waits_for_it_any_more(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        hold_the_queue(scene, 300)
        job = await scene.run(sale(deadline="2026-11-20T09:00:25+00:00"))
        assert (job.state, job.error.code) == (JobState.FAILED, "device.busy")
        await asyncio.sleep(900)
        assert scene.sold() == []

    play(tmp_path, scene)


def test_an_abort_takes_a_document_back_that_is_not_begun(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        hold_the_queue(scene, 60)
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: len(scene.requests()) == 2)
        assert await scene.host.bridge.jobs.abort(ACTOR, job.id) == AbortAnswer.REQUESTED
        job = await scene.until(job, lambda seen: seen.state.final)
        assert job.error.code == "request.aborted"
        await asyncio.sleep(300)
        assert scene.sold() == []

    play(tmp_path, scene)


def test_an_abort_of_a_document_that_is_begun_changes_nothing(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.server.switch({"task_ms": "2000"})
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: len(scene.requests()) == 1)
        await asyncio.sleep(1)
        await scene.host.bridge.jobs.abort(ACTOR, job.id)
        job = await scene.until(job, lambda seen: seen.state.final)
        assert (job.state, len(scene.sold())) == (JobState.DONE, 1)

    play(tmp_path, scene)


def test_paper_that_is_out_is_waited_for(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.load_paper(False)
        job = await scene.submit(sale())
        seen = await scene.until(job, lambda seen: seen.attention is not None)
        assert seen.attention.code == "device.paper_out"
        scene.first.load_paper(True)
        assert (await scene.until(job, lambda seen: seen.state.final)).success
        assert len(scene.sold()) == 1

    play(tmp_path, scene)


def test_paper_that_runs_out_behind_a_receipt_is_told_and_printed_when_it_is_asked_for(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.first.faults.arm({"fault": "paper_out", "command": "4A", "step": "recorded"})
        job = await scene.run(sale())
        assert (job.state, job.result.paper) == (JobState.DONE, "pending")
        assert "not_printed" in [warning.code for warning in job.result.warnings]
        assert (await scene.run({"op": "document.continue"})).error.code == "device.paper_out"
        scene.first.load_paper(True)
        assert (await scene.run({"op": "document.continue"})).success
        assert (await scene.host.get(job)).result.paper == "printed"
        assert len(scene.sold()) == 1

    play(tmp_path, scene)


def test_a_device_that_is_out_of_use_at_the_server_makes_nothing(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.server.use("1", active=False)
        job = await scene.submit(sale())
        await asyncio.sleep(10)
        seen = await scene.host.get(job)
        assert seen.state in (JobState.QUEUED, JobState.FAILED)
        assert scene.sold() == []

    play(tmp_path, scene)


def test_a_bridge_that_crashes_asks_for_the_same_request_and_gives_no_other(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        scene.server.switch({"task_ms": "3000"})
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: len(scene.requests()) == 1)
        await scene.host.restart()
        job = await scene.until(job, lambda seen: seen.state.final)
        assert (job.state, len(scene.sold()), len(scene.requests())) == (JobState.DONE, 1, 1)

    play(tmp_path, scene)


@pytest.mark.parametrize("how", ["checks", "interrupts", "forgets"])
def test_a_server_that_stops_in_the_middle_makes_one_document_or_none(tmp_path: Path, how: str) -> None:
    async def scene(scene: Scene) -> None:
        scene.server.switch({"task_ms": "3000"})
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: len(scene.requests()) == 1)
        await asyncio.sleep(1)
        scene.server.power(False)
        await asyncio.sleep(10)
        scene.server.power(True)
        job = await scene.until(job, lambda seen: seen.state.final)
        assert len(scene.sold()) == (job.state is JobState.DONE)
        assert (await scene.run(sale())).success

    play(tmp_path, scene, cut_power="server", after_restart=how)


def test_the_queue_outlives_the_server(tmp_path: Path) -> None:
    from bridge_sim_atol.web.family import WebSimulator

    state = tmp_path / "server.json"

    async def main() -> None:
        server = WebSimulator().create({"devices": "2"}, state=state)
        server.queues["2"].add("kept", [{"type": "getFnStatus"}])
        await asyncio.sleep(1)
        await server.close()
        again = WebSimulator().create({"devices": "2"}, state=state)
        entry = again.queues["2"].find("kept")
        assert entry is not None
        assert entry.states[0].status == "ready"
        assert json.loads(entry.states[0].result)["fnStatus"]["fiscalDocumentNumber"] == 1
        assert again.registers["2"].storage.serial == server.registers["2"].storage.serial

    from bridge.transport import run_virtual

    run_virtual(main())
