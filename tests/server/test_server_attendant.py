"""The attendant's view over the API: what is there for it, what it may do, and that nothing else is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bridge.model import Choice
from bridge.server.access.scopes import ATTENDANT, TILL
from bridge.server.peers import Peer
from bridge.server.settings import ServerSettings
from bridge.server.websocket.methods import METHODS, parameter_names
from tests.seats import Seats
from tests.sockets import Refused
from tests.station import SALE, Station

PIN = "730518"
POS = "https://pos.example.com"


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data", settings=ServerSettings(port=0, stop_seconds=2.0, pin_cost=4, recheck_seconds=0.01))
    await station.start()
    yield station
    for device in station.devices.values():
        if device.gate is not None:
            device.gate.set()
    async with asyncio.timeout(20):
        await station.stop()


class Clock:
    """The bridge's monotonic time, moved by a test."""

    def __init__(self) -> None:
        self.seconds = time.monotonic()

    def __call__(self) -> float:
        return self.seconds


async def set_pin(station: Station, **more: Any) -> None:
    status, told, _ = await station.http(
        "PUT", "/console/attendant", {"pin": PIN, **more}, Authorization=f"Bearer {station.token}"
    )
    assert (status, told["set"]) == (200, True), told


async def sign_in(station: Station, **more: Any) -> Any:
    await set_pin(station, **more)
    status, told, _ = await station.http("POST", "/session/attendant", {"pin": PIN}, Origin=station.server.url)
    assert status == 200, told
    return told


async def asked(station: Station, session: Any, method: str, path: str, body: Any = None, **more: str) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {session['token']}", "Origin": station.server.url, **more}
    status, told, _ = await station.http(method, path, body, **headers)
    return status, told


async def sold(station: Station, origin: str = POS, label: str = "till", device: str = "d1", **more: Any) -> Any:
    token, _ = await station.give(label, TILL, origin=origin)
    headers = {"Authorization": f"Bearer {token}", "Origin": origin, "Idempotency-Key": f"k-{label}", "Prefer": "wait=20"}
    status, job, _ = await station.http("POST", f"/devices/{device}/jobs", {**SALE, **more}, **headers)
    assert status == 200, job
    return job


async def test_the_jobs_of_all_tills_are_there_on_the_devices_of_the_pin(station: Station) -> None:
    first, second = await sold(station, label="a"), await sold(station, "https://other.example.com", "b")
    elsewhere = await sold(station, label="c", device="d2")
    session = await sign_in(station, devices=["d1"])
    status, listed = await asked(station, session, "GET", "/jobs")
    assert (status, {job["id"] for job in listed["jobs"]}) == (200, {first["id"], second["id"]})
    assert (await asked(station, session, "GET", f"/jobs/{first['id']}"))[1]["result"] == first["result"]
    assert (await asked(station, session, "GET", f"/jobs/{elsewhere['id']}"))[0] == 404
    assert (await asked(station, session, "GET", "/jobs?device=d2"))[1]["jobs"] == []
    overview = (await asked(station, session, "GET", "/overview"))[1]
    assert [device["id"] for device in overview["devices"]] == ["d1"]
    assert (overview["devices"][0]["last_job"]["id"], overview["bridge"]["problems"]) == (second["id"], None)
    assert (await asked(station, session, "GET", "/devices/d2"))[0] == 404
    assert (await asked(station, session, "GET", "/devices/d1"))[1]["url"] is None
    report = (await asked(station, session, "GET", "/session"))[1]
    assert (report["kind"], report["principal"], report["scopes"]) == ("console", "attendant", ["devices:read", "resolve"])


async def test_the_receipt_of_any_till_is_there_as_its_paper(station: Station) -> None:
    job, elsewhere = await sold(station, label="a"), await sold(station, label="c", device="d2")
    session = await sign_in(station, devices=["d1"])
    headers = {"Authorization": f"Bearer {session['token']}", "Origin": station.server.url}
    address = f"{station.server.url}/api/v1/jobs/{job['id']}/receipt"
    async with aiohttp.ClientSession() as client, client.get(address, headers=headers) as response:
        assert response.status == 200
        assert "Tea" in await response.text()
    assert (await asked(station, session, "GET", f"/jobs/{elsewhere['id']}/receipt"))[0] == 404


async def test_without_named_devices_all_are_there(station: Station) -> None:
    session = await sign_in(station)
    devices = (await asked(station, session, "GET", "/devices"))[1]["devices"]
    assert [device["id"] for device in devices] == ["d1", "d2"]


