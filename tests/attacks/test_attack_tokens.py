"""Tokens: missing, mistyped, stolen, replaced, taken back, run out, and used for what they were not given."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bridge.model import Actor
from bridge.server.access.grants import checked_rights
from bridge.server.access.scopes import TILL, Right
from tests.attacks.raw import Reply, request
from tests.attacks.refusals import refused
from tests.attacks.scene import JOBS, OTHER, POS, SALE, Z_REPORT, Given, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ACTOR = Actor(principal="t")


@pytest.mark.attack("A08")
@pytest.mark.parametrize("token", ["web", "other", "printing", "narrow"])
async def test_a_pages_token_without_its_pages_origin_is_refused(scene: Scene, token: str) -> None:
    refused(await scene.raw(scene.sale(origin=None, token=token)), 403, "gate.origin_required")
    refused(await scene.ask("GET", "/api/v1/devices", origin=None, token=token), 403, "gate.origin_required")
    refused(await scene.ask("GET", "/api/v1/ping", origin=None, token=token), 403, "gate.origin_required")


@pytest.mark.attack("A08")
async def test_no_other_header_stands_in_for_the_origin(scene: Scene) -> None:
    more = [("Referer", f"{POS}/till"), ("X-Origin", POS), ("Origin2", POS), ("Sec-WebSocket-Origin", POS)]
    refused(await scene.raw(scene.sale(origin=None, more=more)), 403, "gate.origin_required")


@pytest.mark.attack("A58")
@pytest.mark.parametrize(
    "values",
    [
        ("Bearer {t}", "Bearer {t}"),
        ("Bearer {t}", "Bearer wrong"),
        ("Bearer wrong", "Bearer {t}"),
        ("Bearer {t}", ""),
        ("Bearer {t}", "Basic dXNlcjpwYXNz"),
    ],
)
@pytest.mark.parametrize("spelling", ["Authorization", "AUTHORIZATION", "authorization"])
async def test_two_authorizations_are_none(scene: Scene, values: tuple[str, str], spelling: str) -> None:
    first, second = (value.replace("{t}", scene.token("web")) for value in values)
    body = json.dumps(SALE).encode()
    head = [*scene.head(token=None, key=scene.key(), body=body), ("Authorization", first), (spelling, second)]
    reply = await scene.raw(request("POST", JOBS, head, body))
    # Where the parser itself refuses the pair, nobody has looked at the origin yet.
    readable = POS if reply.status == 401 else None
    refused(reply, *((401, "gate.unauthorised") if readable else (400, "request.malformed")), readable_by=readable)


WRONG = [
    "",
    "Bearer",
    "Bearer ",
    "Basic {t}",
    "Bearer {t}x",
    "Bearer {t},{t}",
    "Bearer {t} {t}",
    "Bearer, {t}",
    "Bearer={t}",
    "Bearer:{t}",
    "Bearer\xa0{t}",
    "Bearer\t{t}",
    "Bearer '{t}'",
    'Bearer "{t}"',
    "{t}",
    "Token {t}",
    "Bearer Bearer {t}",
    "Béarer {t}",
    "ℬearer {t}",
    "Bearer {t}\x7f",
    "Bearer {t}%00",
    "Bearer {id}",
    "Bearer tbw_{id}_",
    "Bearer null",
    "Bearer undefined",
    "Bearer admin",
    "Negotiate {t}",
]


@pytest.mark.attack("A58")
@pytest.mark.parametrize("value", WRONG)
async def test_whatever_is_not_one_bearer_token_is_none(scene: Scene, value: str) -> None:
    given = scene.tokens["web"]
    written = value.replace("{t}", given.text).replace("{id}", given.id)
    body = json.dumps(SALE).encode()
    head = [*scene.head(token=None, key=scene.key(), body=body), ("Authorization", written)]
    reply = await scene.raw(request("POST", JOBS, head, body))
    if reply.status == 400:
        refused(reply, 400, "request.malformed")
        return
    refused(reply, 401, "gate.unauthorised", readable_by=POS)
    assert given.text.encode() not in reply.body


@pytest.mark.attack("A27")
async def test_a_token_with_any_one_character_changed_is_wrong(scene: Scene) -> None:
    right = scene.tokens["web"].text
    for place in range(len(right)):
        wrong = f"{right[:place]}{'A' if right[place] != 'A' else 'B'}{right[place + 1 :]}"
        head = [*scene.head(token=None), ("Authorization", f"Bearer {wrong}")]
        refused(await scene.raw(request("GET", "/api/v1/devices", head)), 401, "gate.unauthorised", readable_by=POS)


# -- replaced, taken back, run out -------------------------------------------------------------------------------------


async def _kept(scene: Scene, given: Given, *act: Any) -> list[Reply]:
    """A call, then the act, then a sale, over one connection that stays open."""
    head = [*scene.head(token=None), ("Authorization", f"Bearer {given.text}")]
    async with scene.line() as line:
        line.send(request("GET", "/api/v1/devices", head))
        first = await line.reply()
        async with scene.lawful():
            for step in act:
                await step
        body = json.dumps(SALE).encode()
        sale = [*scene.head(token=None, key=scene.key(), body=body), ("Authorization", f"Bearer {given.text}")]
        line.send(request("POST", JOBS, sale, body))
        second = await line.reply()
        assert first is not None
        assert second is not None
        return [first, second]


async def test_a_token_that_is_taken_back_ends_its_open_connections_rights_at_once(scene: Scene) -> None:
    async with scene.lawful():
        given = await scene.give("gone", origin=POS)
    first, second = await _kept(scene, given, scene.server.access.tokens.revoke(given.id, _ACTOR))
    assert first.status == 200
    refused(second, 401, "gate.unauthorised", readable_by=POS)


async def test_a_token_that_is_replaced_is_worth_nothing_and_the_new_one_all(scene: Scene) -> None:
    async with scene.lawful():
        given = await scene.give("renewed", origin=POS)
    minted = []

    async def rotate() -> None:
        minted.append(await scene.server.access.tokens.rotate(given.id, _ACTOR))

    first, second = await _kept(scene, given, rotate())
    assert first.status == 200
    refused(second, 401, "gate.unauthorised", readable_by=POS)
    scene.tokens["renewed"] = Given(minted[0].text, given.id)
    assert (await scene.ask("GET", "/api/v1/devices", token="renewed")).status == 200


@pytest.mark.parametrize("how", ["rotate", "revoke"])
async def test_open_sockets_of_a_token_end_with_it_and_its_calls_do_nothing(scene: Scene, how: str) -> None:
    async with scene.lawful():
        given = await scene.give(f"socket-{how}", origin=POS)
    client = await scene.session(f"socket-{how}")
    async with scene.lawful():
        await getattr(scene.server.access.tokens, how)(given.id, _ACTOR)
    params = {"device": "till-1", "idempotency_key": scene.key(), **SALE}
    await client.send({"jsonrpc": "2.0", "id": 1, "method": "devices.submit", "params": params})
    assert await client.closed() == 4401
    await client.leave()


@pytest.mark.attack("A60")
async def test_a_token_that_has_run_out_is_none(scene: Scene) -> None:
    async with scene.lawful():
        await scene.give("old", origin=POS, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        await scene.give("fresh", origin=POS, expires_at=datetime.now(UTC) + timedelta(hours=1))
    refused(await scene.raw(scene.sale(token="old")), 401, "gate.unauthorised", readable_by=POS)
    with pytest.raises(AssertionError, match="the server does not know the token"):
        await scene.session("old")
    assert (await scene.ask("GET", "/api/v1/devices", token="fresh")).status == 200


@pytest.mark.attack("A26")
async def test_a_page_that_is_not_paired_any_more_cannot_even_show_its_face(scene: Scene) -> None:
    origin = "https://former.example.com"
    async with scene.lawful():
        given = await scene.give("former", origin=origin)
    assert (await scene.ask("GET", "/api/v1/devices", origin=origin, token="former")).status == 200
    client = await scene.socket(origin=origin)
    async with scene.lawful():
        await scene.server.access.tokens.revoke(given.id, _ACTOR)
    refused(await scene.ask("GET", "/api/v1/devices", origin=origin, token="former"), 403, "gate.origin_not_allowed")
    assert await client.closed() == 4403
    await client.leave()


# -- the console's -----------------------------------------------------------------------------------------------------


async def _console(scene: Scene, origin: str) -> Reply:
    link = await scene.ask("POST", "/api/v1/console/link", {}, origin=None, token="admin")
    code = link.json["link"].partition("#code=")[2]
    return await scene.ask("POST", "/api/v1/session/console", {"code": code}, origin=origin, token=None, host=origin[7:])


@pytest.mark.attack("A29", "A34")
async def test_a_consoles_token_is_good_for_the_very_name_that_it_was_opened_under(scene: Scene) -> None:
    async with scene.lawful():
        opened = await _console(scene, scene.own)
    assert opened.status == 200
    scene.tokens["console"] = Given(opened.json["token"], opened.json["token_id"])
    assert (
        await scene.ask("POST", "/api/v1/session/proof", {"token_id": "x", "nonce": "A" * 43}, origin=scene.own, token="console")
    ).status == 200
    elsewhere = f"localhost:{scene.port}"
    body = {"label": "x", "scopes": ["print"]}
    for origin, host, code in (
        (f"http://{elsewhere}", elsewhere, "gate.token_origin_mismatch"),
        (scene.own, elsewhere, "gate.origin_not_allowed"),
        (f"http://{elsewhere}", scene.host, "gate.origin_not_allowed"),
        (POS, scene.host, "gate.token_origin_mismatch"),
        (None, scene.host, "gate.origin_required"),
    ):
        reply = await scene.ask("POST", "/api/v1/tokens", body, origin=origin, token="console", host=host)
        refused(reply, 403, code, readable_by=POS if origin == POS else None)


@pytest.mark.attack("A08", "A29")
async def test_only_a_browsers_word_that_a_page_reads_its_own_server_stands_for_the_origin(scene: Scene) -> None:
    """Browsers leave Origin out where a page reads its own server. No page can write this header, and no other page's is so."""
    async with scene.lawful():
        opened = await _console(scene, scene.own)
    scene.tokens["console"] = Given(opened.json["token"], opened.json["token_id"])
    own = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")]
    assert (await scene.ask("GET", "/api/v1/tokens", more=own, origin=None, token="console")).status == 200
    for more, token, host, code in (
        ([], "console", scene.host, "gate.origin_required"),
        ([("Sec-Fetch-Site", "none")], "console", scene.host, "gate.origin_required"),
        ([("Sec-Fetch-Site", "cross-site")], "console", scene.host, "gate.origin_not_allowed"),
        ([("Sec-Fetch-Site", "same-site")], "console", scene.host, "gate.origin_not_allowed"),
        ([*own, ("Sec-Fetch-Site", "cross-site")], "console", scene.host, "gate.origin_not_allowed"),
        (own, "console", f"localhost:{scene.port}", "gate.token_origin_mismatch"),
        (own, "console", f"rebind.evil:{scene.port}", "gate.host_not_allowed"),
        (own, "web", scene.host, "gate.token_origin_mismatch"),
        (own, "program", scene.host, "gate.token_origin_mismatch"),
    ):
        refused(await scene.ask("GET", "/api/v1/tokens", more=more, origin=None, token=token, host=host), 403, code)
    for origin in (POS, "null"):
        reply = await scene.ask("GET", "/api/v1/tokens", more=own, origin=origin, token="console")
        refused(reply, 403, "gate.origin_not_allowed", readable_by=POS if origin == POS else None)


