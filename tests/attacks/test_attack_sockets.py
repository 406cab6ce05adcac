"""The WebSocket: hijacked handshakes, calls before the proof, tokens where they do not belong, and what hides behind an upgrade."""

from __future__ import annotations

import json
import logging
import os
import secrets
import struct
import zlib
from typing import Any

import pytest

from tests.attacks.raw import Header, Line, request
from tests.attacks.refusals import refused, refused_call
from tests.attacks.scene import EVIL, OTHER, POS, SALE, Z_REPORT, Scene
from tests.sockets import Refused, SocketClient, proof, text

pytestmark = pytest.mark.asyncio(loop_scope="module")

WS = "/api/v1/ws"
UPGRADE: list[Header] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


def submit(key: str, operation: Any = None, device: str = "till-1") -> dict[str, Any]:
    params = {"device": device, "idempotency_key": key, **(SALE if operation is None else operation)}
    return {"jsonrpc": "2.0", "id": 1, "method": "devices.submit", "params": params}


@pytest.mark.attack("A23")
@pytest.mark.parametrize("origin", [EVIL, "null", "http://pos.example.com", f"{POS}.evil.example", f"{POS}, {EVIL}", ""])
@pytest.mark.parametrize("token", [None, "web", "program", "admin"])
async def test_a_strange_page_gets_no_101_whatever_it_knows(scene: Scene, origin: str, token: str | None) -> None:
    reply = await scene.ask("GET", WS, more=UPGRADE, origin=origin, token=token)
    refused(reply, 403, "gate.origin_not_allowed")
    assert not scene.server.application.websockets.open


