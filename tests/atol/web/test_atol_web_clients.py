"""The simulated server as other people's programs use it: what they send, byte by byte where it matters, and what they read of the answers.

Each test says whose way it is: [KSA] avb56/kktsite-agent, [AWS] ArchDemons/atolwebserver, [BED] Bedunkevich/atol, [PAGE] the vendor's own
page, [GBS] a shop program in C#, [PHP] a service in PHP, [CS] a till in C#, [PY] a class in Python.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bridge_sim_atol.shift import open_shift
from bridge_sim_atol.web.family import WebSimulator
from bridge_sim_atol.web.server import WebServer

from bridge.transport import run_virtual

POSITION = {
    "type": "position",
    "name": "Кофе",
    "price": 27,
    "quantity": 1,
    "amount": 27,
    "tax": {"type": "none"},
    "paymentMethod": "fullPayment",
    "paymentObject": "commodity",
}
SELL = {"type": "sell", "items": [POSITION], "payments": [{"type": "cash", "sum": 27}], "total": 27}


class Client:
    """A connection of its own for each request, as bytes."""

    def __init__(self, server: WebServer) -> None:
        self.server = server

    async def send(self, *pieces: bytes) -> bytes:
        """All that comes back until the server is silent."""
        wire = _Wire()
        session = self.server.attach(wire, "tcp")
        for piece in pieces:
            session.received(piece)
            await asyncio.sleep(0)
        await asyncio.sleep(1)
        session.disconnected()
        self.closed = wire.closed
        return bytes(wire.got)

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: s", f"Content-Length: {len(data)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        got = await self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + data)
        head, _, rest = got.partition(b"\r\n\r\n")
        self.head = head.decode()
        return int(head.split()[1]), json.loads(rest) if rest else None

    async def done(self, path: str) -> Any:
        """[BED, KSA, GBS, PHP] Asked again while it waits or is in progress."""
        for _ in range(50):
            status, told = await self.call("GET", path)
            assert status == 200
            if all(one["status"] not in ("wait", "inProgress") for one in told["results"]):
                return told["results"]
        raise AssertionError("no end")


class _Wire:
    def __init__(self) -> None:
        self.got = bytearray()
        self.closed = False

    def send(self, data: bytes) -> None:
        self.got += data

    def close(self) -> None:
        self.closed = True


def play(scene: Callable[[Client], Coroutine[Any, Any, None]], **settings: str) -> None:
    async def main() -> None:
        begin = datetime(2026, 11, 20, 9, tzinfo=UTC)
        loop = asyncio.get_running_loop()
        given = {name.replace("__", "."): value for name, value in settings.items()}
        server = WebSimulator().create(given, clock=lambda: begin + timedelta(seconds=loop.time()))
        for register in server.registers.values():
            open_shift(register, "device")
            register.mechanism.start()
        try:
            await scene(Client(server))
        finally:
            await server.close()

    run_virtual(main())


def receipts(client: Client, device: str = "1") -> list[str]:
    return [one.total for one in client.server.registers[device].documents() if one.kind == "receipt"]


# --- the calls


def test_devices_are_a_list_with_what_the_page_shows() -> None:
    """[PAGE, KSA, AWS] The page takes the whole body for the list."""

    async def scene(client: Client) -> None:
        status, told = await client.call("GET", "/api/v2/devices")
        assert (status, [one["id"] for one in told]) == (200, ["1", "2"])
        assert [(one["isDefault"], one["isActive"], one["isLock"]) for one in told] == [(True, True, False), (False, True, False)]
        assert set(told[0]) >= {"name", "hasLicense", "connectionSettings", "otherSettings"}
        assert (await client.call("GET", "/api/v2/devices/default"))[1] == told[0]
        assert (await client.call("GET", "/api/v2/devices/2"))[1] == told[1]
        assert (await client.call("GET", "/api/v2/devices/7"))[0] == 404

    play(scene, devices="2")


def test_the_device_that_is_meant_is_named_in_the_address_in_the_body_or_not_at_all() -> None:
    """[CS] `deviceID=default` and a doubled slash; [PAGE] the name in the body; [KSA] setDefaultDevice."""

    async def scene(client: Client) -> None:
        status, told = await client.call("POST", "/api/v2/operations//queryDeviceInfo?deviceID=default")
        first = told["deviceInfo"]["serial"]
        assert status == 200
        _, told = await client.call("POST", "/api/v2/operations/queryDeviceInfo", {"deviceID": "2"})
        second = told["deviceInfo"]["serial"]
        assert first != second
        assert (await client.call("POST", "/api/v2/requests", {"deviceID": "2", "uuid": "u1", "request": [SELL]}))[0] == 201
        await client.done("/api/v2/requests/u1?deviceID=2")
        assert (receipts(client, "1"), receipts(client, "2")) == ([], ["27.00"])
        assert (await client.call("GET", "/api/v2/requests/u1"))[0] == 404
        assert (await client.call("POST", "/api/v2/setDefaultDevice", {"id": "2"}))[0] == 200
        assert (await client.call("GET", "/api/v2/requests/u1"))[0] == 200
        assert (await client.call("GET", "/api/v2/devices/default"))[1]["id"] == "2"
        status, told = await client.call("POST", "/api/v2/setDefaultDevice", {})
        assert (status, told["error"]["code"]) == (404, 505)

    play(scene, devices="2")


@pytest.mark.parametrize("status", ["409", "403"])
def test_a_device_is_taken_into_use_and_out_of_it(status: str) -> None:
    """[KSA, AWS, PAGE] activateDevice and its opposite; [PHP] 403 while it is not in use."""

    async def scene(client: Client) -> None:
        assert await client.call("POST", "/api/v2/deactivateDevice?deviceID=1", {"id": "1"}) == (200, {})
        told = await client.call("POST", "/api/v2/operations/queryDeviceStatus", {})
        assert (told[0], told[1]["error"]["code"]) == (int(status), 505)
        assert (await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [SELL]}))[0] == int(status)
        assert (await client.call("GET", "/api/v2/devices"))[1][0]["isActive"] is False
        assert (await client.call("POST", "/api/v2/activateDevice"))[0] == 200
        assert (await client.call("POST", "/api/v2/activateDevice?deviceID=9"))[0] == 404
        assert (await client.call("POST", "/api/v2/operations/queryDeviceStatus", {}))[0] == 200

    play(scene, inactive_status=status)


def test_settings_are_read_and_changed() -> None:
    """[KSA, AWS]"""

    async def scene(client: Client) -> None:
        _, told = await client.call("GET", "/api/v2/settings")
        assert (told["deleteRequestsAfter"], told["blockQueueOnPrintErrors"], told["validateRequestsOnAdd"]) == (
            43200,
            False,
            False,
        )
        changes = {"blockQueueOnPrintErrors": True, "deleteRequestsAfter": 60}
        assert (await client.call("PUT", "/api/v2/settings", changes))[0] == 200
        _, told = await client.call("GET", "/api/v2/settings")
        assert (told["deleteRequestsAfter"], told["blockQueueOnPrintErrors"]) == (60, True)
        status, told = await client.call("PUT", "/api/v2/settings", {"deleteRequestsAfter": "abc"})
        assert (status, told["error"]["code"], "deleteRequestsAfter" in told["error"]["description"]) == (400, 505, True)
        assert (await client.call("PUT", "/api/v2/settings", [1]))[0] == 400

    play(scene)


def test_a_request_is_forgotten_after_its_time() -> None:
    async def scene(client: Client) -> None:
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [SELL]})
        await client.done("/api/v2/requests/u1")
        await asyncio.sleep(59 * 60)
        assert (await client.call("GET", "/api/v2/requests/u1"))[0] == 200
        await asyncio.sleep(3 * 60)
        assert (await client.call("GET", "/api/v2/requests/u1"))[0] == 404
        assert (await client.call("GET", "/api/v2/getRequestsQueueStatus"))[1]["ready"] == 0

    play(scene, keep_minutes="60")


def test_every_answer_may_be_read_by_a_page_from_elsewhere() -> None:
    """[KSA, AWS, BED] A browser asks first, and reads an answer only where it says so too. The vendor's server does not say that a page
    from outside may reach the local network."""

    async def scene(client: Client) -> None:
        asked = {
            "Origin": "https://till.example",
            "Access_Control_Request_Headers": "authorization,content-type",
            "Access_Control_Request_Private_Network": "true",
        }
        status, _ = await client.call("OPTIONS", "/api/v2/requests", **asked)
        assert status == 200
        assert "Access-Control-Allow-Origin: https://till.example" in client.head
        assert "Access-Control-Allow-Headers: authorization,content-type" in client.head
        assert "Private-Network" not in client.head
        for path in ("/api/v2/serverInfo", "/api/v2/requests/none"):
            await client.call("GET", path, Origin="https://till.example")
            assert "Access-Control-Allow-Origin: https://till.example" in client.head
        await client.call("GET", "/api/v2/serverInfo")
        assert "Access-Control-Allow-Origin: *" in client.head

    play(scene, user="a", password="b")


def test_whoever_looks_whether_the_server_is_there_finds_its_page() -> None:
    """[PY] 200 is what it wants to see."""

    async def scene(client: Client) -> None:
        got = await client.send(b"GET / HTTP/1.1\r\nHost: s\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n")

    play(scene)


def test_texts_between_positions_are_printed_with_them() -> None:
    """[PY] A line of dashes behind each position."""

    async def scene(client: Client) -> None:
        dashes = {"type": "text", "text": "-" * 32, "alignment": "left", "font": 0, "doubleWidth": False, "doubleHeight": False}
        code = {"type": "barcode", "barcode": "https://shop.example/1", "barcodeType": "QR", "scale": 5}
        task = {**SELL, "items": [POSITION, dashes, code]}
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [task]})
        (one,) = await client.done("/api/v2/requests/u1")
        assert (one["status"], receipts(client)) == ("ready", ["27.00"])
        assert "-" * 32 in client.server.paper()

    play(scene)


def test_one_task_alone_is_taken_too() -> None:
    """[PHP, AWS] `request` is the task and no list."""

    async def scene(client: Client) -> None:
        status, told = await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": SELL})
        assert (status, told["uuid"]) == (201, "u1")
        (one,) = await client.done("/api/v2/requests/u1")
        assert (one["status"], one["error"]["code"], receipts(client)) == ("ready", 0, ["27.00"])
        for request in ([], {}, "sell", [1], None):
            assert (await client.call("POST", "/api/v2/requests", {"uuid": "u2", "request": request}))[0] == 400

    play(scene)


# --- the older calls


def test_the_older_calls_tell_flat_errors() -> None:
    """[AWS, GBS, PHP] `/requests` and `/stat/requests`."""

    async def scene(client: Client) -> None:
        status, told = await client.call("POST", "/requests", {"uuid": "u1", "request": SELL})
        assert (status, told) == (201, None)
        (one,) = await client.done("/requests/u1")
        assert (one["status"], one["errorCode"], one["errorDescription"]) == ("ready", 0, "Ошибок нет")
        assert one["result"]["fiscalParams"]["fiscalDocumentNumber"] == 3
        assert "error" not in one
        assert (await client.call("POST", "/requests", {"uuid": "u1", "request": [SELL]}))[0] == 409
        await client.call("POST", "/requests/", {"uuid": "u2", "request": [{"type": "openShift"}]})
        (one,) = await client.done("/requests/u2")
        assert (one["status"], one["errorCode"]) == ("error", 83)
        assert (await client.call("GET", "/requests/none"))[0] == 404
        assert (await client.call("DELETE", "/requests/u1"))[0] == 405
        counts = {"ready_count": 2, "not_ready_count": 0, "canceled_count": 0, "is_blocked": False, "block_request_uuid": ""}
        assert await client.call("GET", "/stat/requests") == (200, counts)
        # [PHP] What was given the new way is asked for the old way.
        await client.call("POST", "/api/v2/requests", {"uuid": "u3", "request": [{"type": "getFnStatus"}]})
        assert (await client.done("/requests/u3"))[0]["errorCode"] == 0

    play(scene)


@pytest.mark.parametrize(("settings", "old", "new"), [({"calls": "new"}, 404, 200), ({"calls": "old"}, 200, 404)])
def test_a_server_may_have_the_newer_calls_alone_or_the_older(settings: dict[str, str], old: int, new: int) -> None:
    async def scene(client: Client) -> None:
        assert (await client.call("GET", "/stat/requests"))[0] == old
        assert (await client.call("GET", "/api/v2/getRequestsQueueStatus"))[0] == new

    play(scene, **settings)


def test_the_older_calls_want_the_password_too() -> None:
    async def scene(client: Client) -> None:
        assert (await client.call("GET", "/stat/requests"))[0] == 401
        basic = base64.b64encode(b"a:b").decode()
        assert (await client.call("GET", "/stat/requests", Authorization=f"Basic {basic}"))[0] == 200

    play(scene, user="a", password="b")


# --- words and numbers


@pytest.mark.parametrize(
    ("position", "payment"),
    [
        ({"paymentObject": "1", "paymentMethod": 4}, "0"),
        ({"paymentObject": 1, "paymentMethod": "4"}, 0),
        ({"measurementUnit": 0, "tax": {"type": "vat20", "sum": 4.5}}, "1"),
        ({"measurementUnit": "0", "infoDiscountAmount": 0.0, "department": 1}, "cash"),
    ],
)
def test_words_may_be_numbers(position: dict[str, Any], payment: Any) -> None:
    """[GBS] Objects, methods, units and payments by their number, as text or not."""

    async def scene(client: Client) -> None:
        task = {**SELL, "items": [{**POSITION, **position}], "payments": [{"type": payment, "sum": 27.0}]}
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [task]})
        (one,) = await client.done("/api/v2/requests/u1")
        assert (one["status"], one["error"]) == ("ready", {"code": 0, "description": "Ошибок нет"})
        assert receipts(client) == ["27.00"]

    play(scene)


def test_sums_of_binary_fractions_are_what_they_mean() -> None:
    """[PY, BED] Totals are added up in floats: 45.5 + 0.1 + 0.2, and 0.1 * 3 of something."""

    async def scene(client: Client) -> None:
        more = [{**POSITION, "price": price, "amount": price} for price in (45.5, 0.1)]
        weighed = {**POSITION, "price": 1, "quantity": 0.1 * 3, "amount": 0.1 * 3}
        total = 45.5 + 0.1 + 0.1 * 3
        task = {**SELL, "items": [*more, weighed], "payments": [{"type": "cash", "sum": total}], "total": 0.1 + 0.2 + 45.6}
        assert "000000000" in json.dumps(task)
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [task]})
        (one,) = await client.done("/api/v2/requests/u1")
        assert (one["error"], receipts(client)) == ({"code": 0, "description": "Ошибок нет"}, ["45.90"])
        task = {**SELL, "items": [{**POSITION, "price": 27.005}]}
        await client.call("POST", "/api/v2/requests", {"uuid": "u2", "request": [task]})
        (one,) = await client.done("/api/v2/requests/u2")
        assert (one["error"]["code"], receipts(client)) == (501, ["45.90"])

    play(scene)


@pytest.mark.parametrize("name", ["paymentObject", "paymentMethod", "measurementUnit"])
def test_a_word_that_is_none_is_refused(name: str) -> None:
    async def scene(client: Client) -> None:
        task = {**SELL, "items": [{**POSITION, name: "nonsense"}]}
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [task]})
        (one,) = await client.done("/api/v2/requests/u1")
        assert (one["status"], one["error"]["code"], receipts(client)) == ("error", 501, [])
        assert client.server.registers["1"].memory.receipt is None

    play(scene)


# --- HTTP


BODY = json.dumps({"uuid": "u1", "request": [SELL]}).encode()


def test_a_body_in_chunks() -> None:
    """.NET's JsonContent, Go and Node where the length is not known."""

    async def scene(client: Client) -> None:
        head = b"POST /api/v2/requests HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%X;x=1\r\n%s\r\n" % (len(part), part) for part in (BODY[:7], BODY[7:]))
        whole = head + chunks + b"0\r\nTrailer: 1\r\n\r\n"
        got = await client.send(*(whole[index : index + 1] for index in range(len(whole))))
        assert got.startswith(b"HTTP/1.1 201 ")
        assert [one["status"] for one in await client.done("/api/v2/requests/u1")] == ["ready"]

    play(scene)


