"""What must hold beside the refusals: what allowed pages get, what changes at once, and what never changes anything."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.model import Actor
from bridge.server import cors
from bridge.server.routes import ROUTES
from bridge.server.routing import Route
from tests.attacks.raw import Header, Line, Reply, request
from tests.attacks.refusals import guarded, refused
from tests.attacks.scene import EVIL, JOBS, OTHER, POS, SALE, Z_REPORT, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ACTOR = Actor(principal="t")
PREFLIGHT: list[Header] = [
    ("Access-Control-Request-Method", "POST"),
    ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key"),
    ("Sec-Fetch-Site", "cross-site"),
    ("Sec-Fetch-Mode", "cors"),
    ("Sec-Fetch-Dest", "empty"),
]


def _address(route: Route[Any]) -> str:
    path = route.path.replace("{device}", "till-1").replace("{job}", "no-such").replace("{token}", "no-such")
    return "/api/v1" + path.replace("{pairing}", "A" * 32).replace("{alert}", "no-such")


async def _preflight(scene: Scene, path: str, *more: Header, origin: str = POS) -> Reply:
    return await scene.raw(request("OPTIONS", path, [*scene.head(origin=origin, token=None), *PREFLIGHT, *more]))


@pytest.mark.parametrize("path", sorted({_address(route) for route in ROUTES}))
async def test_a_paired_pages_preflight_is_answered_from_the_table_of_routes_without_a_token(scene: Scene, path: str) -> None:
    reply = await _preflight(scene, path)
    assert (reply.status, reply.body) == (204, b"")
    guarded(reply, readable_by=POS)
    methods = sorted(route.method for route in ROUTES if _address(route) == path)
    assert reply.one("Access-Control-Allow-Methods") == ", ".join(methods)
    assert reply.one("Access-Control-Allow-Headers") == cors.TAKEN
    assert reply.one("Access-Control-Max-Age") == "600"
    assert reply.one("Access-Control-Allow-Credentials") is None
    assert reply.one("Access-Control-Allow-Private-Network") is None


async def test_a_preflight_does_not_tell_which_devices_and_jobs_there_are(scene: Scene) -> None:
    def told(reply: Reply) -> list[Header]:
        return [header for header in reply.headers if header[0] != "Date"]

    there = await _preflight(scene, JOBS)
    not_there = await _preflight(scene, "/api/v1/devices/no-such/jobs")
    assert told(there) == told(not_there)
    nothing = [await _preflight(scene, path) for path in ("/api/v1/nothing", "/api/v1/devices/till-1/nothing", "/nothing")]
    assert all(told(one) == told(nothing[0]) for one in nothing)


async def test_the_header_of_private_network_access_is_there_when_it_is_asked_for_by_an_allowed_page(scene: Scene) -> None:
    asked = ("Access-Control-Request-Private-Network", "true")
    assert (await _preflight(scene, JOBS, asked)).one("Access-Control-Allow-Private-Network") == "true"
    refused(await _preflight(scene, JOBS, asked, origin=EVIL), 403, "gate.origin_not_allowed")
    for value in ("false", "", "TRUE ", "1"):
        other = ("Access-Control-Request-Private-Network", value)
        assert (await _preflight(scene, JOBS, other)).one("Access-Control-Allow-Private-Network") is None
    assert (await scene.ask("GET", "/api/v1/ping", more=[asked])).one("Access-Control-Allow-Private-Network") is None


async def test_a_paired_page_can_read_why_it_was_refused_whatever_the_reason(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b"{"
    for reply, status, code in (
        (await scene.raw(scene.sale(token=None)), 401, "gate.unauthorised"),
        (await scene.raw(scene.sale(token="other")), 403, "gate.token_origin_mismatch"),
        (await scene.raw(scene.sale(Z_REPORT)), 403, "gate.scope_missing"),
        (await scene.ask("GET", "/api/v1/nothing"), 404, "request.not_found"),
        (await scene.ask("GET", JOBS), 405, "request.method"),
        (await scene.ask("POST", JOBS, SALE), 400, "request.key_missing"),
        (await scene.raw(request("POST", JOBS, scene.head(key="k", body=body), body)), 400, "request.malformed"),
        (await scene.raw(scene.sale({**SALE, "x": 1})), 422, "request.invalid"),
        (await scene.ask("GET", "/api/v1/ws"), 400, "request.malformed"),
    ):
        refused(reply, status, code, readable_by=POS)
        assert reply.one("Access-Control-Expose-Headers") == cors.EXPOSED
    monkeypatch.setattr(scene.bridge.devices, "get", None)
    refused(await scene.ask("GET", "/api/v1/devices/till-1"), 500, "server.error", readable_by=POS)


async def test_what_a_page_reads_beside_the_body_is_exposed(scene: Scene) -> None:
    async with scene.lawful():
        reply = await scene.raw(scene.sale())
    assert reply.status == 202
    for name in ("Location", "Retry-After", "WWW-Authenticate", "Allow", "Preference-Applied"):
        assert name in str(reply.one("Access-Control-Expose-Headers")).split(", ")
    assert reply.one("Location") is not None


async def test_a_page_is_let_in_and_shut_out_without_a_restart_and_its_sockets_are_closed(scene: Scene) -> None:
    origin = "https://coming.example.com"
    refused(await _preflight(scene, JOBS, origin=origin), 403, "gate.origin_not_allowed")
    async with scene.lawful():
        given = await scene.give("coming", origin=origin)
    assert (await _preflight(scene, JOBS, origin=origin)).status == 204
    signed_in, waiting = await scene.session("coming", origin=origin), await scene.socket(origin=origin)
    others = await scene.session("other", origin=OTHER)
    async with scene.lawful():
        await scene.server.access.tokens.revoke(given.id, _ACTOR)
    assert (await signed_in.closed(), await waiting.closed()) == (4401, 4403)
    refused(await _preflight(scene, JOBS, origin=origin), 403, "gate.origin_not_allowed")
    assert (await others.call("ping"))["name"] == "tillbridge"
    for client in (signed_in, waiting, others):
        await client.leave()


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.name)
async def test_no_get_changes_anything_whoever_asks(scene: Scene, route: Route[Any]) -> None:
    """Asking the printer how it is, is the one thing that reaches it."""
    for origin, token in ((POS, "web"), (None, "admin"), (None, None)):
        for method in ("GET", "HEAD", "OPTIONS"):
            if route.name == "devices.status" and (method, token) != ("GET", None):
                continue
            reply = await scene.ask(method, _address(route), origin=origin, token=token, receive_body=method != "HEAD")
            assert reply.status < 500 or route.name == "health", reply


async def test_a_page_hears_nothing_of_the_sales_of_another(scene: Scene) -> None:
    mine = await scene.session("web")
    theirs, programs = await scene.session("other", origin=OTHER), await scene.session("program", origin=None)
    for client in (mine, theirs, programs):
        await client.call("events.subscribe", kinds=["job.updated"])
    async with scene.lawful():
        job = (await scene.sells()).json["id"]
    heard = [await mine.event() for _ in range(3)]
    assert {event["params"]["job_id"] for event in heard} == {job}
    for client in (theirs, programs):
        # Its own sale comes next, though the other one came before.
        origin, token = (OTHER, "other") if client is theirs else (None, "program")
        async with scene.lawful():
            own = (await scene.raw(scene.sale(origin=origin, token=token))).json["id"]
        assert (await client.event())["params"]["job_id"] == own
    for client in (mine, theirs, programs):
        await client.leave()


async def test_a_thousand_idle_connections_do_not_stop_service(scene: Scene) -> None:
    most = scene.server.application.settings.max_connections
    idle: list[Line] = []
    for _ in range(1000):
        idle.append(await Line.open(scene.port))
        if len(idle) > 2 * most:
            await idle.pop(0).close()
    assert len(scene.server.application.server.open) <= most
    async with scene.lawful():
        await scene.sells()
    for line in idle:
        await line.close()
