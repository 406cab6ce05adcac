"""The Shtrih-M register on the bench: the plugin against the simulator, over both link layers, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/shtrih-m, "Power loss and lost answers".
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bridge_shtrih_m.family import ShtrihFamily
from bridge_sim_shtrih_m.refusals import Refusal
from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings
from bridge_sim_shtrih_m.shift import move_cash, open_shift, report_x

from bridge.plugin import DeviceFamily, EndpointKind, hookimpl
from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import TestCable, plug_in

# Documents that are no outcome of a job: a receipt that was given up, printouts, and what the bench itself began with.
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "non_fiscal", "registration"})


class _OverNullModem(ShtrihFamily):
    """The family as it is, and reachable in this process."""

    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {**ShtrihFamily.endpoint_kinds, "null": EndpointKind()}


class _Plugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:
        return [_OverNullModem()]


def _sale(**more: Any) -> dict[str, Any]:
    return {
        "op": "receipt",
        "currency": "RUB",
        "lines": [
            {"name": "Хлеб ржаной", "quantity": "2", "unit": "шт", "price": "45.00", "vat": "10%"},
            {
                "name": "Кофе в зёрнах",
                "quantity": "0.250",
                "unit": "кг",
                "price": "1600.00",
                "vat": "22%",
                "discount": {"amount": "20.00", "text": "Скидка"},
            },
        ],
        "payments": [{"kind": "card", "amount": "170.00"}, {"kind": "cash", "amount": "500.00"}],
        "operator": {"name": "Иванова Анна", "tax_id": "500100732259"},
        **more,
    }


def _plain_sale(**more: Any) -> dict[str, Any]:
    """What another program's receipt looks like too: one line, paid in cash."""
    return {"op": "receipt", "currency": "RUB", "lines": [{"name": "Кофе", "price": "470.00", "vat": "22%"}], **more}


def _correction() -> dict[str, Any]:
    basis = {"type": "self", "date": "2026-11-19", "number": "7"}
    lines = [{"name": "Кофе", "price": "470.00", "vat": "10%"}]  # what a correction of one sum can carry
    return _plain_sale(kind="correction", lines=lines, extras={"ffd": {"correction": basis}})


class RegisterUnderTest(DeviceUnderTest):
    def __init__(self, settings: ShtrihSettings, now: Callable[[], datetime], scenario_opens: bool) -> None:
        self.register = Register(settings, clock=now)
        if not scenario_opens:
            open_shift(self.register, "device")
        move_cash(self.register, 100_000, out=False, origin="device")
        self.register.memory.unprinted.clear()
        self._begun = len(self.register.documents())
        self._own = True

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.register.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        return [
            Truth(document.kind, Decimal(document.total), str(document.seq), document.origin == "pc")
            for document in self.register.documents()[self._begun :]
            if document.kind not in _NOT_ASKED_FOR
        ]

    def left_open(self) -> str | None:
        memory = self.register.memory
        if memory.receipt is not None:
            return f"a receipt of {memory.receipt.origin}"
        return f"document {memory.fn.current.kind} of the FN" if memory.fn.current is not None else None

    def power(self, on: bool) -> None:
        self.register.power(on)

    def foreign(self, total: Decimal) -> None:
        self.register.foreign(total)

    def report(self) -> None:
        """Somebody prints an X report at the device: a document that is nobody's outcome but moves its numbers."""
        memory = self.register.memory
        if memory.receipt is None and memory.fn.current is None and self.register.powered:
            try:
                report_x(self.register, "device")
            except Refusal:
                return
            self.register.mechanism.start()
            self.register.save()
        else:
            asyncio.get_running_loop().call_later(0.5, self.report)


def _variant(name: str, *, shared: bool = False, bridge: Mapping[str, Any] | None = None, **settings: Any) -> Variant:
    return Variant(name, settings, shared, bridge or {})


_V2 = {"link_layer": "v2"}
_CLASSIC = {"commands": "classic"}


class ShtrihBench(FamilyBench):
    name = "shtrih-m"
    family = "shtrih-m"
    late = 200.0
    lacks: Mapping[str, str] = {"clear": "what counts is kept in the FN, whose loss is another FN in the device"}

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(_Plugin(), "shtrih-m")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("v2", bridge=_V2, link="v2"),
            _variant("shared", shared=True),
            _variant("shared, v2", shared=True, bridge=_V2, link="v2"),
            _variant("filler", filler=True),
            _variant("old model", bridge=_CLASSIC, generation="classic", ffd="1.05"),
            _variant("FFD 1.05", ffd="1.05"),
            _variant("FFD 1.1, table 17", ffd="1.1", ffd_table="17"),
            _variant("full status of 48 bytes", full_status="48", last_print_byte=False),
            _variant("extended answers", extended_answers=True),
            _variant("[4] an unread answer dies with the connection", answer_survives_disconnect=False),
            _variant("v2 keeps its number", bridge=_V2, link="v2", v2_at_power_off="kept"),
            _variant("silent while busy", enq_while_busy="silent"),
            _variant("newest client wins", further_client="replace"),
            _variant("total of 4 bytes", ff0a_total="4"),
            _variant("types of documents as javapos has them", fn_type_numbers="document"),
            _variant("signs that are stuffed", bridge=_V2, link="v2", fiscal_sign="stuffing"),
            _variant("power-up cancels", open_receipt_at_power_on="cancel"),
            _variant("power-up leaves the FN's half", open_receipt_at_power_on="half"),
            _variant("unprinted is printed", unprinted_at_power_on="print"),
            _variant("[8] still printing", busy_polls=3),
            _variant("prints at the end", print_at_close=True),
            _variant("closing twice is 3D", close_in_closed_shift="3D"),
            _variant("foreign over another port", shared=True, foreign_port="other"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        cash = {"amount": "50.00", "currency": "RUB"}
        paperless = {"delivery": {"paper": False, "email": "a@b.ru"}}
        return (
            Scenario("sale", _sale(), "receipt", Decimal("470.00")),
            Scenario("plain sale", _plain_sale(), "receipt", Decimal("470.00")),
            Scenario("electronic sale", _plain_sale(**paperless), "receipt", Decimal("470.00")),
            Scenario("refund", _plain_sale(kind="refund"), "goods_return", Decimal("470.00")),
            Scenario("purchase", _plain_sale(kind="purchase"), "purchase", Decimal("470.00")),
            Scenario("correction", _correction(), "correction", Decimal("470.00")),
            Scenario("cash in", {"op": "cash.in", **cash}, "cash_in", Decimal("50.00")),
            Scenario("cash out", {"op": "cash.out", **cash}, "cash_out", Decimal("50.00")),
            Scenario("X report", {"op": "report.x"}, "x_report", None),
            Scenario("Z report", {"op": "shift.close", "operator": {"name": "Иванова Анна"}}, "daily_report", None),
        )

    def opening(self, scenario: Scenario) -> Scenario:
        body = _plain_sale() if scenario.name != "sale" else _sale()
        return Scenario("opening", body, "receipt", Decimal("470.00"))

    def closing(self) -> Scenario:
        return Scenario("closing", {"op": "cash.in", "amount": "0.90", "currency": "RUB"}, "cash_in", Decimal("0.90"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> RegisterUnderTest:
        return RegisterUnderTest(ShtrihSettings(**variant.settings), now, scenario_opens=False)

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        """The older commands have no corrections."""
        return variant.bridge.get("commands") != "classic" or scenario.name != "correction"

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name == "X report" and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        return super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "another program sold something: its receipt, or its counters, look like ours"
        if variant.shared:
            return "shared: what the FN and the counters show may be another program's"
        return None
