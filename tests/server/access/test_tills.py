"""Tokens of one origin: each its own till, with its own devices, aliases, jobs and limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.server.access.scopes import TILL, Right
from tests.seats import Seats
from tests.sockets import Refused
from tests.station import SALE, Station

ORIGIN = "https://pos.example.com"


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data")
    await station.start()
    yield station
    await station.stop()


async def call(station: Station, token: str, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    sent = {"Authorization": f"Bearer {token}", "Origin": ORIGIN, **headers}
    status, said, _ = await station.http(method, path, body, **sent)
    return status, said


async def sell(station: Station, token: str, device: str, key: str, **more: Any) -> tuple[int, Any]:
    headers = {"Idempotency-Key": key, "Prefer": "wait=20"}
    return await call(station, token, "POST", f"/devices/{device}/jobs", {**SALE, **more}, **headers)


async def test_each_till_has_its_own_jobs_even_where_two_share_origin_and_printer(station: Station) -> None:
    one, _ = await station.give("till-1", origin=ORIGIN)
    two, two_id = await station.give("till-2", origin=ORIGIN)
    socket = await station.session(two, two_id, headers={"Origin": ORIGIN})
    await socket.call("events.subscribe")
    _, mine = await sell(station, one, "d1", "one")
    _, theirs = await sell(station, two, "d1", "two")
    assert [job["id"] for job in (await call(station, one, "GET", "/jobs"))[1]["jobs"]] == [mine["id"]]
    assert (await call(station, one, "GET", f"/jobs/{theirs['id']}"))[0] == 404
    assert (await call(station, one, "GET", f"/jobs/{theirs['id']}/receipt?format=svg"))[0] == 404
    assert (await call(station, one, "POST", f"/jobs/{theirs['id']}/ack", {}))[0] == 404
    told = set()
    while theirs["id"] not in told:
        event = await socket.event()
        told.add(event["params"].get("job_id"))
    assert mine["id"] not in told
    assert len(station.devices["d1"].issued) == 2


async def test_the_key_is_the_origins_so_that_a_token_made_anew_repeats_nothing(station: Station) -> None:
    first, token_id = await station.give("till-1", origin=ORIGIN)
    _, job = await sell(station, first, "d1", "same")
    await call(station, station.token, "DELETE", f"/tokens/{token_id}", Origin=station.server.url)
    again, _ = await station.give("till-1", origin=ORIGIN)
    assert (await sell(station, again, "d1", "same"))[1]["id"] == job["id"]
    assert (await call(station, again, "GET", f"/jobs/{job['id']}"))[0] == 200
    assert len(station.devices["d1"].issued) == 1


async def test_another_origin_has_keys_of_its_own(station: Station) -> None:
    one, _ = await station.give("till", origin=ORIGIN)
    other, _ = await station.give("till", origin="https://other.example")
    assert (await sell(station, one, "d1", "same"))[0] == 200
    headers = {"Idempotency-Key": "same", "Prefer": "wait=20", "Origin": "https://other.example"}
    status, job = await call(station, other, "POST", "/devices/d1/jobs", {**SALE, "reference": "x"}, **headers)
    assert (status, job["state"]) == (200, "done")
    assert len(station.devices["d1"].issued) == 2


async def test_an_alias_is_the_tokens_own_word_for_a_device(station: Station) -> None:
    aliases = {"@fiscal": "d2"}
    token, token_id = await station.give("till", origin=ORIGIN, devices=frozenset({"d2"}), aliases=aliases)
    assert (await sell(station, token, "@fiscal", "a"))[1]["device"] == "d2"
    assert [job["device"] for job in (await call(station, token, "GET", "/jobs?device=@fiscal"))[1]["jobs"]] == ["d2"]
    status, problem = await sell(station, token, "@card", "b")
    assert (status, problem["code"]) == (404, "request.not_found")
    assert "@fiscal" in problem["detail"]
    socket = await station.session(token, token_id, headers={"Origin": ORIGIN})
    await socket.call("events.subscribe", devices=["@fiscal"])
    job = await socket.call("devices.submit", device="@fiscal", idempotency_key="c", wait=20, **SALE)
    assert job["device"] == "d2"
    _, session = await call(station, token, "GET", "/session")
    assert session["aliases"] == aliases
    assert session["devices"] == ["d2"]
    assert session["scopes"] == sorted(TILL)
    assert station.devices["d1"].issued == []


async def test_an_alias_to_a_device_that_the_token_may_not_see_leads_nowhere(station: Station) -> None:
    token, _ = await station.give("till", origin=ORIGIN, devices=frozenset({"d2"}), aliases={"@fiscal": "d1"})
    status, problem = await sell(station, token, "@fiscal", "a")
    assert (status, problem["code"]) == (404, "request.not_found")
    assert station.devices["d1"].issued == []


async def test_where_the_clients_pc_decides_it_is_asked_each_time_and_never_guessed(tmp_path: Path) -> None:
    seats = Seats()
    station = Station(tmp_path / "data", lookup=seats)
    await station.start()
    try:
        routes = {"PC-1": {"@fiscal": "d1"}, "PC-2": {"@fiscal": "d2"}}
        token, _ = await station.give("till", origin=ORIGIN, routes=routes, aliases={"@fiscal": "d1"})
        for number, (client, device) in enumerate((("PC-1", "d1"), ("PC-2", "d2"), ("PC-1", "d1"))):
            seats.client = client
            assert (await sell(station, token, "@fiscal", f"k{number}"))[1]["device"] == device
        for client in ("PC-3", None):
            seats.client = client
            status, problem = await sell(station, token, "@fiscal", "nowhere")
            assert (status, problem["code"]) == (409, "gate.session_unknown")
            assert (await call(station, token, "GET", "/session"))[1]["aliases"] == {"@fiscal": None}
        assert (len(station.devices["d1"].issued), len(station.devices["d2"].issued)) == (2, 1)
    finally:
        await station.stop()


async def test_a_token_sees_neither_addresses_nor_settings_of_devices(station: Station) -> None:
    token, _ = await station.give("till", origin=ORIGIN)
    for path in ("/devices", "/devices/d1"):
        said = (await call(station, token, "GET", path))[1]
        device = said["devices"][0] if path == "/devices" else said
        assert (device["url"], device["settings"]) == (None, None)
        assert "null://" not in str(said)


async def test_what_is_open_counts_for_each_till_and_asking_again_is_no_new_job(station: Station) -> None:
    await station.restart(max_open_jobs=2)
    one, _ = await station.give("till-1", origin=ORIGIN)
    two, _ = await station.give("till-2", origin=ORIGIN)
    station.devices["d1"].gate = asyncio.Event()
    for key in ("a", "b"):
        assert (await call(station, one, "POST", "/devices/d1/jobs", SALE, **{"Idempotency-Key": key}))[0] == 202
    sent = {"Authorization": f"Bearer {one}", "Origin": ORIGIN, "Idempotency-Key": "c"}
    status, problem, headers = await station.http("POST", "/devices/d1/jobs", SALE, **sent)
    assert (status, problem["code"]) == (429, "gate.rate")
    assert int(headers["Retry-After"]) > 0
    assert (await call(station, one, "POST", "/devices/d1/jobs", SALE, **{"Idempotency-Key": "b"}))[0] == 202
    assert (await call(station, two, "POST", "/devices/d1/jobs", SALE, **{"Idempotency-Key": "d"}))[0] == 202
    station.devices["d1"].gate.set()


async def test_a_program_of_one_label_has_one_token(station: Station) -> None:
    await station.give("erp")
    status, problem, _ = await station.http("POST", "/tokens", {"label": "erp"}, Authorization=f"Bearer {station.token}")
    assert (status, problem["code"]) == (409, "request.exists")


async def test_a_token_makes_itself_a_new_secret_and_the_old_one_is_worth_nothing(station: Station) -> None:
    old, token_id = await station.give("till", origin=ORIGIN)
    socket = await station.session(old, token_id, headers={"Origin": ORIGIN})
    status, made = await call(station, old, "POST", "/session/rotate", {})
    assert (status, made["token_id"]) == (200, token_id)
    assert await socket.closed() == 4401
    assert (await call(station, old, "GET", "/session"))[0] == 401
    assert (await call(station, made["token"], "GET", "/session"))[1]["label"] == "till"
    with pytest.raises(AssertionError, match="does not know the token"):
        await station.session(old, token_id, headers={"Origin": ORIGIN})


async def test_who_waits_for_a_job_waits_no_longer_when_the_token_is_taken_back(station: Station) -> None:
    token, token_id = await station.give("till", origin=ORIGIN)
    station.devices["d1"].gate = asyncio.Event()
    waiting = asyncio.create_task(sell(station, token, "d1", "k"))
    async with asyncio.timeout(20):
        while not station.bridge.jobs.active:
            await asyncio.sleep(0.01)
        await call(station, station.token, "DELETE", f"/tokens/{token_id}", Origin=station.server.url)
        status, job = await waiting
    assert (status, job["result"]) == (202, None)  # what it had by then: the job was accepted, and is told no more of
    station.devices["d1"].gate.set()
    async with asyncio.timeout(20):
        assert (await station.bridge.jobs.wait(job["id"], 20)).state == "done"


async def test_a_new_secret_is_not_asked_for_over_the_socket_that_it_would_close(station: Station) -> None:
    token, token_id = await station.give("till", origin=ORIGIN)
    socket = await station.session(token, token_id, headers={"Origin": ORIGIN})
    with pytest.raises(Refused) as refused:
        await socket.call("session.rotate")
    assert refused.value.rpc_code == -32601


async def test_a_token_runs_out_at_its_time(station: Station) -> None:
    token, _ = await station.give("till", origin=ORIGIN, expires_at=datetime.now(UTC) + timedelta(hours=1))
    gone, gone_id = await station.give("guest", origin=ORIGIN, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert (await call(station, token, "GET", "/session"))[0] == 200
    assert (await call(station, gone, "GET", "/session"))[0] == 401
    assert station.server.access.find(gone_id) is None


async def test_a_supervisors_token_gives_money_back_and_a_tills_does_not(station: Station) -> None:
    till, _ = await station.give("till", origin=ORIGIN)
    supervisor, _ = await station.give("office", TILL | {Right.REFUND}, origin=ORIGIN)
    for body in ({"kind": "refund"}, {"lines": [{"name": "Tea", "price": "1.00", "vat": "23%", "kind": "return"}]}):
        status, problem = await sell(station, till, "d1", "r", **body)
        assert (status, problem["code"]) == (403, "gate.scope_missing")
        assert "refund" in problem["detail"]
        assert (await sell(station, supervisor, "d1", "r", **body))[1]["code"] == "request.unsupported"  # of the fake device


async def test_nobody_finds_out_by_the_token_what_only_administrators_may(station: Station) -> None:
    token, _ = await station.give("till", [right for right in Right if right is not Right.ADMIN], origin=ORIGIN)
    for method, path in (
        ("GET", "/tokens"),
        ("POST", "/tokens"),
        ("GET", "/pairing"),
        ("POST", "/console/link"),
        ("GET", "/audit"),
        ("GET", "/families"),
        ("GET", "/discovery"),
        ("PUT", "/devices/d1/config"),
        ("DELETE", "/devices/d1/config"),
        ("POST", "/devices/d1/accept"),
    ):
        status, problem = await call(station, token, method, path, None if method in ("GET", "DELETE") else {})
        assert (status, problem["code"]) == (403, "gate.scope_missing"), path


async def test_a_tills_payments_are_there_for_no_other_till(station: Station) -> None:
    one, _ = await station.give("till-1", origin=ORIGIN)
    two, _ = await station.give("till-2", origin=ORIGIN)
    charge = {"op": "payment.purchase", "amount": "5.00", "currency": "PLN"}
    headers = {"Idempotency-Key": "card", "Prefer": "wait=20"}
    _, theirs = await call(station, two, "POST", "/devices/d1/jobs", charge, **headers)
    assert [job["id"] for job in (await call(station, two, "GET", "/payments"))[1]["payments"]] == [theirs["id"]]
    assert (await call(station, one, "GET", "/payments"))[1] == {"payments": [], "next": None}
    assert (await call(station, one, "POST", f"/payments/{theirs['id']}/refresh", {}))[0] == 404
    said = []
    for job in (theirs["id"], "01JD0000000000000000000000"):
        for body, field in (
            ({"op": "payment.reversal", "original": {"job": job}}, "original.job"),
            ({**SALE, "payments": [{"kind": "card", "amount": "10.00", "payment_job": job}]}, "payments.0.payment_job"),
        ):
            status, problem = await call(station, one, "POST", "/devices/d1/preview", body)
            assert (status, problem["errors"][0]["field"]) == (422, field)
            said.append(problem["detail"].replace(job, "JOB"))
    assert said[:2] == said[2:]
    status, problem = await call(
        station, two, "POST", "/devices/d1/preview", {"op": "payment.reversal", "original": {"job": theirs["id"]}}
    )
    assert "not known any more" in problem["detail"], "its own is looked at"
