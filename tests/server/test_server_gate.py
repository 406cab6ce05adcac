"""The gate against raw bytes: every attack that docs/security.md names, and their near relatives."""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import pytest

from bridge.server.access.origins import is_origin
from bridge.server.doors import allowed_hosts

SELL = "POST /api/v1/devices/till-1/jobs HTTP/1.1"


def assert_problem(reply: Any, status: int, code: str) -> None:
    assert (reply.status, reply.json.get("code")) == (status, code), reply
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json["status"] == status
    assert reply.json["type"] == f"urn:tillbridge:error:{code}"
    assert reply.json["detail"]
    assert reply.json["remedy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Cache-Control"] == "no-store"
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]


HOSTS = [
    "evil.example",
    "evil.example:PORT",
    "0.0.0.0:PORT",
    "127.1:PORT",
    "2130706433:PORT",
    "0x7f.1:PORT",
    "localhost.:PORT",
    "[::ffff:127.0.0.1]:PORT",
    "127.0.0.1:80",
    "127.0.0.1",
    "localhost",
    "127.0.0.2:PORT",
    "user@127.0.0.1:PORT",
    "127.0.0.1:PORT.evil.example",
    "",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/api/v1/ping", "/api/v1/devices", "/", "/openapi.json"])
async def test_only_our_own_names_and_port_pass_as_host(client: Any, host: str, path: str) -> None:
    assert_problem(await client.request("GET", path, headers={"Host": host}), 403, "gate.host_not_allowed")


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT"])
async def test_our_own_names_pass(client: Any, host: str) -> None:
    assert (await client.request("GET", "/api/v1/ping", headers={"Host": host})).status == 200


def test_a_host_without_port_is_ours_on_port_80_only() -> None:
    assert "localhost" in allowed_hosts(80)
    assert "localhost" not in allowed_hosts(8080)
    assert allowed_hosts(8080, ("Till.local", "other:90")) >= {"till.local:8080", "other:90"}
    assert "other:90:8080" not in allowed_hosts(8080, ("other:90",))


async def test_http_1_0_without_host_is_refused(client: Any) -> None:
    assert_problem(await client.raw(b"GET /api/v1/ping HTTP/1.0\r\n\r\n"), 403, "gate.host_not_allowed")


async def test_http_1_1_without_host_is_refused(client: Any) -> None:
    reply = await client.raw(b"GET /api/v1/ping HTTP/1.1\r\nConnection: close\r\n\r\n")
    assert reply.status in (400, 403)
    assert reply.headers["Content-Type"] == "application/problem+json"


async def test_two_hosts_are_refused(client: Any) -> None:
    reply = await client.raw(
        b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: 127.0.0.1:PORT\r\nConnection: close\r\n\r\n"
    )
    assert reply.status in (400, 403)


@pytest.mark.parametrize("target", ["http://evil.example/api/v1/devices", "http://127.0.0.1:PORT/api/v1/devices", "*"])
async def test_targets_that_are_no_path_are_refused(client: Any, target: str) -> None:
    reply = await client.request("GET", target)
    assert reply.status == 400
    assert reply.json["code"] in ("gate.target", "request.malformed")


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "HEAD", "PATCH", "PROPFIND", "CONNECT", "BREW"])
async def test_methods_beside_the_four_are_refused_before_anything_else(client: Any, method: str) -> None:
    target = "127.0.0.1:PORT" if method == "CONNECT" else "/api/v1/devices"
    reply = await client.request(method, target, headers={"Host": "evil.example"})
    assert reply.status in (405, 400)
    if reply.body and reply.status == 405:
        assert_problem(reply, 405, "gate.method")
        assert reply.headers["Allow"] == ("GET, POST, PUT, DELETE" if method == "CONNECT" else "GET")


