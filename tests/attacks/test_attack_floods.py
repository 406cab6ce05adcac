"""Too much of everything: tokens guessed, connections opened, sent slowly or not read, sockets, pings, bodies that unpack."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import secrets
import socket
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.attacks.lookups import SaidLookup
from tests.attacks.raw import Line, Reply, request
from tests.attacks.refusals import guarded, refused
from tests.attacks.scene import JOBS, OTHER, POS, SALE, Scene, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS: dict[str, Any] = {
    "users": "any",
    "wrong_tokens_at_once": 10,
    "wrong_tokens_per_minute": 0.001,
    "max_connections": 220,
    "max_sockets": 8,
    "max_sockets_each": 4,
    "head_seconds": 1.0,
    "body_seconds": 1.0,
    "write_seconds": 1.0,
    "pings_at_once": 5,
    "pings_per_second": 0.001,
    "strangers_at_once": 20,
    "strangers_per_second": 0.001,
    "proofs_at_once": 5,
    "proofs_per_second": 0.001,
}
LOOKUP = SaidLookup({"127.0.0.1": "1000", "127.0.0.2": "1001"})

WORDS = json.dumps(SALE).encode()


async def from_address(scene: Scene, address: str, data: bytes) -> Reply:
    """Ask from another of this PC's own addresses."""
    line = Line(*await asyncio.open_connection("127.0.0.1", scene.port, local_addr=(address, 0)))
    try:
        line.send(data)
        reply = await line.reply()
        assert reply is not None
        return reply
    finally:
        await line.close()


async def guess(scene: Scene, tokens: int) -> Counter[tuple[int, str | None]]:
    """So many wrong tokens of one peer, a handful at once; in the middle and at the end the right one must pass."""
    answers: Counter[tuple[int, str | None]] = Counter()
    right = request("GET", "/api/v1/session", scene.head())
    for number in range(0, tokens, 20):
        guesses = [f"tbw_{scene.tokens['web'].id}_{secrets.token_urlsafe(32)}" for _ in range(18)]
        guesses += [f"tbk_{secrets.token_urlsafe(32)}", f"tbn_{secrets.token_hex(6)}_{secrets.token_urlsafe(32)}"]
        heads = [[*scene.head(token=None), ("Authorization", f"Bearer {one}")] for one in guesses]
        for reply in await asyncio.gather(*(scene.raw(request("GET", "/api/v1/session", head)) for head in heads)):
            answers[reply.status, reply.code] += 1
        if number in (tokens // 2 // 20 * 20, tokens - 20):
            assert (await scene.raw(right)).status == 200
            assert (await from_address(scene, "127.0.0.2", right)).status == 200
    return answers


@pytest.mark.attack("A27")
@pytest.mark.parametrize("number", [1_000, pytest.param(10_000, marks=pytest.mark.exhaustive)])
async def test_ten_thousand_tokens_are_guessed_in_vain_and_the_right_one_passes_all_the_while(scene: Scene, number: int) -> None:
    answers = await guess(scene, number)
    assert answers[401, "gate.unauthorised"] == 10
    assert answers[429, "gate.rate"] == number - 10
    wrong = [*scene.head(token=None), ("Authorization", "Bearer wrong")]
    refused(await scene.raw(request("GET", "/api/v1/session", wrong)), 429, "gate.rate", readable_by=POS)
    reply = await from_address(scene, "127.0.0.2", request("GET", "/api/v1/session", wrong))
    refused(reply, 401, "gate.unauthorised", readable_by=POS)  # another peer has a measure of its own


@pytest.mark.attack("A38")
async def test_a_packed_body_is_refused_and_never_unpacked(scene: Scene) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 60_000
    head = scene.head(key=scene.key(), body=bomb)
    tracemalloc.start()
    try:
        for coding in ("gzip", "deflate", "br", "zstd", "GZIP", "x-gzip", "gzip, gzip", "identity, gzip"):
            reply = await scene.raw(request("POST", JOBS, [*head, ("Content-Encoding", coding)], bomb))
            refused(reply, 415, "request.media_type", readable_by=POS)
        refused(await scene.raw(request("POST", JOBS, head, bomb)), 400, "request.malformed", readable_by=POS)
        packed = [*scene.head(key=scene.key()), ("Content-Type", "application/json"), ("Transfer-Encoding", "gzip, chunked")]
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb)
        refused(await scene.raw(request("POST", JOBS, packed, chunks)), 400, "request.malformed", readable_by=POS)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


async def _slow_head(scene: Scene) -> Line:
    line = await Line.open(scene.port)
    line.send(f"POST {JOBS} HTTP/1.1\r\nHost: {scene.host}\r\nX: ".encode())
    return line


async def _slow_body(scene: Scene) -> Line:
    line = await Line.open(scene.port)
    head = [*scene.head(key=scene.key()), ("Content-Type", "application/json"), ("Content-Length", str(len(WORDS)))]
    line.send(request("POST", JOBS, head, WORDS[:-1]))
    return line


