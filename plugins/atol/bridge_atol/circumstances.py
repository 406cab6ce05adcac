"""All that a plan is made with beside the request: settings, and what the device said of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bridge_ffd.versions import FfdVersion
from bridge_ffd.vocabulary import Taxation

from bridge_atol.settings import AtolSettings


@dataclass(frozen=True, slots=True)
class Circumstances:
    """`day`: the device's own. `shared`: other programs use the device too."""

    settings: AtolSettings
    version: FfdVersion
    day: date
    shared: bool = False

    @property
    def taxation(self) -> Taxation | None:
        return next((one for one in Taxation if one.value == self.settings.taxation), None)


def version_of(settings: AtolSettings) -> FfdVersion:
    """Where the device does not tell."""
    return FfdVersion.V1_05 if settings.ffd == "auto" else FfdVersion.parse(settings.ffd)
