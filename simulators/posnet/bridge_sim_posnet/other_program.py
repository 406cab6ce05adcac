"""Another program at the second PC interface: it wants to sell something and waits until the printer is free.

Source: protocol-specs/posnet, "Execution model", interface arbitration: it would get error 41 and try again.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_simulators import other_program

from bridge_sim_posnet import render
from bridge_sim_posnet.items import Line
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import finish_receipt, may_sell, open_receipt, remember_goods
from bridge_sim_posnet.settings import INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

PORT = "pc2"


class OtherProgram(other_program.OtherProgram):
    """Receipts of one line, paid in cash."""

    goods = "Towar innego programu"

    def __init__(self, printer: Printer) -> None:
        super().__init__()
        self._printer = printer

    def free(self) -> bool:
        printer = self._printer
        return printer.powered and printer.ready() and printer.memory.open is None and printer.form is None

    def begin(self, total: Decimal) -> bool:
        try:
            may_sell(self._printer)
        except CommandError:
            return False
        self._open(int(total * 100))
        return True

    def _open(self, grosze: int) -> None:
        printer = self._printer
        receipt = open_receipt(printer, PORT, block=False)
        rate = next(index for index, percent in enumerate(printer.memory.rates) if percent != INACTIVE)
        receipt.add(Line(self.goods, rate, grosze, Decimal(1), "", grosze))
        remember_goods(printer, self.goods, rate)
        printer.print(*render.line(receipt.lines[-1]))
        printer.save()

    def finish(self) -> None:
        receipt = self._printer.memory.open
        if receipt is not None and receipt.owner == PORT:
            finish_receipt(self._printer, receipt, receipt.settle({}), keep_footer=False)
            self._printer.save()

    def finished_late(self) -> None:
        self._printer.pump_all()
