"""All that a plan is made with beside the request: settings, and what the device said of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bridge_ffd.versions import FfdVersion
from bridge_ffd.vocabulary import Taxation

from bridge.model import ArithmeticProfile
from bridge_shtrih_m.settings import ARITHMETIC, CLASSIC_ARITHMETIC, ShtrihSettings


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`classic`: receipts by the older commands. `registered`: the taxation systems of the registration, empty where the device
    does not tell. `day`: the device's own. `rates`: percentages of the first rows of its tax table, where they are known."""

    settings: ShtrihSettings
    version: FfdVersion
    day: date
    classic: bool = False
    registered: tuple[Taxation, ...] = ()
    can_print_nothing: bool = True
    rates: tuple[Decimal, ...] = ()
    tells_taxes: bool = False
    """The device does not compute the taxes of a receipt: it takes those that it is told."""
    online: bool = True
    """Its documents go to an operator (OFD)."""

    @property
    def profile(self) -> ArithmeticProfile:
        return CLASSIC_ARITHMETIC if self.classic else ARITHMETIC

    @property
    def taxation(self) -> Taxation | None:
        return next((one for one in Taxation if one.value == self.settings.taxation), None)


def version_of(settings: ShtrihSettings) -> FfdVersion:
    """Where the device does not tell."""
    return FfdVersion.V1_05 if settings.ffd == "auto" else FfdVersion.parse(settings.ffd)
