"""The VAT codes of EBh and the tags of documents that hold their sums. Source: protocol-specs/atol, "VAT"; protocol-specs/ffd, "VAT"."""

from __future__ import annotations

from dataclasses import dataclass

from bridge_ffd.tags import Tag
from bridge_sim_fn.vat import tax_in


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate. `total`: its tag in a receipt, None inside 1115."""

    code: int
    name: str
    percent: int
    total: Tag | None = None

    def tax(self, amount: int) -> int:
        """The tax in `amount`, which includes it."""
        return tax_in(amount, self.percent)

    @property
    def untaxed(self) -> bool:
        """Documents have its turnover, not its tax."""
        return not self.percent


RATES = {
    rate.code: rate
    for rate in (
        Rate(1, "НДС 20%", 20, Tag.VAT_20),
        Rate(2, "НДС 10%", 10, Tag.VAT_10),
        Rate(3, "НДС 20/120", 20, Tag.VAT_20_120),
        Rate(4, "НДС 10/110", 10, Tag.VAT_10_110),
        Rate(5, "НДС 0%", 0, Tag.TURNOVER_0),
        Rate(6, "БЕЗ НДС", 0, Tag.TURNOVER_WITHOUT_VAT),
        Rate(7, "НДС 5%", 5),
        Rate(8, "НДС 7%", 7),
        Rate(9, "НДС 5/105", 5),
        Rate(10, "НДС 7/107", 7),
        Rate(11, "НДС 22%", 22),
        Rate(12, "НДС 22/122", 22),
    )
}

KNOWN = {"2024": 6, "2025": 10, "2026": 12}
