"""What the answer to DLE says, and what it means for a person who waits: why the printer does not go on.

Follows protocol-specs/posnet/thermal.md, "Single bytes". Asking the printer is in `exchange.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.plugin import Refusal, Trouble

_ONLINE = 4
_PAPER_OR_BATTERY = 2
_ERROR = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """The status byte 70h to 77h. It has no check of its own: what it says is asked again before anything is made of it."""

    byte: int

    @property
    def online(self) -> bool:
        return bool(self.byte & _ONLINE)

    @property
    def paper_out(self) -> bool:
        """Or the battery is empty: the protocol does not tell them apart."""
        return bool(self.byte & _PAPER_OR_BATTERY)

    @property
    def fault(self) -> bool:
        return bool(self.byte & _ERROR)

    @property
    def trouble(self) -> Trouble | None:
        """None for a printer that works off what it is sent."""
        if self.paper_out:
            return Trouble(
                Refusal(
                    "device.paper_out",
                    "The printer is out of paper, or its battery is empty. Put paper in and close the cover: it then goes on.",
                )
            )
        if self.fault:
            return Trouble(Refusal("device.fault", "The printer reports a fault of its mechanism. See its display."))
        if not self.online:
            return Trouble(
                Refusal("device.busy", "The printer is off-line. See its display: close the cover, or leave its menu.")
            )
        return None