async def test_a_method_that_an_address_does_not_have_is_told_before_the_body_is_judged(client: Any) -> None:
    reply = await client.request("PUT", "/api/v1/devices", token=None)
    assert_problem(reply, 405, "request.method")
    assert reply.headers["Allow"] == "GET"
    assert_problem(await client.request("PUT", "/api/v1/nothing", token=None), 415, "request.media_type")


ORIGINS = [
    "https://evil.example",
    "null",
    "",
    "https://pos.example.com",
    "https://127.0.0.1:PORT",
    "http://127.0.0.1",
    "http://127.0.0.1:80",
    "http://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT.evil.example",
    "http://evil.example:PORT",
    "HTTP://127.0.0.1:PORT",
    "http://127.0.0.2:PORT",
    "http://127.1:PORT",
    "http://0.0.0.0:PORT",
    "http://localhost.:PORT",
    "http://localhost:PORT",
    "http://[::1]:PORT",
    "http://127.0.0.1:PORT http://127.0.0.1:PORT",
]


@pytest.mark.parametrize("origin", ORIGINS)
async def test_any_origin_but_that_of_our_own_page_is_refused_even_with_the_token(client: Any, origin: str) -> None:
    for path in ("/api/v1/devices", "/api/v1/health", "/api/v1/ws", "/api/v1/session/proof", "/docs", "/"):
        assert_problem(await client.request("GET", path, headers={"Origin": origin}), 403, "gate.origin_not_allowed")
    assert_problem(await client.sell(headers={"Origin": origin}), 403, "gate.origin_not_allowed")
    assert client.bridge.jobs.calls == []


@pytest.mark.parametrize("origin", [origin for origin in ORIGINS if not is_origin(origin.replace("PORT", "47811"))])
async def test_what_is_no_origin_may_not_even_ask_whether_the_bridge_is_there(client: Any, origin: str) -> None:
    assert_problem(await client.request("GET", "/api/v1/ping", headers={"Origin": origin}), 403, "gate.origin_not_allowed")


async def test_two_origins_are_refused(client: Any) -> None:
    reply = await client.raw(
        b"GET /api/v1/ping HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\nOrigin: https://evil.example\r\n\r\n"
    )
    assert_problem(reply, 403, "gate.origin_not_allowed")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Mode", "websocket"),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Sec-Fetch-Dest", "image"),
        ("Sec-Fetch-Dest", "iframe"),
    ],
)
async def test_browsers_that_leave_origin_out_are_known_by_sec_fetch(client: Any, name: str, value: str) -> None:
    assert_problem(await client.request("GET", "/api/v1/devices", headers={name: value}), 403, "gate.origin_not_allowed")


async def test_native_javascript_says_sec_fetch_mode_cors_and_passes(client: Any) -> None:
    assert (await client.request("GET", "/api/v1/devices", headers={"Sec-Fetch-Mode": "cors"})).status == 200


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/problem+json",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "",
    ],
)
async def test_only_json_is_taken(client: Any, media_type: str) -> None:
    assert_problem(await client.sell(headers={"Content-Type": media_type}), 415, "request.media_type")
    assert client.bridge.jobs.calls == []


@pytest.mark.parametrize(
    "media_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json; charset="utf-8"']
)
async def test_json_in_utf_8_is_taken(client: Any, media_type: str) -> None:
    assert (await client.sell(headers={"Content-Type": media_type})).status in (200, 202)


async def test_a_post_without_body_or_media_type_changes_nothing(client: Any) -> None:
    assert_problem(await client.request("POST", "/api/v1/jobs/01J00000/ack"), 415, "request.media_type")


async def test_a_get_with_a_body_is_refused(client: Any) -> None:
    assert_problem(await client.request("GET", "/api/v1/devices", {"a": 1}), 400, "request.malformed")


async def test_compressed_bodies_are_refused_unread(client: Any) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    reply = await client.sell(body=bomb, headers={"Content-Encoding": "gzip"})
    assert_problem(reply, 415, "request.media_type")


