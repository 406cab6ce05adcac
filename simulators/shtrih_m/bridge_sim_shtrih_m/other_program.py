"""Another program that uses the register: it wants to sell something and waits until nothing is open.

Source: protocol-specs/shtrih-m, "Simulator", two clients. With setting `foreign_port` it comes over our port, while we are not
connected or between two commands: then the answer that the register holds is its own afterwards.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_simulators import other_program

from bridge_sim_shtrih_m import receipts, vat
from bridge_sim_shtrih_m.answers import le, money
from bridge_sim_shtrih_m.memory import PAYMENTS, Item
from bridge_sim_shtrih_m.refusals import Refusal
from bridge_sim_shtrih_m.request import SYSADMIN
from bridge_sim_shtrih_m.states import OPENS_RECEIPT, Submode, check_mode

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

ORIGIN = "other"
_COMMANDS = 4  # 8D, FF46, FF4D, FF45
_CLOSED = b"\xff\x45\x00"


class OtherProgram(other_program.OtherProgram):
    """Receipts of one line, paid in cash."""

    goods = "Товар другой программы"

    def __init__(self, register: Register) -> None:
        super().__init__()
        self._register = register

    def free(self) -> bool:
        register = self._register
        memory = register.memory
        nothing_open = memory.receipt is None and memory.fn.current is None and not memory.non_fiscal
        idle = register.powered and not register.line.busy and register.mechanism.submode() is Submode.READY
        return nothing_open and idle

    def begin(self, total: Decimal) -> bool:
        register = self._register
        try:
            check_mode(register, OPENS_RECEIPT)
            receipt = receipts.open_receipt(register, 0, SYSADMIN, ORIGIN)
        except Refusal:
            return False
        kopecks = int(total * 100)
        rate = vat.rates(register)[0]
        measure = encode((Tlv(Tag.MEASURE, 0),)).hex()
        receipts.add(register, receipt, Item(self.goods, Decimal(1), kopecks, kopecks, rate.row, rate.tax(kopecks), tlv=measure))
        register.save()
        return True

    def finish(self) -> None:
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
