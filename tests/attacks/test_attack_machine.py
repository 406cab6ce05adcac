"""Other programs and other users of this computer: the port, the token's file, impostors, the terminal server's clients."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import secrets
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bridge.server.listening import PortTaken, listen
from tests.attacks.lookups import SaidLookup
from tests.attacks.raw import Line, Reply, request
from tests.attacks.refusals import refused, refused_call
from tests.attacks.scene import JOBS, POS, SALE, Scene, staged
from tests.sockets import Refused, proof, text

pytestmark = pytest.mark.asyncio(loop_scope="module")

only_root = pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become another user")
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="how ports are given differs from system to system")


# -- the port ----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def squatter(address: str, port: int, *options: int, listening: bool = True) -> Iterator[socket.socket]:
    """Somebody else's socket on this port. Raises OSError where the system refuses it."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as made:
        for option in options:
            made.setsockopt(socket.SOL_SOCKET, option, 1)
        if ":" in address:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind((address, port))
        if listening:
            made.listen()
        yield made


SHARED = [(), (socket.SO_REUSEADDR,), (socket.SO_REUSEADDR, socket.SO_REUSEPORT)] if sys.platform == "linux" else [()]


@pytest.mark.attack("A48")
@only_linux
async def test_a_port_that_somebody_has_is_not_shared_with_him() -> None:
    async def tried(address: str, options: tuple[int, ...]) -> None:
        with squatter(address, 0, *options) as other:
            port = other.getsockname()[1]
            with pytest.raises(PortTaken, match=rf"Port {port} is taken by another program.*--port"):
                await listen(port)

    addresses = ("127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1")
    # All at once: each is asked who it is first, and a squatter never answers.
    await asyncio.gather(*(tried(address, options) for address in addresses for options in SHARED))


@pytest.mark.attack("A48")
@only_linux
@pytest.mark.parametrize("options", SHARED)
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0", "::", "::ffff:127.0.0.1"])
async def test_nobody_gets_beside_us_on_our_port(scene: Scene, address: str, options: tuple[int, ...]) -> None:
    with pytest.raises(OSError, match="in use"), squatter(address, scene.port, *options):
        pass
    assert (await scene.ask("GET", "/api/v1/ping")).status == 200


@pytest.mark.attack("A48")
@only_linux
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
async def test_who_reserved_the_port_without_listening_cannot_begin_to(address: str) -> None:
    with squatter(address, 0, socket.SO_REUSEADDR, listening=False) as other:
        try:
            ours, _ = await listen(other.getsockname()[1])
        except PortTaken:
            return
        with pytest.raises(OSError, match="in use"):
            other.listen()
        for made in ours:
            made.close()


@pytest.mark.attack("A48")
async def test_a_second_bridge_is_told_which_one_has_the_port(scene: Scene) -> None:
    with pytest.raises(PortTaken, match=f"taken by another Tillbridge .*instance {scene.bridge.instance_id}"):
        await listen(scene.port)


# -- who passes himself off as the bridge ------------------------------------------------------------------------------


def _http_proof(token: str, host: str, token_id: str, client_nonce: str, server_nonce: str) -> str:
    """By the document: HMAC-SHA256 with the token's SHA-256."""
    said = "\n".join(["tillbridge proof 1 http", host, token_id, client_nonce, server_nonce])
    return text(hmac.new(hashlib.sha256(token.encode()).digest(), said.encode(), hashlib.sha256).digest())


@pytest.mark.attack("A48", "A49")
async def test_the_bridge_proves_itself_before_it_is_told_a_token_and_the_proof_fits_its_own_address_alone(scene: Scene) -> None:
    given, nonce = scene.tokens["web"], text(secrets.token_bytes(32))
    reply = await scene.ask("POST", "/api/v1/session/proof", {"token_id": given.id, "nonce": nonce}, token=None)
    assert reply.status == 200
    shown = reply.json["proof"]
    assert shown == _http_proof(given.text, scene.host, given.id, nonce, reply.json["nonce"])
    assert shown != _http_proof(given.text, f"127.0.0.1:{scene.port + 1}", given.id, nonce, reply.json["nonce"])
    assert given.text not in reply.body.decode()


@pytest.mark.attack("A48", "A49")
async def test_who_listens_elsewhere_and_passes_everything_on_gets_no_proof_that_fits(scene: Scene) -> None:
    """The impostor may leave the Host as the page wrote it, or write the bridge's: the one is refused, the other does not fit."""
    given, nonce = scene.tokens["web"], text(secrets.token_bytes(32))
    asked = {"token_id": given.id, "nonce": nonce}
    impostor = "127.0.0.1:5000"
    refused(await scene.ask("POST", "/api/v1/session/proof", asked, token=None, host=impostor), 403, "gate.host_not_allowed")
    reply = await scene.ask("POST", "/api/v1/session/proof", asked, token=None)
    assert reply.json["proof"] != _http_proof(given.text, impostor, given.id, nonce, reply.json["nonce"])
    client = await scene.socket()
    challenge = await client.call("session.authenticate", **asked)
    with pytest.raises(Refused) as refusal:  # the page proves itself to 127.0.0.1:5000, and nobody else
        await client.call("session.confirm", proof=proof(given.text, "client", impostor, given.id, nonce, challenge["nonce"]))
    refused_call(refusal.value, "gate.unauthorised")
    assert await client.closed() == 4401
    await client.leave()


