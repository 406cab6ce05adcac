"""Cancelling, drawer, feed.

Source: protocol-specs/posnet, "Receipt" (`prncancel`), "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_posnet import forms
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import cancel_receipt, close_footer

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call
    from bridge_sim_posnet.printer import Printer


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


def opendrwr(printer: Printer, call: Call) -> Answer:
    printer.drawer_open = True
    return []


def papfeed(printer: Printer, call: Call) -> Answer:
    printer.print(*[""] * call.args["ln"])
    return []
