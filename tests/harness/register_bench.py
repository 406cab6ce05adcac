"""What the benches of Russian registers have alike, whatever is spoken with them: what is sold, and what of the register is the truth.

Where `unresolved` is right each bench says itself: it hangs on what its protocol keeps.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from bridge.transport import Link, WireLog
from tests.harness.bench import DeviceUnderTest, FamilyBench, Scenario, Truth, Variant
from tests.toys.cables import TestCable, plug_in

# Documents that are no outcome of a job: a receipt that was given up, free lines.
_NOT_ASKED_FOR = frozenset({"cancelled_receipt", "non_fiscal"})

# Without a total that a job could tell.
_REPORTS = frozenset({"daily_report", "x_report", "shift_open"})

SLIPS = frozenset({"cash in", "cash out", "x report"})
"""No FD: what became of them only counters tell."""

STRICT: Mapping[str, Any] = {"measure_missing": "refuse"}
"""As hard for the host as the format allows."""

TOTAL = Decimal("27.00")


def sale(vat: str = "22%", **more: Any) -> dict[str, Any]:
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


def plain_sale(vat: str = "22%", **more: Any) -> dict[str, Any]:
    """What another program's receipt looks like too: one line of the first rate, paid in cash."""
    line = {"name": "Кофе", "price": "27.00", "vat": vat}
    return {"op": "receipt", "currency": "RUB", "lines": [line], "payments": [{"kind": "cash", "amount": "27.00"}], **more}


def correction(vat: str = "10%", **ffd: Any) -> dict[str, Any]:
    """Older formats have none at 22 %."""
    basis = {"type": "self", "date": "2026-11-19", "number": "7"}
    return plain_sale(vat, kind="correction", extras={"ffd": {"correction": basis, **ffd}})


def variant(name: str, *, shared: bool = False, bridge: Mapping[str, Any] | None = None, **settings: Any) -> Variant:
    return Variant(name, settings, shared, bridge or {})


class RegisterUnderTest(DeviceUnderTest):
    """`origin`: of documents that the bridge asked for."""

    register: Any
    origin: ClassVar[str] = "pc"

    async def open(self, cable: TestCable, wire_log: WireLog) -> Link:
        return await plug_in(self.register.connect, cable, wire_log)

    def documents(self) -> list[Truth]:
        return [
            Truth(
                one.kind,
                None if one.kind in _REPORTS else Decimal(one.total),
                str(one.seq),
                one.origin == self.origin,
                one.number,
            )
            for one in self.register.documents()
            if one.kind not in _NOT_ASKED_FOR
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

    def clear(self) -> None:
        self.register.faults.arm({"fault": "ram_clear"})

    def report(self) -> None:
        """At the keys, as soon as nothing is open. With it the next shift is opened, as the shop goes on selling."""
        register = self.register
        free = register.powered and self.left_open() is None and not self.busy() and not register.memory.unprinted
        if not free or not self.next_shift():
            asyncio.get_running_loop().call_later(0.5, self.report)
        if free:
            register.mechanism.start()
            register.save()

    @abstractmethod
    def busy(self) -> bool: ...

    @abstractmethod
    def next_shift(self) -> bool:
        """Close the shift where one is open, and open the next; False where the register refuses."""


class RegisterBench(FamilyBench):
    """`rate`: the ordinary rate of VAT; `more`: what every receipt has beside it."""

    rate: ClassVar[str] = "22%"
    more: ClassVar[Mapping[str, Any]] = {}

    def sale(self, **more: Any) -> dict[str, Any]:
        return sale(self.rate, **{**self.more, **more})

    def plain_sale(self, **more: Any) -> dict[str, Any]:
        return plain_sale(self.rate, **{**self.more, **more})

    def slips(self) -> Sequence[Scenario]:
        cash = {"amount": "5.00", "currency": "RUB"}
        return (
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
                return Scenario("opening", self.plain_sale(), "receipt", TOTAL)
        return Scenario("opening", self.sale(payments=[{"kind": "cash", "amount": "30.00"}]), "receipt", TOTAL)

    def closing(self) -> Scenario:
        """Cash can be put in whatever became of the shift."""
        return Scenario("closing", {"op": "cash.in", "amount": "0.90", "currency": "RUB"}, "cash_in", Decimal("0.90"))

    def plays(self, variant: Variant, scenario: Scenario, disturbance: str) -> bool:
        if scenario.name in ("z report", "shift opening") and disturbance == "report" and not variant.shared:
            return False  # a report is a report, whoever pressed the key
        if scenario.name == "shift opening" and disturbance in ("foreign", "foreign_equal"):
            return False  # the other program needs an open shift, or would open it with its receipt
        return super().plays(variant, scenario, disturbance)


def where_the_fn_decides(variant: Variant, scenario: Scenario, disturbance: str) -> str | None:
    """Why `unresolved` is right with a register whose answers are lost: its FN numbers its documents, and slips have no number."""
    if disturbance in ("foreign", "foreign_equal"):
        return "another program used the register"
    if scenario.name in SLIPS and disturbance in ("clear", "report"):
        return "what counts slips was set back, and the FN knows none of them"
    if scenario.name in SLIPS and variant.shared:
        return "shared: counters prove nothing, and slips have no number"
    if variant.shared:
        return "shared: a document without a stored answer may be the other program's"
    return None
