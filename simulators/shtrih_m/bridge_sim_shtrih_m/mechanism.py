"""The printing mechanism: what is recorded comes on paper, at once or after a while, and stops where there is no paper.

Source: protocol-specs/shtrih-m, "Modes" (submodes). A command answers when it is executed; its paper comes behind the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn.mechanism import PrintingMechanism

from bridge_sim_shtrih_m.refusals import NO_PAPER, SUBMODE, Refusal
from bridge_sim_shtrih_m.states import Submode

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register


class Mechanism(PrintingMechanism):
    """When it prints, and what stops it."""

    _register: Register

    def ready(self) -> bool:
        return self._register.paper_loaded and self._register.cover_closed

    def submode(self) -> Submode:
        if self.busy:
            return Submode.PRINTING
        if self._register.memory.interrupted:
            return Submode.CONTINUE if self.ready() else Submode.STOPPED
        return Submode.READY if self.ready() else Submode.NO_PAPER

    def start(self) -> None:
        """A command has left something to print."""
        memory = self._register.memory
        if not memory.unprinted or memory.interrupted or self.busy:
            return
        if not self.ready():
            memory.interrupted = True
            return
        self.begin()

    def go_on(self) -> None:
        """The host says "continue print"."""
        match self.submode():
            case Submode.CONTINUE:
                self._register.memory.interrupted = False
                self.start()
            case Submode.STOPPED | Submode.NO_PAPER:
                raise Refusal(NO_PAPER)
            case _:
                raise Refusal(SUBMODE)

    def hand(self) -> None:
        """Paper or cover changed."""
        if self.busy and not self.ready():
            self.stop()
            self._register.memory.interrupted = True

    def power_on(self) -> None:
        memory = self._register.memory
        if not memory.unprinted:
            memory.interrupted = False
            return
        match self._register.settings.unprinted_at_power_on:
            case "wait":
                memory.interrupted = True
            case "print":
                memory.interrupted = False
                self.start()
            case "lost":
                memory.unprinted.clear()
                memory.interrupted = False
