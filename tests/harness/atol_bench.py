"""The ATOL register on the bench, over each of its transports: the plugin against the simulator, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/atol, "Power loss and lost answers". The FN numbers its
documents, so that only slips without a number (cash, X report) and registers that others use leave anything in doubt.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bridge_atol.family import AtolFamily
from bridge_sim_atol.receipts import DOCUMENT_KINDS
from bridge_sim_atol.refusals import Refusal
from bridge_sim_atol.register import Register
from bridge_sim_atol.reports import close as close_shift
from bridge_sim_atol.settings import RegisterSettings
from bridge_sim_atol.shift import open_shift

from bridge.plugin import DeviceFamily, EndpointKind, hookimpl
from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import TestCable, plug_in

# Documents that are no outcome of a job: a receipt that was given up, free lines.
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "non_fiscal"})

# No FD: what became of them only counters tell, and of an X report nothing.
_SLIPS = frozenset({"cash in", "cash out", "x report"})

# As hard for the host as the format allows.
_STRICT: Mapping[str, Any] = {"measure_missing": "refuse"}


class _OverNullModem(AtolFamily):
    """The family as it is, and reachable in this process."""

    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {**AtolFamily.endpoint_kinds, "null": EndpointKind()}


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
        "extras": {"ffd": {"taxation": "osn"}},
        **more,
    }


def _plain_sale(**more: Any) -> dict[str, Any]:
    """What another program's receipt looks like too: one line of the first rate, paid in cash."""
    line = {"name": "Кофе", "price": "27.00", "vat": "22%"}
    return {
        "op": "receipt",
        "currency": "RUB",
        "lines": [line],
        "payments": [{"kind": "cash", "amount": "27.00"}],
        "extras": {"ffd": {"taxation": "osn"}},
        **more,
    }


def _correction() -> dict[str, Any]:
    basis = {"type": "self", "date": "2026-11-19", "number": "7"}
    return _plain_sale(kind="correction", extras={"ffd": {"correction": basis, "taxation": "osn"}})


class AtolUnderTest(DeviceUnderTest):
    def __init__(self, settings: RegisterSettings, now: Callable[[], datetime]) -> None:
        self.register = Register(settings, clock=now)
        open_shift(self.register, "device")
        self.register.mechanism.start()

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.register.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        return [
            Truth(
                document.kind,
                _total(document.kind, document.total),
                str(document.seq),
                document.origin == "pc",
                document.number,
            )
            for document in self.register.documents()
            if document.kind not in _NOT_ASKED_FOR
        ]

    def left_open(self) -> str | None:
        receipt, begun = self.register.memory.receipt, self.register.memory.fn.current
        if receipt is not None:
            return f"a receipt of {receipt.origin} with {len(receipt.items)} line(s)"
        return f"document {begun.kind:02X}h in the FN" if begun is not None else None

    def power(self, on: bool) -> None:
        self.register.power(on)

    def foreign(self, total: Decimal) -> None:
        self.register.foreign(total)

    def report(self) -> None:
        """At the keys, as soon as nothing is open. With it the next shift is opened, as the shop goes on selling."""
        register = self.register
        busy = register.port.busy or register.mechanism.busy or register.report is not None or register.pending
        if not register.powered or self.left_open() is not None or busy or register.memory.unprinted:
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
        self.register.faults.arm({"fault": "ram_clear"})


def _total(kind: str, total: str) -> Decimal | None:
    """Reports have no total that a job could tell."""
    return None if kind in ("daily_report", "x_report", "shift_open") else Decimal(total)


def _variant(name: str, *, shared: bool = False, bridge: Mapping[str, Any] | None = None, **settings: Any) -> Variant:
    return Variant(name, settings, shared, bridge or {})


