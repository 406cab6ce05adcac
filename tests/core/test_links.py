"""Links: what can go wrong with each kind, told apart by what the device may have seen."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import struct
import termios
import tty
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bridge.transport import (
    ByteLink,
    Cable,
    Deadlock,
    Direction,
    EndpointError,
    HttpLink,
    Link,
    LinkLost,
    LinkOpener,
    LinkTimeout,
    NotConnected,
    NullModemBoard,
    VirtualTimeLoop,
    WireLog,
    deadline,
    mask_cards,
    null_modem,
    parse_endpoint,
    run_virtual,
)
from bridge.transport import http as http_module
from bridge.transport.wirelog import MOST_BYTES
from tests.ports import kept

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def wire_log() -> WireLog:
    return WireLog(lambda: NOW)


async def opened(url: str) -> Link:
    return await LinkOpener().open(parse_endpoint(url), wire_log())


async def bytes_link(url: str) -> ByteLink:
    link = await opened(url)
    assert isinstance(link, ByteLink)
    return link


# -- TCP -----------------------------------------------------------------------------------------------------------------


class Peer:
    """The far end of one TCP connection, in the test's hand."""

    def __init__(self) -> None:
        self.connected: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self.url = ""

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected.put_nowait((reader, writer))


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    server = await asyncio.start_server(peer.accept, "127.0.0.1", 0)
    peer.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield peer
    server.close()
    while not peer.connected.empty():
        peer.connected.get_nowait()[1].transport.abort()


async def test_a_refused_connection_is_not_connected() -> None:
    with kept() as port, pytest.raises(NotConnected, match="tcp://127"):
        await opened(f"tcp://127.0.0.1:{port}")


async def test_a_host_that_is_unknown_is_not_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    with pytest.raises(NotConnected, match="not known"):
        await opened("tcp://printer.invalid:6666")


async def test_bytes_pass_both_ways_and_a_closed_connection_is_lost(peer: Peer) -> None:
    link = await bytes_link(peer.url)
    reader, writer = await peer.connected.get()
    await link.write(b"\x02ping\x03")
    assert await reader.readexactly(6) == b"\x02ping\x03"
    writer.write(b"pong")
    assert await link.read() == b"pong"
    writer.close()
    with pytest.raises(LinkLost, match="closed the connection"):
        await link.read()
    await link.close()
    await link.close()


async def test_what_came_before_the_end_is_read_before_the_end_is_told(peer: Peer) -> None:
    link = await bytes_link(peer.url)
    _, writer = await peer.connected.get()
    writer.write(b"last words")
    writer.write_eof()
    assert await link.read() == b"last words"
    with pytest.raises(LinkLost):
        await link.read()
    await link.close()


async def test_a_connection_that_is_reset_is_lost_for_reader_and_writer(peer: Peer) -> None:
    link = await bytes_link(peer.url)
    _, writer = await peer.connected.get()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    with pytest.raises(LinkLost):
        await link.read()
    with contextlib.suppress(LinkLost):  # the first writes may still go into a buffer
        await link.write(b"x")
        await asyncio.sleep(0)
    with pytest.raises(LinkLost):
        await link.write(b"x" * 65536)
    await link.close()


async def test_a_half_open_connection_ends_at_the_deadline_and_reading_can_go_on(peer: Peer) -> None:
    link = await bytes_link(peer.url)
    _, writer = await peer.connected.get()
    with pytest.raises(LinkTimeout, match=r"counters: no answer within 0\.02 s"):
        async with deadline(0.02, "counters"):
            await link.read()
    writer.write(b"late")
    assert await link.read() == b"late", "a cancelled read loses nothing"
    await link.close()


async def test_a_device_that_accepts_no_connection_ends_at_the_deadline() -> None:
    async def never(*_: Any) -> Link:
        await asyncio.Event().wait()
        raise AssertionError

    opener = LinkOpener()
    opener._openers["tcp"] = never
    with pytest.raises(LinkTimeout, match="opening tcp://127"):
        await opener.open(parse_endpoint("tcp://127.0.0.1:1"), wire_log(), timeout=0.02)


async def test_an_abandoned_link_sends_nothing_whoever_tries(peer: Peer) -> None:
    link = await bytes_link(peer.url)
    reader, _ = await peer.connected.get()
    await asyncio.to_thread(link.abandon)
    with pytest.raises(LinkLost, match="given up"):
        await link.write(b"too late")
    await link.close()
    assert await reader.read() == b""
    assert link.wire_log.entries() == ()


async def test_a_kind_that_is_not_built_is_not_connected() -> None:
    with pytest.raises(NotConnected, match="wss"):
        await opened("wss://host")