async def test_a_till_still_sees_its_own_jobs_alone(station: Station) -> None:
    await sold(station, label="a")
    token, _ = await station.give("z", TILL)
    status, listed, _ = await station.http("GET", "/jobs", Authorization=f"Bearer {token}")
    assert (status, listed["jobs"]) == (200, [])


async def test_an_unresolved_job_of_a_till_is_settled_with_a_reason_in_the_attendants_name(station: Station) -> None:
    station.devices["d1"].lose_answer_of = "issue"
    station.family.recoveries = ["operator"]
    selling = asyncio.create_task(sold(station))
    session = await sign_in(station)
    async with asyncio.timeout(20):
        while not (found := (await asked(station, session, "GET", "/overview"))[1]["devices"][0]["waiting"]):
            await asyncio.sleep(0.01)
    path = f"/jobs/{found[0]['id']}/resolve"
    status, problem = await asked(station, session, "POST", path, {"verdict": "issued"})
    assert (status, problem["errors"][0]["field"]) == (422, "reason")
    verdict = {"verdict": "not_issued", "reason": "there is no paper", "operator": {"name": "Ola"}}
    status, job = await asked(station, session, "POST", path, verdict)
    assert (status, job["state"]) == (200, "failed")
    assert (await selling)["state"] == "failed"
    acts = station.bridge.store.journal.trace(job["id"])["acts"]
    assert (acts[0]["action"], acts[0]["actor"]["principal"], acts[0]["actor"]["operator"]) == (
        "job.resolved",
        "attendant",
        {"name": "Ola"},
    )


async def test_a_question_of_any_till_is_answered(station: Station) -> None:
    async def ask(context: Any, driver: Any) -> None:
        choices = (Choice(code="yes", text="Yes"), Choice(code="no", text="No"))
        assert await context.ask("Does the signature match?", choices, timeout=3600, default="no") == "yes"

    station.family.behaviour = ask
    selling = asyncio.create_task(sold(station))
    session = await sign_in(station)
    async with asyncio.timeout(20):
        while not (found := (await asked(station, session, "GET", "/overview"))[1]["devices"][0]["waiting"]):
            await asyncio.sleep(0.01)
    answer = {"prompt_id": found[0]["attention"]["prompt_id"], "choice": "yes"}
    status, _ = await asked(station, session, "POST", f"/jobs/{found[0]['id']}/answer", answer)
    assert status == 200
    assert (await selling)["state"] == "done"


async def test_an_alert_is_acknowledged(station: Station) -> None:
    session = await sign_in(station)
    runtime = station.bridge.devices.runtime("d1")
    await runtime.raise_alert("registration.refused", "The authority refused a document.")
    path = f"/devices/d1/alerts/{runtime.alerts[0]['id']}/ack"
    assert (await asked(station, session, "POST", path, {}))[0] == 204
    assert runtime.alerts == []


async def test_the_socket_tells_of_all_tills_and_takes_the_attendants_calls_alone(station: Station) -> None:
    session = await sign_in(station, devices=["d1"])
    client = await station.session(session["token"], session["token_id"], headers={"Origin": station.server.url})
    await client.call("events.subscribe", kinds=["job.updated", "health.updated", "pairing.updated"])
    await sold(station, label="c", device="d2")
    job = await sold(station, label="a")
    while (told := await client.event())["params"]["state"] != "done":
        assert told["params"]["job_id"] == job["id"]
    for name, route in METHODS.items():
        if name in ATTENDANT:
            continue
        with pytest.raises(Refused) as refusal:
            await client.call(name, **dict.fromkeys(parameter_names(route.path), "d1"))
        assert refusal.value.code == "gate.scope_missing", name


async def test_whatever_http_has_beside_is_refused_too(station: Station) -> None:
    session = await sign_in(station)
    for path in ("/session/rotate", f"/tokens/{session['token_id']}/rotate"):
        assert (await asked(station, session, "POST", path, {}))[1]["code"] == "gate.scope_missing"
    body = {"op": "drawer.open"}
    assert (await asked(station, session, "POST", "/devices/d1/jobs", body))[1]["code"] == "gate.scope_missing"
    assert (await asked(station, session, "GET", "/health"))[1] == {"status": "ok"}


