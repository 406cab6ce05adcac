"""What stops a register from selling: told by its status beforehand where it can be, and by one uniform error with a remedy then,
in English and in Russian.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from bridge_ffd.marking_check import verdict
from register_bench import RegisterBench
from shtrih_bench import other, sale

from bridge.transport import run_virtual
from tests.russian import CYRILLIC, assert_told

SALE: dict[str, Any] = {"lines": [{"name": "Хлеб", "price": "50.00", "vat": "10%"}], "payments": [], "extras": {}}
DAY = 86_400.0


async def opened(**register: Any) -> RegisterBench:
    bench = RegisterBench(**register)
    assert (await bench.run(other("shift.open"))).state == "done"
    return bench


async def problems(bench: RegisterBench) -> str:
    assert bench.driver is not None
    return " ".join((await bench.driver.status()).problems)


def test_a_shift_of_24_hours_is_told_and_takes_nothing_but_its_z_report() -> None:
    async def scenario() -> None:
        bench = await opened()
        await asyncio.sleep(DAY + 60)
        assert "open for more than 24 hours" in await problems(bench)
        assert_told(await bench.run(sale(**SALE)), "device.shift_expired")
        assert_told(await bench.run(other("cash.in", amount="5.00", currency="RUB")), "device.shift_expired")
        assert bench.issued("receipt") == []
        assert (await bench.run(other("shift.close"))).state == "done"
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_shift_that_ends_its_24_hours_while_the_receipt_is_open_is_told_too() -> None:
    """The mode of an open receipt does not show it: the FN refuses the end."""

    async def scenario() -> None:
        bench = await opened()
        bench.register.faults.arm({"fault": "hold", "command": "FF46", "step": "after", "seconds": 20})
        await asyncio.sleep(DAY - 10)
        outcome = await bench.run(sale(**SALE))
        assert_told(outcome, "device.shift_expired", "4Eh")
        assert bench.register.memory.receipt is None
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("days", "word"), [(29, "ends in 29 days"), (2, "within three days")])
def test_the_end_of_the_fn_is_told_from_thirty_days_before(days: int, word: str) -> None:
    async def scenario() -> None:
        bench = await opened(fn_days=days)
        assert word in await problems(bench)
        assert bench.driver is not None
        assert (await bench.driver.status()).fiscal_memory == "low"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_an_fn_whose_life_is_over_sells_nothing_and_says_what_to_do() -> None:
    async def scenario() -> None:
        bench = await opened(fn_days=1)
        await asyncio.sleep(DAY - 7200)
        assert (await bench.run(other("shift.close"))).state == "done"
        assert (await bench.run(other("shift.open"))).state == "done"
        await asyncio.sleep(7200 + 60)
        error = assert_told(await bench.run(sale(**SALE)), "device.memory_full", "05h")
        assert "replaced" in error.remedy
        assert "life of the fiscal storage is over" in await problems(bench)
        assert (await bench.run(other("shift.close"))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_full_fn_is_told_before_and_then() -> None:
    async def scenario() -> None:
        bench = await opened(fn_capacity=4)
        assert (await bench.run(sale(**SALE))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        assert "memory is nearly full" in await problems(bench)
        assert_told(await bench.run(sale(**SALE)), "device.memory_full", "06h")
        await bench.close()

    run_virtual(scenario())


def test_documents_that_the_operator_does_not_get_are_told_and_stop_the_sale_after_thirty_days() -> None:
    async def scenario() -> None:
        bench = await opened(ofd="unreachable")
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.run(other("shift.close"))
        await asyncio.sleep(10 * DAY)
        assert "wait for the operator (OFD)" in await problems(bench)
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.run(other("shift.close"))
        await asyncio.sleep(21 * DAY)
        error = assert_told(await bench.run(other("shift.open")), "device.sale_blocked", "15h")
        assert "operator" in error.remedy
        bench.register.switch({"ofd": "reachable"})
        bench.register.on_hand()
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_clock_that_differs_from_the_fns_is_told_with_its_remedy_until_a_sale_goes_through() -> None:
    async def scenario() -> None:
        bench = await opened()
        bench.register.faults.arm({"fault": "refuse", "command": "FF45", "code": 0x17})
        error = assert_told(await bench.run(sale(**SALE)), "device.clock", "17h")
        assert "clock" in error.remedy
        assert "clock differs too much" in await problems(bench)
        assert (await bench.run(sale(**SALE))).state == "done"
        assert "clock differs" not in await problems(bench)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("minutes", "told"), [(4, ""), (20, "20 minutes ahead of"), (-20, "20 minutes behind")])
def test_a_clock_that_differs_from_the_computers_is_told_before_anything_is_refused(minutes: int, told: str) -> None:
    async def scenario() -> None:
        bench = await opened()
        assert bench.driver is not None
        bench.register.clock_shift = timedelta(minutes=minutes, seconds=10 if minutes > 0 else -10)
        said = await problems(bench)
        assert told in said
        assert ("clock of the device" in said) is bool(told)
        await bench.close()

    run_virtual(scenario())


def test_a_closed_shift_is_told_in_both_languages() -> None:
    async def scenario() -> None:
        bench = RegisterBench()
        assert_told(await bench.run(sale(**SALE)), "device.shift_closed")
        assert_told(await bench.run(other("shift.close")), "device.shift_closed")
        await bench.run(other("shift.open"))
        assert_told(await bench.run(other("shift.open")), "request.conflict")
        assert_told(await bench.run(other("clock.set")), "request.conflict")
        await bench.close()

    run_virtual(scenario())


def test_goods_that_must_not_be_sold_are_told_in_both_languages() -> None:
    async def scenario() -> None:
        bench = await opened(marking="negative")
        line = {**SALE["lines"][0], "marking": {"code_b64": "MDEwNDYwNjIwMzEwMzM0ODIxNWFiY2RlHTkxRUUwNh05Mnh5eg=="}}
        assert_told(await bench.run(sale(**{**SALE, "lines": [line]})), "device.rejected")
        await bench.close()

    run_virtual(scenario())


def test_every_verdict_of_a_marking_check_is_told_in_russian_too() -> None:
    checks = [
        verdict(result=result, local_result=local, request_code=request, ism_status=status)
        for result in (None, 0, 1, 3, 5, 7, 15)
        for local in (0, 1, 3)
        for request in (None, 0, 2)
        for status in (None, 1, 2, 3)
    ]
    assert len({check.text for check in checks}) == len({check.russian for check in checks}) == 7
    assert all(CYRILLIC.search(check.russian) and not CYRILLIC.search(check.text) for check in checks)
