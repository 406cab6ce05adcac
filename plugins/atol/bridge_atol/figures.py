"""The figures of a shift as data, read from the registers. Source: protocol-specs/atol, "Registers".

The shift's own sums and numbers are asked of every device; what only some registers tell is left out where the device has none.
"""

from __future__ import annotations

from bridge_ffd.register import CURRENCY
from bridge_ffd.vat import Vat

from bridge.model import KindTotal, PaymentKind, Report
from bridge_atol import commands
from bridge_atol.answers import roubles, values_of
from bridge_atol.facts import CASH_IN_DRAWER, FactReader

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
_TAXES = (Vat.VAT_20, Vat.VAT_10, Vat.VAT_20_120, Vat.VAT_10_110, Vat.VAT_0, Vat.WITHOUT)
"""Whose sums the vendor's driver asks for. What a device tells of the rates since 2025 no source says."""

_SUM, _PAID, _PUT_IN, _TAKEN_OUT, _REGISTRATIONS = 0x01, 0x03, 0x04, 0x05, 0x06
_SLIPS = {"cash_in": 0x08, "cash_out": 0x09}
_EVER, _TAX, _RECEIPTS = 0x28, 0x3C, 0x41


async def shift_figures(reader: FactReader, number: int) -> Report:
    """What was sold since the shift was opened."""
    sums = {name: (await reader.register(_SUM, kind))["sum"] for kind, name in _TYPES.items()}
    counters = {name: f"{roubles(amount):f}" for name, amount in sums.items()}
    for name, register in (("cash_in_drawer", CASH_IN_DRAWER), ("cash_put_in", _PUT_IN), ("cash_taken_out", _TAKEN_OUT)):
        counters[name] = f"{roubles((await reader.register(register))['sum']):f}"
    paid = {name: (await reader.register(_PAID, _SALE, kind))["sum"] for kind, name in _PAYMENTS.items()}
    counters |= await _payments_of_returns(reader)
    counters |= await _optional_sums(reader)
    return Report(
        number=str(number),
        currency=CURRENCY,
        totals_by_payment=tuple(KindTotal(kind=kind.value, amount=roubles(amount)) for kind, amount in paid.items()),
        total=roubles(sums["sales"]),
        counts=await _counts(reader),
        counters=counters,
    )


async def _payments_of_returns(reader: FactReader) -> dict[str, str]:
    """By which payment money went back or out, where any did."""
    found = {}
    for kind, name in _TYPES.items():
        for number, payment in _PAYMENTS.items():
            paid = await _told(reader, _PAID, kind, number) if kind != _SALE else None
            if paid is not None and paid["sum"]:
                found[f"{name}_{payment.value}"] = f"{roubles(paid['sum']):f}"
    return found


async def _optional_sums(reader: FactReader) -> dict[str, str]:
    """VAT of the shift's sales by rate, and what was sold in all shifts together."""
    found = {}
    for vat in _TAXES:
        amount = await _told(reader, _TAX, _SALE, vat.code)
        if amount is not None and amount["sum"]:
            found[f"sales_vat_{vat.text}"] = f"{roubles(amount['sum']):f}"
    for kind, name in _TYPES.items():
        amount = await _told(reader, _EVER, kind)
        if amount is not None:
            found[f"{name}_of_all_shifts"] = f"{roubles(amount['sum']):f}"
    return found


async def _counts(reader: FactReader) -> dict[str, int]:
    """Receipts where the device counts them, else items; slips of cash."""
    counts = {}
    for kind, name in _TYPES.items():
        receipts = await _told(reader, _RECEIPTS, kind)
        if receipts is not None:
            counts[name] = receipts["count"]
            counts[f"{name}_annulled"] = receipts["annulled"]
        counts[f"{name}_items"] = (await reader.register(_REGISTRATIONS, kind))["count"]
    for name, register in _SLIPS.items():
        counts[name] = (await reader.register(register))["count"]
    return counts


async def _told(reader: FactReader, register: int, first: int, second: int = 0) -> dict[str, int] | None:
    """The values of a register that some devices do not have."""
    command = commands.register(register, first, second)
    answer = await reader.ask_if_known(command)
    return values_of(command.shape, answer) if answer is not None else None
