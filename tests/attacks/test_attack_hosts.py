"""DNS rebinding and its kin: requests that reach the server under a name that is not its own."""

from __future__ import annotations

import json

import pytest

from tests.attacks.raw import Header, request
from tests.attacks.refusals import refused
from tests.attacks.scene import EVIL, JOBS, POS, SALE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVERYWHERE = [
    "/",
    "/docs",
    "/docs/docs.js",
    "/api/v1/ping",
    "/api/v1/health",
    "/api/v1/devices",
    "/api/v1/openapi.json",
    "/api/v1/metrics",
    "/api/v1/pairing",
    "/nothing",
]

UPGRADE: list[Header] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
]


@pytest.mark.attack("A15", "A54")
@pytest.mark.parametrize("path", [*EVERYWHERE, "/metrics", "/openapi.json", "/debug"])
async def test_a_rebound_name_gets_nothing_at_any_address(scene: Scene, path: str) -> None:
    for host in (f"rebind.evil:{scene.port}", "rebind.evil", f"127.0.0.1.rebind.evil:{scene.port}"):
        for token in (None, "admin"):
            reply = await scene.ask("GET", path, origin=None, token=token, host=host)
            refused(reply, 403, "gate.host_not_allowed")


@pytest.mark.attack("A16")
async def test_a_rebound_page_posts_nothing_even_with_a_stolen_token(scene: Scene) -> None:
    host = f"rebind.evil:{scene.port}"
    for origin in (f"http://{host}", POS, None, scene.own):
        for token in ("web", "program", "admin"):
            refused(await scene.raw(scene.sale(host=host, origin=origin, token=token)), 403, "gate.host_not_allowed")
    refused(await scene.raw(scene.sale(origin=f"http://{host}")), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A17")
async def test_a_rebound_page_opens_no_socket(scene: Scene) -> None:
    host = f"rebind.evil:{scene.port}"
    for origin in (f"http://{host}", POS, None):
        headers = [*scene.head(host=host, origin=origin, token=None), *UPGRADE]
        refused(await scene.raw(request("GET", "/api/v1/ws", headers)), 403, "gate.host_not_allowed")
    headers = [*scene.head(origin=f"http://{host}", token=None), *UPGRADE]
    refused(await scene.raw(request("GET", "/api/v1/ws", headers)), 403, "gate.origin_not_allowed")
    assert not scene.server.application.websockets.open


NAMES = [
    # A18: all zeros
    "0.0.0.0:{port}",
    # A18: all zeros
    "0:{port}",
    # A18: all zeros
    "[::]:{port}",
    # A19: other ways to write it
    "127.1:{port}",
    "127.0.1:{port}",
    "127.0.0.2:{port}",
    "2130706433:{port}",
    "0x7f.1:{port}",
    "0x7f000001:{port}",
    "0177.0.0.1:{port}",
    "127.000.000.001:{port}",
    "localhost.:{port}",
    "127.0.0.1.:{port}",
    "localhost.localdomain:{port}",
    "a.localhost:{port}",
    "ip6-localhost:{port}",
    "[::ffff:127.0.0.1]:{port}",
    "[::ffff:7f00:1]:{port}",
    "[0:0:0:0:0:0:0:1]:{port}",
    "[::1%25lo]:{port}",
    "::1:{port}",
    "127.0.0.1:80",
    "127.0.0.1",
    "localhost",
    "127.0.0.1:",
    "127.0.0.1:0{port}",
    "127.0.0.1:{port}0",
    "127.0.0.1:+{port}",
    "127.0.0.1:{port}#",
    "127.0.0.1:{port}/",
    "127.0.0.1:{port}:{port}",
    "127.0.0.1 :{port}",
    "user@127.0.0.1:{port}",
    "user:word@localhost:{port}",
    "@127.0.0.1:{port}",
    "rebind.evil@127.0.0.1:{port}",
    "127.0.0.1:{port}@rebind.evil",
    "127.0.0.1:{port}, rebind.evil",
    "rebind.evil, 127.0.0.1:{port}",
    "127.0.0.1:{port} rebind.evil",
    "http://127.0.0.1:{port}",
    "//127.0.0.1:{port}",
    "１２７.0.0.1:{port}",
    "127。0。0。1:{port}",
    "ⓛocalhost:{port}",
    "localhoſt:{port}",
    "\xa0127.0.0.1:{port}",
    '"127.0.0.1:{port}"',
]


@pytest.mark.attack("A18", "A19")
@pytest.mark.parametrize("host", NAMES)
async def test_no_other_spelling_of_this_pc_is_its_name(scene: Scene, host: str) -> None:
    named = host.replace("{port}", str(scene.port))
    for origin in (POS, None):
        refused(await scene.raw(scene.sale(host=named, origin=origin)), 403, "gate.host_not_allowed")
    refused(await scene.ask("GET", "/api/v1/ping", host=named, origin=None, token=None), 403, "gate.host_not_allowed")
    headers = [*scene.head(host=named, token=None), *UPGRADE]
    refused(await scene.raw(request("GET", "/api/v1/ws", headers)), 403, "gate.host_not_allowed")
    asked = [*scene.head(host=named, token=None), ("Access-Control-Request-Method", "POST")]
    refused(await scene.raw(request("OPTIONS", JOBS, asked)), 403, "gate.host_not_allowed")


@pytest.mark.attack("A18")
async def test_an_origin_of_all_zeros_is_not_our_own(scene: Scene) -> None:
    for origin in (f"http://0.0.0.0:{scene.port}", f"http://[::]:{scene.port}", f"http://127.0.0.2:{scene.port}"):
        refused(await scene.raw(scene.sale(origin=origin)), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A19")
@pytest.mark.parametrize("second", ["127.0.0.1:{port}", "rebind.evil", ""])
async def test_two_hosts_are_none(scene: Scene, second: str) -> None:
    for hosts in ((scene.host, second), (second, scene.host)):
        named = [("Host", host.replace("{port}", str(scene.port))) for host in hosts]
        body = json.dumps(SALE).encode()
        head = [header for header in scene.head(key=scene.key(), body=body) if header[0] != "Host"]
        reply = await scene.raw(request("POST", JOBS, [*named, *head], body))
        assert (reply.status, reply.code) in ((400, "request.malformed"), (403, "gate.host_not_allowed")), reply
        assert reply.cors == {}


@pytest.mark.attack("A20")
async def test_no_name_and_an_empty_name_are_not_ours(scene: Scene) -> None:
    for host in ("", " ", "\t"):
        refused(await scene.raw(scene.sale(host=host)), 403, "gate.host_not_allowed")
    sale = scene.sale()
    without = sale.replace(f"Host: {scene.host}\r\n".encode(), b"")
    reply = await scene.raw(without)
    assert (reply.status, reply.code) in ((400, "request.malformed"), (403, "gate.host_not_allowed")), reply
    for version in (b"HTTP/1.0", b"HTTP/0.9"):
        reply = await scene.raw(without.replace(b"HTTP/1.1", version))
        assert (reply.status, reply.code) in ((400, "request.malformed"), (403, "gate.host_not_allowed")), reply
        assert reply.cors == {}


@pytest.mark.attack("A20")
async def test_http_1_0_with_a_right_name_still_needs_all_the_rest(scene: Scene) -> None:
    old = scene.sale(origin=EVIL).replace(b"HTTP/1.1", b"HTTP/1.0")
    refused(await scene.raw(old), 403, "gate.origin_not_allowed")
    old = scene.sale(token=None).replace(b"HTTP/1.1", b"HTTP/1.0")
    refused(await scene.raw(old), 401, "gate.unauthorised", readable_by=POS)


@pytest.mark.attack("A20")
@pytest.mark.parametrize(
    "line", [b"GET /api/v1/ping\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n\x00\r\n\r\n", b"GET  /api/v1/ping HTTP/1.1\r\n\r\n"]
)
async def test_what_is_less_than_a_request_is_unreadable(scene: Scene, line: bytes) -> None:
    reply = await scene.raw(line)
    assert (reply.status, reply.code) in ((400, "request.malformed"), (403, "gate.host_not_allowed")), reply


TARGETS = [
    "http://evil.example{path}",
    "http://{host}{path}",
    "HTTP://{host}{path}",
    "https://{host}{path}",
    "ws://{host}{path}",
    "http:{path}",
    "{host}{path}",
    "*",
    "?{path}",
    "#{path}",
    "\\{path}",
    ".{path}",
]


@pytest.mark.attack("A21")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_a_target_that_is_no_path_is_refused_whatever_the_names_say(scene: Scene, target: str, method: str) -> None:
    written = target.replace("{host}", scene.host).replace("{path}", JOBS)
    body = json.dumps(SALE).encode() if method == "POST" else b""
    for host in (scene.host, "evil.example"):
        headers = scene.head(host=host, key=scene.key(), body=body or None)
        reply = await scene.raw(request(method, written, [*headers, ("Access-Control-Request-Method", "POST")], body))
        assert (reply.status, reply.code) in (
            (400, "gate.target"),
            (400, "request.malformed"),
            (403, "gate.host_not_allowed"),
        ), reply
        assert reply.cors == {}


@pytest.mark.attack("A21")
async def test_a_path_that_begins_like_a_host_is_a_path_that_is_not_there(scene: Scene) -> None:
    for target in (f"//evil.example{JOBS}", f"/{JOBS}", f"///{JOBS}", f"/\\evil.example{JOBS}", f"/http://{scene.host}{JOBS}"):
        refused(
            await scene.ask("POST", target, SALE, more=[("Idempotency-Key", scene.key())]),
            404,
            "request.not_found",
            readable_by=POS,
        )


@pytest.mark.attack("A21")
async def test_the_bridge_is_no_proxy(scene: Scene) -> None:
    for target in (scene.host, f"127.0.0.1:{scene.printer.url.rpartition(':')[2]}", "evil.example:443"):
        reply = await scene.raw(request("CONNECT", target, scene.head(origin=None, token="admin")), body=False)
        assert reply.status in (400, 405), reply
        assert reply.cors == {}
