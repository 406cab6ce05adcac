"""Documents beside the sale: goods and packaging return, cash in and out, the daily report; what any slip ends with.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal", "Counters as measured".
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from bridge_sim_posnet import render, render_reports
from bridge_sim_posnet.arithmetic import decimal_text
from bridge_sim_posnet.commands import MAX_CASH
from bridge_sim_posnet.items import Pack
from bridge_sim_posnet.memory import DAILY_REPORT, MAX_REPORTS, NON_FISCAL, RECORD_REPORT, Daily, Report
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import document_taxes, last_record, no_document, use_footer

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Wait
    from bridge_sim_posnet.printer import Printer


def head(printer: Printer, *, fiscal: bool = False) -> None:
    """A printout begins. A non-fiscal one right behind a receipt may have been told to go without a header."""
    memory = printer.memory
    printer.started = printer.position
    if not (memory.headless and not fiscal):
        printer.print(*render.header(printer.settings, memory.header_text, memory.counters.hn, printer.now()))


def finish_non_fiscal(printer: Printer, kind: str, amount: int, *, origin: str, **rest: Any) -> None:
    """A non-fiscal printout ends: it takes a header number and counts in `stot nf`."""
    memory, footer = printer.memory, printer.memory.footer(origin)
    number = memory.counters.hn
    memory.daily.nf += 1
    memory.protect(NON_FISCAL)
    till, cashier = footer.till or memory.till, footer.cashier or memory.cashier
    code = memory.take_code() if footer.code_place else ""
    printer.print(*render.foot("", till, cashier, printer.now()))
    printer.print(*render.after_foot(footer.system_number, footer.barcode, footer.lines, code, above=footer.code_place == 1))
    printer.print(*render.identity(printer.settings, False))
    details = {
        "header": number,
        "protected": memory.protected_last,
        "paper": [printer.started, printer.position],
        **rest.pop("details", {}),
    }
    printer.cut(footer.ending)
    memory.headless = memory.headless and footer.ending == 3
    printer.issue(kind, str(number), amount, fiscal=False, origin=origin, reference=footer.system_number, details=details, **rest)
    use_footer(printer, origin)
    memory.counters.hn += 1


def _slip(printer: Printer, call: Call, kind: str, title: str, amounts: list[tuple[str, int]]) -> None:
    head(printer)
    printer.print(*render.slip(title, amounts))
    finish_non_fiscal(printer, kind, call.args["kw"], origin=call.port)


def stocash(printer: Printer, call: Call) -> Answer:
    """Goods return: a slip that does not touch the fiscal totals."""
    if call.args["kw"] == 0:
        raise CommandError(400)
    _slip(printer, call, "goods_return", "ZWROT TOWARU", [("Zwrot towaru", call.args["kw"])])
    return []


def packret(printer: Printer, call: Call) -> Answer:
    """Packaging return: one piece, given back in cash."""
    amount = call.args["kw"]
    if amount == 0:
        raise CommandError(400)
    printer.memory.cash = max(printer.memory.cash - amount, 0)
    printer.memory.daily.packs_returned += amount
    head(printer)
    printer.print(*render.non_fiscal_title(""), *render.packs([Pack("", amount, 1, amount, returned=True)]))
    printer.print(*render.row("DO ZWROTU PLN", decimal_text(amount).replace(".", ",")))
    finish_non_fiscal(printer, "packaging_return", amount, origin=call.port)
    return []


def cash(printer: Printer, call: Call) -> Answer:
    """Cash in or out. 502 overflow; 503 more than is there, which empties the drawer's account."""
    memory, amount = printer.memory, call.args["kw"]
    if amount == 0:
        raise CommandError(400)
    shift = memory.shift(printer.now())
    if call.args["wp"]:
        if memory.cash + amount > MAX_CASH:
            raise CommandError(502)
        memory.cash += amount
        shift.cash_in += amount
        kind, title = "cash_in", "WPŁATA DO KASY"
    else:
        if amount > memory.cash:
            memory.cash = 0
            raise CommandError(503)
        memory.cash -= amount
        shift.cash_out += amount
        kind, title = "cash_out", "WYPŁATA Z KASY"
    _slip(printer, call, kind, title, [(title.split()[0].capitalize(), amount), ("Stan kasy", memory.cash)])
    return []


def dailyrep(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """The fiscal daily report. Without `da` somebody confirms it at the keypad. 2022, 382, 388, 1018, 1045."""
    memory, rules = printer.memory, printer.settings
    if "da" in call.args and call.args["da"] != printer.now().date():
        raise CommandError(2022)
    if memory.fiscal:
        if memory.daily.zero and memory.last_report_zero:
            raise CommandError(382)
        if rules.report_blocked != "no":
            raise CommandError(int(rules.report_blocked))
        if memory.counters.rd >= MAX_REPORTS:
            raise CommandError(1018)
        if printer.now() < last_record(printer):
            raise CommandError(1045)
    if "da" not in call.args:
        yield from printer.wait_for_key()
        no_document(printer)
    make_report(printer, call.port)
    return []


def make_report(printer: Printer, origin: str) -> None:
    """Writes the fiscal memory, prints, starts a new day."""
    memory, counters, daily = printer.memory, printer.memory.counters, printer.memory.daily
    now = printer.now()
    number = counters.rd + 1
    report = Report(number, now, list(memory.rates), daily)
    total = render_reports.sums(daily, memory.rates)
    memory.protect(DAILY_REPORT)
    head(printer, fiscal=True)
    printer.print(*render.title("RAPORT FISKALNY", memory.fiscal))
    printer.print(*render_reports.daily_report(report, clears=counters.cl, last=counters.bt))
    printer.print(*render.foot("", memory.till, memory.cashier, now))
    printer.print(*render.identity(printer.settings, memory.fiscal))
    printer.issue(
        "daily_report",
        str(number),
        total.gross,
        fiscal=memory.fiscal,
        origin=origin,
        taxes=document_taxes([one + other for one, other in zip(daily.receipts, daily.invoices, strict=True)]),
        details={
            "header": counters.hn,
            "protected": memory.protected_last,
            "receipts": daily.pn,
            "cancelled": daily.cn,
            "cancelled_total": decimal_text(daily.ct),
            "invoices": daily.fn,
            "invoice_taxes": document_taxes(daily.invoices),
            "cancelled_invoices": daily.fl,
            "packaging_issued": decimal_text(daily.packs_issued),
            "packaging_returned": decimal_text(daily.packs_returned),
            "tax": decimal_text(total.tax),
            "non_fiscal": daily.nf,
            "paper": [printer.started, printer.position],
        },
    )
    printer.cut()
    _remind(printer)
    counters.hn += 1
    if memory.fiscal:
        counters.rd = number
        memory.reports.append(report)
        memory.record(RECORD_REPORT, now)
        memory.last_report_zero = daily.zero
    memory.daily = Daily()
    if printer.settings.receipt_counter == "daily":
        counters.bn = counters.bc = counters.bt = 0


def _remind(printer: Printer) -> None:
    """The technical inspection is near or over: said behind every daily report, fourteen days ahead."""
    left = (printer.inspection().date() - printer.now().date()).days
    if left <= 14:
        printer.print(*render.centred("PRZEGLĄD TECHNICZNY", f"do {printer.inspection():%Y-%m-%d}"))
        printer.cut()
