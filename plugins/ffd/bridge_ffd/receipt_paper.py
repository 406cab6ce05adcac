"""The lines of a receipt as 54-FZ wants them on paper (kind, goods, total, payments, taxes), drawn from what would be sent.

So names stand as they will be printed, and discounts in the prices as the format has them. A device's own header, numbers, times
and QR code are not known here.
"""

from __future__ import annotations

from bridge.model.text_layout import centred, columns, wrap
from bridge_ffd.document import FfdDocument
from bridge_ffd.lines import FfdLine
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import first
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, Settlement
from bridge_ffd.vocabulary import Taxation

KINDS = {
    DocumentKind.RECEIPT: "КАССОВЫЙ ЧЕК",
    DocumentKind.STRICT_FORM: "БЛАНК СТРОГОЙ ОТЧЕТНОСТИ",
    DocumentKind.CORRECTION: "КАССОВЫЙ ЧЕК КОРРЕКЦИИ",
    DocumentKind.STRICT_FORM_CORRECTION: "БСО КОРРЕКЦИИ",
}
SETTLEMENTS = {
    Settlement.SALE: "ПРИХОД",
    Settlement.SALE_RETURN: "ВОЗВРАТ ПРИХОДА",
    Settlement.PURCHASE: "РАСХОД",
    Settlement.PURCHASE_RETURN: "ВОЗВРАТ РАСХОДА",
}
PAYMENTS = {
    PaymentSum.CASH: "НАЛИЧНЫМИ",
    PaymentSum.ELECTRONIC: "БЕЗНАЛИЧНЫМИ",
    PaymentSum.PREPAID: "ПРЕДВАРИТЕЛЬНАЯ ОПЛАТА",
    PaymentSum.CREDIT: "ПОСЛЕДУЮЩАЯ ОПЛАТА",
    PaymentSum.EXCHANGE: "ВСТРЕЧНОЕ ПРЕДОСТАВЛЕНИЕ",
}
TAXATION = {
    Taxation.OSN: "ОСН",
    Taxation.USN_INCOME: "УСН доход",
    Taxation.USN_INCOME_OUTCOME: "УСН доход - расход",
    Taxation.ENVD: "ЕНВД",
    Taxation.ESHN: "ЕСХН",
    Taxation.PATENT: "ПАТЕНТ",
}


def receipt_lines(document: FfdDocument, width: int) -> list[str]:
    lines = [*centred(KINDS[document.kind], width), *centred(SETTLEMENTS[document.settlement], width)]
    cashier = first(document.cashier, Tag.CASHIER)
    if cashier is not None:
        lines += columns("КАССИР", str(cashier), width)
    lines.append("-" * width)
    for line in document.lines if document.has_items else ():
        lines += _item(line, width)
    lines.append("-" * width)
    lines += columns("ИТОГ", f"={document.total:.2f}", width)
    for kind, amount in document.tendered.items():
        lines += columns(PAYMENTS[kind], f"={amount:.2f}", width)
    if document.change:
        lines += columns("СДАЧА", f"={document.change:.2f}", width)
    for vat, amount in document.vat_sums.items():
        lines += columns(vat_sum(vat), f"={amount:.2f}", width)
    if document.taxation is not None:
        lines += columns("СНО", TAXATION[document.taxation], width)
    contact = first(document.tags, Tag.BUYER_CONTACT)
    if contact is not None:
        lines += columns("ЭЛ. АДР. ПОКУПАТЕЛЯ", str(contact), width)
    return lines


def _item(line: FfdLine, width: int) -> list[str]:
    return [
        *wrap(line.name, width),
        *columns(f"{line.quantity:f} X {line.price:.2f}", f"={line.total:.2f}", width),
        vat_rate(line.vat),
    ]


def vat_sum(vat: Vat) -> str:
    """What stands before the sum of a rate."""
    return "СУММА БЕЗ НДС" if vat is Vat.WITHOUT else ("СУММА С НДС 0%" if vat.turnover else f"СУММА НДС {vat.text}")


def vat_rate(vat: Vat) -> str:
    """What stands below an item."""
    return "БЕЗ НДС" if vat is Vat.WITHOUT else f"НДС {vat.text}"
