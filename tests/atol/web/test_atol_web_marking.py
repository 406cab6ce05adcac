"""Marking codes behind the server: `marking.check`, and what other people's clients do before a receipt."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from bridge_atol.family import AtolFamily
from bridge_atol.settings import AtolSettings, WebSettings
from bridge_atol.web.marking import bits_of, check_of, plan_check
from bridge_ffd.marking_check import Verdict
from bridge_ffd.versions import FfdVersion
from pydantic import TypeAdapter
from test_atol_web_clients import Client
from test_atol_web_clients import play as serve
from web_scene import Scene, play

from bridge.model import JobState, MarkingCheck, Operation, RequestError

CODE = base64.b64encode(b"010460620310334821a3=EfODAB\x1d91EE10\x1d92abcd").decode()
CHECK = {"op": "marking.check", "marking": {"code_b64": CODE}}


def check(**more: Any) -> MarkingCheck:
    made = TypeAdapter(Operation).validate_python({**CHECK, **more})
    assert isinstance(made, MarkingCheck)
    return made


def tasks(scene: Scene) -> list[str]:
    found = []
    for entry in scene.server.queues["1"].memory.entries:
        found += [word for word in ("begin", "getMarking", "accept", "decline", "cancel", "clear") if f'"{word}' in entry.tasks]
    return found


@pytest.mark.parametrize(
    ("found", "state", "verdict", "warnings", "end"),
    [
        ("positive", JobState.DONE, "positive", [], "accept"),
        ("unavailable", JobState.DONE, "unavailable", ["marking_unavailable"], "cancel"),
        ("negative", JobState.FAILED, None, [], "decline"),
    ],
)
def test_a_code_is_checked_and_kept_or_thrown_away(
    tmp_path: Path, found: str, state: JobState, verdict: str | None, warnings: list[str], end: str
) -> None:
    async def scene(scene: Scene) -> None:
        for _ in range(2):
            job = await scene.run(CHECK)
            assert job.state is state, job.error
            if job.result is not None:
                assert job.result.evidence["marking"]["verdict"] == verdict
                assert [one.code for one in job.result.warnings] == warnings
            else:
                assert job.error is not None
                assert (job.error.code, job.error.field) == ("device.rejected", "marking")
        assert tasks(scene) == ["begin", "getMarking", "getMarking", "getMarking", end] * 2
        assert scene.sold() == []

    play(tmp_path, scene, register__marking=found, marking_polls="2")


def test_the_result_of_a_check_goes_into_the_receipt(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        job = await scene.run(CHECK)
        assert job.result is not None
        line = {"name": "Вода", "price": "80.00", "vat": "22%", "marking": {"code_b64": CODE}}
        line["extras"] = {"ffd": {"marking": {"result": job.result.evidence["marking"]["tag_2106"]}}}
        sold = await scene.run({"op": "receipt", "currency": "RUB", "lines": [line]})
        assert (sold.state, scene.sold()) == (JobState.DONE, [("receipt", "80.00")])

    play(tmp_path, scene)


def test_what_another_check_left_behind_is_ended_first(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        marking = scene.server.queues["1"]._driver.marking
        assert marking is not None
        marking.code = b"of a till that was switched off"
        assert (await scene.run(CHECK)).state is JobState.DONE
        marking.kept = [bytes((number,)) for number in range(128)]
        assert (await scene.run(CHECK)).state is JobState.DONE
        assert len(marking.kept) == 1

    play(tmp_path, scene)


def test_the_check_of_another_program_is_left_alone(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        marking = scene.server.queues["1"]._driver.marking
        assert marking is not None
        marking.code = b"of another program"
        job = await scene.run(CHECK)
        assert job.error is not None
        assert (job.state, job.error.code, marking.code) == (JobState.FAILED, "device.busy", b"of another program")

    play(tmp_path, scene, shared=True)


def test_a_marking_system_that_does_not_answer_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        started = asyncio.get_running_loop().time()
        job = await scene.run(CHECK)
        assert asyncio.get_running_loop().time() - started < 120
        assert job.result is not None
        assert job.result.evidence["marking"]["verdict"] == "unavailable"
        assert tasks(scene)[-1] == "cancel"
        scene.server.switch({"marking_polls": "0"})
        assert (await scene.run(CHECK)).state is JobState.DONE

    play(tmp_path, scene, marking_polls="1000000")


def test_a_device_of_an_older_format_checks_no_codes(tmp_path: Path) -> None:
    async def scene(scene: Scene) -> None:
        assert "marking.check" not in scene.host.bridge.devices.get("till")["capabilities"]["operations"]

    play(tmp_path, scene, register__ffd="1.05")
    for ffd, refused in (("1.05", True), ("1.1", True), ("1.2", False)):
        settings = AtolSettings(ffd=ffd, web=WebSettings(device="1"))  # type: ignore[arg-type]
        if not refused:
            AtolFamily().check(check(), settings, None)
            continue
        with pytest.raises(RequestError) as error:
            AtolFamily().check(check(), settings, None)
        assert error.value.errors[0].field == "op"


def test_what_is_asked() -> None:
    params = {"imcType": "auto", "imc": CODE, "itemEstimatedStatus": "itemPieceSold", "imcModeProcessing": 0}
    assert plan_check(check(), FfdVersion.V1_2) == {"type": "beginMarkingCodeValidation", "params": params}
    back = plan_check(check(kind="refund", quantity="0.5", unit="кг"), FfdVersion.V1_2)["params"]
    assert (back["itemEstimatedStatus"], str(back["itemQuantity"]), back["itemUnits"]) == ("itemDryReturn", "0.5", "kilogram")
    for wrong, field in (({"unit": "кг"}, "quantity"), ({"marking": {"code_b64": "A" * 400}}, "marking.code_b64")):
        with pytest.raises(RequestError) as refused:
            plan_check(check(**wrong), FfdVersion.V1_2)
        assert refused.value.errors[0].field == field


GOOD = {
    "imcCheckFlag": True,
    "imcCheckResult": True,
    "imcStatusInfo": True,
    "imcEstimatedStatusCorrect": True,
    "ecrStandAloneFlag": False,
}


def online(**told: Any) -> dict[str, Any]:
    return {"ready": True, "onlineValidation": {"itemInfoCheckResult": GOOD, **told}}


@pytest.mark.parametrize(
    ("local", "told", "verdict"),
    [
        ({"fmCheck": True, "fmCheckResult": True, "fmCheckErrorReason": "checked"}, online(), Verdict.POSITIVE),
        ({"fmCheck": False, "fmCheckResult": False, "fmCheckErrorReason": "noKeys"}, online(), Verdict.POSITIVE),
        ({}, online(markOperatorItemStatus="itemSaleStopped"), Verdict.NEGATIVE),
        ({}, online(markOperatorResponseResult="unrecognized"), Verdict.NEGATIVE),
        ({}, online(itemInfoCheckResult={**GOOD, "imcEstimatedStatusCorrect": False}), Verdict.NEGATIVE),
        ({"fmCheck": True, "fmCheckResult": False}, {}, Verdict.NEGATIVE),
        ({"fmCheck": True, "fmCheckResult": True}, {"ready": True, "driverError": {"code": 411}}, Verdict.UNAVAILABLE),
        ({"fmCheck": "yes", "fmCheckErrorReason": 7}, {"onlineValidation": []}, Verdict.UNAVAILABLE),
        ({}, {}, Verdict.UNAVAILABLE),
    ],
)
def test_no_part_that_says_no_is_outvoted(local: dict[str, Any], told: dict[str, Any], verdict: Verdict) -> None:
    assert check_of({"offlineValidation": local}, told).verdict is verdict


def test_the_flags_are_tag_2106() -> None:
    assert (bits_of(GOOD), bits_of({**GOOD, "ecrStandAloneFlag": True}), bits_of({"imcCheckFlag": 1})) == (15, 31, 0)


# --- the simulated server, as others use it


def test_a_shop_program_checks_each_code_before_its_receipt() -> None:
    """[GBS] Cancels and clears, begins with numbers for words, asks until it is ready, accepts, and sells with what was found."""

    async def scene(client: Client) -> None:
        number = 0

        async def run(**task: Any) -> Any:
            nonlocal number
            number += 1
            await client.call("POST", "/requests", {"uuid": f"g{number}", "request": [task]})
            (one,) = await client.done(f"/requests/g{number}")
            return one

        for kind in ("cancelMarkingCodeValidation", "clearMarkingCodeValidationResult"):
            assert (await run(type=kind))["status"] == "ready"
        params = {"imc": CODE, "imcType": 256, "itemEstimatedStatus": 1, "imcModeProcessing": 0}
        begun = await run(type="beginMarkingCodeValidation", params=params)
        assert begun["result"]["offlineValidation"] == {"fmCheck": True, "fmCheckResult": True, "fmCheckErrorReason": "checked"}
        again = await run(type="beginMarkingCodeValidation", params=params)
        assert (again["status"], again["errorCode"]) == ("error", 401)
        while not (told := await run(type="getMarkingCodeValidationStatus"))["result"]["ready"]:
            pass
        found = told["result"]["onlineValidation"]["itemInfoCheckResult"]
        assert (await run(type="acceptMarkingCode"))["result"] == {"itemInfoCheckResult": found}
        position = {
            "type": "position",
            "name": "Вода",
            "price": 80,
            "quantity": 1,
            "amount": 80,
            "paymentObject": "33",
            "paymentMethod": "fullPayment",
            "measurementUnit": 0,
            "tax": {"type": "vat20"},
            "imcParams": {**params, "itemInfoCheckResult": found},
        }
        payments = [{"type": "cash", "sum": 80}]
        sold = await run(type="sell", items=[position], payments=payments, validateMarkingCodes=False, electronically=False)
        assert (sold["status"], sold["errorCode"]) == ("ready", 0)
        assert sold["result"]["fiscalParams"]["total"] == 80

    serve(scene)


def test_several_codes_at_once_and_out_of_turn() -> None:
    """[KTL] validateMarks, pingIsm, checkMarkingCodeValidationsReady; and an end that was never begun."""

    async def scene(client: Client) -> None:
        async def run(uuid: str, **task: Any) -> Any:
            await client.call("POST", "/api/v2/requests", {"uuid": uuid, "request": [task]})
            (one,) = await client.done(f"/api/v2/requests/{uuid}")
            return one

        params = [{"imc": CODE}, {"imc": "not base64!", "itemEstimatedStatus": "itemDryForSale", "itemQuantity": 0.5}]
        told = await run("1", type="validateMarks", params=params)
        assert [one["itemInfoCheckResult"]["imcCheckResult"] for one in told["result"]] == [True, True]
        assert (await run("2", type="pingIsm"))["result"]["ready"] is True
        assert (await run("3", type="checkMarkingCodeValidationsReady"))["result"] == {"validationReady": True}
        assert (await run("4", type="acceptMarkingCode"))["error"]["code"] == 410
        assert (await run("5", type="getMarkingCodeValidationStatus"))["result"]["driverError"]["error"] == "imcCheckWrongState"
        for uuid, wrong in (("6", {"imc": CODE, "imcType": "nonsense"}), ("7", {}), ("8", None), ("9", [])):
            assert (await run(uuid, type="beginMarkingCodeValidation", params=wrong))["error"]["code"] == 501
        assert (await run("10", type="beginMarkingCodeValidation", params={"imc": CODE, "itemEstimatedStatus": 2}))["error"][
            "code"
        ] == 404
        client.server.registers["1"].plug(False)
        assert (await run("11", type="beginMarkingCodeValidation", params={"imc": CODE}))["error"]["code"] == 2

    serve(scene)


@pytest.mark.parametrize("settings", [{"register__ffd": "1.1"}, {"register__marking": "disabled"}])
def test_a_register_of_an_older_format_checks_nothing(settings: dict[str, str]) -> None:
    async def scene(client: Client) -> None:
        body = {"uuid": "1", "request": [{"type": "beginMarkingCodeValidation", "params": {"imc": CODE}}]}
        await client.call("POST", "/api/v2/requests", body)
        assert (await client.done("/api/v2/requests/1"))[0]["error"]["code"] == 413

    serve(scene, **settings)
