"""Slips about money that are no sale: goods returns, cash put in or taken out. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Each is one command, which decides.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.model import ArithmeticProfile, CashIn, CashOut, Receipt, compute, decimal_string, invalid
from bridge_posnet import commands
from bridge_posnet.facts import Kind
from bridge_posnet.fitting import Fitting
from bridge_posnet.plan import Plan, Step
from bridge_posnet.unsupported import amount, currency, refuse_unsupported


def plan_goods_return(receipt: Receipt, code_page: str, profile: ArithmeticProfile) -> Plan:
    """A refund. In Poland it does not lower the fiscal totals: the printer prints a slip with the sum, and the shop keeps
    the lines in a register of its own."""
    fit = Fitting(code_page, lenient=receipt.fit == "lenient")
    refuse_unsupported(receipt, fit)
    total = compute(receipt, profile).total
    if total <= 0:
        raise invalid("total", "there is nothing to return", limit="more than 0.00")
    amount("total", total)
    fit.warn(
        "lines_not_printed",
        f"The printer prints a goods return slip over {decimal_string(total)} without its lines; it is not fiscal. "
        "Keep the lines in the register of returns.",
        "lines",
    )
    return Plan(
        kind=Kind.GOODS_RETURN, steps=(Step(commands.stocash(total), "total"),), total=total, warnings=tuple(fit.warnings)
    )


def plan_cash(operation: CashIn | CashOut, currencies: Collection[str]) -> Plan:
    """Cash put into the drawer, or taken out of it."""
    currency("currency", operation.currency, currencies)
    amount("amount", operation.amount)
    into = isinstance(operation, CashIn)
    return Plan(
        kind=Kind.CASH,
        steps=(Step(commands.cash(operation.amount, into=into), "amount"),),
        total=operation.amount,
        cash=operation.amount if into else -operation.amount,
    )
