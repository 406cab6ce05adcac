"""What a document would look like on paper, drawn from what would be sent: receipts by the rules of 54-FZ (`bridge_ffd`),
printouts as they are sent."""

from __future__ import annotations

from datetime import date

from bridge_ffd.fitting import Fitting, title_of
from bridge_ffd.receipt_paper import receipt_lines

from bridge.model import Capabilities, Operation, Print, PrintBarcode, PrintCut, PrintFeed, PrintLine, PrintQr, Receipt
from bridge.plugin import PaperCode, PaperCut, PaperText
from bridge_shtrih_m import commands
from bridge_shtrih_m.checking import circumstances
from bridge_shtrih_m.layout import CODE_PAGE
from bridge_shtrih_m.printout import Mechanism, fitted, laid_out
from bridge_shtrih_m.sale import document_of
from bridge_shtrih_m.settings import ShtrihSettings

_BARCODES = {"ean13": "EAN-13", "code128": "Code 128"}
_OMITTED = ("header", "number", "time", "fiscal sign", "QR code")


def paper(operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None, today: date) -> PaperText | None:
    """None where the device alone knows what it prints, as in a report. Raises RequestError as the check does."""
    match operation:
        case Receipt():
            document = document_of(operation, circumstances(settings, capabilities, today))
            if not document.print_paper:
                return None
            return PaperText(tuple(receipt_lines(document, settings.columns)), settings.columns, CODE_PAGE, _OMITTED)
        case Print():
            return PaperText(tuple(_printout(operation, Mechanism.of(capabilities))), commands.LINE, CODE_PAGE)
        case _:
            return None


def _printout(operation: Print, mechanism: Mechanism) -> list[str | PaperCode | PaperCut]:
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    lines: list[str | PaperCode | PaperCut] = []
    if operation.title:
        lines += laid_out("title", title_of(operation), fit)
    for index, item in enumerate(operation.lines):
        field = f"lines.{index}"
        match item:
            case PrintLine():
                lines += laid_out(field, item, fit)
            case PrintQr():
                lines.append(PaperCode("QR", item.qr, item.align, fitted(item, field, fit, mechanism.dots).correction))
            case PrintBarcode():
                lines.append(PaperCode(_BARCODES[item.format], item.data))
            case PrintFeed():
                lines += [""] * item.feed
            case PrintCut():
                lines += [PaperCut()] if mechanism.cutter else []
    return lines
