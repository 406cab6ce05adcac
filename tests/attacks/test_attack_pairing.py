"""Pairing: floods, pages that approve themselves or pose as others, and clocks that are set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bridge.model import Actor
from tests.attacks.raw import Reply, request
from tests.attacks.refusals import refused
from tests.attacks.scene import EVIL, OTHER, POS, Scene, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

ASK = "/api/v1/pairing"
_ACTOR = Actor(principal="t")
NEW = "https://new.example.com"


async def asked(scene: Scene, origin: str = NEW, **body: Any) -> Reply:
    return await scene.ask("POST", ASK, {"origin": origin, "app_name": "Till", **body}, origin=origin, token=None)


async def decided(scene: Scene, pairing: str, code: str, **more: Any) -> Reply:
    body = {"decision": "approve", "code": code, **more}
    return await scene.ask("POST", f"{ASK}/{pairing}/decision", body, origin=None, token="admin")


@pytest_asyncio.fixture(loop_scope="module")
async def fresh(tmp_path: Path) -> Any:
    """A scene of its own, where requests for pairing may be left behind."""
    async with staged(tmp_path / "data", pairing_each_seconds=1000.0) as made:
        before = made.traces()
        yield made
        assert made.traces() == before
        await made.sells()


@pytest.mark.attack("A28")
async def test_a_thousand_requests_for_pairing_leave_three_to_look_at(fresh: Scene) -> None:
    statuses = []
    async with fresh.line() as line:
        for number in range(1000):
            origin = NEW if number % 2 else f"https://n{number}.example.com"
            body = b'{"origin":"%s","app_name":"Till"}' % origin.encode()
            line.send(request("POST", ASK, fresh.head(origin=origin, token=None, body=body), body))
            reply = await line.reply()
            assert reply is not None
            statuses.append(reply.status)
            if reply.status != 202:
                refused(reply, 429, "gate.rate", readable_by=origin)
    assert statuses.count(202) == 3
    waiting = await fresh.ask("GET", ASK, origin=None, token="admin")
    assert len(waiting.json["pairings"]) == 3
    assert len(waiting.body) < 2000


@pytest.mark.attack("A28")
async def test_an_origin_that_waits_or_was_refused_cannot_ask_again(fresh: Scene) -> None:
    first = await asked(fresh)
    refused(await asked(fresh), 429, "gate.rate", readable_by=NEW)
    entries = fresh.traces().rows["audit"]
    code = first.json["verification_code"]
    said = await fresh.ask(
        "POST", f"{ASK}/{first.json['pairing_id']}/decision", {"decision": "reject", "code": code}, origin=None, token="admin"
    )
    assert said.status == 200
    again = await asked(fresh)
    refused(again, 429, "gate.rate", readable_by=NEW)
    assert int(again.one("Retry-After") or 0) > 500
    assert (await asked(fresh, "https://another.example.com")).status == 202
    assert fresh.traces().rows["audit"] == entries + 1
    fresh.forgiven["audit"] = 1


@pytest.mark.attack("A29")
@pytest.mark.parametrize("origin", [NEW, POS, EVIL, "null", None])
@pytest.mark.parametrize("token", [None, "web", "program"])
async def test_a_page_cannot_approve_itself(scene: Scene, origin: str | None, token: str | None) -> None:
    pairing = await _waiting(scene)
    path = f"{ASK}/{pairing['pairing_id']}/decision"
    body = {"decision": "approve", "code": pairing["verification_code"], "scopes": ["admin"]}
    reply = await scene.ask("POST", path, body, origin=origin, token=token)
    assert reply.status in (401, 403), reply
    assert reply.code in (
        "gate.origin_not_allowed",
        "gate.unauthorised",
        "gate.scope_missing",
        "gate.origin_required",
        "gate.token_origin_mismatch",
    )
    assert reply.cors == {} or origin == POS
    form = [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"), ("Sec-Fetch-Site", "cross-site")]
    refused(
        await scene.ask("POST", path, body, more=form, origin=origin, token=token),
        403,
        "gate.origin_not_allowed",
        readable_by=POS if origin == POS else None,
    )
    refused(await scene.ask("GET", f"{path}?decision=approve", origin=None, token="admin"), 405, "request.method")
    seen = await scene.ask("GET", f"{ASK}/{pairing['pairing_id']}", origin=NEW, token=None)
    assert seen.json["state"] == "pending"


async def _waiting(scene: Scene) -> dict[str, Any]:
    """The one request that waits in this module's scene."""
    found = (await scene.ask("GET", ASK, origin=None, token="admin")).json["pairings"]
    if not found:
        assert (await asked(scene)).status == 202
        found = (await scene.ask("GET", ASK, origin=None, token="admin")).json["pairings"]
    one: dict[str, Any] = found[0]
    return one


@pytest.mark.attack("A29")
async def test_only_the_page_that_asked_sees_its_request_and_nobody_else_takes_its_token(fresh: Scene) -> None:
    pairing = (await asked(fresh)).json
    path = f"{ASK}/{pairing['pairing_id']}"
    rows = fresh.traces().rows["audit"]
    assert (await decided(fresh, pairing["pairing_id"], pairing["verification_code"])).status == 200
    for origin in (POS, OTHER, EVIL):
        refused(await fresh.ask("GET", path, origin=origin, token=None), 404, "request.not_found", readable_by=origin)
    refused(
        await fresh.ask("GET", path, origin=None, token=None), 404, "request.not_found"
    )  # an image, a program, an address typed in
    first, second = [await fresh.ask("GET", path, origin=NEW, token=None) for _ in range(2)]
    assert first.json["token"].startswith("tbw_")
    assert (second.json["token"], second.json["state"]) == (None, "collected")
    assert fresh.traces().rows["audit"] == rows + 1
    await fresh.server.access.tokens.revoke(first.json["token_id"], _ACTOR)
    fresh.forgiven["audit"] = 2


