"""Slips about money that are no sale: goods returns, cash put in or taken out. Pure: no printer is asked.

Follows protocol-specs/posnet/thermal.md, "Commands". Each is one command, which decides.
"""

from __future__ import annotations

from bridge.model import CashIn, CashOut, Receipt, compute, decimal_string, invalid
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import ARITHMETIC, PosnetSettings
from bridge_posnet.thermal import commands, texts
from bridge_posnet.thermal.facts import Kind
from bridge_posnet.thermal.plan import Plan, Step
from bridge_posnet.thermal.sale import refuse
from bridge_posnet.unsupported import CURRENCY, currency


def plan_goods_return(receipt: Receipt, settings: PosnetSettings) -> Plan:
    """A refund: a slip with the sum, which is not fiscal. It takes the sum off the printer's cash."""
    fit = Fitting(settings.code_page, lenient=receipt.fit == "lenient")
    refuse(receipt, fit)
    currency("currency", receipt.currency, (CURRENCY,))
    total = compute(receipt, ARITHMETIC).total
    if total <= 0:
        raise invalid("total", "there is nothing to return", limit="more than 0.00")
    if total > commands.MAX_SLIP:
        raise invalid("total", "more than the printer takes", limit=decimal_string(commands.MAX_SLIP))
    fit.warn(
        "lines_not_printed",
        f"The printer prints a goods return slip over {decimal_string(total)} without its lines; it is not fiscal. "
        "Keep the lines in the register of returns.",
        "lines",
    )
    command = commands.goods_return(total, till=texts.till(fit, settings), cashier=texts.cashier(receipt, fit, settings))
    return Plan(Kind.GOODS_RETURN, (Step(command, "total"),), total, cash=-total, warnings=tuple(fit.warnings))


def plan_cash(operation: CashIn | CashOut, settings: PosnetSettings) -> Plan:
    """Cash put into the drawer, or taken out of it."""
    fit = Fitting(settings.code_page, lenient=True)
    currency("currency", operation.currency, (CURRENCY,))
    if operation.amount > commands.MAX_SLIP:
        raise invalid("amount", "more than the printer takes", limit=decimal_string(commands.MAX_SLIP))
    if operation.amount.scaleb(2) % 1:
        raise invalid("amount", f"{decimal_string(operation.amount)} has more than 2 decimals", limit="2 decimals")
    into = isinstance(operation, CashIn)
    build = commands.cash_in if into else commands.cash_out
    command = build(operation.amount, till=texts.till(fit, settings), cashier=texts.cashier(operation, fit, settings))
    cash = operation.amount if into else -operation.amount
    return Plan(Kind.CASH, (Step(command, "amount"),), operation.amount, cash=cash, warnings=tuple(fit.warnings))
