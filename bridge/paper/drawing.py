"""What the layers above know of a document beside the operation: its figures, its taxes, its text as the device lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model import Figures, RateTotal, Warning_
from bridge.paper.model import WIDTH, Row


@dataclass(frozen=True, slots=True)
class Drawing:
    """`exact`: the paper as this device would print it; None where its family does not know it. `omitted`: what only the
    device adds to it. `figures` is None where the receipt cannot be computed any more."""

    figures: Figures | None = None
    taxes: tuple[RateTotal, ...] = ()
    exact: tuple[Row, ...] | None = None
    width: int = WIDTH
    omitted: tuple[str, ...] = ()
    warnings: tuple[Warning_, ...] = ()