@pytest.mark.attack("A29")
async def test_a_consoles_link_works_once_from_our_own_page_and_from_no_other(scene: Scene) -> None:
    link = await scene.ask("POST", "/api/v1/console/link", {}, origin=None, token="admin")
    code = {"code": link.json["link"].partition("#code=")[2]}
    for origin in (POS, OTHER, None):
        refused(
            await scene.ask("POST", "/api/v1/session/console", code, origin=origin, token=None),
            403,
            "gate.origin_not_allowed",
            readable_by=origin,
        )
    for token in ("web", "printing"):
        refused(await scene.ask("POST", "/api/v1/console/link", {}, token=token), 403, "gate.scope_missing", readable_by=POS)
    async with scene.lawful():
        assert (await scene.ask("POST", "/api/v1/session/console", code, origin=scene.own, token=None)).status == 200
    refused(await scene.ask("POST", "/api/v1/session/console", code, origin=scene.own, token=None), 401, "gate.unauthorised")
    for guess in ("A" * 43, code["code"][:-1] + ("A" if code["code"][-1] != "A" else "B"), code["code"][:20]):
        refused(
            await scene.ask("POST", "/api/v1/session/console", {"code": guess}, origin=scene.own, token=None),
            401,
            "gate.unauthorised",
        )


# -- more than was given -----------------------------------------------------------------------------------------------

