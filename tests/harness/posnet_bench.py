"""The Posnet printer on the bench: the plugin against the simulator, every open point of the reference both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/posnet, "Lost answers, power loss".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge_posnet.family import PosnetFamily
from bridge_sim_posnet.documents import make_report
from bridge_sim_posnet.printer import Printer
from bridge_sim_posnet.settings import PosnetSettings

from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant, in_this_process
from tests.toys.cables import TestCable, plug_in

# Documents that are no outcome of a job: a receipt or invoice that was given up, and lines printed below a slip.
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "cancelled_invoice", "non_fiscal"})

_SLIPS = frozenset({"refund", "cash in", "cash out", "packaging return", "shift report", "month report"})

_EDOCUMENTS = frozenset({"e-document", "e-document and paper"})


def _sale(**more: Any) -> dict[str, Any]:
    return {
        "op": "receipt",
        "currency": "PLN",
        "lines": [
            {"name": "Chleb żytni", "quantity": "2", "unit": "szt", "price": "4.50", "vat": "5%"},
            {
                "name": "Kawa ziarnista",
                "quantity": "0.250",
                "unit": "kg",
                "price": "80.00",
                "vat": "23%",
                "discount": {"amount": "2.00", "text": "Rabat"},
            },
        ],
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
        "operator": {"name": "Anna"},
        **more,
    }


def _plain_sale() -> dict[str, Any]:
    """What another program's receipt looks like too: one line of the first rate, paid in cash."""
    return {"op": "receipt", "currency": "PLN", "lines": [{"name": "Kawa", "price": "27.00", "vat": "23%"}]}


_HUB = {"paper": False, "edocument": {"id": "48501234567"}}


def _deposits_and_euros() -> dict[str, Any]:
    """Packaging both ways, a line that is taken off again, and a payment in another currency."""
    coffee = {"name": "Kawa", "price": "27.00", "vat": "23%"}
    tea = {"name": "Herbata", "price": "5.00", "vat": "23%", "discount": {"amount": "0.50"}}
    return {
        "op": "receipt",
        "currency": "PLN",
        "lines": [
            coffee,
            tea,
            {**tea, "kind": "return", "extras": {"posnet": {"voids": 1}}},
            {"name": "Butelka", "price": "0.50", "quantity": "4", "kind": "deposit", "code": "123"},
            {"name": "Puszka", "price": "0.50", "kind": "deposit_return"},
        ],
        "payments": [
            {"kind": "cash", "amount": "20.81", "foreign": {"currency": "EUR", "amount": "5.00", "rate": "4.1625"}},
            {"kind": "cash", "amount": "10.00"},
        ],
    }


def _advance_and_footer() -> dict[str, Any]:
    """An advance is settled, a code is printed, and lines stand below the receipt."""
    sale = _sale(
        extras={"posnet": {"code_2d": {"data": "ZAM/7"}, "footer": [{"text": "Dziękujemy"}, {"text": "!", "wide": True}]}}
    )
    advance = {"name": "Zaliczka 7", "price": "10.00", "vat": "23%", "kind": "advance_settlement"}
    return {**sale, "lines": [*sale["lines"], advance]}


def _bottles() -> dict[str, Any]:
    return {
        "op": "receipt",
        "currency": "PLN",
        "lines": [{"name": "Puszka", "price": "0.50", "quantity": "4", "kind": "deposit_return"}],
    }


def _invoice() -> dict[str, Any]:
    sale = _sale()
    return {
        "op": "invoice",
        "currency": "PLN",
        "number": "FV 7/2026",
        "buyer": {"name": "Jan", "ids": [{"type": "nip", "value": "1234563218"}], "address": ["ul. Lipowa 7"]},
        "lines": sale["lines"],
        "payments": sale["payments"],
        "due_on": "2026-12-04",
    }


class PosnetUnderTest(DeviceUnderTest):
    def __init__(self, settings: PosnetSettings, now: Callable[[], datetime]) -> None:
        self.printer = Printer(settings, clock=now)

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.printer.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        return [
            Truth(
                document.kind,
                Decimal(document.total),
                str(document.seq),
                document.origin == "pc1",
                document.details.get("invoice", document.number),
            )
            for document in self.printer.documents()
            if document.kind not in _NOT_ASKED_FOR
        ]

    def left_open(self) -> str | None:
        receipt = self.printer.memory.open
        if receipt is not None:
            return f"a receipt of {receipt.owner} in phase {receipt.phase}"
        return f"form {self.printer.form.number}" if self.printer.form is not None else None

    def power(self, on: bool) -> None:
        self.printer.power(on)

    def foreign(self, total: Decimal) -> None:
        self.printer.foreign(total)

    def report(self) -> None:
        """At the keypad, as soon as nothing is open."""
        if self.printer.owner() is None and self.printer.powered:
            make_report(self.printer, "device")
            self.printer.save()
        else:
            asyncio.get_running_loop().call_later(0.5, self.report)

    def clear(self) -> None:
        self.printer.faults.arm({"fault": "ram_clear"})


def _variant(name: str, *, shared: bool = False, bridge: Mapping[str, Any] | None = None, **settings: Any) -> Variant:
    return Variant(name, settings, shared, bridge or {})


_BLOCK = {"block_mode": True}


