"""Bytes that are no proper HTTP: smuggled requests, other protocols on this port, paths that lead out."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.attacks.raw import request
from tests.attacks.refusals import refused
from tests.attacks.scene import EVIL, JOBS, POS, SALE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = json.dumps(SALE).encode()


def _framed(scene: Scene, *lines: str, body: bytes = b"") -> bytes:
    """A right sale whose framing is said by `lines`."""
    head = [*scene.head(key=scene.key()), ("Content-Type", "application/json")]
    told = "".join(f"{name}: {value}\r\n" for name, value in head) + "".join(f"{line}\r\n" for line in lines)
    return f"POST {JOBS} HTTP/1.1\r\n{told}\r\n".encode("latin-1") + body


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)

FRAMINGS: list[tuple[str, tuple[str, ...], bytes]] = [
    ("length and chunks", (f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"), CHUNKED),
    ("chunks and length", ("Transfer-Encoding: chunked", "Content-Length: 0"), CHUNKED),
    ("two lengths", (f"Content-Length: {len(BODY)}", "Content-Length: 0"), BODY),
    ("one length twice", (f"Content-Length: {len(BODY)}", f"Content-Length: {len(BODY)}"), BODY),
    ("lengths in a list", (f"Content-Length: {len(BODY)}, {len(BODY)}",), BODY),
    ("a negative length", ("Content-Length: -1",), BODY),
    ("a length with a sign", (f"Content-Length: +{len(BODY)}",), BODY),
    ("a length in hex", (f"Content-Length: {len(BODY):#x}",), BODY),
    ("a length with an underscore", ("Content-Length: 1_0",), BODY),
    ("a length of Arabic digits", ("Content-Length: \xb2",), BODY),
    ("a length beyond all bounds", (f"Content-Length: {10**30}",), BODY),
    ("an empty length", ("Content-Length:",), BODY),
    ("a length behind a bare LF", (f"X: y\nContent-Length: {len(BODY)}",), BODY),
    ("a folded header", (f"Content-Length:\r\n {len(BODY)}",), BODY),
    ("a blank before the colon", (f"Content-Length : {len(BODY)}",), BODY),
    ("a blank before the name", (f" Content-Length: {len(BODY)}",), BODY),
    ("a header without a name", (": x", f"Content-Length: {len(BODY)}"), BODY),
    ("a header without a colon", ("Content-Length", f"Content-Length: {len(BODY)}"), BODY),
    ("a zero byte", (f"X: a\x00b\r\nContent-Length: {len(BODY)}",), BODY),
    ("a carriage return alone", (f"X: a\rTransfer-Encoding: chunked\r\nContent-Length: {len(BODY)}",), BODY),
    ("chunks that are not last", ("Transfer-Encoding: chunked, identity",), CHUNKED),
    ("chunks twice", ("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), CHUNKED),
    ("chunks of a kind", ("Transfer-Encoding: xchunked",), CHUNKED),
    ("quoted chunks", ('Transfer-Encoding: "chunked"',), CHUNKED),
    ("chunks behind a vertical tab", ("Transfer-Encoding: \x0bchunked",), CHUNKED),
    ("zipped chunks", ("Transfer-Encoding: gzip, chunked",), CHUNKED),
    ("a chunk of a negative size", ("Transfer-Encoding: chunked",), b"-1\r\n" + CHUNKED),
    ("a chunk size in another base", ("Transfer-Encoding: chunked",), b"0x%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
    ("a chunk size behind a blank", ("Transfer-Encoding: chunked",), b" %x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
    ("a chunk size beyond all bounds", ("Transfer-Encoding: chunked",), b"F" * 17 + b"\r\n" + BODY),
    ("a chunk that ends in a bare LF", ("Transfer-Encoding: chunked",), b"%x\n%s\n0\n\n" % (len(BODY), BODY)),
    ("a chunk that is longer than it says", ("Transfer-Encoding: chunked",), b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY) - 1, BODY)),
    ("a chunk extension without end", ("Transfer-Encoding: chunked",), b"%x;%s\r\n" % (len(BODY), b"a" * 100_000)),
]


@pytest.mark.attack("A41")
@pytest.mark.parametrize(("lines", "body"), [case[1:] for case in FRAMINGS], ids=[case[0] for case in FRAMINGS])
async def test_framing_that_can_be_read_two_ways_is_refused_and_the_line_closed(
    scene: Scene, lines: tuple[str, ...], body: bytes
) -> None:
    """Each is followed by a right sale: whoever reads the first request shorter or longer takes it for one, or for none."""
    async with scene.line() as line:
        line.send(_framed(scene, *lines, body=body) + scene.sale())
        answers = await line.rest()
    assert answers, "the server closed without a word"
    assert len(answers) == 1
    (reply,) = answers
    assert (reply.status, reply.code) in (
        (400, "request.malformed"),
        (413, "request.too_large"),
        (415, "request.media_type"),
        (403, "gate.host_not_allowed"),
    ), reply
    assert reply.last


@pytest.mark.attack("A41")
@pytest.mark.parametrize("refusal", ["host", "origin", "media", "token", "rights", "method", "size"])
async def test_a_right_request_behind_a_refused_one_is_never_carried_out(scene: Scene, refusal: str) -> None:
    """Also where the second lies in what the first calls its body."""
    hidden = scene.sale()
    length = ("Content-Length", str(len(hidden)))
    json_body = ("Content-Type", "application/json")
    heads = {
        "host": [*scene.head(host="rebind.evil"), json_body, length],
        "origin": [*scene.head(origin=EVIL), json_body, length],
        "media": [*scene.head(), ("Content-Type", "text/plain"), length],
        "token": [*scene.head(token=None), json_body, length],
        "rights": [*scene.head(token="program"), json_body, length],
        "method": [*scene.head(), json_body, length],
        "size": [*scene.head(), json_body, ("Content-Length", "99999999")],
    }
    method = "PATCH" if refusal == "method" else "POST"
    async with scene.line() as line:
        line.send(request(method, JOBS, heads[refusal], hidden) + hidden)
        answers = await line.rest()
    assert len(answers) == 1
    assert answers[0].status in (401, 403, 405, 413, 415)
    assert answers[0].last


@pytest.mark.attack("A41")
@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/devices/till-1/jobs/", "/api/v1/devices/no-such/jobs", "/api/v1/tokens"]
)
async def test_a_right_request_inside_the_body_of_a_failed_one_is_a_body(scene: Scene, path: str) -> None:
    hidden = scene.sale()
    head = [*scene.head(key=scene.key()), ("Content-Type", "application/json"), ("Content-Length", str(len(hidden) + 2))]
    async with scene.line() as line:
        line.send(request("POST", path, head, b"{}" + hidden))
        answer = await line.reply()
        assert answer is not None
        assert answer.status in (400, 403, 404)
        if not answer.last:  # it was read to its end: the line goes on behind it
            line.send(request("GET", "/api/v1/ping", scene.head()))
            following = await line.reply()
            assert following is not None
            assert following.json["name"] == "tillbridge"


@pytest.mark.attack("A41")
@pytest.mark.parametrize(
    "trailer",
    [
        "Authorization: Bearer {t}",
        "Origin: https://pos.example.com",
        "Host: {h}",
        "Idempotency-Key: k",
        "Content-Type: application/json",
    ],
)
async def test_a_trailer_is_no_header(scene: Scene, trailer: str) -> None:
    """Each is missing, or another one, in the head."""
    name = trailer.partition(":")[0]
    said = trailer.replace("{t}", scene.token("web")).replace("{h}", scene.host)
    head = [
        *scene.head(key=scene.key()),
        ("Content-Type", "application/json"),
        ("Transfer-Encoding", "chunked"),
        ("Trailer", name),
    ]
    head = [header for header in head if header[0] != name]
    reply = await scene.raw(request("POST", JOBS, head, b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(BODY), BODY, said.encode())))
    assert (reply.status, reply.code) in (
        (401, "gate.unauthorised"),
        (403, "gate.origin_required"),
        (403, "gate.host_not_allowed"),
        (400, "request.key_missing"),
        (400, "request.malformed"),
        (415, "request.media_type"),
    ), reply


@pytest.mark.attack("A41")
async def test_who_asks_first_is_told_no_before_it_sends_a_body(scene: Scene) -> None:
    expects = ("Expect", "100-continue")
    heads = (
        [*scene.head(origin=EVIL, key="k"), ("Content-Type", "application/json"), ("Content-Length", "10"), expects],
        [*scene.head(token=None, key="k"), ("Content-Type", "application/json"), ("Content-Length", "10"), expects],
        [*scene.head(key="k"), ("Content-Type", "text/plain"), ("Content-Length", "10"), expects],
    )

    async def ask(head: list[tuple[str, str]]) -> list[int]:
        async with scene.line() as line:
            line.send(request("POST", JOBS, head))
            return [answer.status // 100 for answer in await line.rest()]

    assert await asyncio.gather(*map(ask, heads)) == [[4], [4], [4]]


PROTOCOLS: list[tuple[str, bytes]] = [
    ("a Posnet command", b"\x02shift.close\t#0000\x03"),
    ("a daily report", b"\x02dailyrep\tda2026-11-29\t#5BE3\x03" * 3),
    ("an ESC/POS printout", b"\x1b@Hello\n\x1dV\x00"),
    ("a Thermal sequence", b"\x1bP1#r\x1b\\"),
    ("SMTP", b"EHLO evil.example\r\nMAIL FROM:<a@b>\r\n\r\n"),
    ("FTP", b"USER anonymous\r\nPASS x\r\n\r\n"),
    ("Redis", b"*1\r\n$8\r\nFLUSHALL\r\n\r\n"),
    ("memcached", b"set x 0 0 1\r\nx\r\n\r\n"),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 508),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"),
    ("SSH", b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    ("JSON-RPC without HTTP", b'{"jsonrpc":"2.0","id":1,"method":"devices.list"}\r\n\r\n'),
    ("a WebSocket frame", b"\x81\x85\x00\x00\x00\x00hello\r\n\r\n"),
    ("PROXY protocol", b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET /api/v1/ping HTTP/1.1\r\n\r\n"),
    ("a SOCKS greeting", b"\x05\x01\x00\x05\x01\x00\x01\x7f\x00\x00\x01\r\n\r\n"),
    ("noise", bytes(range(256)) + b"\r\n\r\n"),
    ("blank lines and noise", b"\r\n" * 50 + b"\xff\xfe\r\n\r\n"),
]


@pytest.mark.attack("A42")
@pytest.mark.parametrize("data", [data for _, data in PROTOCOLS], ids=[name for name, _ in PROTOCOLS])
async def test_another_protocol_is_answered_once_and_reaches_nothing(scene: Scene, data: bytes) -> None:
    async with scene.line() as line:
        line.send(data + scene.sale())
        answers = await line.rest()
    assert len(answers) == 1
    refused(answers[0], 400, "request.malformed")
    assert answers[0].last


@pytest.mark.attack("A42")
async def test_a_printers_bytes_in_a_request_are_text(scene: Scene) -> None:
    for place in ("/\x02dailyrep\x03", "/api/v1/devices/\x1b@", "/api/v1/devices/%02dailyrep%03", "/api/v1/devices/%1b@"):
        reply = await scene.ask("GET", place)
        assert (reply.status, reply.code) in ((400, "request.malformed"), (404, "request.not_found")), reply


PATHS = [
    "/ui/..%2f..%2fetc/passwd",
    "/docs/../../etc/passwd",
    "/docs/..%2f..%2f..%2fetc%2fpasswd",
    "/docs/%2e%2e/%2e%2e/etc/passwd",
    "/docs/%252e%252e/etc/passwd",
    "/docs/..\\..\\etc\\passwd",
    "/docs/..%5c..%5cetc%5cpasswd",
    "/docs/..%c0%afetc",
    "/docs/.%00./etc",
    "/docs/docs.js%00.html",
    "/docs/docs.js/",
    "/docs/docs.js/..",
    "/docs/docs.js?x",
    "/docs/docs.JS",
    "/docs//docs.js",
    "/docs/./docs.js",
    "/docs/C:%5cwindows%5cwin.ini",
    "/docs/\\\\server\\share",
    "/docs/file:///etc/passwd",
    "/docs/__init__.py",
    "/docs/table.py",
    "/docs/docs.html",
    "/admin-token",
    "/api/v1/../../admin-token",
    "/api/v1/devices/..%2f..%2fadmin-token",
    "/api/v1/jobs/..%2f..%2fjournal.db",
    "/api/v1/jobs/%2e%2e",
    "/api/v1/jobs/.",
    "/.git/config",
    "/.well-known/security.txt",
    "/server-status",
    "/favicon.ico",
    "/robots.txt",
    "/~root",
    "/%7eroot",
    "/proc/self/environ",
]


@pytest.mark.attack("A43")
@pytest.mark.parametrize("path", PATHS)
async def test_no_path_leads_to_a_file(scene: Scene, path: str) -> None:
    refused(await scene.ask("GET", path), 404, "request.not_found", readable_by=POS)
    refused(await scene.ask("GET", path, origin=None, token="admin"), 404, "request.not_found")
    refused(await scene.ask("GET", path, origin=None, token=None), 401, "gate.unauthorised")


@pytest.mark.attack("A43")
@pytest.mark.parametrize("path", ["/docs/\x00", "/docs/..\x00/etc", "/docs\x0a/x", "/docs /x", "/docs\x7f", "/docs/ż"])
async def test_a_path_of_control_characters_is_unreadable(scene: Scene, path: str) -> None:
    reply = await scene.ask("GET", path, origin=None, token="admin")
    assert (reply.status, reply.code) in ((400, "request.malformed"), (404, "request.not_found")), reply
