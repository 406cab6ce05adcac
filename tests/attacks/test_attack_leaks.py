"""What answers, pages, caches and log lines tell to whom, and what addresses the bridge can be made to call."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest

from bridge.server import openapi
from bridge.server.pages import PAGES
from bridge.server.routes import ROUTES
from bridge.server.settings import ServerSettings
from tests.attacks.raw import Header, Reply, request
from tests.attacks.refusals import guarded, refused
from tests.attacks.scene import EVIL, JOBS, POS, SALE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT: list[Header] = [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]


@pytest.mark.attack("A30")
@pytest.mark.parametrize("path", sorted(PAGES))
async def test_no_page_can_be_framed_kept_or_guessed_at(scene: Scene, path: str) -> None:
    reply = await scene.ask("GET", path, origin=None, token=None)
    assert reply.status == 200
    guarded(reply)
    policy = dict(part.strip().partition(" ")[::2] for part in str(reply.one("Content-Security-Policy")).split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in str(policy)
    assert reply.one("Cross-Origin-Opener-Policy") == "same-origin"


@pytest.mark.attack("A30")
@pytest.mark.parametrize("path", ["/docs", "/docs/docs.js", "/api/v1/ping", "/api/v1/openapi.json"])
@pytest.mark.parametrize("element", ["iframe", "frame", "embed", "object"])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "same-origin", "none"])
async def test_a_frame_gets_no_page_at_all(scene: Scene, path: str, element: str, site: str) -> None:
    framed = [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", element)]
    refused(await scene.ask("GET", path, more=framed, origin=None, token=None), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A30", "A53")
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_every_answer_of_every_call_has_the_headers_that_keep_it_from_others(scene: Scene, route: Any) -> None:
    """As a stranger to the call and as its administrator, right or wrong."""
    path = "/api/v1" + route.path.replace("{device}", "till-1").replace("{job}", "x").replace("{token}", "y")
    path = path.replace("{pairing}", "A" * 32).replace("{alert}", "z")
    harmless = {"x": 1} if route.method in ("POST", "PUT") else None
    holders = ((POS, "printing"), (None, None), (None, "program" if route.name != "devices.status" else "printing"))
    for origin, token in holders:
        reply = await scene.ask(route.method, path, harmless, origin=origin, token=token)
        guarded(reply, readable_by=origin)
        assert reply.one("ETag") is None
        assert reply.one("Last-Modified") is None


CONDITIONS: list[Header] = [
    ("If-None-Match", "*"),
    ("If-Match", '"x"'),
    ("If-Modified-Since", "Fri, 31 Dec 2100 23:59:59 GMT"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("Range", "bytes=0-0"),
    ("Cache-Control", "only-if-cached, max-stale"),
    ("Pragma", "x"),
]


@pytest.mark.attack("A53")
@pytest.mark.parametrize("path", ["/api/v1/devices", "/api/v1/session", "/api/v1/ping", "/docs"])
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition[0])
async def test_no_condition_gets_less_than_the_whole_answer_of_now(scene: Scene, path: str, condition: Header) -> None:
    origin, token = (None, None) if path == "/docs" else (POS, "web")
    plain = await scene.ask("GET", path, origin=origin, token=token)
    asked = await scene.ask("GET", path, more=[condition], origin=origin, token=token)
    assert (asked.status, asked.body) == (200, plain.body)
    guarded(asked, readable_by=origin)


@pytest.mark.attack("A53")
async def test_answers_to_two_origins_and_refusals_say_that_they_differ_by_origin(scene: Scene) -> None:
    for origin, token in ((POS, None), (EVIL, None), ("https://other.example.com", None), (None, None)):
        reply = await scene.ask("GET", "/api/v1/ping", origin=origin, token=token)
        guarded(reply, readable_by=origin)
    for reply in (
        await scene.ask("GET", "/api/v1/devices", origin=EVIL),
        await scene.ask("GET", "/api/v1/devices", token=None, origin=None),
        await scene.raw(b"nonsense\r\n\r\n"),
        await scene.ask("GET", "/api/v1/nothing", origin=None, token="admin"),
    ):
        guarded(reply)
    asked = [*scene.head(token=None), ("Access-Control-Request-Method", "POST")]
    guarded(await scene.raw(request("OPTIONS", JOBS, asked)), readable_by=POS)


HIDDEN = [
    "/metrics",
    "/openapi.json",
    "/debug",
    "/debug/vars",
    "/api/v1/metrics",
    "/api/v1/openapi.json",
    "/api/v1/asyncapi.json",
    "/docs",
    "/health",
]


@pytest.mark.attack("A54")
@pytest.mark.parametrize("path", HIDDEN)
async def test_what_describes_the_bridge_is_read_by_no_strange_page_and_under_no_strange_name(scene: Scene, path: str) -> None:
    for origin in (EVIL, "null", "http://pos.example.com"):
        refused(await scene.ask("GET", path, origin=origin, token=None), 403, "gate.origin_not_allowed")
    for host in (f"rebind.evil:{scene.port}", f"0.0.0.0:{scene.port}", ""):
        refused(await scene.ask("GET", path, origin=None, token="admin", host=host), 403, "gate.host_not_allowed")
    script = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "script")]
    refused(await scene.ask("GET", path, more=script, origin=None, token=None), 403, "gate.origin_not_allowed")


@pytest.mark.attack("A54")
async def test_figures_are_for_those_with_a_token_and_the_description_is_the_same_everywhere(scene: Scene) -> None:
    refused(await scene.ask("GET", "/api/v1/metrics", origin=None, token=None), 401, "gate.unauthorised")
    described = await scene.ask("GET", "/api/v1/openapi.json", origin=None, token=None)
    assert described.status == 200
    assert described.json == json.loads(json.dumps(openapi.served()))
    assert scene.bridge.instance_id.encode() not in described.body
    assert (await scene.ask("GET", "/api/v1/health", origin=None, token=None)).json == {"status": "ok"}


@pytest.mark.attack("A54")
async def test_a_page_is_told_nothing_of_the_shops_network(scene: Scene) -> None:
    told = await scene.ask("GET", "/api/v1/devices")
    assert [(one["url"], one["settings"]) for one in told.json["devices"]] == [(None, None)] * 2
    assert scene.printer.url.rpartition("/")[2].encode() not in told.body


# -- the log -----------------------------------------------------------------------------------------------------------

ESCAPES = ["\x1b[2J\x1b[31mred", "\x9b31m", "x\x7fy", "a\tb", "\u2028x", "\u202eelpmaxe", "\x07", "\x08\x08\x08", "\xad"]


def _lines(caplog: pytest.LogCaptureFixture) -> Iterator[str]:
    for record in caplog.records:
        if record.name.startswith("tillbridge"):
            yield record.getMessage()


@pytest.mark.attack("A45")
@pytest.mark.parametrize("text", ESCAPES, ids=repr)
async def test_nothing_that_is_sent_colours_or_forges_a_line_of_the_log(
    scene: Scene, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({**SALE, f"x{text}": text, "operator": {"id": text}}).encode()
    asked = json.dumps({"origin": EVIL, "app_name": f"Till{text}"}).encode()
    for data in (
        request("GET", "/api/v1/devices", [*scene.head(origin=f"https://x{text}.example"), ("User-Agent", text)]),
        request("GET", "/api/v1/devices", scene.head(host=f"x{text}")),
        request("GET", f"/api/v1/x{text}", scene.head(origin=EVIL)),
        request("GET", f"/api/v1/devices?x={text}", scene.head(origin=EVIL)),
        request(f"GE{text}", "/api/v1/devices", scene.head()),
        request("GET", "/api/v1/devices", [*scene.head(token=None), ("Authorization", f"Bearer {text}")]),
        request("GET", "/api/v1/devices", [*scene.head(), ("Sec-Fetch-Mode", text), ("Referer", text)]),
        request(
            "POST", JOBS, [*scene.head(key=f"k{text}", body=body), ("Accept-Language", text), ("Prefer", f"wait={text}")], body
        ),
        request("POST", "/api/v1/pairing", scene.head(origin=EVIL, token=None, body=asked), asked),
        f"GET / HTTP/1.1\r\nHost: {scene.host}\r\nX-{text}: y\r\n{text}\r\n\r\n".encode(),
    ):
        reply = await scene.raw(data)
        assert reply.status >= 400, reply
        assert not [value for _, value in reply.headers if not value.isprintable()]
    lines = list(_lines(caplog))
    assert lines
    assert [line for line in lines if not (line.isascii() and line.isprintable())] == []


@pytest.mark.attack("A45")
@pytest.mark.parametrize(
    "split", ["\r\nrefused GET /x of 127.0.0.1: forged", "\nforged", "\r forged", "%0d%0aforged", "%0aforged"]
)
async def test_no_line_end_gets_into_the_log(scene: Scene, split: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for headers, path in (
        (scene.head(origin=f"https://evil.example{split}"), "/api/v1/devices"),
        (scene.head(host=f"evil.example{split}"), "/api/v1/devices"),
        ([*scene.head(origin=EVIL), ("User-Agent", f"x{split}")], "/api/v1/devices"),
        (scene.head(origin=EVIL), f"/api/v1/x{split}"),
    ):
        reply = await scene.raw(request("GET", path, headers))
        assert reply.status in (400, 403), reply
        assert not [value for name, value in reply.headers if "forged" in name or "forged" in value]
    assert not [line for line in _lines(caplog) if "\n" in line or "\r" in line or line.lstrip().startswith("forged")]


@pytest.mark.attack("A25", "A45")
async def test_a_refusals_line_names_no_token_query_or_body(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [scene.token(name) for name in ("web", "program", "admin")]
    for secret in secrets:
        body = json.dumps({"token": secret, "op": secret}).encode()
        for data in (
            request("GET", f"/api/v1/devices?token={secret}", scene.head(origin=EVIL)),
            request("GET", "/api/v1/devices", [*scene.head(token=None), ("Authorization", f"Basic {secret}")]),
            request("POST", JOBS, scene.head(key=secret, body=body), body),
            request("GET", "/api/v1/devices", [*scene.head(origin=EVIL), ("X-Token", secret), ("Cookie", secret)]),
        ):
            reply = await scene.raw(data)
            assert reply.status >= 400
            assert secret.encode() not in reply.body
    assert not [secret for secret in secrets if secret in caplog.text]


# -- what the bridge could be made to call -----------------------------------------------------------------------------

ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data",
    "http://127.0.0.1:1/",
    "https://evil.example",
    "file:///etc/passwd",
    "file://evil.example/share",
    "gopher://127.0.0.1:25/_x",
    "ftp://evil.example",
    "unix:///run/docker.sock",
    "javascript:alert(1)",
    "data:text/plain,x",
    "//evil.example",
    "tcp://",
    "tcp://user:word@10.0.0.1:6666",
    "tcp://10.0.0.1:6666/../x",
    "tcp://10.0.0.1:99999",
    "tcp://10.0.0.1:6666\r\nX: y",
    "",
]


@pytest.mark.attack("A46")
@pytest.mark.parametrize("url", ELSEWHERE)
async def test_a_device_is_at_no_address_that_is_no_devices(scene: Scene, url: str) -> None:
    config = {"family": "posnet", "url": url}
    for device in ("till-1", "new"):
        path = f"/api/v1/devices/{device}/config"
        refused(await scene.ask("PUT", path, config), 403, "gate.scope_missing", readable_by=POS)
        refused(await scene.ask("PUT", path, config, origin=EVIL), 403, "gate.origin_not_allowed")
        refused(await scene.ask("PUT", path, config, token="admin"), 403, "gate.token_origin_mismatch", readable_by=POS)
        refused(await scene.ask("PUT", path, config, origin=None, token="admin"), 422, "request.invalid")


@pytest.mark.attack("A46")
async def test_no_page_and_no_program_makes_the_bridge_look_for_devices(scene: Scene) -> None:
    for body in ({}, {"hosts": ["169.254.169.254"]}, {"hosts": ["127.0.0.1"]}):
        refused(await scene.ask("POST", "/api/v1/discovery", body), 403, "gate.scope_missing", readable_by=POS)
        refused(await scene.ask("POST", "/api/v1/discovery", body, origin=None, token="program"), 403, "gate.scope_missing")
    asked = {"family": "posnet", "url": "tcp://169.254.169.254:80"}
    refused(await scene.ask("POST", "/api/v1/discovery/check", asked), 403, "gate.scope_missing", readable_by=POS)
    refused(await scene.ask("POST", "/api/v1/discovery/check", asked, origin=None, token="program"), 403, "gate.scope_missing")


_CALLING = ("callback", "webhook", "hook", "notify", "redirect", "return_url", "endpoint", "uri", "url", "href", "proxy")


def _names(schema: Any, components: Any, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every name of a member, however deep."""
    if isinstance(schema, list):
        for one in schema:
            yield from _names(one, components, seen)
    elif isinstance(schema, dict):
        target = schema.get("$ref")
        if isinstance(target, str):
            name = target.rpartition("/")[2]
            if name not in seen:
                yield from _names(components[name], components, seen | {name})
            return
        for key, value in schema.items():
            if key == "properties":
                yield from value
                yield from _names(list(value.values()), components, seen)
            elif key not in ("description", "title", "examples", "enum", "const", "default", "pattern"):
                yield from _names(value, components, seen)


