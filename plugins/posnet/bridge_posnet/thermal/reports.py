"""The daily report (Z) with its figures as data, and periodic reports. Pure: no printer is asked.

Follows protocol-specs/posnet/thermal.md, "Commands" and "Arithmetic". The figures of the day are those of `28#s` right before
the report, which sets them back.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bridge.model import RateTotal, Report, ReportPeriod, ShiftClose, TaxRate, invalid
from bridge_posnet.calendar_days import on_calendar
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import ZERO, PosnetSettings
from bridge_posnet.thermal import commands, texts
from bridge_posnet.thermal.answers import DailyTotals
from bridge_posnet.thermal.facts import Facts, Kind
from bridge_posnet.thermal.plan import Plan, Step
from bridge_posnet.unsupported import CURRENCY

_LAST_NUMBER = 9999  # daily reports that a fiscal memory may hold are fewer


def plan_daily_report(operation: ShiftClose, day: date, settings: PosnetSettings, report: Report | None) -> Plan:
    """`day` is the printer's own date: without it, or with another, a person would have to press a key."""
    fit = Fitting(settings.code_page, lenient=True)
    command = commands.daily_report(day, till=texts.till(fit, settings), cashier=texts.cashier(operation, fit, settings))
    total = (report.total if report is not None else None) or ZERO
    return Plan(Kind.DAILY_REPORT, (Step(command),), total, report=report, warnings=tuple(fit.warnings))


def plan_period_report(operation: ReportPeriod) -> Plan:
    """By dates or by numbers of daily reports; a summary is not fiscal."""
    by_dates = operation.first_date is not None or operation.last_date is not None
    by_numbers = operation.first_number is not None or operation.last_number is not None
    if by_dates == by_numbers:
        raise invalid("from", "give either dates (from, to) or numbers (first_number, last_number)")
    if by_dates:
        if operation.first_date is None or operation.last_date is None:
            raise invalid("to" if operation.last_date is None else "from", "both dates are needed")
        if operation.first_date > operation.last_date:
            raise invalid("to", "it lies before from", limit=f"{operation.first_date} or later")
        on_calendar("from", operation.first_date)
        on_calendar("to", operation.last_date)
        command = commands.report_by_dates(operation.first_date, operation.last_date, summary=operation.summary)
    else:
        first, last = operation.first_number, operation.last_number
        if first is None or last is None:
            raise invalid("last_number" if last is None else "first_number", "both numbers are needed")
        if not 1 <= first <= last <= _LAST_NUMBER:
            raise invalid("last_number", "numbers of daily reports, in order", limit=f"1 to {_LAST_NUMBER}")
        command = commands.report_by_numbers(first, last, summary=operation.summary)
    return Plan(Kind.PERIOD_REPORT, (Step(command),), ZERO, summary=operation.summary)


def figures(totals: DailyTotals, rates: tuple[TaxRate, ...], facts: Facts) -> Report:
    """What the daily report will say."""
    rows = [_row(rate, gross) for rate, gross in zip(rates, totals.totals, strict=False) if rate.active or gross]
    return Report(
        number=str(facts.reports + 1) if facts.reports is not None else None,
        currency=CURRENCY,
        totals_by_rate=tuple(rows),
        total=sum((row.gross for row in rows), ZERO),
        counts={
            "receipts": totals.receipts,
            "receipts_cancelled": totals.cancelled,
            "goods_changes": totals.goods_changes,
        },
        counters={"cancelled_value": f"{totals.cancelled_value:f}", "cash": f"{facts.cash:f}"},
    )


def _row(rate: TaxRate, gross: Decimal) -> RateTotal:
    """Net is rounded first, the tax is what remains: the order of the manual."""
    if rate.percent is None:
        kind = rate.kind.value if rate.kind is not None else "inactive"
        return RateTotal(letter=rate.letter, rate=kind, gross=gross, net=gross, tax=ZERO)
    net = (gross * 100 / (100 + rate.percent)).quantize(ZERO, ROUND_HALF_UP)
    return RateTotal(letter=rate.letter, rate=f"{rate.percent.normalize():f}%", gross=gross, net=net, tax=gross - net)