@pytest.mark.attack("A23")
async def test_two_origins_get_no_101(scene: Scene) -> None:
    for first, second in ((POS, EVIL), (EVIL, POS)):
        refused(await scene.ask("GET", WS, more=[*UPGRADE, ("Origin", second)], origin=first), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A23")
@pytest.mark.parametrize("name", ["Sec-WebSocket-Origin", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"])
async def test_no_header_of_the_handshake_stands_for_the_origin(scene: Scene, name: str) -> None:
    reply = await scene.ask("GET", WS, more=[*UPGRADE, (name, POS)], origin=EVIL, token=None)
    refused(reply, 403, "gate.origin_not_allowed")


async def closed(client: SocketClient) -> int | None:
    code = await client.closed()
    await client.leave()
    return code


@pytest.mark.attack("A24")
@pytest.mark.parametrize(
    "method",
    [
        "devices.submit",
        "devices.list",
        "ping",
        "jobs.list",
        "tokens.create",
        "session.confirm",
        "events.subscribe",
        "session.ping",
    ],
)
async def test_a_call_before_the_proof_is_an_error_and_the_end(scene: Scene, method: str) -> None:
    for origin in (POS, None):
        client = await scene.socket(origin=origin)
        await client.send({**submit(scene.key()), "method": method})
        assert (await client.stray())["error"]["data"]["code"] in ("gate.unauthorised", "request.invalid")
        assert await closed(client) == 4401


@pytest.mark.attack("A24")
@pytest.mark.parametrize(
    "shape", ["batch", "batch with authenticate", "notification", "nested batch", "empty batch", "text", "not json"]
)
async def test_no_shape_of_message_comes_before_the_proof(scene: Scene, shape: str) -> None:
    call = submit(scene.key())
    authenticate = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "session.authenticate",
        "params": {"token_id": scene.tokens["web"].id, "nonce": "A" * 43},
    }
    messages: dict[str, Any] = {
        "batch": [call, call],
        "batch with authenticate": [authenticate, call],
        "notification": {name: value for name, value in call.items() if name != "id"},
        "nested batch": [[call]],
        "empty batch": [],
        "text": json.dumps(json.dumps(call)),
        "not json": "{",
    }
    client = await scene.socket()
    await client.send(messages[shape])
    assert await closed(client) == 4401


@pytest.mark.attack("A24")
async def test_a_call_between_challenge_and_proof_is_the_end(scene: Scene) -> None:
    client = await scene.socket()
    await client.call("session.authenticate", token_id=scene.tokens["web"].id, nonce=text(secrets.token_bytes(32)))
    await client.send(submit(scene.key()))
    assert (await client.stray())["error"]["data"]["code"] == "gate.unauthorised"
    assert await closed(client) == 4401


@pytest.mark.attack("A24")
async def test_what_was_sent_before_the_refusal_is_not_carried_out_behind_it(scene: Scene) -> None:
    """All of it lies in the server's buffer before it reads the first message."""
    client = await scene.socket()
    for message in ("{}", submit(scene.key()), [submit(scene.key())], submit(scene.key())):
        await client.send(message)
    assert await closed(client) == 4401


@pytest.mark.attack("A24", "A26")
async def test_a_proof_of_another_pages_token_ends_the_socket(scene: Scene) -> None:
    for origin, name, code in (
        (OTHER, "web", "gate.token_origin_mismatch"),
        (POS, "program", "gate.token_origin_mismatch"),
        (POS, "admin", "gate.token_origin_mismatch"),
        (None, "web", "gate.origin_required"),
    ):
        with pytest.raises(Refused) as refusal:
            await scene.session(name, origin=origin)
        refused_call(refusal.value, code)


@pytest.mark.attack("A24")
async def test_who_cannot_prove_a_token_does_not_learn_where_it_belongs(scene: Scene) -> None:
    said = []
    for origin, token_id in ((OTHER, scene.tokens["web"].id), (POS, scene.tokens["web"].id), (POS, "0" * 12), (POS, "admin")):
        client = await scene.socket(origin=origin)
        await client.call("session.authenticate", token_id=token_id, nonce=text(secrets.token_bytes(32)))
        with pytest.raises(Refused) as refusal:
            await client.call("session.confirm", proof="A" * 43)
        said.append(refusal.value.problem)
        assert await closed(client) == 4401
    assert all(one == said[0] for one in said)


@pytest.mark.attack("A24")
async def test_a_proof_is_good_for_one_socket(scene: Scene) -> None:
    given, nonce = scene.tokens["web"], text(secrets.token_bytes(32))
    first, second = await scene.socket(), await scene.socket()
    challenge = await first.call("session.authenticate", token_id=given.id, nonce=nonce)
    await second.call("session.authenticate", token_id=given.id, nonce=nonce)
    shown = proof(given.text, "client", first.host, given.id, nonce, challenge["nonce"])
    await first.call("session.confirm", proof=shown)
    with pytest.raises(Refused) as refusal:
        await second.call("session.confirm", proof=shown)
    refused_call(refusal.value, "gate.unauthorised")
    assert await closed(second) == 4401
    await first.leave()


@pytest.mark.attack("A25")
@pytest.mark.parametrize("path", [f"{WS}?token={{}}", f"{WS}?access_token={{}}", f"{WS}?Authorization=Bearer%20{{}}", f"{WS}?"])
async def test_a_token_in_the_address_is_refused_and_kept_out_of_the_log(
    scene: Scene, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, origin in (("web", POS), ("program", None), ("admin", None)):
        reply = await scene.ask("GET", path.format(scene.token(name)), more=UPGRADE, origin=origin, token=None)
        refused(reply, 422, "request.invalid", readable_by=origin)
        assert scene.token(name) not in caplog.text
        assert scene.token(name).encode() not in reply.body
    assert not scene.server.application.websockets.open


@pytest.mark.attack("A25")
async def test_a_token_as_subprotocol_is_refused_and_kept_out_of_the_log(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = scene.token("web")
    for value in (token, f"bearer, {token}", f"access_token.{token}"):
        reply = await scene.ask("GET", WS, more=[*UPGRADE, ("Sec-WebSocket-Protocol", value)], token=None)
        refused(reply, 422, "request.invalid", readable_by=POS)
    assert token not in caplog.text


@pytest.mark.attack("A25")
async def test_a_token_in_the_query_of_a_call_is_no_token_and_not_logged(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = scene.token("web")
    refused(await scene.ask("GET", f"/api/v1/devices?token={token}", token=None), 401, "gate.unauthorised", readable_by=POS)
    refused(await scene.ask("GET", f"/api/v1/devices?token={token}"), 422, "request.invalid", readable_by=POS)
    assert token not in caplog.text


@pytest.mark.attack("A25")
async def test_a_token_in_the_handshakes_head_opens_no_session(scene: Scene) -> None:
    async with scene.line() as line:
        line.send(request("GET", WS, [*scene.head(), *UPGRADE]))
        reply = await line.reply()
        assert reply is not None
        assert reply.status == 101
        line.send(frame(1, json.dumps(submit(scene.key())).encode()))
        assert await close_code(line) == 4401


@pytest.mark.attack("A34")
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("devices.submit", {"device": "till-1", "idempotency_key": "k", **Z_REPORT}),
        ("devices.submit", {"device": "till-1", "idempotency_key": "k", **SALE}),
        ("devices.list", {}),
        ("tokens.list", {}),
        ("tokens.create", {"label": "x", "scopes": ["admin"]}),
        ("devices.configure", {"device": "till-1", "family": "posnet", "url": "tcp://127.0.0.1:1"}),
        ("console.link", {}),
        ("audit.list", {}),
        ("metrics", {}),
    ],
)
async def test_a_print_token_does_no_more_over_the_socket(scene: Scene, method: str, params: dict[str, Any]) -> None:
    client = await scene.session("printing")
    with pytest.raises(Refused) as refusal:
        await client.call(method, **params)
    refused_call(refusal.value, "gate.scope_missing")
    answers = await _batch(client, {"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    assert [answer["error"]["data"]["code"] for answer in answers] == ["gate.scope_missing"]
    await client.leave()


async def _batch(client: SocketClient, *calls: dict[str, Any]) -> list[dict[str, Any]]:
    await client.send(list(calls))
    answers: list[dict[str, Any]] = await client.stray()
    return answers


@pytest.mark.attack("A24")
async def test_methods_that_are_for_http_alone_are_none(scene: Scene) -> None:
    client = await scene.session()
    for method in (
        "session.rotate",
        "session.console",
        "rpc.discover",
        "__init__",
        "devices",
        "devices.submit.",
        "",
        "DEVICES.LIST",
    ):
        with pytest.raises(Refused) as refusal:
            await client.call(method)
        refused_call(refusal.value, "request.not_found")
    await client.leave()


# -- what hides behind an upgrade --------------------------------------------------------------------------------------


@pytest.mark.attack("A41")
@pytest.mark.parametrize("origin", [EVIL, POS])
async def test_what_follows_a_refused_handshake_is_not_read(scene: Scene, origin: str) -> None:
    """Somebody who believes that the line is a socket now, and somebody who believes that it is not."""
    bad = request("GET", f"{WS}?token=x", [*scene.head(origin=origin, token=None), *UPGRADE])
    for behind in (scene.sale(), frame(1, json.dumps(submit(scene.key())).encode()), b"0\r\n\r\n" + scene.sale()):
        async with scene.line() as line:
            line.send(bad + behind)
            answers = await line.rest()
            assert [answer.status for answer in answers] == [403 if origin == EVIL else 422]


@pytest.mark.attack("A41")
@pytest.mark.parametrize("protocol", ["websocket", "h2c", "TLS/1.0", "HTTP/2.0", "tillbridge", "websocket, h2c"])
async def test_an_upgrade_elsewhere_lets_nothing_past_the_gate(scene: Scene, protocol: str) -> None:
    upgrade = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", protocol), ("HTTP2-Settings", "AAMAAABkAAQAAP__")]
    first = request("GET", "/api/v1/ping", [*scene.head(), *upgrade])
    for hidden in (scene.sale(origin=EVIL), scene.sale(token=None), scene.sale(host="rebind.evil")):
        async with scene.line() as line:
            line.send(first + hidden)
            answers = await line.rest()
            assert answers[0].status == 200
            assert all(answer.status in (400, 401, 403) for answer in answers[1:]), answers


@pytest.mark.attack("A41")
async def test_frames_in_the_same_bytes_as_the_handshake_wait_for_the_proof_too(scene: Scene) -> None:
    async with scene.line() as line:
        shake = request("GET", WS, [*scene.head(token=None), *UPGRADE])
        line.send(shake + frame(1, json.dumps(submit(scene.key())).encode()) + scene.sale())
        reply = await line.reply()
        assert reply is not None
        assert reply.status == 101
        assert await close_code(line) in (4401, 1002)


# -- bombs -------------------------------------------------------------------------------------------------------------


@pytest.mark.attack("A38")
async def test_a_compressed_bomb_over_the_socket_is_a_broken_frame(scene: Scene) -> None:
    """No compression is ever agreed on, so the bit that says so ends the connection before anything is unpacked."""
    packed = zlib.compressobj(9, wbits=-15)
    bomb = packed.compress(b" " * 50_000_000) + packed.flush(zlib.Z_SYNC_FLUSH)
    assert len(bomb) < 60_000
    async with scene.line() as line:
        offer = ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")
        line.send(request("GET", WS, [*scene.head(token=None), *UPGRADE, offer]))
        reply = await line.reply()
        assert reply is not None
        assert reply.one("Sec-WebSocket-Extensions") is None
        line.send(frame(1, bomb, first=0xC0))
        assert await close_code(line) == 1002


@pytest.mark.attack("A38")
async def test_a_message_that_says_it_is_huge_is_refused_before_it_comes(scene: Scene) -> None:
    for size in (2 * 1024 * 1024, 2**40, 2**63 - 1):
        async with scene.line() as line:
            line.send(request("GET", WS, [*scene.head(token=None), *UPGRADE]))
            assert (await line.reply()) is not None
            line.send(struct.pack("!BBQ", 0x81, 0xFF, size) + os.urandom(4) + b"{" * 100)
            assert await close_code(line) in (1009, 1002)


def frame(opcode: int, payload: bytes, *, first: int = 0x80) -> bytes:
    """One frame of a client."""
    mask = os.urandom(4)
    size = len(payload)
    head = struct.pack("!BB", first | opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", first | opcode, 0xFE, size)
    if size > 0xFFFF:
        head = struct.pack("!BBQ", first | opcode, 0xFF, size)
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


async def close_code(line: Line) -> int:
    """Read on to the server's close."""
    while True:
        opcode, size = await line.reader.readexactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await line.reader.readexactly(2))
        payload = await line.reader.readexactly(size)
        if opcode & 0x0F == 8:
            return int(struct.unpack("!H", payload[:2])[0])
