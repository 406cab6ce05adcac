"""The same printer over the Thermal protocol on the bench, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/posnet/thermal.md, "Lost answers". The protocol keeps
no answers, so a shared printer can never prove a document whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bridge_sim_posnet.documents import make_report
from bridge_sim_posnet.memory import Daily, Report
from bridge_sim_posnet.settings import PosnetSettings

from tests.harness.bench import Scenario, Variant
from tests.harness.posnet_bench import PosnetBench, PosnetUnderTest

_CASH_PAID: Mapping[str, Any] = {"payments": [{"kind": "cash", "amount": "30.00"}]}

# Of the newer protocol's documents those that this one has, the first one first.
_SALES = ("sale", "plain sale", "receipt discount")
_SLIPS = ("refund", "cash in", "cash out")
_REPORTS = ("daily report",)

# Where the line is cut once for each way in which documents are made: many commands, one, and the reports.
_EACH_WAY = ("sale", "refund", "daily report", "period report")

# Documents that an open point can touch at all; for others the printer does the same bytes in either way. What is not here
# touches all.
_CONCERNS: Mapping[str, Sequence[str]] = {
    "[T1] answers without 0#Z": _EACH_WAY,
    "[T2] cancel of nothing is 29": _SALES,
    "[T3] display verified": _SALES,
    "[T4] total after discount": ("receipt discount",),
    "[T5] discount proportional": ("receipt discount",),
    "[T6] training, not counted": ("sale", "plain sale", "daily report", "period report"),
    "[T7] slip in spite of 32": ("refund", "cash out"),
    "[T9] control byte before #Z": _EACH_WAY,
    "[T10] power-up cancels": _SALES,
    "[T10] power-up drops": _SALES,
    "points in answers": _EACH_WAY,
    "newest client wins": _EACH_WAY,
}


def _variant(name: str, *, shared: bool = False, **settings: Any) -> Variant:
    return Variant(name, settings, shared)


class ThermalBench(PosnetBench):
    name = "posnet-thermal"

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"protocol": "thermal", **variant.bridge}

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("shared", shared=True),
            _variant("[T1] answers without 0#Z", thermal_status_after_answers=False),
            _variant("[T2] cancel of nothing is 29", thermal_cancel_nothing="29"),
            _variant("[T3] display verified", thermal_display="rest"),
            _variant("[T4] total after discount", thermal_end_total="after"),
            _variant("[T5] discount proportional", discount_spread="proportional"),
            _variant("[T6] training, counted", mode="non_fiscal", non_fiscal_totals=True),
            _variant("[T6] training, not counted", mode="non_fiscal", non_fiscal_totals=False),
            _variant("[T7] slip in spite of 32", thermal_negative_cash="printed"),
            _variant("[T9] control byte before #Z", thermal_control_byte=True),
            _variant("[T10] power-up cancels", open_receipt_at_power_on="cancel"),
            _variant("[T10] power-up drops", open_receipt_at_power_on="drop"),
            _variant("points in answers", thermal_decimals="point"),
            _variant("newest client wins", further_client="replace"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        named = {scenario.name: scenario for scenario in super().scenarios()}
        period = {"op": "report.period", "first_number": 1, "last_number": 1}
        return (
            *(named[name] for name in (*_SALES, *_SLIPS, *_REPORTS)),
            Scenario("period report", period, "period_report", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        """Paid in cash, so that there is enough in the drawer to take out."""
        first = super().opening(scenario)
        return Scenario(first.name, {**first.body, **_CASH_PAID}, first.kind, first.total)

    def create(self, variant: Variant, now: Callable[[], datetime]) -> PosnetUnderTest:
        device = PosnetUnderTest(PosnetSettings(protocol="thermal", **variant.settings), now)
        make_report(device.printer, "device")  # what a periodic report can report
        memory = device.printer.memory
        memory.reports = memory.reports or [Report(1, now(), memory.rates, Daily())]  # in training none is kept
        return device

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        concerned = variant.name not in _CONCERNS or scenario.name in _CONCERNS[variant.name]
        return concerned and super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "another program used the printer: its counters have moved for two"
        if disturbance == "clear" and scenario.name != "daily report":
            return "the counters were cleared, and nothing else tells of receipts and slips"
        if disturbance == "report" and scenario.name == "period report":
            return "two reports: only the number of documents counts them"
        if variant.settings.get("mode") == "non_fiscal":
            return "in training: whether it counts is an open point, and the receipt before had the same totals"
        if variant.shared:
            return "shared: counters prove nothing, and the protocol keeps no answers"
        return None
