"""Another program at the second PC interface: it wants to sell something and waits until the printer is free.

Source: protocol-specs/posnet, "Execution model", interface arbitration: it would get error 41 and try again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_sim_posnet import render
from bridge_sim_posnet.items import Line
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import finish_receipt, may_sell, open_receipt, remember_goods
from bridge_sim_posnet.settings import INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

PORT = "pc2"
GOODS = "Towar innego programu"
DEFAULT_TOTAL = Decimal("1.00")  # where nothing was sold whose total could be repeated


class OtherProgram:
    """Receipts of one line, paid in cash."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self._wanted: deque[tuple[Decimal, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def wants(self, total: Decimal | None, hold: float) -> None:
        self._wanted.append((total if total is not None else DEFAULT_TOTAL, hold))
        self.look()

    def look(self) -> None:
        """Sells what it wants to sell as far as the printer is free."""
        printer = self._printer
        while self._wanted and printer.powered and printer.ready() and self._timer is None:
            if printer.memory.open is not None or printer.form is not None:
                return
            try:
                may_sell(printer)
            except CommandError:  # it is told why, and gives up
                self._wanted.clear()
                return
            total, hold = self._wanted.popleft()
            self._open(int(total * 100))
            if hold:
                self._timer = asyncio.get_running_loop().call_later(hold, self._finish_late)
            else:
                self._finish()

    def _open(self, grosze: int) -> None:
        printer = self._printer
        receipt = open_receipt(printer, PORT, block=False)
        rate = next(index for index, percent in enumerate(printer.memory.rates) if percent != INACTIVE)
        receipt.add(Line(GOODS, rate, grosze, Decimal(1), "", grosze))
        remember_goods(printer, GOODS, rate)
        printer.print(*render.line(receipt.lines[-1]))
        printer.save()

    def _finish(self) -> None:
        receipt = self._printer.memory.open
        if receipt is not None and receipt.owner == PORT:
            finish_receipt(self._printer, receipt, receipt.settle({}), keep_footer=False)
            self._printer.save()

    def _finish_late(self) -> None:
        self._timer = None
        self._finish()
        self._printer.pump_all()

    def power_off(self) -> None:
        """Its printer is gone: an open document stays as it is, the program itself tries again later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
