"""Another program that uses the register: it wants to sell something and waits until nothing is open.

Source: protocol-specs/shtrih-m, "Simulator", two clients. With setting `foreign_port` it comes over our port, while we are not
connected or between two commands: then the answer that the register holds is its own afterwards.
"""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode

from bridge_sim_shtrih_m import receipts, vat
from bridge_sim_shtrih_m.answers import le, money
from bridge_sim_shtrih_m.memory import PAYMENTS, Item
from bridge_sim_shtrih_m.refusals import Refusal
from bridge_sim_shtrih_m.request import SYSADMIN
from bridge_sim_shtrih_m.states import OPENS_RECEIPT, Submode, check_mode

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

ORIGIN = "other"
GOODS = "Товар другой программы"
DEFAULT_TOTAL = Decimal("1.00")  # where nothing was sold whose total could be repeated
_COMMANDS = 4  # 8D, FF46, FF4D, FF45
_CLOSED = b"\xff\x45\x00"


class OtherProgram:
    """Receipts of one line, paid in cash."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._wanted: deque[tuple[Decimal, float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._selling = False

    def wants(self, total: Decimal | None, hold: float) -> None:
        self._wanted.append((total if total is not None else DEFAULT_TOTAL, hold))
        self.look()

    def look(self) -> None:
        """Sells what it wants to sell as far as the register is free."""
        if self._selling:
            return
        self._selling = True
        try:
            while self._wanted and self._timer is None and self._free():
                self._sell(*self._wanted.popleft())
        finally:
            self._selling = False

    def _free(self) -> bool:
        register = self._register
        memory = register.memory
        nothing_open = memory.receipt is None and memory.fn.current is None and not memory.non_fiscal
        idle = register.powered and not register.line.busy and register.mechanism.submode() is Submode.READY
        return nothing_open and idle

    def _sell(self, total: Decimal, hold: float) -> None:
        register = self._register
        try:
            check_mode(register, OPENS_RECEIPT)
            receipt = receipts.open_receipt(register, 0, SYSADMIN, ORIGIN)
        except Refusal:  # it is told why, and gives up
            self._wanted.clear()
            return
        kopecks = int(total * 100)
        rate = vat.rates(register)[0]
        measure = encode((Tlv(Tag.MEASURE, 0),)).hex()
        receipts.add(register, receipt, Item(GOODS, Decimal(1), kopecks, kopecks, rate.row, rate.tax(kopecks), tlv=measure))
        register.save()
        if hold:
            self._timer = asyncio.get_running_loop().call_later(hold, self._finish_late)
        else:
            self._finish()

    def _finish(self) -> None:
        register = self._register
        receipt = register.memory.receipt
        if receipt is None or receipt.origin != ORIGIN:
            return
        system = register.tax_systems & -register.tax_systems
        change, document = receipts.close(register, SYSADMIN, [receipt.total, *[0] * (PAYMENTS - 1)], tax_system=system)
        if register.settings.foreign_port == "same":
            answer = _CLOSED + money(change) + le(document.number, 4) + le(document.sign, 4)
            register.line.replaced(_COMMANDS, answer)
        register.mechanism.start()
        register.save()

    def _finish_late(self) -> None:
        self._timer = None
        self._finish()
        self.look()

    def power_off(self) -> None:
        """Its register is gone: an open document stays as it is, the program itself tries again later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
