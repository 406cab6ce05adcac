"""A document once more: reprinted from protected memory, or sent as an e-document. Pure: no printer is asked.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal" and "E-document".
"""

from __future__ import annotations

from datetime import datetime, time

from bridge.model import Copy, invalid, unsupported
from bridge_posnet import commands
from bridge_posnet.calendar_days import on_calendar
from bridge_posnet.commands import Reprinted
from bridge_posnet.fitting import Fitting
from bridge_posnet.footer import edocument_target
from bridge_posnet.frame import Frame
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.unsupported import refuse_delivery

_KINDS = {
    "receipt": Reprinted.RECEIPTS,
    "invoice": Reprinted.INVOICES,
    "slip": Reprinted.NON_FISCAL,
    "report": Reprinted.DAILY_REPORTS,
}


def plan_copy(operation: Copy, settings: PosnetSettings) -> Frame:
    """The command. Raises RequestError naming the field."""
    fit = Fitting(settings.code_page, lenient=False)
    delivery = operation.delivery
    refuse_delivery(delivery, settings)
    if delivery.edocument is not None:
        if delivery.paper and "paper" in delivery.model_fields_set:
            raise unsupported("delivery.paper", "one copy is printed or sent, not both", remedy="ask for two copies")
        if operation.document is not None or operation.issued_on is not None:
            raise unsupported("document", "only the last document of the printer can become an e-document", remedy="leave it out")
        customer, server = edocument_target(delivery, fit, settings.limits)
        return commands.eparagonidzprev(customer, server=server)
    if operation.document is None and operation.issued_on is None:
        return commands.eclastprintouts(1)
    since = until = None
    if operation.issued_on is not None:
        on_calendar("issued_on", operation.issued_on)
        since = datetime.combine(operation.issued_on, time(0, 0))
        until = datetime.combine(operation.issued_on, time(23, 59))
    number: int | None = None
    if operation.document is not None:
        if operation.kind == "report":
            raise unsupported("document", "daily reports are found by their day", remedy="give issued_on")
        if not (operation.document.isascii() and operation.document.isdigit() and len(operation.document) <= 9):
            raise invalid("document", "is no number of this printer's documents", limit="at most 9 digits")
        number = int(operation.document)
    return commands.ecprndoc(_KINDS[operation.kind], first=number, last=number, since=since, until=until)
