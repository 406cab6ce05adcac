"""Another program that uses the register: it wants to sell something and waits until nothing is open.

Source: protocol-specs/atol, "The task buffer". With setting `foreign_port` it comes over our port, while we are not connected or between
two commands: then it has emptied the buffer, and perhaps used the ids of our tasks.
"""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_sim_fn import storage
from bridge_sim_fn.memory import Started

from bridge_sim_atol import receipts, vat
from bridge_sim_atol.memory import SALE, Item
from bridge_sim_atol.refusals import Refusal
from bridge_sim_atol.request import REGISTRATION

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

ORIGIN = "other"
GOODS = "Товар другой программы"
DEFAULT_TOTAL = Decimal("1.00")  # where nothing was sold whose total could be repeated


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
        nothing_open = memory.receipt is None and memory.fn.current is None and register.report is None
        idle = register.powered and not register.port.busy and not register.mechanism.busy and register.mechanism.ready
        return nothing_open and idle and not register.pending and not memory.unprinted

    def _sell(self, total: Decimal, hold: float) -> None:
        register = self._register
        try:
            if storage.shift_expired(register):
                raise Refusal(0x88)
            receipt = receipts.open_receipt(register, SALE, ORIGIN)
        except Refusal:  # it is told why, and gives up
            self._wanted.clear()
            return
        kopecks = int(total * 100)
        code = vat.KNOWN[register.settings.firmware] - 1 if register.settings.firmware == "2026" else 1
        measure = encode((Tlv(Tag.MEASURE, 0),)).hex() if register.settings.ffd == "1.2" else ""
        item = Item(GOODS, Decimal(1), kopecks, kopecks, code, vat.RATES[code].tax(kopecks), tlv=measure)
        receipt.items.append(item)
        register.memory.mode = REGISTRATION
        if register.settings.foreign_port != "other":
            register.port.replaced(ids=register.settings.foreign_port == "same_ids")
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
        system = Tlv(Tag.TAXATION_SYSTEM, register.tax_systems & -register.tax_systems)
        started = register.memory.fn.current or Started(0)
        started.tlv = storage.merged(started.tlv, (system,))
        receipt.payments[0] = receipt.total
        try:
            receipts.close(register)
        except Refusal:
            return
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
