"""What the tills ask for, and everything that they were ever told about it. No network is here.

An order is written down before it is sent, as a till should do. What contradicts an earlier answer is a violation.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["receipt", "invoice", "packaging_return", "cash_in", "cash_out", "shift_report", "drawer", "purchase", "refund"]

WITH_REFERENCE: frozenset[str] = frozenset(("receipt", "invoice"))
"""Kinds that a reference ties to their document; the others have an amount that occurs once."""


@dataclass(frozen=True, slots=True)
class Market:
    """What is sold where: name, price, rate. `plain`: the devices there have no invoices, packaging, e-documents and footers.
    `attribute`: the till writes its reference into the user's additional requisite, since the device has no other place for it."""

    currency: str
    goods: tuple[tuple[str, Decimal, str], ...]
    plain: bool = False
    attribute: bool = False
    cards: bool = False
    """Nothing is sold there: cards are charged."""


POLAND = Market(
    "PLN",
    (
        ("Chleb żytni", Decimal("4.50"), "5%"),
        ("Kawa ziarnista", Decimal("24.90"), "23%"),
        ("Pierogi ruskie", Decimal("19.00"), "8%"),
        ("Gazeta", Decimal("3.20"), "8%"),
        ("Książka", Decimal("39.00"), "5%"),
    ),
)
PLAIN_POLAND = replace(POLAND, plain=True)
RUSSIA = Market(
    "RUB",
    (
        ("Хлеб ржаной", Decimal("4.50"), "10%"),
        ("Кофе в зёрнах", Decimal("24.90"), "22%"),
        ("Пельмени", Decimal("19.00"), "10%"),
        ("Газета", Decimal("3.20"), "22%"),
        ("Книга", Decimal("39.00"), "0%"),
    ),
    plain=True,
)

RUSSIA_BY_ATTRIBUTE = replace(RUSSIA, attribute=True)

CARDS = Market("EUR", (), plain=True, cards=True)

PAYMENTS: frozenset[str] = frozenset(("purchase", "refund"))

# What the present moment adds to a job; all the rest of a final one must stay as it is.
_PASSING = ("attention", "queue_position", "collected")

_OPERATIONS: Mapping[Kind, str] = {
    "receipt": "receipt",
    "invoice": "invoice",
    "packaging_return": "receipt",
    "cash_in": "cash.in",
    "cash_out": "cash.out",
    "shift_report": "report.x",
    "drawer": "drawer.open",
    "purchase": "payment.purchase",
    "refund": "payment.refund",
}

_SHARES: Mapping[Kind, int] = {
    "receipt": 65,
    "invoice": 10,
    "packaging_return": 5,
    "cash_in": 7,
    "cash_out": 7,
    "shift_report": 5,
    "drawer": 6,
}

_CARD_SHARES: Mapping[Kind, int] = {"purchase": 85, "refund": 15}

_RICH: frozenset[Kind] = frozenset(("invoice", "packaging_return", "shift_report"))


@dataclass(slots=True, eq=False)
class Order:
    """One operation under one key. `final` is the job as it was when its outcome was first told."""

    key: str
    device: str
    kind: Kind
    body: dict[str, Any]
    total: Decimal
    reference: str | None = None
    job: str | None = None
    final: dict[str, Any] | None = None
    final_in: int | None = None
    """The cycle in which the outcome was first told."""
    last: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        """What ties the order to its document: the reference, the shift's name, or an amount that occurs once."""
        return self.reference or self.body.get("shift") or f"{self.total:.2f}"

    @property
    def state(self) -> str:
        if self.final is not None:
            return str(self.final["state"])
        return str(self.last["state"]) if self.last is not None else "unanswered"

    @property
    def number(self) -> str | None:
        """The document's number, as the bridge says."""
        result = (self.final or {}).get("result") or {}
        if self.kind in PAYMENTS:
            return (result.get("payment") or {}).get("receipt_number")
        number = (result.get("document") or {}).get("number")
        return None if number is None else str(number)

    @property
    def error(self) -> str | None:
        return ((self.final or {}).get("error") or {}).get("code")

    @property
    def warnings(self) -> set[str]:
        return {warning["code"] for warning in ((self.final or {}).get("result") or {}).get("warnings", ())}

    @property
    def was_in_doubt(self) -> bool:
        return any(step["state"] == "unresolved" for step in (self.final or {}).get("history", ()))

    def __str__(self) -> str:
        return f"{self.key} ({self.kind} of {self.total} on {self.device}, job {self.job})"


