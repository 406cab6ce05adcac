"""Two ATOL registers behind the vendor's HTTP server on the bench: the bridge has the second one, HTTP is cut as bytes.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/atol, web-requests.md, "Lost answers": a request has an id of
its own, so that only a server which forgets, and slips that the FN does not keep, leave anything in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge_atol.family import AtolFamily
from bridge_sim_atol.register import Register
from bridge_sim_atol.shift import open_shift
from bridge_sim_atol.web.family import WebSimulator
from bridge_sim_atol.web.server import ORIGIN, WebServer

from bridge.transport import Link, WireLog
from tests.harness.atol_bench import next_shift
from tests.harness.bench import Scenario, Truth, Variant, in_this_process
from tests.harness.register_bench import SLIPS, TOTAL, RegisterBench, RegisterUnderTest, correction, plain_sale, sale, variant
from tests.toys.cables import TestCable
from tests.toys.http_cable import HttpOverCable

USER, PASSWORD = "till", "geheim-kassa-7"
DEVICE = "2"


def atol_plugin() -> object:
    return in_this_process(AtolFamily, shareable=True)


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


class WebUnderTest(RegisterUnderTest):
    origin = ORIGIN

    def __init__(self, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self.server = new_server(now, **settings)

    @property
    def register(self) -> Register:  # type: ignore[override]
        return self.server.registers[DEVICE]

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return HttpOverCable(self.server.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        """Of the register that the bridge has; the other one must have nothing but its shift."""
        strays = [one for one in self.server.registers["1"].documents() if one.origin == ORIGIN]
        assert not strays, strays
        return super().documents()

    def power(self, on: bool) -> None:
        self.server.power(on)

    def busy(self) -> bool:
        return bool(self.register.port.busy)

    def next_shift(self) -> bool:
        return next_shift(self.register)

    def clear(self) -> None:
        """The server starts again without its requests."""
        self.server.stop()
        for queue in self.server.queues.values():
            queue.memory = type(queue.memory)()
        self.server.start()


class AtolWebBench(RegisterBench):
    name = "atol-web"
    family = "atol"
    late = 60.0

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(atol_plugin(), "atol")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"web": {"device": DEVICE, "user": USER}, "web_password": PASSWORD, **variant.bridge}

    def variants(self) -> Sequence[Variant]:
        return (
            variant("ordinary"),
            variant("shared", shared=True),
            variant("slow tasks", task_ms="700"),
            variant("the server loses its power too", cut_power="both", task_ms="300"),
            variant("a server that forgets", cut_power="both", after_restart="forgets", task_ms="300"),
            variant("a server that interrupts", cut_power="server", after_restart="interrupts", task_ms="300"),
            variant("nothing is told of what was found again", unblocked_result="none", task_ms="300"),
            variant("no archive, no totals", archive="no", totals="no"),
            variant("older statuses", cancel_status="405", offline_status="500"),
            variant("FFD 1.05", register__ffd="1.05"),
            variant("no OFD", register__ofd="unreachable"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", sale(), "receipt", TOTAL),
            Scenario("plain sale", plain_sale(), "receipt", TOTAL),
            Scenario("refund", plain_sale(kind="refund"), "goods_return", TOTAL),
            Scenario("paperless", sale(delivery=contact), "receipt", TOTAL),
            Scenario("correction", correction(), "correction", TOTAL),
            *self.slips(),
        )

    def create(self, variant: Variant, now: Callable[[], datetime]) -> WebUnderTest:
        return WebUnderTest({name: str(value) for name, value in variant.settings.items()}, now)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        forgets = disturbance == "clear" or (disturbance == "power" and variant.settings.get("after_restart") == "forgets")
        if forgets and scenario.name in SLIPS:
            return "the server forgot its requests, and the FN knows no slips"
        if forgets and variant.shared:
            return "shared: the server forgot its requests, and a document in the FN may be the other program's"
        if variant.settings.get("archive") == "no" and disturbance in ("foreign", "foreign_equal", "report"):
            return "the register was used by others meanwhile, and shows no archive"
        if disturbance in ("foreign", "foreign_equal", "report") and variant.settings.get("unblocked_result") == "none":
            return "another program used the register while the server looked for what became of the task"
        if disturbance == "foreign_equal":
            return "another program made a document like ours: the FN shows it, and the server never heard of our request"
        return None

    def may_stay_open_together(self, variant: Variant, scenario: Scenario, disturbances: Collection[str]) -> str | None:
        if scenario.name in SLIPS and "power" in disturbances and {"foreign", "foreign_equal"} & set(disturbances):
            return "the cash in the drawer moved for another program, and the server lost its power in between"
        return None

    def corrupt(self, data: bytes) -> bytes:
        """TCP has its checksums: what comes instead of the answer is a proxy's page."""
        page = b"<html><body>Bad gateway</body></html>"
        return b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
