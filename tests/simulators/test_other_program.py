"""Another program at a device, whatever it sends: it sells one receipt after the other, when the device is free."""

from __future__ import annotations

import asyncio
from decimal import Decimal

from bridge_simulators.other_program import OtherProgram
from posnet_host import in_virtual_time


class Program(OtherProgram):
    """Writes down what it does; the device looks again after each receipt, as real ones do."""

    goods = "cable ties"

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.is_free = True
        self.refuses = False
        self.open: Decimal | None = None

    def free(self) -> bool:
        return self.is_free and self.open is None

    def begin(self, total: Decimal) -> bool:
        if self.refuses:
            return False
        self.open = total
        self.done.append(f"begin {total}")
        self.look()
        return True

    def finish(self) -> None:
        if self.open is not None:
            self.done.append(f"finish {self.open}")
            self.open = None
            self.look()


def test_it_sells_at_once_and_in_order_where_the_device_is_free() -> None:
    program = Program()
    program.wants(Decimal("3.00"), 0)
    program.wants(None, 0)
    assert program.done == ["begin 3.00", "finish 3.00", "begin 1.00", "finish 1.00"]


def test_it_waits_until_the_device_is_free() -> None:
    program = Program()
    program.is_free = False
    program.wants(Decimal("3.00"), 0)
    program.wants(Decimal("4.00"), 0)
    assert program.done == []
    program.is_free = True
    program.look()
    assert program.done == ["begin 3.00", "finish 3.00", "begin 4.00", "finish 4.00"]


def test_what_the_device_refuses_it_gives_up_with_all_that_it_still_wanted() -> None:
    program = Program()
    program.is_free = False
    program.wants(Decimal("3.00"), 0)
    program.wants(Decimal("4.00"), 0)
    program.is_free, program.refuses = True, True
    program.look()
    program.refuses = False
    program.look()
    assert program.done == []


def test_a_receipt_that_is_held_open_is_finished_later_and_the_next_one_follows() -> None:
    async def scenario() -> None:
        program = Program()
        program.wants(Decimal("3.00"), 5)
        program.wants(Decimal("4.00"), 0)
        assert program.done == ["begin 3.00"]
        await asyncio.sleep(6)
        assert program.done == ["begin 3.00", "finish 3.00", "begin 4.00", "finish 4.00"]

    in_virtual_time(scenario())


def test_without_power_its_receipt_stays_open_and_it_tries_again_later() -> None:
    async def scenario() -> None:
        program = Program()
        program.wants(Decimal("3.00"), 5)
        program.wants(Decimal("4.00"), 0)
        program.power_off()
        await asyncio.sleep(6)
        assert (program.done, program.open) == (["begin 3.00"], Decimal("3.00"))
        program.open = None
        program.look()
        assert program.done == ["begin 3.00", "begin 4.00", "finish 4.00"]

    in_virtual_time(scenario())