@pytest.mark.parametrize("size", [b"xyz", b"-1", b"FFFFFFFF"])
def test_chunks_of_no_size_end_the_connection(size: bytes) -> None:
    async def scene(client: Client) -> None:
        head = b"POST /api/v2/requests HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert await client.send(head + size + b"\r\n{}\r\n0\r\n\r\n") == b""
        assert client.closed

    play(scene)


def test_who_waits_to_be_told_to_go_on_is_told() -> None:
    """[GBS] .NET's HttpWebRequest and curl send the body behind the server's word."""

    async def scene(client: Client) -> None:
        head = b"POST /api/v2/requests HTTP/1.1\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(BODY)
        assert await client.send(head) == b"HTTP/1.1 100 Continue\r\n\r\n"
        got = await client.send(head, BODY)
        assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 ")
        got = await client.send(head + BODY)  # the body is there already
        assert got.startswith(b"HTTP/1.1 409 ")

    play(scene)


@pytest.mark.parametrize(
    ("line", "header", "closed"),
    [
        (b"HTTP/1.1", b"", False),
        (b"HTTP/1.1", b"Connection: close\r\n", True),
        (b"HTTP/1.0", b"", True),
        (b"HTTP/1.0", b"Connection: Keep-Alive\r\n", False),
    ],
)
def test_a_connection_ends_when_the_client_wants_it_to(line: bytes, header: bytes, closed: bool) -> None:
    async def scene(client: Client) -> None:
        got = await client.send(b"GET /api/v2/serverInfo " + line + b"\r\nHost: s\r\n" + header + b"\r\n")
        assert got.startswith(b"HTTP/1.1 200 OK\r\n")
        assert client.closed is closed
        assert (b"Connection: close" in got) is closed

    play(scene)


