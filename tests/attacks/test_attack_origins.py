"""Pages of other origins: strangers, look-alikes, and paired pages with somebody else's token."""

from __future__ import annotations

import json
import logging

import pytest

from bridge.server.access.origins import is_origin
from tests.attacks.raw import request
from tests.attacks.refusals import refused
from tests.attacks.scene import EVIL, JOBS, OTHER, POS, SALE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATHS = ("/api/v1/devices", "/api/v1/jobs", "/api/v1/health", "/api/v1/openapi.json", "/api/v1/session", "/docs", "/", "/nothing")

PREFLIGHT = (
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"),
)


@pytest.mark.attack("A01")
@pytest.mark.parametrize("path", PATHS)
async def test_a_strange_page_reads_nothing_with_or_without_a_token(scene: Scene, path: str) -> None:
    for token in (None, "web", "program", "admin"):
        refused(await scene.ask("GET", path, origin=EVIL, token=token), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A02")
@pytest.mark.parametrize("path", [JOBS, "/api/v1/devices/no-such/jobs", *PATHS])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "BREW"])
async def test_a_strange_pages_preflight_is_refused_and_opens_nothing(scene: Scene, path: str, method: str) -> None:
    asked = [*scene.head(origin=EVIL, token=None), ("Access-Control-Request-Method", method), *PREFLIGHT[1:]]
    private = ("Access-Control-Request-Private-Network", "true")
    refused(await scene.raw(request("OPTIONS", path, [*asked, private])), 403, "gate.origin_not_allowed")


LOOK_ALIKES = [
    # A07: of a sandboxed frame
    "null",
    # A10: another host that looks like it
    "https://evilpos.example.com",
    "https://pos.example.com.evil.example",
    "https://pos.example.comm",
    "https://pos.example.co",
    "https://xn--ps-jia.example.com",
    "https://pos-example.com",
    "https://www.pos.example.com",
    "https://example.com",
    "https://posXexample.com",
    "https://pos.example.com@evil.example",
    "https://evil.example/https://pos.example.com",
    "https://evil.example#https://pos.example.com",
    "https://evil.example?https://pos.example.com",
    # A11: another scheme
    "http://pos.example.com",
    "wss://pos.example.com",
    "ftp://pos.example.com",
    "//pos.example.com",
    "pos.example.com",
    # A12: another port
    "https://pos.example.com:8443",
    "https://pos.example.com:443",
    "https://pos.example.com:0443",
    "https://pos.example.com:",
    "https://pos.example.com:65536",
    # A13: another spelling, or none at all
    "HTTPS://POS.EXAMPLE.COM",
    "https://POS.example.com",
    "https://pos.example.com.",
    "https://pos.example.com/",
    "https://pos.example.com/till",
    "https://pos.example.com?",
    "https://pos.example.com\xa0",
    "\xa0https://pos.example.com",
    "​https://pos.example.com",
    "https://роs.example.com",
    "https://ｐｏｓ.example.com",
    "https://pos。example.com",
    "https://pos.example.com%20",
    "https%3A%2F%2Fpos.example.com",
    '"https://pos.example.com"',
    "'https://pos.example.com'",
    "<https://pos.example.com>",
    "https:/pos.example.com",
    "https:\\\\pos.example.com",
    "https://pos.example.com https://evil.example",
    "https://pos.example.com https://pos.example.com",
    "https://pos.example.com,https://evil.example",
    "https://evil.example, https://pos.example.com",
    "https://pos.example.com, https://pos.example.com",
    "https://pos.example.com;",
    "*",
    "https://*",
    "https://*.example.com",
    "https://[::1]",
    "undefined",
    "file://",
    "chrome-extension://abcdefghijklmnop",
]