@pytest.mark.usefixtures("hardly_lingering")
async def test_a_body_that_says_it_is_too_long_is_refused_unread(client: Any) -> None:
    reply = await client.sell(headers={"Content-Length": "99999999"})
    assert_problem(reply, 413, "request.too_large")


async def test_a_chunked_body_that_grows_too_long_is_refused(client: Any) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    reply = await client.raw(
        f"{SELL}\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        + chunk * 17
        + b"0\r\n\r\n"
    )
    assert_problem(reply, 413, "request.too_large")
    assert reply.json["limit"] == 1024 * 1024


@pytest.mark.usefixtures("hardly_lingering")
async def test_a_client_that_asks_first_is_told_before_it_sends(client: Any) -> None:
    """Expect: 100-continue gets no 100 when the gate refuses."""
    reply = await client.request(
        "POST",
        "/api/v1/devices/till-1/jobs",
        headers={"Expect": "100-continue", "Content-Length": "20", "Content-Type": "text/plain"},
    )
    assert_problem(reply, 415, "request.media_type")


async def test_a_client_that_asks_first_goes_on_after_100(client: Any) -> None:
    reader, writer = await client.open()
    writer.write(
        f"{SELL}\r\nHost: 127.0.0.1:{client.port}\r\nAuthorization: Bearer {client.token}\r\nIdempotency-Key: k\r\n"
        "Content-Type: application/json\r\nContent-Length: 16\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n".encode()
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b'{"op":"receipt"}')
    assert (await reader.read()).startswith(b"HTTP/1.1 202 ")


async def test_other_expectations_are_refused(client: Any) -> None:
    assert_problem(await client.sell(headers={"Expect": "the-unexpected"}), 400, "request.malformed")


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Basic TOKEN", "Bearer wrong", "Bearer TOKENx", "Bearer TOKEN TOKEN", "TOKEN", "Bearer tokén"],
)
async def test_without_the_right_token_nothing_is_answered(client: Any, authorization: str) -> None:
    reply = await client.request("GET", "/api/v1/devices", headers={"Authorization": authorization}, token=None)
    assert_problem(reply, 401, "gate.unauthorised")
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


async def test_no_token_two_tokens_and_a_token_in_the_address_are_refused(client: Any) -> None:
    assert_problem(await client.request("GET", "/api/v1/devices", token=None), 401, "gate.unauthorised")
    assert_problem(await client.request("GET", "/api/v1/devices?token=TOKEN", token=None), 401, "gate.unauthorised")
    reply = await client.raw(
        b"GET /api/v1/devices HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nAuthorization: Bearer TOKEN\r\nAuthorization: Bearer TOKEN\r\n\r\n"
    )
    assert_problem(reply, 401, "gate.unauthorised")


async def test_the_scheme_of_the_token_is_written_in_any_case(client: Any) -> None:
    assert (await client.request("GET", "/api/v1/devices", headers={"Authorization": "bearer TOKEN"})).status == 200


async def test_an_unknown_path_is_not_told_to_strangers(client: Any) -> None:
    assert_problem(await client.request("GET", "/api/v1/nothing", token=None), 401, "gate.unauthorised")
    assert_problem(await client.request("GET", "/api/v1/nothing"), 404, "request.not_found")


async def test_forwarding_and_override_headers_change_nothing(client: Any) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-HTTP-Method-Override": "DELETE",
        "Cookie": "token=TOKEN",
    }
    assert (await client.request("GET", "/api/v1/devices", headers=headers)).status == 200
    assert (await client.request("GET", "/api/v1/devices", headers=headers, token=None)).status == 401
    assert (await client.request("GET", "/api/v1/ping", headers={**headers, "Host": "evil.example"})).status == 403


