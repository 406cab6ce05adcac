"""Card payments: what a till may ask of a terminal, what the terminal answers, and what it may say meanwhile.

The shape is that of the protocols which are served: ZVT, nexo, WebECR, ECR17. What does not fit into one of its fields stands in a
result's `evidence`. No full card number is ever here.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from bridge.model.base import AnyDecimal, Described, Flag, Model, Moment, Money, PositiveMoney, Text

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

_PAN = re.compile(r"(?<![0-9])[0-9]{13,19}(?![0-9])")


FROM_JOURNAL = {"from": "journal"}
"""The context in which an operation is validated that was accepted once: numbers that a terminal gave are what they are."""


def _not_a_card(value: str, info: ValidationInfo) -> str:
    if info.context == FROM_JOURNAL:
        return value
    digits = value.replace(" ", "").replace("-", "")
    if _PAN.fullmatch(digits) and _luhn(digits):
        raise ValueError("looks like a whole card number: give the terminal's own number of the payment instead")
    return value


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


PaymentNumber = Annotated[Text, AfterValidator(_not_a_card), Field(min_length=1, max_length=64), Described(examples=["0042"])]
"""A number or reference that a terminal or its host gave a payment, as they write it."""


class Outcome(StrEnum):
    """How a card payment ended: the terminal's word, not the bridge's."""

    APPROVED = "approved"
    PARTIAL = "partial"
    """Approved, of less than was asked."""
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    """Nobody presented a card, or answered, in the terminal's own time."""
    REVERSED = "reversed"
    """Approved first, taken back since."""


class EntryMode(StrEnum):
    """How the card was read."""

    CHIP = "chip"
    CONTACTLESS = "contactless"
    MAGNETIC = "magnetic"
    MANUAL = "manual"
    QR = "qr"
    OTHER = "other"


class Verification(StrEnum):
    """How the holder was verified. A signature is to be asked for, and compared, at the till."""

    NONE = "none"
    SIGNATURE = "signature"
    ONLINE_PIN = "online_pin"
    OFFLINE_PIN = "offline_pin"
    PIN_AND_SIGNATURE = "pin_and_signature"
    DEVICE = "device"
    """On the holder's own phone or watch."""


class ReceiptCopy(StrEnum):
    MERCHANT = "merchant"
    CUSTOMER = "customer"
    ADMINISTRATION = "administration"


class TerminalReceipt(Model):
    """One receipt that the terminal handed to the till to print. `text`: its lines, as they are to stand on paper.

    `must_print`: the terminal says that it may not be left out; `signature`: it has a line for the holder's signature.
    """

    copy_for: ReceiptCopy
    text: str
    signature: bool = False
    must_print: bool = False


class PaymentResult(Model):
    """A terminal's decision. Amounts are in the payment's currency.

    `approved` is what the card is charged with (or given back), all in all; `tip`, `cashback` and `fee` are parts of it, `fee`
    being what the terminal added by itself. `receipt_number`: the terminal's own, by which it finds the payment again;
    `trace_number` that between terminal and host; `transaction_id`: where the host gives one that is unique. `original`: the
    receipt number of the payment that this one takes back or finishes.
    """

    outcome: Outcome
    requested: Money
    approved: Money
    currency: str
    tip: Money | None = None
    cashback: Money | None = None
    fee: Money | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    authorisation_code: str | None = None
    trace_number: str | None = None
    receipt_number: str | None = None
    transaction_id: str | None = None
    original: str | None = None
    terminal_id: str | None = None
    merchant_id: str | None = None
    masked_pan: str | None = None
    scheme: str | None = None
    application: str | None = None
    application_id: str | None = None
    entry_mode: EntryMode | None = None
    verification: Verification | None = None
    online: bool | None = None
    decided_at: Moment | None = None
    receipts: tuple[TerminalReceipt, ...] = ()


class SchemeTotal(Model):
    """Payments of one scheme or host since the last reconciliation. `amount` is below zero where more was given back."""

    scheme: str
    count: int
    amount: AnyDecimal


class Reconciliation(Model):
    """The terminal's totals. `closed`: its batch began anew with this. `agreed`: what the host said of its own totals, where it
    says so."""

    number: str | None = None
    currency: str | None = None
    total: AnyDecimal | None = None
    totals: tuple[SchemeTotal, ...] = ()
    first_receipt: str | None = None
    last_receipt: str | None = None
    closed: bool
    agreed: bool | None = None
    at: Moment | None = None
    receipts: tuple[TerminalReceipt, ...] = ()


class OriginalPayment(Model):
    """An earlier payment: by the job that made it, or by the terminal's own numbers of one that no job here made.

    With `job` the bridge fills in what that job's result has; a number given beside it must agree with it.
    """

    job: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    receipt_number: PaymentNumber | None = None
    trace_number: PaymentNumber | None = None
    authorisation_code: PaymentNumber | None = None
    transaction_id: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    terminal_id: PaymentNumber | None = None
    issued_at: Moment | None = None

    @model_validator(mode="after")
    def _names_one(self) -> OriginalPayment:
        if not any((self.job, self.receipt_number, self.trace_number, self.transaction_id)):
            raise ValueError("name the payment: its job, or the terminal's receipt_number, trace_number or transaction_id")
        return self


class PurchaseContent(Model):
    """`amount` is what the card is to be charged with, all in all; `tip` and `cashback` are parts of it."""

    amount: PositiveMoney
    currency: Currency
    tip: PositiveMoney | None = None
    cashback: PositiveMoney | None = None
    allow_partial: Flag = False
    """The terminal may approve less, where it and the card can; the rest is then paid otherwise."""

    @model_validator(mode="after")
    def _parts_fit(self) -> PurchaseContent:
        parts = (self.tip or 0) + (self.cashback or 0)
        if parts >= self.amount:
            raise ValueError("tip and cashback are parts of amount: together they must be less than it")
        return self


class TerminalPrompt(StrEnum):
    """What a terminal waits for: `attention.code` of a payment's job, whatever the protocol calls it."""

    PRESENT_CARD = "terminal.present_card"
    PIN = "terminal.pin"
    REMOVE_CARD = "terminal.remove_card"
    CONFIRM_AMOUNT = "terminal.confirm_amount"
    CHOOSE = "terminal.choose"
    """The customer chooses: an application, a currency, a language, a tip."""
    HOST = "terminal.host"
    WAIT = "terminal.wait"
    SIGNATURE = "terminal.signature"
    CASHIER = "terminal.cashier"
    REVERSING = "terminal.reversing"
    """The terminal takes the payment back by itself."""
    CUSTOMER = "terminal.customer"
    """Something else at the customer's side: see the text."""


PROMPTS: dict[str, str] = {
    TerminalPrompt.PRESENT_CARD: "The customer is to present the card.",
    TerminalPrompt.PIN: "The customer is to enter the PIN.",
    TerminalPrompt.REMOVE_CARD: "The customer is to remove the card.",
    TerminalPrompt.CONFIRM_AMOUNT: "The customer is to confirm the amount.",
    TerminalPrompt.CHOOSE: "The customer is to choose on the terminal.",
    TerminalPrompt.HOST: "The terminal is asking the bank.",
    TerminalPrompt.WAIT: "The terminal is working.",
    TerminalPrompt.SIGNATURE: "The customer is to sign.",
    TerminalPrompt.CASHIER: "The terminal waits for the cashier.",
    TerminalPrompt.REVERSING: "The terminal is taking the payment back.",
    TerminalPrompt.CUSTOMER: "The terminal waits for the customer.",
}
"""What the person at the till is told where the terminal has no text of its own for it."""