async def _slow_reader(scene: Scene) -> Line:
    """Asks for the largest file many times, and reads nothing."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", scene.port))
    reader, writer = await asyncio.open_connection(sock=made, limit=1024)
    line = Line(reader, writer)
    line.send(request("GET", "/docs/swagger-ui-bundle.js", scene.head(origin=None, token=None)) * 10)
    return line


@pytest.mark.attack("A39")
async def test_two_hundred_slow_clients_hold_nobody_up_and_are_let_go(scene: Scene) -> None:
    heads = [await _slow_head(scene) for _ in range(80)]
    bodies = [await _slow_body(scene) for _ in range(80)]
    readers = [await _slow_reader(scene) for _ in range(40)]
    async with scene.lawful():
        await scene.sells()
    for line in heads:
        assert await line.ended()
    for line in bodies:
        refused(await line.reply(), 400, "request.malformed", readable_by=POS)
        assert await line.ended()
    async with asyncio.timeout(20):
        while scene.server.application.server.open:  # of those who read nothing, nobody hears when they are cut
            await asyncio.sleep(0.01)
    for line in (*heads, *bodies, *readers):
        await line.close()


async def flood(scene: Scene, connections: int) -> None:
    """Connect without a word; every tenth hangs up at once."""
    limit, files = SETTINGS["max_connections"], len(os.listdir("/proc/self/fd"))
    held: list[Line] = []
    for number in range(connections):
        line = await Line.open(scene.port)
        if number % 10 == 0:
            await line.close()
        else:
            held.append(line)
        if len(held) > 2 * limit:
            await held.pop(0).close()
        assert len(scene.server.application.server.open) <= limit
        if number % (connections // 4) == 0:
            assert (await scene.ask("GET", "/api/v1/session")).status == 200
    async with scene.lawful():
        await scene.sells()
    assert len(os.listdir("/proc/self/fd")) <= files + 2 * limit + 1 + limit + 20
    for line in held:
        await line.close()
    async with asyncio.timeout(20):
        while len(os.listdir("/proc/self/fd")) > files + 5:
            await asyncio.sleep(0.01)


@pytest.mark.attack("A40")
async def test_connections_beyond_the_cap_cost_the_idle_ones_and_nobody_who_asks(scene: Scene) -> None:
    await flood(scene, 800)


@pytest.mark.attack("A40")
@pytest.mark.exhaustive
async def test_five_thousand_connections_leave_no_file_open(scene: Scene) -> None:
    await flood(scene, 5000)


@pytest.mark.attack("A40")
async def test_where_all_connections_are_busy_the_next_is_told_so_in_a_whole_answer(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", LOOKUP, users="any", max_connections=2, body_seconds=20.0) as small:
        before = small.traces()
        busy = [await _slow_body(small) for _ in range(2)]
        async with asyncio.timeout(20):
            while sum(one.busy for one in small.server.application.server.open) < 2:
                await asyncio.sleep(0.005)
        reply = await small.raw(b"")
        assert reply.status == 503
        assert reply.one("Retry-After") == "2"
        guarded(reply)
        for line in busy:
            await line.close()
        async with asyncio.timeout(20):
            while small.server.application.server.open:
                await asyncio.sleep(0.005)
        assert small.traces() == before
        await small.sells()


@pytest.mark.attack("A40")
async def test_a_page_that_opens_sockets_in_a_loop_leaves_room_for_others(scene: Scene) -> None:
    taken = [await scene.socket() for _ in range(4)]
    for _ in range(96):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await scene.socket()
        assert refusal.value.status == 429
    other = await scene.session("other", origin=OTHER)
    assert (await other.call("ping"))["name"] == "tillbridge"
    await taken[0].leave()
    async with asyncio.timeout(20):
        while len(scene.server.application.websockets.open) > 4:
            await asyncio.sleep(0.005)
    again = await scene.session("web")
    for client in (*taken[1:], other, again):
        await client.leave()


@pytest.mark.attack("A40")
async def test_sockets_have_a_cap_in_all(scene: Scene) -> None:
    async with asyncio.timeout(20):
        while scene.server.application.websockets.open:
            await asyncio.sleep(0.005)
    taken = [await scene.socket(origin=origin) for origin in (POS, OTHER) for _ in range(4)]
    for origin in (POS, OTHER, None):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await scene.socket(origin=origin)
        assert refusal.value.status == 429
    for client in taken:
        await client.leave()


@pytest.mark.attack("A28", "A40")
async def test_strange_pages_that_ping_without_end_are_told_to_wait_and_paired_ones_are_not(scene: Scene) -> None:
    answers: Counter[str] = Counter()
    for number in range(100):
        origin = f"https://s{number // 10}.example.com"
        reply = await scene.ask("GET", "/api/v1/ping", origin=origin, token=None)
        answers[f"{number // 10} {reply.status}"] += 1
        if reply.status != 200:
            refused(reply, 429, "gate.rate", readable_by=origin)
    assert answers["0 200"] == 5  # one origin has its measure ...
    assert sum(count for name, count in answers.items() if name.endswith(" 200")) <= 20  # ... and all of them together another
    for _ in range(3):
        assert (await scene.ask("GET", "/api/v1/ping", token=None)).status == 200
    assert (await scene.ask("GET", "/api/v1/ping")).status == 200


@pytest.mark.attack("A40", "A49")
async def test_proofs_are_given_so_often_and_those_with_a_token_work_on(scene: Scene) -> None:
    body = {"token_id": scene.tokens["web"].id, "nonce": "A" * 43}
    statuses = [(await scene.ask("POST", "/api/v1/session/proof", body, token=None)).status for _ in range(10)]
    assert statuses == [200] * 5 + [429] * 5
    assert (await scene.ask("GET", "/api/v1/session")).status == 200
    client = await scene.session()  # the socket's own proof is another matter
    await client.leave()


async def test_a_token_that_calls_without_end_is_told_to_wait_and_no_other_token_is(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", LOOKUP, users="any", calls_at_once=10, calls_per_second=0.001) as small:
        statuses = [(await small.ask("GET", "/api/v1/session", token="narrow")).status for _ in range(15)]
        assert statuses == [200] * 10 + [429] * 5
        refused(await small.ask("GET", "/api/v1/session", token="narrow"), 429, "gate.rate", readable_by=POS)
        client = await small.session("narrow")
        await client.send({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {}})
        assert (await client.stray())["error"]["data"]["code"] == "gate.rate"
        await client.leave()
        assert (await small.ask("GET", "/api/v1/session", token="web")).status == 200
        await small.sells()
