"""The simulator as the host and people see it: listeners, control API, settings, what it may import; commands in this process."""

from __future__ import annotations

import ast
import asyncio
import os
import sys
from pathlib import Path

import aiohttp
import bridge_sim_atol
import bridge_sim_fn
import pytest
from atol_host import SetClock, framed, new_register
from bridge_atol.frame import Control, Decoder2, Frame2
from bridge_sim_atol.commands import COMMANDS
from bridge_sim_atol.demo import DEMO
from bridge_sim_atol.family import AtolSimulator
from bridge_sim_atol.local import NoAnswer, Program
from bridge_sim_atol.settings import FIXED, RegisterSettings
from bridge_sim_atol.view import view
from bridge_simulators.settings import describe

SOURCES = sorted(Path(bridge_sim_atol.__file__).parent.rglob("*.py"))
FN_SOURCES = sorted(Path(bridge_sim_fn.__file__).parent.glob("*.py"))

# Of the plugin the codec of frames; of the document format its tags and bytes; the FN is that of all registers.
ALLOWED = ("bridge_atol.frame", "bridge_ffd.tlv", "bridge_ffd.tags", "bridge_simulators", "bridge_sim_fn", "bridge_sim_atol")


def imported(source: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return {module for module in modules if module.startswith("bridge")}


def test_driver_and_simulator_share_the_codec_and_nothing_else() -> None:
    for source in SOURCES:
        for module in imported(source):
            assert any(module == allowed or module.startswith(f"{allowed}.") for allowed in ALLOWED), (source.name, module)
    for source in FN_SOURCES:
        for module in imported(source):
            own = module.split(".")[0] in ("bridge_sim_fn", "bridge_simulators")
            assert own or module in ("bridge_ffd.tlv", "bridge_ffd.tags"), module


def test_what_may_not_change_on_a_running_register_is_a_setting_at_all() -> None:
    assert set(describe(RegisterSettings)) >= FIXED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("fn_serial", "123"),
        ("inn", "12"),
        ("serial", "x"),
        ("zone", "Mars/Base"),
        ("ffd", "2"),
        ("tax_systems", "64"),
        ("nothing", "1"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        new_register(**{name: value})


def test_the_demonstration_names_commands_and_settings_that_there_are() -> None:
    assert all(set(device) <= set(describe(RegisterSettings)) for device in DEMO["devices"])
    for fault in DEMO["faults"].values():
        new_register().faults.arm(fault)
        assert int(fault["command"], 16) in COMMANDS


async def test_it_listens_on_tcp_and_tells_its_documents_over_the_control_api(tmp_path: Path) -> None:
    running = await AtolSimulator().start(listen="tcp://127.0.0.1:0", control=0, state=tmp_path / "s.json", pace="fast")
    try:
        host, port = running.url.removeprefix("tcp://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for number, payload in enumerate(("C4", "C1 01 00 00 00 56 01 00 00 00 30", "C1 01 01 00 00 9A 00")):
            writer.write(framed(number, bytes.fromhex(payload)))
            await reader.readexactly(6 if number == 0 else 9 - (number == 0))
        writer.close()
        async with aiohttp.ClientSession(running.control_url) as session, session.get("/documents") as answer:
            found = await answer.json()
        assert [document["kind"] for document in found] == ["shift_open"]
        async with aiohttp.ClientSession(running.control_url) as session, session.get("/state") as answer:
            assert (await answer.json())["mode"] == 1
    finally:
        await running.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
async def test_it_stands_on_a_serial_line_too() -> None:
    running = await AtolSimulator().start(listen="pty", pace="fast")
    try:
        line = os.open(running.url.removeprefix("serial://"), os.O_RDWR | os.O_NOCTTY)
        loop = asyncio.get_running_loop()
        arrived: asyncio.Future[bytes] = loop.create_future()
        loop.add_reader(line, lambda: arrived.done() or arrived.set_result(os.read(line, 100)))
        os.write(line, framed(0, b"\xc4"))
        assert await asyncio.wait_for(arrived, 10) == framed(0, b"\xa3")
        loop.remove_reader(line)
        os.close(line)
    finally:
        await running.close()


class Line:
    """One connection over transport v2, which takes its turns."""

    def __init__(self, **settings: str) -> None:
        self.register = new_register(protocol="v2", **settings)
        self.received = bytearray()
        self.session = self.register.connect(self, "")

    def send(self, data: bytes) -> None:
        self.received += data

    def close(self) -> None:
        pass

    def write(self, data: bytes) -> bytes:
        self.received.clear()
        self.session.received(data)
        return bytes(self.received)

    def command(self, text: str) -> str:
        """The answer, with each turn as the reference has it."""
        assert self.write(b"\x05") == b"\x06"
        assert self.write(Frame2(bytes.fromhex("0000" + text)).to_bytes()) == b"\x06"
        assert self.write(b"\x04") == b"\x05"
        frames = [event for event in Decoder2().feed(self.write(b"\x06")) if isinstance(event, Frame2)]
        assert self.write(b"\x06") == bytes((Control.EOT,))
        return frames[0].data.hex(" ").upper()


def test_transport_v2_carries_the_same_commands() -> None:
    line = Line()
    assert line.command("45") == "55 00 00"
    assert line.command("56 01 00 00 00 30") == "55 00 00"
    assert line.command("9A 00") == "55 00 00"
    assert line.command("9A 00") == "55 9C 00"
    assert line.command("49 00 00 00 00 10 03") == "55 00 00"  # 10 and 03 are stuffed
    assert line.register.documents()[-1].total == "10.03"


def test_transport_v2_holds_one_answer_until_it_is_taken() -> None:
    line = Line()
    assert line.write(b"\x05") == b"\x06"
    line.write(Frame2(bytes.fromhex("0000" + "45")).to_bytes())
    assert line.write(b"\x04") == b"\x05"
    line.session.disconnected()
    line.session = line.register.connect(line, "")
    assert line.write(b"\x05") == b"\x05"
    assert line.write(b"\x06") == Frame2(bytes.fromhex("550000")).to_bytes()
    damaged = Frame2(bytes.fromhex("0000" + "45")).to_bytes()
    line.write(b"\x06")
    assert line.write(b"\x05") == b"\x06"
    assert line.write(damaged[:-1] + b"\x00") == b"\x15"


async def test_a_program_in_the_same_process_sends_commands_and_looks_at_the_state() -> None:
    clock = SetClock()
    register = new_register(clock)
    program = Program(register, "web")
    assert (await program.command(b"\x45")).body.hex() == "550000"
    for command in ("56 01 00 00 00 30", "9A 00", "49 00 00 00 00 02 00"):
        assert (await program.command(bytes.fromhex(command))).error == 0
    refused = await program.command(b"\x9a\x00")
    assert (refused.error, refused.data.hex()) == (0x9C, "559c00")
    seen = view(register)
    assert (seen.mode, seen.cash, seen.shift.state, seen.shift.number) == (1, 200, "opened", 1)
    assert seen.fn.last_document is not None
    assert seen.fn.last_document.number == 2
    assert seen.receipt is None
    assert register.documents()[-1].origin == "web"
    register.faults.arm({"fault": "cut_command", "command": "4F", "step": "after"})
    with pytest.raises(NoAnswer):
        await program.command(bytes.fromhex("4F 00 00 00 00 01 00"))
    assert view(register).cash == 100
    clock.forward(hours=24)
    assert view(register).shift.state == "expired"
    register.power(False)
    with pytest.raises(NoAnswer):
        await program.command(b"\x45")
