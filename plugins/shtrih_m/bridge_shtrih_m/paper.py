"""What a document would look like on paper, drawn from what would be sent.

So names stand as they will be printed, and discounts in the prices as the format has them. The layout follows the rules of 54-FZ
for receipts (kind, lines, total, payments, taxes); the device's own header, numbers, times and QR code are not known here.
"""

from __future__ import annotations

from datetime import date

from bridge_ffd.document import FfdDocument
from bridge_ffd.lines import FfdLine
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import first
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, Settlement
from bridge_ffd.vocabulary import Taxation

from bridge.model import Capabilities, Operation, Print, Receipt
from bridge.model.text_layout import centred, columns, wrap
from bridge.plugin import PaperText
from bridge_shtrih_m import commands
from bridge_shtrih_m.checking import circumstances
from bridge_shtrih_m.layout import CODE_PAGE
from bridge_shtrih_m.printout import laid_out, title_of
from bridge_shtrih_m.sale import document_of
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.text import Fitting

_KINDS = {
    DocumentKind.RECEIPT: "КАССОВЫЙ ЧЕК",
    DocumentKind.STRICT_FORM: "БЛАНК СТРОГОЙ ОТЧЕТНОСТИ",
    DocumentKind.CORRECTION: "КАССОВЫЙ ЧЕК КОРРЕКЦИИ",
    DocumentKind.STRICT_FORM_CORRECTION: "БСО КОРРЕКЦИИ",
}
_SETTLEMENTS = {
    Settlement.SALE: "ПРИХОД",
    Settlement.SALE_RETURN: "ВОЗВРАТ ПРИХОДА",
    Settlement.PURCHASE: "РАСХОД",
    Settlement.PURCHASE_RETURN: "ВОЗВРАТ РАСХОДА",
}
_PAYMENTS = {
    PaymentSum.CASH: "НАЛИЧНЫМИ",
    PaymentSum.ELECTRONIC: "БЕЗНАЛИЧНЫМИ",
    PaymentSum.PREPAID: "ПРЕДВАРИТЕЛЬНАЯ ОПЛАТА",
    PaymentSum.CREDIT: "ПОСЛЕДУЮЩАЯ ОПЛАТА",
    PaymentSum.EXCHANGE: "ВСТРЕЧНОЕ ПРЕДОСТАВЛЕНИЕ",
}
_TAXATION = {
    Taxation.OSN: "ОСН",
    Taxation.USN_INCOME: "УСН доход",
    Taxation.USN_INCOME_OUTCOME: "УСН доход - расход",
    Taxation.ENVD: "ЕНВД",
    Taxation.ESHN: "ЕСХН",
    Taxation.PATENT: "ПАТЕНТ",
}
_OMITTED = ("header", "number", "time", "fiscal sign", "QR code")


def paper(operation: Operation, settings: ShtrihSettings, capabilities: Capabilities | None, today: date) -> PaperText | None:
    """None where the device alone knows what it prints, as in a report. Raises RequestError as the check does."""
    match operation:
        case Receipt():
            document = document_of(operation, circumstances(settings, capabilities, today))
            if not document.print_paper:
                return None
            return PaperText(tuple(_receipt(document, settings.columns)), settings.columns, CODE_PAGE, _OMITTED)
        case Print():
            return PaperText(tuple(_printout(operation)), commands.LINE, CODE_PAGE)
        case _:
            return None


def _printout(operation: Print) -> list[str]:
    fit = Fitting(lenient=operation.fit == "lenient")
    lines = laid_out("title", title_of(operation), fit) if operation.title else []
    for index, line in enumerate(operation.lines):
        lines += laid_out(f"lines.{index}", line, fit)
    return lines


def _receipt(document: FfdDocument, width: int) -> list[str]:
    lines = [*centred(_KINDS[document.kind], width), *centred(_SETTLEMENTS[document.settlement], width)]
    cashier = first(document.cashier, Tag.CASHIER)
    if cashier is not None:
        lines += columns("КАССИР", str(cashier), width)
    lines.append("-" * width)
    for line in document.lines if document.has_items else ():
        lines += _item(line, width)
    lines.append("-" * width)
    lines += columns("ИТОГ", f"={document.total:.2f}", width)
    for kind, amount in document.tendered.items():
        lines += columns(_PAYMENTS[kind], f"={amount:.2f}", width)
    if document.change:
        lines += columns("СДАЧА", f"={document.change:.2f}", width)
    for vat, amount in document.vat_sums.items():
        told = "СУММА БЕЗ НДС" if vat is Vat.WITHOUT else ("СУММА С НДС 0%" if vat.turnover else f"СУММА НДС {vat.text}")
        lines += columns(told, f"={amount:.2f}", width)
    if document.taxation is not None:
        lines += columns("СНО", _TAXATION[document.taxation], width)
    contact = first(document.tags, Tag.BUYER_CONTACT)
    if contact is not None:
        lines += columns("ЭЛ. АДР. ПОКУПАТЕЛЯ", str(contact), width)
    return lines


def _item(line: FfdLine, width: int) -> list[str]:
    vat = "БЕЗ НДС" if line.vat is Vat.WITHOUT else f"НДС {line.vat.text}"
    return [
        *wrap(line.name, width),
        *columns(f"{line.quantity:f} X {line.price:.2f}", f"={line.total:.2f}", width),
        vat,
    ]
