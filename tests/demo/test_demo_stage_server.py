"""The stage is moved by the demonstration's own two pages with its secret, and by no other page, name or program."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import aiohttp
import pytest

from bridge.cli.demo.pages import demo_pages
from bridge.cli.demo.stage import Stage
from bridge.cli.demo.stage_gate import StageGate
from bridge.cli.demo.stage_server import MAX_BODY, Facts, StageServer
from bridge.server.listening import listen
from tests.demo.toy_stage import SCRIPT, ToyBench, ToyTill, toy_stage

SECRET = "s" * 43
BRIDGE_PORT = 47811
BRIDGE = f"http://127.0.0.1:{BRIDGE_PORT}"

BREAK = {"device": "toy-1", "what": "paper", "now": True}


@dataclass
class Reply:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Door:
    """Sends requests as a browser would, or as nobody should."""

    port: int
    stage: Stage
    till: ToyTill
    session: aiohttp.ClientSession

    @property
    def own(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def touched(self) -> list[Any]:
        bench = self.stage.devices[0].bench
        assert isinstance(bench, ToyBench)
        return [*bench.hands, *bench.faults]

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str | None) -> Reply:
        given = {
            name.replace("_", "-"): value.replace("PORT", str(self.port)) for name, value in headers.items() if value is not None
        }
        url = f"{self.own}{path}"
        async with self.session.request(method, url, data=body or None, headers=given, allow_redirects=False) as answer:
            return Reply(answer.status, answer.headers, await answer.text())

    async def call(self, name: str, body: Any = None, **headers: str | None) -> Reply:
        """From the bridge's page, unless the headers say otherwise."""
        usual: dict[str, str | None] = {
            "Origin": BRIDGE,
            "Content_Type": "application/json",
            "Authorization": f"Bearer {SECRET}",
        }
        sent = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
        return await self.send("POST", f"/stage/{name}", sent, **{**usual, **headers})


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    sockets, port = await listen(0)
    stage, till = toy_stage(2), ToyTill()
    origin = f"http://127.0.0.1:{port}"
    gate = StageGate(port, BRIDGE_PORT, SECRET, demo_pages(origin, (BRIDGE,)))
    facts = Facts(BRIDGE, {BRIDGE: {"token_id": "t", "token": "tbw_t_secret"}}, "/data")
    given: Any = till
    server = StageServer(gate, [stage], given, facts)
    await server.start(sockets)
    async with aiohttp.ClientSession(skip_auto_headers=["Content-Type", "User-Agent"]) as session:
        yield Door(port, stage, till, session)
    await server.stop()


def refused(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.json["code"]) == (status, code), reply.text


async def test_the_bridges_page_breaks_and_mends(door: Door) -> None:
    assert (await door.call("break", BREAK)).status == 200
    assert (await door.call("mend", {"device": "toy-1", "what": "paper"})).status == 200
    assert (await door.call("break", {"device": "toy-1", "what": "cable", "byte": 5})).status == 200
    assert door.touched == [("paper_loaded", False), ("paper_loaded", True), {**SCRIPT["faults"]["cable_out_inside"], "after": 5}]


async def test_the_stages_own_page_may_too(door: Door) -> None:
    assert (await door.call("break", BREAK, Origin=door.own, Sec_Fetch_Site="same-origin")).status == 200


@pytest.mark.parametrize("host", ["evil.example:PORT", "0.0.0.0:PORT", "127.0.0.1", "127.1:PORT", "[::ffff:127.0.0.1]:PORT", ""])
async def test_a_rebound_name_gets_nothing(door: Door, host: str) -> None:
    refused(await door.call("break", BREAK, Host=host), 403, "gate.host_not_allowed")
    refused(await door.send("GET", "/demo/", Host=host), 403, "gate.host_not_allowed")
    assert door.touched == []


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://localhost:PORT",
        "https://127.0.0.1:PORT",
        "http://127.0.0.1:PORT.evil.example",
        "",
    ],
)
async def test_a_page_of_another_origin_moves_nothing_and_reads_nothing(door: Door, origin: str) -> None:
    reply = await door.call("break", BREAK, Origin=origin)
    refused(reply, 403, "gate.origin_not_allowed")
    assert not [name for name in reply.headers if name.lower().startswith("access-control-")]
    asked = await door.send("OPTIONS", "/stage/break", Origin=origin, Access_Control_Request_Method="POST")
    assert asked.status == 403
    assert not [name for name in asked.headers if name.lower().startswith("access-control-")]
    assert door.touched == []


