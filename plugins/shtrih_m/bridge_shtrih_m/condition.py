"""What the short status means for a person who waits: why the device does not go on.

Follows protocol-specs/shtrih-m, "Modes and submodes". Asking the device is in `exchange.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge_shtrih_m.answers import Flags, ShortStatus, Submode


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the device does not go on. `code` is a uniform code, `text` a sentence for the person at the till."""

    code: str
    text: str
    working: bool = False
    """It is only still at it: no reason to call anybody."""
    resumes: bool = False
    """It waits to be told to go on (B0h)."""


def trouble(status: ShortStatus) -> Trouble | None:
    """None for a device that takes the next command that prints."""
    match status.submode:
        case Submode.IDLE:
            return None
        case Submode.NO_PAPER | Submode.PAPER_RAN_OUT:
            if status.flag(Flags.COVER_OPEN):
                return Trouble("device.cover_open", "The cover of the device is open. Close it.")
            return Trouble("device.paper_out", "The device is out of paper. Put paper in and close the cover.")
        case Submode.WAITS_TO_GO_ON:
            return Trouble("device.busy", "There is paper again; the device waits to go on with printing.", resumes=True)
        case _:
            return Trouble("device.busy", "The device is still printing.", working=True)
