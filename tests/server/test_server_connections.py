"""Slow, many and idle clients; the port and who has it."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any, cast

import pytest
from fake_bridge import FakeBridge

from bridge.server import listening
from bridge.server.listening import PortTaken, listen
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings


@pytest.fixture
def settings() -> ServerSettings:
    return ServerSettings(port=0, head_seconds=0.5, body_seconds=0.5, idle_seconds=0.6, max_connections=8, stop_seconds=1.0)


async def closed(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(10):
        return await reader.read()


@pytest.mark.parametrize("start", [b"", b"GET /api/v1/ping HT", b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
async def test_a_head_that_is_never_finished_is_closed_quietly(client: Any, start: bytes) -> None:
    reader, writer = await client.open()
    writer.write(start)
    assert await closed(reader) == b""


async def test_a_head_that_drips_is_closed_all_the_same(client: Any) -> None:
    reader, writer = await client.open()
    ended = asyncio.create_task(closed(reader))
    loop = asyncio.get_running_loop()

    def drip() -> None:
        if not ended.done():
            writer.write(b"a")
            loop.call_later(0.02, drip)

    writer.write(b"GET /")
    drip()
    try:
        assert await ended == b""
    except ConnectionResetError:  # a drop fell on the closed connection before its end was read: closed it is
        assert ended.done()


async def test_a_kept_connection_that_starts_a_request_slowly_is_closed(client: Any) -> None:
    reader, writer = await client.open()
    writer.write(f"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\n".encode())
    await reader.readuntil(b"}")
    writer.write(b"GET /api")
    assert await closed(reader) == b""


async def test_a_kept_connection_serves_several_requests(client: Any) -> None:
    reader, writer = await client.open()
    for _ in range(3):
        writer.write(f"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n\r\n".encode())
        assert b"200 OK" in await reader.readuntil(b"}")
    assert await closed(reader) == b""  # idle long enough


@pytest.mark.usefixtures("hardly_lingering")
async def test_a_body_that_does_not_come_is_a_problem_and_the_end(client: Any) -> None:
    reply = await client.request(
        "POST", "/api/v1/jobs/1/ack", b"{", headers={"Content-Length": "100", "Connection": "keep-alive"}
    )
    assert (reply.status, reply.json["code"]) == (400, "request.malformed")
    assert "did not arrive" in reply.json["detail"]


async def test_a_body_that_is_broken_off_ends_quietly(client: Any) -> None:
    reader, writer = await client.open()
    writer.write(
        f"POST /api/v1/jobs/1/ack HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nAuthorization: Bearer {client.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
    )
    writer.write_eof()
    await closed(reader)
    assert (await client.request("GET", "/api/v1/ping")).status == 200


async def test_idle_connections_beyond_the_cap_make_room(client: Any) -> None:
    opened = [await client.open() for _ in range(60)]
    assert (await client.request("GET", "/api/v1/ping")).status == 200
    assert len(client.server.application.server.open) <= 8
    assert await closed(opened[0][0]) == b""


async def test_when_all_connections_are_busy_the_next_is_told_so(client: Any) -> None:
    jobs = client.bridge.jobs
    jobs.finish_at_once = False
    sales = []
    for index in range(8):
        jobs.waiting.clear()
        sales.append(asyncio.create_task(client.sell(f"k{index}", headers={"Prefer": "wait=60"})))
        await jobs.waiting.wait()
    reader, _ = await client.open()
    answer = await closed(reader)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b'"type":"about:blank"' in answer
    for index in range(8):
        jobs.finish(f"01J{index:05d}")
    assert [(await sale).status for sale in sales] == [200] * 8


async def test_a_client_that_does_not_read_is_cut(tmp_path: Path) -> None:
    bridge = FakeBridge(tmp_path)
    bridge.devices.configured["till-1"]["reason"] = "x" * 200_000
    server = await ApiServer.start(cast(Any, bridge), ServerSettings(port=0, write_seconds=0.2, stop_seconds=1.0))
    token = (tmp_path / "admin-token").read_text().strip()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    head = f"GET /api/v1/devices HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(head.encode())
    await reader.readexactly(1000)  # the connection is known to the server by now
    (connection,) = server.application.server.open
    writer.write(head.encode() * 100)
    async with asyncio.timeout(10):
        await connection.gone.wait()
    writer.close()
    await server.stop()


async def test_it_listens_on_loopback_only_in_both_families_where_there_are_two(client: Any) -> None:
    addresses = {made.getsockname()[0] for made in client.server._entrances.plain}
    assert addresses <= {"127.0.0.1", "::1"}
    assert "127.0.0.1" in addresses
    assert {made.getsockname()[1] for made in client.server._entrances.plain} == {client.port}


async def test_a_port_that_a_tillbridge_has_is_refused_by_its_name(client: Any) -> None:
    with pytest.raises(PortTaken, match=r"another Tillbridge \(version .*, instance 01JINSTANCE\).*--port"):
        await listen(client.port)


async def test_a_port_that_a_stranger_has_is_refused_too() -> None:
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        port = stranger.getsockname()[1]
        with pytest.raises(PortTaken, match="another program"):
            await listen(port)


async def test_a_port_that_is_taken_in_one_family_only_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    original = listening._bind

    def taken_on_v6(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
        return None if family is socket.AF_INET6 else original(family, host, port)

    monkeypatch.setattr(listening, "_bind", taken_on_v6)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(PortTaken, match="another program"):
        await listen(port)
    with pytest.raises(PortTaken, match="No free port"):
        await listen(0)


async def test_without_ipv6_the_ipv4_address_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    original = listening._bind

    def no_v6(family: socket.AddressFamily, host: str, port: int) -> socket.socket | None:
        if family is socket.AF_INET6:
            raise OSError(99, "Cannot assign requested address")
        return original(family, host, port)

    monkeypatch.setattr(listening, "_bind", no_v6)
    sockets, port = await listen(0)
    assert [made.getsockname() for made in sockets] == [("127.0.0.1", port)]
    sockets[0].close()
