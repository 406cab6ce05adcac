"""What the gateway's refusals mean: its code -> uniform code. A refusal (4xx with code and text) never issues anything."""

from __future__ import annotations

from bridge.model import JobError

REFUSALS = {
    "shift_closed": "device.shift_closed",
    "no_such_register": "device.rejected",
    "unknown_rate": "device.rejected",
    "bad_total": "device.rejected",
    "blocked": "device.sale_blocked",
}


def refused(code: str, text: str) -> JobError:
    """The job's error for a refusal."""
    return JobError.of(REFUSALS.get(code, "device.rejected"), f"The gateway refused: {text}.", device_code=code, device_text=text)
