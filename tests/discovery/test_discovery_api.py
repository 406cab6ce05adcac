"""Discovery through the API, with simulated Posnet printers: one on a socket, one on a pseudo-terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from bridge_posnet.settings import Timeouts
from bridge_sim_posnet.family import PosnetSimulator

from bridge.devices.discovery import Announced, SerialPort, Surroundings
from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from tests.discovery.usb_printer import UsbPrinter


@dataclass
class Till:
    server: ApiServer
    session: aiohttp.ClientSession
    usb: UsbPrinter
    tcp: str

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = (self.server.bridge.data_dir / "admin-token").read_text("utf-8").strip()
        url = f"{self.server.url}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers={"Authorization": f"Bearer {token}"}) as response:
            return response.status, await response.json()

    async def scan(self, body: Any) -> Any:
        status, started = await self.call("POST", "/discovery", body)
        assert status == 202, started
        async with asyncio.timeout(60):
            while (now := (await self.call("GET", "/discovery"))[1])["state"] == "running":
                assert now["id"] == started["id"]
                await asyncio.sleep(0.02)
        return now


@pytest.fixture
async def till(tmp_path: Path) -> AsyncIterator[Till]:
    usb = UsbPrinter(tmp_path, {"unique_number": "ZBF 2101000001"})
    usb.plug_in("ttyUSB0")
    tcp = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings={"unique_number": "ZBF 2101000002"})

    def listed() -> list[SerialPort]:
        return usb.ports()

    async def nobody(types: Any) -> list[Announced]:
        return []

    around = Surroundings(ports=listed, holders=lambda port: [], usb=list, browser=nobody)
    bridge = await Bridge.open(tmp_path / "data", registry=PluginRegistry.installed(), surroundings=around)
    await bridge.start()
    server = await ApiServer.start(bridge, ServerSettings(port=0))
    async with aiohttp.ClientSession() as session:
        yield Till(server, session, usb, tcp.url)
    await server.stop()
    await bridge.stop(grace=1)
    await tcp.close()
    await usb.close()


@pytest.fixture
def little_patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on a Posnet printer that is silent is given up after half a second: who is off can miss nothing."""
    short = Timeouts(read=0.2, dead=0.2, poll=0.05, blocked=0.05)
    return lambda: monkeypatch.setattr("bridge_posnet.family._PROBE", short)


async def test_both_printers_are_found_configured_and_then_left_alone(till: Till) -> None:
    assert (await till.call("GET", "/discovery"))[1]["state"] == "none"
    tcp = {"tcp": [till.tcp.removeprefix("tcp://")]}
    scanned = await till.scan({**tcp, "families": ["posnet", "shtrih-m"], "operator": {"name": "Anna"}})
    found = {row["identity"]["fiscal_number"]: row for row in scanned["found"]}
    assert {number: row["configured_as"] for number, row in found.items()} == {"ZBF 2101000001": None, "ZBF 2101000002": None}
    for number, row in found.items():
        config = {"family": row["family"], "url": row["url"]}
        assert (await till.call("PUT", f"/devices/till-{number[-1]}/config", config))[0] == 200
    again = await till.scan(tcp)
    assert sorted((row["configured_as"], row["left_alone"]) for row in again["found"]) == [("till-1", True), ("till-2", True)]
    assert {place["outcome"] for place in again["places"]} == {"configured"}
    assert not till.usb.device.documents()
    assert till.usb.device.paper() == "", "nothing is printed"
    audit = (await till.call("GET", "/audit"))[1]["audit"]
    assert [row["actor"]["operator"] for row in audit if row["action"] == "discovery.started"] == [{"name": "Anna"}, None]