class AtolBench(FamilyBench):
    """Transport v3, as on TCP and on a serial line alike: the frames are the same."""

    name = "atol"
    family = "atol"
    late = 200.0
    link: ClassVar[Mapping[str, Any]] = {}
    own_variants: ClassVar[Sequence[Variant]] = (
        _variant("results are told", results="told"),
        _variant("results are asked for", results="asked"),
        _variant("the buffer outlives the power", buffer_at_power_off="kept"),
        _variant("the buffer ends with the connection", buffer_at_disconnect="lost"),
    )

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(_Plugin(), "atol")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("shared", shared=True),
            _variant("shared, other programs use the ids of our tasks", shared=True, foreign_port="same_ids"),
            _variant("shared, ports of their own", shared=True, foreign_port="other"),
            *self.own_variants,
            _variant("power-up cancels", open_receipt_at_power_on="cancel"),
            _variant("reports take their time", report_polls=3),
            _variant("a Z report comes at its end", report_polls=3, z_report="running"),
            _variant("behind a Z report it is in mode 0", mode_after_z="0", report_polls=1),
            _variant("prints for some polls", busy_polls=3),
            _variant("newest client wins", further_client="replace"),
            _variant("FFD 1.1", ffd="1.1"),
            _variant("FFD 1.05", ffd="1.05"),
            _variant("tells no format", format_register=False, ffd="1.05"),
            _variant("short validity", fn_validity_long=False),
            _variant("no OFD", ofd="unreachable"),
            _variant("copies in mode 1 only", copy_mode="1"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        cash = {"amount": "5.00", "currency": "RUB"}
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", _sale(reference="ЗАКАЗ/7"), "receipt", Decimal("27.00")),
            Scenario("plain sale", _plain_sale(), "receipt", Decimal("27.00")),
            Scenario("receipt discount", _sale(discount={"amount": "1.33"}), "receipt", Decimal("25.67")),
            Scenario("refund", _plain_sale(kind="refund"), DOCUMENT_KINDS[2], Decimal("27.00")),
            Scenario("purchase", _plain_sale(kind="purchase"), DOCUMENT_KINDS[4], Decimal("27.00")),
            Scenario("paperless", _sale(delivery=contact), "receipt", Decimal("27.00")),
            Scenario("correction", _correction(), "correction", Decimal("27.00")),
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
            case "plain sale" | "refund" | "purchase" | "correction":
                return Scenario("opening", _plain_sale(), "receipt", Decimal("27.00"))
        return Scenario("opening", _sale(payments=[{"kind": "cash", "amount": "30.00"}]), "receipt", Decimal("27.00"))

    def closing(self) -> Scenario:
        """Cash can be put in whatever became of the shift."""
        return Scenario("closing", {"op": "cash.in", "amount": "0.90", "currency": "RUB"}, "cash_in", Decimal("0.90"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> AtolUnderTest:
        return AtolUnderTest(RegisterSettings(**{**_STRICT, **self.link, **variant.settings}), now)

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name in ("z report", "shift opening") and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        if scenario.name == "shift opening" and disturbance in ("foreign", "foreign_equal"):
            return False  # the other program needs an open shift
        return super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "another program used the register"
        if scenario.name in _SLIPS and disturbance in ("clear", "report"):
            return "what counts slips was set back, and the FN knows none of them"
        if scenario.name == "x report":
            return "an X report leaves no trace where its result is lost"
        if scenario.name in _SLIPS and variant.shared:
            return "shared: counters prove nothing, and slips have no number"
        if variant.shared:
            return "shared: a document without a stored answer may be the other program's"
        return None


class AtolTurnsBench(AtolBench):
    """Transport v2: no command has an id, and no result is kept under one."""

    name = "atol-v2"
    link: ClassVar[Mapping[str, Any]] = {"protocol": "v2"}
    own_variants: ClassVar[Sequence[Variant]] = (
        _variant("carries out without EOT", execute_at="frame"),
        _variant("answers end with the connection", buffer_at_disconnect="lost"),
        _variant("signs of control bytes", fiscal_sign="stuffing"),
    )

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"protocol": "v2", **variant.bridge}
