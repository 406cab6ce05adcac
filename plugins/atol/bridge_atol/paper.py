"""What a document would look like on paper, drawn from what would be sent: receipts by the rules of 54-FZ (`bridge_ffd`),
printouts as they are sent."""

from __future__ import annotations

from datetime import date

from bridge_ffd.fitting import Fitting, title_of
from bridge_ffd.receipt_paper import receipt_lines

from bridge.model import Capabilities, Operation, Print, PrintCut, PrintFeed, PrintLine, PrintQr, Receipt
from bridge.plugin import PaperCode, PaperCut, PaperText
from bridge_atol.checking import circumstances
from bridge_atol.layout import CODE_PAGE
from bridge_atol.printout import laid_out
from bridge_atol.sale import document_of
from bridge_atol.settings import AtolSettings

_OMITTED = ("header", "number", "time", "fiscal sign", "QR code")


def paper(operation: Operation, settings: AtolSettings, capabilities: Capabilities | None, today: date) -> PaperText | None:
    """None where the device alone knows what it prints, as in a report. Raises RequestError as the check does."""
    match operation:
        case Receipt():
            document = document_of(operation, circumstances(settings, capabilities, today))
            if not document.print_paper:
                return None
            return PaperText(tuple(receipt_lines(document, settings.columns)), settings.columns, CODE_PAGE, _OMITTED)
        case Print():
            return PaperText(tuple(_printout(operation, settings.columns)), settings.columns, CODE_PAGE)
        case _:
            return None


def _printout(operation: Print, width: int) -> list[str | PaperCode | PaperCut]:
    """`operation` has passed the check: it has no bar codes."""
    fit = Fitting(CODE_PAGE, lenient=operation.fit == "lenient")
    lines: list[str | PaperCode | PaperCut] = []
    if operation.title:
        lines += laid_out("title", title_of(operation), fit, width)
    for index, item in enumerate(operation.lines):
        match item:
            case PrintLine():
                lines += laid_out(f"lines.{index}", item, fit, width)
            case PrintQr():
                lines.append(PaperCode("QR", item.qr))
            case PrintFeed():
                lines += [""] * item.feed
            case PrintCut():
                lines.append(PaperCut())
    return lines
