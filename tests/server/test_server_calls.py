"""The calls of the API: what each takes, answers and refuses."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import Any

import pytest

from bridge.model import ERRORS, JobState, RequestError
from bridge.server import admin_token
from bridge.server.routes import ROUTES


async def test_ping_needs_no_token_and_tells_nothing_of_devices(client: Any) -> None:
    reply = await client.request("GET", "/api/v1/ping", token=None)
    assert reply.status == 200
    assert set(reply.json) == {"name", "version", "instance_id"}
    assert reply.json["name"] == "tillbridge"
    assert reply.headers["Server"] == "tillbridge"


async def test_health_is_one_word_for_strangers_and_a_report_for_administrators(client: Any) -> None:
    assert (await client.request("GET", "/api/v1/health", token=None)).json == {"status": "ok"}
    assert "journal" in (await client.request("GET", "/api/v1/health")).json
    assert (await client.request("GET", "/api/v1/health", token="wrong")).status == 401


@pytest.mark.parametrize(("word", "status"), [("ok", 200), ("degraded", 200), ("down", 503)])
async def test_only_a_bridge_that_can_accept_nothing_is_down_for_monitors(client: Any, word: str, status: int) -> None:
    client.bridge.status = word
    for token in (None, "TOKEN"):
        reply = await client.request("GET", "/api/v1/health", token=token)
        assert (reply.status, reply.json["status"]) == (status, word)


async def test_metrics_are_prometheus_text_for_those_with_a_token(client: Any) -> None:
    assert (await client.request("GET", "/api/v1/metrics", token=None)).status == 401
    reply = await client.request("GET", "/api/v1/metrics")
    assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.body.splitlines()[-1] == b"tillbridge_queue_depth 0.0"
    assert (await client.request("GET", "/api/v1/metrics?name=x")).status == 422


async def test_devices_and_their_status(client: Any) -> None:
    assert [device["id"] for device in (await client.request("GET", "/api/v1/devices")).json["devices"]] == ["till-1"]
    assert (await client.request("GET", "/api/v1/devices/till-1")).json["family"] == "fake"
    assert (await client.request("GET", "/api/v1/devices/till-1/status")).json["status"]["paper"] == "ok"
    assert (await client.request("GET", "/api/v1/devices/till-9")).status == 404
    assert (await client.request("GET", "/api/v1/families")).json["families"][0]["plugin"] == "fake"


async def test_without_prefer_a_new_job_is_202_with_its_place(client: Any) -> None:
    client.bridge.jobs.finish_at_once = False
    reply = await client.sell()
    assert (reply.status, reply.json["state"]) == (202, "queued")
    assert reply.headers["Location"] == f"/api/v1/jobs/{reply.json['id']}"
    assert reply.json["class"] == "document"
    assert (await client.request("GET", reply.headers["Location"])).json["id"] == reply.json["id"]


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED])
async def test_prefer_wait_answers_200_with_the_finished_job(client: Any, state: JobState) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    sale = asyncio.create_task(client.sell(headers={"Prefer": "respond-async, wait=30"}))
    await jobs.waiting.wait()
    jobs.finish("01J00000", state)
    reply = await sale
    assert (reply.status, reply.json["state"]) == (200, state.value)
    assert reply.headers["Preference-Applied"] == "wait=30"
    assert "Location" not in reply.headers


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.UNRESOLVED])
async def test_a_wait_that_ends_without_a_final_state_is_202(client: Any, state: JobState) -> None:
    client.bridge.jobs.finish_at_once = False
    sale = asyncio.create_task(client.sell(headers={"Prefer": "wait=1"}))
    await client.bridge.jobs.waiting.wait()
    client.bridge.jobs.finish("01J00000", state)
    reply = await sale
    assert (reply.status, reply.json["state"]) == (202, state.value)
    assert reply.headers["Location"] == "/api/v1/jobs/01J00000"


@pytest.mark.parametrize(
    ("prefer", "seconds"), [("wait=999999", 300.0), ("wait=0", None), ("wait=soon", None), ('wait="7"', 7.0)]
)
async def test_the_wait_is_capped_and_an_unreadable_one_is_none(client: Any, prefer: str, seconds: float | None) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    jobs.changed.set()
    assert (await client.sell(headers={"Prefer": prefer})).status == 202
    assert [call[2] for call in jobs.calls if call[0] == "wait"] == ([] if seconds is None else [seconds])


async def test_the_same_key_gives_the_first_job_and_another_body_is_refused(client: Any) -> None:
    first = await client.sell("k1")
    again = await client.sell("k1")
    assert again.status == 200  # it is finished by now
    assert again.json["id"] == first.json["id"]
    other = await client.sell("k1", body={"op": "shift.close"})
    assert (other.status, other.json["code"]) == (422, "request.key_reused")


async def test_a_missing_key_is_refused_by_name(client: Any) -> None:
    reply = await client.request("POST", "/api/v1/devices/till-1/jobs", {"op": "receipt"})
    assert (reply.status, reply.json["code"]) == (400, "request.key_missing")
    assert reply.json["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("key", ["", "a b", "k" * 201, "klucz-ż"])
async def test_a_key_is_one_short_printable_word(client: Any, key: str) -> None:
    reply = await client.sell(key)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "Idempotency-Key")


async def test_a_wait_ends_when_the_client_hangs_up_and_the_job_goes_on(client: Any) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    ended = asyncio.Event()
    original = jobs.wait

    async def watched(job_id: str, seconds: float) -> Any:
        try:
            return await original(job_id, seconds)
        finally:
            ended.set()

    jobs.wait = watched
    sale = asyncio.create_task(client.sell(headers={"Prefer": "wait=300"}))
    await jobs.waiting.wait()
    client.writers[0].transport.abort()
    async with asyncio.timeout(5):
        await ended.wait()
    sale.cancel()
    await asyncio.gather(sale, return_exceptions=True)
    assert jobs.jobs["01J00000"].state is JobState.QUEUED


async def test_a_job_can_be_waited_for_by_its_id(client: Any) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    await client.sell()
    look = asyncio.create_task(client.request("GET", "/api/v1/jobs/01J00000", headers={"Prefer": "wait=60"}))
    await jobs.waiting.wait()
    jobs.finish("01J00000")
    assert (await look).json["state"] == "done"


async def test_the_actor_is_the_native_administrator_with_the_operator_named(client: Any) -> None:
    await client.sell(body={"op": "receipt", "operator": {"name": "Anna"}})
    actor = client.bridge.jobs.calls[0][1]
    assert (actor.principal, actor.label, actor.operator) == ("native:admin", "admin-token", {"name": "Anna"})
    if sys.platform.startswith("linux"):
        import pwd

        assert actor.os_user == pwd.getpwuid(os.getuid()).pw_name


async def test_lists_are_filtered_and_a_misspelt_filter_is_refused(client: Any) -> None:
    await client.sell()
    path = "/api/v1/jobs?device=till-1&state=done&reference=A%2F1&collected=false&after=01J&limit=7"
    reply = await client.request("GET", path)
    assert reply.json["next"] is None
    assert client.bridge.jobs.listed == {
        "device": "till-1",
        "state": JobState.DONE,
        "reference": "A/1",
        "collected": False,
        "after": "01J",
        "limit": 7,
        "devices": None,
        "owner": None,
    }
    for query, field in [
        ("devise=till-1", "devise"),
        ("state=over", "state"),
        ("collected=1", "collected"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("device=a&device=b", "device"),
        ("reference=%00", "reference"),
    ]:
        reply = await client.request("GET", f"/api/v1/jobs?{query}")
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, field), query


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_no_call_ignores_a_parameter_that_it_does_not_know(client: Any, route: Any) -> None:
    path = route.path.replace("{device}", "till-1").replace("{job}", "01J00000").replace("{alert}", "a1")
    body = {} if route.method in ("POST", "PUT") else None
    reply = await client.request(route.method, f"/api/v1{path}?colour=red", body, {"Idempotency-Key": "k"})
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, "colour")
    assert client.bridge.jobs.calls == []


async def test_several_states_are_asked_for_with_commas_between(client: Any) -> None:
    assert (await client.request("GET", "/api/v1/jobs?state=done,failed")).status == 200
    assert client.bridge.jobs.listed["state"] == "done,failed"
    for wrong in ("done,", "done,over", "done failed", ""):
        reply = await client.request("GET", f"/api/v1/jobs?state={wrong.replace(' ', '%20')}")
        assert (reply.status, reply.json["errors"][0]["field"]) == (422, "state"), wrong


async def test_what_is_done_with_a_job(client: Any) -> None:
    await client.sell()
    job = "/api/v1/jobs/01J00000"
    assert (await client.request("POST", f"{job}/ack", {})).json["id"] == "01J00000"
    assert (await client.request("POST", f"{job}/abort", {})).json == {"abort": "too_late"}
    assert (await client.request("POST", f"{job}/answer", {"prompt_id": "p1", "choice": "yes"})).status == 200
    reply = await client.request("POST", f"{job}/resolve", {"verdict": "issued", "reason": "on the paper", "document": "1234"})
    assert reply.status == 200
    assert client.bridge.jobs.calls[-2:] == [
        ("answer", "01J00000", "p1", "yes"),
        ("resolve", "01J00000", "issued", "on the paper", "1234"),
    ]
    assert (await client.request("POST", "/api/v1/jobs/01J99999/ack", {})).status == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("jobs/01J00000/resolve", {"verdict": "maybe", "reason": "because"}, "verdict"),
        ("jobs/01J00000/resolve", {"verdict": "issued"}, "reason"),
        ("jobs/01J00000/resolve", {"verdict": "issued", "reason": "because", "docment": "1"}, "docment"),
        ("jobs/01J00000/resolve", {"verdict": "issued", "reason": "a\x02b"}, "reason"),
        ("jobs/01J00000/answer", {"prompt_id": "p1"}, "choice"),
        ("jobs/01J00000/ack", {"all": True}, "all"),
        ("devices/till-1/accept", {"what": "everything", "reason": "because"}, "what"),
        ("devices/till-1/accept", {"what": "identity", "reason": "because", "operator": {"nam": "A"}}, "operator.nam"),
    ],
)
async def test_a_wrong_body_names_its_field(client: Any, path: str, body: Any, field: str) -> None:
    reply = await client.request("POST", f"/api/v1/{path}", body)
    assert (reply.status, reply.json["code"], reply.json["errors"][0]["field"]) == (422, "request.invalid", field)


async def test_administration(client: Any) -> None:
    config = {"family": "fake", "url": "tcp://127.0.0.1:1", "settings": {"code_page": "cp1250"}, "operator": {"name": "Ola"}}
    assert (await client.request("PUT", "/api/v1/devices/till-2/config", config)).json["id"] == "till-2"
    _, actor, device, given = client.bridge.devices.calls[0]
    assert (device, actor.operator, "operator" in given) == ("till-2", {"name": "Ola"}, False)
    accepted = await client.request("POST", "/api/v1/devices/till-2/accept", {"what": "identity", "reason": "repaired"})
    assert accepted.status == 200
    acknowledged = await client.request("POST", "/api/v1/devices/till-2/alerts/a1/ack", {})
    assert (acknowledged.status, acknowledged.body) == (204, b"")
    assert (await client.request("DELETE", "/api/v1/devices/till-2/config")).status == 204
    assert (await client.request("DELETE", "/api/v1/devices/till-2/config")).status == 404
    assert (await client.request("GET", "/api/v1/audit?after=0&limit=1")).json["next"] == 7
    assert (await client.request("GET", "/api/v1/audit?after=7")).json["next"] is None
    assert client.bridge.devices.calls[-2:] == [("audit", 0, 1), ("audit", 7, 100)]


async def test_a_method_that_a_path_does_not_have_is_405_with_those_that_it_has(client: Any) -> None:
    reply = await client.request("DELETE", "/api/v1/devices/till-1/jobs")
    assert (reply.status, reply.json["code"], reply.headers["Allow"]) == (405, "request.method", "POST")
    assert (await client.request("PUT", "/api/v1/devices/till-1/config", {"family": "fake", "url": "tcp://a:1"})).status == 200
    reply = await client.request("POST", "/api/v1/devices/till-1/config", {})
    assert (reply.status, reply.headers["Allow"]) == (405, "DELETE, GET, PUT")


@pytest.mark.undescribed
@pytest.mark.parametrize("code", sorted(ERRORS))
async def test_every_error_of_the_table_is_a_problem_document_with_its_status(client: Any, code: str) -> None:
    client.bridge.jobs.raises = RequestError(code, "details", extra={"job": "01J"})
    reply = await client.sell()
    assert (reply.status, reply.json["code"], reply.json["job"]) == (ERRORS[code].status, code, "01J")
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert (reply.headers.get("Retry-After") is not None) == (reply.status == 503)


async def test_a_fault_of_ours_is_an_incident_in_the_log_and_not_a_traceback(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client.bridge.jobs.raises = ZeroDivisionError("internal secret")
    reply = await client.sell()
    assert (reply.status, reply.json["code"]) == (500, "server.error")
    assert "secret" not in str(reply.json)
    record = next(record for record in caplog.records if record.levelno == logging.ERROR)
    assert reply.json["incident"] in record.getMessage()
    assert record.exc_info is not None
    client.bridge.jobs.raises = None
    assert (await client.sell()).status == 202


async def test_a_rotated_token_counts_at_once_and_keeps_the_principal(client: Any) -> None:
    first = await client.sell("k1")
    old = client.token
    client.token = admin_token.rotate(client.bridge.data_dir)
    assert (await client.request("GET", "/api/v1/devices", token=old)).status == 401
    again = await client.sell("k1")
    assert again.json["id"] == first.json["id"]
    principals = {call[1].principal for call in client.bridge.jobs.calls}
    assert principals == {"native:admin"}


async def test_a_missing_or_spoilt_token_file_lets_nobody_in(client: Any) -> None:
    path = client.bridge.data_dir / admin_token.FILE_NAME
    for spoil in ("", "short", "a b " * 20):
        path.write_text(spoil)
        assert (await client.request("GET", "/api/v1/devices", token=spoil.strip() or None)).status == 401
    path.unlink()
    assert (await client.request("GET", "/api/v1/devices")).status == 401


async def test_files_with_secrets_are_owner_only(client: Any) -> None:
    for name in ("admin-token", "server.json"):
        assert (client.bridge.data_dir / name).stat().st_mode & 0o077 == 0


async def test_a_stopping_server_takes_nothing_new_and_lets_no_wait_hang(client: Any) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    sale = asyncio.create_task(client.sell(headers={"Prefer": "wait=300"}))
    await jobs.waiting.wait()
    reader, writer = await client.open()
    writer.write(f"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\n".encode())
    await reader.readuntil(b"}")
    client.server.application.begin_stop()
    assert ((await sale).status) == 202
    reply = await client.sell("k2")
    assert (reply.status, reply.json["code"]) == (503, "server.stopping")
    async with asyncio.timeout(5):
        await client.server.stop()
        assert await reader.read() == b""
    assert not (client.bridge.data_dir / "server.json").exists()
    with pytest.raises(ConnectionRefusedError):
        await client.open()