@pytest.mark.attack("A49")
async def test_no_proof_tells_which_tokens_there_are(scene: Scene) -> None:
    shapes = set()
    for token_id in (scene.tokens["web"].id, "admin", "0" * 12, "nobody"):
        nonce = text(secrets.token_bytes(32))
        answers = [
            await scene.ask("POST", "/api/v1/session/proof", {"token_id": token_id, "nonce": nonce}, token=None) for _ in range(2)
        ]
        assert answers[0].json["nonce"] != answers[1].json["nonce"]
        shapes.add((answers[0].status, tuple(answers[0].json), len(answers[0].json["proof"]), len(answers[0].json["nonce"])))
    assert len(shapes) == 1


# -- other users -------------------------------------------------------------------------------------------------------


def _sent_as(uid: int, port: int, data: bytes) -> bytes:
    """What the server answers another user of the system."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        # Nothing of the test framework may run on in here, and no resolver, whose lock another thread may hold.
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            with socket.socket() as client:
                client.settimeout(20)
                client.connect(("127.0.0.1", port))
                client.sendall(data)
                while got := client.recv(65536):
                    os.write(theirs, got)
        finally:
            os._exit(0)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb") as pipe:
            return pipe.read()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def as_user(uid: int, port: int, data: bytes) -> Reply:
    """The same, while the server of this process runs on. The connection is asked to be the last, so that it ends."""
    reader = asyncio.StreamReader()
    last = data.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1) if b"Connection:" not in data else data
    reader.feed_data(await asyncio.to_thread(_sent_as, uid, port, last))
    reader.feed_eof()
    reply = await Line(reader, None).reply()  # type: ignore[arg-type]
    assert reply is not None
    return reply


@pytest.mark.attack("A50")
@only_root
@pytest.mark.parametrize("uid", [65534, 54321])
async def test_another_user_gets_nothing_at_all_of_a_personal_bridge(scene: Scene, uid: int) -> None:
    shake = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "A" * 22 + "=="),
    ]
    for origin, token in ((POS, "web"), (None, "program"), (None, "admin"), (POS, None), (None, None)):
        reply = await as_user(uid, scene.port, scene.sale(origin=origin, token=token))
        refused(reply, 403, "gate.wrong_session", readable_by=origin)
        for path in ("/api/v1/devices", "/api/v1/ping", "/api/v1/health", "/docs"):
            reply = await as_user(uid, scene.port, request("GET", path, scene.head(origin=origin, token=token)))
            refused(reply, 403, "gate.wrong_session", readable_by=origin)
    reply = await as_user(uid, scene.port, request("GET", "/api/v1/ws", [*scene.head(token=None), *shake]))
    refused(reply, 403, "gate.wrong_session", readable_by=POS)
    assert not scene.server.application.websockets.open


@pytest.mark.attack("A50")
@only_root
async def test_another_user_with_a_stolen_token_gets_nothing_of_a_shared_bridge(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", users="any") as shared:
        await shared.server.stop()
        shared.server = await type(shared.server).start(
            shared.bridge, type(shared.server._settings)(port=0, users="shared", stop_seconds=1.0), None
        )
        mine, theirs = str(os.geteuid()), "54321"
        await shared.give("mine", origin=POS, user_id=mine, user="me")
        await shared.give("theirs", origin=POS, user_id=theirs, user="them")
        await shared.settled()
        refused(await as_user(54321, shared.port, shared.sale(token="mine")), 403, "gate.wrong_session", readable_by=POS)
        refused(await as_user(54321, shared.port, shared.sale(token="web")), 403, "gate.wrong_session", readable_by=POS)
        refused(await as_user(54321, shared.port, shared.sale(token="admin", origin=None)), 403, "gate.wrong_session")
        refused(await shared.raw(shared.sale(token="theirs")), 403, "gate.wrong_session", readable_by=POS)
        assert shared.traces() == shared.baseline
        assert (await as_user(54321, shared.port, request("GET", "/api/v1/devices", shared.head(token="theirs")))).status == 200
        assert (await shared.raw(shared.sale(token="mine"))).status == 202


@pytest.mark.attack("A50")
@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are those of Unix")
async def test_what_is_secret_is_nobody_elses_to_read(scene: Scene) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in scene.data_dir.rglob("*") if path.is_file()}
    assert modes["admin-token"] == 0o600
    assert modes["server.json"] == 0o600
    journal = {name: mode for name, mode in modes.items() if name.startswith("journal.db")}
    assert "journal.db" in journal
    assert set(journal.values()) == {0o600}


@pytest.mark.attack("A50")
async def test_no_file_holds_the_text_of_a_token_but_the_administrators_own(scene: Scene) -> None:
    texts = [given.text.encode() for given in scene.tokens.values()]
    for path in scene.data_dir.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [one for one in texts if one in content or one.split(b"_", 2)[2] in content], path.name
            assert path.name == "admin-token" or scene.admin.encode() not in content


@pytest.mark.attack("A50")
async def test_who_cannot_be_told_is_refused_and_not_guessed(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", SaidLookup({"127.0.0.1": "1000", "127.0.0.3": "0"})) as personal:
        for address, status in (("127.0.0.1", 200), ("127.0.0.3", 200), ("127.0.0.2", 409)):
            line = Line(*await asyncio.open_connection("127.0.0.1", personal.port, local_addr=(address, 0)))
            line.send(request("GET", "/api/v1/session", personal.head()))
            reply = await line.reply()
            assert reply is not None
            assert reply.status == status
            if status == 409:
                refused(reply, 409, "gate.session_unknown", readable_by=POS)
            await line.close()


# -- the terminal server's clients -------------------------------------------------------------------------------------

ROUTES = {"PC-1": {"@fiscal": "till-1"}, "PC-2": {"@fiscal": "d2"}}


@pytest_asyncio.fixture(loop_scope="module")
async def terminal(tmp_path: Path) -> AsyncIterator[tuple[Scene, SaidLookup]]:
    lookup = SaidLookup()
    async with staged(tmp_path / "data", lookup) as made:
        await made.give("roaming", origin=POS, routes=ROUTES)
        await made.settled()
        yield made, lookup


def _named(scene: Scene, alias: str, **more: Any) -> bytes:
    body = json.dumps(SALE).encode()
    head = [*scene.head(token="roaming", key=scene.key(), body=body), ("Prefer", "wait=20")]
    return request("POST", f"/api/v1/devices/{alias}/jobs", head, body)


@pytest.mark.attack("A51")
async def test_who_comes_back_from_another_pc_prints_there_and_never_at_the_one_before(
    terminal: tuple[Scene, SaidLookup],
) -> None:
    scene, lookup = terminal
    async with scene.line() as line:  # one connection all the while, as a browser's is
        for client, device in (("PC-1", "till-1"), ("PC-2", "d2"), ("PC-1", "till-1")):
            lookup.client = client
            line.send(_named(scene, "@fiscal"))
            reply = await line.reply()
            assert reply is not None
            assert (reply.status, reply.json["device"], reply.json["state"]) == (200, device, "done")
        await scene.settled()
        for client in ("PC-3", None, "pc-1", "PC-1 "):
            lookup.client = client
            reply = await scene.raw(_named(scene, "@fiscal"))
            refused(reply, 409, "gate.session_unknown", readable_by=POS)
            assert "till-1" not in reply.json["detail"]
    assert scene.traces() == scene.baseline


@pytest.mark.attack("A51")
async def test_an_open_socket_follows_the_client_too(terminal: tuple[Scene, SaidLookup]) -> None:
    scene, lookup = terminal
    client = await scene.session("roaming")
    for name, device in (("PC-1", "till-1"), ("PC-2", "d2")):
        lookup.client = name
        job = await client.call("devices.submit", device="@fiscal", idempotency_key=scene.key(), wait=20, **SALE)
        assert job["device"] == device
        assert (await client.call("session.get"))["aliases"] == {"@fiscal": device}
    await scene.settled()
    lookup.client = None
    with pytest.raises(Refused) as refusal:
        await client.call("devices.submit", device="@fiscal", idempotency_key=scene.key(), **SALE)
    refused_call(refusal.value, "gate.session_unknown")
    await client.leave()
    assert scene.traces() == scene.baseline


@pytest.mark.attack("A51")
async def test_the_repeat_of_a_sale_from_another_pc_does_not_print_there(terminal: tuple[Scene, SaidLookup]) -> None:
    """The answer was lost, the till repeats; meanwhile its user sits at another PC."""
    scene, lookup = terminal
    lookup.client = "PC-1"
    sale = _named(scene, "@fiscal")
    first = await scene.raw(sale)
    assert first.json["device"] == "till-1"
    await scene.settled()
    lookup.client = "PC-2"
    refused(await scene.raw(sale), 422, "request.key_reused", readable_by=POS)
    assert scene.traces() == scene.baseline
    assert JOBS.endswith("till-1/jobs")
