"""The control API over HTTP: what it shows, what it does, what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from bridge_sim_posnet.family import PosnetSimulator
from bridge_sim_posnet.printer import Printer
from bridge_simulators import Running
from posnet_host import Host


@pytest_asyncio.fixture
async def running() -> AsyncIterator[Running]:
    simulator = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", control=0, pace="fast")
    yield simulator
    await simulator.close()


@pytest_asyncio.fixture
async def client(running: Running) -> AsyncIterator[aiohttp.ClientSession]:
    assert running.control_url is not None
    async with aiohttp.ClientSession(running.control_url) as session:
        yield session


def printer_of(running: Running) -> Printer:
    assert isinstance(running.device, Printer)
    return running.device


@pytest.mark.asyncio
async def test_state_documents_and_paper_can_be_read(running: Running, client: aiohttp.ClientSession) -> None:
    host = Host(printer_of(running))
    host.ask("ftrcfg|snORDER-3")
    host.sell()
    async with client.get("/documents") as response:
        (document,) = await response.json()
    assert (document["total"], document["reference"], document["origin"]) == ("2.00", "ORDER-3", "pc1")
    async with client.get("/state") as response:
        state = await response.json()
    assert (state["powered"], state["documents"], state["memory"]["counters"]["bn"]) == (True, 1, 1)
    async with client.get("/paper") as response:
        assert response.content_type == "text/plain"
        lines = int(response.headers["X-Paper-Lines"])
        assert "SUMA PLN" in await response.text()
    async with client.get("/paper", params={"since": str(lines)}) as response:
        assert await response.text() == ""


@pytest.mark.asyncio
async def test_hands_on_the_printer(running: Running, client: aiohttp.ClientSession) -> None:
    printer = printer_of(running)
    for path, body in (
        ("/paper", {"loaded": False}),
        ("/cover", {"closed": False}),
        ("/cable", {"plugged": False}),
        ("/power", {"on": False}),
    ):
        assert (await client.post(path, json=body)).status == 200
    assert (printer.paper_loaded, printer.cover_closed, printer.plugged, printer.powered) == (False, False, False, False)
    for path, body in (
        ("/paper", {"loaded": True}),
        ("/cover", {"closed": True}),
        ("/cable", {"plugged": True}),
        ("/power", {"on": True}),
    ):
        await client.post(path, json=body)
    await client.post("/foreign", json={"total": "12.34"})
    assert printer.documents()[0].total == "12.34"
    host = Host(printer)
    assert host.ask("dailyrep") == ""
    await client.post("/key", json={})
    assert host.answers() == ["dailyrep"]


@pytest.mark.asyncio
async def test_faults_are_armed_listed_and_cleared(running: Running, client: aiohttp.ClientSession) -> None:
    faults = [{"fault": "drop", "command": "trend"}, {"fault": "refuse_connection", "times": 3}]
    async with client.post("/faults", json=faults) as response:
        assert await response.json() == {"ids": [1, 2]}
    async with client.get("/faults") as response:
        armed = (await response.json())["armed"]
    assert [(fault["fault"], fault["left"]) for fault in armed] == [("drop", 1), ("refuse_connection", 3)]
    await client.delete("/faults")
    assert running.device.faults.armed() == []


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/power", {"on": "no"}, "Field 'on' must be true or false."),
        ("/paper", {"out": True}, "Unknown field 'out'."),
        ("/cover", [], "The body must be a JSON object."),
        ("/foreign", {"total": 12.34}, "Field 'total' must be a positive amount"),
        ("/foreign", {"total": "1.00", "hold": -1}, "Field 'hold' must be"),
        ("/faults", {"fault": "gremlin"}, "Unknown fault 'gremlin'; known are"),
        ("/faults", ["drop"], "A fault is a JSON object"),
    ],
)
@pytest.mark.asyncio
async def test_a_bad_body_is_refused_with_a_sentence(client: aiohttp.ClientSession, path: str, body: Any, sentence: str) -> None:
    async with client.post(path, json=body) as response:
        assert response.status == 400
        assert (await response.json())["error"].startswith(sentence)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 415),
    ],
)
@pytest.mark.asyncio
async def test_a_web_page_cannot_drive_it(
    running: Running, client: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    sent = {"Content-Type": "application/json"} | headers
    async with client.post("/power", data='{"on": false}', headers=sent) as response:
        assert response.status == status
    assert running.device.powered


@pytest.mark.asyncio
async def test_bad_json_and_unknown_paths_are_answered_with_json(client: aiohttp.ClientSession) -> None:
    async with client.post("/key", data="{", headers={"Content-Type": "application/json"}) as response:
        assert response.status == 400
    async with client.get("/nothing") as response:
        assert (response.status, await response.json()) == (404, {"error": "Not Found"})
    async with client.get("/paper?since=-1") as response:
        assert response.status == 400
