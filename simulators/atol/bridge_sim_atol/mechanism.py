"""The printing mechanism: what is recorded comes on paper, at once or after a while, and stops where there is no paper.

Source: protocol-specs/atol, "Status", "Power loss and lost answers". A command answers when it is executed; its paper comes behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn.mechanism import PrintingMechanism

from bridge_sim_atol.refusals import NO_PAPER, NO_PRINTER, OVERHEATED, PRINTER_FAULT, Refusal

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_NO_PAPER = 0x01
_FLAGS = {"ok": 0x00, "no_link": 0x02, "fault": 0x04, "cutter": 0x08, "overheated": 0x10}
_ERRORS = {"no_link": NO_PRINTER, "fault": PRINTER_FAULT, "cutter": PRINTER_FAULT, "overheated": OVERHEATED}


class Mechanism(PrintingMechanism):
    """When it prints, and what stops it."""

    _register: Register

    @property
    def flags(self) -> int:
        """Those of 45h. The sensor of the paper sees none under an open cover."""
        register = self._register
        paper = register.paper_loaded and register.cover_closed
        return _FLAGS[register.settings.printer] | (0 if paper else _NO_PAPER)

    @property
    def ready(self) -> bool:
        return self.flags == 0

    def refusal(self) -> Refusal:
        """Why nothing can be printed. Only where it is not ready."""
        if self.flags & _NO_PAPER:
            return Refusal(NO_PAPER)
        return Refusal(_ERRORS[self._register.settings.printer])

    def start(self) -> None:
        """A command has left something to print."""
        memory = self._register.memory
        if not memory.unprinted or self.busy or not self.ready:
            return
        self.begin()

    def hand(self, *, key: bool = False) -> None:
        """Paper, cover or the feed key."""
        if self.busy and not self.ready:
            self.stop()
        memory, choice = self._register.memory, self._register.settings.unprinted
        if not self.ready or self.busy:
            return
        if choice == "lost":
            memory.unprinted.clear()
        elif choice == "paper" or key:
            self.start()

    def power_on(self) -> None:
        self.hand()
