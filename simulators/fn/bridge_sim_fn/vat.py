"""The tax in an amount, and the tags of a receipt that hold the sums by rate. Which rates a register knows is the family's.

Source: protocol-specs/ffd, "VAT".
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv


class SummedRate(Protocol):
    """`code`: tag 1199. `total`: the tag of its sum in a receipt, None inside 1115."""

    @property
    def code(self) -> int: ...
    @property
    def total(self) -> Tag | None: ...


def tax_in(amount: int, percent: int | None) -> int:
    """The tax in `amount`, which includes it."""
    if not percent:
        return 0
    exact = Decimal(amount) * percent / (100 + percent)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def tax_tags(taxes: Sequence[tuple[SummedRate, int]]) -> list[Tlv]:
    """The sums of a receipt by rate."""
    found = [Tlv(rate.total, amount) for rate, amount in taxes if rate.total is not None]
    further = [
        Tlv(Tag.VAT_SUM_OF_RATE, (Tlv(Tag.VAT_RATE, rate.code), Tlv(Tag.VAT_SUM, amount)))
        for rate, amount in taxes
        if rate.total is None
    ]
    return [*found, Tlv(Tag.VAT_SUMS, tuple(further))] if further else found
