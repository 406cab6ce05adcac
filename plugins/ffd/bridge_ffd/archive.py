"""A document of the FN's archive (TLV) as data: what was issued, in words, for evidence, recovery and results.

Reading is lenient: tags that no table has and values that do not fit are kept as hexadecimal, never refused.
Source: protocol-specs/ffd, "Documents".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import IntFlag
from typing import Any

from bridge.model import KindTotal, decimal_string
from bridge_ffd.flags import ChangeReason, OperatorMessage, UseCondition, WrongCodes, WrongRequests, names
from bridge_ffd.fn import taxation_of
from bridge_ffd.layouts import REPEATED
from bridge_ffd.marking_check import CheckBits
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import fiscal_id, sign_of_tag
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.tlv import Tlv, Value, decode, first
from bridge_ffd.vat import Vat
from bridge_ffd.versions import DocumentKind, FfdVersion, Settlement
from bridge_ffd.vocabulary import Agent, Coded, CorrectionType, Measure, PaymentMethod, PaymentObject

_WORDS: dict[Tag, type[Coded]] = {
    Tag.PAYMENT_METHOD: PaymentMethod,
    Tag.PAYMENT_OBJECT: PaymentObject,
    Tag.MEASURE: Measure,
    Tag.CORRECTION_TYPE: CorrectionType,
}
_MASKS: dict[Tag, type[IntFlag]] = {
    Tag.USE_CONDITIONS: UseCondition,
    Tag.CHANGE_REASONS: ChangeReason,
    Tag.OPERATOR_MESSAGE: OperatorMessage,
    Tag.WRONG_CODES: WrongCodes,
    Tag.WRONG_REQUESTS: WrongRequests,
    Tag.ITEM_CHECK_RESULT: CheckBits,
    Tag.FN_CHECK_RESULT: CheckBits,
    Tag.REQUEST_RESULT: CheckBits,
}
_TAXATION = (Tag.TAXATION_SYSTEM, Tag.TAXATION_SYSTEMS)
_AGENTS = (Tag.AGENT_SIGNS, Tag.ITEM_AGENT_SIGNS)
_VERSIONS = (Tag.FFD_VERSION, Tag.DEVICE_FFD_VERSION, Tag.FN_FFD_VERSION)
_ARCHIVE_OFFSET = 100
_FORM_BITS = 0x3F

_PERSONAL = frozenset((*(tag for tag in Tag if tag.name.startswith("BUYER")), Tag.CASHIER_INN))
HIDDEN = "***"
"""Stands for what is a person's own."""


@dataclass(frozen=True, slots=True)
class ArchivedItem:
    """An item of a receipt; None where the document does not say."""

    name: str
    price: Decimal | None
    quantity: Decimal | None
    total: Decimal | None
    vat: Vat | None


@dataclass(frozen=True, slots=True)
class ArchivedDocument:
    """A document as the FN keeps it. `kind` is None where it was not told with the tags."""

    kind: DocumentKind | None
    items: tuple[Tlv, ...]

    @classmethod
    def decode(cls, data: bytes, kind: int | None = None) -> ArchivedDocument:
        """The document in these bytes: bare tags, or one whole document with its form code as the tag around.

        `kind`: the form code as the device told it. Raises TlvError where the bytes are no TLV at all.
        """
        items = decode(data, strict=False)
        if kind is None and len(items) == 1 and items[0].known is None:
            (whole,) = items
            found = kind_of_archive_tag(whole.tag)
            if found is not None and isinstance(whole.value, bytes):
                return cls(found, decode(whole.value, strict=False))
        return cls(kind_of_type(kind) if kind is not None else None, items)

    def find(self, tag: Tag) -> Value | None:
        """The value of the first such tag of the document itself."""
        return first(self.items, tag)

    @property
    def number(self) -> int | None:
        return _int(self.find(Tag.DOCUMENT_NUMBER))

    @property
    def fn_number(self) -> str | None:
        value = self.find(Tag.FN_NUMBER)
        return value if isinstance(value, str) else None

    @property
    def sign(self) -> int | None:
        value = self.find(Tag.FISCAL_SIGN)
        return sign_of_tag(value) if isinstance(value, bytes) and len(value) == Tag.FISCAL_SIGN.length else None

    @property
    def at(self) -> datetime | None:
        """The device's local time."""
        value = self.find(Tag.DATE_TIME)
        return value if isinstance(value, datetime) else None

    @property
    def shift(self) -> int | None:
        return _int(self.find(Tag.SHIFT_NUMBER))

    @property
    def settlement(self) -> Settlement | None:
        number = _int(self.find(Tag.SETTLEMENT))
        return Settlement(number) if number in list(Settlement) else None

    @property
    def total(self) -> Decimal | None:
        return _money(self.find(Tag.TOTAL))

    @property
    def payments(self) -> dict[PaymentSum, Decimal]:
        """The sums by payment that are not zero."""
        sums = {kind: _money(self.find(kind.tag)) for kind in PaymentSum}
        return {kind: amount for kind, amount in sums.items() if amount}

    @property
    def vat_sums(self) -> dict[Vat, Decimal]:
        """The sum of each rate, from the tags of their own and from 1115."""
        sums: dict[Vat, Decimal] = {}
        for vat in Vat:
            amount = _money(self.find(vat.total_tag)) if vat.total_tag is not Tag.VAT_SUMS else None
            if amount:
                sums[vat] = amount
        for item in self.items:
            if item.tag != Tag.VAT_SUMS:
                continue
            for of_rate in item.children:
                vat_found, amount = _vat(of_rate.find(Tag.VAT_RATE)), _money(of_rate.find(Tag.VAT_SUM))
                if vat_found is not None and amount is not None:
                    sums[vat_found] = amount
        return sums

    @property
    def lines(self) -> tuple[ArchivedItem, ...]:
        return tuple(
            ArchivedItem(
                name=str(item.find(Tag.ITEM_NAME) or ""),
                price=_money(item.find(Tag.PRICE)),
                quantity=_decimal(item.find(Tag.QUANTITY)),
                total=_money(item.find(Tag.ITEM_TOTAL)),
                vat=_vat(item.find(Tag.VAT_RATE)),
            )
            for item in self.items
            if item.tag == Tag.ITEM
        )

    @property
    def fiscal_id(self) -> str | None:
        if self.fn_number is None or self.number is None or self.sign is None:
            return None
        return fiscal_id(self.fn_number, self.number, self.sign)

    @property
    def qr(self) -> CheckQr | None:
        """The code that stands on the paper of a receipt."""
        if self.at is None or self.fn_number is None or self.number is None or self.sign is None:
            return None
        return CheckQr(self.at, self.total, self.fn_number, self.number, self.sign, self.settlement)

    def as_data(self) -> dict[str, Any]:
        """All of it in words, fit for JSON: sums as decimal strings, masks and tags that may be there several times as lists. What is
        a buyer's own (contact, name, INN, address) is hidden, and the cashier's INN."""
        kind = {"kind": self.kind.name.lower()} if self.kind is not None else {}
        return {**kind, **tags_as_data(self.items, hide=True)}


