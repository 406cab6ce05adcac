"""Documents of the FN that cannot be read well enough to say whether they are ours, and servers that say more than they do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bridge_atol.web.answers import Kept
from bridge_atol.web.decision import decide
from bridge_atol.web.messages import Unreadable, load
from bridge_atol.web.plan import Facts, Intent
from bridge_ffd.register import Kind
from bridge_sim_atol.web.http import Reply, Request
from test_atol_web_lost import hold_the_queue, lose_and_forget
from web_scene import Scene, play

from bridge.model import JobState
from bridge.plugin import Verdict
from tests.harness.atol_web_bench import sale
from tests.toys.hosting import ACTOR

ZONE = ZoneInfo("Europe/Moscow")
QR = "t=20261120T1530&s=27.00&fn=9999078900012955&i=30&fp=287454020&n=1"


def told(kind: str = "receipt", **tags: Any) -> dict[str, Any]:
    return {"documentTLV": {"fiscalDocumentType": kind, "1040": 30, **tags}}


def decided(document: dict[str, Any], kind: Kind = Kind.RECEIPT, *, remembers: bool = False) -> Verdict:
    before = Facts(shift=7, shift_state="opened", fn="9999078900012955", last=29)
    now = before.model_copy(update={"last": 30})
    intent = Intent(kind=kind, uuid="ours", witness="asked", total=Decimal("27.00"), settlement=1, baseline=before)
    return decide(intent, now, (Kept.of(document, ZONE),), remembers=remembers, shared=False).verdict


@pytest.mark.parametrize(
    ("document", "verdict"),
    [
        (told(qr=QR), Verdict.ISSUED),
        (told(qr=QR.replace("27.00", "3.00")), Verdict.NOT_ISSUED),
        (told(qr=QR.replace("n=1", "n=2")), Verdict.NOT_ISSUED),
        (told("closeShift"), Verdict.NOT_ISSUED),
        # Its kind has a name that this driver does not know, its total is not told, or is told in kopecks.
        (told("checkOrReceipt", qr=QR), Verdict.UNKNOWN),
        (told("checkOrReceipt", qr=QR.replace("27.00", "3.00")), Verdict.NOT_ISSUED),
        (told(), Verdict.UNKNOWN),
        (told(**{"1020": 2700}), Verdict.UNKNOWN),
        (told("receipt", qr="no code"), Verdict.UNKNOWN),
    ],
)
def test_a_document_that_may_be_ours_is_never_taken_for_another(document: dict[str, Any], verdict: Verdict) -> None:
    assert decided(document) is verdict


def test_a_document_of_a_kind_that_is_not_known_may_be_any() -> None:
    assert decided(told("shiftOpening"), Kind.SHIFT_OPEN) is Verdict.UNKNOWN


def test_a_server_that_says_it_was_never_given_the_request_does_not_outweigh_a_document_that_may_be_ours() -> None:
    assert decided(told(), remembers=True) is Verdict.UNKNOWN
    assert decided(told(qr=QR.replace("27.00", "3.00")), remembers=True) is Verdict.NOT_ISSUED


def test_a_receipt_whose_kind_has_another_name_is_not_told_as_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bridge_sim_atol.web import questions

    monkeypatch.setattr(questions, "DOCUMENT_TYPES", {})

    async def scene(scene: Scene) -> None:
        job = await lose_and_forget(scene, sale(), made=True)
        assert scene.sold() == [("receipt", "27.00")]
        assert job.state is JobState.UNRESOLVED

    play(tmp_path, scene)


def test_where_others_use_the_register_a_number_that_grew_is_no_answer(tmp_path: Path) -> None:
    """The server finds its device again and compares numbers: another till's receipt over the same amount looks like ours."""

    async def scene(scene: Scene) -> None:
        scene.first.faults.arm({"fault": "unplug", "command": "4A", "step": "before"})
        job = await scene.submit(sale())
        await scene.until(job, lambda seen: seen.state is JobState.UNRESOLVED)
        scene.first.perform(b"\x59")
        scene.first.foreign(Decimal("27.00"))
        scene.first.plug(True)
        seen = await scene.until(
            job, lambda seen: seen.state.final or (seen.attention is not None and seen.attention.code == "resolve")
        )
        assert [one for one in scene.sold() if one[0] == "receipt"] == []
        assert seen.state is JobState.UNRESOLVED

    play(tmp_path, scene, shared=True)


