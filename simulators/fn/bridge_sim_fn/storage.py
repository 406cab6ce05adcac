"""What the fiscal storage checks before it makes a document, the documents it makes, and what the OFD has of them.

Source: protocol-specs/ffd, "The FN", "FN state and OFD". A document is in the archive whole or not at all. Which error of its protocol a
register answers for a refusal of the FN is the register's matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Literal, Protocol

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import CODE_PAGE, Tlv, TlvError, decode, encode

from bridge_sim_fn.memory import FISCAL_MODE, Fn, FnDocument, Registration, Started

Ffd = Literal["1.05", "1.1", "1.2"]

DAY = timedelta(hours=24)
FORM_REGISTRATION, FORM_OPENING, FORM_RECEIPT, FORM_CLOSING, FORM_FN_CLOSING = 1, 2, 3, 5, 6
FORM_CHANGE, FORM_SETTLEMENTS, FORM_CORRECTION = 11, 21, 31

OFD_INN = "7709364346"
OFD_NAME = "ОФД"
FFD_NUMBERS: dict[Ffd, int] = {"1.05": 2, "1.1": 3, "1.2": 4}

# Warnings of the FN's status, and the days before the end or without the OFD from which on they are shown.
URGENT, SOON, FULL, OVERDUE = 0x01, 0x02, 0x04, 0x08
_URGENT_DAYS, _SOON_DAYS, _OVERDUE_DAYS = 3, 30, 5
_NEARLY_FULL = 0.9
_STUFFED = b"\x8f\x9f\x81\x83"

# Tags of a document that a format does not have, or that device and FN write themselves.
_OLD_ONLY = frozenset((Tag.CORRECTION_DESCRIPTION, Tag.CORRECTED_DATE, Tag.ORDER_NUMBER, Tag.BUYER_NAME, Tag.BUYER_INN))
_NEW_ONLY = frozenset((Tag.BUYER, Tag.RECEIPT_INDUSTRY, Tag.OPERATION))
OWN: frozenset[int] = frozenset((
    Tag.DATE_TIME, Tag.DEVICE_SERIAL, Tag.REGISTRATION_NUMBER, Tag.SHIFT_NUMBER, Tag.DOCUMENT_NUMBER, Tag.FN_NUMBER,
    Tag.RECEIPT_NUMBER, Tag.FISCAL_SIGN, Tag.TOTAL, Tag.SETTLEMENT, Tag.CASH, Tag.ELECTRONIC, Tag.ITEM,
))  # fmt: skip
_ITEM_OLD_ONLY = frozenset((Tag.PRODUCT_CODE, Tag.UNIT))
_ITEM_NEW_ONLY = frozenset((Tag.MEASURE, Tag.ITEM_INDUSTRY, Tag.FRACTION))
ITEM_OWN: frozenset[int] = frozenset((
    Tag.ITEM, Tag.ITEM_NAME, Tag.PRICE, Tag.QUANTITY, Tag.ITEM_TOTAL, Tag.VAT_RATE, Tag.ITEM_VAT, Tag.PAYMENT_OBJECT,
    Tag.PAYMENT_METHOD, Tag.MARKED_PRODUCT_CODE, Tag.MARKING_CODE, Tag.ITEM_CHECK_RESULT,
))  # fmt: skip


class FnFault(Enum):
    """Why the FN refuses."""

    STATE = "wrong state of the FN"
    EXPIRED = "its keys have ended"
    FULL = "its archive is full"
    TIME = "the clock stands before the last document"
    TLV_LENGTH = "the tags are too long"
    PARAMETERS = "no tags, or some that may not be given"
    NO_OFD = "documents wait for the OFD for too long"
    SHIFT = "the shift is longer than 24 hours"


class FnRefused(Exception):
    """The FN does not do it."""

    def __init__(self, fault: FnFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class FnSettings(Protocol):
    """What a register's settings say of its FN and registration."""

    @property
    def owner(self) -> str: ...
    @property
    def inn(self) -> str: ...
    @property
    def rnm(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def tax_systems(self) -> int: ...
    @property
    def ffd(self) -> Ffd: ...
    @property
    def fn_days(self) -> int: ...
    @property
    def fn_capacity(self) -> int: ...
    @property
    def fn_warnings(self) -> int: ...
    @property
    def ofd(self) -> Literal["reachable", "unreachable"]: ...
    @property
    def ofd_days(self) -> int: ...
    @property
    def fiscal_sign(self) -> str: ...


class FnDevice(Protocol):
    """The register that an FN is in."""

    @property
    def settings(self) -> FnSettings: ...
    @property
    def storage(self) -> Fn: ...
    @property
    def serial_text(self) -> str:
        """Tag 1013."""
        ...

    def now(self) -> datetime: ...


def new_fn(settings: FnSettings, serial: str, now: datetime) -> Fn:
    """As it comes from the factory: configured, not in fiscal mode."""
    return Fn(serial, now + timedelta(days=settings.fn_days), 0x01, settings.ffd)


def read_tags(data: bytes, format: str, *, item: bool, most: int, own: Collection[int] | None = None) -> tuple[Tlv, ...]:
    """The tags that a host gives, of a document or of an item. `most`: bytes; `own`: what it may not give. Raises FnRefused."""
    if len(data) > most:
        raise FnRefused(FnFault.TLV_LENGTH)
    try:
        tags = decode(data)
    except TlvError:
        raise FnRefused(FnFault.PARAMETERS) from None
    modern = format == "1.2"
    old, new = (_ITEM_OLD_ONLY, _ITEM_NEW_ONLY) if item else (_OLD_ONLY, _NEW_ONLY)
    forbidden = own if own is not None else ITEM_OWN if item else OWN
    if not tags or any(tag.tag in forbidden or tag.tag in (old if modern else new) for tag in tags):
        raise FnRefused(FnFault.PARAMETERS)
    return tags


def words(text: str) -> str:
    """As documents can hold it: the register's own texts are in another code page."""
    return text.encode(CODE_PAGE, "replace").decode(CODE_PAGE)


def merged(before: str, tags: Sequence[Tlv]) -> str:
    """`tags` added to those that were given before; one that comes again replaces the older one."""
    again = {tag.tag for tag in tags}
    kept = [tag for tag in decode(bytes.fromhex(before)) if tag.tag not in again]
    return encode((*kept, *tags)).hex()


def warnings(device: FnDevice) -> int:
    fn, now, settings = device.storage, device.now(), device.settings
    left = fn.expires - now
    bits = settings.fn_warnings
    bits |= URGENT if left <= timedelta(days=_URGENT_DAYS) else 0
    bits |= SOON if left <= timedelta(days=_SOON_DAYS) else 0
    bits |= FULL if len(fn.documents) >= settings.fn_capacity * _NEARLY_FULL else 0
    waiting = fn.queue
    bits |= OVERDUE if waiting and now - waiting[0].at > timedelta(days=_OVERDUE_DAYS) else 0
    return bits


def shift_expired(device: FnDevice) -> bool:
    opened = device.storage.shift_opened
    return opened is not None and device.now() - opened >= DAY


def check(device: FnDevice, *, closing: bool = False, registering: bool = False) -> None:
    """Raises FnRefused with why the FN makes no document now. `closing`: one that ends something, which is allowed for longer."""
    fn, now, settings = device.storage, device.now(), device.settings
    if fn.life != FISCAL_MODE and not registering:
        raise FnRefused(FnFault.STATE)
    if fn.documents and now < fn.documents[-1].at.replace(second=0, microsecond=0):
        raise FnRefused(FnFault.TIME)
    if closing:
        return
    if len(fn.documents) >= settings.fn_capacity:
        raise FnRefused(FnFault.FULL)
    if now >= fn.expires:
        raise FnRefused(FnFault.EXPIRED)
    waiting = fn.queue
    if waiting and now - waiting[0].at >= timedelta(days=settings.ofd_days):
        raise FnRefused(FnFault.NO_OFD)
    if shift_expired(device):
        raise FnRefused(FnFault.SHIFT)


def begin(device: FnDevice, kind: int) -> None:
    device.storage.current = Started(kind)


def record(device: FnDevice, form: int, tags: Sequence[Tlv], *, operation: int = 0, total: int = 0) -> FnDocument:
    """The document is in the archive. What was begun has ended with it."""
    fn, at = device.storage, device.now().replace(microsecond=0)
    number = fn.last + 1
    sign = _sign(device, f"{fn.serial}/{number}/{form}/{operation}/{total}/{at.isoformat()}")
    given = decode(bytes.fromhex(fn.current.tlv)) if fn.current is not None else ()
    body = (*_head(device, number, at), *given, *tags, Tlv(Tag.FISCAL_SIGN, b"\x31\x04" + sign.to_bytes(4, "big")))
    document = FnDocument(number, form, at, sign, encode(body).hex(), operation, total, fn.shift)
    fn.last = number
    fn.documents.append(document)
    fn.current = None
    deliver(device)
    return document


def deliver(device: FnDevice) -> None:
    """What waits goes to the OFD, where that can be reached."""
    if device.settings.ofd == "reachable":
        for document in device.storage.documents:
            document.ticket = True
        device.storage.notifications = 0


def register_device(device: FnDevice, mode: int, form: int, reasons: int = 0, **values: str | int) -> FnDocument:
    """A registration document; from then on the FN is in fiscal mode."""
    settings, fn = device.settings, device.storage
    last = fn.registrations[-1] if fn.registrations else None
    inn = str(values.get("inn", last.inn if last else settings.inn))
    rnm = str(values.get("rnm", last.rnm if last else settings.rnm))
    systems = int(values.get("tax_systems", last.tax_systems if last else settings.tax_systems))
    fn.life = FISCAL_MODE
    fn.registrations.append(Registration(inn, rnm, systems, mode, device.now(), fn.last + 1, 0, reasons))
    tags = [
        Tlv(Tag.TAXATION_SYSTEMS, systems),
        Tlv(Tag.SETTLEMENT_ADDRESS, words(settings.address)),
        Tlv(Tag.SETTLEMENT_PLACE, words(settings.place)),
        Tlv(Tag.OFD_INN, OFD_INN),
        Tlv(Tag.OFD_NAME, OFD_NAME),
    ]
    document = record(device, form, tags)
    fn.registrations[-1].sign = document.sign
    fn.registrations[-1].at = document.at
    return document


def _head(device: FnDevice, number: int, at: datetime) -> list[Tlv]:
    settings, fn = device.settings, device.storage
    registered = fn.registrations[-1] if fn.registrations else None
    head = [
        Tlv(Tag.USER_NAME, words(settings.owner)),
        Tlv(Tag.USER_INN, registered.inn if registered else settings.inn),
        Tlv(Tag.DEVICE_SERIAL, device.serial_text),
        Tlv(Tag.REGISTRATION_NUMBER, registered.rnm if registered else settings.rnm),
        Tlv(Tag.FN_NUMBER, fn.serial),
        Tlv(Tag.DOCUMENT_NUMBER, number),
        Tlv(Tag.DATE_TIME, at.replace(tzinfo=None)),
        Tlv(Tag.FFD_VERSION, FFD_NUMBERS[settings.ffd]),
    ]
    return head if not fn.shift else [*head, Tlv(Tag.SHIFT_NUMBER, fn.shift)]


def _sign(device: FnDevice, text: str) -> int:
    digest = hashlib.sha256(text.encode()).digest()[:4]
    if device.settings.fiscal_sign == "stuffing":
        digest = bytes(_STUFFED[byte % len(_STUFFED)] for byte in digest)
    return int.from_bytes(digest, "little")
