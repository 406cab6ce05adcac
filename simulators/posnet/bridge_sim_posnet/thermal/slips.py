"""Documents beside the receipt, drawer and display, over the Thermal protocol.

Source: protocol-specs/posnet/thermal.md, "Commands".
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from typing import TYPE_CHECKING

from bridge_sim_posnet import render
from bridge_sim_posnet.documents import finish_non_fiscal, make_report
from bridge_sim_posnet.memory import Report
from bridge_sim_posnet.thermal.texts import MAX_SLIP, SequenceError

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer
    from bridge_sim_posnet.thermal.handlers import Call, Wait

_DISPLAY_WIDTH = 20


def _footer(printer: Printer, call: Call) -> None:
    """Till and cashier, where both are given; they stand below this document only."""
    if call.texts.empty:
        return
    footer = printer.memory.footer(call.port)
    footer.till, footer.cashier = call.texts.text(8, 33), call.texts.text(17, 34)
    call.texts.end()


def _slip(printer: Printer, call: Call, kind: str, title: str, label: str, amount: int) -> None:
    printer.print(*render.header(printer.settings, printer.memory.header_text, printer.memory.counters.hn, printer.now()))
    printer.print(*render.slip(title, [(label, amount), ("Stan kasy", printer.memory.cash)]))
    finish_non_fiscal(printer, kind, amount, origin=call.port)


def cash_in(printer: Printer, call: Call) -> None:
    amount = call.texts.amount(30, MAX_SLIP)
    if not amount:
        raise SequenceError(30)
    _footer(printer, call)
    if printer.memory.cash + amount > MAX_SLIP:
        raise SequenceError(31)
    printer.memory.cash += amount
    _slip(printer, call, "cash_in", "WPŁATA DO KASY", "Wpłata", amount)


def cash_out(printer: Printer, call: Call) -> None:
    _take_out(printer, call, "cash_out", "WYPŁATA Z KASY", "Wypłata")


def goods_return(printer: Printer, call: Call) -> None:
    """A slip that does not touch the fiscal totals; the cash goes down."""
    _take_out(printer, call, "goods_return", "ZWROT TOWARU", "Zwrot towaru")


def _take_out(printer: Printer, call: Call, kind: str, title: str, label: str) -> None:
    memory = printer.memory
    amount = call.texts.amount(30, MAX_SLIP)
    if not amount:
        raise SequenceError(30)
    _footer(printer, call)
    short = amount > memory.cash
    memory.cash = max(memory.cash - amount, 0)
    if not short or printer.settings.thermal_negative_cash == "printed":
        _slip(printer, call, kind, title, label, amount)
    if short:
        raise SequenceError(32)


def login(printer: Printer, call: Call) -> None:
    _log(printer, call, "ROZPOCZĘCIE PRACY KASJERA", logged_in=True)


def logout(printer: Printer, call: Call) -> None:
    _log(printer, call, "ZAKOŃCZENIE PRACY KASJERA", logged_in=False)


def _log(printer: Printer, call: Call, title: str, *, logged_in: bool) -> None:
    cashier, till = call.texts.text(32, 34), call.texts.text(8, 33)
    call.texts.end()
    printer.print(*render.header(printer.settings, printer.memory.header_text, printer.memory.counters.hn, printer.now()))
    printer.print(*render.non_fiscal_title(title), f"Kasjer {cashier}", f"Kasa {till}")
    finish_non_fiscal(printer, "non_fiscal", 0, origin=call.port)
    printer.memory.cashier = cashier if logged_in else ""


def daily_report(printer: Printer, call: Call) -> Generator[Wait, None, None]:
    """`1;Py;Pm;Pd#r`; without the date somebody confirms it at the keypad. 7, 36."""
    memory = printer.memory
    dated = call.number(0) == 1
    call.exactly(0, 1, 4)
    _footer(printer, call)
    if dated and call.numbers[1:] != (printer.now().year % 100, printer.now().month, printer.now().day):
        raise SequenceError(7)
    today = memory.reports and memory.reports[-1].at.date() == printer.now().date()
    if memory.fiscal and memory.daily.zero and today:
        raise SequenceError(36)
    if not dated:
        yield from printer.wait_for_key()
    make_report(printer, call.port)


def period_report(printer: Printer, call: Call) -> None:
    """`#o` by dates (six numbers and the kind) or by numbers of reports (the kind, and two numbers in the text). 3, 4."""
    numbers = call.numbers
    if len(numbers) in (6, 7):
        first, last = _day(numbers[:3]), _day(numbers[3:6])
        kind = call.number(6)
        chosen = [report for report in printer.memory.reports if first <= report.at.date() <= last]
        if kind not in (0, 1, 6, 7) or first > last:
            raise SequenceError(4)
        full = kind in (0, 6)
    elif len(numbers) == 1 and numbers[0] in (16, 17):
        low, high = call.texts.field(4), call.texts.field(4)
        if not (low.isdigit() and high.isdigit()) or int(low) > int(high):
            raise SequenceError(4)
        chosen = [report for report in printer.memory.reports if int(low) <= report.number <= int(high)]
        full = numbers[0] == 16
    else:
        raise SequenceError(3)
    if not chosen:
        raise SequenceError(4)
    _footer(printer, call)
    _print_period(printer, call, chosen, full=full)


def _print_period(printer: Printer, call: Call, chosen: list[Report], *, full: bool) -> None:
    memory = printer.memory
    number = memory.counters.hn
    fiscal = full and memory.fiscal
    total = sum(sum(report.daily.receipts) for report in chosen)
    printer.print(*render.header(printer.settings, memory.header_text, number, printer.now()))
    printer.print(*render.title("RAPORT FISKALNY OKRESOWY" if full else "PODSUMOWANIE SPRZEDAŻY", fiscal))
    for report in chosen:
        printer.print(f"Raport {report.number:04d}  {report.at:%Y-%m-%d}  {sum(report.daily.receipts) / 100:.2f}")
    printer.print(*render.foot(f"{number:06d}", "", memory.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, fiscal))
    printer.cut()
    printer.issue("period_report", str(number), total, fiscal=fiscal, origin=call.port)
    memory.counters.hn += 1


def _day(numbers: tuple[int, ...]) -> date:
    try:
        return date(2000 + numbers[0], numbers[1], numbers[2])
    except ValueError:
        raise SequenceError(4) from None


def display_or_drawer(printer: Printer, call: Call) -> None:
    """`$d`: 1 opens the drawer, 2 and 101/102 show texts. 4."""
    match call.number(0):
        case 1:
            printer.drawer_open = True
        case 101 | 102 as line:
            printer.display.show(line - 101, call.texts.text(_DISPLAY_WIDTH, 4))
            call.texts.end()
        case 3 | 4 | 8 | 9 | 12 | 13:
            pass  # what the display shows by itself
        case _:
            raise SequenceError(4)
