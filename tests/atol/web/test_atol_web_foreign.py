"""Servers of the same calls that are not the vendor's: pages where the vendor has an error, bodies that are missing, the flat errors of the
older calls, digits as text. What they mean is told all the same, and nothing is made twice or called failed."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bridge_atol.web.answers import FiscalParams, facts_of
from bridge_atol.web.messages import Said, Status, Unreadable, accepted, devices_of, states_of
from bridge_sim_atol.web.http import Reply, Request
from test_atol_web_lost import hold_the_queue, states, strikes_the_document
from web_scene import Scene, play

from bridge.model import Job, JobState
from tests.harness.atol_web_bench import sale

ZONE = ZoneInfo("Europe/Moscow")
PAGE = b"<html><head><title>Error</title></head><body><h2>HTTP ERROR</h2></body></html>"
Rewrite = Callable[[Request, Reply], Reply]
CASH = {"op": "cash.in", "amount": "5.00", "currency": "RUB"}


def speaks(scene: Scene, rewrite: Rewrite) -> None:
    """The server answers in another's way from now on."""
    reply = scene.server._reply

    async def told(request: Request) -> Reply:
        return rewrite(request, await reply(request))

    scene.server._reply = told  # type: ignore[method-assign]


def pages(request: Request, reply: Reply) -> Reply:
    """Errors are a page for people."""
    return replace(reply, body=PAGE) if reply.status >= 400 else reply


def empty(request: Request, reply: Reply) -> Reply:
    """Errors have no body."""
    return replace(reply, body=b"") if reply.status >= 400 else reply


def silent(request: Request, reply: Reply) -> Reply:
    """What is taken is taken without a word."""
    return replace(reply, body=b"") if reply.status == 201 else reply


def accepting(request: Request, reply: Reply) -> Reply:
    return replace(reply, status=202) if reply.status == 201 else reply


def flat(request: Request, reply: Reply) -> Reply:
    """The errors of the older calls."""
    if request.method != "GET" or reply.status != 200 or "requests" not in request.parts:
        return reply
    told = json.loads(reply.body)
    for one in told["results"]:
        error = one.pop("error")
        one["errorCode"], one["errorDescription"] = error["code"], error["description"]
    return replace(reply, body=json.dumps(told).encode())


def texts(request: Request, reply: Reply) -> Reply:
    """Every whole number is text."""

    def shown(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shown(one) for name, one in value.items()}
        if isinstance(value, list):
            return [shown(one) for one in value]
        return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value

    return replace(reply, body=json.dumps(shown(json.loads(reply.body))).encode()) if reply.body else reply


DIALECTS = [pages, empty, silent, accepting, flat, texts]


@pytest.mark.parametrize("rewrite", DIALECTS)
def test_a_day_at_another_server(tmp_path: Path, rewrite: Rewrite) -> None:
    async def scene(scene: Scene) -> None:
        speaks(scene, rewrite)
        for body in (sale(), CASH, {"op": "report.x"}, {"op": "drawer.open"}, {"op": "shift.close"}):
            job = await scene.run(body)
            assert (states(job), job.success) == (["queued", "running", "done"], True), (body["op"], job.error)
        assert scene.sold() == [("receipt", "27.00"), ("cash_in", "5.00"), ("x_report", "27.00"), ("daily_report", "27.00")]

    play(tmp_path, scene)


@pytest.mark.parametrize("rewrite", DIALECTS)
@pytest.mark.parametrize(("step", "state", "sold"), [("before", JobState.FAILED, 0), ("after", JobState.DONE, 1)])
def test_a_lost_request_is_settled_at_another_server(
    tmp_path: Path, rewrite: Rewrite, step: str, state: JobState, sold: int
) -> None:
    async def scene(scene: Scene) -> None:
        speaks(scene, rewrite)
        strikes_the_document(scene, {"fault": "cut_command", "command": "POST", "step": step})
        job = await scene.run(sale())
        assert (job.state, scene.sold()) == (state, [("receipt", "27.00")] * sold)

    play(tmp_path, scene)


@pytest.mark.parametrize("rewrite", [pages, empty, flat, texts])
def test_what_the_driver_refused_is_told_with_its_number(tmp_path: Path, rewrite: Rewrite) -> None:
    async def scene(scene: Scene) -> None:
        speaks(scene, rewrite)
        scene.first.faults.arm({"fault": "refuse", "command": "92", "step": "before", "code": 0x8C})
        job = await scene.run(sale())
        assert (job.state, scene.sold()) == (JobState.FAILED, [])
        assert job.error is not None
        assert job.error.device_code == "71"

    play(tmp_path, scene)


@pytest.mark.parametrize("rewrite", [pages, empty])
def test_a_request_that_cannot_be_taken_back_is_followed(tmp_path: Path, rewrite: Rewrite) -> None:
    """DELETE is refused with a page, or with nothing: it says no all the same."""

    async def scene(scene: Scene) -> None:
        reply = scene.server._reply

        async def no_delete(request: Request) -> Reply:
            return rewrite(request, Reply(405)) if request.method == "DELETE" else await reply(request)

        hold_the_queue(scene, 130)  # longer than the job's deadline
        scene.server._reply = no_delete  # type: ignore[method-assign]
        job = await scene.run(sale())
        assert (job.state, scene.sold()) == (JobState.DONE, [("receipt", "27.00")])

    play(tmp_path, scene)