@pytest.mark.attack("A07", "A10", "A11", "A12", "A13")
@pytest.mark.parametrize("origin", LOOK_ALIKES)
async def test_an_origin_that_only_looks_like_the_paired_one_is_refused_even_with_its_token(scene: Scene, origin: str) -> None:
    refused(await scene.raw(scene.sale(origin=origin)), 403, "gate.origin_not_allowed")
    refused(await scene.ask("GET", "/api/v1/devices", origin=origin), 403, "gate.origin_not_allowed")
    asked = [*scene.head(origin=origin, token=None), *PREFLIGHT]
    refused(await scene.raw(request("OPTIONS", JOBS, asked)), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A07", "A13")
@pytest.mark.parametrize("origin", [origin for origin in LOOK_ALIKES if not is_origin(origin)])
async def test_what_is_no_origin_at_all_may_not_even_ping_or_ask_for_pairing(scene: Scene, origin: str) -> None:
    refused(await scene.ask("GET", "/api/v1/ping", origin=origin, token=None), 403, "gate.origin_not_allowed")
    body = {"origin": origin, "app_name": "Till"}
    refused(await scene.ask("POST", "/api/v1/pairing", body, origin=origin, token=None), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A13")
@pytest.mark.parametrize("origin", ["", " ", "\t"])
async def test_an_empty_origin_is_not_a_missing_one(scene: Scene, origin: str) -> None:
    refused(await scene.raw(scene.sale(origin=origin, token="program")), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A13")
@pytest.mark.parametrize("origin", [f" {EVIL}", f"{EVIL}\t", f"\t {EVIL} \t"])
async def test_blanks_round_a_header_are_no_part_of_it_and_make_no_origin_another(scene: Scene, origin: str) -> None:
    """RFC 9110, section 5.5: the blanks are gone before anybody compares. So a strange origin stays strange."""
    refused(await scene.raw(scene.sale(origin=origin)), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A13", "A41")
@pytest.mark.parametrize("blank", ["\x0b", "\x0c", "\x00", "\r", "\x1f"])
async def test_other_control_characters_in_a_header_are_not_blanks(scene: Scene, blank: str) -> None:
    for origin in (f"{blank}{POS}", f"{POS}{blank}", f"{POS}{blank}{EVIL}"):
        reply = await scene.raw(scene.sale(origin=origin))
        assert (reply.status, reply.code) in ((400, "request.malformed"), (403, "gate.origin_not_allowed")), reply
        assert reply.cors == {}


@pytest.mark.attack("A14")
@pytest.mark.parametrize("origins", [(POS, EVIL), (EVIL, POS), (POS, POS), (POS, ""), (POS, OTHER), (POS, "null")])
@pytest.mark.parametrize("spelling", ["Origin", "ORIGIN", "origin"])
async def test_two_origins_are_refused_in_either_order(scene: Scene, origins: tuple[str, str], spelling: str) -> None:
    first, second = origins
    refused(await scene.raw(scene.sale(origin=first, more=[(spelling, second)])), 403, "gate.origin_not_allowed")
    asked = [*scene.head(origin=first, token=None), (spelling, second), *PREFLIGHT]
    refused(await scene.raw(request("OPTIONS", JOBS, asked)), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A26")
async def test_a_token_stolen_by_another_paired_page_is_worth_nothing_there_and_the_theft_is_logged(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for path in ("/api/v1/devices", "/api/v1/session", "/api/v1/ping"):
        refused(await scene.ask("GET", path, origin=OTHER), 403, "gate.token_origin_mismatch", readable_by=OTHER)
    refused(await scene.raw(scene.sale(origin=OTHER)), 403, "gate.token_origin_mismatch", readable_by=OTHER)
    said = [record for record in caplog.records if scene.tokens["web"].id in record.getMessage()]
    assert len(said) == 4
    assert all(record.levelno == logging.WARNING and OTHER in record.getMessage() for record in said)
    assert scene.tokens["web"].text not in caplog.text


@pytest.mark.attack("A26")
async def test_the_bridges_own_pages_cannot_use_a_pages_or_a_programs_token(scene: Scene) -> None:
    for token in ("web", "other", "program"):
        refused(await scene.raw(scene.sale(origin=scene.own, token=token)), 403, "gate.token_origin_mismatch")


@pytest.mark.attack("A09")
async def test_a_programs_token_is_refused_from_any_page(scene: Scene) -> None:
    refused(await scene.raw(scene.sale(token="program")), 403, "gate.token_origin_mismatch", readable_by=POS)
    refused(await scene.raw(scene.sale(token="program", origin="null")), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A09")
async def test_the_administrators_token_is_refused_from_a_paired_page(scene: Scene) -> None:
    refused(await scene.raw(scene.sale(token="admin")), 403, "gate.token_origin_mismatch", readable_by=POS)
    body = {"label": "x", "scopes": ["admin"]}
    refused(await scene.ask("POST", "/api/v1/tokens", body, token="admin"), 403, "gate.token_origin_mismatch", readable_by=POS)


ID = "A" * 32


@pytest.mark.attack("A01", "A02")
@pytest.mark.parametrize(
    "path",
    [
        f"/api/v1/pairing/{ID}/decision",
        f"/api/v1/pairing/{ID}/",
        f"/api/v1/pairing/{ID}%2f..%2f..%2fdevices",
        f"/api/v1/pairing/{ID[1:]}",
        f"/api/v1/pairing/{ID}A",
        f"/api/v1/pairing/{ID[1:]}%41",
        f"/api/v1/pairing/{ID}/../../devices",
        f"/api/v1/pairing//{ID}",
        "/api/v1/pairing/",
        "/api/v1/pairing/..",
        "/api/v1/pairing/../devices",
        "/api/v1/pairing//..",
        "/api/v1/pairing/..%2fdevices",
        "/api/v1/pairing#/../devices",
        "/api/v1/pairing;/../devices",
        "/api/v1/devices#/api/v1/pairing",
        "/api/v1/devices;/api/v1/ping",
        "/api/v1/ping/../devices",
        "/api/v1/ping/",
        "/api/v1/ping%3f",
        "/api/v1/pin%67",
        "/api/v1/PING",
        "/api/v1//ping",
        "/api/v1/./ping",
        "//api/v1/ping",
        "/api/v1/pairings",
    ],
)
async def test_no_spelling_lends_the_freedom_of_ping_and_pairing_to_another_address(scene: Scene, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        body = {} if method == "POST" else None
        refused(await scene.ask(method, path, body, origin=EVIL, token=None), 403, "gate.origin_not_allowed")
    refused(
        await scene.raw(request("OPTIONS", path, [*scene.head(origin=EVIL, token=None), *PREFLIGHT])),
        403,
        "gate.origin_not_allowed",
    )


@pytest.mark.attack("A01", "A02")
async def test_what_a_stranger_may_ask_tells_of_no_device_and_takes_no_token_along(scene: Scene) -> None:
    reply = await scene.ask("GET", "/api/v1/ping", origin=EVIL, token=None)
    assert reply.status == 200
    assert set(reply.json) == {"name", "version", "instance_id"}
    for token in ("web", "program", "admin"):
        for path in ("/api/v1/ping", "/api/v1/pairing", f"/api/v1/pairing/{ID}"):
            said = await scene.ask("GET", path, origin=EVIL, token=token)
            refused(said, 403, "gate.token_origin_mismatch", readable_by=EVIL)
    refused(await scene.ask("GET", "/api/v1/pairing", origin=EVIL, token=None), 401, "gate.unauthorised", readable_by=EVIL)
    refused(await scene.ask("GET", f"/api/v1/pairing/{ID}", origin=EVIL, token=None), 404, "request.not_found", readable_by=EVIL)
    for query in ("?x", "?device=till-1", "?/../devices"):
        said = await scene.ask("GET", f"/api/v1/ping{query}", origin=EVIL, token=None)
        refused(said, 422, "request.invalid", readable_by=EVIL)


@pytest.mark.attack("A02")
@pytest.mark.parametrize("method", ["DELETE", "PUT", "TRACE", "CONNECT", "GET, DELETE", "*", "get", "\tDELETE", ""])
@pytest.mark.parametrize("origin", [EVIL, POS])
async def test_a_preflight_repeats_nothing_that_was_asked_for(scene: Scene, method: str, origin: str) -> None:
    asked = [
        *scene.head(origin=origin, token=None),
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Headers", "x-forwarded-host,cookie,host,origin,*"),
    ]
    reply = await scene.raw(request("OPTIONS", "/api/v1/ping", asked))
    assert reply.status == 204
    assert reply.one("Access-Control-Allow-Methods") == "GET"
    assert reply.one("Access-Control-Allow-Headers") == "authorization, content-type, idempotency-key, prefer, accept-language"
    assert reply.one("Access-Control-Allow-Origin") == origin
    assert reply.one("Access-Control-Allow-Credentials") is None
    assert reply.one("Access-Control-Allow-Private-Network") is None


@pytest.mark.attack("A02")
async def test_a_preflight_carries_nothing_out_whatever_it_brings_along(scene: Scene) -> None:
    body = json.dumps(SALE).encode()
    asked = [*scene.head(key=scene.key(), body=body), *PREFLIGHT]
    refused(await scene.raw(request("OPTIONS", JOBS, asked, body)), 400, "request.malformed", readable_by=POS)
    asked = [*scene.head(key=scene.key(), token=None), *PREFLIGHT, ("Transfer-Encoding", "chunked")]
    reply = await scene.raw(request("OPTIONS", JOBS, asked, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)))
    refused(reply, 400, "request.malformed", readable_by=POS)
    for missing in ("Origin", "Access-Control-Request-Method"):
        asked = [(name, value) for name, value in [*scene.head(), *PREFLIGHT] if name != missing]
        refused(await scene.raw(request("OPTIONS", JOBS, asked)), 405, "gate.method")


@pytest.mark.attack("A06")
async def test_head_is_no_quiet_get(scene: Scene) -> None:
    for origin in (POS, EVIL, None):
        for path in ("/api/v1/devices", "/api/v1/ping", "/docs", f"/api/v1/pairing/{ID}"):
            reply = await scene.ask("HEAD", path, origin=origin, receive_body=False)
            assert reply.status == 405
            assert reply.cors == {}
