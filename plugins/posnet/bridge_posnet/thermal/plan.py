"""A document as the commands that make it, and the intent that is written down before the first of them is sent.

How a request becomes a plan: `sale.py`, `slips.py`, `reports.py`. How a plan is carried out: `procedure.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bridge.model import Model, Report, Warning_
from bridge.model.base import AnyDecimal
from bridge_posnet.settings import ZERO
from bridge_posnet.thermal.facts import Facts, Kind
from bridge_posnet.thermal.frame import Sequence

# Names of checkpoints, in the order in which they may come.
ANSWERED = "answered"  # the printer accepted the deciding command
CANCELLING = "cancelling"  # recovery is about to cancel what is open


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the part of the request that it carries."""

    command: Sequence
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of one document. The last one decides: until it, all can be cancelled.

    `gross` is what the receipt adds to the printer's totals by rate, each within `tolerance`; `sold` what every line adds
    to which rate, in order; `cash` by how much the cash in the drawer moves.
    """

    kind: Kind
    steps: tuple[Step, ...]
    total: Decimal
    gross: tuple[Decimal, ...] = ()
    tolerance: Decimal = ZERO
    sold: tuple[tuple[int, Decimal], ...] = ()
    cash: Decimal | None = None
    report: Report | None = None
    summary: bool = False
    warnings: tuple[Warning_, ...] = ()


class Intent(Model):
    """A plan as a checkpoint keeps it: what recovery needs, without the texts."""

    kind: Kind
    currency: str
    total: AnyDecimal
    gross: tuple[AnyDecimal, ...] = ()
    tolerance: AnyDecimal = ZERO
    sold: tuple[tuple[int, AnyDecimal], ...] = ()
    cash: AnyDecimal | None = None
    report: Report | None = None
    summary: bool = False
    baseline: Facts

    @classmethod
    def of(cls, plan: Plan, baseline: Facts, currency: str) -> Intent:
        return cls(
            kind=plan.kind,
            currency=currency,
            total=plan.total,
            gross=plan.gross,
            tolerance=plan.tolerance,
            sold=plan.sold,
            cash=plan.cash,
            report=plan.report,
            summary=plan.summary,
            baseline=baseline,
        )
