"""One uniform receipt through every family that prints fiscal ones; what a family cannot do is refused before any byte.

The form is the same but for what countries have of their own: the currency and the names of their VAT rates.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge.jobs.bridge import Bridge
from bridge.model import Actor, RequestError
from bridge.plugin import PluginRegistry
from bridge.transport import Direction, LinkOpener, LoopClock, NullModemBoard, run_virtual
from tests.harness.bench import DeviceUnderTest
from tests.harness.benches import bench_named
from tests.harness.cable import START
from tests.toys.cables import TestCable

ACTOR = Actor(principal="test")


@dataclass(frozen=True, slots=True)
class Country:
    """What of the form is its own. `usual`: the rate of most goods, `lower`: that of food."""

    currency: str
    usual: str
    lower: str


COUNTRIES = {
    "atol": Country("RUB", "22%", "10%"),
    "atol-v2": Country("RUB", "22%", "10%"),
    "atol-web": Country("RUB", "22%", "10%"),
    "posnet": Country("PLN", "23%", "5%"),
    "shtrih-m": Country("RUB", "22%", "10%"),
    "shtrih-m-tcp": Country("RUB", "22%", "10%"),
    "shtrih-m-v2": Country("RUB", "22%", "10%"),
}
FAMILIES = sorted(COUNTRIES)


def receipt(country: Country, **more: Any) -> dict[str, Any]:
    """Two lines, a quantity in kilograms, a discount on a line and one on the whole, two payments, change, a cashier."""
    return {
        "op": "receipt",
        "kind": "sale",
        "currency": country.currency,
        "reference": "A-7",
        "lines": [
            {"name": "Bread", "quantity": "2", "price": "4.50", "total": "9.00", "vat": country.lower},
            {
                "name": "Coffee",
                "quantity": "0.250",
                "unit": "kg",
                "price": "80.00",
                "total": "18.00",
                "vat": country.usual,
                "discount": {"amount": "2.00", "text": "Rebate"},
            },
        ],
        "discount": {"amount": "1.00"},
        "total": "26.00",
        "payments": [{"kind": "card", "amount": "10.00"}, {"kind": "cash", "amount": "20.00"}],
        "change": [{"kind": "cash", "amount": "4.00"}],
        "operator": {"name": "Anna"},
        **more,
    }


@dataclass(slots=True)
class Shop:
    """A bridge with one device, which has answered once."""

    bridge: Bridge
    device: DeviceUnderTest
    name: str

    def bytes_sent(self) -> int:
        log = self.bridge.devices.runtimes["till"].wire_log
        assert log is not None
        return sum(len(entry.data) for entry in log.entries() if entry.direction is Direction.OUT)

    async def sell(self, key: str, body: Mapping[str, Any]) -> Any:
        job = await self.bridge.jobs.submit(ACTOR, "till", key, dict(body))
        return await self.bridge.jobs.wait(job.id, 100)


def at(name: str, directory: Path, scenario: Callable[[Shop], Awaitable[None]]) -> None:
    """Play this in a shop with a device of that bench."""

    async def play() -> None:
        bench = bench_named(name)
        variant = bench.variants()[0]
        clock = LoopClock(START)
        device = bench.create(variant, clock.now)
        registry = PluginRegistry()
        for plugin, entry in bench.plugins():
            registry.add(plugin, entry)
        board = NullModemBoard()
        cable = TestCable()
        board.plug(bench.name, lambda wire_log: device.open(cable, wire_log))
        bridge = await Bridge.open(directory, registry=registry, clock=clock, opener=LinkOpener(board), inline=True)
        await bridge.start()
        try:
            form = {"family": bench.family, "url": f"null://{bench.name}", "settings": bench.settings(variant)}
            await bridge.devices.configure(ACTOR, "till", form)
            await scenario(Shop(bridge, device, name))
        finally:
            await bridge.stop()

    run_virtual(play())


@pytest.mark.parametrize("family", FAMILIES)
def test_one_receipt_goes_through_every_family(tmp_path: Path, family: str) -> None:
    async def scenario(shop: Shop) -> None:
        job = await shop.sell("1", receipt(COUNTRIES[family]))
        assert (job.state, job.success) == ("done", True), job.error
        document = job.result.document
        assert (str(document.total), document.fiscal, job.result.paper) == ("26.00", True, "printed")
        assert document.number
        assert document.issued_at is not None
        assert job.reference == "A-7"
        own = [truth for truth in shop.device.documents() if truth.own and truth.kind == "receipt"]
        assert [str(truth.total) for truth in own] == ["26.00"]
        assert shop.device.left_open() is None

    at(family, tmp_path, scenario)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_preview_of_it_sends_nothing_and_has_its_total(tmp_path: Path, family: str) -> None:
    async def scenario(shop: Shop) -> None:
        await shop.sell("1", receipt(COUNTRIES[family]))
        before = shop.bytes_sent()
        preview = await shop.bridge.jobs.preview("till", receipt(COUNTRIES[family]))
        assert preview.totals is not None
        assert str(preview.totals.due) == "26.00"
        assert preview.text is not None
        assert "Coffee" in preview.text
        assert shop.bytes_sent() == before

    at(family, tmp_path, scenario)


NAME_TOO_LONG = {"lines": [{"name": "x" * 250, "price": "26.00"}]}
NOT_IN_ITS_CODE_PAGE = {"lines": [{"name": "咖啡", "price": "26.00"}]}

# What one family can do another cannot: each row with the field that the refusal names.
CANNOT: list[tuple[str, str, Mapping[str, Any], str]] = [
    ("all", "a name of 250 characters", NAME_TOO_LONG, "lines.0.name"),
    ("all", "letters that it cannot show", NOT_IN_ITS_CODE_PAGE, "lines.0.name"),
    ("all", "another currency", {"currency": "EUR"}, "currency"),
    ("all", "a total that does not add up", {"total": "27.00"}, "total"),
    ("posnet", "a purchase from the customer", {"kind": "purchase"}, "kind"),
    ("posnet", "a correction", {"kind": "correction"}, "kind"),
    ("shtrih-m", "packaging", {"lines": [{"name": "Bottle", "price": "26.00", "kind": "deposit"}]}, "lines.0.kind"),
    ("shtrih-m", "an electronic document of Poland", {"delivery": {"edocument": {"id": "48501234567"}}}, "delivery.edocument"),
    ("shtrih-m", "no paper and nowhere to send it", {"delivery": {"paper": False}}, "delivery"),
    (
        "shtrih-m",
        "euros in a receipt",
        {"payments": [{"kind": "cash", "amount": "26.00", "foreign": {"currency": "EUR", "amount": "1.00", "rate": "26.00"}}]},
        "payments.0.foreign",
    ),
    ("atol", "packaging", {"lines": [{"name": "Bottle", "price": "26.00", "kind": "deposit"}]}, "lines.0.kind"),
    ("atol", "an electronic document of Poland", {"delivery": {"edocument": {"id": "48501234567"}}}, "delivery.edocument"),
    ("atol", "no paper and nowhere to send it", {"delivery": {"paper": False}}, "delivery"),
    ("atol-web", "packaging", {"lines": [{"name": "Bottle", "price": "26.00", "kind": "deposit"}]}, "lines.0.kind"),
    ("atol-web", "a strict form", {"extras": {"ffd": {"strict_form": True}}}, "extras.ffd.strict_form"),
]


@pytest.mark.parametrize(
    ("family", "more", "field"),
    [
        pytest.param(family, more, field, id=f"{family}: {what}")
        for whose, what, more, field in CANNOT
        for family in FAMILIES
        if whose in ("all", family)
    ],
)
def test_what_a_family_cannot_do_is_refused_before_any_byte(
    tmp_path: Path, family: str, more: Mapping[str, Any], field: str
) -> None:
    async def scenario(shop: Shop) -> None:
        country = COUNTRIES[family]
        await shop.sell("1", receipt(country))
        before = shop.bytes_sent()
        body = receipt(country, **more)
        if "lines" in more:
            body["lines"] = [{"vat": country.usual, **line} for line in more["lines"]]
            for name in ("discount", "change"):
                del body[name]
            body["payments"] = [{"kind": "cash", "amount": "26.00"}]
        elif "payments" in more:
            del body["change"]
        with pytest.raises(RequestError) as refused:
            await shop.bridge.jobs.submit(ACTOR, "till", "2", {**body, "reference": "A-8"})
        assert [error.field for error in refused.value.errors if error.field.startswith(field)], refused.value.errors
        assert shop.bytes_sent() == before
        # The key is free: the same one sells what can be sold.
        job = await shop.sell("2", receipt(country, reference="A-8"))
        assert job.success

    at(family, tmp_path, scenario)
