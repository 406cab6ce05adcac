"""The reports on paper, 40 columns of text. Amounts in grosze. What is printed when, `documents.py` and `reports.py` decide.

Source of the layout: the printouts that the maker shows beside each command.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge_simulators.paper import rule

from bridge_sim_posnet.arithmetic import LETTERS, pln, tax, wire_rate
from bridge_sim_posnet.memory import Daily, Report
from bridge_sim_posnet.render import WIDTH, centred, row
from bridge_sim_posnet.settings import EXEMPT, INACTIVE


@dataclass(frozen=True, slots=True)
class Sums:
    """Tax and gross of some sales: receipts and invoices per rate, each with the tax of its gross."""

    receipts: list[int]
    invoices: list[int]
    receipt_tax: list[int]
    invoice_tax: list[int]

    @property
    def tax(self) -> int:
        return sum(self.receipt_tax) + sum(self.invoice_tax)

    @property
    def gross(self) -> int:
        return sum(self.receipts) + sum(self.invoices)


def sums(daily: Daily, rates: Sequence[int]) -> Sums:
    """The tax is computed from the day's gross per rate, so it may differ from the sum over the receipts."""
    taxes = [[tax(value, rate) for value, rate in zip(gross, rates, strict=True)] for gross in (daily.receipts, daily.invoices)]
    return Sums(daily.receipts, daily.invoices, *taxes)


def added(parts: Sequence[Sums]) -> Sums:
    """Several reports together."""

    def total(columns: list[list[int]]) -> list[int]:
        return [sum(column) for column in zip(*columns, strict=True)] if columns else [0] * len(LETTERS)

    return Sums(
        total([part.receipts for part in parts]),
        total([part.invoices for part in parts]),
        total([part.receipt_tax for part in parts]),
        total([part.invoice_tax for part in parts]),
    )


def rate_table(rates: Sequence[int]) -> list[str]:
    printed: list[str] = []
    for index, rate in enumerate(rates):
        if rate == EXEMPT:
            printed += row(f"{LETTERS[index]}", "Zwolniona")
        elif rate != INACTIVE:
            printed += row(f"PTU {LETTERS[index]}", f"{wire_rate(rate)} %")
    return printed


def sales(total: Sums, rates: Sequence[int]) -> list[str]:
    """Net sales, tax and gross per rate; the lines of invoices are marked FV."""
    printed: list[str] = []
    kinds = (("", total.receipts, total.receipt_tax), ("FV", total.invoices, total.invoice_tax))
    shown = [index for index, rate in enumerate(rates) if rate != INACTIVE]
    for mark, gross, taxes in kinds:
        for index in shown:
            word = "SPRZEDAŻ ZWOLNIONA" if rates[index] == EXEMPT else "SPRZEDAŻ OPODATKOWANA PTU"
            printed += row(f"{word} {LETTERS[index]}{mark}", pln(gross[index] - taxes[index]))
    for mark, _gross, taxes in kinds:
        for index in shown:
            if rates[index] != EXEMPT:
                printed += row(f"KWOTA PTU {LETTERS[index]}{mark}", pln(taxes[index]))
    return [*printed, *row("ŁĄCZNA KWOTA PTU", pln(total.tax)), *row("ŁĄCZNA SPRZEDAŻ BRUTTO PLN", pln(total.gross))]


def period(daily: Daily) -> list[str]:
    """From the first to the last sale."""
    first = f"{daily.first:%Y-%m-%d %H:%M}" if daily.first else "----"
    last = f"{daily.last:%Y-%m-%d %H:%M}" if daily.last else "----"
    return row(f"OD:{first}", f"DO:{last}")


def events(days: Sequence[Daily]) -> list[str]:
    """Counts that a report ends with."""

    def count(name: str) -> int:
        return sum(getattr(day, name) for day in days)

    return [
        "ZDARZENIA",
        *row(" SYTUACJE AWARYJNE", str(count("bc"))),
        *row(" PROGRAMOWANIE", f"L-{count('le')} / O-{count('oe')}"),
        *row(" ZMIANY W BAZIE", str(count("cc"))),
        rule(WIDTH),
        *row(f"PARAGONY {count('pn')}", f"FAKTURY {count('fn')}"),
        *row("PARAGONY ANULOWANE", f"{count('cn')} / {pln(count('ct'))}"),
        *row("FAKTURY ANULOWANE", f"{count('fl')} / {pln(count('ft'))}"),
        *row("DOKUMENTY NIEFISKALNE", str(count("nf"))),
    ]


def daily_report(report: Report, *, clears: int, last: int) -> list[str]:
    """The figures of one day."""
    daily, rates = report.daily, report.rates
    return [
        *centred(f"DOBOWY NR {report.number}"),
        *period(daily),
        rule(WIDTH),
        *rate_table(rates),
        rule(WIDTH),
        *sales(sums(daily, rates), rates),
        rule(WIDTH),
        *row("WALUTA EWIDENCYJNA", "PLN"),
        rule(WIDTH),
        *events([daily]),
        *row("ZEROWANIA PAMIĘCI OPERACYJNEJ", str(clears)),
        *row("OSTATNI PARAGON", str(last)),
    ]


def periodic(reports: Sequence[Report], *, summary: bool) -> list[str]:
    """The daily reports of a period one by one, unless only their sum is asked for, and the sum."""
    printed: list[str] = []
    if reports:
        printed += row(f"OD RAPORTU {reports[0].number}", f"DO RAPORTU {reports[-1].number}")
        printed += row(f"OD {reports[0].at:%Y-%m-%d %H:%M}", f"DO {reports[-1].at:%Y-%m-%d %H:%M}")
    for report in [] if summary else reports:
        printed += [rule(WIDTH), *row("RAPORT FISKALNY DOBOWY", str(report.number)), *period(report.daily), rule(WIDTH)]
        printed += [*rate_table(report.rates), *sales(sums(report.daily, report.rates), report.rates)]
    printed += [rule(WIDTH), *centred("PODSUMOWANIE"), rule(WIDTH)]
    total = added([sums(report.daily, report.rates) for report in reports])
    if reports:
        printed += sales(total, reports[-1].rates)
    else:
        printed += row("ŁĄCZNA SPRZEDAŻ BRUTTO PLN", pln(0))
    return [*printed, rule(WIDTH), *events([report.daily for report in reports])]