@dataclass(slots=True)
class Ledger:
    """All orders of a run, and what was wrong. `cycle` is the number of the life that the bridge leads now."""

    seed: int
    cycle: int = 0
    orders: list[Order] = field(default_factory=list)
    violations: list[tuple[int, str]] = field(default_factory=list)
    repeats: int = 0
    """How often a key was sent again."""
    confirmed_after_kill: int = 0
    """How often an outcome that was told before a kill was told again after it."""
    _keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def violation(self, text: str) -> None:
        if (self.cycle, text) not in self.violations:
            self.violations.append((self.cycle, text))

    def new_order(self, device: str, chance: random.Random, market: Market = POLAND) -> Order:
        """Mostly sales; some of them have equal totals, so that only a reference tells them apart."""
        number = next(self._keys)
        shares = {kind: share for kind, share in _SHARES.items() if not (market.plain and kind in _RICH)}
        if market.cards:
            shares = dict(_CARD_SHARES)
        kind: Kind = chance.choices(tuple(shares), tuple(shares.values()))[0]
        return self._written(number, device, kind, chance, market)

    def float_of_cash(self, device: str, chance: random.Random, market: Market = POLAND) -> Order:
        """Cash in the drawer in the morning, so that cash out is never refused."""
        number = next(self._keys)
        order = self._written(number, device, "cash_in", chance, market)
        order.total += 5000
        order.body["amount"] = f"{order.total:.2f}"
        return order

    def _written(self, number: int, device: str, kind: Kind, chance: random.Random, market: Market) -> Order:
        order = Order(f"crash-{self.seed}-{number}", device, kind, {"op": _OPERATIONS[kind]}, Decimal(0))
        if kind == "receipt":
            order.reference = f"R{self.seed}-{number}"
            order.body, order.total = _sale(order.reference, chance, market)
        elif kind == "invoice":
            order.reference = f"R{self.seed}-{number}"
            order.body, order.total = _invoice(order.reference, chance)
        elif kind == "packaging_return":
            order.total = Decimal("1.00") + Decimal(number).scaleb(-2)
            line = {"kind": "deposit_return", "name": "Butelki", "price": f"{order.total:.2f}"}
            order.body |= {"currency": "PLN", "lines": [line]}
        elif kind == "shift_report":
            # What it comes to is the printer's to say: the name of the shift ties it to its key.
            order.body["shift"] = f"Z{number}"
        elif kind != "drawer":
            # Slips have no reference: an amount that occurs once ties one to its key.
            order.total = Decimal("1.00") + Decimal(number).scaleb(-2)
            order.body |= {"amount": f"{order.total:.2f}", "currency": market.currency}
        self.orders.append(order)
        return order

    def told(self, order: Order, job: dict[str, Any]) -> None:
        """The bridge said this of the order's job."""
        told = {name: value for name, value in job.items() if name not in _PASSING}
        if order.job is not None and told["id"] != order.job:
            self.violation(f"{order}: the same key is job {told['id']} now")
            order.final = None  # the till goes on with what it is told, so that the run comes to its end
        order.job = told["id"]
        if told["device"] != order.device or told["op"] != order.body["op"] or told["reference"] != order.reference:
            self.violation(f"{order}: the job is another operation: {told['device']}, {told['op']}, {told['reference']}")
        if order.final is not None:
            if _amended(order.final, told):
                order.final = told  # the document is the same; its registration or paper went further
            elif told != order.final:
                changed = [name for name in order.final if told.get(name) != order.final[name]]
                first = changed[0] if changed else "?"
                self.violation(
                    f"{order}: was told {order.final['state']}, then {first} changed"
                    f" from {order.final.get(first)!r} to {told.get(first)!r}"
                )
            elif order.final_in is not None and order.final_in < self.cycle:
                self.confirmed_after_kill += 1
        elif told["state"] in ("done", "failed"):
            order.final, order.final_in = told, self.cycle
        order.last = told


def _amended(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether all that differs is what numbered amendments may change, and the older ones are still there."""
    earlier, later = before["amendments"], after["amendments"]
    if len(later) <= len(earlier) or later[: len(earlier)] != earlier:
        return False

    def rest(job: Mapping[str, Any]) -> dict[str, Any]:
        result = {name: value for name, value in (job["result"] or {}).items() if name not in ("registration", "paper")}
        return {**job, "result": result, "amendments": None}

    return rest(before) == rest(after)


def _sale(reference: str, chance: random.Random, market: Market = POLAND) -> tuple[dict[str, Any], Decimal]:
    lines: list[dict[str, Any]] = []
    total = Decimal(0)
    for name, price, vat in chance.sample(market.goods, chance.choice((1, 1, 2, 3))):
        quantity = chance.choice((1, 1, 2))
        line: dict[str, Any] = {"name": name, "quantity": str(quantity), "price": f"{price:.2f}", "vat": vat}
        value = price * quantity
        if chance.random() < 0.2:
            line["discount"] = {"amount": "1.00", "text": "Rabat"}
            value -= 1
        lines.append(line)
        total += value
    ways: tuple[list[dict[str, str]], ...] = (
        [{"kind": "cash", "amount": f"{total + 10:.2f}"}],
        [{"kind": "card", "amount": f"{total:.2f}"}],
        [{"kind": "card", "amount": "1.00"}, {"kind": "cash", "amount": f"{total:.2f}"}],
    )
    body: dict[str, Any] = {
        "op": "receipt",
        "kind": "sale",
        "currency": market.currency,
        "lines": lines,
        "total": f"{total:.2f}",
        "payments": chance.choice(ways),
        "reference": reference,
    }
    if market.attribute:
        body["extras"] = {"ffd": {"user_attribute": {"name": "Заказ", "value": reference}}}
    way = chance.random() if not market.plain else 1.0
    if way < 0.15:
        body["delivery"] = {"paper": chance.random() < 0.3, "edocument": {"id": f"IDZ{reference}"}}
    elif way < 0.3:
        # Packaging both ways for the same sum: what is to be paid stays as it is.
        bottle = {"name": "Butelka", "price": "0.50", "code": "17"}
        body["lines"] = [*lines, {**bottle, "kind": "deposit"}, {**bottle, "kind": "deposit_return"}]
    elif way < 0.4:
        body["extras"] = {"posnet": {"footer": [{"text": "Zapraszamy"}]}}
    return body, total


def _invoice(reference: str, chance: random.Random) -> tuple[dict[str, Any], Decimal]:
    sale, total = _sale(reference, chance)
    lines = [line for line in sale["lines"] if "kind" not in line]
    body = {
        "op": "invoice",
        "currency": "PLN",
        "number": f"FV {reference}",
        "buyer": {"name": "Jan", "ids": [{"type": "nip", "value": "1234563218"}]},
        "lines": lines,
        "total": sale["total"],
        "reference": reference,
    }
    return body, total