ADMINISTRATION: list[tuple[str, str, Any]] = [
    ("GET", "/tokens", None),
    ("POST", "/tokens", {"label": "x", "scopes": ["admin"]}),
    ("POST", "/tokens/{web}/rotate", {}),
    ("DELETE", "/tokens/{web}", None),
    ("GET", "/pairing", None),
    ("POST", f"/pairing/{'A' * 32}/decision", {"decision": "approve", "code": "000000"}),
    ("POST", "/console/link", {}),
    ("GET", "/audit", None),
    ("POST", "/bundle", {}),
    ("GET", "/families", None),
    ("PUT", "/devices/till-1/config", {"family": "posnet", "url": "tcp://127.0.0.1:1"}),
    ("DELETE", "/devices/till-1/config", None),
    ("POST", "/devices/till-1/accept", {"what": "identity", "reason": "because"}),
    ("POST", "/devices/till-1/alerts/x/ack", {}),
    ("GET", "/devices/till-1/config", None),
    ("POST", "/devices/till-1/test", {}),
    ("POST", "/discovery/check", {"family": "posnet", "url": "tcp://127.0.0.1:1"}),
    ("POST", "/discovery", {}),
    ("GET", "/discovery", None),
    ("POST", "/jobs/x/resolve", {"verdict": "issued", "reason": "because"}),
    ("GET", "/jobs/x/trace", None),
    ("GET", "/jobs/x/wire", None),
    ("GET", "/devices/till-1/wire", None),
]


