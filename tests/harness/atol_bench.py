"""The ATOL register on the bench, over each of its transports: the plugin against the simulator, every open point both ways.

Where `unresolved` is right stands in `may_stay_open`, after protocol-specs/atol, "Power loss and lost answers". The FN numbers its
documents, so that only slips without a number (cash, X report) and registers that others use leave anything in doubt.
"""

from __future__ import annotations

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


class AtolUnderTest(RegisterUnderTest):
    def __init__(self, settings: RegisterSettings, now: Callable[[], datetime]) -> None:
        self.register = Register(settings, clock=now)
        open_shift(self.register, "device")
        self.register.mechanism.start()

    def busy(self) -> bool:
        register = self.register
        return bool(register.port.busy or register.mechanism.busy or register.report is not None or register.pending)

    def next_shift(self) -> bool:
        return next_shift(self.register)


def next_shift(register: Register) -> bool:
    try:
        if register.memory.fn.shift_open:
            close_shift(register, "device")
        open_shift(register, "device")
    except Refusal:
        return False
    return True


class AtolBench(RegisterBench):
    """Transport v3, as on TCP and on a serial line alike: the frames are the same."""

    name = "atol"
    family = "atol"
    late = 200.0
    link: ClassVar[Mapping[str, Any]] = {}
    more: ClassVar[Mapping[str, Any]] = {"extras": {"ffd": {"taxation": "osn"}}}
    own_variants: ClassVar[Sequence[Variant]] = (
        variant("results are told", results="told"),
        variant("results are asked for", results="asked"),
        variant("the buffer outlives the power", buffer_at_power_off="kept"),
        variant("the buffer ends with the connection", buffer_at_disconnect="lost"),
    )

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(in_this_process(AtolFamily), "atol")]

    def settings(self, variant: Variant) -> dict[str, Any]:
        return dict(variant.bridge)

    def variants(self) -> Sequence[Variant]:
        return (
            variant("ordinary"),
            variant("shared", shared=True),
            variant("shared, other programs use the ids of our tasks", shared=True, foreign_port="same_ids"),
            variant("shared, ports of their own", shared=True, foreign_port="other"),
            *self.own_variants,
            variant("power-up cancels", open_receipt_at_power_on="cancel"),
            variant("reports take their time", report_polls=3),
            variant("a Z report comes at its end", report_polls=3, z_report="running"),
            variant("behind a Z report it is in mode 0", mode_after_z="0", report_polls=1),
            variant("prints for some polls", busy_polls=3),
            variant("newest client wins", further_client="replace"),
            variant("FFD 1.1", ffd="1.1"),
            variant("FFD 1.05", ffd="1.05"),
            variant("tells no format", format_register=False, ffd="1.05"),
            variant("short validity", fn_validity_long=False),
            variant("no OFD", ofd="unreachable"),
            variant("copies in mode 1 only", copy_mode="1"),
        )

    def scenarios(self) -> Sequence[Scenario]:
        contact = {"paper": False, "email": "anna@example.ru"}
        return (
            Scenario("sale", self.sale(reference="ЗАКАЗ/7"), "receipt", TOTAL),
            Scenario("plain sale", self.plain_sale(), "receipt", TOTAL),
            Scenario("receipt discount", self.sale(discount={"amount": "1.33"}), "receipt", Decimal("25.67")),
            Scenario("refund", self.plain_sale(kind="refund"), DOCUMENT_KINDS[2], TOTAL),
            Scenario("purchase", self.plain_sale(kind="purchase"), DOCUMENT_KINDS[4], TOTAL),
            Scenario("paperless", self.sale(delivery=contact), "receipt", TOTAL),
            Scenario("correction", correction("22%", taxation="osn"), "correction", TOTAL),
            *self.slips(),
        )

    def create(self, variant: Variant, now: Callable[[], datetime]) -> AtolUnderTest:
        return AtolUnderTest(RegisterSettings(**{**STRICT, **self.link, **variant.settings}), now)

    def may_stay_open(self, variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
        if scenario.name == "x report" and disturbance not in ("foreign", "foreign_equal", "clear", "report"):
            return "an X report leaves no trace where its result is lost"
        return where_the_fn_decides(variant, scenario, disturbance)


class AtolTurnsBench(AtolBench):
    """Transport v2: no command has an id, and no result is kept under one."""

    name = "atol-v2"
    link: ClassVar[Mapping[str, Any]] = {"protocol": "v2"}
    own_variants: ClassVar[Sequence[Variant]] = (
        variant("carries out without EOT", execute_at="frame"),
        variant("answers end with the connection", buffer_at_disconnect="lost"),
        variant("signs of control bytes", fiscal_sign="stuffing"),
    )

    def settings(self, variant: Variant) -> dict[str, Any]:
        return {"protocol": "v2", **variant.bridge}