# --- paper


def test_a_server_that_minds_paper_stands_still_behind_a_document_that_is_not_printed() -> None:
    """[KSA] The document is ready, and what comes next waits until paper is there and the rest is printed."""

    async def scene(client: Client) -> None:
        register = client.server.registers["1"]
        register.faults.arm({"fault": "paper_out", "command": "4A", "step": "recorded"})
        await client.call("POST", "/api/v2/requests", {"uuid": "u1", "request": [SELL, {"type": "getFnStatus"}]})
        await asyncio.sleep(20)
        _, told = await client.call("GET", "/api/v2/requests/u1")
        assert [one["status"] for one in told["results"]] == ["ready", "wait"]
        assert told["results"][0]["result"]["warnings"]["notPrinted"] is True
        _, queue = await client.call("GET", "/api/v2/getRequestsQueueStatus")
        assert (queue["isBlocked"], queue["blockedUUID"], queue["blockReason"]) == (True, "u1", "paperError")
        assert (await client.call("GET", "/api/v2/devices/1"))[1]["isLock"] is True
        client.server.load_paper(True)
        assert [one["status"] for one in await client.done("/api/v2/requests/u1")] == ["ready", "ready"]
        assert receipts(client) == ["27.00"]

    play(scene, block_on_print_errors="true")