async def test_no_call_keeps_it_open_but_one_by_which_the_page_says_that_somebody_touched_it(station: Station) -> None:
    """The page reads by itself whenever a job moves: at a busy till it asks all day long, whoever stands there."""
    session = await sign_in(station)
    assert session["idle_seconds"] == ServerSettings().attendant_idle_seconds
    clock = Clock()
    station.server.access.attendants._monotonic = clock
    most = ServerSettings().attendant_idle_seconds
    clock.seconds += most - 60  # the session began a moment before this clock
    assert (await asked(station, session, "GET", "/session", **{"Tillbridge-Present": "1"}))[0] == 200
    client = await station.session(session["token"], session["token_id"], headers={"Origin": station.server.url})
    clock.seconds += most - 1
    for said in ({}, {"Tillbridge-Present": "0"}):
        assert (await asked(station, session, "GET", "/jobs", **said))[0] == 200
    await client.call("jobs.list")
    clock.seconds += 1
    assert (await asked(station, session, "GET", "/jobs", **{"Tillbridge-Present": "1"}))[0] == 401, "it had ended before"
    async with asyncio.timeout(20):
        await client.closed()


async def test_signing_out_ends_the_session_and_its_sockets(station: Station) -> None:
    session = await sign_in(station)
    client = await station.session(session["token"], session["token_id"], headers={"Origin": station.server.url})
    assert (await asked(station, session, "DELETE", "/session/console"))[0] == 204
    assert (await asked(station, session, "GET", "/overview"))[0] == 401
    async with asyncio.timeout(20):
        await client.closed()
    status, problem, _ = await station.http("DELETE", "/session/console", Authorization=f"Bearer {station.token}")
    assert (status, problem["code"]) == (409, "request.conflict")


async def test_another_pin_closes_the_sockets_of_the_one_before(station: Station) -> None:
    session = await sign_in(station)
    client = await station.session(session["token"], session["token_id"], headers={"Origin": station.server.url})
    await set_pin(station, pin="905281")
    async with asyncio.timeout(20):
        await client.closed()
    assert client.close_code == 4401


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pin": "12345"}, "pin"),
        ({"pin": "1234567890123"}, "pin"),
        ({"pin": "73o518"}, "pin"),
        ({"pin": "٧٣٠٥١٨"}, "pin"),
        ({"pin": 730518}, "pin"),
        ({"pin": "123456"}, "pin"),
        ({"pin": PIN, "devices": ["d9"]}, "devices"),
        ({"pin": PIN, "devices": []}, "devices"),
        ({}, "pin"),
    ],
)
async def test_what_is_no_pin_is_refused_without_repeating_it(station: Station, body: Any, field: str) -> None:
    status, problem, _ = await station.http("PUT", "/console/attendant", body, Authorization=f"Bearer {station.token}")
    assert (status, problem["errors"][0]["field"]) == (422, field)
    assert str(body.get("pin", "pin?")) not in str(problem)


async def test_on_a_computer_of_several_users_the_session_is_its_users(tmp_path: Path) -> None:
    seats = Seats()
    station = Station(
        tmp_path / "data", settings=ServerSettings(port=0, stop_seconds=2.0, pin_cost=4, users="shared"), lookup=seats
    )
    await station.start()
    try:
        session = await sign_in(station)
        assert (await asked(station, session, "GET", "/overview"))[0] == 200
        seats.default = Peer("2000", "boris", None, None)
        assert (await asked(station, session, "GET", "/overview"))[1]["code"] == "gate.wrong_session"
        for _ in range(10):
            status, *_ = await station.http("POST", "/session/attendant", {"pin": "111222"}, Origin=station.server.url)
        assert status == 429, "boris has to wait"
        seats.default = Peer("1000", "anna", None, None)
        assert (await station.http("POST", "/session/attendant", {"pin": PIN}, Origin=station.server.url))[0] == 200
        seats.default = None
        status, problem, _ = await station.http("POST", "/session/attendant", {"pin": PIN}, Origin=station.server.url)
        assert (status, problem["code"]) == (409, "gate.session_unknown")
    finally:
        await station.stop()


async def test_after_a_restart_the_pin_stands_and_no_session_does(station: Station) -> None:
    session = await sign_in(station)
    actors = [
        entry["actor"]["principal"] for entry in station.bridge.store.read_audit() if entry["action"].startswith("attendant")
    ]
    assert actors == ["native:admin", "attendant"]
    await station.restart()
    assert (await asked(station, session, "GET", "/overview"))[0] == 401
    assert (await station.http("POST", "/session/attendant", {"pin": PIN}, Origin=station.server.url))[0] == 200
    for file in (station.data_dir).rglob("*"):
        assert not file.is_file() or PIN.encode() not in file.read_bytes(), file
