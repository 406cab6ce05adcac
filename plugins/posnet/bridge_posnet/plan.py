"""A document as the commands that make it, and the intent that is written down before the first of them is sent.

How a request becomes a plan: `sale.py`, `money_slips.py`, `daily_report.py`. How a plan is carried out: `procedure.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from bridge.model import Model, Report, Warning_
from bridge.model.base import AnyDecimal
from bridge_posnet.facts import Facts, Kind
from bridge_posnet.frame import Frame
from bridge_posnet.settings import ZERO
from bridge_posnet.tokens import token_at

# Names of checkpoints, in the order in which they may come.
INTENT = "intent"
BASELINE = "baseline"  # read again, after something that others had left open was cancelled
ANSWERED = "answered"  # the printer's answer to the deciding command
CANCELLING = "cancelling"  # recovery is about to cancel what is open
FINISHING = "finishing"  # recovery is about to end a footer that is open


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the part of the request that it carries."""

    frame: Frame
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of one document. The last one decides: until it, all can be cancelled.

    `gross` is what the printer's totals by rate will be, each within `tolerance`; `sold` what every line adds to which
    rate, in order.
    """

    kind: Kind
    steps: tuple[Step, ...]
    total: Decimal
    payments: Decimal = ZERO
    change: Decimal = ZERO
    gross: tuple[Decimal, ...] = ()
    tolerance: Decimal = ZERO
    sold: tuple[tuple[int, Decimal], ...] = ()
    cash: Decimal | None = None
    report: Report | None = None
    warnings: tuple[Warning_, ...] = field(default=())


class Intent(Model):
    """A plan as a checkpoint keeps it: what recovery needs, without the texts.

    `steps` commands take the tokens from `token` on; `opening` is the index of the one that opens the document, None
    where the deciding command is the only one.
    """

    kind: Kind
    token: int
    steps: int
    opening: int | None = None
    fiscal: bool
    currency: str
    total: AnyDecimal
    payments: AnyDecimal = ZERO
    change: AnyDecimal = ZERO
    gross: tuple[AnyDecimal, ...] = ()
    tolerance: AnyDecimal = ZERO
    sold: tuple[tuple[int, AnyDecimal], ...] = ()
    cash: AnyDecimal | None = None
    report: Report | None = None
    baseline: Facts

    @property
    def decisive(self) -> int:
        """Token of the command that decides."""
        return token_at(self.token, self.steps - 1)

    @classmethod
    def of(cls, plan: Plan, baseline: Facts, token: int, *, fiscal: bool, currency: str) -> Intent:
        opening = next((index for index, step in enumerate(plan.steps) if step.frame.mnemonic == "trinit"), None)
        return cls(
            kind=plan.kind,
            token=token,
            steps=len(plan.steps),
            opening=opening,
            fiscal=fiscal,
            currency=currency,
            total=plan.total,
            payments=plan.payments,
            change=plan.change,
            gross=plan.gross,
            tolerance=plan.tolerance,
            sold=plan.sold,
            cash=plan.cash,
            report=plan.report,
            baseline=baseline,
        )
