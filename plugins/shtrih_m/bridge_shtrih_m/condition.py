"""What the short status means for a person who waits: why the device does not go on.

Follows protocol-specs/shtrih-m, "Modes and submodes". Asking the device is in `exchange.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge_shtrih_m.answers import Flags, ShortStatus, Submode
from bridge_shtrih_m.texts import own
from bridge_shtrih_m.texts.own import Own


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the device does not go on: `said` tells the person at the till."""

    said: Own
    working: bool = False
    """It is only still at it: no reason to call anybody."""
    resumes: bool = False
    """It waits to be told to go on (B0h)."""

    @property
    def code(self) -> str:
        return self.said.code

    @property
    def text(self) -> str:
        return self.said.text


def trouble(status: ShortStatus) -> Trouble | None:
    """None for a device that takes the next command that prints."""
    match status.submode:
        case Submode.IDLE:
            return None
        case Submode.NO_PAPER | Submode.PAPER_RAN_OUT:
            if status.flag(Flags.COVER_OPEN):
                return Trouble(own.COVER_OPEN)
            return Trouble(own.PAPER_OUT)
        case Submode.WAITS_TO_GO_ON:
            return Trouble(own.WAITS_TO_GO_ON, resumes=True)
        case _:
            return Trouble(own.PRINTING, working=True)
