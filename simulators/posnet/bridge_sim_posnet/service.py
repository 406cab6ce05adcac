"""Cancelling, footer settings, cashier, clock, drawer, display, feed.

Source: protocol-specs/posnet, "Receipt" (`ftrcfg`, `prncancel`), "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bridge_sim_posnet import forms, render
from bridge_sim_posnet.documents import finish_non_fiscal
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import cancel_receipt, close_footer, no_document

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer

MAX_CLOCK_CHANGE = timedelta(hours=2)  # in fiscal mode
MAX_INFO_LINES = 3


def prncancel(printer: Printer, call: Call) -> Answer:
    """Cancels whatever is open; below an issued receipt it ends the footer, the receipt stays."""
    receipt, form = printer.memory.open, printer.form
    if receipt is not None and receipt.phase == "footer":
        close_footer(printer, receipt)
    elif receipt is not None:
        cancel_receipt(printer, receipt, call.port)
    elif form is not None:
        forms.end_form(printer, form, cancelled=True)
    elif printer.settings.cancel_nothing == "2064":
        raise CommandError(2064)
    return []


def ftrcfg(printer: Printer, call: Call) -> Answer:
    no_document(printer)
    footer, args = printer.memory.footer(call.port), call.args
    lines = args["ln"].split("\n") if args.get("ln") else None
    if lines is not None and len(lines) > MAX_INFO_LINES:
        raise CommandError(2058)
    footer.cashier = args.get("cc", footer.cashier)
    footer.till = args.get("cn", footer.till)
    footer.keep = args.get("ca", False)
    footer.system_number = args.get("sn", "")
    footer.barcode = args.get("bc", "")
    footer.lines = footer.lines if lines is None else lines
    footer.keep_lines = args.get("lb", False)
    return []


def login(printer: Printer, call: Call) -> Answer:
    no_document(printer)
    printer.memory.cashier = call.args["na"]
    _shift_slip(printer, call, "ROZPOCZĘCIE PRACY KASJERA")
    return []


def logout(printer: Printer, call: Call) -> Answer:
    no_document(printer)
    _shift_slip(printer, call, "ZAKOŃCZENIE PRACY KASJERA")
    printer.memory.cashier = ""
    return []


def _shift_slip(printer: Printer, call: Call, title: str) -> None:
    if call.args.get("dr"):
        printer.print(*render.header(printer.settings, printer.memory.counters.hn, printer.now()))
        printer.print(*render.non_fiscal_title(title), f"Kasjer {printer.memory.cashier}")
        finish_non_fiscal(printer, "non_fiscal", 0, origin=call.port)


def rtcset(printer: Printer, call: Call) -> Answer:
    """Sets the clock. 2023 more than two hours in fiscal mode, 2025 earlier than the last daily report."""
    no_document(printer)
    wanted, now = call.args["da"].replace(tzinfo=printer.zone), printer.now()
    if printer.memory.fiscal:
        if abs(wanted - now) > MAX_CLOCK_CHANGE:
            raise CommandError(2023)
        if printer.memory.reports and wanted < printer.memory.reports[-1].at:
            raise CommandError(2025)
    printer.clock_shift += wanted - now
    return []


def opendrwr(printer: Printer, call: Call) -> Answer:
    printer.drawer_open = True
    return []


def papfeed(printer: Printer, call: Call) -> Answer:
    printer.print(*[""] * call.args["ln"])
    return []


def dsptxtline(printer: Printer, call: Call) -> Answer:
    printer.display[call.args["no"]] = call.args["ln"]
    return []
