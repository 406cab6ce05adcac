"""Before the 101 and before the session: who gets in, and what an impostor learns."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any

import aiohttp
import pytest

from bridge.model import RequestError
from bridge.server import admin_token
from bridge.server.rate import RateLimit
from tests.sockets import Refused, proof, text

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    ("headers", "path", "status", "code"),
    [
        ({"Host": "evil.example"}, "/ws", 403, "gate.host_not_allowed"),
        ({"Host": "127.0.0.1:1"}, "/ws", 403, "gate.host_not_allowed"),
        ({"Origin": "https://evil.example"}, "/ws", 403, "gate.origin_not_allowed"),
        ({"Origin": "null"}, "/ws", 403, "gate.origin_not_allowed"),
        ({"Sec-Fetch-Site": "cross-site"}, "/ws", 403, "gate.origin_not_allowed"),
        ({"Authorization": "Bearer wrong"}, "/ws", 401, "gate.unauthorised"),
        ({}, "/ws?token=TOKEN", 422, "request.invalid"),
        ({"Sec-WebSocket-Protocol": "TOKEN"}, "/ws", 422, "request.invalid"),
        ({"Sec-WebSocket-Version": "8"}, "/ws", 400, "request.malformed"),
        ({"Sec-WebSocket-Key": "short"}, "/ws", 400, "request.malformed"),
        ({"Upgrade": "h2c"}, "/ws", 400, "request.malformed"),
    ],
)
async def test_what_is_refused_is_refused_before_the_101_and_leaves_no_token_in_the_log(
    station: Any, headers: dict[str, str], path: str, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = {name: value.replace("TOKEN", station.token) for name, value in {**HANDSHAKE, **headers}.items()}
    got, problem, answered = await station.http("GET", path.replace("TOKEN", station.token), **sent)
    assert (got, problem["code"]) == (status, code)
    assert not [name for name in answered if name.lower().startswith("access-control-")]
    assert station.token not in caplog.text
    assert not station.server.application.websockets.open


async def test_the_101_agrees_on_no_compression_and_names_no_software(station: Any) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{station.server.url}/api/v1/ws", compress=15) as socket,
    ):
        assert not socket.compress
        assert socket._response.headers["Server"] == "tillbridge"


async def test_server_and_client_prove_that_they_know_the_token_and_it_never_crosses(station: Any) -> None:
    client = await station.socket()
    seen: list[str] = []
    sending = client.socket.send_str

    async def spy(data: str) -> None:
        seen.append(data)
        await sending(data)

    client.socket.send_str = spy
    welcome = await client.sign_in(station.token, lang="pl-PL")
    assert welcome["principal"] == "native:admin"
    assert welcome["lang"] == "pl"
    assert welcome["epoch"] == station.bridge.store.events.journal_id
    assert len(seen) == 2
    assert not any(station.token in message for message in seen)


async def test_a_wrong_token_is_found_out_and_the_socket_closed(station: Any) -> None:
    client = await station.socket()
    nonce = text(secrets.token_bytes(32))
    challenge = await client.call("session.authenticate", token_id="admin", nonce=nonce)
    with pytest.raises(Refused) as refused:
        await client.call("session.confirm", proof=proof("tbk_wrong", "client", client.host, "admin", nonce, challenge["nonce"]))
    assert refused.value.code == "gate.unauthorised"
    assert await client.closed() == 4401


@pytest.mark.parametrize("role", ["server", "http"])
async def test_the_servers_own_proof_cannot_be_played_back_to_it(station: Any, role: str) -> None:
    client = await station.socket()
    nonce = text(secrets.token_bytes(32))
    challenge = await client.call("session.authenticate", token_id="admin", nonce=nonce)
    shown = proof(station.token, role, client.host, "admin", nonce, challenge["nonce"])
    with pytest.raises(Refused):
        await client.call("session.confirm", proof=shown)
    assert await client.closed() == 4401


async def test_who_passes_everything_on_from_another_port_convinces_neither_side(station: Any) -> None:
    """The client believes to talk to port 5000; what it is shown was proven for the address of the real one."""
    client = await station.socket()
    nonce = text(secrets.token_bytes(32))
    challenge = await client.call("session.authenticate", token_id="admin", nonce=nonce)
    assert challenge["proof"] == proof(station.token, "server", client.host, "admin", nonce, challenge["nonce"])
    assert challenge["proof"] != proof(station.token, "server", "127.0.0.1:5000", "admin", nonce, challenge["nonce"])
    with pytest.raises(Refused):
        await client.call(
            "session.confirm", proof=proof(station.token, "client", "127.0.0.1:5000", "admin", nonce, challenge["nonce"])
        )


async def test_an_unknown_token_is_answered_as_a_known_one_until_the_proof(station: Any) -> None:
    nonce = text(secrets.token_bytes(32))
    challenges = []
    for token_id in ("admin", "nobody"):
        client = await station.socket()
        challenges.append(await client.call("session.authenticate", token_id=token_id, nonce=nonce))
        with pytest.raises(Refused) as refused:
            await client.call("session.confirm", proof="A" * 43)
        assert refused.value.problem["detail"].startswith("The proof does not fit")
        assert await client.closed() == 4401
    assert {key: len(value) for key, value in challenges[0].items()} == {key: len(value) for key, value in challenges[1].items()}


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "devices.list"},
        {"jsonrpc": "2.0", "id": 1, "method": "devices.submit", "params": {"device": "d1", "op": "drawer.open"}},
        {"jsonrpc": "2.0", "id": 1, "method": "session.confirm", "params": {"proof": "A" * 43}},
        {"jsonrpc": "2.0", "id": 1, "method": "session.authenticate", "params": {"token_id": "admin"}},
        {"jsonrpc": "2.0", "id": 1, "method": "session.authenticate", "params": {"token_id": "a\nb", "nonce": "A" * 43}},
        {"jsonrpc": "2.0", "id": 1, "method": "events.subscribe"},
        {"jsonrpc": "2.0", "method": "session.authenticate", "params": {"token_id": "admin", "nonce": "A" * 43}},
        [{"jsonrpc": "2.0", "id": 1, "method": "session.authenticate", "params": {"token_id": "admin", "nonce": "A" * 43}}],
        "no json",
        "",
    ],
)
async def test_anything_else_as_first_message_does_nothing_and_closes(station: Any, message: Any) -> None:
    client = await station.socket()
    await client.send(message)
    assert await client.closed() == 4401
    assert station.devices["d1"].drawer == 0


async def test_who_says_nothing_is_closed(station: Any) -> None:
    await station.restart(authenticate_seconds=0.05)
    assert await (await station.socket()).closed() == 4401


async def test_only_so_many_sockets_of_an_origin_and_in_all(station: Any) -> None:
    await station.restart(max_sockets=3, max_sockets_each=2)
    first = await station.session()
    await station.session()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await station.socket()
    assert refused.value.status == 429
    status, problem, headers = await station.http("GET", "/ws", **HANDSHAKE)
    assert (status, problem["code"]) == (429, "gate.rate")
    assert int(headers["Retry-After"]) > 0
    await first.leave()
    await station.session()


async def test_only_so_many_sockets_of_a_token_whatever_their_origins(station: Any) -> None:
    await station.restart(max_sockets_each=1)
    await station.session()
    for socket in station.server.application.websockets.open:
        socket.owner = ("https://another.example", "")
    client = await station.socket()
    with pytest.raises(Refused) as refused:
        await client.sign_in(station.token)
    assert refused.value.code == "gate.rate"
    assert await client.closed() == 4429


async def test_http_clients_can_ask_for_the_servers_proof_before_they_send_a_token(station: Any) -> None:
    nonce = text(secrets.token_bytes(32))
    body = {"token_id": "admin", "nonce": nonce}
    status, said, _ = await station.http("POST", "/session/proof", body)
    assert status == 200
    host = station.server.url.removeprefix("http://")
    assert said["proof"] == proof(station.token, "http", host, "admin", nonce, said["nonce"])
    status, unknown, _ = await station.http("POST", "/session/proof", {**body, "token_id": "nobody"})
    assert (status, set(unknown), len(unknown["proof"])) == (200, set(said), len(said["proof"]))
    status, problem, _ = await station.http("POST", "/session/proof", {**body, "nonce": "short"})
    assert (status, problem["errors"][0]["field"]) == (422, "nonce")


async def test_proofs_are_not_given_without_end(station: Any) -> None:
    await station.restart(proofs_at_once=2, proofs_per_second=0.001)
    body = {"token_id": "admin", "nonce": "A" * 43}
    answers = [await station.http("POST", "/session/proof", body) for _ in range(3)]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[2][1]["code"] == "gate.rate"
    assert int(answers[2][2]["Retry-After"]) > 100


def test_a_rate_fills_again_with_time() -> None:
    now = [0.0]
    rate = RateLimit(2, 0.5, lambda: now[0])
    rate.take("x")
    rate.take("x")
    with pytest.raises(RequestError) as refused:
        rate.take("x")
    assert refused.value.extra["retry_after"] == 2
    now[0] = 2.0
    rate.take("x")


async def test_a_replaced_token_closes_its_sockets_also_those_that_only_listen(station: Any) -> None:
    await station.restart(recheck_seconds=0.02)
    listening = await station.session()
    await listening.call("events.subscribe")
    admin_token.rotate(station.data_dir)
    assert await listening.closed() == 4401
    await station.session()


async def test_a_replaced_token_counts_at_the_next_message(station: Any) -> None:
    await station.restart(recheck_seconds=600)
    client = await station.session()
    admin_token.rotate(station.data_dir)
    with pytest.raises(ConnectionError):
        await client.call("devices.submit", device="d1", op="drawer.open", idempotency_key="x", wait=5)
    assert await client.closed() == 4401
    assert station.devices["d1"].drawer == 0


async def test_a_session_is_opened_once(station: Any) -> None:
    client = await station.session()
    with pytest.raises(Refused) as refused:
        await client.call("session.authenticate", token_id="admin", nonce="A" * 43)
    assert refused.value.code == "request.conflict"
    assert await asyncio.wait_for(client.call("session.ping"), 5)
