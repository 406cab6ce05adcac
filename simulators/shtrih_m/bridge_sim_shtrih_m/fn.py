"""The fiscal storage: what it checks before it makes a document, the documents it makes, and what the OFD has of them.

Source: protocol-specs/shtrih-m, "FN commands"; protocol-specs/ffd, "FN state and OFD". A document is in the archive whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import CODE_PAGE, Tlv, TlvError, decode, encode

from bridge_sim_shtrih_m.memory import FISCAL_MODE, Fn, FnDocument, Registration, Started
from bridge_sim_shtrih_m.refusals import (
    FN_EXPIRED,
    FN_FULL,
    FN_NO_OFD,
    FN_SHIFT,
    FN_STATE,
    FN_TIME,
    FN_TLV_LENGTH,
    PARAMETERS,
    Refusal,
)
from bridge_sim_shtrih_m.settings import Ffd

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_TLV = 250
FORM_REGISTRATION, FORM_OPENING, FORM_RECEIPT, FORM_CLOSING, FORM_FN_CLOSING = 1, 2, 3, 5, 6
FORM_CHANGE, FORM_SETTLEMENTS, FORM_CORRECTION = 11, 21, 31

# Warnings of FF01, and the days before the end or without the OFD from which on they are shown.
URGENT, SOON, FULL, OVERDUE = 0x01, 0x02, 0x04, 0x08
_URGENT_DAYS, _SOON_DAYS, _OVERDUE_DAYS = 3, 30, 5
_NEARLY_FULL = 0.9

FFD_NUMBERS: dict[Ffd, int] = {"1.05": 2, "1.1": 3, "1.2": 4}
_STUFFED = b"\x8f\x9f\x81\x83"

# Tags of a document (FF0C) that a format does not have, or that the FN writes itself.
_OLD_ONLY = {Tag.CORRECTION_DESCRIPTION, Tag.CORRECTED_DATE, Tag.ORDER_NUMBER, Tag.BUYER_NAME, Tag.BUYER_INN}
_NEW_ONLY = {Tag.BUYER, Tag.RECEIPT_INDUSTRY, Tag.OPERATION}
_OWN = {
    Tag.DATE_TIME, Tag.DEVICE_SERIAL, Tag.REGISTRATION_NUMBER, Tag.SHIFT_NUMBER, Tag.DOCUMENT_NUMBER, Tag.FN_NUMBER,
    Tag.RECEIPT_NUMBER, Tag.FISCAL_SIGN, Tag.TOTAL, Tag.SETTLEMENT, Tag.CASH, Tag.ELECTRONIC, Tag.ITEM,
}  # fmt: skip
_ITEM_OLD_ONLY = {Tag.PRODUCT_CODE, Tag.UNIT}
_ITEM_NEW_ONLY = {Tag.MEASURE, Tag.ITEM_INDUSTRY, Tag.FRACTION}
_ITEM_OWN = {
    Tag.ITEM, Tag.ITEM_NAME, Tag.PRICE, Tag.QUANTITY, Tag.ITEM_TOTAL, Tag.VAT_RATE, Tag.ITEM_VAT, Tag.PAYMENT_OBJECT,
    Tag.PAYMENT_METHOD, Tag.MARKED_PRODUCT_CODE, Tag.MARKING_CODE, Tag.ITEM_CHECK_RESULT,
}  # fmt: skip


def read_tags(data: bytes, format: str, *, item: bool) -> tuple[Tlv, ...]:
    """The tags that a host gives, of a document or of an item. Raises Refusal."""
    if len(data) > MAX_TLV:
        raise Refusal(FN_TLV_LENGTH)
    try:
        tags = decode(data)
    except TlvError:
        raise Refusal(PARAMETERS) from None
    modern = format == "1.2"
    own, old, new = (_ITEM_OWN, _ITEM_OLD_ONLY, _ITEM_NEW_ONLY) if item else (_OWN, _OLD_ONLY, _NEW_ONLY)
    for tag in tags:
        if tag.tag in own or tag.tag in (old if modern else new):
            raise Refusal(PARAMETERS)
    if not tags:
        raise Refusal(PARAMETERS)
    return tags


def words(text: str) -> str:
    """As documents can hold it: the register's own texts are in another code page."""
    return text.encode(CODE_PAGE, "replace").decode(CODE_PAGE)


def merged(before: str, tags: Sequence[Tlv]) -> str:
    """`tags` added to those that were given before; one that comes again replaces the older one."""
    again = {tag.tag for tag in tags}
    kept = [tag for tag in decode(bytes.fromhex(before)) if tag.tag not in again]
    return encode((*kept, *tags)).hex()


def warnings(register: Register) -> int:
    fn, now = register.memory.fn, register.now()
    left = fn.expires - now
    bits = register.settings.fn_warnings
    bits |= URGENT if left <= timedelta(days=_URGENT_DAYS) else 0
    bits |= SOON if left <= timedelta(days=_SOON_DAYS) else 0
    bits |= FULL if len(fn.documents) >= register.settings.fn_capacity * _NEARLY_FULL else 0
    waiting = fn.queue
    bits |= OVERDUE if waiting and now - waiting[0].at > timedelta(days=_OVERDUE_DAYS) else 0
    return bits


