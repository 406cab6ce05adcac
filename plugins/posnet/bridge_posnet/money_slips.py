"""Slips about money that are no sale: goods returns, cash put in or taken out. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Each is one command, which decides; the footer goes ahead of it.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.model import ArithmeticProfile, CashIn, CashOut, Receipt, compute, decimal_string, invalid
from bridge_posnet import commands
from bridge_posnet.facts import Kind
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import footer
from bridge_posnet.plan import Plan, Step
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.unsupported import amount, currency, refuse_unsupported


def plan_goods_return(receipt: Receipt, settings: PosnetSettings, profile: ArithmeticProfile, reference: str) -> Plan:
    """A refund. In Poland it does not lower the fiscal totals: the printer prints a slip with the sum, and the shop keeps
    the lines in a register of its own."""
    fit = Fitting(settings.code_page, lenient=receipt.fit == "lenient")
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
    steps = (*footer(receipt, fit, settings, reference), Step(commands.stocash(total), "total"))
    return Plan(kind=Kind.GOODS_RETURN, steps=steps, total=total, warnings=tuple(fit.warnings))


def plan_cash(operation: CashIn | CashOut, currencies: Collection[str], settings: PosnetSettings, reference: str) -> Plan:
    """Cash put into the drawer, or taken out of it. A cashier's name is no reason to refuse it: what the printer cannot show
    of it is replaced, and told."""
    fit = Fitting(settings.code_page, lenient=True)
    currency("currency", operation.currency, currencies)
    amount("amount", operation.amount)
    into = isinstance(operation, CashIn)
    return Plan(
        kind=Kind.CASH,
        steps=(*footer(operation, fit, settings, reference), Step(commands.cash(operation.amount, into=into), "amount")),
        total=operation.amount,
        cash=operation.amount if into else -operation.amount,
        warnings=tuple(fit.warnings),
    )
