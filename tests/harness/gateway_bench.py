"""The toy gateway on the bench."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys import gateway as plugin
from tests.toys.cables import TestCable
from tests.toys.gateway.serving import NullHttpLink
from tests.toys.gateway.simulator import Gateway, Switches

REGISTER = "R1"

_LINES = [
    {"name": "Bread", "quantity": "2", "price": "1.50", "vat": "10%"},
    {"name": "Coffee", "quantity": "1", "price": "4.20", "vat": "20%", "discount": {"amount": "0.20"}},
]


def _sale(payments: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {"op": "receipt", "currency": "EUR", "lines": _LINES, "payments": list(payments)}


class GatewayUnderTest(DeviceUnderTest):
    """A gateway with two registers, of which the bridge uses one."""

    def __init__(self, switches: Switches, now: Callable[[], datetime]) -> None:
        self.gateway = Gateway((REGISTER, "R2"), now, switches)

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return NullHttpLink(self.gateway, cable, wire_log)

    def documents(self) -> list[Truth]:
        return [
            Truth(
                record.kind,
                None if record.kind == "closure" else record.total,
                record.external_id,
                record.external_id[:2] == REGISTER,
            )
            for record in self.gateway.records
        ]

    def left_open(self) -> str | None:
        return ", ".join(self.gateway.working) or None

    def power(self, on: bool) -> None:
        self.gateway.power(on)

    def foreign(self, total: Decimal) -> None:
        self.gateway.foreign(REGISTER, "sale", total)

    def report(self) -> None:
        self.gateway.foreign(REGISTER, "closure", Decimal("0.00"))


class GatewayBench(FamilyBench):
    name = "gateway"
    family = "toy-gateway"
    lacks: Mapping[str, str] = {"clear": "its records are the authority's: nothing at the register can lose them"}

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(plugin, "gateway")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"register": REGISTER}

    def variants(self) -> Sequence[Variant]:
        return (
            Variant("ordinary"),
            Variant("shared", shared=True),
            Variant("offline", {"offline": True}),
            Variant("slow", {"processing": 3.0, "visible_after": 1.5}),
            Variant("answers 202", {"processing": 4.0, "answer_after": 0.5, "visible_after": 1.5}),
            Variant("queue survives power", {"processing": 3.0, "queue_survives_power": True}),
        )

    def scenarios(self) -> Sequence[Scenario]:
        payments = [{"kind": "card", "amount": "5.00"}, {"kind": "cash", "amount": "5.00"}]
        return (
            Scenario("sale", _sale(payments), "sale", Decimal("7.00")),
            Scenario("refund", _sale([{"kind": "cash", "amount": "7.00"}]) | {"kind": "refund"}, "refund", Decimal("7.00")),
            Scenario("cash in", {"op": "cash.in", "amount": "50.00", "currency": "EUR"}, "cash_in", Decimal("50.00")),
            Scenario("shift close", {"op": "shift.close"}, "closure", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        return Scenario("opening", _sale([{"kind": "cash", "amount": "7.00"}]), "sale", Decimal("7.00"))

    def closing(self) -> Scenario:
        return Scenario("closing", {"op": "cash.in", "amount": "1.00", "currency": "EUR"}, "cash_in", Decimal("1.00"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> GatewayUnderTest:
        return GatewayUnderTest(Switches(**variant.settings), now)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        return None  # an external id of our own: the gateway can always tell

    def corrupt(self, data: bytes) -> bytes:
        """TCP has its checksums: what comes instead of the answer is a proxy's page."""
        page = b"<html><body>Bad gateway</body></html>"
        return b"HTTP/1.1 502 -\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page)
