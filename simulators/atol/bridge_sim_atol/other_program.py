"""Another program that uses the register: it wants to sell something and waits until nothing is open.

Source: protocol-specs/atol, "The task buffer". With setting `foreign_port` it comes over our port, while we are not connected or between
two commands: then it has emptied the buffer, and perhaps used the ids of our tasks.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_sim_fn import storage
from bridge_sim_fn.memory import Started
from bridge_simulators import other_program

from bridge_sim_atol import receipts, vat
from bridge_sim_atol.memory import SALE, Item
from bridge_sim_atol.refusals import Refusal
from bridge_sim_atol.request import REGISTRATION

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

ORIGIN = "other"


class OtherProgram(other_program.OtherProgram):
    """Receipts of one line, paid in cash."""

    goods = "Товар другой программы"

    def __init__(self, register: Register) -> None:
        super().__init__()
        self._register = register

    def free(self) -> bool:
        register = self._register
        memory = register.memory
        nothing_open = memory.receipt is None and memory.fn.current is None and register.report is None
        idle = register.powered and not register.port.busy and not register.mechanism.busy and register.mechanism.ready
        return nothing_open and idle and not register.pending and not memory.unprinted

    def begin(self, total: Decimal) -> bool:
        register = self._register
        try:
            if storage.shift_expired(register):
                raise Refusal(0x88)
            receipt = receipts.open_receipt(register, SALE, ORIGIN)
        except Refusal:
            return False
        kopecks = int(total * 100)
        code = vat.KNOWN[register.settings.firmware] - 1 if register.settings.firmware == "2026" else 1
        measure = encode((Tlv(Tag.MEASURE, 0),)).hex() if register.settings.ffd == "1.2" else ""
        item = Item(self.goods, Decimal(1), kopecks, kopecks, code, vat.RATES[code].tax(kopecks), tlv=measure)
        receipt.items.append(item)
        register.memory.mode = REGISTRATION
        if register.settings.foreign_port != "other":
            register.port.replaced(ids=register.settings.foreign_port == "same_ids")
        register.save()
        return True

    def finish(self) -> None:
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