class PosnetBench(FamilyBench):
    name = "posnet"
    family = "posnet"

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(in_this_process(PosnetFamily), "posnet")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("shared", shared=True),
            _variant("shared, keeps tokens", shared=True, token_store="keep"),
            _variant("[1] no TAB after error", error_tab=False),
            _variant("[2] rpt says er13", rpt_missing="er13"),
            _variant("frame errors: command", frame_error_detail="command"),
            _variant("frame errors: bare", frame_error_detail="none"),
            _variant("[3] prncancel 2064", cancel_nothing="2064"),
            _variant("[4] wrong wa is 2008", line_total_error="2008"),
            _variant("[5] line after payment 2005", sale_after_payment_error=2005),
            _variant("[6] power-up cancels", open_receipt_at_power_on="cancel"),
            _variant("[6] power-up drops", open_receipt_at_power_on="drop"),
            _variant("[7] discount proportional", discount_spread="proportional"),
            _variant("[8] training, counted", mode="non_fiscal", non_fiscal_totals=True),
            _variant("[8] training, not counted", mode="non_fiscal", non_fiscal_totals=False),
            _variant("[9] two clients", clients=2),
            _variant("[9] newest client wins", further_client="replace"),
            _variant("[10] short checksums", short_checksum=True),
            _variant("keeps tokens", token_store="keep"),
            _variant("block mode, silent", bridge=_BLOCK, block_cancel="silent"),
            _variant("block mode, counted", bridge=_BLOCK, block_cancel="counted"),
            _variant("strns keeps cancelled", strns_after_cancel="keep"),
            _variant("percent rounds itself", discount_type="1"),
            _variant("counters go on", receipt_counter="continuous"),
            _variant("old model", bridge={"profile": "legacy"}, profile="old"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        cash = {"amount": "5.00", "currency": "PLN"}
        refund = {"kind": "refund", "payments": []}
        return (
            Scenario("sale", _sale(reference="ZAM/7"), "receipt", Decimal("27.00")),
            Scenario("plain sale", _plain_sale(), "receipt", Decimal("27.00")),
            Scenario("receipt discount", _sale(discount={"amount": "1.33"}), "receipt", Decimal("25.67")),
            Scenario("refund", _plain_sale() | refund, "goods_return", Decimal("27.00")),
            Scenario("cash in", {"op": "cash.in", **cash}, "cash_in", Decimal("5.00")),
            Scenario("cash out", {"op": "cash.out", **cash}, "cash_out", Decimal("5.00")),
            Scenario("daily report", {"op": "shift.close"}, "daily_report", None),
            Scenario("deposits and euros", _deposits_and_euros(), "receipt", Decimal("27.00")),
            Scenario("advance and footer", _advance_and_footer(), "receipt", Decimal("17.00")),
            Scenario("e-document", _sale(delivery=_HUB), "receipt", Decimal("27.00")),
            Scenario("e-document and paper", _sale(delivery={**_HUB, "paper": True}), "receipt", Decimal("27.00")),
            Scenario("packaging return", _bottles(), "packaging_return", Decimal("2.00")),
            Scenario("invoice", _invoice(), "invoice", Decimal("27.00")),
            Scenario("shift report", {"op": "report.x", "shift": "Anna", "reset": True}, "shift_report", None),
            Scenario("month report", {"op": "report.period", "from": "2026-11-01", "to": "2026-11-30"}, "periodic_report", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        body = _plain_sale() if scenario.name == "plain sale" else _sale()
        return Scenario("opening", body, "receipt", Decimal("27.00"))

    def closing(self) -> Scenario:
        body = {"op": "receipt", "currency": "PLN", "lines": [{"name": "Bułka", "price": "0.90", "vat": "5%"}]}
        return Scenario("closing", body, "receipt", Decimal("0.90"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> PosnetUnderTest:
        return PosnetUnderTest(PosnetSettings(**variant.settings), now)

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        """A printer in training makes no e-documents and no reports of its fiscal memory; older ones know less."""
        if variant.settings.get("mode") == "non_fiscal":
            return scenario.name not in (*_EDOCUMENTS, "month report")
        if variant.settings.get("profile") == "old":
            return scenario.name not in (*_EDOCUMENTS, "invoice", "advance and footer", "deposits and euros")
        return True

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name == "daily report" and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        return super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "another program used the printer: its counters have moved for two"
        if disturbance == "clear" and scenario.name in _SLIPS:
            return "what counts slips was cleared"
        if variant.settings.get("mode") == "non_fiscal" and scenario.name not in _SLIPS:
            return "in training: whether it counts is an open point, and the receipt before had the same totals"
        if variant.settings.get("mode") == "non_fiscal" and scenario.name == "shift report":
            return "in training a shift report leaves one header, as anything does that is not counted"
        if variant.settings.get("mode") == "non_fiscal" and disturbance == "report":
            return "in training a report is not counted: it looks like one more slip"
        if variant.name == "counters go on" and disturbance == "report" and scenario.name in ("shift report", "month report"):
            return "counters that a daily report does not set back: what was sold before it cannot be told"
        lost = disturbance == "clear" or (disturbance == "power" and variant.settings.get("token_store") != "keep")
        if variant.shared and (lost or disturbance == "report"):
            return "shared: counters prove nothing, and the stored answer is gone or there was none"
        return None

    def may_stay_open_together(self, variant: Variant, scenario: Scenario, disturbances: Collection[str]) -> str | None:
        if list(disturbances).count("report") > 1:
            return "several daily reports: only the last day's receipts are counted"
        if scenario.name in _SLIPS and {"report", "power"} <= set(disturbances):
            return "a daily report and lost power: what the protected memory has new may be either's record, or the slip's"
        return None
