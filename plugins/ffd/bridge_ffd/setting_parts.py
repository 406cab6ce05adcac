"""Parts of settings that families of Russian devices have alike."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; give one such as Europe/Moscow") from None
    return name


Seconds = Annotated[float, Field(gt=0)]

Zone = Annotated[str, AfterValidator(_zone)]
"""Of a device's clock, which tells none."""
