"""Reprints from protected memory. They are no documents: no counter moves, and the copy says what it is.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal". Protected memory is the list of what was issued.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from bridge_simulators.device import IssuedDocument
from bridge_simulators.paper import rule

from bridge_sim_posnet import render
from bridge_sim_posnet.receipt import CommandError

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Wait
    from bridge_sim_posnet.printer import Printer

RECEIPTS, INVOICES, NON_FISCAL, REPORTS, ALL = 0, 1, 2, 3, 5
_SALES = {
    RECEIPTS: ("receipt", "cancelled_receipt"),
    INVOICES: ("invoice", "cancelled_invoice"),
    REPORTS: ("daily_report",),
}
ORIGINAL = "ORYGINAŁ"  # what a duplicate does not say
KEPT_NOTES = 50  # reprints that the state still tells of


def _reprint(printer: Printer, call: Call, documents: Iterable[IssuedDocument], mark: str = "") -> Generator[Wait, None, int]:
    """Prints them again one by one, as far as there is paper and nobody breaks it off. How many were printed."""
    printed = 0
    printer.interrupted = False
    printer.printing = printer.ports[call.port]
    for document in documents:
        yield printer.may_go_on
        if printer.interrupted:
            break
        printer.queue_paper(["", *render.centred("WYDRUK Z PAMIĘCI CHRONIONEJ", mark), rule(render.WIDTH)])
        printer.queue_paper(_text(printer, document, mark))
        printer.cut()
        lines = len(printer.memory.unprinted)
        printer.flush()
        seconds = printer.pace.printing(lines, cut=True)
        if seconds:
            yield seconds
        notes = printer.memory.reprints
        notes.append(f"{document.kind} {document.number} {mark}".rstrip())
        del notes[:-KEPT_NOTES]
        printed += 1
    return printed


def _text(printer: Printer, document: IssuedDocument, mark: str) -> list[str]:
    """The document's own lines: from the roll, or what would have been printed. Of an invoice one copy."""
    if "text" in document.details:
        lines = list(document.details["text"])
    else:
        start, end = document.details.get("paper", (0, 0))
        lines = printer.roll.lines[start:end]
    if render.CUT_MARK in lines:
        lines = lines[: lines.index(render.CUT_MARK)]
    return [line for line in lines if not mark or line.strip() != ORIGINAL]


def eclastprintouts(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """The last one to nine documents of any kind. 2930."""
    documents = printer.documents()[-call.args["no"] :]
    if not documents:
        raise CommandError(2930)
    yield from _reprint(printer, call, documents)
    return []


def ecprndoc(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """By kind, number and time; how many were printed. 2930, 400."""
    args = call.args
    kind, first, last = args.get("ty", ALL), args.get("fn", 0), args.get("tn", 999_999_999)
    if kind not in (RECEIPTS, INVOICES, NON_FISCAL, REPORTS, ALL):
        raise CommandError(400)
    begin, end = (args[name].replace(tzinfo=printer.zone) if name in args else None for name in ("fd", "td"))
    chosen = [document for document in printer.documents() if _of_kind(document, kind, first, last)]
    chosen = [document for document in chosen if _in_time(document, begin, end)]
    if not chosen:
        raise CommandError(2930)
    printed = yield from _reprint(printer, call, chosen)
    return [("il", printed)]


def _of_kind(document: IssuedDocument, kind: int, first: int, last: int) -> bool:
    """The numbers are those at the foot of a receipt or invoice, in the head of a non-fiscal printout; else they do not count."""
    if kind == ALL:
        return True
    if kind == NON_FISCAL:
        others = (name for names in _SALES.values() for name in names)
        return document.kind not in others and not document.fiscal and first <= int(document.details["header"]) <= last
    return document.kind in _SALES[kind] and (kind == REPORTS or first <= int(document.number) <= last)


def _in_time(document: IssuedDocument, begin: datetime | None, end: datetime | None) -> bool:
    at = datetime.fromisoformat(document.issued_at)
    return (begin is None or at >= begin) and (end is None or at <= end)


def ecprnfv(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """An invoice again, for the customer marked as a duplicate. 2930."""
    wanted = str(call.args["fn"])
    documents = [document for document in printer.documents() if document.kind == "invoice" and document.number == wanted]
    if not documents:
        raise CommandError(2930)
    yield from _reprint(printer, call, documents[-1:], "" if call.args["ut"] else "DUPLIKAT")
    return []


def interrupt(printer: Printer, call: Call) -> Answer:
    """`break`: a reprint stops behind the document that is being printed."""
    printer.interrupted = True
    if call.immediate:
        printer.on_hand()
    return []
