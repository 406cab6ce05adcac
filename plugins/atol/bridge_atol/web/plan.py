"""A document as the task that makes it, what is read before it, and the intent that is written down before it is sent.

How a request becomes a plan: `tasks.py`. How it is carried out: `procedure.py`. Checkpoints keep these, so fields are only ever added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bridge_ffd.register import CURRENCY, Kind

from bridge.model import Model, Report, Warning_
from bridge.model.base import AnyDecimal
from bridge_atol.settings import ZERO
from bridge_atol.web.messages import Json

# Names of checkpoints, in the order in which they may come.
CANCELLING = "cancelling"  # the server is about to be asked to drop a request that it has not begun
FENCE = "fence"  # an id that the server does not know is about to be taken, so that nothing late can be accepted under it

ShiftState = Literal["closed", "opened", "expired"]


class Facts(Model):
    """What the device says around a document. `fn`: number of the FN; `last`: of its last document; `cash`: in the drawer, roubles."""

    shift: int
    shift_state: ShiftState
    fn: str
    last: int
    cash: AnyDecimal | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`settlement`: 1 sale, 2 its return, 3 purchase, 4 its return. `paper`: false where nothing is printed."""

    kind: Kind
    task: Mapping[str, Json]
    total: AnyDecimal = ZERO
    settlement: int | None = None
    paper: bool = True
    warnings: tuple[Warning_, ...] = ()


class Intent(Model):
    """A plan as a checkpoint keeps it, without its texts. `uuid`: of the request that makes the document; `witness`: of the one that read
    the baseline, which a server that kept its memory still knows."""

    kind: Kind
    uuid: str
    witness: str
    total: AnyDecimal
    currency: str = CURRENCY
    settlement: int | None = None
    paper: bool = True
    report: Report | None = None
    baseline: Facts
