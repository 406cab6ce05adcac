"""What a receipt adds up to: the host computes it exactly, by the rules of the device, before anything is sent.

`ArithmeticProfile` holds the rules of a family (or of one device); `compute` applies them and refuses a receipt whose own
figures disagree, naming the field and both figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from bridge.model.base import AnyDecimal, Model, decimal_string
from bridge.model.errors import FieldError, RequestError, invalid
from bridge.model.receipt import Adjustment, Line, LineKind, SaleContent


class Rounding(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


_MODES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.DOWN: ROUND_DOWN}


class PercentMethod(StrEnum):
    """Which of the two figures of a percentage is rounded: the discount itself, or what is left after it."""

    ADJUSTMENT = "adjustment"
    REMAINDER = "remainder"


class Spread(StrEnum):
    """How a discount on the whole receipt is spread over its tax rates.

    `carry`: proportional, in the order of the rates, the remainder of each division carried to the next.
    `largest`: proportional and rounded, what is left over goes to the largest.
    """

    CARRY = "carry"
    LARGEST = "largest"


class ArithmeticProfile(Model):
    """How a family computes. Decimals are numbers of places; `cash_step` is the smallest coin where a country rounds cash.

    `tolerance` is how far a line total may stand from quantity x price before it is refused (0: exactly equal).
    """

    currency_decimals: int = 2
    price_decimals: int = 2
    quantity_decimals: int = 3
    line_rounding: Rounding = Rounding.HALF_UP
    percent_method: PercentMethod = PercentMethod.ADJUSTMENT
    tolerance: AnyDecimal = Decimal(0)
    spread: Spread = Spread.CARRY
    cash_step: AnyDecimal | None = None
    tax_included: bool = True

    def round(self, value: Decimal) -> Decimal:
        """To the places of the currency, by the rule for lines."""
        return value.quantize(Decimal(1).scaleb(-self.currency_decimals), _MODES[self.line_rounding])

    def percentage_of(self, percent: Decimal, base: Decimal, *, surcharge: bool) -> Decimal:
        """The amount of a percentage discount or surcharge on `base`, rounded as the device rounds it."""
        if self.percent_method is PercentMethod.ADJUSTMENT:
            return self.round(base * percent / 100)
        factor = Decimal(100) + percent if surcharge else Decimal(100) - percent
        return abs(self.round(base * factor / 100) - base)


@dataclass(frozen=True, slots=True)
class LineFigures:
    """`gross` is quantity x price; `discount` and `surcharge` are amounts; `total` is what the line adds to the receipt,
    always positive; `sign` is -1 for the kinds that take off."""

    gross: Decimal
    discount: Decimal
    surcharge: Decimal
    total: Decimal
    sign: int = 1

    @property
    def signed(self) -> Decimal:
        return self.total * self.sign


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a receipt, each an exact amount in its currency.

    `subtotal` is the sum of the signed line totals; `total` is what the device prints as total, after the receipt's own
    discount or surcharge; `deposits` is packaging, outside the total; `due` is what is to be paid.
    payments - change == total + rounding + deposits == due.
    """

    lines: tuple[LineFigures, ...]
    subtotal: Decimal
    discount: Decimal
    surcharge: Decimal
    total: Decimal
    deposits: Decimal
    rounding: Decimal
    payments: Decimal
    change: Decimal

    @property
    def due(self) -> Decimal:
        return self.total + self.rounding + self.deposits


# A line must stay within what one amount may be (base.py: 15 digits). Digits that hold price times quantity exactly, both
# of 15 digits and 8 places, and times a percentage: Python's usual 28 do not, and quantize raises instead of rounding.
_LARGEST = 10**15
EXACT_DIGITS = 80

_MINUS = frozenset({LineKind.RETURN, LineKind.DEPOSIT_RETURN, LineKind.ADVANCE_SETTLEMENT, LineKind.VOUCHER})
DEPOSIT_KINDS = frozenset({LineKind.DEPOSIT, LineKind.DEPOSIT_RETURN})