# -- serial --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: our end, and the name of the other one."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = os.ttyname(theirs)
    os.close(theirs)
    yield ours, name
    with contextlib.suppress(OSError):
        os.close(ours)


async def test_a_pseudo_terminal_is_a_serial_port_though_it_has_no_rts_and_dtr(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    link = await bytes_link(f"serial://{name}?baudrate=9600&parity=N&bytesize=8&stopbits=1")
    await link.write(b"\x02\xff\x00\r\n\x03")
    assert await asyncio.to_thread(os.read, ours, 100) == b"\x02\xff\x00\r\n\x03"
    os.write(ours, b"\x11\x13\x06")
    assert await link.read() == b"\x11\x13\x06"
    await link.close()


async def test_only_xon_lets_us_go_on_after_xoff_and_no_other_byte_of_the_device(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    link = await bytes_link(f"serial://{name}?xonxoff=1")
    flags = termios.tcgetattr(ours)[0]
    assert flags & termios.IXON
    assert flags & termios.IXOFF
    assert not flags & termios.IXANY
    await link.close()


async def test_a_port_whose_device_takes_nothing_is_closed_at_once_and_opens_again(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    link = await bytes_link(f"serial://{name}?xonxoff=1")
    os.write(ours, b"\x13")
    await link.write(b"x" * 30_000)  # below what makes a writer wait
    await link.close()
    await (await opened(f"serial://{name}?xonxoff=1")).close()


async def test_the_librarys_own_log_does_not_tell_the_bytes(terminal: tuple[int, str], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        link = await bytes_link(f"serial://{terminal[1]}")
        await link.write(b"4111111111111111")
        await link.close()
    assert "4111111111111111" not in caplog.text


async def test_a_serial_port_in_use_is_refused_to_a_second(terminal: tuple[int, str]) -> None:
    _, name = terminal
    link = await opened(f"serial://{name}")
    with pytest.raises(NotConnected, match=name):
        await opened(f"serial://{name}")
    await link.close()
    again = await opened(f"serial://{name}")
    await again.close()


async def test_a_serial_device_that_vanishes_is_lost(terminal: tuple[int, str]) -> None:
    ours, name = terminal
    link = await bytes_link(f"serial://{name}")
    os.close(ours)
    with pytest.raises(LinkLost):
        await link.read()
    with pytest.raises(LinkLost):
        await link.read()
    await link.close()


async def test_settings_that_a_port_does_not_take_are_no_crash(terminal: tuple[int, str]) -> None:
    with contextlib.suppress(NotConnected):  # a pseudo-terminal has no parity; whether it says so depends on the C library
        await (await opened(f"serial://{terminal[1]}?parity=E")).close()


async def test_a_serial_port_that_is_not_there_or_is_none_is_not_connected(tmp_path: Any) -> None:
    with pytest.raises(NotConnected, match="ttyNONE"):
        await opened("serial:///dev/ttyNONE")
    (tmp_path / "file").write_text("")
    with pytest.raises(NotConnected):
        await opened(f"serial://{tmp_path}/file")


# -- HTTP ----------------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def gateway(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[HttpLink]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    server = TestServer(app)
    await server.start_server()
    link = await opened(f"http://127.0.0.1:{server.port}")
    assert isinstance(link, HttpLink)
    yield link
    await link.close()
    await server.close()


async def test_a_request_is_answered_and_logged() -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read(), status=201, headers={"X-Id": "7"})

    async with gateway(echo) as link:
        answer = await link.request("POST", "/receipts", body=b'{"total":1}')
        assert (answer.status, answer.body, answer.headers["X-Id"]) == (201, b'{"total":1}', "7")
        sent, received = link.wire_log.entries()
        assert (sent.direction, sent.data) == (Direction.OUT, b'POST /receipts\n{"total":1}')
        assert (received.direction, received.data) == (Direction.IN, b'201\n{"total":1}')


async def test_a_gateway_that_refuses_the_connection_is_not_connected() -> None:
    with kept() as port:
        link = await opened(f"http://127.0.0.1:{port}")
        assert isinstance(link, HttpLink)
        with pytest.raises(NotConnected):
            await link.request("POST", "/receipts", body=b"{}")
        await link.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
async def test_a_connection_reset_after_the_request_is_lost_and_the_request_is_sent_once(method: str) -> None:
    arrived: list[str] = []

    async def resets(request: web.Request) -> web.Response:
        arrived.append(request.method)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with gateway(resets) as link:
        with pytest.raises(LinkLost):
            await link.request(method, "/receipts")
    assert arrived == [method]


async def test_a_gateway_that_does_not_answer_times_out() -> None:
    release = asyncio.Event()

    async def waits(request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    async with gateway(waits) as link:
        with pytest.raises(LinkTimeout, match=r"no answer within 0\.05 s"):
            await link.request("POST", "/receipts", timeout=0.05)
        release.set()


async def test_an_answer_too_long_to_keep_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_module, "_MAX_ANSWER", 1000)

    async def babbles(request: web.Request) -> web.Response:
        return web.Response(body=b"x" * int(request.query["n"]))

    async with gateway(babbles) as link:
        assert len((await link.request("GET", "/?n=1000")).body) == 1000
        with pytest.raises(LinkLost, match="longer than 1000"):
            await link.request("GET", "/?n=1001")


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with gateway(elsewhere) as link:
        assert (await link.request("POST", "/receipts", body=b"{}")).status == 307
    assert asked == ["/receipts"]


async def test_an_abandoned_http_link_sends_nothing() -> None:
    async def never(request: web.Request) -> web.Response:
        raise AssertionError

    async with gateway(never) as link:
        link.abandon()
        with pytest.raises(LinkLost, match="given up"):
            await link.request("POST", "/receipts")


# -- the null modem ------------------------------------------------------------------------------------------------------


async def drained(link: ByteLink) -> bytes:
    data = b""
    with contextlib.suppress(LinkLost):
        while True:
            data += await link.read()
    return data


@pytest.mark.parametrize("limit", range(9))
@pytest.mark.parametrize("to_device", [True, False])
def test_a_cable_cut_after_n_bytes_delivers_exactly_n(limit: int, to_device: bool) -> None:
    async def main() -> None:
        told: list[str] = []
        cable = Cable(
            cut_to_device=limit if to_device else None,
            cut_to_host=None if to_device else limit,
            on_cut=lambda: told.append("cut"),
        )
        host, device = null_modem(cable, wire_log)
        sender, receiver = (host, device) if to_device else (device, host)
        arriving = asyncio.ensure_future(drained(receiver))
        with contextlib.suppress(LinkLost):
            for piece in (b"abc", b"d", b"efgh", b"ijkl"):
                await sender.write(piece)
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        assert await arriving == b"abcdefghijkl"[:limit]
        assert told == ["cut"]
        for link in (sender, receiver):
            with pytest.raises(LinkLost):
                await link.write(b"after")
            await link.close()

    run_virtual(main())


def test_closing_one_end_of_a_null_modem_is_a_loss_at_the_other() -> None:
    async def main() -> None:
        host, device = null_modem(Cable(), wire_log)
        await host.write(b"bye")
        await host.close()
        assert await device.read() == b"bye"
        with pytest.raises(LinkLost):
            await device.read()
        with pytest.raises(NotConnected, match="nothing is plugged in"):
            await NullModemBoard().open(parse_endpoint("null://none"), wire_log())

    run_virtual(main())


# -- virtual time --------------------------------------------------------------------------------------------------------


def test_virtual_time_jumps_to_the_next_timer() -> None:
    async def main() -> list[str]:
        order: list[str] = []

        async def after(seconds: float, name: str) -> None:
            await asyncio.sleep(seconds)
            order.append(f"{name} at {asyncio.get_running_loop().time():g}")

        await asyncio.gather(after(86_400, "day"), after(0.5, "half"), after(60, "minute"))
        return order

    assert run_virtual(main()) == ["half at 0.5", "minute at 60", "day at 86400"]


def test_virtual_time_stands_still_while_a_thread_works() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        timer = asyncio.ensure_future(asyncio.sleep(5))
        value = await loop.run_in_executor(None, lambda: sum(range(100_000)))
        assert (value, loop.time(), timer.done()) == (4_999_950_000, 0.0, False)
        with loop.hold():
            await asyncio.to_thread(lambda: None)
            assert loop.time() == 0.0
        await timer
        assert loop.time() == 5.0

    run_virtual(main())


def test_waiting_for_what_cannot_happen_is_a_deadlock_and_no_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.transport.virtual_time._DEADLOCK_SECONDS", 0.01)

    async def main() -> None:
        await asyncio.Event().wait()

    loop = VirtualTimeLoop()
    waiting = loop.create_task(main())
    with pytest.raises(Deadlock):
        loop.run_until_complete(waiting)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(waiting)
    loop.close()


# -- endpoints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "kind", "address", "port", "again"),
    [
        ("tcp://192.168.1.20:6666", "tcp", "192.168.1.20", 6666, "tcp://192.168.1.20:6666"),
        ("tcp://[::1]:6666", "tcp", "::1", 6666, "tcp://[::1]:6666"),
        (
            "serial:///dev/ttyUSB0?parity=E&baudrate=9600",
            "serial",
            "/dev/ttyUSB0",
            0,
            "serial:///dev/ttyUSB0?baudrate=9600&parity=E",
        ),
        ("serial://COM3", "serial", "COM3", 0, "serial://COM3"),
        ("http://127.0.0.1:3010", "http", "127.0.0.1", 3010, "http://127.0.0.1:3010"),
        ("http://gateway.example/", "http", "gateway.example", 80, "http://gateway.example:80"),
        ("https://gateway.example", "https", "gateway.example", 443, "https://gateway.example:443"),
        ("null://printer-1", "null", "printer-1", 0, "null://printer-1"),
    ],
)
def test_an_endpoint_is_read_from_its_url_and_written_again(url: str, kind: str, address: str, port: int, again: str) -> None:
    endpoint = parse_endpoint(url)
    assert (endpoint.kind, endpoint.address, endpoint.port, endpoint.url) == (kind, address, port, again)
    assert parse_endpoint(endpoint.url) == endpoint


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "the kind must be one of"),
        ("192.168.1.20:6666", "the kind must be one of"),
        ("ftp://host", "the kind must be one of"),
        ("tcp://192.168.1.20", "the port is missing, e.g. tcp://"),
        ("tcp://:6666", "the host is missing"),
        ("tcp://host:99999", "the port must be 1 to 65535"),
        ("tcp://host:0", "the port is missing"),
        ("tcp://host:abc", "the port must be 1 to 65535"),
        ("tcp://host:1/path", "has no path"),
        ("tcp://[::1:6666", "Invalid IPv6"),
        ("http://host:1/api", "has no path"),
        ("tcp://user:secret@host:1", "must not hold a user or password"),
        ("ftp://user:secret@host:1", "'ftp://***@host:1': the kind must be one of"),
        ("tcp://user:a/secret@host:1", "the port must be 1 to 65535"),
        ("http://user:secret@[host", "'http://***@[host': it is no URL"),
        ("http:user:secret@host", "'http:***@host': the host is missing"),
        ("http://secret\u2100@host", "'http://***@host': it is no URL"),
        ("serial://", "the port's name is missing"),
        ("serial://COM3?speed=9600", "unknown option speed"),
        ("serial://COM3?parity=X", "parity must be one of E, N, O"),
        ("serial://COM3?baudrate=fast", "baudrate must be a number"),
        ("serial://COM3?baudrate=0", "baudrate must be a number"),
        ("serial://COM3?baudrate=²", "baudrate must be a number"),
    ],
)
def test_a_url_that_is_none_is_refused_with_the_part_that_is_wrong(url: str, says: str) -> None:
    with pytest.raises(EndpointError) as refusal:
        parse_endpoint(url)
    assert says in str(refusal.value)
    assert "secret" not in str(refusal.value)


