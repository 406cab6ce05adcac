"""The simulator as the host and people see it: listeners, control API, settings, and what it may import."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from pathlib import Path

import aiohttp
import bridge_sim_shtrih_m
import pytest
from bridge_sim_shtrih_m.commands import COMMANDS
from bridge_sim_shtrih_m.demo import DEMO
from bridge_sim_shtrih_m.family import ShtrihSimulator
from bridge_sim_shtrih_m.settings import FIXED, ShtrihSettings
from bridge_simulators.settings import describe
from shtrih_host import ADMIN, framed, new_register

SOURCES = sorted(Path(bridge_sim_shtrih_m.__file__).parent.glob("*.py"))

# Of the plugin the codec of frames; of the document format its tags and bytes; the FN is that of all registers. Fields and meaning the simulator reads by itself.
ALLOWED = (
    "bridge_shtrih_m.frame",
    "bridge_ffd.tlv",
    "bridge_ffd.tags",
    "bridge_simulators",
    "bridge_sim_fn",
    "bridge_sim_shtrih_m",
)


def imported(source: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return {module for module in modules if module.startswith("bridge")}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_driver_and_simulator_share_the_codec_and_nothing_else(source: Path) -> None:
    for module in imported(source):
        assert any(module == allowed or module.startswith(f"{allowed}.") for allowed in ALLOWED), module


def test_what_may_not_change_on_a_running_register_is_a_setting_at_all() -> None:
    assert set(describe(ShtrihSettings)) >= FIXED


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"zone": "Mars"}, "zone"),
        ({"fn_serial": "12"}, "16 digits"),
        ({"inn": "x"}, "inn"),
        ({"serial": "0"}, "serial"),
        ({"tax_systems": "64"}, "tax_systems"),
        ({"clients": "0"}, "clients"),
        ({"nonsense": "1"}, "nonsense"),
        ({"ffd": "1.3"}, "ffd"),
    ],
)
def test_a_wrong_setting_is_named(settings: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        new_register(**settings)


def test_the_demonstration_s_registers_can_be_built() -> None:
    for settings in DEMO["devices"]:
        assert new_register(**settings).memory.fn.serial == settings["fn_serial"]


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes, size: int) -> bytes:
    writer.write(data)
    return await asyncio.wait_for(reader.readexactly(size), 5)


async def test_behind_tcp_the_register_sends_its_filler_byte_unless_told_otherwise() -> None:
    for settings, filler in (({}, b"\xff\x15"), ({"filler": "no"}, b"\x15")):
        running = await ShtrihSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings=settings)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(running.url.rsplit(":", 1)[1]))
            assert await exchange(reader, writer, b"\x05", 1) == b"\x15"
            await exchange(reader, writer, framed(b"\x10" + ADMIN), 21)
            assert await exchange(reader, writer, b"\x06\x05", len(filler)) == filler
            writer.close()
        finally:
            await running.close()


async def test_the_control_api_sells_nothing_but_plays_every_hand() -> None:
    running = await ShtrihSimulator().start(listen="tcp://127.0.0.1:0", control=0, pace="fast", settings={"ofd": "unreachable"})
    try:
        assert running.control_url is not None
        async with aiohttp.ClientSession(running.control_url) as session:

            async def post(path: str, body: object) -> int:
                async with session.post(path, json=body) as response:
                    return response.status

            async def get(path: str) -> object:
                async with session.get(path) as response:
                    return await response.json()

            assert await post("/foreign", {"total": "12.50"}) == 200
            documents = await get("/documents")
            assert isinstance(documents, list)
            assert [(document["kind"], document["total"]) for document in documents][-1] == ("receipt", "12.50")
            assert await post("/paper", {"loaded": False}) == 200
            state = await get("/state")
            assert isinstance(state, dict)
            assert (state["mode"], state["submode"]) == (2, 1)
            assert len(state["memory"]["fn"]["documents"]) == 3
            assert await post("/paper", {"loaded": True}) == 200
            assert await post("/switches", {"ofd": "reachable"}) == 200
            assert await post("/switches", {"ffd": "1.05"}) == 400
            assert await post("/faults", {"fault": "ack_lost", "command": "FF45"}) == 200
            assert await post("/faults", {"fault": "stale_answer", "code": "zz"}) == 400
            assert await post("/faults", {"fault": "fn_replaced", "serial": "1"}) == 400
            assert await post("/power", {"on": False}) == 200
            assert await post("/power", {"on": True}) == 200
    finally:
        await running.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
async def test_on_a_serial_line_it_answers_without_filler_and_keeps_what_was_not_read() -> None:
    running = await ShtrihSimulator().start(listen="pty", pace="fast")
    try:
        path = running.url.removeprefix("serial://")

        def read(terminal: int, size: int) -> bytes:
            data = b""
            while len(data) < size:
                data += os.read(terminal, size - len(data))
            return data

        async def ask(terminal: int, data: bytes, size: int) -> bytes:
            os.write(terminal, data)
            return await asyncio.wait_for(asyncio.to_thread(read, terminal, size), 5)

        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        assert await ask(terminal, b"\x05", 1) == b"\x15"
        opened = await ask(terminal, framed(b"\xe0" + ADMIN), 7)
        assert opened == b"\x06" + framed(bytes.fromhex("E0001E"))
        os.close(terminal)  # before the answer was acknowledged
        async with asyncio.timeout(5):
            while running.device.connections:
                await asyncio.sleep(0.002)
        terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
        assert await ask(terminal, b"\x05", 7) == opened
        assert await ask(terminal, b"\x06\x05", 1) == b"\x15"
        os.close(terminal)
        assert [document.kind for document in running.device.documents()] == ["shift_open"]
    finally:
        await running.close()


async def test_at_its_real_pace_a_register_still_prints_behind_its_answer() -> None:
    running = await ShtrihSimulator().start(listen="tcp://127.0.0.1:0", pace="real")
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(running.url.rsplit(":", 1)[1]))
        await exchange(reader, writer, b"\x05", 1)
        answer = await exchange(reader, writer, framed(b"\xe0" + ADMIN), 7)
        assert answer == b"\x06" + framed(bytes.fromhex("E0001E"))
        assert await exchange(reader, writer, b"\x06", 1) == b"\xff"
        status = await exchange(reader, writer, framed(b"\x10" + ADMIN), 21)
        assert status[9] == 5
        assert running.device.documents()[-1].kind == "shift_open"
        writer.close()
    finally:
        await running.close()


def test_every_command_of_the_reference_s_table_is_one_of_the_register_s() -> None:
    needed = (
        "FC F7 10 11 1F 1E 2D 2E 21 22 23 E0 8D FF46 FF4D FF0C 89 FF45 88 B0 8C 40 41 50 51 1A 1B 17 12 2F 25 28 29 FF01 FF0A FF39 "
        "FF40 FF08 80 81 82 83 84 85 8E 86 87 8A 8B 13 14 15 18 24 26 27 2C 42 43 44 45 46 52 53 54 6B C0 C1 C2 CB D0 D1 DD DE E2 E3 "
        "FF02 FF03 FF04 FF05 FF06 FF34 FF09 FF4C FF0B FF0E FF60 FF35 FF37 FF38 FF3A FF3B FF3C FF3F FF41 FF42 FF43 FF4A FF61 FF62 "
        "FF63 FF67 FF68 FF69 FF70"
    )
    assert {int(code, 16) for code in needed.split()} <= set(COMMANDS)
