"""The terminal's refusals: code -> uniform code and text. A refused command was not executed."""

from __future__ import annotations

from bridge.model import JobError

REFUSALS = {
    "busy": ("terminal.busy", "the terminal is busy"),
    "full": ("terminal.batch_full", "its batch is full"),
    "currency": ("device.rejected", "it does not take this currency"),
    "amount": ("device.rejected", "the amount is out of its range"),
    "no_record": ("terminal.no_such_payment", "it has no such payment to take back"),
    "unknown": ("device.rejected", "it does not know this command"),
}


def refused(code: str) -> JobError:
    uniform, text = REFUSALS.get(code, ("device.rejected", f"code {code}"))
    return JobError.of(uniform, f"The terminal refused: {text}.", device_code=code, device_text=text)
