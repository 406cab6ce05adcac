"""What the short status means for a person who waits: why the device does not go on.

Follows protocol-specs/shtrih-m, "Modes and submodes". Asking the device is in `exchange.py`.
"""

from __future__ import annotations

from bridge.plugin import Trouble
from bridge_shtrih_m.answers import Flags, ShortStatus, Submode
from bridge_shtrih_m.texts import own


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
