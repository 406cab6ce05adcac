"""The figures of a shift as data, read from the registers. Source: protocol-specs/atol, "Registers"."""

from __future__ import annotations

from bridge.model import KindTotal, PaymentKind, Report
from bridge_atol.answers import roubles
from bridge_atol.facts import CASH_IN_DRAWER, FactReader
from bridge_atol.settings import CURRENCY

# Types of receipts, as 92h has them, with the words for their figures.
_TYPES = {1: "sales", 2: "sale_returns", 4: "purchases", 5: "purchase_returns"}
_PAYMENTS = {
    1: PaymentKind.CASH,
    2: PaymentKind.CARD,
    3: PaymentKind.PREPAID,
    4: PaymentKind.CREDIT,
    5: PaymentKind.OTHER,
}
_SALE = 1
_SUM, _PAID, _PUT_IN, _TAKEN_OUT, _COUNT = 0x01, 0x03, 0x04, 0x05, 0x06


async def shift_figures(reader: FactReader, number: int) -> Report:
    """What was sold since the shift was opened."""
    sums = {name: (await reader.register(_SUM, kind))["sum"] for kind, name in _TYPES.items()}
    counts = {name: (await reader.register(_COUNT, kind))["count"] for kind, name in _TYPES.items()}
    paid = {name: (await reader.register(_PAID, _SALE, kind))["sum"] for kind, name in _PAYMENTS.items()}
    counters = {name: f"{roubles(amount):f}" for name, amount in sums.items()}
    for name, register in (("cash_in_drawer", CASH_IN_DRAWER), ("cash_put_in", _PUT_IN), ("cash_taken_out", _TAKEN_OUT)):
        counters[name] = f"{roubles((await reader.register(register))['sum']):f}"
    return Report(
        number=str(number),
        currency=CURRENCY,
        totals_by_payment=tuple(KindTotal(kind=kind.value, amount=roubles(amount)) for kind, amount in paid.items()),
        total=roubles(sums["sales"]),
        counts=counts,
        counters=counters,
    )
