"""The documents of a register, whatever its protocol: which there are, which of them the FN keeps, and how they look on paper."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from bridge.model import (
    CashIn,
    CashOut,
    Operation,
    Receipt,
    ReceiptKind,
    Registration,
    RegistrationState,
    ReportX,
    ShiftClose,
    ShiftOpen,
)
from bridge_ffd.fn import FoundDocument
from bridge_ffd.qr import CheckQr
from bridge_ffd.versions import DocumentKind, Settlement

CURRENCY = "RUB"


class Kind(StrEnum):
    """Kinds of documents: each is decided by one command. Kept in checkpoints."""

    RECEIPT = "receipt"
    CORRECTION = "correction"
    SHIFT_OPEN = "shift_open"
    SHIFT_CLOSE = "shift_close"
    X_REPORT = "x_report"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"

    @classmethod
    def of(cls, operation: Operation) -> Kind:
        """Raises KeyError for what is no document of a register."""
        if isinstance(operation, Receipt):
            return cls.CORRECTION if operation.kind is ReceiptKind.CORRECTION else cls.RECEIPT
        return _KINDS[type(operation)]


_KINDS: dict[type, Kind] = {
    ShiftOpen: Kind.SHIFT_OPEN,
    ShiftClose: Kind.SHIFT_CLOSE,
    ReportX: Kind.X_REPORT,
    CashIn: Kind.CASH_IN,
    CashOut: Kind.CASH_OUT,
}

FISCAL = frozenset((Kind.RECEIPT, Kind.CORRECTION, Kind.SHIFT_OPEN, Kind.SHIFT_CLOSE))
"""Documents that the FN numbers and keeps."""

SALES = frozenset((Kind.RECEIPT, Kind.CORRECTION))
"""Those with an operation and a total, which the OFD confirms."""

WITH_TOTAL = SALES | {Kind.CASH_IN, Kind.CASH_OUT}

OF_KIND: dict[Kind, tuple[DocumentKind, ...]] = {
    Kind.RECEIPT: (DocumentKind.RECEIPT, DocumentKind.STRICT_FORM),
    Kind.CORRECTION: (DocumentKind.CORRECTION, DocumentKind.STRICT_FORM_CORRECTION),
    Kind.SHIFT_OPEN: (DocumentKind.SHIFT_OPEN,),
    Kind.SHIFT_CLOSE: (DocumentKind.SHIFT_CLOSE,),
}
"""What the FN calls them."""


def looks(kind: Kind, total: Decimal, last: int | None, x_report: str, currency: str = CURRENCY) -> str:
    """For a person who compares the paper. `last`: number of the FN's last document before; `x_report`: by what such a report is known."""
    about = f"{total:f} {currency}"
    after = f"after document {last}" if last is not None else "after the last one"
    return {
        Kind.RECEIPT: f"a receipt over {about}, {after}",
        Kind.CORRECTION: f"a correction over {about}, {after}",
        Kind.SHIFT_OPEN: f"a report on the opening of the shift, {after}",
        Kind.SHIFT_CLOSE: f"a report on the closing of the shift, {after}",
        Kind.X_REPORT: f"an X report {x_report}",
        Kind.CASH_IN: f"a slip of cash in over {about}",
        Kind.CASH_OUT: f"a slip of cash out over {about}",
    }[kind]


class Told(Protocol):
    """A document of the FN as the device tells of it."""

    @property
    def number(self) -> int | None: ...

    @property
    def sign(self) -> int | None: ...

    @property
    def at(self) -> datetime | None: ...


def qr_of(kind: Kind, told: Told | None, fn: str | None, total: Decimal, settlement: int | None) -> str | None:
    """The code that stands on the paper of a receipt, with the device's own time."""
    if told is None or told.at is None or told.number is None or told.sign is None or fn is None or kind not in SALES:
        return None
    of = Settlement(settlement) if settlement else None
    return CheckQr(told.at.replace(tzinfo=None), total, fn, told.number, told.sign, of).text


def registration_of(found: FoundDocument | None) -> Registration:
    """Whether the OFD has confirmed it: not at once, but soon; `outstanding.py` tells when."""
    if found is None:
        return Registration()
    return Registration(state=RegistrationState.REGISTERED if found.ticket else RegistrationState.OFFLINE)