def compute(receipt: SaleContent, profile: ArithmeticProfile) -> Figures:
    """Check and compute a receipt or invoice under a profile.

    Raises RequestError `request.invalid` naming the first field that disagrees, with the given and the computed figure.
    """
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        return _compute(receipt, profile)


def _compute(receipt: SaleContent, profile: ArithmeticProfile) -> Figures:
    lines = tuple(_line(line, number, profile) for number, line in enumerate(receipt.lines))
    kinds = tuple(line.kind for line in receipt.lines)
    goods = sum((f.signed for f, k in zip(lines, kinds, strict=True) if k not in DEPOSIT_KINDS), Decimal(0))
    deposits = sum((f.signed for f, k in zip(lines, kinds, strict=True) if k in DEPOSIT_KINDS), Decimal(0))
    subtotal = _places(goods, profile)
    if subtotal < 0:
        raise _below_zero(subtotal)
    discount = _adjustment(receipt.discount, subtotal, "discount", profile)
    surcharge = _adjustment(receipt.surcharge, subtotal, "surcharge", profile)
    if discount > subtotal:
        raise invalid("discount", f"{decimal_string(discount)} is more than the lines come to", limit=decimal_string(subtotal))
    if surcharge and not subtotal:
        raise invalid("surcharge", "there is nothing that it could be spread over: the lines come to nothing", limit="0")
    total = subtotal - discount + surcharge
    if receipt.total is not None:
        _decimals("total", receipt.total, profile.currency_decimals)
        if receipt.total != total:
            raise _disagree("total", receipt.total, total)
    if total < 0:
        raise _below_zero(total)
    rounding = _rounding(receipt, total, profile)
    due = total + rounding + _places(deposits, profile)
    paid, change = _paid(receipt, due, profile)
    return Figures(lines, subtotal, discount, surcharge, total, _places(deposits, profile), rounding, paid, change)


