"""JSON-RPC, and every call of the API as a method."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bridge.model import JobError, operation_adapter
from bridge.plugin import DeviceError
from bridge.server.access.scopes import Right
from bridge.server.proof import proof, token_key
from bridge.server.routes import ROUTES
from bridge.server.routing import parameter_names
from bridge.server.websocket.messages import NOTIFICATIONS, SESSION_METHODS, CloseCode
from bridge.server.websocket.methods import METHODS
from tests.sockets import Refused, SocketClient

DOCS = Path(__file__).parents[3] / "docs"
SALE = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "23%"}]}


def test_every_route_is_a_method_and_no_two_have_one_name() -> None:
    assert len({route.name for route in ROUTES}) == len(ROUTES)
    assert set(METHODS) == {route.name for route in ROUTES if not route.http_only}
    assert not set(METHODS) & set(SESSION_METHODS)


def test_no_member_of_an_operation_has_the_name_of_another_parameter() -> None:
    """They stand side by side in `params`."""
    taken = {name for route in ROUTES for name in parameter_names(route.path)} | {"idempotency_key", "wait"}
    bodies = [route.describes for route in ROUTES if route.describes is not None and route.describes.body is not None]
    taken |= {parameter.name for described in bodies for parameter in described.parameters if parameter.where == "query"}
    assert "format" in taken
    definitions = operation_adapter.json_schema(by_alias=True)["$defs"]
    for name, definition in definitions.items():
        if "op" in definition.get("properties", {}):
            assert not taken & set(definition["properties"]), name


def test_the_page_names_every_method_notification_and_close_code() -> None:
    page = (DOCS / "websocket.md").read_text("utf-8")
    calls = dict(re.findall(r"^\| `([a-z._]+)` \| `((?:GET|POST|PUT|DELETE) [^`]+)` \|", page, re.MULTILINE))
    wanted = {route.name: f"{route.method} {route.path}" for route in ROUTES if not route.http_only}
    assert calls == wanted, "rows: " + " ".join(f"| `{name}` | `{call}` |" for name, call in wanted.items() - calls.items())
    for name in (*SESSION_METHODS, *NOTIFICATIONS):
        assert f"| `{name}` |" in page, name
    for code in CloseCode:
        assert f"| {code.value} |" in page, code


async def test_a_receipt_by_its_key_is_the_same_job_as_over_http(station: Any) -> None:
    client = await station.session()
    job = await client.call("devices.submit", device="d1", idempotency_key="one", wait=20, **SALE)
    assert (job["state"], job["success"], job["class"]) == ("done", True, "document")
    again = await client.call("devices.submit", device="d1", idempotency_key="one", **SALE)
    status, over_http, _ = await station.http(
        "POST",
        "/devices/d1/jobs",
        SALE,
        **{"Idempotency-Key": "one", "Authorization": f"Bearer {station.token}"},
    )
    assert (status, over_http["id"], again["id"]) == (200, job["id"], job["id"])
    assert len(station.devices["d1"].issued) == 1
    assert await client.call("jobs.get", job=job["id"]) == over_http


async def test_every_kind_of_parameter_arrives_by_its_name(station: Any) -> None:
    client = await station.session()
    for number in range(3):
        await station.sell(reference=f"R-{number}")
    page = await client.call("jobs.list", device="d1", limit=2, collected=False, state="done")
    assert len(page["jobs"]) == 2
    rest = await client.call("jobs.list", device="d1", limit=2, after=page["next"])
    assert [job["reference"] for job in (*page["jobs"], *rest["jobs"])] == ["R-2", "R-1", "R-0"]
    job = rest["jobs"][0]
    assert (await client.call("jobs.ack", job=job["id"]))["collected"] is True
    assert await client.call("jobs.abort", job=job["id"]) == {"abort": "too_late"}
    assert (await client.call("devices.get", device="d2"))["family"] == "fake"
    assert await client.call("devices.remove", device="d2") is None
    assert (await client.call("audit.list", limit=500))["audit"][-1]["action"] == "device.removed"
    assert (await client.call("ping"))["name"] == "tillbridge"
    assert "journal" in await client.call("health")


REFUSED: list[tuple[str, dict[str, Any], int, str, str | None]] = [
    ("devices.get", {}, -32602, "request.invalid", "device"),
    ("devices.get", {"device": 7}, -32602, "request.invalid", "device"),
    ("devices.get", {"device": "../d1"}, -32000, "request.not_found", None),
    ("devices.get", {"device": "d9"}, -32000, "request.not_found", None),
    ("devices.submit", {"device": "d1", **SALE}, -32602, "request.key_missing", "Idempotency-Key"),
    ("devices.submit", {"device": "d1", "idempotency_key": "a b", **SALE}, -32602, "request.invalid", "idempotency_key"),
    ("devices.submit", {"device": "d1", "idempotency_key": 7, **SALE}, -32602, "request.invalid", "idempotency_key"),
    ("devices.submit", {"device": "d1", "idempotency_key": "a", "wait": "7", **SALE}, -32602, "request.invalid", "wait"),
    ("devices.submit", {"device": "d1", "idempotency_key": "a", "wait": -1, **SALE}, -32602, "request.invalid", "wait"),
    ("devices.submit", {"device": "d1", "idempotency_key": "a", "op": "nothing"}, -32602, "request.invalid", "op"),
    ("jobs.list", {"colour": "red"}, -32602, "request.invalid", "colour"),
    ("jobs.list", {"limit": {}}, -32602, "request.invalid", "limit"),
    ("jobs.list", {"limit": 1.5}, -32602, "request.invalid", "limit"),
    ("jobs.resolve", {"job": "x"}, -32602, "request.invalid", "verdict"),
    ("events.subscribe", {"after": -1}, -32602, "request.invalid", "after"),
    ("events.subscribe", {"after": 1}, -32602, "request.invalid", None),
    ("events.subscribe", {"kinds": ["job.eaten"]}, -32602, "request.invalid", "kinds.0"),
    ("session.ping", {"a": 1}, -32602, "request.invalid", "a"),
    ("session.eat", {}, -32601, "request.not_found", None),
]


async def test_a_refusal_is_an_error_with_the_problem_document_of_http(station: Any) -> None:
    client = await station.session()
    for method, params, rpc_code, code, field in REFUSED:
        with pytest.raises(Refused) as refused:
            await client.call(method, **params)
        assert (refused.value.rpc_code, refused.value.code) == (rpc_code, code), (method, params)
        assert refused.value.problem["status"] >= 400
        if field is not None:
            assert [error["field"] for error in refused.value.problem["errors"]][:1] == [field], (method, params)
    assert station.devices["d1"].issued == []


@pytest.mark.parametrize(
    ("message", "code", "id_"),
    [
        ("{", -32700, None),
        ('{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}', -32700, None),
        ('{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', -32700, None),
        ('{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + "[" * 60 + "]" * 60 + "}}", -32700, None),
        ("7", -32600, None),
        ("[]", -32600, None),
        (json.dumps([1] * 33), -32600, None),
        ({"jsonrpc": "1.0", "id": 1, "method": "ping"}, -32600, 1),
        ({"id": "x", "method": "ping"}, -32600, "x"),
        ({"jsonrpc": "2.0", "id": 1}, -32600, 1),
        ({"jsonrpc": "2.0", "id": 1, "method": 7}, -32600, 1),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "more": 1}, -32600, 1),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": "x"}, -32600, 1),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}, -32602, 1),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, -32600, None),
        ({"jsonrpc": "2.0", "id": 1.5, "method": "ping"}, -32600, None),
        ({"jsonrpc": "2.0", "id": {}, "method": "ping"}, -32600, None),
    ],
)
async def test_what_is_no_json_rpc_is_answered_as_the_specification_says(station: Any, message: Any, code: int, id_: Any) -> None:
    client = await station.session()
    if id_ is not None:
        answer = await client.request(message)
    else:
        await client.send(message)
        answer = await client.stray()
    assert (answer["jsonrpc"], answer["id"], answer["error"]["code"]) == ("2.0", id_, code)
    assert answer["error"]["message"]
    assert answer["error"]["data"]["remedy"]
    assert await client.call("session.ping")  # the socket lives


async def test_notifications_are_carried_out_and_never_answered(station: Any) -> None:
    client = await station.session()
    for message in (
        {"jsonrpc": "2.0", "method": "devices.submit", "params": {"device": "d1", "op": "drawer.open", "idempotency_key": "k"}},
        {"jsonrpc": "2.0", "method": "nothing"},
        {"jsonrpc": "2.0", "method": "ping", "params": [1]},
        {"jsonrpc": "2.0", "method": "events.subscribe", "params": {"after": -1}},
        [{"jsonrpc": "2.0", "method": "ping"}, {"jsonrpc": "2.0", "method": "session.ping"}],
    ):
        await client.send(message)
    job = await client.call("devices.submit", device="d1", op="drawer.open", idempotency_key="k", wait=20)
    assert job["state"] == "done"
    assert station.devices["d1"].drawer == 1
    assert client.strays == []


async def test_a_batch_is_answered_as_one_with_the_events_behind_it(station: Any) -> None:
    await station.sell()
    client = await station.session()
    await client.send(
        [
            {"jsonrpc": "2.0", "id": "a", "method": "ping"},
            {"jsonrpc": "2.0", "method": "ping"},
            {"jsonrpc": "2.0", "id": "b", "method": "events.subscribe", "params": {"after": 0}},
            7,
            {"jsonrpc": "2.0", "id": None, "method": "nothing"},
        ]
    )
    answers = await client.stray()
    assert [(answer["id"], answer.get("error", {}).get("code")) for answer in answers] == [
        ("a", None),
        ("b", None),
        (None, -32600),
        (None, -32601),
    ]
    assert (await client.event())["params"]["seq"] == 1


async def test_a_waiting_submit_does_not_block_an_abort_on_the_same_socket(station: Any) -> None:
    station.devices["d1"].gate = asyncio.Event()
    client = await station.session()
    first = asyncio.create_task(client.call("devices.submit", device="d1", idempotency_key="1", wait=60, **SALE))
    while len(station.bridge.jobs.active) < 1:
        await asyncio.sleep(0)
    second = asyncio.create_task(client.call("devices.submit", device="d1", idempotency_key="2", wait=60, **SALE))
    while len(station.bridge.jobs.active) < 2:
        await asyncio.sleep(0)
    _, waiting = station.bridge.jobs.active
    assert await client.call("jobs.abort", job=waiting) == {"abort": "requested"}
    assert (await second)["error"]["code"] == "request.aborted"
    station.devices["d1"].gate.set()
    assert (await first)["state"] == "done"


async def test_calls_beyond_the_limit_of_a_socket_are_refused_and_the_others_go_on(station: Any) -> None:
    await station.restart(max_calls=2)
    station.devices["d1"].gate = asyncio.Event()
    client = await station.session()
    sales = [
        asyncio.create_task(client.call("devices.submit", device="d1", idempotency_key=f"{n}", wait=60, **SALE)) for n in range(2)
    ]
    while len(station.bridge.jobs.active) < 2:
        await asyncio.sleep(0)
    with pytest.raises(Refused) as refused:
        await client.call("ping")
    assert (refused.value.code, refused.value.problem["status"]) == ("gate.rate", 429)
    await client.send([{"jsonrpc": "2.0", "id": 1, "method": "ping"}])
    assert (await client.stray())["error"]["data"]["code"] == "gate.rate"
    assert await client.call("session.ping")
    station.devices["d1"].gate.set()
    assert [(await sale)["state"] for sale in sales] == ["done", "done"]
    assert await client.call("ping")


async def test_a_failure_of_our_own_tells_an_incident_and_nothing_of_the_inside(
    station: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> Any:
        raise ZeroDivisionError("secret inside")

    monkeypatch.setattr(station.bridge.devices, "families", broken)
    client = await station.session()
    with pytest.raises(Refused) as refused:
        await client.call("families.list")
    assert refused.value.rpc_code == -32603
    assert refused.value.problem["incident"] in caplog.text
    assert "secret inside" not in str(refused.value.problem)


async def test_what_a_token_may_not_see_does_not_exist_for_it(station: Any) -> None:
    await station.sell("d1")
    hidden = await station.sell("d2")
    token = await station.give(devices=frozenset({"d1"}))
    client = await station.session(*token)
    assert client.welcome["principal"] == "native:pos"
    assert [device["id"] for device in (await client.call("devices.list"))["devices"]] == ["d1"]
    assert (await client.call("jobs.list"))["jobs"] == []
    assert set(await client.call("health")) == {"status"}
    told = []
    for method, params in (
        ("devices.get", {"device": "d2"}),
        ("devices.get", {"device": "d9"}),
        ("devices.submit", {"device": "d2", "op": "drawer.open", "idempotency_key": "x"}),
        ("jobs.get", {"job": hidden.id}),
        ("jobs.get", {"job": "01NOTHING"}),
        ("jobs.abort", {"job": hidden.id}),
    ):
        with pytest.raises(Refused) as refused:
            await client.call(method, **params)
        told.append(refused.value.problem["detail"])
    assert told[0].replace("d2", "d9") == told[1]
    assert told[3].replace(hidden.id, "01NOTHING") == told[4]
    assert station.devices["d2"].drawer == 0
    await client.call("events.subscribe", after=0)
    await station.sell("d2")
    mine = await client.call("devices.submit", device="d1", idempotency_key="mine", wait=20, **SALE)
    seen = []
    while not seen or seen[-1]["params"].get("job_id") != mine["id"] or seen[-1]["params"]["state"] != "done":
        seen.append(await client.event())
    assert {event["params"]["device"] for event in seen} == {"d1"}
    assert {event["params"].get("job_id", mine["id"]) for event in seen} == {mine["id"]}
    assert [job["id"] for job in (await client.call("jobs.list"))["jobs"]] == [mine["id"]]
    assert (await client.call("jobs.get", job=mine["id"]))["actor"]["label"] == "pos"


async def test_calls_outside_a_tokens_scope_are_refused_by_name(station: Any) -> None:
    client = await station.session(*await station.give(rights={Right.DEVICES_READ}))
    assert await client.call("ping")
    for call in ("audit.list", "jobs.list", "families.list"):
        with pytest.raises(Refused) as refused:
            await client.call(call)
        assert (refused.value.code, refused.value.problem["status"]) == ("gate.scope_missing", 403)
    for needed, order in (
        (Right.PRINT, {"op": "drawer.open"}),
        (Right.FISCAL_REPORT, {"op": "shift.close"}),
        (Right.FISCAL, SALE),
    ):
        with pytest.raises(Refused) as refused:
            await client.call("devices.submit", device="d1", idempotency_key=needed, **order)
        assert refused.value.code == "gate.scope_missing"
    assert station.devices["d1"].issued == []


def test_the_worked_example_of_the_page_is_right() -> None:
    page = (DOCS / "websocket.md").read_text("utf-8")
    found = re.search(r"token `(tbk_example[^`]*)`", page)
    client, server = re.findall(r"^    ([A-Za-z0-9_-]{43}) +the (?:client|server)'s nonce", page, re.MULTILINE)
    shown = re.findall(r'"proof": "([^"]+)"', page)
    assert found is not None
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert code is not None
    inside: dict[str, Any] = {}
    exec(code.group(1), inside)
    for make in (inside["proof"], lambda token, *rest: proof(token_key(token), *rest)):
        made = [make(found.group(1), role, "127.0.0.1:47811", "admin", client, server) for role in ("server", "client")]
        assert made == shown


def test_messages_are_models_with_schemas() -> None:
    for method in SESSION_METHODS.values():
        assert issubclass(method.params, BaseModel)
        assert method.params.model_json_schema()["type"] == "object"
        assert method.result.model_json_schema()["type"] == "object"
    for model in NOTIFICATIONS.values():
        assert model.model_json_schema()["required"]


async def test_the_error_of_a_job_speaks_the_sessions_language(station: Any) -> None:
    async def refuse(*_: Any) -> None:
        raise DeviceError(JobError.of("device.rejected", "No such rate.", texts={"pl": ("Nie ma takiej stawki.", "Popraw.")}))

    station.family.behaviour = refuse
    said = {}
    for lang in ("pl-PL", "el"):
        client = await SocketClient.open(station.server.url)
        await client.sign_in(station.token, lang=lang)
        job = await client.call("devices.submit", device="d1", idempotency_key=lang, wait=30, **SALE)
        said[lang] = job["error"]["message"]
        await client.leave()
    assert said["pl-PL"].startswith("Nie ma takiej stawki.")
    assert said["el"].startswith("No such rate.")


async def test_a_picture_is_a_string_and_a_png_is_base64(station: Any) -> None:
    socket = await station.session()
    job = await socket.call("devices.submit", device="d1", idempotency_key="k", wait=20, **SALE)
    assert "PLN 10.00" in await socket.call("jobs.receipt", job=job["id"])
    assert (await socket.call("jobs.receipt", job=job["id"], format="svg")).startswith("<svg ")
    drawn = base64.b64decode(await socket.call("jobs.receipt", job=job["id"], format="png"), validate=True)
    assert drawn.startswith(b"\x89PNG")
    assert "PREVIEW" in await socket.call("devices.preview", device="d1", format="html", **SALE)
    assert (await socket.call("devices.preview", device="d1", **SALE))["totals"]["total"] == "10.00"
    for method, more in (("jobs.receipt", {"job": job["id"]}), ("devices.preview", {"device": "d1", **SALE})):
        with pytest.raises(Refused) as caught:
            await socket.call(method, format="film", **more)
        assert caught.value.code == "request.invalid"
