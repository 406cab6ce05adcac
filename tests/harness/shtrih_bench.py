"""The Shtrih-M register on the bench, over each of its link layers: the plugin against the simulator, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/shtrih-m, "Power loss and lost answer". The FN numbers its
documents, so that only slips without a number (cash, X report) and registers that others use leave anything in doubt.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from bridge_shtrih_m.family import ShtrihFamily
from bridge_sim_shtrih_m.refusals import Refusal
from bridge_sim_shtrih_m.register import Register
from bridge_sim_shtrih_m.settings import ShtrihSettings
from bridge_sim_shtrih_m.shift import close_shift, open_shift

from bridge.plugin import DeviceFamily, EndpointKind, hookimpl
from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import TestCable, plug_in

# Documents that are no outcome of a job: a receipt that was given up, free lines.
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "non_fiscal"})

# No FD: what became of them only counters tell.
_SLIPS = frozenset({"cash in", "cash out", "x report"})

# As hard for the host as the format allows.
_STRICT: Mapping[str, Any] = {"measure_missing": "refuse"}

_CODE = base64.b64encode(b"0104601234567890215abcde\x1d91EE06\x1d92xyz").decode()


class _OverNullModem(ShtrihFamily):
    """The family as it is, and reachable in this process."""

    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {**ShtrihFamily.endpoint_kinds, "null": EndpointKind()}


class _Plugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:
        return [_OverNullModem()]


def _sale(vat: str, **more: Any) -> dict[str, Any]:
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
                "vat": vat,
                "discount": {"amount": "2.00", "text": "Скидка"},
            },
        ],
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
        "operator": {"name": "Иванова Анна", "tax_id": "500100732259"},
        **more,
    }


def _plain_sale(vat: str, **more: Any) -> dict[str, Any]:
    """What another program's receipt looks like too: one line of the first rate, paid in cash."""
    line = {"name": "Кофе", "price": "27.00", "vat": vat}
    return {"op": "receipt", "currency": "RUB", "lines": [line], "payments": [{"kind": "cash", "amount": "27.00"}], **more}


def _correction() -> dict[str, Any]:
    basis = {"type": "self", "date": "2026-11-19", "number": "7"}
    # Older formats have no correction at 22 %.
    return _plain_sale("10%", kind="correction", extras={"ffd": {"correction": basis}})


def _marked(vat: str) -> dict[str, Any]:
    """A code is checked before the receipt, and bound to its line."""
    return _plain_sale(vat, lines=[{"name": "Вода", "price": "27.00", "vat": vat, "marking": {"code_b64": _CODE}}])


class ShtrihUnderTest(DeviceUnderTest):
    def __init__(self, settings: ShtrihSettings, now: Callable[[], datetime]) -> None:
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
        """At the keypad, as soon as nothing is open. With it the next shift is opened, as the shop goes on selling."""
        register = self.register
        free = register.powered and self.left_open() is None and not register.line.busy and not register.memory.unprinted
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
        self.register.faults.arm({"fault": "ram_clear"})


def _total(kind: str, total: str) -> Decimal | None:
    """Reports have no total that a job could tell."""
    return None if kind in ("daily_report", "x_report", "shift_open") else Decimal(total)


def _variant(name: str, *, shared: bool = False, bridge: Mapping[str, Any] | None = None, **settings: Any) -> Variant:
    return Variant(name, settings, shared, bridge or {})


