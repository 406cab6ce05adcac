"""The Shtrih-M register on the bench, over each of its link layers: the plugin against the simulator, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/shtrih-m, "Power loss and lost answer". The FN numbers its
documents, so that only slips without a number (cash, X report) and registers that others use leave anything in doubt.
"""

from __future__ import annotations

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

from tests.harness.bench import Scenario, Variant, in_this_process
from tests.harness.register_bench import (
    STRICT,
    TOTAL,
    RegisterBench,
    RegisterUnderTest,
    correction,
    variant,
    where_the_fn_decides,
)

_CODE = base64.b64encode(b"0104601234567890215abcde\x1d91EE06\x1d92xyz").decode()


class ShtrihUnderTest(RegisterUnderTest):
    def __init__(self, settings: ShtrihSettings, now: Callable[[], datetime]) -> None:
        self.register = Register(settings, clock=now)
        open_shift(self.register, "device")
        self.register.mechanism.start()

    def busy(self) -> bool:
        return bool(self.register.line.busy)

    def next_shift(self) -> bool:
        try:
            if self.register.memory.fn.shift_open:
                close_shift(self.register, "device")
            open_shift(self.register, "device")
        except Refusal:
            return False
        return True


class ShtrihBench(RegisterBench):
    """Link layer v1 on a serial line."""

    name = "shtrih-m"
    family = "shtrih-m"
    late = 200.0
    link: ClassVar[Mapping[str, Any]] = {"link": "v1"}
    own_variants: ClassVar[Sequence[Variant]] = (
        variant("unread answers end with the connection", answer_survives_disconnect=False),
        variant("silent while busy", enq_while_busy="silent"),
    )

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(in_this_process(ShtrihFamily), "shtrih-m")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            variant("ordinary"),
            variant("shared", shared=True),
            variant("shared, ports of their own", shared=True, foreign_port="other"),
            *self.own_variants,
            variant("power-up cancels", open_receipt_at_power_on="cancel"),
            variant("power-up leaves half a document", open_receipt_at_power_on="half"),
            variant("power-up prints the rest", unprinted_at_power_on="print"),
            variant("power-up forgets the rest", unprinted_at_power_on="lost"),
            variant("prints for some polls", busy_polls=3),
            variant("prints at closing", print_at_close=True),
            variant("newest client wins", further_client="replace"),
            variant("extended answers", extended_answers=True),
            variant("FFD 1.05", ffd="1.05"),
            variant("FFD 1.1, in table 17", ffd="1.1", ffd_table="17"),
            variant("totals of four bytes", ff0a_total="4"),
            variant("types as javapos lists", fn_type_numbers="document"),
            variant("blocks of tags", tlv_read="block", tlv_end="34", tlv_blocks=True),
            variant("short status", full_status="48", last_print_byte=False),
            variant("other errors", open_in_open_shift="02", close_in_closed_shift="3D", without_receipt="55"),
            variant("no OFD", ofd="unreachable"),
            variant("without substitution", substitute_22=False),
        )

    def scenarios(self) -> Sequence[Scenario]:
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", self.sale(reference="ЗАКАЗ/7"), "receipt", TOTAL),
            Scenario("plain sale", self.plain_sale(), "receipt", TOTAL),
            Scenario("receipt discount", self.sale(discount={"amount": "1.33"}), "receipt", Decimal("25.67")),
            Scenario("refund", self.plain_sale(kind="refund"), "goods_return", TOTAL),
            Scenario("purchase", self.plain_sale(kind="purchase"), "purchase", TOTAL),
            Scenario("paperless", self.sale(delivery=contact), "receipt", TOTAL),
            Scenario(
                "marked goods",
                self.plain_sale(lines=[{"name": "Вода", "price": "27.00", "vat": self.rate, "marking": {"code_b64": _CODE}}]),
                "receipt",
                TOTAL,
            ),
            Scenario("correction", correction(), "correction", TOTAL),
            *self.slips(),
        )

    def create(self, variant: Variant, now: Callable[[], datetime]) -> ShtrihUnderTest:
        return ShtrihUnderTest(ShtrihSettings(**{**STRICT, **self.link, **variant.settings}), now)

    def has(self, variant: Variant, scenario: Scenario) -> bool:
        """Codes are checked in the newest format only."""
        return scenario.name != "marked goods" or variant.settings.get("ffd", "1.2") == "1.2"

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        return where_the_fn_decides(variant, scenario, disturbance)


class ShtrihTcpBench(ShtrihBench):
    """Link layer v1 on TCP 7778: FFh behind each ACK."""

    name = "shtrih-m-tcp"
    link: ClassVar[Mapping[str, Any]] = {"link": "v1", "filler": True}


class ShtrihLayer2Bench(ShtrihBench):
    """Link layer v2: numbered frames."""

    name = "shtrih-m-v2"
    link: ClassVar[Mapping[str, Any]] = {"link": "v2"}
    own_variants: ClassVar[Sequence[Variant]] = (
        variant("number and answer survive a power cut", v2_at_power_off="kept"),
        variant("bytes that are stuffed", fiscal_sign="stuffing"),
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
