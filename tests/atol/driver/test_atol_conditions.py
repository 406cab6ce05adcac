"""What stops a register from selling: told by its status beforehand where it can be, and by one uniform error with a remedy then,
in English and in Russian.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from atol_bench import other, sale
from atol_register_bench import AtolRegisterBench, opened

from bridge.transport import run_virtual
from tests.russian import assert_told

SALE: dict[str, Any] = {"lines": [{"name": "Хлеб", "price": "50.00", "vat": "10%"}], "payments": [], "extras": {}}
DAY = 86_400.0


def test_a_shift_of_24_hours_is_told_and_takes_nothing_but_its_z_report() -> None:
    async def scenario() -> None:
        bench = await opened()
        assert await bench.problems() == ""
        await asyncio.sleep(DAY + 60)
        assert "open for more than 24 hours" in await bench.problems()
        assert_told(await bench.run(sale(**SALE)), "device.shift_expired")
        assert bench.issued("receipt") == []
        assert (await bench.run(other("shift.close"))).state == "done"
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_shift_that_ends_its_24_hours_while_the_receipt_is_open_is_told_too() -> None:
    """What was asked beforehand does not show it: the register refuses the next command."""

    async def scenario() -> None:
        bench = await opened()
        bench.register.faults.arm({"fault": "hold", "command": "EB", "step": "after", "seconds": 20})
        await asyncio.sleep(DAY - 10)
        assert_told(await bench.run(sale(**SALE)), "device.shift_expired", "88h")
        assert bench.register.memory.receipt is None
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("days", "word"), [(29, "ends in 29 days"), (2, "within three days")])
def test_the_end_of_the_fn_is_told_from_thirty_days_before(days: int, word: str) -> None:
    async def scenario() -> None:
        bench = await opened(fn_days=days)
        assert word in await bench.problems()
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
        error = assert_told(await bench.run(sale(**SALE)), "device.memory_full", "D7h")
        assert "replaced" in error.remedy
        assert "life of the fiscal storage is over" in await bench.problems()
        assert (await bench.run(other("shift.close"))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_full_fn_is_told_before_and_then() -> None:
    async def scenario() -> None:
        bench = await opened(fn_capacity=4)
        assert (await bench.run(sale(**SALE))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        assert "memory is nearly full" in await bench.problems()
        assert_told(await bench.run(sale(**SALE)), "device.memory_full", "D8h")
        await bench.close()

    run_virtual(scenario())


def test_documents_that_the_operator_does_not_get_are_told_and_stop_the_sale_after_thirty_days() -> None:
    async def scenario() -> None:
        bench = await opened(ofd="unreachable")
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.run(other("shift.close"))
        await asyncio.sleep(10 * DAY)
        assert "wait for the operator (OFD)" in await bench.problems()
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.run(other("shift.close"))
        await asyncio.sleep(21 * DAY)
        error = assert_told(await bench.run(other("shift.open")), "device.rejected", "E9h")
        assert "operator" in error.remedy
        bench.register.switch({"ofd": "reachable"})
        bench.register.on_hand()
        assert (await bench.run(other("shift.open"))).state == "done"
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize(("minutes", "told"), [(4, ""), (20, "20 minutes ahead of"), (-20, "20 minutes behind")])
def test_a_clock_that_differs_from_the_computers_is_told_before_anything_is_refused(minutes: int, told: str) -> None:
    async def scenario() -> None:
        bench = await opened()
        bench.register.clock_shift = timedelta(minutes=minutes, seconds=10 if minutes > 0 else -10)
        said = await bench.problems()
        assert told in said
        assert ("clock of the device" in said) is bool(told)
        await bench.close()

    run_virtual(scenario())


def test_a_clock_that_stands_before_the_last_document_is_refused_with_its_remedy() -> None:
    async def scenario() -> None:
        bench = await opened()
        assert (await bench.run(sale(**SALE))).state == "done"
        bench.register.clock_shift = timedelta(minutes=-20)
        error = assert_told(await bench.run(sale(**SALE)), "device.clock", "D9h")
        assert "clock" in error.remedy
        bench.register.clock_shift = timedelta(0)
        assert (await bench.run(sale(**SALE))).state == "done"
        await bench.close()

    run_virtual(scenario())


def test_a_closed_shift_is_told_in_both_languages() -> None:
    async def scenario() -> None:
        bench = AtolRegisterBench()
        assert_told(await bench.run(sale(**SALE)), "device.shift_closed")
        assert_told(await bench.run(other("shift.close")), "device.shift_closed")
        await bench.run(other("shift.open"))
        assert_told(await bench.run(other("shift.open")), "request.conflict")
        assert_told(await bench.run(other("clock.set")), "request.conflict")
        await bench.close()

    run_virtual(scenario())