def check(register: Register, *, closing: bool = False, registering: bool = False) -> None:
    """Raises why the FN makes no document now. `closing`: one that ends something, which is allowed for longer."""
    fn, now = register.memory.fn, register.now()
    if fn.life != FISCAL_MODE and not registering:
        raise Refusal(FN_STATE)
    if fn.documents and now < fn.documents[-1].at.replace(second=0, microsecond=0):
        raise Refusal(FN_TIME)
    if closing:
        return
    if len(fn.documents) >= register.settings.fn_capacity:
        raise Refusal(FN_FULL)
    if now >= fn.expires:
        raise Refusal(FN_EXPIRED)
    waiting = fn.queue
    if waiting and now - waiting[0].at >= timedelta(days=register.settings.ofd_days):
        raise Refusal(FN_NO_OFD)
    if fn.shift_opened is not None and now - fn.shift_opened >= timedelta(hours=24):
        raise Refusal(FN_SHIFT)


def begin(register: Register, kind: int) -> None:
    register.memory.fn.current = Started(kind)


def record(register: Register, form: int, tags: Sequence[Tlv], *, operation: int = 0, total: int = 0) -> FnDocument:
    """The document is in the archive. What was begun has ended with it."""
    fn, at = register.memory.fn, register.now().replace(microsecond=0)
    number = fn.last + 1
    sign = _sign(register, f"{fn.serial}/{number}/{form}/{operation}/{total}/{at.isoformat()}")
    given = decode(bytes.fromhex(fn.current.tlv)) if fn.current is not None else ()
    body = (*_head(register, number, at), *given, *tags, Tlv(Tag.FISCAL_SIGN, b"\x31\x04" + sign.to_bytes(4, "big")))
    document = FnDocument(number, form, at, sign, encode(body).hex(), operation, total, fn.shift)
    fn.last = number
    fn.documents.append(document)
    fn.current = None
    deliver(register)
    return document


def deliver(register: Register) -> None:
    """What waits goes to the OFD, where that can be reached."""
    if register.settings.ofd == "reachable":
        for document in register.memory.fn.documents:
            document.ticket = True
        register.memory.fn.notifications = 0


def register_device(register: Register, mode: int, form: int, reasons: int = 0, **values: str | int) -> FnDocument:
    """A registration document; from then on the FN is in fiscal mode."""
    settings, fn = register.settings, register.memory.fn
    last = fn.registrations[-1] if fn.registrations else None
    inn = str(values.get("inn", last.inn if last else settings.inn))
    rnm = str(values.get("rnm", last.rnm if last else settings.rnm))
    systems = int(values.get("tax_systems", last.tax_systems if last else settings.tax_systems))
    fn.life = FISCAL_MODE
    fn.registrations.append(Registration(inn, rnm, systems, mode, register.now(), fn.last + 1, 0, reasons))
    tags = [
        Tlv(Tag.TAXATION_SYSTEMS, systems),
        Tlv(Tag.SETTLEMENT_ADDRESS, words(settings.address)),
        Tlv(Tag.SETTLEMENT_PLACE, words(settings.place)),
        Tlv(Tag.OFD_INN, OFD_INN),
        Tlv(Tag.OFD_NAME, OFD_NAME),
    ]
    document = record(register, form, tags)
    fn.registrations[-1].sign = document.sign
    fn.registrations[-1].at = document.at
    return document


OFD_INN = "7709364346"
OFD_NAME = "ОФД"


def _head(register: Register, number: int, at: datetime) -> list[Tlv]:
    settings, fn = register.settings, register.memory.fn
    registered = fn.registrations[-1] if fn.registrations else None
    head = [
        Tlv(Tag.USER_NAME, words(settings.owner)),
        Tlv(Tag.USER_INN, registered.inn if registered else settings.inn),
        Tlv(Tag.DEVICE_SERIAL, f"{settings.serial:016d}"),
        Tlv(Tag.REGISTRATION_NUMBER, registered.rnm if registered else settings.rnm),
        Tlv(Tag.FN_NUMBER, fn.serial),
        Tlv(Tag.DOCUMENT_NUMBER, number),
        Tlv(Tag.DATE_TIME, at.replace(tzinfo=None)),
        Tlv(Tag.FFD_VERSION, FFD_NUMBERS[register.format]),
    ]
    return head if not fn.shift else [*head, Tlv(Tag.SHIFT_NUMBER, fn.shift)]


def _sign(register: Register, text: str) -> int:
    digest = hashlib.sha256(text.encode()).digest()[:4]
    if register.settings.fiscal_sign == "stuffing":
        digest = bytes(_STUFFED[byte % len(_STUFFED)] for byte in digest)
    return int.from_bytes(digest, "little")


def new_fn(register: Register, serial: str) -> Fn:
    """As it comes from the factory: configured, not in fiscal mode."""
    return Fn(serial, register.now() + timedelta(days=register.settings.fn_days), 0x01, register.settings.ffd)
