"""What the device's state means for a person who waits. Follows protocol-specs/atol, "Status", "Modes"."""

from __future__ import annotations

from dataclasses import dataclass

from bridge_atol.answers import DeviceState, StateFlags


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the device does not go on. `code` is a uniform code, `text` a sentence for the person at the till."""

    code: str
    text: str
    working: bool = False
    """It is only still at it: no reason to call anybody."""


_FLAGS = (
    (
        StateFlags.NO_PAPER,
        "device.paper_out",
        "The device is out of paper, or its cover is open. Put paper in and close the cover.",
    ),
    (StateFlags.NO_PRINTER, "device.fault", "The device has no connection to its printing mechanism. Switch it off and on."),
    (StateFlags.PRINTER_FAULT, "device.fault", "The printing mechanism of the device reports a fault. Look after it."),
    (StateFlags.CUTTER_FAULT, "device.fault", "The cutter of the device reports a fault. Free it."),
    (StateFlags.OVERHEATED, "device.busy", "The print head is too hot. Wait until it has cooled down."),
)


def reporting(state: DeviceState) -> bool:
    """A report runs on behind its answer: X is 2.2, Z is 3.2 and then 7.1."""
    return (state.mode, state.submode) in ((2, 2), (3, 2), (7, 1))


def trouble(state: DeviceState) -> Trouble | None:
    """None for a device that takes the next command that prints."""
    for flag, code, text in _FLAGS:
        if flag in state.flags:
            return Trouble(code, text)
    return Trouble("device.busy", "The device is still making a report.", working=True) if reporting(state) else None
