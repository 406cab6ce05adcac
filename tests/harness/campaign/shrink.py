"""A campaign that went wrong, made small: fewer operations, fewer faults, simpler ones, as long as it still goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.harness.campaign.plan import Plan, Step


def shrink(plan: Plan, still_wrong: Callable[[Plan], bool], tries: int = 300) -> Plan:
    """Greedy: the first simpler plan that still goes wrong is gone on with."""
    while True:
        for simpler in _simpler(plan):
            tries -= 1
            if tries < 0:
                return plan
            if still_wrong(simpler):
                plan = simpler
                break
        else:
            return plan


def _simpler(plan: Plan) -> Iterator[Plan]:
    steps = plan.steps
    size = len(steps) // 2
    while size:
        for start in range(0, len(steps), size):
            yield replace(plan, steps=steps[:start] + steps[start + size :])
        size //= 2
    for index, step in enumerate(steps):
        for other in _simpler_steps(step):
            yield replace(plan, steps=(*steps[:index], other, *steps[index + 1 :]))


def _simpler_steps(step: Step) -> Iterator[Step]:
    for index in range(len(step.faults)):
        yield replace(step, faults=step.faults[:index] + step.faults[index + 1 :])
    for plain in ({"at_once": False}, {"pause": 0.0}, {"recheck": False}, {"pick": 0}):
        simpler = replace(step, **plain)  # type: ignore[arg-type]
        if simpler != step:
            yield simpler
    for index, fault in enumerate(step.faults):
        if fault.what in ("restart", "power") and fault.when != "seconds":
            plain_cut = replace(fault, what="reconnect", lasts=0.0)
            yield replace(step, faults=(*step.faults[:index], plain_cut, *step.faults[index + 1 :]))
