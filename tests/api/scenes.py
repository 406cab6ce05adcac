"""The examples of the description, made: every call and every operation once and really, in one story on one device.

`play` makes them; what differs from one time to the next (ids, times, the user of this computer) is replaced by steady
values, so that a test can compare them with `bridge/server/examples.json`.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from bridge.model import DeviceState
from bridge.server.examples import Example
from bridge.server.openapi import PREFIX
from bridge.server.routes import ROUTES
from bridge.server.routing import Router
from tests.api.stage import Stage

RECEIPT: dict[str, Any] = {
    "op": "receipt",
    "kind": "sale",
    "currency": "PLN",
    "reference": "WEB-1001",
    "lines": [
        {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "total": "9.00", "vat": "8%"},
        {
            "name": "Kawa ziarnista",
            "quantity": "0.250",
            "unit": "kg",
            "price": "80.00",
            "total": "18.00",
            "vat": "23%",
            "discount": {"amount": "2.00", "text": "Rabat"},
        },
    ],
    "total": "27.00",
    "payments": [{"kind": "cash", "amount": "30.00"}],
    "change": [{"kind": "cash", "amount": "3.00"}],
    "operator": {"name": "Anna"},
}

# One of each; the receipt is above.
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("Open the shift", {"op": "shift.open", "operator": {"name": "Anna"}}),
    ("Put change into the drawer", {"op": "cash.in", "amount": "200.00", "currency": "PLN"}),
    ("Take cash out", {"op": "cash.out", "amount": "150.00", "currency": "PLN"}),
    ("Pay by card", {"op": "payment.purchase", "amount": "27.00", "currency": "PLN", "reference": "WEB-1002"}),
    (
        "Give money back to a card",
        {"op": "payment.refund", "amount": "9.00", "currency": "PLN", "original": {"receipt_number": "0042"}},
    ),
    ("Take a payment back", {"op": "payment.reversal", "original": {"receipt_number": "0042"}}),
    ("Reserve an amount", {"op": "payment.preauthorise", "amount": "200.00", "currency": "PLN"}),
    (
        "Charge what was reserved",
        {"op": "payment.capture", "amount": "150.00", "currency": "PLN", "original": {"receipt_number": "0045"}},
    ),
    ("Give a reservation up", {"op": "payment.release", "original": {"receipt_number": "0045"}}),
    ("Let the terminal check itself", {"op": "terminal.diagnose"}),
    ("Register at the terminal anew", {"op": "terminal.login"}),
    ("The terminal's totals, and its batch closed", {"op": "terminal.reconcile"}),
    (
        "An invoice",
        {
            "op": "invoice",
            "currency": "PLN",
            "buyer": {"name": "Firma Jan Kowalski", "ids": [{"type": "nip", "value": "1234563218"}], "address": ["ul. Polna 1"]},
            "lines": [{"name": "Kawa ziarnista", "quantity": "1.000", "unit": "kg", "price": "80.00", "vat": "23%"}],
            "due_on": "2026-12-04",
        },
    ),
    ("Open the drawer", {"op": "drawer.open"}),
    (
        "Print what is no receipt",
        {
            "op": "print",
            "title": "Zamówienie 17",
            "lines": [
                {"text": "stolik 4", "align": "centre", "bold": True},
                {"qr": "https://shop.example/orders/17", "size": 4, "correction": "M"},
                {"barcode": "5901234123457", "format": "ean13"},
                {"feed": 2},
                {"cut": "partial"},
            ],
        },
    ),
    ("Show the sum to the customer", {"op": "display.show", "lines": ["Suma", "27.00"]}),
    ("Print a copy", {"op": "copy", "document": "1"}),
    ("Go on after new paper", {"op": "document.continue"}),
    (
        "Ask whether marked goods may be sold",
        {"op": "marking.check", "marking": {"code_b64": "MDEwNDYwNjIwMzEwMzM0ODIxYTM9RWZPREFCHTkzVXBHYg=="}},
    ),
    ("Set the clock", {"op": "clock.set", "to": "2026-11-20T09:00:00+01:00"}),
    ("See the day so far (X)", {"op": "report.x"}),
    ("A month's report", {"op": "report.period", "from": "2026-10-01", "to": "2026-10-31", "summary": True}),
    ("Close the shift (Z)", {"op": "shift.close"}),
    ("A command of the device's own", {"op": "raw", "command": {"line": "ping"}}),
]

WAIT = {"Prefer": "wait=30"}
_ULID = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b")
_TIME = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
# What differs from one computer or moment to the next.
_STEADY = {
    "os_user": "anna",
    "version": "0.1.0",
    "nonce": "B" * 43,
    "proof": "C" * 43,
    "verification_code": "123456",
    "pairing_id": "P" * 32,
    "link": f"http://localhost:47811/console#code=tbl_{'D' * 43}",
    "Origin": "https://pos.example.com",
}
# What is random wherever it stands: a pairing's id in an address, a token, the id of one, the code of a link.
_RANDOM = (
    (re.compile(r"(?<=/pairing/)[A-Za-z0-9_-]{32}"), "P" * 32),
    (re.compile(r"tb([wnc])_[0-9a-f]{12}_[A-Za-z0-9_-]{43}"), rf"tb\1_3f9c0a12b4de_{'S' * 43}"),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])"), "3f9c0a12b4de"),
    (re.compile(r"^Computer: .*"), "Computer: shop-pc"),
    (re.compile(r"^Time: .*"), "Time: 2026-11-20 10:00:00 +0100"),
    (re.compile(r"^[0-9a-f]{8}-[0-9]{1,12}$"), "3f9c0a12-4"),
)
_ROUTER = Router(PREFIX, ROUTES)


class Scenes:
    """Makes calls and keeps them as examples."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.made: list[Example] = []

    async def call(
        self, name: str, summary: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """One example; its answer's body."""
        reply = await self.stage.call(method, path, body, headers)
        call = _ROUTER.find(method, PREFIX + path)[0].name
        shown = {header: value for header, value in (headers or {}).items() if header != "Authorization"}
        self.made.append(Example(name, summary, call, reply.status, path, shown, body, reply.body))
        return reply.body

    async def submit(self, name: str, summary: str, body: Any, *, key: str, wait: bool = True) -> Any:
        headers = {"Idempotency-Key": key, **(WAIT if wait else {})}
        return await self.call(name, summary, "POST", "/devices/till-1/jobs", body, headers)


async def play(stage: Stage) -> list[Example]:
    """Every example, in order, with steady values."""
    scenes = Scenes(stage)
    for scene in (
        _arrival,
        _pairing,
        _devices,
        _operations,
        _payments,
        _trial,
        _refusals,
        _waiting,
        _question,
        _doubt,
        _looking_back,
        _tokens,
        _administration,
    ):
        await scene(scenes)
    return steady(scenes.made)


async def _arrival(scenes: Scenes) -> None:
    await scenes.call("ping", "Who is there", "GET", "/ping", headers={"Authorization": ""})
    await scenes.call("health, a stranger", "All is well", "GET", "/health", headers={"Authorization": ""})
    nonce = {"token_id": "admin", "nonce": "A" * 43}
    await scenes.call("proof", "Before the token is sent", "POST", "/session/proof", nonce, {"Authorization": ""})
    await scenes.call("families", "The plugins", "GET", "/families")


async def _pairing(scenes: Scenes) -> None:
    page = {"Origin": "https://pos.example.com", "Authorization": ""}
    asked = {"origin": page["Origin"], "app_name": "Kasa", "scopes": ["devices:read", "print", "fiscal", "payment"]}
    waiting = await scenes.call("ask to be paired", "A page asks", "POST", "/pairing", asked, page)
    of_it = f"/pairing/{waiting['pairing_id']}"
    await scenes.call(
        "another origin", "A page that says it is another", "POST", "/pairing", {**asked, "origin": "https://x.example"}, page
    )
    await scenes.call("pairing, waiting", "The page looks", "GET", of_it, headers=page)
    await scenes.call("pairings", "Who waits", "GET", "/pairing")
    decision = {"decision": "approve", "code": waiting["verification_code"], "label": "till-1", "aliases": {"@fiscal": "till-1"}}
    await scenes.call("approve", "A person lets it in", "POST", f"{of_it}/decision", decision)
    paired = await scenes.call("pairing, approved", "The page fetches its token", "GET", of_it, headers=page)
    holder = {**page, "Authorization": f"Bearer {paired['token']}"}
    await scenes.call("session", "What a token is", "GET", "/session", headers=holder)
    await scenes.call("rotate my token", "Its token is renewed", "POST", "/session/rotate", {}, holder)


async def _tokens(scenes: Scenes) -> None:
    managed = {"label": "till-7", "origin": "https://pos.example.com", "devices": ["till-1"], "aliases": {"@fiscal": "till-1"}}
    made = await scenes.call("provision", "A managed till's token", "POST", "/tokens", managed)
    program = {"label": "erp", "scopes": ["devices:read", "fiscal:report"]}
    await scenes.call("program", "A program's token", "POST", "/tokens", program)
    await scenes.call("program, again", "Its label is taken", "POST", "/tokens", program)
    await scenes.call("tokens", "All tokens", "GET", "/tokens")
    await scenes.call("rotate", "A token is renewed", "POST", f"/tokens/{made['token_id']}/rotate", {})
    await scenes.call("revoke", "A token is taken back", "DELETE", f"/tokens/{made['token_id']}")
    link = await scenes.call("console link", "A link for the console", "POST", "/console/link", {})
    own = {"Origin": link["link"].partition("/console")[0], "Authorization": ""}
    code = {"code": link["link"].rpartition("=")[2]}
    signed_in = await scenes.call("console", "The console's page signs in", "POST", "/session/console", code, own)
    pin = {"pin": "730518", "devices": ["till-1"]}
    await scenes.call("attendant's PIN", "An administrator sets it", "PUT", "/console/attendant", pin)
    await scenes.call("attendant", "The attendant types it in", "POST", "/session/attendant", {"pin": "730518"}, own)
    await scenes.call("attendant, a wrong PIN", "Another one", "POST", "/session/attendant", {"pin": "730519"}, own)
    await scenes.call("attendant, how it stands", "Is it locked?", "GET", "/console/attendant")
    await scenes.call("unlock the PIN", "It may be tried again", "POST", "/console/attendant/unlock", {})
    await scenes.call("no PIN", "There is none any more", "DELETE", "/console/attendant")
    out = {**own, "Authorization": f"Bearer {signed_in['token']}"}
    await scenes.call("sign out", "The console is closed", "DELETE", "/session/console", None, out)


async def _devices(scenes: Scenes) -> None:
    config = {"family": "desk", "url": "null://desk", "settings": {"colour": "blue", "password": "secret"}}
    wrong = {**config, "family": "dest"}
    await scenes.call("unknown family", "A family that is not installed", "PUT", "/devices/till-1/config", wrong)
    tried = {"family": "desk", "url": "null://attic"}
    await scenes.call("address", "Who is there?", "POST", "/discovery/check", tried)
    await scenes.call("configure", "A device", "PUT", "/devices/till-1/config", {**config, "operator": {"name": "Ola"}})
    await scenes.stage.ready("till-1")
    await scenes.call("configuration", "What is configured, to be edited", "GET", "/devices/till-1/config")
    await scenes.call(
        "address, taken", "An address that a device has", "POST", "/discovery/check", {**config, "device": "till-1"}
    )
    await scenes.call("devices", "All devices", "GET", "/devices")
    await scenes.call("device", "One device", "GET", "/devices/till-1")
    await scenes.call("unknown device", "A device that is not there", "GET", "/devices/till-9")
    await scenes.call("status", "What it says of itself", "GET", "/devices/till-1/status")
    await scenes.call("wire", "What went over its line last", "GET", "/devices/till-1/wire?limit=2")
    await scenes.call("health", "The whole report", "GET", "/health")


async def _operations(scenes: Scenes) -> None:
    await scenes.call("preview", "What a receipt would be", "POST", "/devices/till-1/preview", RECEIPT)
    path = "/devices/till-1/preview?format=text"
    await scenes.call("preview, as paper", "The paper alone", "POST", path, RECEIPT)
    sold = await scenes.submit("receipt", "A receipt", RECEIPT, key="order-1001")
    await scenes.call("receipt, as paper", "The receipt as it was issued", "GET", f"/jobs/{sold['id']}/receipt?format=text")
    await scenes.call("receipt, as film", "A format that there is not", "GET", f"/jobs/{sold['id']}/receipt?format=film")
    for number, (summary, body) in enumerate(OPERATIONS, 2):
        await scenes.submit(body["op"], summary, body, key=f"example-{number}")


async def _payments(scenes: Scenes) -> None:
    paid = {"op": "payment.purchase", "amount": "42.00", "currency": "PLN", "tip": "4.00", "reference": "WEB-1004"}
    first = await scenes.submit("payment, with a tip", "A card payment, the tip a part of it", paid, key="card-1")
    await scenes.call("payment, asked again", "Does it still stand?", "POST", f"/payments/{first['id']}/refresh", {})
    paper = f"/jobs/{first['id']}/receipt?format=text"
    await scenes.call("payment, the slip", "The customer's slip, as the terminal gave it", "GET", paper)
    await scenes.call("payment, the merchant's slip", "The shop's own", "GET", f"{paper}&copy=merchant")
    await scenes.call("payment, a slip that is none", "A copy that the terminal gave not", "GET", f"{paper}&copy=administration")
    back = {"op": "payment.reversal", "original": {"job": first["id"]}, "reference": "WEB-1004"}
    await scenes.call("preview, a reversal", "What would be taken back", "POST", "/devices/till-1/preview", back)
    await scenes.submit("reversal by job", "Taken back, by the job that made it", back, key="card-2")
    await scenes.submit("reversal, twice", "It is taken back once", back, key="card-3")
    await scenes.call("reversed", "The payment is amended", "GET", f"/jobs/{first['id']}")
    await scenes.call("payments", "What was taken back", "GET", "/payments?device=till-1&outcome=reversed&limit=5")
    await scenes.call("payments of one", "What was done with it", "GET", f"/payments?original={first['id']}")
    await scenes.call("payments, a time that is none", "A filter that is none", "GET", "/payments?from=yesterday")
    held = {"op": "payment.purchase", "amount": "1.00", "currency": "PLN", "reference": "ASK-2"}
    waiting = (await scenes.stage.call("POST", "/devices/till-1/jobs", held, {"Idempotency-Key": "card-4"})).body
    of_it = f"/jobs/{waiting['id']}"
    asked = await _until(lambda: scenes.stage.call("GET", of_it), lambda body: body["attention"] is not None)
    await scenes.call("payment, under way", "Nothing is to be asked yet", "POST", f"/payments/{waiting['id']}/refresh", {})
    scenes.stage.desk.thinking.set()
    given = {"prompt_id": asked["attention"]["prompt_id"], "choice": "yes"}
    await scenes.stage.call("POST", f"{of_it}/answer", given)
    await scenes.stage.call("GET", of_it, headers=WAIT)
    scenes.stage.desk.thinking.clear()


async def _trial(scenes: Scenes) -> None:
    await scenes.call("test printout", "Does it print?", "POST", "/devices/till-1/test", {"operator": {"name": "Ola"}}, WAIT)


async def _refusals(scenes: Scenes) -> None:
    bread = {"name": "Chleb żytni", "quantity": "2", "price": "4.50", "vat": "8%"}
    wrong = {"op": "receipt", "currency": "PLN", "lines": [bread], "total": "9.50"}
    await scenes.submit("does not add up", "A total that is wrong", wrong, key="order-1002")
    await scenes.call("preview, does not add up", "A total that is wrong", "POST", "/devices/till-1/preview", wrong)
    await scenes.submit("reused key", "A key that another request has", {"op": "drawer.open"}, key="order-1001")
    await scenes.submit("reused reference", "A reference that another receipt has", RECEIPT, key="order-1003")
    await scenes.call("no key", "Without an Idempotency-Key", "POST", "/devices/till-1/jobs", {"op": "drawer.open"})


async def _waiting(scenes: Scenes) -> None:
    held = {"op": "cash.in", "amount": "1.00", "currency": "PLN", "reference": "HOLD-1"}
    first = await scenes.submit("accepted", "Not waited for", held, key="cash-1", wait=False)
    second = (
        await scenes.stage.call(
            "POST", "/devices/till-1/jobs", {"op": "cash.out", "amount": "1.00", "currency": "PLN"}, {"Idempotency-Key": "cash-2"}
        )
    ).body
    await scenes.call("abort", "A job that has not begun", "POST", f"/jobs/{second['id']}/abort", {})
    scenes.stage.desk.held.set()
    await scenes.call("job", "Waited for", "GET", f"/jobs/{first['id']}", headers=WAIT)
    await scenes.call("ack", "The till has it", "POST", f"/jobs/{first['id']}/ack", {"operator": {"name": "Anna"}})


async def _question(scenes: Scenes) -> None:
    asks = {"op": "cash.in", "amount": "2.00", "currency": "PLN", "reference": "ASK-1"}
    job = (await scenes.stage.call("POST", "/devices/till-1/jobs", asks, {"Idempotency-Key": "ask-1"})).body
    asked = await _until(lambda: scenes.stage.call("GET", f"/jobs/{job['id']}"), lambda body: body["attention"] is not None)
    await scenes.call("a job that asks", "Its question is in `attention`", "GET", f"/jobs/{job['id']}")
    given = {"prompt_id": asked["attention"]["prompt_id"], "choice": "yes"}
    await scenes.call("answer", "The signature matches", "POST", f"/jobs/{job['id']}/answer", given)
    scenes.stage.desk.thinking.set()
    await scenes.stage.call("GET", f"/jobs/{job['id']}", headers=WAIT)


async def _doubt(scenes: Scenes) -> None:
    lost = {"op": "cash.in", "amount": "3.00", "currency": "PLN", "reference": "LOST-1"}
    job = (await scenes.stage.call("POST", "/devices/till-1/jobs", lost, {"Idempotency-Key": "lost-1"})).body
    await _until(lambda: scenes.stage.call("GET", f"/jobs/{job['id']}"), lambda body: body["attention"] is not None)
    await scenes.call("a job in doubt", "A person must look", "GET", f"/jobs/{job['id']}")
    verdict = {"verdict": "issued", "reason": "The slip 59 lies before me", "document": "59", "operator": {"name": "Ola"}}
    await scenes.call("resolve", "It was issued", "POST", f"/jobs/{job['id']}/resolve", verdict)
    await scenes.call("trace", "How that came about", "GET", f"/jobs/{job['id']}/trace")
    await scenes.call("job's wire", "Its time line, with what went over the wire", "GET", f"/jobs/{job['id']}/wire?limit=6")
    await scenes.call("resolve, too late", "It is settled already", "POST", f"/jobs/{job['id']}/resolve", verdict)


async def _looking_back(scenes: Scenes) -> None:
    await scenes.call(
        "jobs", "Outcomes not yet collected", "GET", "/jobs?device=till-1&state=done,failed&collected=false&limit=2"
    )
    await scenes.call("overview", "All at a glance", "GET", "/overview")
    await scenes.call("jobs, a filter that is none", "A misspelt filter", "GET", "/jobs?devise=till-1")
    await scenes.call("audit", "Who did what", "GET", "/audit?after=0&limit=2")


async def _administration(scenes: Scenes) -> None:
    runtime = scenes.stage.bridge.devices.runtime("till-1")
    await runtime.raise_alert("registration.refused", "The authority refused a document.")
    alert = runtime.alerts[0]["id"]
    await scenes.call("alert seen", "It is dropped", "POST", f"/devices/till-1/alerts/{alert}/ack", {"operator": {"name": "Ola"}})
    await scenes.call("no scan yet", "Nothing was looked for yet", "GET", "/discovery")
    nothing = {"serial": False, "usb": False, "mdns": False, "operator": {"name": "Ola"}}
    await scenes.call("scan", "A scan, here of nothing at all", "POST", "/discovery", nothing)
    scenes.stage.device.serial = "DESK-2"
    scenes.stage.device.cut()
    await _until(
        lambda: scenes.stage.call("GET", "/devices/till-1/status"),  # which finds out that the cable was pulled
        lambda body: body["state"] == DeviceState.WRONG_DEVICE,
    )
    await scenes.call(
        "accept", "A repaired device", "POST", "/devices/till-1/accept", {"what": "identity", "reason": "main board replaced"}
    )
    await scenes.call("remove", "It is forgotten", "DELETE", "/devices/till-1/config")


async def _until(ask: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]) -> Any:
    async with asyncio.timeout(20):
        while not holds(body := (await ask()).body):
            await asyncio.sleep(0.01)
    return body


def steady(examples: list[Example]) -> list[Example]:
    """With ids numbered in the order in which they appear, one time for all, and nothing of this computer."""
    ids: dict[str, str] = {}

    def numbered(match: re.Match[str]) -> str:
        return ids.setdefault(match.group(), f"01JD{len(ids) + 1:022d}")

    def plain(value: Any, key: str | None = None) -> Any:
        if isinstance(value, dict):
            return {name: plain(item, name) for name, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, str):
            shown = _STEADY.get(key or "")
            if shown and value not in ("-", "A" * 43):
                return shown
            if key == "code" and value.isdigit():
                return _STEADY["verification_code"]
            if key == "code" and value.startswith("tbl_"):
                return f"tbl_{'D' * 43}"
            for random, instead in _RANDOM:
                value = random.sub(instead, value)
            return _TIME.sub("2026-11-20T09:00:00Z", _ULID.sub(numbered, value))
        return 42 if key == "commits" else 0.0 if key in ("seconds", "uptime", "milliseconds") and value is not None else value

    return [Example(**plain(asdict(example))) for example in examples]


def as_text(examples: list[Example]) -> str:
    return json.dumps([asdict(example) for example in examples], ensure_ascii=False, indent=1) + "\n"