@pytest.mark.attack("A34")
@pytest.mark.parametrize(("method", "path", "body"), ADMINISTRATION, ids=lambda value: value if isinstance(value, str) else None)
async def test_what_is_an_administrators_is_no_pages_and_no_programs(scene: Scene, method: str, path: str, body: Any) -> None:
    address = "/api/v1" + path.replace("{web}", scene.tokens["web"].id)
    for token, origin in (("web", POS), ("printing", POS), ("narrow", POS), ("program", None)):
        refused(await scene.ask(method, address, body, origin=origin, token=token), 403, "gate.scope_missing", readable_by=origin)


LINE = SALE["lines"][0]
OPERATIONS: list[Any] = [
    Z_REPORT,
    {"op": "report.x"},
    {"op": "report.period", "from": "2026-01-01", "to": "2026-01-31"},
    {"op": "clock.set"},
    {"op": "cash.in", "amount": "1.00", "currency": "PLN"},
    {"op": "cash.out", "amount": "1.00", "currency": "PLN"},
    {"op": "raw", "data": "!sdev"},
    {"op": "payment.refund", "amount": "1.00", "currency": "PLN"},
    {"op": "payment.reversal"},
    {**SALE, "kind": "refund"},
    {**SALE, "kind": "correction"},
    {**SALE, "kind": "purchase"},
    {**SALE, "kind": "purchase_refund"},
    {**SALE, "lines": [LINE, {**LINE, "kind": "return"}]},
    {**SALE, "op": "invoice", "lines": [{**LINE, "kind": "return"}]},
]


@pytest.mark.attack("A34")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation['op']} {operation.get('kind', '')}")
async def test_a_till_gives_no_money_back_and_ends_no_day(scene: Scene, operation: Any) -> None:
    for token, origin in (("web", POS), ("narrow", POS), ("program", None)):
        refused(await scene.raw(scene.sale(operation, origin=origin, token=token)), 403, "gate.scope_missing", readable_by=origin)


@pytest.mark.attack("A34")
@pytest.mark.parametrize("operation", [SALE, *OPERATIONS], ids=lambda operation: f"{operation['op']} {operation.get('kind', '')}")
async def test_a_print_token_sells_nothing_and_sees_nothing(scene: Scene, operation: Any) -> None:
    refused(await scene.raw(scene.sale(operation, token="printing")), 403, "gate.scope_missing", readable_by=POS)
    for path in ("/api/v1/devices", "/api/v1/devices/till-1", "/api/v1/devices/till-1/status", "/api/v1/metrics"):
        refused(await scene.ask("GET", path, token="printing"), 403, "gate.scope_missing", readable_by=POS)


@pytest.mark.attack("A34")
@pytest.mark.parametrize(
    "operation",
    [
        {"op": "SHIFT.CLOSE"},
        {"op": "shift.close\x00"},
        {"op": " shift.close"},
        {"op": "shift․close"},
        {"op": ["shift.close"]},
        {"op": {"shift.close": 1}},
        {"op": None},
        {"op": True},
        {"Op": "shift.close"},
        {**SALE, "kind": "REFUND"},
        {**SALE, "kind": ["refund"]},
        {**SALE, "kind": "refund "},
        {**SALE, "lines": {"0": {**LINE, "kind": "return"}}},
        {**SALE, "lines": [[{**LINE, "kind": "return"}]]},
        {**SALE, "lines": [{**LINE, "kind": "Return"}]},
        {**SALE, "extras": {"posnet": {"op": "shift.close"}}},
    ],
    ids=repr,
)
async def test_an_operation_in_disguise_is_no_operation(scene: Scene, operation: Any) -> None:
    """What the scopes do not recognise, the model does not either."""
    refused(await scene.raw(scene.sale(operation)), 422, "request.invalid", readable_by=POS)


