"""The ZVT terminal on the bench, on TCP and on a serial line: the plugin against the simulator, each documented behaviour after a
lost acknowledgement, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`: a terminal keeps its last record and nothing of the till's, so that what others
do at it takes the evidence away. Source: protocol-specs/zvt, "Lost answer", "Recovery".
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bridge_sim_zvt import batches
from bridge_sim_zvt.family import ZvtSimulator
from bridge_sim_zvt.terminal import Terminal
from bridge_zvt.family import ZvtFamily

from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant, in_this_process
from tests.toys.cables import TestCable, plug_in

AMOUNT = "12.50"

# What a customer at the terminal takes, so that a cut and its recovery fall into every part of a payment.
_PACE: Mapping[str, str] = {"card_ms": "3000", "host_ms": "2000", "work_ms": "2000", "boot_seconds": "4"}

_OF_RESERVATIONS = ("capture", "release")


def _payment(op: str, **more: Any) -> dict[str, Any]:
    return {"op": f"payment.{op}", "amount": AMOUNT, "currency": "EUR", **more}


class TerminalUnderTest(DeviceUnderTest):
    def __init__(self, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self.terminal: Terminal = ZvtSimulator().create(settings, clock=now)

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.terminal.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        """What stands in the host's books, and what was closed."""
        return [
            Truth(document.kind, Decimal(document.total), document.number, document.origin == "ecr", document.number)
            for document in self.terminal.documents()
        ]

    def left_open(self) -> str | None:
        open_ = [one for one in self.terminal.memory.transactions if one.state == "approved"]
        return f"{len(open_)} approvals are not decided" if open_ and self.terminal.dialogue is None else None

    def power(self, on: bool) -> None:
        self.terminal.power(on)

    def foreign(self, total: Decimal) -> None:
        self.terminal.foreign(total)

    def report(self) -> None:
        batches.close_batch(self.terminal, "device")


