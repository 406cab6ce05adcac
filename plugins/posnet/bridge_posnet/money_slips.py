"""Slips about money that are no sale: goods and packaging returns, cash put in or taken out. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Each is one command, which decides; the footer goes ahead of it.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.model import CashIn, CashOut, LineKind, Receipt, ReceiptKind, compute, decimal_string, invalid, unsupported
from bridge_posnet import commands
from bridge_posnet.facts import Kind
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import footer
from bridge_posnet.lines import Circumstances, plan_lines
from bridge_posnet.plan import Plan, Step
from bridge_posnet.unsupported import amount, currency, refuse_unsupported


def is_packaging_return(receipt: Receipt) -> bool:
    """Packaging that comes back, and nothing else: no sale, but a slip of its own."""
    return receipt.kind is ReceiptKind.SALE and all(line.kind is LineKind.DEPOSIT_RETURN for line in receipt.lines)


def plan_packaging_return(receipt: Receipt, now: Circumstances) -> Plan:
    """The customer gets the deposit back. The slip has the sum only."""
    fit = Fitting(now.settings.code_page, lenient=receipt.fit == "lenient")
    refuse_unsupported(receipt, fit)
    _no_edocument(receipt)
    if receipt.payments:
        raise unsupported("payments", "packaging that comes back is paid out, not paid", remedy="leave payments out")
    figures = compute(receipt, now.profile)
    plan_lines(receipt.lines, figures.lines, now, fit, invoice=False)
    total = -figures.deposits
    fit.warn("lines_not_printed", f"The printer prints a packaging slip over {decimal_string(total)} without its lines.", "lines")
    steps = (*footer(receipt, fit, now), Step(commands.packret(total), "lines"))
    return Plan(kind=Kind.PACKAGING_RETURN, steps=steps, total=total, warnings=tuple(fit.warnings))


def plan_goods_return(receipt: Receipt, now: Circumstances) -> Plan:
    """A refund. In Poland it does not lower the fiscal totals: the printer prints a slip with the sum, and the shop keeps
    the lines in a register of its own."""
    fit = Fitting(now.settings.code_page, lenient=receipt.fit == "lenient")
    refuse_unsupported(receipt, fit)
    _no_edocument(receipt)
    for index, line in enumerate(receipt.lines):
        if line.kind is not LineKind.ITEM:
            raise unsupported(f"lines.{index}.kind", f"lines of the kind {line.kind.value} are not possible in a goods return")
    total = compute(receipt, now.profile).total
    if total <= 0:
        raise invalid("total", "there is nothing to return", limit="more than 0.00")
    amount("total", total)
    fit.warn(
        "lines_not_printed",
        f"The printer prints a goods return slip over {decimal_string(total)} without its lines; it is not fiscal. "
        "Keep the lines in the register of returns.",
        "lines",
    )
    steps = (*footer(receipt, fit, now), Step(commands.stocash(total), "total"))
    return Plan(kind=Kind.GOODS_RETURN, steps=steps, total=total, warnings=tuple(fit.warnings))


def plan_cash(operation: CashIn | CashOut, currencies: Collection[str], now: Circumstances) -> Plan:
    """Cash put into the drawer, or taken out of it. A cashier's name is no reason to refuse it: what the printer cannot show
    of it is replaced, and told."""
    fit = Fitting(now.settings.code_page, lenient=True)
    currency("currency", operation.currency, currencies)
    amount("amount", operation.amount)
    into = isinstance(operation, CashIn)
    return Plan(
        kind=Kind.CASH,
        steps=(*footer(operation, fit, now), Step(commands.cash(operation.amount, into=into), "amount")),
        total=operation.amount,
        cash=operation.amount if into else -operation.amount,
        warnings=tuple(fit.warnings),
    )


def _no_edocument(receipt: Receipt) -> None:
    if receipt.delivery.edocument is not None:
        raise unsupported("delivery.edocument", "a slip cannot be an e-document", remedy="leave it out")
    if not receipt.delivery.paper:
        raise unsupported("delivery.paper", "a slip is always printed", remedy="leave it out")