def spread(parts: Sequence[Decimal], change: Decimal, profile: ArithmeticProfile) -> tuple[Decimal, ...]:
    """Spread a signed change of the whole (negative for a discount) over non-negative parts: their new values.

    The sum of the result is exactly sum(parts) + change. Source of the `carry` method: protocol-specs/posnet, "Money".
    """
    unit = Decimal(1).scaleb(-profile.currency_decimals)
    units = [int((part / unit).to_integral_value()) for part in parts]
    before = sum(units)
    after = before + int((change / unit).to_integral_value())
    if before == 0:  # nothing to be proportional to: the first takes all
        return tuple(part + change if index == 0 else part for index, part in enumerate(parts))
    if profile.spread is Spread.CARRY:
        spread_units, carried = [], 0
        for part in units:
            whole, rest = divmod(part * after, before)
            carried += rest
            if carried >= before:
                whole += 1
                carried -= before
            spread_units.append(whole)
    else:
        spread_units = [(2 * part * after + before) // (2 * before) for part in units]
        largest = max(range(len(units)), key=lambda index: units[index])
        spread_units[largest] += after - sum(spread_units)
    return tuple(Decimal(value) * unit for value in spread_units)


def _line(line: Line, number: int, profile: ArithmeticProfile) -> LineFigures:
    where = f"lines.{number}"
    _decimals(f"{where}.price", line.price, profile.price_decimals)
    _decimals(f"{where}.quantity", line.quantity, profile.quantity_decimals)
    product = line.quantity * line.price
    if product >= _LARGEST:
        raise invalid(f"{where}.price", "quantity times price is too large", limit=f"less than {_LARGEST}")
    gross = profile.round(product)
    discount = _adjustment(line.discount, gross, f"{where}.discount", profile)
    surcharge = _adjustment(line.surcharge, gross, f"{where}.surcharge", profile)
    if discount > gross:
        raise invalid(
            f"{where}.discount", f"{decimal_string(discount)} is more than the line comes to", limit=decimal_string(gross)
        )
    computed = gross - discount + surcharge
    if line.total is not None:
        _decimals(f"{where}.total", line.total, profile.currency_decimals)
        if abs(line.total - computed) > profile.tolerance:
            raise _disagree(f"{where}.total", line.total, computed)
        computed = _places(line.total, profile)
    return LineFigures(gross, discount, surcharge, computed, -1 if line.kind in _MINUS else 1)


def _adjustment(adjustment: Adjustment | None, base: Decimal, where: str, profile: ArithmeticProfile) -> Decimal:
    if adjustment is None:
        return _places(Decimal(0), profile)
    if adjustment.amount is not None:
        _decimals(f"{where}.amount", adjustment.amount, profile.currency_decimals)
        return _places(adjustment.amount, profile)
    assert adjustment.percent is not None
    _decimals(f"{where}.percent", adjustment.percent, 2)
    return profile.percentage_of(adjustment.percent, base, surcharge=where.endswith("surcharge"))


def _rounding(receipt: SaleContent, total: Decimal, profile: ArithmeticProfile) -> Decimal:
    _decimals("rounding", receipt.rounding, profile.currency_decimals)
    if receipt.rounding and profile.cash_step is None:
        raise invalid("rounding", "this device rounds no cash totals", limit="0", remedy="leave rounding out")
    if profile.cash_step is not None and abs(receipt.rounding) >= profile.cash_step:
        raise invalid("rounding", "more than the smallest coin allows", limit=decimal_string(profile.cash_step))
    return _places(receipt.rounding, profile)


def _paid(receipt: SaleContent, due: Decimal, profile: ArithmeticProfile) -> tuple[Decimal, Decimal]:
    for number, payment in enumerate(receipt.payments):
        _decimals(f"payments.{number}.amount", payment.amount, profile.currency_decimals)
    if not receipt.payments and due >= 0:  # nothing said: paid exactly, in cash
        if receipt.change:
            raise invalid("change", "there is change but no payment", remedy="name the payments, or leave change out")
        return due, _places(Decimal(0), profile)
    paid = _places(sum((payment.amount for payment in receipt.payments), Decimal(0)), profile)
    if paid < due:
        raise invalid(
            "payments",
            f"they come to {decimal_string(paid)}, but {decimal_string(due)} is due",
            limit=decimal_string(due),
            remedy="let the payments cover what is due",
        )
    if receipt.change is None:
        return paid, paid - due
    for number, change in enumerate(receipt.change):
        _decimals(f"change.{number}.amount", change.amount, profile.currency_decimals)
    given = _places(sum((change.amount for change in receipt.change), Decimal(0)), profile)
    if given != paid - due:
        raise _disagree("change", given, paid - due)
    return paid, given


def _places(value: Decimal, profile: ArithmeticProfile) -> Decimal:
    """The same value with exactly the currency's places. Values reach this only when no place would be lost."""
    return value.quantize(Decimal(1).scaleb(-profile.currency_decimals))


def _decimals(where: str, value: Decimal, places: int) -> None:
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise invalid(
            where,
            f"{decimal_string(value)} has more than {places} decimals",
            limit=f"{places} decimals",
            remedy="round it in the till: nothing is rounded silently here",
        )


def _below_zero(total: Decimal) -> RequestError:
    message = f"the lines come to {decimal_string(total)}; a receipt below zero is not possible, use kind refund"
    return invalid("total", message, limit="0")


def _disagree(where: str, given: Decimal, computed: Decimal) -> RequestError:
    message = f"says {decimal_string(given)}, but it computes to {decimal_string(computed)}"
    return RequestError(
        "request.invalid",
        f"{where}: {message}",
        (FieldError(where, message, limit=decimal_string(computed), remedy="correct it, or leave it out"),),
        extra={"given": decimal_string(given), "computed": decimal_string(computed)},
    )