# -- the wire log --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (b"pan4111111111111111;", b"pan411111******1111;"),
        (b"4111 1111 1111 1111", b"4111 11** **** 1111"),
        (b"4111-1111-1111-1111", b"4111-11**-****-1111"),
        (b"378282246310005", b"378282*****0005"),
        (b"6304000000000000000", b"630400*********0000"),
    ],
)
def test_a_card_number_is_masked_in_the_wire_log_with_its_length_kept(data: bytes, kept: bytes) -> None:
    log = wire_log()
    log.record(Direction.OUT, data)
    assert log.entries()[0].data == kept == mask_cards(data)
    assert len(kept) == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"4111111111111112",
        b"5901234123458;1234563218",
        b"trpay\tto2700\twa3000",
        b"2026-11-20 09:00:00",
        b"4" * 40,
        bytes(range(256)),
    ],
)
def test_other_numbers_stay_as_they_are(data: bytes) -> None:
    assert mask_cards(data) == data


def test_the_wire_log_keeps_the_last_transfers_only() -> None:
    log = WireLog(lambda: NOW, keep=3)
    for number in range(10):
        log.record(Direction.IN, b"%d" % number)
    assert [entry.data for entry in log.entries()] == [b"7", b"8", b"9"]


def test_large_transfers_leave_the_wire_log_before_small_ones_would() -> None:
    log = WireLog(lambda: NOW)
    for letter in b"abcde":
        log.record(Direction.IN, bytes((letter,)) * (MOST_BYTES // 2))
    assert [entry.data[:1] for entry in log.entries()] == [b"d", b"e"]
    log.record(Direction.IN, b"f" * (2 * MOST_BYTES))
    assert [entry.data[:1] for entry in log.entries()] == [b"f"]
