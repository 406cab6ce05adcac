"""Documents beside the receipt: goods return, cash in and out, the daily report.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal", "Counters as measured".
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import MAX_TOTALIZER, pln, tax
from bridge_sim_posnet.memory import DAILY_REPORT, KEPT_REPORTS, NON_FISCAL, Daily, Report
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import document_taxes, no_document, use_footer

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Wait
    from bridge_sim_posnet.printer import Printer


def finish_non_fiscal(printer: Printer, kind: str, amount: int, *, origin: str, **rest: Any) -> None:
    """A non-fiscal printout ends: it takes a header number and counts in `stot nf`."""
    memory, footer = printer.memory, printer.memory.footer(origin)
    number = memory.counters.hn
    memory.daily.nf += 1
    memory.protect(NON_FISCAL)
    printer.print(*render.foot(f"{number:06d}", footer.till, footer.cashier or memory.cashier, printer.now()))
    printer.print(*render.after_foot(footer.system_number, footer.barcode, footer.lines))
    printer.print(*render.identity(printer.settings, False))
    printer.cut()
    printer.issue(kind, str(number), amount, fiscal=False, origin=origin, reference=footer.system_number, **rest)
    use_footer(printer, origin)
    memory.counters.hn += 1


def _slip(printer: Printer, call: Call, kind: str, title: str, amounts: list[tuple[str, int]]) -> None:
    printer.print(*render.header(printer.settings, printer.memory.counters.hn, printer.now()))
    printer.print(*render.slip(title, amounts))
    finish_non_fiscal(printer, kind, call.args["kw"], origin=call.port)


def stocash(printer: Printer, call: Call) -> Answer:
    """Goods return: a slip that does not touch the fiscal totals."""
    no_document(printer)
    if call.args["kw"] == 0:
        raise CommandError(400)
    _slip(printer, call, "goods_return", "ZWROT TOWARU", [("Zwrot towaru", call.args["kw"])])
    return []


def cash(printer: Printer, call: Call) -> Answer:
    """Cash in or out. 502 overflow; 503 more than is there, which empties the drawer's account."""
    no_document(printer)
    memory, amount = printer.memory, call.args["kw"]
    if amount == 0:
        raise CommandError(400)
    if call.args["wp"]:
        if memory.cash + amount > MAX_TOTALIZER:
            raise CommandError(502)
        memory.cash += amount
        kind, title = "cash_in", "WPŁATA DO KASY"
    else:
        if amount > memory.cash:
            memory.cash = 0
            raise CommandError(503)
        memory.cash -= amount
        kind, title = "cash_out", "WYPŁATA Z KASY"
    _slip(printer, call, kind, title, [(title.split()[0].capitalize(), amount), ("Stan kasy", memory.cash)])
    return []


def dailyrep(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """The fiscal daily report. Without `da` somebody confirms it at the keypad. 2038, 382, 2022."""
    no_document(printer)
    memory = printer.memory
    if "da" in call.args and call.args["da"] != printer.now().date():
        raise CommandError(2022)
    if memory.fiscal and memory.daily.zero and memory.last_report_zero:
        raise CommandError(382)
    if "da" not in call.args:
        yield from printer.wait_for_key()
        no_document(printer)
    make_report(printer, call.port)
    return []


def make_report(printer: Printer, origin: str) -> None:
    """Prints, writes the fiscal memory, starts a new day."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    number = counters.rd + 1
    report = Report(number, printer.now(), list(memory.rates), daily)
    printer.print(*render.header(printer.settings, counters.hn, printer.now()))
    printer.print(*render.title("RAPORT FISKALNY DOBOWY", memory.fiscal))
    printer.print(*render.daily_report(report, _figures(printer, daily)))
    memory.protect(DAILY_REPORT)
    printer.print(*render.foot(f"{counters.hn:06d}", "", memory.cashier, printer.now()))
    printer.print(*render.identity(printer.settings, memory.fiscal))
    printer.cut()
    total_tax = sum(tax(gross, rate) for gross, rate in zip(daily.receipts, memory.rates, strict=True))
    printer.issue(
        "daily_report",
        str(number),
        sum(daily.receipts),
        fiscal=memory.fiscal,
        origin=origin,
        taxes=document_taxes(daily.receipts),
        details={
            "header": counters.hn,
            "protected": memory.protected_last,
            "receipts": daily.pn,
            "cancelled": daily.cn,
            "cancelled_total": pln(daily.ct).replace(",", "."),
            "tax": pln(total_tax).replace(",", "."),
            "non_fiscal": daily.nf,
        },
    )
    counters.hn += 1
    if memory.fiscal:
        counters.rd = number
        memory.reports = [*memory.reports, report][-KEPT_REPORTS:]
        memory.last_report_zero = daily.zero
    memory.daily = Daily()
    if printer.settings.receipt_counter == "daily":
        counters.bn = counters.bc = counters.bt = 0


def _figures(printer: Printer, daily: Daily) -> list[tuple[str, str]]:
    return [
        ("Liczba paragonów", str(daily.pn)),
        ("Liczba anulowanych", str(daily.cn)),
        ("Wartość anulowanych", pln(daily.ct)),
        ("Zmiany w bazie towarowej", str(daily.cc)),
        ("Wydruki niefiskalne", str(daily.nf)),
        ("Zerowania pamięci RAM", str(printer.memory.counters.cl)),
        ("Ostatni paragon", str(printer.memory.counters.bt)),
    ]
