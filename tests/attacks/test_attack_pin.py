"""The attendant's PIN is guessed, from pages of others, from many connections, over restarts; and its session is stolen."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bridge.server.peers.unsupported import UnsupportedPeers
from tests.attacks.raw import Line, request
from tests.attacks.refusals import guarded, refused
from tests.attacks.scene import EVIL, OTHER, POS, SALE, Scene, staged
from tests.sockets import Refused

SETTINGS: dict[str, Any] = {"pin_cost": 4}
PIN = "730518"
AT = "/api/v1/session/attendant"

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def open_door(scene: Scene, pin: str = PIN, **more: Any) -> None:
    async with scene.lawful():
        answer = await scene.ask("PUT", "/api/v1/console/attendant", {"pin": pin, **more}, origin=None, token="admin")
        assert answer.status == 200


async def sign_in(scene: Scene, **more: Any) -> Any:
    await open_door(scene, **more)
    async with scene.lawful():
        reply = await scene.ask("POST", AT, {"pin": PIN}, origin=scene.own, token=None)
        assert reply.status == 200
        guarded(reply)
        return reply.json


async def as_attendant(scene: Scene, session: Any, method: str, path: str, body: Any = None, origin: str | None = None) -> Any:
    authorisation = ("Authorization", f"Bearer {session['token']}")
    return await scene.ask(method, path, body, [authorisation], origin=origin or scene.own, token=None)


@pytest.mark.attack("A27")
async def test_no_page_but_our_own_can_try_a_pin_or_lock_the_attendant_out(scene: Scene) -> None:
    await open_door(scene)
    for origin, code in ((POS, "gate.origin_not_allowed"), (OTHER, "gate.origin_not_allowed"), (EVIL, "gate.origin_not_allowed")):
        for _ in range(15):
            for pin in (PIN, "111222"):
                reply = await scene.ask("POST", AT, {"pin": pin}, origin=origin, token=None)
                refused(reply, 403, code, readable_by=origin if origin != EVIL else None)
    for _ in range(15):
        refused(await scene.ask("POST", AT, {"pin": PIN}, origin=None, token=None), 403, "gate.origin_not_allowed")
        refused(await scene.ask("POST", AT, {"pin": PIN}, origin="null", token=None), 403, "gate.origin_not_allowed")
    own_and_strange = [("Origin", EVIL)]
    refused(
        await scene.ask("POST", AT, {"pin": PIN}, own_and_strange, origin=scene.own, token=None), 403, "gate.origin_not_allowed"
    )
    crossing = [("Sec-Fetch-Site", "cross-site")]
    refused(await scene.ask("POST", AT, {"pin": PIN}, crossing, origin=scene.own, token=None), 403, "gate.origin_not_allowed")
    assert scene.server.access.attendants.guesses.wrong == 0
    async with scene.lawful():
        assert (await scene.ask("POST", AT, {"pin": PIN}, origin=scene.own, token=None)).status == 200


@pytest.mark.attack("A27")
async def test_a_thousand_guesses_at_once_are_a_few_and_the_right_pin_is_not_among_them(scene: Scene) -> None:
    """The right one is guessed as well, when it is locked already: then it does not open either."""
    await open_door(scene)
    async with scene.lawful():
        said: Counter[int] = Counter()
        for start in range(0, 1000, 50):
            replies = await asyncio.gather(
                *(
                    scene.ask("POST", AT, {"pin": f"{number:06}"}, origin=scene.own, token=None)
                    for number in range(start, start + 50)
                )
            )
            said.update(reply.status for reply in replies)
        assert said[200] == 0
        assert said[403] <= 5
        assert said[429] >= 995
    refused(await scene.ask("POST", AT, {"pin": PIN}, origin=scene.own, token=None), 429, "gate.rate")
    assert scene.server.access.attendants.state()["wrong"] <= 5
    await open_door(scene)


@pytest.mark.attack("A27")
async def test_where_users_cannot_be_told_the_loopback_is_one_peer_by_whatever_address(tmp_path: Path) -> None:
    async with staged(tmp_path / "data", UnsupportedPeers(), **SETTINGS) as scene:
        body = {"pin": PIN}
        assert (await scene.ask("PUT", "/api/v1/console/attendant", body, origin=None, token="admin")).status == 200
        said: list[int] = []
        for client, host in (*((f"127.0.0.{number}", "127.0.0.1") for number in range(1, 9)), ("::1", "::1")):
            name = f"[{host}]" if ":" in host else host
            raw = json.dumps({"pin": "111222"}).encode()
            head = scene.head(origin=f"http://{name}:{scene.port}", host=f"{name}:{scene.port}", token=None, body=raw)
            line = Line(*await asyncio.open_connection(host, scene.port, local_addr=(client, 0)))
            line.send(request("POST", AT, head, raw))
            reply = await line.reply()
            assert reply is not None
            said.append(reply.status)
            await line.close()
        # Two are free, the third makes the next wait: no address begins anew.
        assert said[:3] == [403, 403, 403]
        assert set(said[3:]) == {429}


@pytest.mark.attack("A27")
async def test_a_wrong_pin_and_no_pin_at_all_get_the_same_answer(scene: Scene) -> None:
    await open_door(scene)
    async with scene.lawful():
        wrong = await scene.ask("POST", AT, {"pin": "111222"}, origin=scene.own, token=None)
        removed = await scene.ask("DELETE", "/api/v1/console/attendant", origin=None, token="admin")
        assert removed.status == 204
        without = await scene.ask("POST", AT, {"pin": "111222"}, origin=scene.own, token=None)
    assert (wrong.status, wrong.json) == (without.status, without.json)
    refused(without, 403, "gate.pin_wrong")


@pytest.mark.attack("A25", "A45")
async def test_a_pin_is_in_no_log_whatever_becomes_of_it(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    await open_door(scene)
    async with scene.lawful():
        for body in ({"pin": PIN}, {"pin": "905281"}, {"pin": f"{PIN}x"}, {PIN: PIN}, f"{{{PIN}".encode()):
            await scene.ask("POST", AT, body, origin=scene.own, token=None)
    await scene.ask("POST", f"{AT}?pin={PIN}", {"pin": PIN}, origin=POS, token=None)
    await scene.ask("GET", f"{AT}?pin={PIN}", origin=scene.own, token=None)
    assert PIN not in caplog.text
    assert "905281" not in caplog.text
    for file in scene.data_dir.rglob("*"):
        assert not file.is_file() or PIN.encode() not in file.read_bytes(), file


@pytest.mark.attack("A26", "A29")
async def test_a_stolen_session_of_an_attendant_is_worth_nothing_elsewhere_and_never_an_administrator(scene: Scene) -> None:
    session = await sign_in(scene, devices=["till-1"])
    for origin in (POS, OTHER):
        reply = await as_attendant(scene, session, "GET", "/api/v1/devices", origin=origin)
        refused(reply, 403, "gate.token_origin_mismatch", readable_by=origin)
    bare = [("Authorization", f"Bearer {session['token']}")]
    refused(await scene.ask("GET", "/api/v1/devices", None, bare, origin=None, token=None), 403, "gate.origin_required")
    renamed = await scene.ask(
        "GET", "/api/v1/devices", None, bare, origin=f"http://localhost:{scene.port}", host=f"localhost:{scene.port}", token=None
    )
    refused(renamed, 403, "gate.token_origin_mismatch")
    client = await scene.socket(origin=POS)
    with pytest.raises((Refused, ConnectionError)):
        await client.sign_in(session["token"], session["token_id"])
    await client.leave()


@pytest.mark.attack("A34", "A35")
async def test_an_attendant_sells_prints_and_sets_up_nothing(scene: Scene) -> None:
    session = await sign_in(scene, devices=["till-1"])
    for op in (SALE, {"op": "drawer.open"}, {"op": "shift.close"}, {"op": "raw", "command": {}}, {"op": "print", "lines": []}):
        body = op
        reply = await scene.ask(
            "POST",
            "/api/v1/devices/till-1/jobs",
            body,
            [("Authorization", f"Bearer {session['token']}"), ("Idempotency-Key", scene.key())],
            origin=scene.own,
            token=None,
        )
        refused(reply, 403, "gate.scope_missing")
    for method, path, body in (
        ("GET", "/tokens", None),
        ("POST", "/tokens", {"label": "x"}),
        ("GET", "/pairing", None),
        ("POST", "/console/link", {}),
        ("GET", "/audit", None),
        ("POST", "/bundle", {}),
        ("GET", "/families", None),
        ("GET", "/metrics", None),
        ("GET", "/discovery", None),
        ("GET", "/devices/till-1/config", None),
        ("GET", "/devices/till-1/wire", None),
        ("POST", "/devices/till-1/test", {}),
        ("PUT", "/console/attendant", {"pin": "905281"}),
        ("DELETE", "/console/attendant", None),
        ("POST", "/console/attendant/unlock", {}),
        ("GET", "/console/attendant", None),
        ("POST", "/session/rotate", {}),
    ):
        refused(await as_attendant(scene, session, method, f"/api/v1{path}", body), 403, "gate.scope_missing")
    refused(await as_attendant(scene, session, "GET", "/api/v1/devices/d2"), 404, "request.not_found")


@pytest.mark.attack("A29")
async def test_who_is_no_administrator_of_everything_sets_no_pin(scene: Scene) -> None:
    for token, origin in (("web", POS), ("narrow", POS), ("program", None)):
        reply = await scene.ask("PUT", "/api/v1/console/attendant", {"pin": PIN}, origin=origin, token=token)
        refused(reply, 403, "gate.scope_missing", readable_by=origin)
    refused(
        await scene.ask("PUT", "/api/v1/console/attendant", {"pin": PIN}, origin=scene.own, token=None), 401, "gate.unauthorised"
    )


@pytest.mark.attack("A30")
async def test_the_pin_cannot_be_typed_in_a_frame_of_somebody(scene: Scene) -> None:
    for path in ("/console",):
        framed = [("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Site", "cross-site")]
        reply = await scene.raw(request("GET", path, [*scene.head(origin=None, token=None), *framed], b""))
        refused(reply, 403, "gate.origin_not_allowed")
