"""Requests that a browser sends for any page without asking first: forms, images, beacons, navigations; and what they carry."""

from __future__ import annotations

import json

import pytest

from tests.attacks.raw import request
from tests.attacks.refusals import refused
from tests.attacks.scene import EVIL, JOBS, POS, SALE, Z_REPORT, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

BODY = json.dumps(SALE).encode()
LENGTH = ("Content-Length", str(len(BODY)))

FORM = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]
IMAGE = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")]
BEACON = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "empty")]
FRAME = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]

NOT_JSON = [
    "text/plain",
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/json",
    "application/problem+json",
    "application/vnd.api+json",
    "application/jsonp",
    "application/json-patch+json",
    "application/json, text/plain",
    "text/plain, application/json",
    "text/plain; application/json",
    "application/json; charset=utf-7",
    "application/json; charset=utf-8; charset=utf-16",
    "application/json; boundary=x",
    "application/json;",
    "application /json",
    "application/json/",
    "*/*",
    "json",
    "",
]


@pytest.mark.attack("A03")
@pytest.mark.parametrize("media_type", NOT_JSON)
async def test_a_body_that_a_form_could_send_is_not_taken_even_of_the_paired_page(scene: Scene, media_type: str) -> None:
    headers = [*scene.head(key=scene.key()), ("Content-Type", media_type), LENGTH]
    refused(await scene.raw(request("POST", JOBS, headers, BODY)), 415, "request.media_type", readable_by=POS)


@pytest.mark.attack("A03")
@pytest.mark.parametrize(
    "media_types",
    [("application/json", "text/plain"), ("text/plain", "application/json"), ("application/json", "application/json")],
)
async def test_two_media_types_are_none(scene: Scene, media_types: tuple[str, str]) -> None:
    headers = [*scene.head(key=scene.key()), *(("Content-Type", media_type) for media_type in media_types), LENGTH]
    refused(await scene.raw(request("POST", JOBS, headers, BODY)), 400, "request.malformed")


@pytest.mark.attack("A03")
@pytest.mark.parametrize("media_type", ["application/json\t", "Application/JSON", 'application/json ; charset="UTF-8"'])
async def test_json_in_another_spelling_is_json_and_still_needs_origin_and_token(scene: Scene, media_type: str) -> None:
    """No spelling of application/json is one that a page may send without a preflight."""
    right = [*scene.head(key=scene.key()), ("Content-Type", media_type), LENGTH]
    wrong = [*scene.head(key=scene.key(), origin=EVIL), ("Content-Type", media_type), LENGTH]
    refused(await scene.raw(request("POST", JOBS, wrong, BODY)), 403, "gate.origin_not_allowed")
    async with scene.lawful():
        assert (await scene.raw(request("POST", JOBS, right, BODY))).status == 202


@pytest.mark.attack("A03")
async def test_a_body_without_a_media_type_is_not_taken(scene: Scene) -> None:
    headers = [*scene.head(key=scene.key()), LENGTH]
    refused(await scene.raw(request("POST", JOBS, headers, BODY)), 415, "request.media_type", readable_by=POS)


