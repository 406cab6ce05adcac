"""Unit prices that include discounts, as tag 1079 has them, and how payments fall on the five sums of a receipt.

FFD knows no discount: a device is told a price in kopecks and an amount that may differ by one kopeck from price times
quantity. Source: protocol-specs/ffd, "Money".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from enum import Enum

from bridge.model import ArithmeticProfile, Payment, PaymentKind, Spread
from bridge.model.arithmetic import EXACT_DIGITS
from bridge_ffd.open_points import VOUCHERS_ARE_ADVANCES
from bridge_ffd.tags import Tag

KOPECK = Decimal("0.01")

ARITHMETIC = ArithmeticProfile(tolerance=KOPECK, spread=Spread.LARGEST)
"""How Russian devices compute; a family changes the places of quantities where its own has more."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A part of a line: `price` for one, `total` within a kopeck of price times quantity."""

    price: Decimal
    quantity: Decimal
    total: Decimal


def priced(price: Decimal, quantity: Decimal, total: Decimal) -> tuple[Priced, ...]:
    """A line whose total is `total`: as it is where its price fits, else at a new price, else in two parts.

    Two parts differ by one kopeck in price and come to exactly the quantity and the total: 7 for 100.00 are 3 at 14.28 and 4
    at 14.29.
    """
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        for candidate in (price, (total / quantity).quantize(KOPECK, ROUND_HALF_UP)):
            if abs(_kopecks(candidate * quantity) - total) <= KOPECK:
                return (Priced(candidate, quantity, total),)
        low = (total / quantity).quantize(KOPECK, ROUND_DOWN)
        dearer = (total - low * quantity) / KOPECK
        cheaper = quantity - dearer
        below = _kopecks(cheaper * low)
        return (
            Priced(low, cheaper.normalize() + 0, below),
            Priced(low + KOPECK, dearer.normalize() + 0, total - below),
        )


def _kopecks(amount: Decimal) -> Decimal:
    return amount.quantize(KOPECK, ROUND_HALF_UP)


class PaymentSum(Enum):
    """The sums of a receipt by payment, each a tag."""

    CASH = Tag.CASH
    ELECTRONIC = Tag.ELECTRONIC
    PREPAID = Tag.PREPAID
    CREDIT = Tag.CREDIT
    EXCHANGE = Tag.EXCHANGE

    @property
    def tag(self) -> Tag:
        return self.value

    @property
    def kind(self) -> PaymentKind:
        """The uniform kind by which reports name it."""
        return _UNIFORM[self]

    @classmethod
    def of(cls, kind: PaymentKind) -> PaymentSum:
        """Where a payment of this uniform kind goes."""
        return _SUMS[kind]


_SUMS = {
    PaymentKind.CASH: PaymentSum.CASH,
    PaymentKind.CARD: PaymentSum.ELECTRONIC,
    PaymentKind.TRANSFER: PaymentSum.ELECTRONIC,
    PaymentKind.VOUCHER: PaymentSum.PREPAID if VOUCHERS_ARE_ADVANCES else PaymentSum.EXCHANGE,
    PaymentKind.PREPAID: PaymentSum.PREPAID,
    PaymentKind.CREDIT: PaymentSum.CREDIT,
    PaymentKind.EXCHANGE: PaymentSum.EXCHANGE,
    PaymentKind.OTHER: PaymentSum.EXCHANGE,
}
_UNIFORM = {
    PaymentSum.CASH: PaymentKind.CASH,
    PaymentSum.ELECTRONIC: PaymentKind.CARD,
    PaymentSum.PREPAID: PaymentKind.PREPAID,
    PaymentSum.CREDIT: PaymentKind.CREDIT,
    PaymentSum.EXCHANGE: PaymentKind.EXCHANGE,
}


def tendered(payments: Sequence[Payment], due: Decimal) -> dict[PaymentSum, Decimal]:
    """What was handed over by sum, change not yet taken off. Nothing said is paid exactly in cash."""
    sums: dict[PaymentSum, Decimal] = {}
    for payment in payments:
        kind = PaymentSum.of(payment.kind)
        sums[kind] = sums.get(kind, Decimal("0.00")) + payment.amount
    return sums or {PaymentSum.CASH: due}
