"""Reports that close nothing: of a shift, of a period, of a month. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". The daily report is in `daily_report.py`.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bridge.model import Report, ReportPeriod, ReportX, Warning_, invalid
from bridge_posnet import commands
from bridge_posnet.answers import DailyRecord
from bridge_posnet.calendar_days import on_calendar
from bridge_posnet.facts import Kind
from bridge_posnet.fields import LETTERS
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame
from bridge_posnet.plan import Plan, Step
from bridge_posnet.settings import ZERO, PosnetSettings

# How many daily reports are read one by one for the figures of a period: each is a question of its own.
MOST_RECORDS = 62


def plan_shift_report(operation: ReportX, settings: PosnetSettings, report: Report | None) -> Plan:
    """The protocol has no X report of the day; the summary of a shift (`shiftrep`) comes nearest. It is not fiscal."""
    fit = Fitting(settings.code_page, lenient=False)
    name = fit.text("shift", operation.shift or settings.shift_name, settings.limits.shift)
    frame = commands.shiftrep(name, reset=operation.reset)
    return Plan(kind=Kind.REPORT, steps=(Step(frame, "shift"),), total=ZERO, report=report)


def plan_period_report(operation: ReportPeriod, report: Report | None = None, warnings: Sequence[Warning_] = ()) -> Plan:
    """By numbers of daily reports or by dates; a whole calendar month is the printer's monthly report."""
    return Plan(kind=Kind.REPORT, steps=(Step(_period(operation), "from"),), total=ZERO, report=report, warnings=tuple(warnings))


def _period(operation: ReportPeriod) -> Frame:
    dates, numbers = (operation.first_date, operation.last_date), (operation.first_number, operation.last_number)
    if (dates == (None, None)) == (numbers == (None, None)):
        raise invalid(
            "from", "a period is named by dates or by numbers of daily reports", remedy="give from and to, or the numbers"
        )
    summary = operation.summary or None
    if numbers != (None, None):
        first, last = numbers
        if first is None or last is None:
            raise invalid("first_number" if first is None else "last_number", "is missing")
        for field, number in (("first_number", first), ("last_number", last)):
            if number < 1:
                raise invalid(field, "daily reports are numbered from 1", limit="1")
        if first > last:
            raise invalid("last_number", "the last report is before the first one", limit=f"at least {first}")
        return commands.periodicrepbynumbers(first, last, summary=summary)
    begin, end = dates
    if begin is None or end is None:
        raise invalid("from" if begin is None else "to", "is missing")
    on_calendar("from", begin)
    on_calendar("to", end)
    if begin > end:
        raise invalid("to", "the period ends before it begins", limit=f"at least {begin.isoformat()}")
    if _is_month(begin, end):
        return commands.monthlyrep(begin, summary=summary)
    return commands.periodicrepbydates(begin, end, summary=summary)


def _is_month(first: date, last: date) -> bool:
    whole = calendar.monthrange(first.year, first.month)[1]
    return (first.year, first.month) == (last.year, last.month) and (first.day, last.day) == (1, whole)


def figures_of_records(records: Sequence[DailyRecord], first: int, last: int, currency: str) -> Report:
    """What daily reports of the fiscal memory come to. The rates of those days are not in them, so taxes are not told."""
    by_letter = [ZERO] * len(LETTERS)
    for record in records:
        for index, (receipts, invoices) in enumerate(zip(record.receipt_gross, record.invoice_gross, strict=True)):
            by_letter[index] += (receipts or ZERO) + (invoices or ZERO)
    counts = {
        "daily_reports": len(records),
        "receipts": sum(record.receipts or 0 for record in records),
        "receipts_cancelled": sum(record.cancelled or 0 for record in records),
        "invoices": sum(record.invoices or 0 for record in records),
    }
    counters = {f"gross_{letter}": f"{gross:f}" for letter, gross in zip(LETTERS, by_letter, strict=True) if gross}
    cancelled = sum((record.cancelled_value or ZERO for record in records), ZERO)
    return Report(
        number=f"{first}-{last}",
        currency=currency,
        total=sum(by_letter, Decimal("0.00")),
        counts=counts,
        counters={**counters, "cancelled_value": f"{cancelled:f}"},
    )
