"""Large, slow, silent, noisy and stopping: what one socket does must hurt nobody else."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import struct
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sockets import SocketClient

SALE = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Tea", "price": "10.00", "vat": "23%"}]}


class Raw:
    """A client that speaks bytes, and reads only when told."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def open(cls, station: Any, limit: int = 1024) -> Raw:
        reader, writer = await asyncio.open_connection("127.0.0.1", station.server.port, limit=limit)
        writer.write(
            f"GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{station.server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.partition(b"\r\n")[0]
        return cls(reader, writer)

    def send(self, opcode: int, payload: bytes, *, first: int = 0x80) -> None:
        mask = os.urandom(4)
        size = len(payload)
        head = struct.pack("!BB", first | opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", first | opcode, 0xFE, size)
        self.writer.write(head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload)))

    async def frame(self) -> tuple[int, bytes]:
        async with asyncio.timeout(20):
            opcode, size = await self.reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return opcode & 0x0F, await self.reader.readexactly(size)

    async def close_code(self) -> int:
        """Read on to the close."""
        while True:
            opcode, payload = await self.frame()
            if opcode == 8:
                return int(struct.unpack("!H", payload[:2])[0])


async def test_binary_messages_are_refused(station: Any) -> None:
    client = await station.session()
    await client.socket.send_bytes(b"\x00")
    assert await client.closed() == 1003


async def test_a_message_over_the_limit_is_refused_and_the_client_hears_why(station: Any) -> None:
    await station.restart(max_message=10_000)
    client = await station.session()
    await client.send({"jsonrpc": "2.0", "id": 1, "method": "devices.list", "params": {"x": "y" * 9_000}})
    assert (await client.stray())["error"]["data"]["code"] == "request.invalid"
    await client.send("x" * 10_001 + "y" * 3_000_000)
    assert await client.closed() == 1009


async def test_text_that_is_no_utf_8_and_broken_frames_are_refused_as_rfc_6455_says(station: Any) -> None:
    for opcode, payload, first, code in ((1, b"\xff\xfe", 0x80, 1007), (1, b"{}", 0xC0, 1002), (3, b"", 0x80, 1002)):
        raw = await Raw.open(station)
        raw.send(opcode, payload, first=first)
        assert await raw.close_code() == code
        raw.writer.close()


async def test_a_message_in_many_fragments_is_one_message(station: Any) -> None:
    raw = await Raw.open(station)
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    for place in range(len(message)):
        raw.send(1 if place == 0 else 0, message[place : place + 1], first=0x00)
        raw.send(9, b"still there?")
    raw.send(0, b"", first=0x80)
    answers = [await raw.frame() for _ in range(len(message) + 1)]
    assert [opcode for opcode, _ in answers] == [10] * len(message) + [1]
    assert json.loads(answers[-1][1])["error"]["data"]["code"] == "gate.unauthorised"
    assert await raw.close_code() == 4401
    raw.writer.close()


async def test_the_server_asks_for_a_sign_of_life_and_closes_who_gives_none(station: Any) -> None:
    await station.restart(ping_seconds=0.05, authenticate_seconds=60)
    raw = await Raw.open(station)
    pings = 0
    while (await raw.frame())[0] == 9:
        pings += 1
    assert pings >= 2
    raw.writer.close()


async def test_a_client_that_answers_pings_stays(station: Any) -> None:
    await station.restart(ping_seconds=600)
    client = await station.session()
    (socket,) = station.server.application.websockets.open
    async with asyncio.timeout(20):
        for _ in range(4):  # more than it may miss
            socket._ping()
            while not socket._heard:
                await asyncio.sleep(0.001)
    assert await client.call("session.ping")


async def test_a_slow_consumer_is_cut_and_the_others_hear_everything(station: Any) -> None:
    await station.restart(max_unread=200_000, write_seconds=60)
    quick, slow = await station.session(), await station.session()
    for client in (quick, slow):
        await client.call("events.subscribe", kinds=["job.updated"])
    response = slow.socket._response
    slow._reading.cancel()  # reads no more
    response.connection.transport.pause_reading()
    bulky = {**SALE, "lines": [{"name": "T" * 1000, "price": "1.00", "vat": "23%"}] * 100}
    told = 0
    sales = 0
    sockets = tuple(station.server.application.websockets.open)
    while not any(socket._closing for socket in sockets) and sales < 400:
        await station.sell(**bulky)
        sales += 1
        while told < 3 * sales:
            told += (await quick.event())["method"] == "job.updated"
    assert [socket._closing for socket in sockets].count(True) == 1
    assert await quick.call("session.ping")


