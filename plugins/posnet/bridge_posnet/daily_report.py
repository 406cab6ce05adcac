"""The daily report (Z) as a command, and its figures as data. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal" and "Arithmetic". The figures are those of
`stot` right before the report, which sets them back.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from bridge.model import RateTotal, Report
from bridge_posnet import commands
from bridge_posnet.answers import DailyTotals
from bridge_posnet.facts import Kind
from bridge_posnet.fields import LETTERS, Rate
from bridge_posnet.plan import Plan, Step
from bridge_posnet.reader import ByRate
from bridge_posnet.settings import ZERO


def plan_daily_report(day: date, report: Report | None) -> Plan:
    """`day` is the printer's own date: without it, or with another, a person would have to press a key."""
    return Plan(
        kind=Kind.DAILY_REPORT,
        steps=(Step(commands.dailyrep(day)),),
        total=(report.total if report else None) or ZERO,
        report=report,
    )


def figures(totals: DailyTotals, number: int, first_sale: datetime | None, last_sale: datetime | None, currency: str) -> Report:
    """What the report will say. Receipts and invoices are added up, as the tax of the day is."""
    rates = {rate.letter: rate for rate in totals.rates}
    rows = []
    for letter, receipts, invoices in zip(LETTERS, _seven(totals.receipt_gross), _seven(totals.invoice_gross), strict=True):
        gross = receipts + invoices
        rate = rates.get(letter)
        if rate is not None and (rate.kind != "inactive" or gross):
            rows.append(_row(rate, gross))
    counts = {
        "receipts": totals.receipts,
        "receipts_cancelled": totals.cancelled,
        "invoices": totals.invoices,
        "invoices_cancelled": totals.cancelled_invoices,
        "non_fiscal": totals.non_fiscal,
        "goods_changes": totals.goods_changes,
        "emergencies": totals.emergencies,
    }
    counters = {"cancelled_value": totals.cancelled_value, "invoices_cancelled_value": totals.cancelled_invoice_value}
    return Report(
        number=str(number),
        currency=currency,
        totals_by_rate=tuple(rows),
        total=sum((row.gross for row in rows), ZERO),
        counts={name: count for name, count in counts.items() if count is not None},
        counters={name: f"{value:f}" for name, value in counters.items() if value is not None},
        first_sale_at=first_sale,
        last_sale_at=last_sale,
    )


def _row(rate: Rate, gross: Decimal) -> RateTotal:
    if rate.percent is None:
        return RateTotal(letter=rate.letter, rate=rate.kind, gross=gross, net=gross, tax=ZERO)
    tax = (gross * rate.percent / (100 + rate.percent)).quantize(ZERO, ROUND_HALF_UP)
    return RateTotal(letter=rate.letter, rate=f"{rate.percent.normalize():f}%", gross=gross, net=gross - tax, tax=tax)


def _seven(amounts: ByRate) -> tuple[Decimal, ...]:
    return tuple(amount or ZERO for amount in (*amounts, *(None,) * len(LETTERS))[: len(LETTERS)])