async def test_who_says_no_origin_is_no_page_of_ours(door: Door) -> None:
    refused(await door.call("break", BREAK, Origin=None), 403, "gate.origin_required")
    assert door.touched == []


async def test_two_origins_are_none(door: Door) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    body = json.dumps(BREAK).encode()
    head = (
        f"POST /stage/break HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {BRIDGE}\r\nOrigin: https://evil.example\r\n"
        f"Authorization: Bearer {SECRET}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    assert b" 403 " in await reader.readline()
    writer.close()
    assert door.touched == []


@pytest.mark.parametrize(
    ("origin", "site"),
    [(BRIDGE, "same-origin"), (BRIDGE, "none"), ("http://127.0.0.1:PORT", "same-site"), ("http://127.0.0.1:PORT", "cross-site")],
)
async def test_the_browsers_own_word_must_fit_the_origin(door: Door, origin: str, site: str) -> None:
    refused(await door.call("break", BREAK, Origin=origin, Sec_Fetch_Site=site), 403, "gate.origin_not_allowed")
    assert door.touched == []


@pytest.mark.parametrize("given", [None, "Bearer ", f"Bearer {SECRET}x", f"bearer {SECRET}", SECRET, "Bearer \u00e9"])
@pytest.mark.parametrize("name", ["setup", "view", "break", "mend", "swap", "approve"])
async def test_nothing_goes_without_the_secret(door: Door, name: str, given: str | None) -> None:
    reply = await door.call(name, BREAK, Authorization=given)
    refused(reply, 401, "gate.unauthorised")
    assert reply.headers["Access-Control-Allow-Origin"] == BRIDGE  # so that the page can say why
    assert SECRET not in reply.text
    assert (door.touched, door.till.asked) == ([], [])


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json, text/plain"])
async def test_what_a_form_could_send_is_not_taken(door: Door, media_type: str | None) -> None:
    refused(await door.call("break", BREAK, Content_Type=media_type), 415, "request.media_type")
    assert door.touched == []


async def test_nothing_is_done_by_get_and_there_is_nothing_else(door: Door) -> None:
    headers = {"Origin": BRIDGE, "Authorization": f"Bearer {SECRET}"}
    for path in ("/stage/break", "/stage/view", "/", "/stage/"):
        refused(await door.send("GET", path, **headers), 404, "request.not_found")
    refused(await door.call("burn"), 404, "request.not_found")
    refused(await door.call("../stage/burn"), 404, "request.not_found")


@pytest.mark.parametrize(
    ("name", "body", "field"),
    [
        ("break", {}, "device"),
        ("break", {**BREAK, "device": "toy-9"}, "device"),
        ("break", {**BREAK, "device": 1}, "device"),
        ("break", {**BREAK, "what": "fire"}, "what"),
        ("break", {**BREAK, "now": "yes"}, "now"),
        ("break", {"device": "toy-1", "what": "cable", "byte": -1}, "byte"),
        ("break", {"device": "toy-1", "what": "cable", "byte": True}, "byte"),
        ("break", {"device": "toy-1", "what": "cable", "byte": 1.5}, "byte"),
        ("break", {**BREAK, "more": 1}, "more"),
        ("view", {"seen": 1}, "seen"),
        ("approve", {"code": None}, "code"),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named(door: Door, name: str, body: Any, field: str) -> None:
    reply = await door.call(name, body)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)
    assert door.touched == []


async def test_what_is_no_json_object_or_too_large_is_refused(door: Door) -> None:
    for body, status in (
        (b"[]", 400),
        (b"{", 400),
        (b'{"device":1,"device":2}', 400),
        (b'{"x":"' + b"a" * MAX_BODY + b'"}', 413),
    ):
        assert (await door.call("break", body)).status == status
    assert door.touched == []


async def test_the_bridges_page_is_let_through_by_a_preflight_and_reads_the_answer(door: Door) -> None:
    asked = await door.send(
        "OPTIONS",
        "/stage/break",
        Origin=BRIDGE,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="authorization,content-type",
        Access_Control_Request_Private_Network="true",
    )
    assert (asked.status, asked.headers["Access-Control-Allow-Origin"], asked.headers["Access-Control-Allow-Methods"]) == (
        204,
        BRIDGE,
        "POST",
    )
    assert "Access-Control-Allow-Credentials" not in asked.headers
    reply = await door.call("break", BREAK)
    assert reply.headers["Access-Control-Allow-Origin"] == BRIDGE
    own = await door.call("break", BREAK, Origin=door.own)
    assert "Access-Control-Allow-Origin" not in own.headers


async def test_only_the_bridges_page_is_handed_a_token(door: Door) -> None:
    told = (await door.call("setup")).json
    assert (told["token"]["token"], told["bridge"]) == ("tbw_t_secret", BRIDGE)
    assert told["shops"][0]["customer"] == {"type": "nip", "value": "5260250274"}
    assert [one["name"] for one in told["shops"][0]["devices"]] == ["SKLEP", "SKLEP"]
    own = await door.call("setup", Origin=door.own)
    assert (own.json["token"], "tbw_" in own.text) == (None, False)


async def test_a_page_is_let_in_for_itself_alone_and_with_its_own_code(door: Door) -> None:
    door.till.pairings = [
        {"pairing_id": "P1", "origin": "https://evil.example", "verification_code": "111111"},
        {"pairing_id": "P2", "origin": door.own, "verification_code": "222222"},
    ]
    for code in ("111111", "333333"):
        refused(await door.call("approve", {"code": code}, Origin=door.own), 404, "request.not_found")
    refused(await door.call("approve", {"code": "222222"}), 404, "request.not_found")  # the bridge's page asks for nothing
    assert [path for _, path, _ in door.till.asked] == ["/pairing"] * 3
    assert (await door.call("approve", {"code": "222222"}, Origin=door.own)).status == 200
    decision = {"decision": "approve", "code": "222222", "aliases": {"@fiscal": "toy-1"}}
    assert door.till.asked[-1] == ("POST", "/pairing/P2/decision", decision)


async def test_the_page_is_served_under_a_policy_that_names_its_two_servers(door: Door) -> None:
    reply = await door.send("GET", "/demo/", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document")
    assert (reply.status, f'data-stage="{door.own}"' in reply.text) == (200, True)
    policy = dict(part.split(" ", 1) for part in reply.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["connect-src"]) == ("'none'", "'self'", f"'self' {BRIDGE}")
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert (reply.headers["X-Frame-Options"], reply.headers["Cache-Control"]) == ("DENY", "no-store")
    for name in ("demo.js", "stage.js", "demo.css"):
        assert (await door.send("GET", f"/demo/{name}")).status == 200
    assert SECRET not in reply.text


@pytest.mark.parametrize(
    "trick",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Dest": "iframe"},
        {"Origin": "https://evil.example"},
        {"Origin": BRIDGE},
    ],
    ids=str,
)
async def test_no_other_page_opens_or_frames_it(door: Door, trick: dict[str, str]) -> None:
    headers = {"Sec_Fetch_Site": "none", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document", **trick}
    refused(await door.send("GET", "/demo/", **headers), 403, "gate.origin_not_allowed")


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere() -> None:
    for address, page in demo_pages("STAGE", ()).items():
        if not address.startswith("/demo"):
            continue  # the client names the addresses of a bridge
        content = page.content or files(page.package).joinpath(page.file).read_bytes()
        text = content.decode()
        if page.media_type == "text/html":
            assert " style=" not in text
            assert "<style" not in text
            assert "<script>" not in text
            assert " onclick" not in text
        assert "http://" not in text.replace("STAGE", ""), address
        assert "https://" not in text, address
        assert "innerHTML" not in text, address
        assert "eval(" not in text, address