@pytest.mark.attack("A29")
async def test_three_wrong_codes_end_a_pairing(fresh: Scene) -> None:
    pairing = (await asked(fresh)).json
    wrong = f"{(int(pairing['verification_code']) + 1) % 1_000_000:06d}"
    for _ in range(3):
        refused(await decided(fresh, pairing["pairing_id"], wrong), 422, "request.invalid")
    refused(await decided(fresh, pairing["pairing_id"], pairing["verification_code"]), 404, "request.not_found")
    state = await fresh.ask("GET", f"{ASK}/{pairing['pairing_id']}", origin=NEW, token=None)
    assert (state.json["state"], state.json["token"]) == ("rejected", None)


@pytest.mark.attack("A31")
@pytest.mark.parametrize(
    ("header", "body"),
    [
        (EVIL, POS),
        (EVIL, NEW),
        (POS, OTHER),
        (POS, EVIL),
        (None, POS),
        (None, NEW),
    ],
)
async def test_a_page_cannot_ask_in_anothers_name(scene: Scene, header: str | None, body: str) -> None:
    said = await scene.ask("POST", ASK, {"origin": body, "app_name": "Till"}, origin=header, token=None)
    refused(said, 403, "gate.origin_not_allowed", readable_by=header)


@pytest.mark.attack("A31")
@pytest.mark.parametrize(
    "name",
    [
        "Till\u202eelpmaxe.sop",
        "Till\u2066x\u2069",
        "Till\u200b",
        "Till\u00adX",
        "\ufeffTill",
        "Till\nhttps://pos.example.com",
        "Till\r\n",
        "Till\x1b[2J",
        "Till\x00",
        "Till\u2028x",
        "Till\ue000",
        " Till",
        "Till ",
        "",
        "x" * 61,
        "x" * 3_000,
        None,
        7,
        ["Till"],
    ],
    ids=repr,
)
async def test_a_name_that_deceives_or_floods_is_refused_before_anybody_sees_it(scene: Scene, name: Any) -> None:
    refused(await asked(scene, EVIL, app_name=name), 422, "request.invalid", readable_by=EVIL)


@pytest.mark.attack("A31")
@pytest.mark.parametrize(
    "origin",
    [
        "https://pos.example.com.",
        "https://POS.example.com",
        "https://роs.example.com",
        "https://new.example.com/x",
        "null",
        "x" * 400,
    ],
)
async def test_an_origin_in_the_body_that_no_browser_writes_is_refused(scene: Scene, origin: str) -> None:
    refused(
        await scene.ask("POST", ASK, {"origin": origin, "app_name": "Till"}, origin=EVIL, token=None),
        422,
        "request.invalid",
        readable_by=EVIL,
    )


@pytest.mark.attack("A31")
async def test_a_page_that_anybody_on_the_way_could_speak_for_is_not_paired(scene: Scene) -> None:
    for origin in ("http://new.example.com", "http://10.0.0.7", "http://shop.local:8080"):
        refused(await asked(scene, origin), 422, "request.invalid", readable_by=origin)


@pytest.mark.attack("A31")
async def test_what_is_shown_to_who_decides_is_the_browsers_word_in_ascii(fresh: Scene) -> None:
    origin = "https://xn--ps-jia.example.com"
    assert (await asked(fresh, origin, app_name="Kasa żółta")).status == 202
    (shown,) = (await fresh.ask("GET", ASK, origin=None, token="admin")).json["pairings"]
    assert shown["origin"] == origin
    assert shown["origin"].isascii()


@pytest.mark.attack("A31")
async def test_ten_kilobytes_of_a_name_are_not_even_read(scene: Scene) -> None:
    refused(await asked(scene, EVIL, app_name="x" * 10_000), 413, "request.too_large", readable_by=EVIL)


@pytest.mark.attack("A31")
async def test_a_page_is_not_asked_to_be_believed_about_administration(scene: Scene) -> None:
    for scopes in (["admin"], ["print", "admin"], ["everything"], [], "admin", {"admin": True}):
        refused(await asked(scene, EVIL, scopes=scopes), 422, "request.invalid", readable_by=EVIL)


@pytest.mark.attack("A60")
async def test_a_clock_that_is_set_back_does_not_lengthen_what_waits(fresh: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    pairing = (await asked(fresh)).json
    monkeypatch.setattr(fresh.server.access.pairings, "_monotonic", lambda: 10.0**9)  # two minutes have long passed
    monkeypatch.setattr(fresh.bridge.clock, "now", lambda: datetime.now(UTC) - timedelta(days=365))
    refused(await decided(fresh, pairing["pairing_id"], pairing["verification_code"]), 404, "request.not_found")
    state = await fresh.ask("GET", f"{ASK}/{pairing['pairing_id']}", origin=NEW, token=None)
    assert (state.status, state.json.get("token")) in ((200, None), (404, None))
    monkeypatch.undo()
