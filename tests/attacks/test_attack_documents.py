"""What a page with a right token sends: replays, reused keys, JSON that reads two ways, control bytes for the printer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.attacks.raw import Reply, request
from tests.attacks.refusals import guarded, refused
from tests.attacks.scene import JOBS, OTHER, POS, SALE, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = SALE["lines"][0]


def keyed(scene: Scene, key: str, operation: Any = None, *, origin: str = POS, token: str = "web", wait: bool = True) -> bytes:
    body = operation if isinstance(operation, bytes) else json.dumps(SALE if operation is None else operation).encode()
    more = [("Prefer", "wait=20")] if wait else []
    return request("POST", JOBS, [*scene.head(origin=origin, token=token, key=key, body=body), *more], body)


@pytest.mark.attack("A32")
async def test_one_sale_sent_many_times_at_once_is_printed_once(scene: Scene) -> None:
    key, before = scene.key(), scene.traces()
    async with scene.lawful():
        answers = await asyncio.gather(*(scene.raw(keyed(scene, key)) for _ in range(20)))
    after = scene.traces()
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert after.documents == before.documents + 1
    assert after.rows["jobs"] == before.rows["jobs"] + 1
    again = await scene.raw(keyed(scene, key))
    assert (again.status, again.body) == (200, answers[0].body)


@pytest.mark.attack("A32")
async def test_one_sale_sent_over_http_and_the_socket_at_once_is_printed_once(scene: Scene) -> None:
    key, before = scene.key(), scene.traces()
    client = await scene.session()
    async with scene.lawful():
        job, reply = await asyncio.gather(
            client.call("devices.submit", device="till-1", idempotency_key=key, wait=20, **SALE), scene.raw(keyed(scene, key))
        )
    assert job["id"] == reply.json["id"]
    assert scene.traces().documents == before.documents + 1
    await client.leave()


@pytest.mark.attack("A32")
async def test_a_pipeline_of_one_sale_is_printed_once(scene: Scene) -> None:
    key, before = scene.key(), scene.traces()
    async with scene.lawful(), scene.line() as line:
        line.send(keyed(scene, key) * 5)
        answers = [await line.reply() for _ in range(5)]
    assert len({answer.json["id"] for answer in answers if answer is not None}) == 1
    assert scene.traces().documents == before.documents + 1


@pytest.mark.attack("A33")
@pytest.mark.parametrize(
    "other",
    [
        {**SALE, "lines": [{**LINE, "price": "0.01"}]},
        {**SALE, "lines": [LINE, LINE]},
        {**SALE, "currency": "EUR"},
        {"op": "print", "lines": ["x"]},
        {**SALE, "reference": "R-1"},
    ],
    ids=repr,
)
async def test_a_used_key_with_another_body_prints_nothing(scene: Scene, other: Any) -> None:
    key = scene.key()
    async with scene.lawful():
        assert (await scene.raw(keyed(scene, key))).status == 200
    refused(await scene.raw(keyed(scene, key, other)), 422, "request.key_reused", readable_by=POS)
    answers = await asyncio.gather(*(scene.raw(keyed(scene, key, other)) for _ in range(5)))
    assert {answer.code for answer in answers} == {"request.key_reused"}


@pytest.mark.attack("A33")
async def test_a_used_key_at_another_device_prints_nothing(scene: Scene) -> None:
    key, body = scene.key(), json.dumps(SALE).encode()
    async with scene.lawful():
        assert (await scene.raw(keyed(scene, key))).status == 200
    elsewhere = request("POST", "/api/v1/devices/d2/jobs", scene.head(key=key, body=body), body)
    refused(await scene.raw(elsewhere), 422, "request.key_reused", readable_by=POS)


@pytest.mark.attack("A33")
async def test_two_bodies_under_one_key_at_once_are_one_document(scene: Scene) -> None:
    key, before = scene.key(), scene.traces()
    dear = {**SALE, "lines": [{**LINE, "price": "99.00"}]}
    async with scene.lawful():
        answers = await asyncio.gather(*(scene.raw(keyed(scene, key, (SALE, dear)[number % 2])) for number in range(10)))
    assert sorted({answer.status for answer in answers}) == [200, 422]
    assert scene.traces().documents == before.documents + 1


@pytest.mark.attack("A33")
async def test_another_pages_key_is_another_key(scene: Scene) -> None:
    key, before = scene.key(), scene.traces()
    async with scene.lawful():
        mine = await scene.raw(keyed(scene, key))
        theirs = await scene.raw(keyed(scene, key, origin=OTHER, token="other"))
    assert (mine.status, theirs.status) == (200, 200)
    assert mine.json["id"] != theirs.json["id"]
    assert scene.traces().documents == before.documents + 2


@pytest.mark.attack("A33")
@pytest.mark.parametrize(
    "keys", [(), ("", ""), ("a", "a"), ("a", "b"), ("a b",), ("ż",), ("a" * 201,), ("\x7f",), ("",)], ids=repr
)
async def test_a_key_that_is_none_or_two_prints_nothing(scene: Scene, keys: tuple[str, ...]) -> None:
    body = json.dumps(SALE).encode()
    headers = [*scene.head(body=body), *(("Idempotency-Key", key) for key in keys)]
    reply = await scene.raw(request("POST", JOBS, headers, body))
    assert (reply.status, reply.code) in (
        (400, "request.key_missing"),
        (422, "request.invalid"),
        (400, "request.malformed"),
    ), reply


# -- JSON --------------------------------------------------------------------------------------------------------------

BAD_JSON: list[tuple[bytes, int]] = [
    (b'{"op":"receipt","op":"shift.close"}', 400),
    (b'{"op":"receipt","\\u006fp":"shift.close"}', 400),
    (json.dumps(SALE).encode().replace(b'"price"', b'"price":"0.01","price"'), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"1e400"), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"NaN"), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"-Infinity"), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"1" * 5000), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"1e-999999999"), 400),
    (json.dumps(SALE).encode().replace(b'"10.00"', b"10.0"), 422),
    (json.dumps(SALE).encode().replace(b'"10.00"', b'"1e1"'), 422),
    (json.dumps(SALE).encode().replace(b'"10.00"', b'"0x0a"'), 422),
    (json.dumps(SALE).encode().replace(b'"10.00"', '"１０.00"'.encode()), 422),
    (json.dumps(SALE).encode().replace(b'"Tea"', b'"\\ud800"'), 400),
    (json.dumps(SALE).encode().replace(b'"Tea"', b'"\\udc00\\ud800"'), 400),
    (b'{"a":' * 100 + b"1" + b"}" * 100, 400),
    (b"[" * 1_000_000, 400),
    (b'{"op":' * 100_000, 400),
    (b'{"__proto__":{"op":"receipt"},' + json.dumps(SALE).encode()[1:], 422),
    (b'{"constructor":{"prototype":{}},' + json.dumps(SALE).encode()[1:], 422),
    (b'{"__class__":"Receipt",' + json.dumps(SALE).encode()[1:], 422),
    (json.dumps({**SALE, "idempotency_key": "x"}).encode(), 422),
    (json.dumps({**SALE, "device": "d2"}).encode(), 422),
    (json.dumps(SALE).encode() + b"{}", 400),
    (json.dumps(SALE).encode() + b"\x00", 400),
    (b")]}',\n" + json.dumps(SALE).encode(), 400),
    (b"callback(" + json.dumps(SALE).encode() + b")", 400),
    (b"// x\n" + json.dumps(SALE).encode(), 400),
    (json.dumps(SALE).encode()[:-1] + b",}", 400),
    (json.dumps([SALE]).encode(), 400),
]


@pytest.mark.attack("A36")
@pytest.mark.parametrize(("body", "status"), BAD_JSON, ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else "")
async def test_json_that_is_broken_huge_or_reads_two_ways_is_refused(scene: Scene, body: bytes, status: int) -> None:
    reply = await scene.raw(keyed(scene, scene.key(), body))
    refused(reply, status, "request.malformed" if status == 400 else "request.invalid", readable_by=POS)


@pytest.mark.attack("A36")
async def test_ten_megabytes_are_refused_unread_or_as_soon_as_they_are_too_many(scene: Scene) -> None:
    head = [*scene.head(key=scene.key()), ("Content-Type", "application/json")]
    said = request("POST", JOBS, [*head, ("Content-Length", str(10 * 1024 * 1024))])
    refused(await scene.raw(said), 413, "request.too_large", readable_by=POS)
    async with scene.line() as line:
        line.send(request("POST", JOBS, [*head, ("Transfer-Encoding", "chunked")]))
        for _ in range(20):
            line.send(b"80000\r\n" + b" " * 0x80000 + b"\r\n")
        reply = await line.reply()
    refused(reply, 413, "request.too_large", readable_by=POS)


@pytest.mark.attack("A36")
async def test_the_same_over_the_socket(scene: Scene) -> None:
    client = await scene.session()
    for body, _ in BAD_JSON:
        if len(body) > 10_000 or not body.startswith(b"{"):
            continue
        message = b'{"jsonrpc":"2.0","id":1,"method":"devices.submit","params":{"device":"till-1","idempotency_key":"%s",%s}' % (
            scene.key().encode(),
            body[1:],
        )
        await client.send(message.decode("utf-8", "surrogateescape"))
        answer = await client.stray()
        assert answer["error"]["data"]["code"] in ("request.malformed", "request.invalid"), (body, answer)
    await client.leave()


ENCODINGS = ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "utf-8-sig", "latin-1", "cp1250"]


@pytest.mark.attack("A59")
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_json_in_another_encoding_is_refused_declared_or_not(scene: Scene, encoding: str) -> None:
    operation = {**SALE, "lines": [{**LINE, "name": "Żółć +AGE-" if encoding in ("utf-7", "cp1250") else "Ó"}]}
    body = json.dumps(operation, ensure_ascii=False).encode(encoding)
    head = [*scene.head(key=scene.key()), ("Content-Length", str(len(body)))]
    declared = encoding.removesuffix("-sig") if encoding == "utf-8-sig" else encoding
    reply = await scene.raw(request("POST", JOBS, [*head, ("Content-Type", f"application/json; charset={declared}")], body))
    if encoding == "utf-8-sig":
        refused(reply, 400, "request.malformed", readable_by=POS)
    else:
        refused(reply, 415, "request.media_type", readable_by=POS)
    if encoding == "utf-7":
        return  # it is ASCII, and as UTF-8 a text like another
    reply = await scene.raw(request("POST", JOBS, [*head, ("Content-Type", "application/json")], body))
    refused(reply, 400, "request.malformed", readable_by=POS)


@pytest.mark.attack("A59")
async def test_utf_7_that_is_not_declared_is_the_text_that_it_is(scene: Scene) -> None:
    body = json.dumps({**SALE, "lines": [{**LINE, "name": "+ADw-b+AD4-"}]}).encode()
    async with scene.lawful():
        assert (await scene.raw(keyed(scene, scene.key(), body))).status == 200
    assert "+ADw-b+AD4-" in scene.printer.device.paper()


@pytest.mark.attack("A59")
@pytest.mark.parametrize(
    "body", [b'{"a":"\xc0\xaf"}', b'{"a":"\xed\xa0\x80"}', b'{"a":"\xf4\x90\x80\x80"}', b'{"a":"\x80"}', b'{"a":"\xff"}']
)
async def test_overlong_and_broken_utf_8_is_refused(scene: Scene, body: bytes) -> None:
    refused(await scene.raw(keyed(scene, scene.key(), body)), 400, "request.malformed", readable_by=POS)


# -- bytes for the printer ---------------------------------------------------------------------------------------------

CONTROL = [
    "\x1b@",
    "\x02",
    "\x03",
    "\r\n",
    "\n",
    "\r",
    "\x00",
    "\t",
    "\x1c",
    "\x7f",
    "\x85",
    "\x9b",
    "\x10\x14",
    "\u2028",
    "\u202e",
]
FORGED = [
    "x\ttrend\tto1\t",
    "\x02trcancel\t#F0A8\x03",
    "a\x03\x02rshutdown\t#0000\x03",
    "x\tpr1\twa1",
    "&1&2&3",
    "#1234",
    "@TOKEN",
]


@pytest.mark.attack("A37")
@pytest.mark.parametrize("text", [*CONTROL, *FORGED], ids=repr)
@pytest.mark.parametrize("fit", ["strict", "lenient"])
async def test_no_text_becomes_a_command_of_the_printer(scene: Scene, text: str, fit: str) -> None:
    """Refused by name, or printed as text; the frames on the wire are ours either way, and every one of them is whole."""
    places: list[Any] = [
        {**SALE, "fit": fit, "lines": [{**LINE, "name": f"Tea{text}x"}]},
        {**SALE, "fit": fit, "footer": [f"Bye{text}x"]},
        {"op": "print", "fit": fit, "lines": [f"Hello{text}x"]},
    ]
    before = scene.traces()
    async with scene.lawful():
        answers: list[Reply] = [await scene.raw(keyed(scene, scene.key(), operation)) for operation in places]
    for answer in answers:
        assert answer.status == 422 or (answer.status == 200 and answer.json["state"] in ("done", "failed")), answer
        guarded(answer, readable_by=POS)
        if answer.status == 422:
            assert answer.code == "request.invalid"
            assert answer.body.isascii() or text not in answer.body.decode()
    accepted = [answer for answer in answers[:2] if answer.status == 200 and answer.json["success"]]
    assert scene.traces().documents == before.documents + len(accepted)
    if text in CONTROL and (fit == "strict" or text < "\u0100"):  # lenient texts show what their code page lacks as "?"
        assert answers[0].status == 422
    assert not {"garbage", "rshutdown", "trcancel", "shutdown"} & set(scene.ear.frames)
