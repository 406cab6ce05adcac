"""What an administrator's page shows as a whole: told as it stands on subscribing, then whenever it is otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.model import RequestError
from bridge.server.access.scopes import Right
from tests.sockets import SocketClient

VIEWS = ["health.updated", "pairing.updated", "discovery.updated"]
PAGE = {"Origin": "https://pos.example.com"}


async def told_until(client: SocketClient, method: str, holds: Any) -> Any:
    """The params of the first notification of this kind that holds."""
    while True:
        event = await client.event()
        if event["method"] == method and holds(event["params"]):
            return event["params"]


async def test_how_everything_stands_is_told_on_subscribing_where_it_is_asked_for(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=VIEWS)
    told = {(event := await client.event())["method"]: event["params"] for _ in VIEWS}
    assert set(told) == set(VIEWS)
    assert told["pairing.updated"] == {"pairings": []}
    assert told["discovery.updated"]["scan"]["state"] == "none"
    assert set(told["health.updated"]["health"]) == {"status", "problems", "journal", "devices", "jobs"}


async def test_a_page_that_asks_to_be_paired_is_told_and_so_is_its_end(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["pairing.updated"])
    await told_until(client, "pairing.updated", lambda params: not params["pairings"])
    body = {"origin": PAGE["Origin"], "app_name": "Kasa"}
    status, asked, _ = await station.http("POST", "/pairing", body, **PAGE)
    assert status == 202
    told = await told_until(client, "pairing.updated", lambda params: params["pairings"])
    assert told == await client.call("pairing.list") | {"pairings": told["pairings"]}
    assert told["pairings"][0]["verification_code"] == asked["verification_code"]
    decision = {"decision": "reject", "code": asked["verification_code"]}
    await client.call("pairing.decide", pairing=asked["pairing_id"], **decision)
    await told_until(client, "pairing.updated", lambda params: not params["pairings"])


async def test_a_pairing_that_ran_out_is_told_too(station: Any) -> None:
    await station.restart(pairing_seconds=0.0, refresh_seconds=0.01)
    client = await station.session()
    await client.call("events.subscribe", kinds=["pairing.updated"])
    await station.http("POST", "/pairing", {"origin": PAGE["Origin"], "app_name": "Kasa"}, **PAGE)
    await told_until(client, "pairing.updated", lambda params: not params["pairings"])
    assert (await client.call("pairing.list"))["pairings"] == []


async def test_health_is_told_when_it_is_another_and_not_for_each_sale(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["health.updated"])
    await told_until(client, "health.updated", lambda params: params["health"]["status"] == "ok")
    station.devices["d1"].off = True
    station.devices["d1"].cut()
    await client.call("devices.status", device="d1")  # the question finds out that it is away
    told = await told_until(client, "health.updated", lambda params: params["health"]["status"] == "degraded")
    assert told["health"]["devices"]["d1"] == "offline"
    assert "d1" in told["health"]["problems"][0]


async def test_a_journal_that_cannot_be_written_is_told(station: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["health.updated"])
    await told_until(client, "health.updated", lambda params: params["health"]["status"] == "ok")

    def refuse() -> None:
        raise OSError("disk full")

    monkeypatch.setattr(station.bridge.store.database, "_before_commit", refuse)
    with pytest.raises(RequestError):
        await station.sell()
    told = await told_until(client, "health.updated", lambda params: params["health"]["status"] == "down")
    assert told["health"]["journal"] == {"writable": False}
    monkeypatch.undo()
    await told_until(client, "health.updated", lambda params: params["health"]["status"] != "down")


async def test_a_scan_is_told_to_its_end(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe", kinds=["discovery.updated"])
    started = await client.call("discovery.start", serial=False, usb=False, mdns=False)
    told = await told_until(client, "discovery.updated", lambda params: params["scan"]["state"] == "done")
    assert (told["scan"]["id"], told["scan"]["found"]) == (started["id"], 0)


async def test_who_is_no_administrator_of_everything_hears_none_of_it(station: Any) -> None:
    for rights, devices in (({Right.DEVICES_READ, Right.FISCAL}, None), ({Right.ADMIN}, frozenset({"d1"}))):
        token, token_id = await station.give(f"p{len(rights)}", rights, devices=devices)
        client = await station.session(token, token_id)
        await client.call("events.subscribe", kinds=[*VIEWS, "device.updated"])
        station.bridge.devices.runtime("d1").mark_broken("for this test")
        event = await told_until(client, "device.updated", lambda params: params["status"]["reason"] == "for this test")
        assert event["device"] == "d1"
        await station.http("POST", "/pairing", {"origin": PAGE["Origin"], "app_name": "Kasa"}, **PAGE)
        await client.call("session.ping")
        while not client.events.empty():
            assert (await client.event())["method"] == "device.updated"


async def test_without_being_named_they_are_not_told(station: Any) -> None:
    client = await station.session()
    await client.call("events.subscribe")
    await station.http("POST", "/pairing", {"origin": PAGE["Origin"], "app_name": "Kasa"}, **PAGE)
    await station.sell()
    seen = set()
    while "job.updated" not in seen or len(seen) < 2:
        seen.add((await client.event())["method"])
    assert seen <= {"job.updated", "device.updated", "job.prompt"}


async def test_who_joins_while_it_is_otherwise_hears_that_it_is_as_before_again(station: Any) -> None:
    """Told last was `none wait`; the second client joins while one waits, and must hear that none waits once more."""
    first = await station.session()
    await first.call("events.subscribe", kinds=["pairing.updated"])
    await told_until(first, "pairing.updated", lambda params: not params["pairings"])
    asked = (await station.http("POST", "/pairing", {"origin": PAGE["Origin"], "app_name": "Kasa"}, **PAGE))[1]
    second = await station.session()
    await second.call("events.subscribe", kinds=["pairing.updated"])
    await told_until(second, "pairing.updated", lambda params: params["pairings"])
    await first.call("pairing.decide", pairing=asked["pairing_id"], decision="reject", code=asked["verification_code"])
    await told_until(second, "pairing.updated", lambda params: not params["pairings"])
