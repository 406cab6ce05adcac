"""Over real HTTP: the bridge's own link, the simulated server on a socket, discovery's question."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from bridge_atol.family import AtolFamily
from bridge_sim_atol.shift import open_shift
from bridge_sim_atol.web.family import WebSimulator
from bridge_simulators.family import Running

from bridge.devices.config import secret_fields
from bridge.jobs.bridge import Bridge
from bridge.model import Actor, JobState
from bridge.plugin import Checksum, PluginRegistry
from bridge.transport import Direction, LinkOpener, WireLog, parse_endpoint
from tests.harness.atol_web_bench import atol_plugin, sale

FAMILY = AtolFamily()
ACTOR = Actor(principal="test")


async def served(**settings: str) -> Running:
    running = await WebSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
    for register in running.device.registers.values():  # type: ignore[attr-defined]
        open_shift(register, "device")
    return running


def test_a_receipt_over_a_socket(tmp_path: Path) -> None:
    async def main() -> None:
        running = await served(devices="2", user="till", password="geheim-kassa-7")
        assert running.url.startswith("http://127.0.0.1:")
        registry = PluginRegistry()
        registry.add(atol_plugin(), "atol")
        bridge = await Bridge.open(tmp_path, registry=registry)
        await bridge.start()
        try:
            for device, number in (("till", "1"), ("bar", "2")):
                settings = {"web": {"device": number, "user": "till"}, "web_password": "geheim-kassa-7"}
                await bridge.devices.configure(ACTOR, device, {"family": "atol", "url": running.url, "settings": settings})
            jobs = [await bridge.jobs.submit(ACTOR, device, device, sale()) for device in ("till", "bar")]
            for job in jobs:
                assert (await bridge.jobs.wait(job.id, 30)).state is JobState.DONE
            made = [[one.kind for one in register.documents()] for register in running.device.registers.values()]  # type: ignore[attr-defined]
            assert made == [["shift_open", "receipt"], ["shift_open", "receipt"]]
            kept = (tmp_path / "devices.toml").read_text("utf-8")
            assert "geheim" not in kept
        finally:
            await bridge.stop()
            await running.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("settings", "found"), [({}, "106123456789"), ({"devices": "2"}, None), ({"user": "a", "password": "b"}, None)]
)
def test_discovery_finds_the_register_of_a_server_that_has_one_and_lets_it_in(
    settings: dict[str, str], found: str | None
) -> None:
    async def main() -> None:
        running = await served(**settings)
        link = await LinkOpener().open(parse_endpoint(running.url), WireLog(lambda: datetime.now(UTC)))
        try:
            identity = await FAMILY.probe(link)
            assert (identity.serial if identity is not None else None) == found
            assert [one.kind for one in running.device.documents()] == ["shift_open"] * int(settings.get("devices", "1"))
        finally:
            await link.close()
            await running.close()

    asyncio.run(main())


def test_the_password_is_a_secret_of_the_settings() -> None:
    assert "web_password" in secret_fields(FAMILY)
    settings = FAMILY.settings_from({"web_password": "geheim-kassa-7"})
    assert "geheim" not in repr(settings) + settings.model_dump_json()


def test_a_wire_log_is_read_in_words() -> None:
    decoder = FAMILY.wire_decoder()
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    body = json.dumps({"uuid": "u1", "request": [{"type": "sell", "total": 27}]}).encode()
    (asked,) = decoder.feed(b"POST /api/v2/requests?deviceID=1\n" + body, Direction.OUT, now)
    assert asked.title == "POST /api/v2/requests?deviceID=1"
    assert dict(asked.fields) == {"request": "u1", "task": "sell", "total": "27 ₽"}
    state = {"status": "error", "error": {"code": 73, "description": "Смена закрыта"}, "result": None}
    (told,) = decoder.feed(b"200\n" + json.dumps({"results": [state]}).encode(), Direction.IN, now)
    assert (told.title, told.checksum) == ("HTTP 200", Checksum.NONE)
    assert ("error 73", "no shift is open") in told.fields
    assert not list(decoder.flush())


def test_the_devices_own_frames_are_read_as_before() -> None:
    decoder = FAMILY.wire_decoder()
    (frame,) = decoder.feed(bytes.fromhex("fe010006c458"), Direction.OUT, datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert frame.title == "empty the buffer"


@pytest.mark.parametrize(
    ("data", "direction"),
    [
        (
            b'POST /x\n{"clientInfo":{"name":"\xd0\x90 \\" {}","vatin":"7707083893"},"operator":{"name":"B","vatin":"500100732259"}}',
            Direction.OUT,
        ),
        (b"GET /x HTTP/1.1\r\nAuthorization: Basic dGlsbDp4\r\n\r\n", Direction.OUT),
    ],
    ids=["customer and cashier", "password"],
)
def test_what_is_hidden_keeps_its_length(data: bytes, direction: Direction) -> None:
    masked = FAMILY.mask(data, direction)
    assert len(masked) == len(data)
    for hidden in (b"7707083893", b"500100732259", "А".encode(), b"dGlsbDp4"):
        assert hidden not in masked
    assert b'"B"' in masked or b"Basic" in masked