async def test_an_address_is_asked_who_is_there_and_nothing_is_printed_or_configured(
    till: Till, little_patience: Callable[[], None]
) -> None:
    status, told = await till.call("POST", "/discovery/check", {"family": "posnet", "url": till.tcp})
    assert (status, told["outcome"], told["identity"]["fiscal_number"]) == (200, "identified", "ZBF 2101000002")
    assert (told["device"], told["configured_as"]) == (None, None)
    usb = {"family": "posnet", "url": f"serial://{till.usb.ports()[0].name}"}
    assert (await till.call("POST", "/discovery/check", usb))[1]["outcome"] == "identified"
    till.usb.device.power(False)
    little_patience()
    assert (await till.call("POST", "/discovery/check", usb))[1]["outcome"] == "silent"
    assert (await till.call("GET", "/devices"))[1]["devices"] == []
    assert (await till.call("GET", "/audit"))[1]["audit"] == []
    assert till.usb.device.paper() == ""


async def test_the_address_of_a_device_is_left_alone_and_its_machine_is_known_elsewhere(till: Till) -> None:
    there = {"family": "posnet", "url": till.tcp}
    assert (await till.call("PUT", "/devices/till-1/config", there))[0] == 200
    async with asyncio.timeout(20):
        while (await till.call("GET", "/devices/till-1"))[1]["state"] != "ready":
            await asyncio.sleep(0.02)
    told = (await till.call("POST", "/discovery/check", {**there, "device": "till-1"}))[1]
    assert (told["outcome"], told["device"], told["sent"]) == ("configured", "till-1", None)
    other_name = {**there, "url": till.tcp.replace("127.0.0.1", "localhost")}
    assert (await till.call("POST", "/discovery/check", other_name))[1]["device"] == "till-1"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"family": "posnut", "url": "tcp://127.0.0.1:1"}, 422, "family"),
        ({"family": "posnet", "url": "http://127.0.0.1:1"}, 422, "url"),
        ({"family": "posnet", "url": "tcp://127.0.0.1:1", "settings": {"colour": "red"}}, 422, "settings.colour"),
        ({"family": "posnet"}, 422, "url"),
        ({"family": "posnet", "url": "tcp://127.0.0.1:1", "shared": True}, 422, "shared"),
        ({"family": "posnet", "url": "tcp://127.0.0.1:1", "device": "till-9"}, 404, "device"),
        ({"family": "posnet", "url": "tcp://127.0.0.1:1"}, 200, "not_opened"),
    ],
)
async def test_what_cannot_be_configured_so_is_told_by_field_and_what_does_not_answer_by_reason(
    till: Till, body: dict[str, Any], status: int, said: str
) -> None:
    answered, told = await till.call("POST", "/discovery/check", body)
    assert (answered, told["outcome"] if status == 200 else told["errors"][0]["field"]) == (status, said)


async def test_one_search_at_a_time(till: Till, little_patience: Callable[[], None]) -> None:
    till.usb.device.power(False)
    little_patience()
    slow = asyncio.create_task(
        till.call("POST", "/discovery/check", {"family": "posnet", "url": f"serial://{till.usb.ports()[0].name}"})
    )
    async with asyncio.timeout(20):
        while not till.server.bridge.discovery.checking:
            await asyncio.sleep(0)
    assert (await till.call("POST", "/discovery/check", {"family": "posnet", "url": till.tcp}))[1]["code"] == "discovery.running"
    assert (await till.call("POST", "/discovery", {}))[1]["code"] == "discovery.running"
    assert (await slow)[1]["outcome"] == "silent"
    assert (await till.call("POST", "/discovery", {"mdns": False}))[0] == 202


async def test_a_second_scan_meanwhile_is_refused_and_a_wrong_one_names_its_field(till: Till) -> None:
    till.usb.device.power(False)  # silent, so that the scan takes its time
    assert (await till.call("POST", "/discovery", {"mdns": False}))[0] == 202
    status, problem = await till.call("POST", "/discovery", {})
    assert (status, problem["code"]) == (409, "discovery.running")
    status, problem = await till.call("POST", "/discovery", {"tcp": ["1.2.3.0/24"]})
    assert (status, problem["errors"][0]["field"]) == (422, "tcp.0")
    async with asyncio.timeout(20):
        while (progress := (await till.call("GET", "/discovery"))[1])["progress"] != {"places": 1, "done": 0}:
            assert progress["state"] == "running"
    status, problem = await till.call("GET", "/discovery?what=all")
    assert (status, problem["errors"][0]["field"]) == (422, "what")
