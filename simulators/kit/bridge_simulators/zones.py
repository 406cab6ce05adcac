"""The clock of a device hangs in a time zone: that of its setting `zone`, whatever clock drives it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bridge_simulators.device import Clock


def read_zone(name: str, example: str) -> ZoneInfo:
    """The value of setting `zone`. Raises ValueError where there is no such time zone, with one that there is."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"Setting 'zone' must name a time zone such as {example}, not {name!r}.") from None


def clock_in(zone: ZoneInfo, clock: Clock | None) -> Clock:
    """`clock` as it is read in this zone; None: that of the machine."""
    wall = clock or (lambda: datetime.now(zone))
    return lambda: wall().astimezone(zone)
