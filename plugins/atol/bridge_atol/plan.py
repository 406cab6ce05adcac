"""A document as the commands that make it, and the intent that is written down before the first of them is sent.

How a request becomes a plan: `sale.py`, `slips.py`. How a plan is carried out: `procedure.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge_ffd.register import CURRENCY, Kind

from bridge.model import Model, Report, Warning_
from bridge.model.base import AnyDecimal
from bridge_atol.commands import Command
from bridge_atol.facts import Facts
from bridge_atol.settings import ZERO

# Names of checkpoints, in the order in which they may come.
ANSWERED = "answered"  # the device's answer to the deciding command
CANCELLING = "cancelling"  # recovery is about to cancel what is open


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the part of the request that it carries. `passes`: errors with which the document goes on without it."""

    command: Command
    field: str | None = None
    passes: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of one document. The last one decides: until it, all can be cancelled.

    `settlement`: 1 sale, 2 its return, 3 purchase, 4 its return, as the FN keeps it; `opens`: the type of the receipt. `sums`: what an
    open receipt comes to after each of its lines. `paper`: false where nothing is printed.
    """

    kind: Kind
    steps: tuple[Step, ...]
    total: Decimal = ZERO
    settlement: int | None = None
    opens: int | None = None
    change: Decimal = ZERO
    paper: bool = True
    report: Report | None = None
    sums: tuple[Decimal, ...] = ()
    warnings: tuple[Warning_, ...] = field(default=())


class Intent(Model):
    """A plan as a checkpoint keeps it: what recovery needs, without the texts. `decides`: code of the deciding command, `task` its
    id in the device's buffer."""

    kind: Kind
    decides: int
    task: int
    total: AnyDecimal
    currency: str = CURRENCY
    settlement: int | None = None
    opens: int | None = None
    change: AnyDecimal = ZERO
    paper: bool = True
    report: Report | None = None
    sums: tuple[AnyDecimal, ...] = ()
    baseline: Facts

    @classmethod
    def of(cls, plan: Plan, baseline: Facts, task: int) -> Intent:
        return cls(
            kind=plan.kind,
            decides=plan.steps[-1].command.code,
            task=task,
            total=plan.total,
            settlement=plan.settlement,
            opens=plan.opens,
            change=plan.change,
            paper=plan.paper,
            report=plan.report,
            sums=plan.sums,
            baseline=baseline,
        )
