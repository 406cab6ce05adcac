"""Payments in doubt, for the tests of recovery: a snapshot and a payment that has begun, rounds of questions, and a whole play."""

from __future__ import annotations

from typing import Any

from zvt_bench import (
    DONE,
    OK,
    READINESS,
    READY,
    REPEAT,
    Bench,
    Device,
    Job,
    Outcome,
    Says,
    Step,
    Till,
    purchase,
    result,
    run_of,
    says,
    snapshot,
)

from bridge.model import Operation
from bridge.transport import run_virtual

SALE = "06 01 0A 04 00 00 00 00 12 34 49 09 78"
PAID = result()
REVERSED = result(receipt="0043", trace="000124", time="101530", original="000123")
BUSY = "84 9C 00"
SPENDING = ("06 01", "06 22", "06 23", "06 24", "06 25", "06 30", "06 31", "06 50")


def begun(command: str = SALE) -> list[Step]:
    """The snapshot before, and a payment that the terminal has accepted."""
    return [*snapshot(), Till(command), Says(OK), *says("04 FF 01 0A")]


def looks(*records: str | None) -> list[Step]:
    """Rounds of recovery on one link: the terminal is ready, and shows this (None: nothing)."""
    steps: list[Step] = []
    for record in records:
        steps += run_of(READINESS, READY)
        steps += run_of(REPEAT, *((record,) if record is not None else ()), DONE)
    return steps


def play(
    steps: list[Step], wanted: Operation | None = None, *, shared: bool = False, job: str = "JOB1", **settings: Any
) -> tuple[Outcome, Device, list[str]]:
    async def scenario() -> tuple[Outcome, Device, list[str]]:
        bench = Bench(steps, shared=shared, **settings)
        outcome = await bench.run(wanted or purchase(), Job(bench.device, job))
        await bench.disconnect()
        heard = [sent for sent in bench.terminal.heard if sent.startswith(SPENDING)]
        return outcome, bench.device, heard

    return run_virtual(scenario())  # type: ignore[no-any-return]
