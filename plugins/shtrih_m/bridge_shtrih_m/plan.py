"""A document as the commands that make it, and the intent that is written down before the first of them is sent.

How a request becomes a plan: `sale.py`, `correction.py`, `classic.py`, `slips.py`. How a plan is carried out: `procedure.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge_ffd.register import CURRENCY, Kind

from bridge.model import Model, Report, Warning_
from bridge.model.base import AnyDecimal
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.facts import Facts
from bridge_shtrih_m.settings import ZERO

# Names of checkpoints, in the order in which they may come.
DECIDING = "deciding"  # where others use the device: the number of the deciding command (v2)
ANSWERED = "answered"  # the device's answer to the deciding command
CANCELLING = "cancelling"  # recovery is about to cancel what is open

TELLS_NUMBER = frozenset((0xFF45, 0xFF4A, 0xFF43, 0xFF0B))
"""Deciding commands whose answer has the number and sign of the document."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the part of the request that it carries."""

    command: Command
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of one document. The last one decides: until it, all can be cancelled.

    `settlement`: 1 sale, 2 its return, 3 purchase, 4 its return, as the FN keeps it. `paper`: false where the device is told not
    to print the document. `sums`: what an open receipt comes to after each of its lines. `online`: the
    document goes to the operator (OFD).
    """

    kind: Kind
    steps: tuple[Step, ...]
    total: Decimal = ZERO
    settlement: int | None = None
    change: Decimal = ZERO
    paper: bool = True
    report: Report | None = None
    sums: tuple[Decimal, ...] = ()
    online: bool = True
    warnings: tuple[Warning_, ...] = field(default=())


class Intent(Model):
    """A plan as a checkpoint keeps it: what recovery needs, without the texts. `decides`: code of the deciding command."""

    kind: Kind
    decides: int
    total: AnyDecimal
    currency: str = CURRENCY
    settlement: int | None = None
    change: AnyDecimal = ZERO
    paper: bool = True
    report: Report | None = None
    sums: tuple[AnyDecimal, ...] = ()
    online: bool = True
    baseline: Facts

    @classmethod
    def of(cls, plan: Plan, baseline: Facts) -> Intent:
        return cls(
            kind=plan.kind,
            decides=plan.steps[-1].command.code,
            total=plan.total,
            settlement=plan.settlement,
            change=plan.change,
            paper=plan.paper,
            report=plan.report,
            sums=plan.sums,
            online=plan.online,
            baseline=baseline,
        )