BODIES: list[tuple[bytes, str]] = [
    (b'{"op": "receipt", "op": "raw"}', "'op' stands twice"),
    (b'{"lines": [{"name": "a", "name": "b"}]}', "'name' stands twice"),
    (b'{"total": NaN}', "NaN"),
    (b'{"total": Infinity}', "Infinity"),
    (b'{"total": -Infinity}', "Infinity"),
    (b'{"total": 1e400}', "too large"),
    (b'{"total": 1e999999999}', "too large"),
    (b'{"total": ' + b"9" * 5000 + b"}", "too long"),
    (b'{"name": "\\ud800"}', "lone surrogate"),
    (b'{"\\udfff": 1}', "lone surrogate"),
    (b'{"a": "\xff"}', "not UTF-8"),
    ('{"a": "ż"}'.encode("utf-16"), "not UTF-8"),
    (b'\xef\xbb\xbf{"a": 1}', "byte order mark"),
    (b"[]", "one JSON object"),
    (b'"text"', "one JSON object"),
    (b"null", "one JSON object"),
    (b"{} {}", "not JSON"),
    (b"{", "not JSON"),
    (b"   ", "empty"),
    (b'{"a": ' * 100 + b"1" + b"}" * 100, "nested deeper"),
    (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested deeper"),
    (b'{"a": 01}', "not JSON"),
    (b'{"a": "\x01"}', "not JSON"),
]


@pytest.mark.parametrize(("body", "said"), BODIES, ids=lambda value: value[:24].hex() if isinstance(value, bytes) else None)
async def test_broken_and_ambiguous_json_is_refused_by_name(client: Any, body: bytes, said: str) -> None:
    reply = await client.sell(body=body)
    assert_problem(reply, 400, "request.malformed")
    assert said in reply.json["detail"]
    assert client.bridge.jobs.calls == []


async def test_a_duplicate_key_is_named_as_a_field(client: Any) -> None:
    reply = await client.sell(body=b'{"op": "receipt", "op": "raw"}')
    assert reply.json["errors"] == [{"field": "op", "message": "stands twice in one object: leave one"}]


async def test_texts_of_every_language_arrive_as_they_were_sent(client: Any) -> None:
    body = {"op": "receipt", "name": "Chleb żytni Ωμέγα щётка 😀", "__proto__": "x"}
    await client.sell(body=json.dumps(body, ensure_ascii=False).encode())
    await client.sell(key="k2", body=json.dumps(body).encode())
    assert [call[4] for call in client.bridge.jobs.calls] == [body, body]


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x02trinit\tbm0\t#4825\x03\r\n\r\n",
        b"EHLO evil.example\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : 127.0.0.1:PORT\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: a\x00b\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_what_the_parser_refuses_is_a_problem_document_too(client: Any, data: bytes) -> None:
    assert_problem(await client.raw(data), 400, "request.malformed")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/devices/..%2f..%2fetc",
        "/api/v1/devices/%2e%2e",
        "/api/v1/devices/a%5Cb",
        "/api/v1/devices/%00",
        "/api/v1/devices/%ff",
        "/api/v1/devices/",
        "/api/v1//devices",
        "//evil.example/api/v1/devices",
        "/api/v1/Devices",
        "/api",
    ],
)
async def test_paths_that_are_none_of_ours_are_not_found(client: Any, path: str) -> None:
    assert_problem(await client.request("GET", path), 404, "request.not_found")


async def test_each_refusal_is_one_log_line_without_secrets(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await client.request("GET", "/api/v1/devices?token=TOKEN", headers={"Authorization": "Bearer wrong-TOKEN"})
    await client.request("GET", "/api/v1/\x1b[31mred", headers={"Host": "evil\x7f.example", "User-Agent": "a\tb"})
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2
    assert lines[0].startswith("refused GET /api/v1/devices of 127.0.0.1: gate.unauthorised")
    assert client.token not in "".join(lines)
    assert all(line.isprintable() for line in lines)


async def test_what_is_wrong_deep_inside_is_named_by_its_path(client: Any) -> None:
    reply = await client.sell(body=b'{"lines": [{"name": "a"}, {"name": "b\\udc00"}]}')
    assert reply.json["errors"][0]["field"] == "lines.1.name"
