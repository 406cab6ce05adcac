"""The printing mechanism of a simulated register: how long printing takes, and how what is owed comes on paper.

When it may begin, and what an end of the paper means, is the family's.
"""

from __future__ import annotations

import asyncio

from bridge_sim_fn.register import FnRegister
from bridge_sim_fn.wording import CUT_MARK


class PrintingMechanism:
    """Prints what the memory owes to the paper, all of it or nothing."""

    def __init__(self, register: FnRegister) -> None:
        self._register = register
        self._timer: asyncio.TimerHandle | None = None
        self._polls = 0

    @property
    def busy(self) -> bool:
        """Something is still being printed: by the pace, or for so many questions more as the settings say."""
        return self._timer is not None or self._polls > 0

    def begin(self) -> None:
        """Print what is owed; there is something."""
        lines = self._register.memory.unprinted
        self._polls = self._register.settings.busy_polls
        seconds = self._register.pace.printing(len(lines), cut=lines[-1] == CUT_MARK)
        if seconds:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._elapsed)
        self._look()

    def polled(self) -> None:
        """The host was told that something is still printed."""
        if self._polls:
            self._polls -= 1
            self._look()

    def stop(self) -> None:
        """The paper has ended, or the power is gone: nothing of it came."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._polls = 0

    def _elapsed(self) -> None:
        self._timer = None
        self._look()
        self._register.save()

    def _look(self) -> None:
        if self.busy:
            return
        lines = self._register.memory.unprinted
        self._register.roll.print(*lines)
        lines.clear()
        self._register.printed()