async def test_a_cut_consumer_that_reads_again_finds_the_reason(station: Any) -> None:
    await station.restart(max_unread=1000)
    raw = await Raw.open(station)
    (socket,) = station.server.application.websockets.open
    while not socket._closing:
        socket.send(b"\x81\x7e\x40\x00" + b" " * 0x4000)
    assert await raw.close_code() == 1013
    raw.writer.close()


async def test_a_client_that_asks_without_reading_the_answers_is_not_read_on(station: Any) -> None:
    await station.restart(write_seconds=0.3)
    client = await station.session()
    (socket,) = station.server.application.websockets.open
    client._reading.cancel()
    client.socket._response.connection.transport.pause_reading()
    asked = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "devices.list"})

    async def ask() -> None:
        while True:
            await client.socket.send_str(asked)

    asking = asyncio.create_task(ask())
    async with asyncio.timeout(20):
        await socket._connection.gone.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_a_stop_answers_what_waits_and_then_closes(station: Any) -> None:
    station.devices["d1"].gate = asyncio.Event()
    client = await station.session()
    idle = await station.session()
    sale = asyncio.create_task(client.call("devices.submit", device="d1", idempotency_key="k", wait=200, **SALE))
    while not station.bridge.jobs.active:
        await asyncio.sleep(0)
    await station.server.stop()
    assert (await sale)["state"] in ("queued", "running")
    assert await client.closed() == 1001
    assert await idle.closed() == 1001


async def test_sockets_count_as_busy_connections_and_leave_room_for_http(station: Any) -> None:
    await station.restart(max_connections=6, head_seconds=0.2, idle_seconds=0.2)
    client = await station.session()
    opened = [await asyncio.open_connection("127.0.0.1", station.server.port) for _ in range(20)]
    assert (await station.http("GET", "/ping"))[0] == 200
    assert await client.call("session.ping")
    for _, writer in opened:
        writer.close()


async def test_hanging_up_ends_a_wait_and_not_the_job(station: Any) -> None:
    station.devices["d1"].gate = asyncio.Event()
    client = await station.session()
    sale = asyncio.create_task(client.call("devices.submit", device="d1", idempotency_key="k", wait=200, **SALE))
    while not station.bridge.jobs.active:
        await asyncio.sleep(0)
    (socket,) = station.server.application.websockets.open
    (task,) = socket._tasks
    await client.drop()
    async with asyncio.timeout(20):
        await asyncio.wait({task})
    station.devices["d1"].gate.set()
    (job_id,) = [*station.bridge.jobs.active]
    assert (await station.bridge.jobs.wait(job_id, 20)).success
    with pytest.raises(ConnectionError):
        await sale


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
methods = st.sampled_from(
    [
        "ping",
        "devices.list",
        "devices.submit",
        "devices.configure",
        "jobs.list",
        "jobs.get",
        "jobs.resolve",
        "session.ping",
        "events.subscribe",
        "events.unsubscribe",
        "session.authenticate",
        "session.confirm",
        "session.proof",
        "audit.list",
    ]
)
names = st.sampled_from(["device", "job", "after", "limit", "op", "idempotency_key", "wait", "kinds", "epoch", "prompt_id"])
requests = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0"), "method": methods, "params": st.dictionaries(names, anything | st.just("d1"), max_size=5)},
    optional={"id": st.integers() | st.text(max_size=5) | st.none()},
)
messages = st.lists(
    (requests | anything | st.lists(requests | anything, max_size=4)).map(json.dumps) | st.text(max_size=50),
    min_size=1,
    max_size=12,
)


@pytest.mark.parametrize("signed_in", [True, False])
async def test_no_message_whatever_ends_a_session_uncleanly_or_raises_in_the_log(
    station: Any, signed_in: bool, caplog: pytest.LogCaptureFixture
) -> None:
    await station.restart(max_sockets_each=1000, max_sockets=1000, max_calls=100)
    loop = asyncio.get_running_loop()

    async def story(texts: list[str]) -> None:
        client = await SocketClient.open(station.server.url)
        try:
            if signed_in:
                await client.sign_in(station.token)
            for text in texts:
                await client.send(text)
            if signed_in:
                assert await client.call("session.ping")
                assert not client.socket.closed
            else:
                assert await client.closed() == 4401
        except aiohttp.ClientConnectionResetError:
            assert not signed_in  # it was closed while we still sent
        finally:
            await client.leave()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(messages)
    def fuzz(texts: list[str]) -> None:
        asyncio.run_coroutine_threadsafe(story(texts), loop).result(60)

    await asyncio.to_thread(fuzz)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