def test_a_request_that_is_said_to_be_dropped_and_goes_on_is_followed(tmp_path: Path) -> None:
    """A server that says 200 to DELETE whatever it does: the job fails only when the request is cancelled."""

    async def scene(scene: Scene) -> None:
        hold_the_queue(scene, 130)  # longer than the job's deadline
        handle = scene.server.handle

        async def obliging(request: Request) -> Any:
            if request.method == "DELETE":
                return await handle(replace(request, method="GET"))
            return await handle(request)

        scene.server.handle = obliging  # type: ignore[method-assign]
        job = await scene.until(await scene.submit(sale()), lambda seen: seen.state.final)
        assert (job.state, scene.sold()) == (JobState.DONE, [("receipt", "27.00")])

    play(tmp_path, scene)


@pytest.mark.parametrize("method", ["DELETE", "GET"])
def test_a_server_that_refuses_to_tell_leaves_the_job_in_doubt_and_not_broken(tmp_path: Path, method: str) -> None:
    """An abort whose DELETE is refused; a request that is known already, and of which the server does not tell."""

    async def scene(scene: Scene) -> None:
        hold_the_queue(scene, 60)
        handle = scene.server.handle
        refused: list[str] = []

        async def strict(request: Request) -> Any:
            ours = len(request.parts) == 4 and request.parts[3] in scene.requests()
            if method == "GET" and request.method == "POST" and b'"sell"' in request.body and not refused:
                await handle(request)  # somebody in between sends it twice
            if request.method == method and ours and len(refused) < 2:
                refused.append(request.parts[3])
                return Reply(403, b'{"error":{"code":505,"description":"not now"}}')
            return await handle(request)

        scene.server.handle = strict  # type: ignore[method-assign]
        job = await scene.submit(sale())
        if method == "DELETE":
            await scene.until(job, lambda seen: len(scene.requests()) == 2)
            await scene.host.bridge.jobs.abort(ACTOR, job.id)
        job = await scene.until(job, lambda seen: seen.state.final)
        assert refused
        assert (job.state, scene.sold()) == (JobState.DONE, [("receipt", "27.00")])
        assert not [one for one in job.history if one.note and "plugin" in one.note]

    play(tmp_path, scene)


@pytest.mark.parametrize(
    "text",
    ["1e400", "1e999999999", "1E-999999999", "9" * 4000, "[" * 400 + "]" * 400, '"\\ud800"'],
)
def test_a_value_that_nobody_can_keep_is_no_answer(text: str) -> None:
    with pytest.raises(Unreadable):
        load(b'{"results":[{"status":"ready","result":{"total":' + text.encode() + b"}}]}")


def test_values_that_the_server_does_say_are_read() -> None:
    said = load(b'{"a":-12.50,"b":99999999999999.99,"c":0.00,"d":"\\ud83d\\ude00","e":{"f":[{"g":{"h":[1]}}]}}')
    assert (said["a"], said["b"], said["d"]) == (Decimal("-12.50"), Decimal("99999999999999.99"), "\U0001f600")


def test_a_sale_does_not_go_to_the_register_that_took_the_place_of_ours(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        assert (await scene.run(sale())).success
        registers, queues = scene.server.registers, scene.server.queues
        registers["1"], registers["2"] = registers["2"], registers["1"]
        queues["1"], queues["2"] = queues["2"], queues["1"]
        job = await scene.submit(sale())
        await asyncio.sleep(5)
        assert (scene.sold("1"), scene.sold("2")) == ([], [("receipt", "27.00")])
        assert scene.host.bridge.devices.get("till")["state"] == "wrong_device"
        registers["1"], registers["2"] = registers["2"], registers["1"]
        queues["1"], queues["2"] = queues["2"], queues["1"]
        job = await scene.until(job, lambda seen: seen.state.final)
        assert len(scene.sold()) == 1 + (job.state is JobState.DONE)

    play(tmp_path, scene)