class ShtrihBench(FamilyBench):
    """Link layer v1 on a serial line."""

    name = "shtrih-m"
    family = "shtrih-m"
    late = 200.0
    link: ClassVar[Mapping[str, Any]] = {"link": "v1"}
    rate: ClassVar[str] = "22%"
    own_variants: ClassVar[Sequence[Variant]] = (
        _variant("unread answers end with the connection", answer_survives_disconnect=False),
        _variant("silent while busy", enq_while_busy="silent"),
    )

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(_Plugin(), "shtrih-m")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            _variant("ordinary"),
            _variant("shared", shared=True),
            _variant("shared, ports of their own", shared=True, foreign_port="other"),
            *self.own_variants,
            _variant("power-up cancels", open_receipt_at_power_on="cancel"),
            _variant("power-up leaves half a document", open_receipt_at_power_on="half"),
            _variant("power-up prints the rest", unprinted_at_power_on="print"),
            _variant("power-up forgets the rest", unprinted_at_power_on="lost"),
            _variant("prints for some polls", busy_polls=3),
            _variant("prints at closing", print_at_close=True),
            _variant("newest client wins", further_client="replace"),
            _variant("extended answers", extended_answers=True),
            _variant("FFD 1.05", ffd="1.05"),
            _variant("FFD 1.1, in table 17", ffd="1.1", ffd_table="17"),
            _variant("totals of four bytes", ff0a_total="4"),
            _variant("types as javapos lists", fn_type_numbers="document"),
            _variant("blocks of tags", tlv_read="block", tlv_end="34", tlv_blocks=True),
            _variant("short status", full_status="48", last_print_byte=False),
            _variant("other errors", open_in_open_shift="02", close_in_closed_shift="3D", without_receipt="55"),
            _variant("no OFD", ofd="unreachable"),
            _variant("without substitution", substitute_22=False),
        )

    def scenarios(self) -> Sequence[Scenario]:
        cash = {"amount": "5.00", "currency": "RUB"}
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", _sale(self.rate, reference="ЗАКАЗ/7"), "receipt", Decimal("27.00")),
            Scenario("plain sale", _plain_sale(self.rate), "receipt", Decimal("27.00")),
            Scenario("receipt discount", _sale(self.rate, discount={"amount": "1.33"}), "receipt", Decimal("25.67")),
            Scenario("refund", _plain_sale(self.rate, kind="refund"), "goods_return", Decimal("27.00")),
            Scenario("purchase", _plain_sale(self.rate, kind="purchase"), "purchase", Decimal("27.00")),
            Scenario("paperless", _sale(self.rate, delivery=contact), "receipt", Decimal("27.00")),
            Scenario("marked goods", _marked(self.rate), "receipt", Decimal("27.00")),
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
            case "plain sale" | "refund" | "purchase" | "marked goods" | "correction":
                return Scenario("opening", _plain_sale(self.rate), "receipt", Decimal("27.00"))
        return Scenario("opening", _sale(self.rate, payments=[{"kind": "cash", "amount": "30.00"}]), "receipt", Decimal("27.00"))

    def closing(self) -> Scenario:
        """Cash can be put in whatever became of the shift."""
        return Scenario("closing", {"op": "cash.in", "amount": "0.90", "currency": "RUB"}, "cash_in", Decimal("0.90"))

    def create(self, variant: Variant, now: Callable[[], datetime]) -> ShtrihUnderTest:
        return ShtrihUnderTest(ShtrihSettings(**{**_STRICT, **self.link, **variant.settings}), now)

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        """Codes are checked in the newest format only."""
        return scenario.name != "marked goods" or variant.settings.get("ffd", "1.2") == "1.2"

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name in ("z report", "shift opening") and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        if scenario.name == "shift opening" and disturbance in ("foreign", "foreign_equal"):
            return False  # the other program's receipt would open the shift
        return super().plays(variant, scenario, disturbance)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if disturbance in ("foreign", "foreign_equal"):
            return "another program used the register"
        if scenario.name in _SLIPS and disturbance in ("clear", "report"):
            return "what counts slips was set back, and the FN knows none of them"
        if scenario.name in _SLIPS and variant.shared:
            return "shared: counters prove nothing, and slips have no number"
        if variant.shared:
            return "shared: a document without a stored answer may be the other program's"
        return None


class ShtrihTcpBench(ShtrihBench):
    """Link layer v1 on TCP 7778: FFh behind each ACK."""

    name = "shtrih-m-tcp"
    link: ClassVar[Mapping[str, Any]] = {"link": "v1", "filler": True}


class ShtrihLayer2Bench(ShtrihBench):
    """Link layer v2: numbered frames."""

    name = "shtrih-m-v2"
    link: ClassVar[Mapping[str, Any]] = {"link": "v2"}
    own_variants: ClassVar[Sequence[Variant]] = (
        _variant("number and answer survive a power cut", v2_at_power_off="kept"),
        _variant("bytes that are stuffed", fiscal_sign="stuffing"),
    )


class ShtrihOldBench(ShtrihBench):
    """An old model, which sells by 80 to 85 over v1."""

    name = "shtrih-m-old"
    link: ClassVar[Mapping[str, Any]] = {"link": "v1", "generation": "classic", "ffd": "1.05", "firmware": "2024"}
    rate: ClassVar[str] = "20%"

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"commands": "classic", **variant.bridge}

    def variants(self) -> Sequence[Variant]:
        return super().variants()[:8]

    def scenarios(self) -> Sequence[Scenario]:
        return [scenario for scenario in super().scenarios() if scenario.name not in ("paperless", "marked goods", "correction")]
