"""What is about to happen, as it is written down before the terminal hears of it: one command, and what was before it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from bridge.model import (
    Operation,
    PaymentCapture,
    PaymentPreauthorise,
    PaymentPurchase,
    PaymentRefund,
    PaymentRelease,
    PaymentReversal,
    invalid,
)
from bridge_zvt import commands
from bridge_zvt.answers import Record
from bridge_zvt.commands import Command, major, minor
from bridge_zvt.settings import CURRENCIES, ZvtSettings

# Names of checkpoints.
INTENT = "intent"
RESULT = "status_information"  # one 04 0F, before it was acknowledged
ASKED = "asked"  # recovery is about to ask what the terminal keeps
LOOKED = "looked"  # what recovery saw
REVERSING = "reversing"  # the signature was refused: the intent of the reversal that follows
COPIES = "copies"  # recovery asked for the receipts again

Payment = PaymentPurchase | PaymentRefund | PaymentReversal | PaymentPreauthorise | PaymentCapture | PaymentRelease


class Kind(StrEnum):
    PURCHASE = "purchase"
    REFUND = "refund"
    REVERSAL = "reversal"
    RESERVATION = "reservation"
    CAPTURE = "capture"
    RELEASE = "release"
    END_OF_DAY = "end_of_day"
    TOTALS = "totals"


class Intent(BaseModel):
    """`amount`: in minor units; None where the command has none. `baseline`: the terminal's last payment before this one, None
    where it showed none (`why`; `empty`: because it has none). `known`: the last approval that this bridge had heard of. `ahead`: seconds by which its clock was last seen ahead of ours."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    amount: int | None
    currency: str
    started: datetime
    baseline: Record | None = None
    known: Record | None = None
    why: str = ""
    empty: bool = False
    ahead: float = 0.0
    tip: int | None = None
    cashback: int | None = None
    partial: bool = False
    original_receipt: str | None = None
    original_trace: str | None = None

    @property
    def about(self) -> str:
        """In words, for whoever must look for it at the terminal."""
        if self.kind in (Kind.END_OF_DAY, Kind.TOTALS):
            return {Kind.END_OF_DAY: "an end of day", Kind.TOTALS: "a report of totals"}[self.kind]
        amount = f" over {self.shown(self.amount)} {self.currency}" if self.amount is not None else ""
        original = f" of receipt {self.original_receipt}" if self.original_receipt is not None else ""
        return f"a {self.kind.value}{original}{amount}"

    def shown(self, value: int) -> Decimal:
        return major(value, self.currency)


def plan(operation: Payment, settings: ZvtSettings, started: datetime) -> tuple[Intent, Command]:
    """Raises RequestError naming the field."""
    reference = operation.reference
    match operation:
        case PaymentPurchase():
            value = _minor("amount", operation.amount, operation.currency)
            tip = _minor("tip", operation.tip, operation.currency) if operation.tip is not None else None
            cashback = _minor("cashback", operation.cashback, operation.currency) if operation.cashback is not None else None
            if cashback is not None and not settings.tlv:
                raise invalid("cashback", "this terminal is not told of it", remedy="allow TLV data (settings.tlv)")
            intent = Intent(
                kind=Kind.PURCHASE,
                amount=value,
                currency=operation.currency,
                started=started,
                tip=tip,
                cashback=cashback,
                partial=operation.allow_partial,
            )
            command = commands.authorisation(
                settings,
                value,
                currency=operation.currency,
                tip=tip,
                cashback=cashback,
                partial=operation.allow_partial,
                reference=reference,
            )
            return intent, command
        case PaymentRefund():
            value = _minor("amount", operation.amount, operation.currency)
            intent = Intent(kind=Kind.REFUND, amount=value, currency=operation.currency, started=started)
            return intent, commands.refund(settings, value, operation.currency, reference)
        case PaymentPreauthorise():
            if operation.original is not None:
                raise invalid(
                    "original", "this terminal cannot raise or prolong a reservation", remedy="release it, and reserve anew"
                )
            value = _minor("amount", operation.amount, operation.currency)
            intent = Intent(kind=Kind.RESERVATION, amount=value, currency=operation.currency, started=started)
            return intent, commands.reservation(settings, value, operation.currency, reference)
        case PaymentReversal():
            receipt = receipt_of(operation)
            currency = operation.currency or settings.currency
            value_ = _minor("amount", operation.amount, currency) if operation.amount is not None else None
            intent = _of_original(Kind.REVERSAL, operation, value_, currency, started, receipt)
            return intent, commands.reversal(settings, receipt, value_, currency)
        case PaymentCapture():
            receipt = receipt_of(operation)
            value = _minor("amount", operation.amount, operation.currency)
            intent = _of_original(Kind.CAPTURE, operation, value, operation.currency, started, receipt)
            return intent, commands.book(settings, receipt, value, operation.currency, operation.original.authorisation_code)
        case PaymentRelease():
            receipt = receipt_of(operation)
            currency = operation.currency or settings.currency
            if operation.amount is None:
                intent = _of_original(Kind.RELEASE, operation, None, currency, started, receipt)
                return intent, commands.release(settings, receipt, currency)
            value = _minor("amount", operation.amount, currency)
            intent = _of_original(Kind.RELEASE, operation, value, currency, started, receipt)
            return intent, commands.release_part(settings, receipt, value, currency)


def is_payment(operation: Operation) -> bool:
    return isinstance(operation, Payment)


def receipt_of(operation: PaymentReversal | PaymentCapture | PaymentRelease) -> str:
    """The terminal's receipt number of the original. Raises RequestError."""
    number = operation.original.receipt_number
    if number is None:
        raise invalid(
            "original.receipt_number", "is missing: the terminal finds a payment by it", remedy="see the merchant's copy"
        )
    if not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise invalid("original.receipt_number", f"{number!r} is no receipt number of a terminal", limit="4 digits")
    return number.zfill(4)


def _of_original(
    kind: Kind,
    operation: PaymentReversal | PaymentCapture | PaymentRelease,
    value: int | None,
    currency: str,
    started: datetime,
    receipt: str,
) -> Intent:
    return Intent(
        kind=kind,
        amount=value,
        currency=currency,
        started=started,
        original_receipt=receipt,
        original_trace=operation.original.trace_number,
    )


def _minor(name: str, value: Decimal, currency: str) -> int:
    if currency not in CURRENCIES:
        raise invalid("currency", f"{currency} is none that these terminals take", limit=", ".join(CURRENCIES))
    try:
        found = minor(value, currency)
    except ValueError as error:
        raise invalid(name, str(error)) from None
    if found >= 10**12:
        raise invalid(name, f"{value} is too large", limit="12 digits")
    return found
