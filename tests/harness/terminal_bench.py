"""The toy terminal on the bench."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys import terminal as plugin
from tests.toys.cables import TestCable, plug_in
from tests.toys.terminal.simulator import Switches, Terminal


def _purchase(amount: str) -> dict[str, Any]:
    return {"op": "payment.purchase", "amount": amount, "currency": "EUR"}


class TerminalUnderTest(DeviceUnderTest):
    def __init__(self, switches: Switches) -> None:
        self.terminal = Terminal("4711", switches)

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.terminal.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        """The approvals that stand."""
        return [
            Truth("purchase", entry.record.amount, str(number), entry.own)
            for number, entry in enumerate(self.terminal.truth)
            if entry.record.decision == "approved"
        ]

    def left_open(self) -> str | None:
        return None if self.terminal.phase == "idle" else f"the terminal is at {self.terminal.phase}"

    def power(self, on: bool) -> None:
        self.terminal.power(on)

    def foreign(self, total: Decimal) -> None:
        self.terminal.other_till(total)

    def report(self) -> None:
        self.terminal.close_batch()

    def clear(self) -> None:
        self.terminal.clear_memory()


class TerminalBench(FamilyBench):
    name = "terminal"
    family = "toy-terminal"

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(plugin, "terminal")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"slips": False}  # which are fetched when all is decided: more bytes to cut, and nothing new behind them

    def variants(self) -> Sequence[Variant]:
        return (
            Variant("ordinary"),
            Variant("unconfirmed stands", {"unconfirmed": "stands"}),
            Variant("cancels on link loss", {"on_link_loss": "cancels"}),
            Variant("keeps no reference", {"keeps_reference": False}),
            Variant("no reference, shared", {"keeps_reference": False, "unconfirmed": "stands"}, shared=True),
            Variant("signature", {"signature": True}),
            Variant("signature, stands", {"signature": True, "unconfirmed": "stands"}),
            Variant("unknown for long", {"unknown": 45.0}),
        )

    def scenarios(self) -> Sequence[Scenario]:
        return (Scenario("purchase", _purchase("12.50"), "purchase", Decimal("12.50"), choice="yes"),)

    def opening(self, scenario: Scenario) -> Scenario:
        return Scenario("opening", _purchase("12.50"), "purchase", Decimal("12.50"), choice="yes")

    def closing(self) -> Scenario:
        return Scenario("closing", _purchase("3.00"), "purchase", Decimal("3.00"), choice="yes")

    def create(self, variant: Variant, now: Callable[[], datetime]) -> TerminalUnderTest:
        return TerminalUnderTest(Switches(**variant.settings))

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "it keeps one record, and another till's has taken its place"
        if disturbance == "clear":
            return "its record was cleared"
        if variant.shared and variant.settings.get("keeps_reference") is False:
            return "shared, and the record says not whose it is"
        return None
