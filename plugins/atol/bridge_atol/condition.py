"""What the device's state means for a person who waits. Follows protocol-specs/atol, "Status", "Modes"."""

from __future__ import annotations

from bridge.plugin import Trouble
from bridge_atol.answers import DeviceState, StateFlags
from bridge_atol.texts import own

_FLAGS = (
    (StateFlags.NO_PAPER, own.PAPER_OUT),
    (StateFlags.NO_PRINTER, own.NO_PRINTER),
    (StateFlags.PRINTER_FAULT, own.PRINTER_FAULT),
    (StateFlags.CUTTER_FAULT, own.CUTTER_FAULT),
    (StateFlags.OVERHEATED, own.OVERHEATED),
)


def reporting(state: DeviceState) -> bool:
    """A report runs on behind its answer: X is 2.2, Z is 3.2 and then 7.1."""
    return (state.mode, state.submode) in ((2, 2), (3, 2), (7, 1))


def trouble(state: DeviceState) -> Trouble | None:
    """None for a device that takes the next command that prints."""
    for flag, said in _FLAGS:
        if flag in state.flags:
            return Trouble(said)
    return Trouble(own.REPORTING, working=True) if reporting(state) else None
