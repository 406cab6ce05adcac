"""Money rules of the printer, in integer grosze. Source: protocol-specs/posnet, "Money rules"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bridge_sim_posnet.settings import EXEMPT, INACTIVE

RATES = 7  # PTU A to G
LETTERS = "ABCDEFG"
MAX_AMOUNT = 9_999_999_999  # grosze, of one amount
MAX_TOTALIZER = 49_999_999_999  # grosze, of one rate in a day


def line_value(price: int, quantity: Decimal) -> int:
    """round half up (price * quantity), in grosze."""
    return int((price * quantity).quantize(Decimal(1), ROUND_HALF_UP))


def divide_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up, both not negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def percent_amount(value: int, percent: int, *, discount: bool, kind: str) -> int:
    """Amount of a percent discount or surcharge on `value` grosze; `percent` in hundredths of a percent.

    Kind "0" rounds the value after it, "1" the amount itself (`discounttypeset dt`). 13.50 less 15 %: 2.02 and 2.03.
    """
    if kind == "1":
        return divide_half_up(value * percent, 10000)
    factor = 10000 - percent if discount else 10000 + percent
    return abs(divide_half_up(value * factor, 10000) - value)


def spread(gross: Sequence[int], amount: int, *, discount: bool, method: str) -> list[int]:
    """How `amount` changes the gross of each rate: signed grosze a rate, their sum is -amount or +amount."""
    total = sum(gross)
    after = total - amount if discount else total + amount
    if method == "reference":
        return _carried(gross, total, after)
    parts = [divide_half_up(amount * value, total) for value in gross]
    parts[max(range(len(gross)), key=lambda index: gross[index])] += amount - sum(parts)
    return [-part if discount else part for part in parts]


def _carried(gross: Sequence[int], total: int, after: int) -> list[int]:
    changes, carry = [], 0
    for value in gross:
        whole, rest = divmod(value * after, total)
        carry += rest
        # Under a discount the correction may not raise a rate above what it was; it then waits for the next rate.
        if carry >= total and (after >= total or whole + 1 <= value):
            whole += 1
            carry -= total
        changes.append(whole - value)
    return changes


def tax(gross: int, rate: int) -> int:
    """VAT inside `gross` grosze at `rate` hundredths of a percent; exempt and inactive rates hold none."""
    if rate in (EXEMPT, INACTIVE):
        return 0
    return divide_half_up(gross * rate, 10000 + rate)


def wire_rate(rate: int) -> str:
    """2300 -> "23,00"."""
    return f"{rate // 100},{rate % 100:02d}"


def pln(grosze: int) -> str:
    """1234 -> "12,34", as on paper."""
    return f"{'-' if grosze < 0 else ''}{abs(grosze) // 100},{abs(grosze) % 100:02d}"


def decimal_text(grosze: int) -> str:
    """1234 -> "12.34", as in JSON."""
    return pln(grosze).replace(",", ".")
