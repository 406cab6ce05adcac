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
EDOCUMENT = "edocument"  # the number of the e-document that the next document becomes
ANSWERED = "answered"  # the printer's answer to the deciding command
CANCELLING = "cancelling"  # recovery is about to cancel what is open
FINISHING = "finishing"  # recovery is about to end a footer that is open
RELEASING = "releasing"  # recovery is about to take an e-document's customer back

BINDS = "eparagonidznext"
OPENS = frozenset(("trinit", "trfvinit"))


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and the part of the request that it carries."""

    frame: Frame
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands of one document. The last one of `steps` decides: until it, all can be cancelled. `closing` follows it, and
    changes nothing about the document any more.

    `gross` is what the printer's totals by rate will be, each within `tolerance`; `sold` what every line adds to which
    rate, in order.
    """

    kind: Kind
    steps: tuple[Step, ...]
    total: Decimal
    payments: Decimal = ZERO
    change: Decimal = ZERO
    deposits_issued: Decimal = ZERO
    deposits_returned: Decimal = ZERO
    gross: tuple[Decimal, ...] = ()
    tolerance: Decimal = ZERO
    sold: tuple[tuple[int, Decimal], ...] = ()
    cash: Decimal | None = None
    report: Report | None = None
    closing: tuple[Step, ...] = ()
    number: str | None = None
    paper: bool = True
    warnings: tuple[Warning_, ...] = field(default=())


class Intent(Model):
    """A plan as a checkpoint keeps it: what recovery needs, without the texts.

    `steps` commands take the tokens from `token` on; `opening` is the index of the one that opens the document, None
    where the deciding command is the only one. `binds`: the index of the one that names an e-document's customer. `decides`:
    the mnemonic of the deciding command. `number`: where the shop gives it. `paper`: whether paper was asked for.
    """

    kind: Kind
    token: int
    steps: int
    opening: int | None = None
    binds: int | None = None
    decides: str = ""
    closing: int = 0
    number: str | None = None
    paper: bool = True
    fiscal: bool
    currency: str
    total: AnyDecimal
    payments: AnyDecimal = ZERO
    change: AnyDecimal = ZERO
    deposits_issued: AnyDecimal = ZERO
    deposits_returned: AnyDecimal = ZERO
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

    @property
    def tokens(self) -> int:
        """How many tokens it takes: two more than it has commands, to cancel with and to take back an e-document."""
        return self.steps + self.closing + 2

    @classmethod
    def of(cls, plan: Plan, baseline: Facts, token: int, *, fiscal: bool, currency: str) -> Intent:
        mnemonics = [step.frame.mnemonic for step in plan.steps]
        return cls(
            kind=plan.kind,
            token=token,
            steps=len(plan.steps),
            opening=next((index for index, name in enumerate(mnemonics) if name in OPENS), None),
            binds=mnemonics.index(BINDS) if BINDS in mnemonics else None,
            decides=mnemonics[-1],
            closing=len(plan.closing),
            number=plan.number,
            paper=plan.paper,
            fiscal=fiscal,
            currency=currency,
            total=plan.total,
            payments=plan.payments,
            change=plan.change,
            deposits_issued=plan.deposits_issued,
            deposits_returned=plan.deposits_returned,
            gross=plan.gross,
            tolerance=plan.tolerance,
            sold=plan.sold,
            cash=plan.cash,
            report=plan.report,
            baseline=baseline,
        )
