"""What the status of a device tells a person of its FN and of the OFD, in the same words whatever the device: sentences among the
problems, figures among the details."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bridge_ffd.fn import ExchangeStatus, FnLife

SHIFT_EXPIRED = "The shift is open for more than 24 hours: close it with its Z report."
NOT_IN_USE = "The fiscal storage is not in use: the device is not registered, or its storage is closed."

OFD_DAYS_LEFT = 25
"""Of the thirty that the FN waits for the OFD: from here on it is a problem."""


def tell_life(life: FnLife, today: date, problems: list[str], details: dict[str, Any]) -> None:
    """`today`: the device's own day."""
    left = life.days_left(today)
    details["fn_valid_until"] = life.valid_until.isoformat()
    details["fn_days_left"] = left
    if left == 0:
        problems.append("The life of the fiscal storage is over: it must be replaced before anything is sold.")
    elif life.ends_soon(today):
        problems.append(f"The fiscal storage ends in {left} days; order a new one.")


def tell_waiting(state: ExchangeStatus, now: datetime | None, problems: list[str], details: dict[str, Any]) -> None:
    """What the OFD has not got yet. `now`: the device's own clock, without a zone; None: it tells none."""
    details["ofd_waiting"] = state.waiting
    if state.waiting and state.first_at is not None:
        details["ofd_first_at"] = state.first_at.isoformat()
    left = state.days_left(now) if now is not None else None
    if left is not None and left <= OFD_DAYS_LEFT:
        problems.append(f"{state.waiting} documents wait for the operator (OFD); in {left} days the device stops selling.")