@pytest.mark.attack("A34")
async def test_no_page_is_ever_given_administration(scene: Scene) -> None:
    for origin in (POS, "http://localhost:3000", scene.own.replace("127.0.0.1", "localhost")):
        body = {"label": "x", "origin": origin, "scopes": ["print", "admin"]}
        refused(await scene.ask("POST", "/api/v1/tokens", body, origin=None, token="admin"), 422, "request.invalid")
    with pytest.raises(ValueError, match="never given to a page"):
        checked_rights([*TILL, Right.ADMIN], POS)


DEVICES = [
    "d2",
    "no-such",
    "@far",
    "@nothing",
    "@..",
    "@",
    "%40far",
    "D2",
    "d2.",
    "ｄ2",
    "d%32",
    "d2%20",
    "d2%00",
    "..%2fd2",
    "B%2f..",
    "%2e%2e",
    "d2/../till-1",
]


@pytest.mark.attack("A35")
@pytest.mark.parametrize("device", DEVICES)
async def test_a_device_of_others_is_as_little_there_as_none(scene: Scene, device: str) -> None:
    answers = []
    for named in (device, "zz" + device.removeprefix("@")):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/status", None),
            ("POST", "/preview", SALE),
            ("POST", "/jobs", SALE),
        ):
            data = None if body is None else json.dumps(body).encode()
            head = scene.head(token="narrow", key=scene.key(), body=data)
            reply = await scene.raw(request(method, f"/api/v1/devices/{named}{path}", head, data or b""))
            if named.isascii():
                refused(reply, 404, "request.not_found", readable_by=POS)
            else:
                refused(reply, 400, "request.malformed")
            answers.append(reply.json["detail"])
    assert not [answer for answer in answers if "till-1" in answer]


@pytest.mark.attack("A35")
async def test_lists_events_and_filters_show_no_device_of_others(scene: Scene) -> None:
    async with scene.lawful():
        assert (await scene.raw(scene.sale(path="/api/v1/devices/d2/jobs"))).status == 202
    assert [device["id"] for device in (await scene.ask("GET", "/api/v1/devices", token="narrow")).json["devices"]] == ["till-1"]
    for query in ("?device=d2", "?device=no-such", "?device=@far"):
        reply = await scene.ask("GET", f"/api/v1/jobs{query}", token="narrow")
        assert (reply.status, reply.json["jobs"]) == (200, []), reply
    refused(await scene.ask("GET", "/api/v1/metrics", token="narrow"), 403, "gate.scope_missing", readable_by=POS)
    client = await scene.session("narrow")
    await client.call("events.subscribe", devices=["d2", "@far", "till-1"], kinds=["device.updated"])
    assert (await client.event())["params"]["device"] == "till-1"
    await client.leave()


@pytest.mark.attack("A35", "A26")
async def test_a_job_of_another_page_is_as_little_there_as_none(scene: Scene) -> None:
    async with scene.lawful():
        job = (await scene.sells()).json["id"]
    made_up = job[:-4] + ("0000" if job[-4:] != "0000" else "1111")
    for token, origin in (("other", OTHER), ("program", None), ("narrow", POS)):
        for method, path, body in (
            ("GET", "", None),
            ("POST", "/ack", {}),
            ("POST", "/abort", {}),
            ("POST", "/answer", {"prompt_id": "x", "choice": "y"}),
        ):
            said = []
            for one in (job, made_up):
                reply = await scene.ask(method, f"/api/v1/jobs/{one}{path}", body, origin=origin, token=token)
                refused(reply, 404, "request.not_found", readable_by=origin)
                said.append(reply.json["detail"].replace(one, "JOB"))
            assert said[0] == said[1]


@pytest.mark.attack("A35", "A26")
async def test_a_sale_that_claims_to_repeat_another_pages_job_learns_nothing_of_it(scene: Scene) -> None:
    async with scene.lawful():
        job = (await scene.sells()).json["id"]
    made_up = job[:-4] + ("0000" if job[-4:] != "0000" else "1111")
    said = []
    for one in (job, made_up):
        reply = await scene.raw(scene.sale({**SALE, "retry_of": one}, origin=OTHER, token="other"))
        refused(reply, 422, "request.invalid", readable_by=OTHER)
        said.append(reply.json["detail"].replace(one, "JOB"))
    assert said[0] == said[1]
    async with scene.lawful():  # whose it is may say so
        assert (await scene.raw(scene.sale({**SALE, "retry_of": job}))).status == 202
