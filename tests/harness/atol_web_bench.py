"""Two ATOL registers behind the vendor's HTTP server on the bench: the bridge has the second one, HTTP is cut as bytes.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/atol, web-requests.md, "Lost answers": a request has an id of
its own, so that only a server which forgets, and slips that the FN does not keep, leave anything in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bridge_atol.family import AtolFamily
from bridge_sim_atol.refusals import Refusal
from bridge_sim_atol.register import Register
from bridge_sim_atol.reports import close as close_shift
from bridge_sim_atol.shift import open_shift
from bridge_sim_atol.web.family import WebSimulator
from bridge_sim_atol.web.server import ORIGIN, WebServer

from bridge.plugin import DeviceFamily, EndpointKind, hookimpl
from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import TestCable
from tests.toys.http_cable import HttpOverCable

USER, PASSWORD = "till", "geheim-kassa-7"
DEVICE = "2"

_SLIPS = frozenset({"cash in", "cash out", "x report"})
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "non_fiscal"})
_REPORTS = frozenset({"daily_report", "x_report", "shift_open"})


class OverNullModem(AtolFamily):
    """The family as it is, and reachable in this process."""

    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {**AtolFamily.endpoint_kinds, "null": EndpointKind(shareable=True)}


class AtolPlugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:
        return [OverNullModem()]


def sale(**more: Any) -> dict[str, Any]:
    return {
        "op": "receipt",
        "currency": "RUB",
        "lines": [
            {"name": "Хлеб ржаной", "quantity": "2", "unit": "шт", "price": "4.50", "vat": "10%"},
            {
                "name": "Кофе в зёрнах",
                "quantity": "0.250",
                "unit": "кг",
                "price": "80.00",
                "vat": "22%",
                "discount": {"amount": "2.00", "text": "Скидка"},
            },
        ],
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
        "operator": {"name": "Иванова Анна", "tax_id": "500100732259"},
        **more,
    }


def plain_sale(**more: Any) -> dict[str, Any]:
    """What another program's receipt looks like too: one line, paid in cash."""
    line = {"name": "Кофе", "price": "27.00", "vat": "22%"}
    return {"op": "receipt", "currency": "RUB", "lines": [line], "payments": [{"kind": "cash", "amount": "27.00"}], **more}


def correction() -> dict[str, Any]:
    basis = {"type": "self", "date": "2026-11-19", "number": "7"}
    line = {"name": "Кофе", "price": "27.00", "vat": "10%"}
    return plain_sale(kind="correction", lines=[line], extras={"ffd": {"correction": basis}})


def new_server(now: Callable[[], datetime], **settings: str) -> WebServer:
    """With two registers, a user, and shifts that are open."""
    given = {
        "devices": "2",
        "user": USER,
        "password": PASSWORD,
        **{name.replace("__", "."): value for name, value in settings.items()},
    }
    server = WebSimulator().create(given, clock=now)
    for register in server.registers.values():
        open_shift(register, "device")
        register.mechanism.start()
    return server


