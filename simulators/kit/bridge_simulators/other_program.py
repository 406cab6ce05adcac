"""Another program that uses the device: it wants to sell something and waits until the device is free.

What it sends, and what the device thinks of it, is the family's: a class of its own fills in `free`, `begin` and `finish`.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from decimal import Decimal
from typing import ClassVar

DEFAULT_TOTAL = Decimal("1.00")  # where nothing was sold whose total could be repeated


class OtherProgram(ABC):
    """Receipts of one line, paid in cash, one after the other. Each is begun, held open for a while if so wanted, and finished."""

    goods: ClassVar[str]  # what it sells

    def __init__(self) -> None:
        self._wanted: deque[tuple[Decimal, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._selling = False

    def wants(self, total: Decimal | None, hold: float) -> None:
        """One more receipt. None: nothing was sold yet whose total could be repeated. `hold`: seconds for which it stays open."""
        self._wanted.append((total if total is not None else DEFAULT_TOTAL, hold))
        self.look()

    def look(self) -> None:
        """Sells what it wants to sell as far as the device is free. May be called from inside `begin` and `finish`."""
        if self._selling:
            return
        self._selling = True
        try:
            while self._wanted and self._timer is None and self.free():
                self._sell(*self._wanted.popleft())
        finally:
            self._selling = False

    def _sell(self, total: Decimal, hold: float) -> None:
        if not self.begin(total):  # it is told why, and gives up
            self._wanted.clear()
        elif hold:
            self._timer = asyncio.get_running_loop().call_later(hold, self._finish_late)
        else:
            self.finish()

    def _finish_late(self) -> None:
        self._timer = None
        self.finish()
        self.finished_late()

    @abstractmethod
    def free(self) -> bool:
        """Nobody has anything open, and nothing is being done or printed."""

    @abstractmethod
    def begin(self, total: Decimal) -> bool:
        """Opens a receipt with one line over `total`. False: the device refuses, and nothing is open."""

    @abstractmethod
    def finish(self) -> None:
        """Pays and closes its receipt, if that is what is open."""

    def finished_late(self) -> None:
        """Its receipt was held open and is closed: whoever waited goes on."""
        self.look()

    def power_off(self) -> None:
        """Its device is gone: an open document stays as it is, the program itself tries again later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
