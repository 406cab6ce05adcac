"""What `sdev` and `sprn` say, and what it means for a person who waits: why the printer does not go on.

Follows protocol-specs/posnet, "Identification and status". Asking the printer is in `exchange.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.plugin import Refusal, Trouble
from bridge_posnet.answers import DeviceStatus, PrinterStatus
from bridge_posnet.states import DeviceState, Mechanism

_PAPER = frozenset((Mechanism.PAPER_OUT, Mechanism.COPY_PAPER_OUT))
_COVER = frozenset((Mechanism.LEVER_UP, Mechanism.COVER_UP, Mechanism.COVER_UP_WHILE_CUTTING))


@dataclass(frozen=True, slots=True)
class Condition:
    """Both answers; None where the printer did not understand the question (old firmware)."""

    device: DeviceStatus | None
    printer: PrinterStatus | None

    @property
    def trouble(self) -> Trouble | None:
        """None for a printer that works off what it is sent."""
        mechanism = self.printer.state if self.printer is not None else Mechanism.OK
        state = self.device.state if self.device is not None else DeviceState.READY
        if mechanism in _PAPER:
            return Trouble(
                Refusal("device.paper_out", "The printer is out of paper. Put paper in and close the cover: it then goes on.")
            )
        if mechanism in _COVER:
            return Trouble(Refusal("device.cover_open", "The cover of the printer is open. Close it: the printer then goes on."))
        # A power loss that is over is no reason to wait: nothing says that the printer ever takes this state back.
        if mechanism not in (Mechanism.OK, Mechanism.MOMENTARY_POWER_LOSS) and self.printer is not None:
            return Trouble(Refusal("device.fault", f"The printer has stopped: {self.printer.meaning}. See its display."))
        if state == DeviceState.IN_MENU:
            return Trouble(Refusal("device.busy", "Somebody is in the menu of the printer. Leave the menu."))
        if state != DeviceState.READY:
            return Trouble(
                Refusal("device.busy", "The printer waits for a key: see its display and press the key that it asks for."),
                waits_for="device.key",
            )
        if self.device is not None and self.device.queue_empty is False:
            return Trouble(Refusal("device.busy", "The printer is still working."), working=True)
        return None
