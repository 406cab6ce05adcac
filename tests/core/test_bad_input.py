"""Bad input: refused at once, naming the field, and nothing is stored: the same key sells afterwards."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Actor, JobState, RequestError, TaxRate
from tests.core.world import START, TILL, World, in_world, sale


def line(**values: Any) -> dict[str, Any]:
    return sale(lines=[{"name": "Tea", "price": "10.00", "vat": "23%", **values}])


def named(text: str) -> dict[str, Any]:
    return line(name=text)


async def refused(world: World, body: Any, *, key: str | None = "key", device: str = "d1") -> RequestError:
    with pytest.raises(RequestError) as refusal:
        await world.bridge.jobs.submit(TILL, device, key, body)
    return refusal.value


async def sells_with(world: World, key: str) -> None:
    """Nothing was stored: no job, no event, and the key is free."""
    jobs, _ = await world.bridge.jobs.list()
    assert jobs == []
    assert world.bridge.store.database.read("SELECT COUNT(*) AS n FROM events")[0]["n"] == 0
    assert world.devices["d1"].issued == []
    assert (await world.sell(key=key)).success


BAD: dict[str, tuple[Any, str, int, str]] = {
    "sums that disagree": (sale() | {"total": "9.99"}, "request.invalid", 422, "total"),
    "a line that disagrees": (line(total="9.99"), "request.invalid", 422, "lines.0.total"),
    "payments too small": (sale(payments=[{"kind": "cash", "amount": "1.00"}]), "request.invalid", 422, "payments"),
    "an unknown rate": (line(vat="7%"), "request.invalid", 422, "lines.0.vat"),
    "an unknown letter": (line(vat=None, taxes=[{"letter": "X"}]), "request.invalid", 422, "lines.0.taxes.0"),
    "a rate that is none": (line(vat="many"), "request.invalid", 422, "lines.0.taxes.0.rate"),
    "a negative quantity": (line(quantity="-1"), "request.invalid", 422, "lines.0.quantity"),
    "no quantity": (line(quantity="0"), "request.invalid", 422, "lines.0.quantity"),
    "a negative price": (line(price="-1.00"), "request.invalid", 422, "lines.0.price"),
    "too many decimals": (line(price="1.005"), "request.invalid", 422, "lines.0.price"),
    "too many decimals of a quantity": (line(quantity="0.0001"), "request.invalid", 422, "lines.0.quantity"),
    "a number for a price": (line(price=10), "request.invalid", 422, "lines.0.price"),
    "a float for a price": (line(price=10.5), "request.invalid", 422, "lines.0.price"),
    "a number as the server reads it": (line(price=Decimal("10.50")), "request.invalid", 422, "lines.0.price"),
    "a huge exponent": (line(price="1E+30"), "request.invalid", 422, "lines.0.price"),
    "a huge number": (line(price=Decimal("1E+30")), "request.invalid", 422, "lines.0.price"),
    "more digits than money has": (line(price="1" * 16), "request.invalid", 422, "lines.0.price"),
    "a product beyond all money": (
        line(price="999999999999999.99", quantity="999999999999999"),
        "request.invalid",
        422,
        "lines.0.price",
    ),
    "infinity": (line(price="Infinity"), "request.invalid", 422, "lines.0.price"),
    "another script's digits": (line(price="١٠.٠٠"), "request.invalid", 422, "lines.0.price"),
    "STX": (named("a\x02b"), "request.invalid", 422, "lines.0.name"),
    "ETX": (named("a\x03b"), "request.invalid", 422, "lines.0.name"),
    "TAB": (named("a\tb"), "request.invalid", 422, "lines.0.name"),
    "LF": (named("a\nb"), "request.invalid", 422, "lines.0.name"),
    "ESC": (named("a\x1bb"), "request.invalid", 422, "lines.0.name"),
    "DEL": (named("a\x7fb"), "request.invalid", 422, "lines.0.name"),
    "a C1 control": (named("a\x9bb"), "request.invalid", 422, "lines.0.name"),
    "a lone surrogate": (named("a\ud800b"), "request.invalid", 422, "lines.0.name"),
    "a control in the operator": (sale(operator={"name": "A\x02"}), "request.invalid", 422, "operator.name"),
    "a control in the reference": (sale(reference="A\x02"), "request.invalid", 422, "reference"),
    "a control in a discount's text": (
        line(discount={"amount": "1.00", "text": "\x03"}),
        "request.invalid",
        422,
        "lines.0.discount.text",
    ),
    "a control in the original's number": (sale(original={"document": "1\x02"}), "request.invalid", 422, "original.document"),
    "an unknown field": (sale(totl="10.00"), "request.invalid", 422, "totl"),
    "an unknown field of a line": (line(prize="1.00"), "request.invalid", 422, "lines.0.prize"),
    "no lines": (sale(lines=[]), "request.invalid", 422, "lines"),
    "no name": (line(name=""), "request.invalid", 422, "lines.0.name"),
    "both measures of a discount": (
        line(discount={"amount": "1.00", "percent": "5"}),
        "request.invalid",
        422,
        "lines.0.discount",
    ),
    "a currency in small letters": (sale(currency="pln"), "request.invalid", 422, "currency"),
    "another currency": (sale(currency="EUR"), "request.unsupported", 422, "currency"),
    "an unknown operation": ({"op": "receit"}, "request.invalid", 422, "op"),
    "no operation": ({"lines": []}, "request.invalid", 422, "op"),
    "an operation that is a number": ({"op": 5}, "request.invalid", 422, "op"),
    "an operation that this device lacks": ({"op": "report.x"}, "request.unsupported", 422, "op"),
    "a receipt kind that it lacks": (sale(kind="refund"), "request.unsupported", 422, "kind"),
    "a line kind that it lacks": (line(kind="deposit"), "request.unsupported", 422, "lines.0.kind"),
    "a payment kind that it lacks": (
        sale(payments=[{"kind": "voucher", "amount": "10.00"}]),
        "request.unsupported",
        422,
        "payments.0.kind",
    ),
    "a body that is a list": ([], "request.invalid", 422, ""),
    "a past deadline": (sale(deadline=(START - timedelta(seconds=1)).isoformat()), "request.invalid", 422, "deadline"),
    "a far deadline": (sale(deadline=(START + timedelta(days=2)).isoformat()), "request.invalid", 422, "deadline"),
    "the end of time": (sale(deadline="9999-12-31T23:59:59-12:00"), "request.invalid", 422, "deadline"),
    "a deadline without a zone": (sale(deadline="2026-11-20T10:00:00"), "request.invalid", 422, "deadline"),
    "a retry of nothing": (sale(retry_of="01ARZ3NDEKTSV4RRFFQ69G5FAV"), "request.invalid", 422, "retry_of"),
    "a payment with too many decimals": (
        {"op": "payment.purchase", "amount": "1.001", "currency": "PLN"},
        "request.invalid",
        422,
        "amount",
    ),
    "a payment of nothing": ({"op": "payment.purchase", "amount": "0.00", "currency": "PLN"}, "request.invalid", 422, "amount"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_naming_the_field_and_its_key_stays_free(tmp_path: Path, case: str) -> None:
    body, code, status, field = BAD[case]

    async def story(world: World) -> None:
        await world.settle()
        refusal = await refused(world, body)
        assert (refusal.code, refusal.status) == (code, status)
        assert refusal.errors[0].field == field
        problem = refusal.problem()
        assert problem["code"] == code
        assert len(str(problem)) < 2000
        await sells_with(world, "key")

    in_world(tmp_path, story)


def test_two_letters_for_one_rate_are_refused_naming_both_and_one_named_sells(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        refusal = await refused(world, sale())
        assert (refusal.code, refusal.errors[0].field) == ("request.invalid", "lines.0.vat")
        assert "A and C" in refusal.detail
        with_letter = line(vat=None, taxes=[{"letter": "C"}])
        assert (await world.sell(with_letter, key="key")).success

    async def main(world: World) -> None:
        world.family.taxes = tuple(TaxRate(letter=letter, percent=Decimal(23)) for letter in "AC")
        await world.restart()
        await story(world)

    in_world(tmp_path, main)


def test_an_unknown_device_is_refused_naming_those_there_are(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        refusal = await refused(world, sale(), device="d9")
        assert (refusal.code, refusal.status, refusal.errors[0].limit) == ("request.not_found", 404, "d1")
        await sells_with(world, "key")

    in_world(tmp_path, story)


@pytest.mark.parametrize(
    ("key", "code", "status"),
    [
        (None, "request.key_missing", 400),
        ("", "request.key_missing", 400),
        ("  ", "request.key_missing", 400),
        ("k" * 201, "request.invalid", 422),
        ("a\nb", "request.invalid", 422),
        ("klíč", "request.invalid", 422),
    ],
)
def test_a_key_that_is_none_is_refused(tmp_path: Path, key: str | None, code: str, status: int) -> None:
    async def story(world: World) -> None:
        await world.settle()
        refusal = await refused(world, sale(), key=key)
        assert (refusal.code, refusal.status, refusal.errors[0].field) == (code, status, "Idempotency-Key")
        await sells_with(world, "k" * 200)

    in_world(tmp_path, story)


def test_a_retry_of_a_job_that_may_still_succeed_is_refused_and_of_a_failed_one_is_taken(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        await world.settle()
        device.gate = asyncio.Event()
        device.refuse = "77"
        first = await world.sell(wait=1)
        assert first.state is JobState.RUNNING
        refusal = await refused(world, sale(retry_of=first.id))
        assert (refusal.code, refusal.status, refusal.extra["job"]) == ("request.conflict", 409, first.id)
        device.gate.set()
        assert (await world.bridge.jobs.wait(first.id, 10)).state is JobState.FAILED
        device.refuse = None
        again = await world.sell(sale(retry_of=first.id), key="key")
        assert (again.success, again.retry_of) == (True, first.id)

    in_world(tmp_path, story)


def test_ten_thousand_bad_lines_get_a_short_answer(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        bad = {"name": "Tea", "price": "x", "quantity": "-1", "vat": "23%"}
        refusal = await refused(world, sale(lines=[bad] * 10_000))
        assert len(refusal.errors) == 20
        assert "19997 more" in refusal.detail
        assert len(str(refusal.problem())) < 10_000
        strange = await refused(world, {**sale(), "f" * 100_000: 1})
        assert len(str(strange.problem())) < 2000
        unknown = await refused(world, {"op": "o" * 100_000})
        assert len(str(unknown.problem())) < 2000
        await sells_with(world, "key")

    in_world(tmp_path, story)


def test_one_principals_key_is_free_for_another(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        first = await world.sell(key="one")
        job = await world.bridge.jobs.submit(Actor(principal="shop"), "d1", "one", sale("11.00"))
        assert job.id != first.id
        assert (await world.bridge.jobs.wait(job.id, 10)).success

    in_world(tmp_path, story)


def test_a_check_that_raises_is_the_plugins_error_and_stores_nothing(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.family.raise_in.add("check")
        refusal = await refused(world, sale())
        assert (refusal.code, refusal.status) == ("plugin.error", 500)
        world.family.raise_in.clear()
        await sells_with(world, "key")

    in_world(tmp_path, story)


def test_a_check_that_raises_after_a_restart_does_not_keep_the_bridge_from_starting(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        device = world.devices["d1"]
        device.off = True
        device.cut()
        job = await world.sell(wait=1)
        await world.crash()
        device.off = False
        world.family.raise_in.add("check")
        await world.start()
        assert (await world.bridge.jobs.wait(job.id, 60)).success

    in_world(tmp_path, story)
