"""Many campaigns of a family, variant by variant, and what became of them."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.harness.bench import FamilyBench
from tests.harness.campaign.plan import Plan, draw
from tests.harness.campaign.play import Report, play
from tests.harness.campaign.shrink import shrink


@dataclass(slots=True)
class Sum:
    """Of all campaigns of one bench. `wrong`: each violation with its campaign, made small."""

    family: str
    campaigns: int = 0
    operations: int = 0
    struck: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    by_hand: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Plan]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, report: Report) -> None:
        self.campaigns += 1
        self.operations += report.operations
        self.struck += report.struck
        self.verdicts += report.verdicts
        self.by_hand += report.by_hand
        self.codes += report.codes
        self.seconds += report.seconds

    def lines(self) -> Iterator[str]:
        yield (
            f"{self.family}: {self.campaigns} campaigns, {self.operations} operations, {self.struck.total()} faults,"
            f" {len(self.wrong)} wrong, {self.seconds:.0f} s"
        )
        yield f"  faults: {_counted(self.struck)}"
        yield f"  verdicts: {_counted(self.verdicts)}; by hand: {self.by_hand.total()}"
        yield f"  failed: {_counted(self.codes)}"
        for reason, count in self.by_hand.most_common():
            yield f"    {count:6}  {reason}"
        for violation, plan in self.wrong:
            yield f"  WRONG: {violation}"
            yield f"    {plan}"


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counter.most_common())


def played(plan: Plan) -> Report:
    """A plugin or host that raises is a violation, not the end of the run."""
    try:
        return play(plan)
    except Exception as error:  # the other campaigns must still be played
        return Report(f"{type(error).__name__}: {error}")


def plans_of(bench: FamilyBench, campaigns: int, seed: int, variants: Sequence[str] = ()) -> Iterator[Plan]:
    """Half of them of the ordinary variant, the rest of the others in turn; of `variants` alone where some are named."""
    known = [variant for variant in bench.variants() if not variants or variant.name in variants]
    for number in range(campaigns):
        variant = known[0 if number % 2 == 0 or len(known) == 1 else 1 + number // 2 % (len(known) - 1)]
        yield draw(bench, variant, seed + number)


def run(
    bench: FamilyBench, campaigns: int, seed: int, variants: Sequence[str] = (), *, tries: int = 300, seconds: float | None = None
) -> Sum:
    """`tries`: how many smaller campaigns are played for each that goes wrong; `seconds`: none is begun behind them."""
    logging.disable(logging.CRITICAL)
    begun = time.perf_counter()
    try:
        total = Sum(bench.name)
        for plan in plans_of(bench, campaigns, seed, variants):
            if seconds is not None and time.perf_counter() - begun > seconds:
                break
            report = played(plan)
            total.add(report)
            if report.violation is not None:
                small = shrink(plan, lambda other: played(other).violation is not None, tries)
                total.wrong.append((played(small).violation or report.violation, small))
        return total
    finally:
        logging.disable(logging.NOTSET)
