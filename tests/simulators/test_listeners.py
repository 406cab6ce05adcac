"""The simulator behind real sockets: TCP, pseudo-terminal, and the pace of a serial line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys

import pytest
from bridge_sim_posnet import tillbridge_simulators
from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators.pace import Pace, SerialLine
from posnet_host import Host, frame, in_virtual_time, new_printer, until


def address(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("tcp://").split(":")
    return host, int(port)


@pytest.mark.asyncio
async def test_the_printer_answers_over_tcp_and_a_second_connection_is_reset() -> None:
    running = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", pace="fast")
    try:
        reader, writer = await asyncio.open_connection(*address(running.url))
        writer.write(frame("currget", "8765").to_bytes())
        assert await reader.readuntil(b"\x03") == b"\x02currget\t@8765\tnaPLN\t#D2BE\x03"
        second, other = await asyncio.open_connection(*address(running.url))
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await second.readexactly(1)
        other.close()
        running.device.faults.arm({"fault": "cut", "direction": "to_host", "after": 3})
        writer.write(frame("currget").to_bytes())
        assert await reader.read() == b"\x02cu"
        writer.close()
    finally:
        await running.close()


@pytest.mark.asyncio
async def test_a_host_may_open_a_connection_for_each_command() -> None:
    """It closes one behind its last word and opens the next at once: the end of the first is noticed behind the second's beginning."""
    running = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", pace="fast")

    def ask() -> bool:
        with socket.create_connection(address(running.url), timeout=5) as connection, contextlib.suppress(ConnectionError):
            connection.sendall(frame("currget").to_bytes())
            answered = connection.recv(1) == b"\x02"
            connection.sendall(b"\x02")
            return answered
        return False

    try:
        answered = await asyncio.to_thread(lambda: [ask() for _ in range(60)])
        assert answered == [True] * 60
    finally:
        await running.close()


@pytest.mark.asyncio
async def test_both_interfaces_listen_when_asked() -> None:
    running = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", pace="fast", settings={"pc2": "tcp://127.0.0.1:0"})
    try:
        one = await asyncio.open_connection(*address(running.url))
        two = await asyncio.open_connection(*address(running.urls["pc2"]))
        for (reader, writer), command, answer in (
            (one, "trinit|bm0", b"trinit\t"),
            (two, "trinit|bm0", b"trinit\t?41\t"),
        ):
            writer.write(frame(command).to_bytes())
            assert (await reader.readuntil(b"\x03"))[1:-6] == answer
        one[1].close()
        two[1].close()
    finally:
        await running.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.asyncio
async def test_a_pseudo_terminal_is_transparent_and_survives_the_host() -> None:
    running = await PosnetSimulator().start(listen="pty", pace="fast")
    loop = asyncio.get_running_loop()
    path = running.url.removeprefix("serial://")
    try:
        for token in ("0001", "0002"):
            terminal = os.open(path, os.O_RDWR | os.O_NOCTTY)
            os.write(terminal, frame("currget", token).to_bytes())
            received = b""
            while not received.endswith(b"\x03"):
                received += await asyncio.wait_for(loop.run_in_executor(None, os.read, terminal, 100), 5)
            assert received == frame("currget|naPLN", token).to_bytes()
            os.close(terminal)
            await until(lambda: not running.device.connections)  # the simulator has seen that the host is gone
    finally:
        await running.close()


def test_a_serial_line_carries_ten_bits_a_byte() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        arrived: list[tuple[float, bytes]] = []
        line = SerialLine(lambda data: arrived.append((loop.time(), data)), 9600)
        line.carry(b"x" * 96)
        line.carry(b"y" * 96)
        await asyncio.sleep(1)
        assert [time for time, _ in arrived] == pytest.approx([0.1, 0.2])
        assert [data for _, data in arrived] == [b"x" * 96, b"y" * 96]
        line.carry(b"z")
        line.drop()
        await asyncio.sleep(1)
        assert len(arrived) == 2

    in_virtual_time(scenario())


def test_real_pace_takes_time_to_print() -> None:
    assert Pace("fast").printing(40, cut=True) == 0
    assert Pace("real").printing(40) == pytest.approx(1.02)
    assert Pace("real").printing(40, cut=True) > 1.3


def test_an_answer_in_real_pace_waits_for_the_printing() -> None:
    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        host = Host(PosnetSimulator().create(pace="real"))
        host.ask("trinit|bm1")
        await asyncio.sleep(1)
        host.ask("trline|naChleb|vt1|pr200")
        await asyncio.sleep(1)
        host.answers()
        start = loop.time()
        assert host.ask("trend|to200") == ""
        assert host.ask("!sdev") == "sdev ds0 cpT qeN peN tl1"
        while not (answers := host.answers()):
            await asyncio.sleep(0.01)
        assert answers == ["trend"]
        assert 0.7 < loop.time() - start < 1.5

    in_virtual_time(scenario())


@pytest.mark.parametrize("listen", ["tcp://0.0.0.0:9100", "udp://127.0.0.1:1", "tcp://127.0.0.1", "COM3"])
@pytest.mark.asyncio
async def test_a_listen_address_that_is_not_ours_is_refused(listen: str) -> None:
    with pytest.raises(ValueError, match="A simulator listens"):
        await PosnetSimulator().start(listen=listen, pace="fast")


def test_the_hook_hands_over_the_family_with_described_settings() -> None:
    (family,) = tillbridge_simulators()
    assert (family.id, family.title) == ("posnet", "Posnet fiscal printer (Posnet protocol)")
    assert "default: ok" in family.settings["cancel_nothing"]
    assert "silent | counted" in family.settings["block_cancel"]
    assert new_printer().state()["memory"]["fiscal"] is True
