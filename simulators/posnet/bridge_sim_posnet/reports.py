"""Reports beside the daily one: of a period, of a shift, of the cash, of the set-up, and the one that closes the fiscal memory.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bridge_sim_posnet import render, render_reports
from bridge_sim_posnet.arithmetic import decimal_text, pln, wire_rate
from bridge_sim_posnet.documents import finish_non_fiscal, head
from bridge_sim_posnet.memory import MAX_RAM_CLEARS, MAX_REPORTS, MAX_VAT_CHANGES, RECORD_FISCAL, RECORD_READ_ONLY, Report, Shift
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.settings import EXEMPT, INACTIVE

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer


# --- of a period


def _fiscal_from(printer: Printer) -> date:
    """When the printer became fiscal. 2034."""
    if not printer.memory.fiscal:
        raise CommandError(2034)
    record = next(record for record in printer.memory.records if record.type == RECORD_FISCAL)
    return min([record.at, *(report.at for report in printer.memory.reports[:1])]).date()


def _between(printer: Printer, first: date, last: date) -> list[Report]:
    """2034, 2045, 2046, 2050."""
    fiscal = _fiscal_from(printer)
    if first > printer.now().date():
        raise CommandError(2045)
    if last < fiscal:
        raise CommandError(2046)
    if first > last:
        raise CommandError(2050)
    return [report for report in printer.memory.reports if first <= report.at.date() <= last]


def periodicrepbydates(printer: Printer, call: Call) -> Answer:
    args = call.args
    return _periodic(printer, call, "OKRESOWY", _between(printer, args["fd"], args["td"]))


def monthlyrep(printer: Printer, call: Call) -> Answer:
    """The day of the date means nothing."""
    day: date = call.args["da"]
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return _periodic(printer, call, f"MIESIĘCZNY {day:%Y-%m}", _between(printer, day.replace(day=1), last))


def periodicrepbynumbers(printer: Printer, call: Call) -> Answer:
    """2034, 2047, 2048, 2049."""
    _fiscal_from(printer)
    first, last = call.args["fn"], call.args["tn"]
    if not first or not last:
        raise CommandError(2047)
    if first > last:
        raise CommandError(2048)
    if last > printer.memory.counters.rd:
        raise CommandError(2049)
    return _periodic(printer, call, "OKRESOWY", [report for report in printer.memory.reports if first <= report.number <= last])


def _periodic(printer: Printer, call: Call, title: str, reports: list[Report]) -> Answer:
    summary = call.args.get("su", False)
    body = render_reports.periodic(reports, summary=summary)
    _fiscal_report(printer, call, "periodic_report", [title, *(["ŁĄCZNY"] if summary else [])], body, reports)
    return []


def _fiscal_report(
    printer: Printer, call: Call, kind: str, titles: Sequence[str], body: Sequence[str], reports: Sequence[Report]
) -> None:
    """A report out of fiscal memory: it takes a header number like every printout, and is written nowhere."""
    memory = printer.memory
    total = render_reports.added([render_reports.sums(report.daily, report.rates) for report in reports])
    head(printer, fiscal=True)
    printer.print(*render.title("RAPORT FISKALNY", memory.fiscal), *render.centred(*titles))
    printer.print(*render.row("FISKALIZACJA", f"{_fiscal_from(printer):%Y-%m-%d}"), *body)
    printer.print(*render.foot("", memory.till, memory.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, memory.fiscal))
    printer.issue(
        kind,
        str(memory.counters.hn),
        total.gross,
        fiscal=True,
        origin=call.port,
        details={
            "header": memory.counters.hn,
            "reports": [report.number for report in reports],
            "tax": decimal_text(total.tax),
            "paper": [printer.started, printer.position],
        },
    )
    printer.cut()
    memory.counters.hn += 1


def endrepro(printer: Printer, call: Call) -> Answer:
    """Closes the fiscal memory for good: read-only from here on. 2034, 2036, 2022, 2035."""
    memory = printer.memory
    _fiscal_from(printer)
    if memory.read_only:
        raise CommandError(2036)
    if call.args["da"] != printer.now().date():
        raise CommandError(2022)
    if not memory.daily.zero:
        raise CommandError(2035)
    body = render_reports.periodic(memory.reports, summary=call.args.get("su", True))
    _fiscal_report(printer, call, "closing_report", ["ROZLICZENIOWY"], body, memory.reports)
    memory.record(RECORD_READ_ONLY, printer.now(), re="3")
    memory.read_only = True
    return []


# --- non-fiscal


def _slip(printer: Printer, call: Call, kind: str, title: str, rows: Sequence[tuple[str, str]], amount: int = 0) -> Answer:
    head(printer)
    printer.print(*render.non_fiscal_title(title))
    for left, right in rows:
        printer.print(*render.row(left, right))
    finish_non_fiscal(printer, kind, amount, origin=call.port, details={"rows": [[left, right] for left, right in rows]})
    return []


def shiftrep(printer: Printer, call: Call) -> Answer:
    """What the cashier at work did since the last shift report that reset it."""
    memory, now = printer.memory, printer.now()
    shift = memory.shift(now)
    rows = [
        ("Zmiana:", call.args["sh"]),
        ("Kasjer:", memory.cashier or render.NO_CASHIER),
        ("Sprzedaż:", pln(shift.sales)),
        ("ILOŚĆ PARAGONÓW:", str(shift.receipts)),
        ("ILOŚĆ ANULOWANYCH PARAGONÓW:", str(shift.cancelled)),
        ("Liczba stornowanych pozycji:", str(shift.stornos)),
        ("Wpłaty do kasy:", pln(shift.cash_in)),
        ("Wypłaty z kasy:", pln(shift.cash_out)),
        ("STAN KASY:", pln(memory.cash)),
        ("Początek zmiany:", f"{shift.since:%Y-%m-%d %H:%M}"),
        ("Koniec zmiany:", f"{now:%Y-%m-%d %H:%M}"),
    ]
    _slip(printer, call, "shift_report", "RAPORT ZMIANOWY", rows, shift.sales)
    if call.args.get("zr"):
        memory.shifts[memory.cashier] = Shift(now)
    return []


def cashstaterep(printer: Printer, call: Call) -> Answer:
    return _slip(printer, call, "cash_report", "", [("STAN KASY", pln(printer.memory.cash))], printer.memory.cash)


def servicerep(printer: Printer, call: Call) -> Answer:
    memory, rules = printer.memory, printer.settings
    shown = {EXEMPT: "Zwolniona", INACTIVE: "----"}
    rows = [
        ("DRUKARKA FISKALNA", ""),
        (rules.name, ""),
        ("WERSJA PROGRAMU PRACY", rules.firmware),
        ("NR UNIKATOWY", rules.unique_number),
        ("FISKALNY LICZNIK PARAGONÓW", "DOBOWY" if rules.receipt_counter == "daily" else "CIĄGŁY"),
        ("TRYB PRACY DRUKARKI", "FISKALNY" if memory.fiscal else "NIEFISKALNY"),
        ("STAWKI PTU", f"{memory.counters.vt}/{MAX_VAT_CHANGES}"),
        *(
            (f"PTU {letter}", shown.get(rate, f"{wire_rate(rate)} %"))
            for letter, rate in zip("ABCDEFG", memory.rates, strict=True)
        ),
        ("RAPORTY FISKALNE DOBOWE", f"{memory.counters.rd}/{MAX_REPORTS}"),
        ("ZEROWANIA PAMIĘCI OPERACYJNEJ", f"{memory.counters.cl}/{MAX_RAM_CLEARS}"),
        ("ZDARZENIA", str(len(memory.records))),
        ("NASTĘPNY PRZEGLĄD", f"{printer.inspection():%Y-%m-%d}"),
    ]
    return _slip(printer, call, "service_report", "RAPORT SERWISOWY", rows)


def hardwarecfgrep(printer: Printer, call: Call) -> Answer:
    rows = [
        ("Typ wyświetlacza", "Wbudowany LCD 4x20"),
        ("Opcja wydruku", f"57mm, {render.WIDTH} znaków"),
        ("Rozliczanie rabatu procentowego", ""),
        ("", "Od kwoty rabatu" if printer.memory.discount_type == "1" else "Od kwoty po rabacie"),
    ]
    return _slip(printer, call, "configuration_report", "RAPORT KONFIGURACJI", rows)


def commcfgrep(printer: Printer, call: Call) -> Answer:
    rows = [
        ("Interfejs PC1", "POSNET, WINDOWS 1250"),
        ("Interfejs PC2", "POSNET, WINDOWS 1250" if printer.settings.pc2 else "Brak"),
        ("COM 1", "115200, 8, 1, Brak, XON/XOFF"),
        ("Port 2121", "Odczyt pam.chron."),
    ]
    return _slip(printer, call, "configuration_report", "RAPORT KONFIGURACJI WEJŚCIA/WYJŚCIA", rows)


def reponline(printer: Printer, call: Call) -> Answer:
    rows = [
        ("CERTYFIKATY", ""),
        ("URZĄDZENIA: data ważności", f"{printer.due_date(printer.settings.certificate):%Y-%m-%d}"),
        ("Blokada subskrypcji", f"{printer.due_date(printer.settings.subscription):%Y-%m-%d}"),
    ]
    return _slip(printer, call, "configuration_report", "RAPORT ONLINE", rows)


def eparagonrep(printer: Printer, call: Call) -> Answer:
    service = printer.memory.edocuments
    rows = [
        ("Status", "Aktywny" if service.on else "Nieaktywny"),
        ("Adres:", service.server.address or "Brak"),
        ("Nowe [s]:", ",".join(map(str, service.retries))),
        ("Zaległe [s]:", str(service.period)),
        ("Czas ważności [s]:", str(service.lifetime)),
        ("BUFOR EPARAGONU", f"{len(service.buffer)}/500"),
        ("NADPISYWANIE BUFORA", "TAK" if service.override else "NIE"),
    ]
    return _slip(printer, call, "configuration_report", "RAPORT KONFIGURACJI EPARAGONU", rows)