class ZvtBench(FamilyBench):
    name = "zvt"
    family = "zvt"
    transport = "tcp"
    late = 200.0  # behind T4
    lacks: ClassVar[Mapping[str, str]] = {
        "clear": "its batch cannot be cleared without an end of day",
        "corrupted": "TCP has a checksum of its own; the serial line's is played there",
    }

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(in_this_process(ZvtFamily), "zvt")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        framing = {"framing": "serial"} if self.transport == "serial" else {}
        return {"password": "123456", "receipts": "blocks", **framing, **variant.bridge}

    def variants(self) -> Sequence[Variant]:
        return (
            Variant("A"),
            Variant("A, its own printer", bridge={"receipts": "terminal"}),
            Variant("A, the till's receipts", bridge={"receipts": "data"}),
            Variant("A, lines", {"line_type": "yes"}, bridge={"receipts": "lines"}),
            Variant("A, later", {"auto_reversal": "later"}),
            Variant("A, with the next payment", {"auto_reversal": "next"}),
            Variant("A, shows the payment before", {"shows_reversed": "before"}),
            Variant("A, shows it as failed", {"shows_reversed": "failed"}),
            Variant("A, shows it as if it stood", {"shows_reversed": "sale"}, bridge={"shows_reversed": True}),
            Variant("A, stops without the till", {"on_disconnect": "stops"}),
            Variant("A, taken for B", bridge={"profile": "B"}),
            Variant("B", {"unconfirmed": "B"}, bridge={"profile": "B"}),
            Variant("B, taken for A", {"unconfirmed": "B"}),
            Variant("B, a slow customer", {"unconfirmed": "B", "card_ms": "40000"}, bridge={"profile": "B"}),
            Variant("C", {"unconfirmed": "C"}, bridge={"profile": "C"}),
            Variant("C, shows it as failed", {"unconfirmed": "C", "shows_reversed": "failed"}, bridge={"profile": "C"}),
            Variant("receipts first", {"status_first": "no"}),
            Variant("a PIN", {"customer": "approve_pin", "pin_ms": "4000"}),
            Variant("a signature", {"customer": "signature"}),
            Variant("numbers wrap", {"first_receipt": "9999", "first_trace": "999999"}),
            Variant("long trace numbers", {"long_trace": "yes"}),
            Variant("unknown fields", {"unknown_fields": "yes"}),
            Variant("silent while busy", {"while_busy": "silence"}),
            Variant("blocked without the last answer", {"unconfirmed_end": "blocked", "blocked_seconds": "8"}),
            Variant("says nothing meanwhile", {"intermediate": "none"}),
            Variant("a second client replaces the first", {"further_client": "replace"}),
            Variant("bytes one by one", {"segments": "bytes"}),
            Variant("no last record", {"repeat": "no_status"}),
            Variant("reversals undone", {"unconfirmed_reversal": "undone"}),
            Variant("shared", shared=True),
        )

    def scenarios(self) -> Sequence[Scenario]:
        first = {"original": {"receipt_number": "0001"}}
        return (
            Scenario("purchase", _payment("purchase"), "purchase", Decimal(AMOUNT), choice="yes"),
            Scenario("refund", _payment("refund"), "refund", Decimal(AMOUNT), choice="yes"),
            Scenario("reversal", {"op": "payment.reversal", **first}, "reversal", Decimal(AMOUNT), choice="yes"),
            Scenario("reservation", _payment("preauthorise"), "preauthorisation", Decimal(AMOUNT), choice="yes"),
            Scenario("capture", _payment("capture", **first), "capture", Decimal(AMOUNT)),
            Scenario("release", {"op": "payment.release", **first}, "release", Decimal("0.00")),
            Scenario("end of day", {"op": "terminal.reconcile"}, "end_of_day", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        """A payment; what finishes a reservation needs one."""
        op, kind = ("preauthorise", "preauthorisation") if scenario.name in _OF_RESERVATIONS else ("purchase", "purchase")
        return Scenario("opening", _payment(op), kind, Decimal(AMOUNT), choice="yes")

    def closing(self) -> Scenario:
        return Scenario("closing", _payment("purchase") | {"amount": "3.00"}, "purchase", Decimal("3.00"), choice="yes")

    def create(self, variant: Variant, now: Callable[[], datetime]) -> TerminalUnderTest:
        return TerminalUnderTest({"transport": self.transport, **_PACE, **variant.settings}, now)

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        return not (scenario.name in (*_OF_RESERVATIONS, "reversal") and "first_receipt" in variant.settings)

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        """An end of day that the terminal makes by itself does what the till's was to do: whose it was makes no difference."""
        own = scenario.kind == "end_of_day" and disturbance == "report"
        return not own and super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "it keeps one record, and another till's has taken its place"
        if disturbance == "report":
            return "it keeps one record, and an end of day has taken its place"
        if variant.shared:
            return "shared, and the record says not whose it is"
        if variant.settings.get("repeat") == "no_status":
            return "it does not repeat its last record"
        if variant.bridge.get("shows_reversed"):
            return "it shows a payment that it took back as if it stood"
        return None

    def may_stay_open_together(self, variant: Variant, scenario: Scenario, disturbances: Collection[str]) -> str | None:
        if scenario.kind == "end_of_day":
            return (
                "the till's last payment is none that the totals hold, so that they do not prove the batch to be open as before"
            )
        if variant.settings.get("auto_reversal") == "next":
            return "it has just reversed the payment before this one, and that is its one record"
        return None


class ZvtSerialBench(ZvtBench):
    """On a serial line, where nobody notices that the other end is gone."""

    name = "zvt-serial"
    transport = "serial"
    lacks: ClassVar[Mapping[str, str]] = {"clear": ZvtBench.lacks["clear"]}

    def variants(self) -> Sequence[Variant]:
        names = ("A", "A, its own printer", "A, later", "B", "C", "a PIN", "unknown fields", "shared")
        return tuple(variant for variant in super().variants() if variant.name in names)
