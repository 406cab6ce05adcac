"""Parts of settings that families have alike, beside the bases in `family.py`."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bridge.transport import LinkTimeout

Seconds = Annotated[float, Field(gt=0)]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; give one such as Europe/Warsaw") from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]
"""Of a device's clock, which tells none."""

CancelLeftover = Annotated[
    bool,
    Field(description="Cancel a receipt or printout that somebody left open. Never done where other programs use the device."),
]


class TimeoutSettings(BaseModel):
    """Base of the group `timeouts` of a family's settings: seconds to wait before something is given up for lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def ran_out(self, name: str, what: str) -> LinkTimeout:
        """The error that names the time-out as it is set."""
        return LinkTimeout.ran_out(f"settings.timeouts.{name}", getattr(self, name), what)