@pytest.mark.attack("A47")
async def test_no_call_and_no_setting_takes_an_address_to_call_back() -> None:
    served = openapi.served()
    components = served["components"]["schemas"]
    found = set()
    for path, methods in served["paths"].items():
        for method, described in methods.items():
            schemas = [content["schema"] for content in described.get("requestBody", {}).get("content", {}).values()]
            names = [*_names(schemas, components), *(one.get("name", "") for one in described.get("parameters", ()))]
            found |= {(method, path, name) for name in names if any(word in name.lower() for word in _CALLING)}
    # Where an administrator says at which address a device is.
    assert found == {("put", "/devices/{device}/config", "url"), ("post", "/discovery/check", "url")}
    assert "webhooks" not in served
    assert not [name for name in get_type_hints(ServerSettings) if any(word in name for word in _CALLING)]
    assert len(dataclasses.fields(ServerSettings)) > 30


@pytest.mark.attack("A47")
async def test_a_callback_in_a_sale_is_a_field_that_is_not_there(scene: Scene) -> None:
    for name in ("callback", "callback_url", "webhook", "notify_url", "$schema"):
        reply: Reply = await scene.raw(scene.sale({**SALE, name: "http://127.0.0.1:1/"}))
        refused(reply, 422, "request.invalid", readable_by=POS)
        assert [error["field"] for error in reply.json["errors"]] == [name]
    more = [("Callback-URL", "http://127.0.0.1:1/"), ("Link", "<http://127.0.0.1:1/>; rel=hub")]
    refused(await scene.raw(scene.sale({**SALE, "x": 1}, more=more)), 422, "request.invalid", readable_by=POS)
