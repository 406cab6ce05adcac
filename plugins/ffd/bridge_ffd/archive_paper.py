"""A document of the FN's archive as lines of text, for a copy: what 54-FZ wants on a receipt, and any other document tag by tag.

Names stand as the document has them. How the device laid the first print out is not kept by the FN.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.model.text_layout import centred, columns, wrap
from bridge_ffd.archive import HIDDEN, ArchivedDocument, ArchivedItem, tags_as_data
from bridge_ffd.fn import taxation_of
from bridge_ffd.receipt_paper import KINDS, PAYMENTS, SETTLEMENTS, TAXATION, vat_rate, vat_sum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind

TITLES: Mapping[DocumentKind, str] = {
    **KINDS,
    DocumentKind.REGISTRATION: "ОТЧЕТ О РЕГИСТРАЦИИ",
    DocumentKind.REGISTRATION_CHANGE: "ОТЧЕТ ОБ ИЗМЕНЕНИИ ПАРАМЕТРОВ РЕГИСТРАЦИИ",
    DocumentKind.SHIFT_OPEN: "ОТЧЕТ ОБ ОТКРЫТИИ СМЕНЫ",
    DocumentKind.SHIFT_CLOSE: "ОТЧЕТ О ЗАКРЫТИИ СМЕНЫ",
    DocumentKind.FN_CLOSE: "ОТЧЕТ О ЗАКРЫТИИ ФИСКАЛЬНОГО НАКОПИТЕЛЯ",
    DocumentKind.SETTLEMENTS_STATE: "ОТЧЕТ О ТЕКУЩЕМ СОСТОЯНИИ РАСЧЕТОВ",
}
_HEAD = (
    (Tag.USER_NAME, ""),
    (Tag.USER_INN, "ИНН"),
    (Tag.SETTLEMENT_ADDRESS, "АДРЕС"),
    (Tag.SETTLEMENT_PLACE, "МЕСТО РАСЧЕТОВ"),
    (Tag.CASHIER, "КАССИР"),
    (Tag.SHIFT_NUMBER, "СМЕНА"),
    (Tag.RECEIPT_NUMBER, "ЧЕК"),
)
_FOOT = ((Tag.REGISTRATION_NUMBER, "РН ККТ"), (Tag.FN_NUMBER, "ФН"), (Tag.DOCUMENT_NUMBER, "ФД"))
_SHOWN = frozenset((*(tag for tag, _ in (*_HEAD, *_FOOT)), Tag.DATE_TIME, Tag.FISCAL_SIGN))


def archived_lines(document: ArchivedDocument, width: int) -> list[str]:
    """Lines of at most `width` characters."""
    title = TITLES.get(document.kind) if document.kind is not None else None
    lines = centred(title or "ФИСКАЛЬНЫЙ ДОКУМЕНТ", width)
    if document.settlement is not None:
        lines += centred(SETTLEMENTS[document.settlement], width)
    for tag, name in _HEAD:
        value = document.find(tag)
        if value is not None:
            lines += columns(name, str(value), width) if name else wrap(str(value), width)
    lines.append("-" * width)
    lines += _receipt(document, width) if document.kind in KINDS else _tags(document.items, width)
    lines.append("-" * width)
    for tag, name in _FOOT:
        value = document.find(tag)
        if value is not None:
            lines += columns(name, str(value).strip(), width)
    if document.sign is not None:
        lines += columns("ФП", str(document.sign), width)
    if document.at is not None:
        lines += columns("ДАТА", f"{document.at:%d.%m.%y %H:%M}", width)
    return lines


def _receipt(document: ArchivedDocument, width: int) -> list[str]:
    lines: list[str] = []
    for item in document.lines:
        lines += _item(item, width)
    lines.append("-" * width)
    if document.total is not None:
        lines += columns("ИТОГ", f"={document.total:.2f}", width)
    for kind, amount in document.payments.items():
        lines += columns(PAYMENTS[kind], f"={amount:.2f}", width)
    for vat, amount in document.vat_sums.items():
        lines += columns(vat_sum(vat), f"={amount:.2f}", width)
    taxation = document.find(Tag.TAXATION_SYSTEM)
    for system in taxation_of(taxation) if isinstance(taxation, int) else ():
        lines += columns("СНО", TAXATION[system], width)
    if document.find(Tag.BUYER_CONTACT) is not None:
        lines += columns("ЭЛ. АДР. ПОКУПАТЕЛЯ", HIDDEN, width)
    return lines


def _item(item: ArchivedItem, width: int) -> list[str]:
    lines = wrap(item.name, width)
    if item.quantity is not None and item.price is not None:
        total = f"={item.total:.2f}" if item.total is not None else ""
        lines += columns(f"{item.quantity.normalize():f} X {item.price:.2f}", total, width)
    return [*lines, *([vat_rate(item.vat)] if item.vat is not None else [])]


def _tags(items: tuple[Tlv, ...], width: int) -> list[str]:
    """Every tag by its name in the format, sums and masks in words; what is nested stands indented."""
    lines: list[str] = []
    for item in items:
        if item.tag in _SHOWN:
            continue
        known = item.known
        name = known.russian if known is not None else f"тег {item.tag}"
        if item.children:
            lines += [*wrap(name, width), *(f"  {line}" for line in _tags(item.children, width - 2))]
            continue
        (value,) = tags_as_data((item,), hide=True).values()
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        lines += columns(name, shown, width)
    return lines
