"""The clock of a register beside that of this computer: told before the fiscal storage refuses a document for it."""

from __future__ import annotations

from datetime import datetime, timedelta

CLOCK_OFF = timedelta(minutes=5)
"""What the FN allows between its own timer and the device's clock."""


def clock_problems(clock: datetime | None, now: datetime) -> tuple[str, ...]:
    """For the status: a clock that is more than five minutes off. None, where the device tells no time, is no problem."""
    if clock is None or abs(clock - now) <= CLOCK_OFF:
        return ()
    minutes = int((clock - now).total_seconds() / 60)
    where = "ahead of" if minutes > 0 else "behind"
    return (
        f"The clock of the device is {abs(minutes)} minutes {where} this computer's. Set it while the shift is closed, or set the "
        "zone of the device.",
    )
