"""GET /overview: the bridge, its devices and what waits, as far as the token may see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Actor, JobState
from bridge.server.access.scopes import Right
from tests.station import SALE, Station


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data")
    await station.start()
    yield station
    await station.stop()


async def look(station: Station, token: str | None = None) -> Any:
    status, told, _ = await station.http("GET", "/overview", Authorization=f"Bearer {token or station.token}")
    assert status == 200, told
    return told


async def sold(station: Station, token: str, key: str, **more: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Prefer": "wait=20"}
    return (await station.http("POST", "/devices/d1/jobs", {**SALE, **more}, **headers))[1]


async def test_everything_is_seen_at_a_glance(station: Station) -> None:
    job = await station.sell()
    refused = station.devices["d2"]
    refused.refuse = "paper"
    failed = await station.sell("d2")
    assert failed.state is JobState.FAILED
    told = await look(station)
    assert (told["bridge"]["status"], told["bridge"]["problems"]) == ("ok", [])
    assert told["bridge"]["instance_id"] == station.bridge.instance_id
    assert told["bridge"]["uptime"] >= 0
    first, second = told["devices"]
    assert (first["id"], first["state"], first["family"]) == ("d1", "ready", "fake")
    assert (first["last_job"]["id"], first["last_job"]["number"], first["last_job"]["error"]) == (job.id, "1", None)
    assert second["last_job"]["state"] == "failed"
    assert second["last_job"]["error"] == failed.error.message
    assert told["jobs"] == {"open": 0, "unresolved": 0}


async def test_a_job_in_doubt_stands_there_with_why_it_waits(station: Station) -> None:
    station.devices["d1"].lose_answer_of = "issue"
    station.family.recoveries = ["operator"]
    submitted = asyncio.create_task(station.sell())
    async with asyncio.timeout(20):
        while not (told := await look(station))["devices"][0]["waiting"]:
            await asyncio.sleep(0.01)
    (job,) = told["devices"][0]["unresolved"]
    assert told["devices"][0]["open_jobs"] == [job]
    assert (told["jobs"], told["bridge"]["status"]) == ({"open": 1, "unresolved": 1}, "degraded")
    (waiting,) = told["devices"][0]["waiting"]
    assert (waiting["id"], waiting["state"], waiting["attention"]["text"]) == (job, "unresolved", "Look at the paper")
    await station.bridge.jobs.resolve(Actor(principal="t"), job, "not_issued", "there is no paper")
    assert (await submitted).id == job


async def test_a_till_sees_its_devices_and_of_jobs_only_its_own(station: Station) -> None:
    mine, _ = await station.give("mine", {Right.DEVICES_READ, Right.FISCAL}, devices=frozenset({"d1"}))
    other, _ = await station.give("other", {Right.FISCAL})
    theirs = await sold(station, other, "k-1")
    told = await look(station, mine)
    assert [device["id"] for device in told["devices"]] == ["d1"]
    assert told["devices"][0]["last_job"] is None
    assert told["bridge"]["problems"] is None
    own = await sold(station, mine, "k-1")
    await sold(station, other, "k-2")
    assert (await look(station, mine))["devices"][0]["last_job"]["id"] == own["id"]
    assert theirs["state"] == "done"


async def test_a_token_without_the_right_to_see_devices_sees_nothing(station: Station) -> None:
    printing, _ = await station.give("p", {Right.PRINT})
    status, problem, _ = await station.http("GET", "/overview", Authorization=f"Bearer {printing}")
    assert (status, problem["code"]) == (403, "gate.scope_missing")