def tags_as_data(items: tuple[Tlv, ...], *, hide: bool = False) -> dict[str, Any]:
    """Tags in words. A tag that no table has stands as "tag 16100". `hide`: what is a person's own."""
    data: dict[str, Any] = {}
    for item in items:
        known = item.known
        name = known.key if known is not None else f"tag {item.tag}"
        value = HIDDEN if hide and known in _PERSONAL else _shown(known, item, hide)
        if name not in data:
            data[name] = [value] if known in REPEATED else value
        elif isinstance(data[name], list) and not isinstance(value, list):
            data[name].append(value)
        else:
            data[name] = [data[name], value]
    return data


def kind_of_type(number: int) -> DocumentKind | None:
    """The kind that a device's type byte means. Newer FN set the two upper bits for the version."""
    for candidate in (number, number & _FORM_BITS):
        if candidate in list(DocumentKind):
            return DocumentKind(candidate)
    return None


def kind_of_archive_tag(number: int) -> DocumentKind | None:
    """The kind that a tag around a whole document means: the form code, in some files 100 more."""
    for candidate in (number, number - _ARCHIVE_OFFSET):
        if candidate in list(DocumentKind):
            return DocumentKind(candidate)
    return None


def payment_totals(counters: tuple[Tlv, ...]) -> tuple[KindTotal, ...]:
    """The sums by payment of one of the counters in a report (1129 to 1132), for a report's data."""
    return tuple(
        KindTotal(kind=kind.kind.value, amount=amount)
        for tag, kind in _COUNTED.items()
        if (amount := _money(first(counters, tag))) is not None
    )


_COUNTED = {
    Tag.CASH_SUM: PaymentSum.CASH,
    Tag.ELECTRONIC_TOTAL: PaymentSum.ELECTRONIC,
    Tag.PREPAID_SUM: PaymentSum.PREPAID,
    Tag.CREDIT_SUM: PaymentSum.CREDIT,
    Tag.EXCHANGE_SUM: PaymentSum.EXCHANGE,
}


def _shown(tag: Tag | None, item: Tlv, hide: bool) -> Any:
    value = item.value
    match value:
        case tuple():
            return tags_as_data(value, hide=hide)
        case bytes():
            if tag is Tag.FISCAL_SIGN and len(value) == Tag.FISCAL_SIGN.length:
                return sign_of_tag(value)
            return value.hex()
        case datetime():
            return value.isoformat()
        case Decimal():
            return decimal_string(value)
        case bool() | str():
            return value
        case int():
            return _word(tag, value)


def _word(tag: Tag | None, value: int) -> Any:
    if tag is None:
        return value
    if tag.kind is Kind.MONEY:
        return decimal_string(Decimal(value).scaleb(-2))
    if tag in _TAXATION:
        return [taxation.value for taxation in taxation_of(value)]
    if tag in _AGENTS:
        return [agent.value for agent in Agent if value & agent.code]
    if tag in _MASKS:
        return list(names(_MASKS[tag], value))
    try:
        if tag in _WORDS:
            return _WORDS[tag].by_code(value).value
        if tag is Tag.VAT_RATE:
            return Vat.by_code(value).text
        if tag is Tag.SETTLEMENT:
            return Settlement(value).name.lower()
        if tag in _VERSIONS:
            return FfdVersion(value).text
    except (LookupError, ValueError):
        return value  # a number of a later version: shown as it is
    return value


def _int(value: Value | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _money(value: Value | None) -> Decimal | None:
    number = _int(value)
    return None if number is None else Decimal(number).scaleb(-2)


def _decimal(value: Value | None) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _vat(value: Value | None) -> Vat | None:
    number = _int(value)
    try:
        return None if number is None else Vat.by_code(number)
    except LookupError:
        return None