@pytest.mark.attack("A04")
@pytest.mark.parametrize("origin", ["null", EVIL, POS, None])
@pytest.mark.parametrize("media_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
async def test_a_form_that_is_sent_by_itself_is_refused_whatever_its_page(
    scene: Scene, origin: str | None, media_type: str
) -> None:
    body = b'{"op":"shift.close","x":"=y"}'
    headers = [*scene.head(origin=origin, token=None), ("Content-Type", media_type), ("Content-Length", str(len(body))), *FORM]
    reply = await scene.raw(request("POST", JOBS, headers, body))
    refused(reply, 403, "gate.origin_not_allowed", readable_by=POS if origin == POS else None)


@pytest.mark.attack("A05")
@pytest.mark.parametrize("path", [JOBS, "/api/v1/devices/till-1/z-report", "/api/v1/console/link"])
async def test_a_post_of_nothing_does_nothing(scene: Scene, path: str) -> None:
    for origin, status, code in (
        (EVIL, 403, "gate.origin_not_allowed"),
        ("null", 403, "gate.origin_not_allowed"),
        (None, 415, "request.media_type"),
        (POS, 415, "request.media_type"),
    ):
        for more in ([], [("Content-Length", "0")]):
            reply = await scene.raw(request("POST", path, [*scene.head(origin=origin, token=None), *more]))
            refused(reply, status, code, readable_by=POS if origin == POS else None)


@pytest.mark.attack("A05")
async def test_json_without_a_token_does_nothing(scene: Scene) -> None:
    for origin in (POS, None):
        for operation in (Z_REPORT, {}):
            reply = await scene.raw(scene.sale(operation, origin=origin, token=None))
            refused(reply, 401, "gate.unauthorised", readable_by=origin)


@pytest.mark.attack("A05")
@pytest.mark.parametrize("body", [b"", b"   ", b"[]", b"null", b"0", b'"op"'])
async def test_json_that_is_no_object_does_nothing_even_with_a_token(scene: Scene, body: bytes) -> None:
    reply = await scene.raw(request("POST", JOBS, scene.head(key=scene.key(), body=body), body))
    refused(reply, 400, "request.malformed", readable_by=POS)


@pytest.mark.attack("A06")
@pytest.mark.parametrize("way", [IMAGE, BEACON, FORM, FRAME], ids=["image", "beacon", "navigation", "frame"])
@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/devices/till-1/z-report?confirm=1",
        f"{JOBS}?op=shift.close",
        "/api/v1/devices",
        "/api/v1/ping",
        "/api/v1/ws",
        "/api/v1/openapi.json",
    ],
)
async def test_a_get_that_no_script_sent_is_refused(scene: Scene, way: list[tuple[str, str]], path: str) -> None:
    refused(await scene.ask("GET", path, more=way, origin=None, token=None), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A06")
async def test_no_get_does_anything_even_for_the_paired_page(scene: Scene) -> None:
    reply = await scene.ask("GET", f"{JOBS}?op=shift.close", more=[("Idempotency-Key", scene.key())])
    refused(reply, 405, "request.method", readable_by=POS)
    refused(await scene.ask("GET", JOBS, SALE), 405, "request.method", readable_by=POS)
    refused(await scene.ask("GET", "/api/v1/devices", SALE), 400, "request.malformed", readable_by=POS)
    refused(await scene.ask("DELETE", "/api/v1/devices/till-1/config", {}), 400, "request.malformed", readable_by=POS)
    refused(await scene.ask("DELETE", "/api/v1/devices/till-1/config"), 403, "gate.scope_missing", readable_by=POS)


@pytest.mark.attack("A06", "A56")
@pytest.mark.parametrize(
    "claims",
    [
        [("Sec-Fetch-Site", "same-origin")],
        [("Sec-Fetch-Site", "none")],
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate")],
        [("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Mode", "navigate")],
        [("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Dest", "document")],
        [("Sec-Fetch-Mode", "NAVIGATE")],
        [("Sec-Fetch-Dest", "serviceworker")],
        [("Sec-Fetch-Dest", "audioworklet")],
        [("Sec-Fetch-Site", "")],
        [("Sec-Fetch-Mode", "cors, navigate")],
    ],
)
async def test_a_browser_that_contradicts_the_origin_is_believed(scene: Scene, claims: list[tuple[str, str]]) -> None:
    refused(await scene.raw(scene.sale(more=claims)), 403, "gate.origin_not_allowed", readable_by=POS)


@pytest.mark.attack("A22")
@pytest.mark.parametrize(
    "forged",
    [
        [("X-Forwarded-Host", "{host}"), ("X-Forwarded-Proto", "http"), ("X-Forwarded-For", "127.0.0.1")],
        [("Forwarded", 'for=127.0.0.1;host="{host}";proto=http'), ("X-Real-IP", "127.0.0.1")],
        [("X-Original-URL", "/api/v1/ping"), ("X-Rewrite-URL", "/api/v1/ping")],
        [("X-HTTP-Method-Override", "GET"), ("X-Method-Override", "GET"), ("X-HTTP-Method", "GET")],
        [("Referer", f"{POS}/till"), ("X-Requested-With", "XMLHttpRequest"), ("X-Origin", POS)],
        [("Access-Control-Allow-Origin", EVIL), ("X-Forwarded-User", "root"), ("Remote-User", "admin")],
    ],
)
async def test_headers_that_proxies_believe_in_change_nothing(scene: Scene, forged: list[tuple[str, str]]) -> None:
    more = [(name, value.replace("{host}", scene.host)) for name, value in forged]
    refused(await scene.raw(scene.sale(origin=EVIL, more=more)), 403, "gate.origin_not_allowed")
    refused(await scene.raw(scene.sale(host="rebind.evil", more=more)), 403, "gate.host_not_allowed")
    refused(await scene.raw(scene.sale(token=None, more=more)), 401, "gate.unauthorised", readable_by=POS)
    refused(await scene.raw(scene.sale(Z_REPORT, more=more)), 403, "gate.scope_missing", readable_by=POS)
    async with scene.lawful():
        worse = [(name, "evil.example") for name, _ in forged]
        assert (await scene.raw(scene.sale(more=worse))).status == 202  # the method is POST still, the caller still the page


@pytest.mark.attack("A52")
@pytest.mark.parametrize("name", ["token", "session", "Authorization", "tillbridge", "__Host-session", "sid"])
async def test_a_cookie_is_no_token_and_takes_none_away(scene: Scene, name: str) -> None:
    cookies = [("Cookie", f"{name}={scene.admin}; Bearer={scene.tokens['web'].text}"), ("Cookie2", f"{name}={scene.admin}")]
    for origin in (POS, None):
        refused(
            await scene.raw(scene.sale(origin=origin, token=None, more=cookies)), 401, "gate.unauthorised", readable_by=origin
        )
        refused(
            await scene.ask("GET", "/api/v1/tokens", more=cookies, origin=origin, token=None),
            401,
            "gate.unauthorised",
            readable_by=origin,
        )
    reply = await scene.ask("GET", "/api/v1/devices", more=[("Cookie", f"{name}=wrong")])
    assert reply.status == 200
    assert reply.one("Set-Cookie") is None


@pytest.mark.attack("A55")
async def test_a_connection_that_says_nothing_is_closed_quietly(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    """So a browser looks that has no permission: it connects, and hangs up before its first byte."""
    for _ in range(20):
        async with scene.line() as line:
            line.writer.write_eof()
            assert await line.ended()
    assert (await scene.ask("GET", "/api/v1/ping")).status == 200
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR", "CRITICAL")] == []


@pytest.mark.attack("A56")
@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
@pytest.mark.parametrize("origin", ["null", None])
async def test_a_navigation_arrives_and_is_refused(scene: Scene, site: str, origin: str | None) -> None:
    """What reaches the server though the browser's permission was denied: a form's POST, and location=."""
    said = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-User", "?1")]
    form = [("Content-Type", "text/plain"), LENGTH]
    post = request("POST", JOBS, [*scene.head(origin=origin, token=None), *form, *said], BODY)
    refused(await scene.raw(post), 403, "gate.origin_not_allowed")
    for path in (JOBS, "/api/v1/devices", "/api/v1/health", "/api/v1/ping"):
        refused(await scene.ask("GET", path, more=said, origin=origin, token=None), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A57")
@pytest.mark.parametrize(
    "origin",
    ["http://intranet.local", "http://10.0.0.5", "http://192.168.1.10:8080", "https://wiki.corp", "http://127.0.0.1:8069"],
)
async def test_a_page_of_the_shops_own_net_is_a_stranger_like_others(scene: Scene, origin: str) -> None:
    """No browser asks anybody's permission for such a page."""
    refused(await scene.raw(scene.sale(origin=origin)), 403, "gate.origin_not_allowed")
    refused(await scene.ask("GET", "/api/v1/devices", origin=origin), 403, "gate.origin_not_allowed")
    for more in (IMAGE, BEACON, FORM):
        refused(await scene.ask("GET", "/api/v1/devices", more=more, origin=None, token=None), 403, "gate.origin_not_allowed")
