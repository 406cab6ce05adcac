"""A document of the FN's archive as lines of text, for a copy: what 54-FZ wants on a receipt, and any other document tag by tag.

Names stand as the document has them. How the device laid the first print out is not kept by the FN.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bridge.model.text_layout import centred, columns, wrap
from bridge_ffd.archive import HIDDEN, ArchivedDocument, ArchivedItem, tags_as_data
from bridge_ffd.fn import taxation_of
from bridge_ffd.receipt_paper import KINDS, PAYMENTS, SETTLEMENTS, TAXATION, vat_rate, vat_sum
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv
from bridge_ffd.versions import DocumentKind
from bridge_ffd.vocabulary import Agent, CorrectionType

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
_OF_RECEIPT = (
    Tag.CORRECTION_TYPE,
    Tag.CORRECTION_BASIS,
    Tag.RECEIPT_ATTRIBUTE,
    Tag.AGENT_SIGNS,
    Tag.SUPPLIER_PHONE,
    Tag.SELLER_EMAIL,
)
_OF_ITEM = (
    Tag.ITEM_AGENT_SIGNS, Tag.SUPPLIER_DATA, Tag.SUPPLIER_INN, Tag.EXCISE, Tag.ORIGIN_COUNTRY, Tag.CUSTOMS_DECLARATION,
    Tag.ITEM_ATTRIBUTE,
)  # fmt: skip
_AGENTS: Mapping[Agent, str] = {
    Agent.BANK_PAYING_AGENT: "БАНК. ПЛ. АГЕНТ",
    Agent.BANK_PAYING_SUBAGENT: "БАНК. ПЛ. СУБАГЕНТ",
    Agent.PAYING_AGENT: "ПЛ. АГЕНТ",
    Agent.PAYING_SUBAGENT: "ПЛ. СУБАГЕНТ",
    Agent.ATTORNEY: "ПОВЕРЕННЫЙ",
    Agent.COMMISSION_AGENT: "КОМИССИОНЕР",
    Agent.ANOTHER: "АГЕНТ",
}
_CORRECTIONS = {CorrectionType.SELF.code: "САМОСТОЯТЕЛЬНО", CorrectionType.ORDER.code: "ПО ПРЕДПИСАНИЮ"}
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
    lines += _tags(_chosen(document.items, _OF_RECEIPT), width)
    items = [item.children for item in document.items if item.tag == Tag.ITEM]
    for item, tags in zip(document.lines, items, strict=True):
        lines += [*_item(item, width), *_tags(_chosen(tags, _OF_ITEM), width)]
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


def _chosen(items: tuple[Tlv, ...], wanted: tuple[Tag, ...]) -> tuple[Tlv, ...]:
    return tuple(item for item in items if item.tag in wanted)


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
        lines += columns(name, _value(item), width)
    return lines


def _value(item: Tlv) -> str:
    (hidden,) = tags_as_data((item,), hide=True).values()
    match item.value:
        case _ if hidden == HIDDEN:
            return HIDDEN
        case int() as number if item.tag in (Tag.AGENT_SIGNS, Tag.ITEM_AGENT_SIGNS):
            return ", ".join(word for agent, word in _AGENTS.items() if number & agent.code)
        case int() as number if item.tag == Tag.CORRECTION_TYPE and number in _CORRECTIONS:
            return _CORRECTIONS[number]
        case datetime() as at if item.tag == Tag.CORRECTED_DATE:
            return f"{at:%d.%m.%y}"
    return ", ".join(map(str, hidden)) if isinstance(hidden, list) else str(hidden)