class WebUnderTest(DeviceUnderTest):
    def __init__(self, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self.server = new_server(now, **settings)

    @property
    def register(self) -> Register:
        return self.server.registers[DEVICE]

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return HttpOverCable(self.server.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        """Of the register that the bridge has; the other one must have nothing but its shift."""
        strays = [one for one in self.server.registers["1"].documents() if one.origin == ORIGIN]
        assert not strays, strays
        return [
            Truth(one.kind, None if one.kind in _REPORTS else Decimal(one.total), str(one.seq), one.origin == ORIGIN, one.number)
            for one in self.register.documents()
            if one.kind not in _NOT_ASKED_FOR
        ]

    def left_open(self) -> str | None:
        receipt, begun = self.register.memory.receipt, self.register.memory.fn.current
        if receipt is not None:
            return f"a receipt of {receipt.origin} with {len(receipt.items)} line(s)"
        return f"document {begun.kind:02X}h in the FN" if begun is not None else None

    def power(self, on: bool) -> None:
        self.server.power(on)

    def foreign(self, total: Decimal) -> None:
        self.register.foreign(total)

    def report(self) -> None:
        """At the register itself, as soon as nothing is open. With it the next shift is opened, as the shop goes on selling."""
        register = self.register
        free = register.powered and self.left_open() is None and not register.port.busy and not register.memory.unprinted
        if not free:
            asyncio.get_running_loop().call_later(0.5, self.report)
            return
        try:
            if register.memory.fn.shift_open:
                close_shift(register, "device")
            open_shift(register, "device")
        except Refusal:
            asyncio.get_running_loop().call_later(0.5, self.report)
        register.mechanism.start()
        register.save()

    def clear(self) -> None:
        """The server starts again without its requests."""
        self.server.stop()
        for queue in self.server.queues.values():
            queue.memory = type(queue.memory)()
        self.server.start()


def _variant(name: str, *, shared: bool = False, **settings: str) -> Variant:
    return Variant(name, settings, shared)


class AtolWebBench(FamilyBench):
    name = "atol-web"
    family = "atol"
    late = 60.0

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(AtolPlugin(), "atol")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"web": {"device": DEVICE, "user": USER}, "web_password": PASSWORD, **variant.bridge}

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("shared", shared=True),
            _variant("slow tasks", task_ms="700"),
            _variant("the server loses its power too", cut_power="both", task_ms="300"),
            _variant("a server that forgets", cut_power="both", after_restart="forgets", task_ms="300"),
            _variant("a server that interrupts", cut_power="server", after_restart="interrupts", task_ms="300"),
            _variant("nothing is told of what was found again", unblocked_result="none", task_ms="300"),
            _variant("no archive, no totals", archive="no", totals="no"),
            _variant("older statuses", cancel_status="405", offline_status="500"),
            _variant("FFD 1.05", register__ffd="1.05"),
            _variant("no OFD", register__ofd="unreachable"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        cash = {"amount": "5.00", "currency": "RUB"}
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", sale(), "receipt", Decimal("27.00")),
            Scenario("plain sale", plain_sale(), "receipt", Decimal("27.00")),
            Scenario("refund", plain_sale(kind="refund"), "goods_return", Decimal("27.00")),
            Scenario("paperless", sale(delivery=contact), "receipt", Decimal("27.00")),
            Scenario("correction", correction(), "correction", Decimal("27.00")),
            Scenario("cash in", {"op": "cash.in", **cash}, "cash_in", Decimal("5.00")),
            Scenario("cash out", {"op": "cash.out", **cash}, "cash_out", Decimal("5.00")),
            Scenario("z report", {"op": "shift.close"}, "daily_report", None),
            Scenario("x report", {"op": "report.x"}, "x_report", None),
            Scenario("shift opening", {"op": "shift.open"}, "shift_open", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        """Paid in cash, so that there is enough in the drawer to give out."""
        match scenario.name:
            case "shift opening":
                return Scenario("opening", {"op": "shift.close"}, "daily_report", None)
            case "plain sale" | "refund" | "correction":
                return Scenario("opening", plain_sale(), "receipt", Decimal("27.00"))
        return Scenario("opening", sale(payments=[{"kind": "cash", "amount": "30.00"}]), "receipt", Decimal("27.00"))

    def closing(self) -> Scenario:
        """Cash can be put in whatever became of the shift."""
        return Scenario("closing", {"op": "cash.in", "amount": "0.90", "currency": "RUB"}, "cash_in", Decimal("0.90"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> WebUnderTest:
        return WebUnderTest({name: str(value) for name, value in variant.settings.items()}, now)

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name in ("z report", "shift opening") and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        if scenario.name == "shift opening" and disturbance in ("foreign", "foreign_equal"):
            return False  # the other program finds no open shift
        return super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        forgets = disturbance == "clear" or (disturbance == "power" and variant.settings.get("after_restart") == "forgets")
        if forgets and scenario.name in _SLIPS:
            return "the server forgot its requests, and the FN knows no slips"
        if forgets and variant.shared:
            return "shared: the server forgot its requests, and a document in the FN may be the other program's"
        if variant.settings.get("archive") == "no" and disturbance in ("foreign", "foreign_equal", "report"):
            return "the register was used by others meanwhile, and shows no archive"
        if disturbance in ("foreign", "foreign_equal", "report") and variant.settings.get("unblocked_result") == "none":
            return "another program used the register while the server looked for what became of the task"
        return None

    def corrupt(self, data: bytes) -> bytes:
        """TCP has its checksums: what comes instead of the answer is a proxy's page."""
        page = b"<html><body>Bad gateway</body></html>"
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
