"""The VAT rates: the rows of table 6, the bytes of FF46 that name them, the codes and tags of documents.

Source: protocol-specs/shtrih-m, "Payment types, taxes, registers, tables"; protocol-specs/ffd, "VAT".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_sim_fn.vat import tax_in

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

SUBSTITUTED_FROM = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Rate:
    """A row of table 6. `percent` None: no VAT. `code`: tag 1199. `total`: its tag in a receipt, None inside 1115."""

    row: int
    name: str
    percent: int | None
    inside: bool  # "20/120": computed from a sum that is paid in advance
    code: int
    byte: int
    total: Tag | None = None

    def tax(self, amount: int) -> int:
        """The tax in `amount`, which includes it."""
        return tax_in(amount, self.percent)

    @property
    def untaxed(self) -> bool:
        """Documents have its turnover, not its tax."""
        return not self.percent


_RATES = (
    Rate(1, "НДС 20%", 20, False, 1, 0x01, Tag.VAT_20),
    Rate(2, "НДС 10%", 10, False, 2, 0x02, Tag.VAT_10),
    Rate(3, "НДС 0%", 0, False, 5, 0x04, Tag.TURNOVER_0),
    Rate(4, "БЕЗ НДС", None, False, 6, 0x08, Tag.TURNOVER_WITHOUT_VAT),
    Rate(5, "НДС 20/120", 20, True, 3, 0x10, Tag.VAT_20_120),
    Rate(6, "НДС 10/110", 10, True, 4, 0x20, Tag.VAT_10_110),
    Rate(7, "НДС 5%", 5, False, 7, 0x81),
    Rate(8, "НДС 7%", 7, False, 8, 0x82),
    Rate(9, "НДС 5/105", 5, True, 9, 0x84),
    Rate(10, "НДС 7/107", 7, True, 10, 0x88),
    Rate(11, "НДС 22%", 22, False, 11, 0xCB),
    Rate(12, "НДС 22/122", 22, True, 12, 0xCC),
)

_KNOWN = {"2024": 6, "2025": 10, "2026": 12}


def rates(register: Register) -> Sequence[Rate]:
    """What this firmware knows, as it computes today."""
    settings = register.settings
    known = list(_RATES[: _KNOWN[settings.firmware]])
    if settings.firmware == "2026" and register.tables.number(17, 1, 71) == 1 and register.now().date() >= SUBSTITUTED_FROM:
        known[0] = Rate(1, "НДС 22%", 22, False, 11, 0x01)
        known[4] = Rate(5, "НДС 22/122", 22, True, 12, 0x10)
    if settings.vat_row_10 == "90":
        known[9:10] = [Rate(10, "НДС 7/107", 7, True, 10, 0x90)] if len(known) > 9 else []
    if settings.vat_2026 == "nano" and len(known) > 10:
        known[10:] = [Rate(11, "НДС 22%", 22, False, 11, 0x90), Rate(12, "НДС 22/122", 22, True, 12, 0xA0)]
    return known


def rate_of_byte(register: Register, byte: int) -> Rate | None:
    return next((rate for rate in rates(register) if rate.byte == byte), None)


def rate_of_row(register: Register, row: int) -> Rate:
    """Row 0, which old commands may name, is no VAT."""
    known = rates(register)
    return known[(row or 4) - 1]
