"""The figures of a shift as data, read from the money registers. Source: protocol-specs/shtrih-m, "Registers"."""

from __future__ import annotations

from bridge_ffd.register import CURRENCY

from bridge.model import KindTotal, PaymentKind, Report
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import register_of, roubles
from bridge_shtrih_m.facts import CASH_IN_DRAWER, FactReader
from bridge_shtrih_m.open_points import RECEIPT_COUNTERS

# Sums of the shift by operation: sales, purchases, returns of sales, returns of purchases.
_OPERATIONS = ("sales", "purchases", "sale_returns", "purchase_returns")
_CASH = 193  # and three more, by operation
_SECOND = 197  # the second payment, by operation
_TOTALS = 245  # by operation
_PUT_IN, _TAKEN_OUT = 242, 243


async def shift_figures(reader: FactReader, number: int | None) -> Report | None:
    """What was sold since the shift was opened; None where the device tells no registers."""
    sums: dict[int, int] = {}
    wanted = (*range(_CASH, _CASH + 4), *range(_SECOND, _SECOND + 4), *range(CASH_IN_DRAWER, _TOTALS + 4))
    for register in wanted:
        answer = await reader.ask_if_known(commands.money_register(register))
        if answer is None:
            return None
        sums[register] = register_of(answer)
    counters = {name: f"{roubles(sums[_TOTALS + at]):f}" for at, name in enumerate(_OPERATIONS)}
    counters["cash_in_drawer"] = f"{roubles(sums[CASH_IN_DRAWER]):f}"
    counters["cash_put_in"] = f"{roubles(sums[_PUT_IN]):f}"
    counters["cash_taken_out"] = f"{roubles(sums[_TAKEN_OUT]):f}"
    sales = sums[_TOTALS]
    cash, second = sums[_CASH], sums[_SECOND]
    kinds = [
        KindTotal(kind=PaymentKind.CASH.value, amount=roubles(cash)),
        KindTotal(kind=PaymentKind.CARD.value, amount=roubles(second)),
    ]
    rest = sales - cash - second
    if rest > 0:
        kinds.append(KindTotal(kind=PaymentKind.OTHER.value, amount=roubles(rest)))
    return Report(
        number=str(number) if number is not None else None,
        currency=CURRENCY,
        totals_by_payment=tuple(kinds),
        total=roubles(sales),
        counts=await _counts(reader),
        counters=counters,
    )


async def _counts(reader: FactReader) -> dict[str, int]:
    """Receipts of the shift by operation [S6]: shown, and nothing is decided by them."""
    counts = {}
    for register, name in zip(RECEIPT_COUNTERS, _OPERATIONS, strict=True):
        answer = await reader.ask_if_known(commands.operation_register(register))
        if answer is not None:
            counts[name] = register_of(answer)
    return counts
