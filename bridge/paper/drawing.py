"""What the layers above know of a document beside the operation: its figures, its taxes, its text as the device lays it out."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model import Figures, RateTotal, Warning_
from bridge.paper.model import WIDTH


@dataclass(frozen=True, slots=True)
class Drawing:
    """`exact`: the lines as this device would print them; None where its family does not know them. `omitted`: what only the
    device adds to these. `figures` is None where the receipt cannot be computed any more."""

    figures: Figures | None = None
    taxes: tuple[RateTotal, ...] = ()
    exact: tuple[str, ...] | None = None
    width: int = WIDTH
    omitted: tuple[str, ...] = ()
    warnings: tuple[Warning_, ...] = ()
