"""Payments and change as commands. Pure: no printer is asked.

Follows protocol-specs/posnet, "Receipt" and "Payment types". There is no command for cash back: a card payment above the total
with change in cash is what it looks like on this printer.
"""

from __future__ import annotations

from decimal import Decimal

from bridge.model import (
    ArithmeticProfile,
    Figures,
    ForeignMoney,
    Payment,
    PaymentKind,
    Receipt,
    decimal_string,
    invalid,
    unsupported,
)
from bridge_posnet import commands
from bridge_posnet.fields import Limits
from bridge_posnet.fitting import Fitting
from bridge_posnet.lines import built
from bridge_posnet.plan import Step
from bridge_posnet.unsupported import amount

_RATE_DECIMALS = 4

# The uniform kinds in the printer's numbers. Where it has no number of its own, the kind is printed by name.
_KINDS = {
    PaymentKind.CASH: (commands.PaymentKind.CASH, None),
    PaymentKind.CARD: (commands.PaymentKind.CARD, None),
    PaymentKind.TRANSFER: (commands.PaymentKind.TRANSFER, None),
    PaymentKind.VOUCHER: (commands.PaymentKind.VOUCHER, None),
    PaymentKind.PREPAID: (commands.PaymentKind.OTHER, "Przedpłata"),
    PaymentKind.CREDIT: (commands.PaymentKind.CREDIT, None),
    PaymentKind.EXCHANGE: (commands.PaymentKind.OTHER, "Wymiana"),
    PaymentKind.OTHER: (commands.PaymentKind.OTHER, None),
}


def plan_payments(receipt: Receipt, figures: Figures, fit: Fitting, limits: Limits, profile: ArithmeticProfile) -> list[Step]:
    """Raises RequestError naming the payment."""
    steps: list[Step] = []
    if receipt.payments:
        # Cash last: once the sum is covered the printer takes no further payment (1953), and only cash may exceed it.
        for index, payment in sorted(enumerate(receipt.payments), key=lambda numbered: _place(numbered[1])):
            field = f"payments.{index}"
            if payment.foreign is not None:
                steps.append(_foreign(field, payment, payment.foreign, fit, limits, profile))
            else:
                steps.append(_own(field, payment.kind, payment.amount, payment.label, fit, limits))
    elif figures.payments:
        steps.append(Step(commands.trpayment(commands.PaymentKind.CASH, figures.payments), "payments"))
    given = receipt.change if receipt.change is not None else ()
    if len(given) > 1:
        raise unsupported("change", "this printer gives change in one kind only")
    if given:
        steps.append(_own("change.0", given[0].kind, given[0].amount, given[0].label, fit, limits, change=True))
    elif figures.change:
        steps.append(_own("change", PaymentKind.CASH, figures.change, None, fit, limits, change=True))
    return steps


def _place(payment: Payment) -> int:
    if payment.foreign is not None:
        return 1
    return 2 if payment.kind is PaymentKind.CASH else 0


def _own(
    field: str, kind: PaymentKind, value: Decimal, label: str | None, fit: Fitting, limits: Limits, *, change: bool = False
) -> Step:
    amount(f"{field}.amount", value)
    number, usual = _KINDS[kind]
    name: bytes | None
    if label is not None:
        name = fit.text(f"{field}.label", label, limits.payment_name)
    else:
        name = Fitting(fit.code_page, lenient=True).text(field, usual, limits.payment_name) if usual else None
    return Step(built(field, lambda: commands.trpayment(number, value, name=name, change=change)), field)


def _foreign(
    field: str, payment: Payment, foreign: ForeignMoney, fit: Fitting, limits: Limits, profile: ArithmeticProfile
) -> Step:
    """Cash in another currency; the printer verifies what it is worth."""
    if payment.kind is not PaymentKind.CASH:
        raise unsupported(f"{field}.kind", "only cash can be in another currency on this printer", remedy='"kind": "cash"')
    amount(f"{field}.foreign.amount", foreign.amount)
    if foreign.rate.scaleb(_RATE_DECIMALS) % 1:
        raise invalid(
            f"{field}.foreign.rate", f"{decimal_string(foreign.rate)} has more than {_RATE_DECIMALS} decimals",
            limit=f"{_RATE_DECIMALS} decimals",
        )  # fmt: skip
    worth = profile.round(foreign.amount * foreign.rate)
    if worth != payment.amount:
        message = (
            f"says {decimal_string(payment.amount)}, but {decimal_string(foreign.amount)} {foreign.currency} at "
            f"{decimal_string(foreign.rate)} come to {decimal_string(worth)}"
        )
        raise invalid(f"{field}.amount", message, limit=decimal_string(worth))
    amount(f"{field}.amount", payment.amount)
    name = fit.text(f"{field}.label", payment.label or foreign.currency, limits.payment_name)
    symbol = foreign.currency.encode("ascii")
    return Step(
        built(field, lambda: commands.trpaymentcurr(foreign.amount, foreign.rate, symbol, name, value=payment.amount)), field
    )