def test_a_page_that_says_conflict_and_another_that_says_unknown_decide_nothing(tmp_path: Path) -> None:
    """Something in between refuses our POST as known, and does not know the id: whether the server has it is not told."""

    async def scene(scene: Scene) -> None:
        reply = scene.server._reply
        refusing = True

        async def in_between(request: Request) -> Reply:
            nonlocal refusing
            if request.method == "POST" and b'"sell"' in request.body:
                refusing = True
                await reply(request)
                return Reply(409, json.dumps({"error": {"code": 505, "description": "?"}}).encode())
            if refusing and request.method == "GET" and scene.requests()[-1:] == [request.parts[-1]]:
                refusing = False
                return Reply(404, PAGE)
            return await reply(request)

        scene.server._reply = in_between  # type: ignore[method-assign]
        job = await scene.run(sale())
        assert (job.state, scene.sold()) == (JobState.DONE, [("receipt", "27.00")])

    play(tmp_path, scene)


def badly(scene: Scene, chance: random.Random) -> None:
    """True answers in every form, and often none: pages of something in between, connections that end before or behind the request."""
    reply = scene.server._reply
    forms = [accepting, silent, pages, empty, flat, texts]

    async def told(request: Request) -> Reply | None:
        kind = chance.random()
        if kind < 0.08:
            return Reply(chance.choice((500, 502, 503, 504, 429)), PAGE)
        if kind < 0.12:
            return None
        real = await reply(request)
        if kind < 0.2:
            return chance.choice((None, Reply(502, PAGE), Reply(real.status, real.body[: len(real.body) // 2])))
        for form in chance.sample(forms, 2):
            if form is not texts or real.status < 400:
                with contextlib.suppress(ValueError):
                    real = form(request, real)
        return real

    scene.server._reply = told  # type: ignore[method-assign,assignment]


@pytest.mark.parametrize("seed", range(24))
def test_however_badly_a_server_tells_the_truth_no_document_is_doubled_and_none_called_failed(tmp_path: Path, seed: int) -> None:
    async def scene(scene: Scene) -> None:
        chance = random.Random(seed)
        badly(scene, chance)
        expected: list[tuple[str, str]] = []
        for number in range(4):
            body = chance.choice((sale(), CASH))
            if chance.random() < 0.3:
                scene.first.faults.arm({"fault": "refuse", "command": "92", "step": "before", "code": 0x8C})
            job = await scene.until(await scene.submit(body), lambda seen: seen.state.final or _for_a_person(seen))
            made = scene.sold()[len(expected) :]
            assert len(made) <= 1, (seed, number, made)
            if job.state is JobState.DONE:
                assert (len(made), job.success) == (1, True), (seed, number, made)
            elif job.state is JobState.FAILED:
                assert made == [], (seed, number, job.error)
            else:
                break  # a person decides; the device waits for that
            expected += made

    play(tmp_path, scene)


def _for_a_person(job: Job) -> bool:
    return job.attention is not None and job.attention.code == "resolve"


def test_results_are_read_in_every_form_that_is_known() -> None:
    def one(**told: Any) -> Any:
        (state,) = states_of(json.dumps({"results": [told]}).encode())
        return state

    nested = one(status="error", error={"code": 73, "description": "Смена закрыта"}, more=1)
    assert nested.error == Said(73, "Смена закрыта")
    assert one(status="error", error={"code": "73", "description": "Смена закрыта"}).error == nested.error
    assert one(status="error", errorCode=73, errorDescription="Смена закрыта").error == nested.error
    assert one(status="error", errorCode="73").error == Said(73, "")
    assert one(status="error", error={"description": "?"}).error is None
    assert one(status="error", error={"code": "no number"}).error is None
    assert (one(status="interrupted").status, one(status="ready", result=[]).result) == (Status.INTERRUPTED, {})
    for body in (b"", b"{}", b"[]", b'{"results": []}', b'{"results": [1]}', b'{"results": [{"status": "done"}]}'):
        with pytest.raises(Unreadable):
            states_of(body)


def test_devices_are_read_as_a_list_and_in_an_object() -> None:
    one = b'[{"id": "1", "isActive": true}]'
    assert devices_of(one) == devices_of(b'{"devices": ' + one + b"}") == ({"id": "1", "isActive": True},)
    for body in (b"", b"{}", b"[1]", b'"devices"', PAGE):
        with pytest.raises(Unreadable):
            devices_of(body)


def test_what_was_taken_is_ours_unless_another_id_is_told() -> None:
    assert not accepted(b"", "u1").blocked
    assert not accepted(b"{}", "u1").blocked
    assert accepted(b'{"uuid": "u1", "isBlocked": true, "blockReason": "fnError"}', "u1").reason == "fnError"
    for body in (b'{"uuid": "u2"}', b'{"uuid": 1}', b"<html>", b"[]"):
        with pytest.raises(Unreadable):
            accepted(body, "u1")


def test_numbers_may_be_text() -> None:
    params = FiscalParams.of(
        {"fiscalParams": {"fiscalDocumentNumber": "30", "shiftNumber": "7", "total": "27.00"}, "warnings": []}, ZONE
    )
    assert (params.number, params.shift, params.total) == (30, 7, Decimal("27.00"))
    strange = FiscalParams.of({"fiscalDocumentNumber": "3O", "shiftNumber": "-7", "total": "1e5"}, ZONE)
    assert (strange.number, strange.shift, strange.total) == (None, None, None)
    facts = facts_of(
        [
            {"shiftStatus": {"number": "7", "state": "opened"}},
            {"fnInfo": {"serial": "9999078900012955"}},
            {"fnStatus": {"fiscalDocumentNumber": "29"}},
            {"counters": {"cashSum": "5"}},
        ]
    )
    assert (facts.shift, facts.last, facts.cash) == (7, 29, Decimal("5.00"))
