"""A receipt as every family takes it. What it adds up to is in `arithmetic.py`."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from bridge.model.base import AnyDecimal, Flag, Model, Moment, Money, Percent, PositiveMoney, Quantity, Text
from bridge.model.tax import Tax


class ReceiptKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    PURCHASE = "purchase"
    PURCHASE_REFUND = "purchase_refund"
    CORRECTION = "correction"


class LineKind(StrEnum):
    """What a line is. The kind gives the sign; amounts are always positive."""

    ITEM = "item"
    RETURN = "return"
    DEPOSIT = "deposit"
    DEPOSIT_RETURN = "deposit_return"
    ADVANCE = "advance"
    ADVANCE_SETTLEMENT = "advance_settlement"
    VOUCHER = "voucher"


class PaymentKind(StrEnum):
    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"
    VOUCHER = "voucher"
    PREPAID = "prepaid"
    CREDIT = "credit"
    EXCHANGE = "exchange"
    OTHER = "other"


class Adjustment(Model):
    """A discount or surcharge: an amount in the receipt's currency, or a percentage of what it applies to."""

    amount: PositiveMoney | None = None
    percent: Percent | None = None
    text: Text | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Adjustment:
        if (self.amount is None) == (self.percent is None):
            raise ValueError("give exactly one of amount and percent")
        return self


class Original(Model):
    """The earlier document that a return or correction refers to."""

    device: Text | None = None
    document: Text | None = None
    fiscal_id: Text | None = None
    issued_at: Moment | None = None


class Marking(Model):
    """A marking code as its bytes, in base64 (a group separator is legal there)."""

    code_b64: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=512)]


class Line(Model):
    """One line. `price` is for one unit; `total` is quantity x price after the line's own discount or surcharge."""

    kind: LineKind = LineKind.ITEM
    name: Annotated[Text, Field(min_length=1, max_length=1000)]
    description: Text | None = None
    quantity: Quantity = Decimal(1)
    unit: Text | None = None
    price: Money
    total: Money | None = None
    vat: str | None = None
    taxes: tuple[Tax, ...] = ()
    discount: Adjustment | None = None
    surcharge: Adjustment | None = None
    code: Text | None = None
    original: Original | None = None
    marking: Marking | None = None
    extras: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def _vat_is_shorthand(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("vat") is not None and not data.get("taxes") and isinstance(data["vat"], str):
            return {**data, "taxes": [{"rate": data["vat"]}]}
        return data

    @model_validator(mode="after")
    def _vat_or_taxes(self) -> Line:
        if self.vat is not None and (len(self.taxes) != 1 or self.taxes[0].rate != self.vat):
            raise ValueError("vat and taxes disagree: vat is shorthand for one rate, give only one of the two")
        return self


class ForeignMoney(Model):
    """Paid in another currency: `amount` in that currency, `rate` units of the receipt's currency for one of it."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    amount: PositiveMoney
    rate: PositiveMoney


class CardSlip(Model):
    """What the terminal said of a card payment that this receipt records. No full card number belongs here."""

    scheme: Text | None = None
    masked_pan: Annotated[str, Field(pattern=r"^[0-9]{0,6}[*xX.]+[0-9]{0,4}$")] | None = None
    authorisation_code: Text | None = None
    terminal_id: Text | None = None


class Payment(Model):
    kind: PaymentKind
    amount: PositiveMoney
    label: Text | None = None
    foreign: ForeignMoney | None = None
    payment_job: Text | None = None
    card: CardSlip | None = None


class Change(Model):
    kind: PaymentKind = PaymentKind.CASH
    amount: PositiveMoney
    label: Text | None = None


class CustomerId(Model):
    type: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
    value: Annotated[Text, Field(min_length=1, max_length=40)]


class Customer(Model):
    ids: tuple[CustomerId, ...] = ()
    name: Text | None = None
    address: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    loyalty_id: Text | None = None


class EDocument(Model):
    id: Text
    server: Text | None = None


class Delivery(Model):
    """How the customer gets the document. Nothing is sent anywhere unless it is asked for here."""

    paper: Flag = True
    email: Text | None = None
    sms: Text | None = None
    edocument: EDocument | None = None


class SaleContent(Model):
    """What receipts and invoices share: lines, what they come to, how it is paid."""

    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    discount: Adjustment | None = None
    surcharge: Adjustment | None = None
    total: Money | None = None
    rounding: AnyDecimal = Decimal(0)
    payments: tuple[Payment, ...] = ()
    change: tuple[Change, ...] | None = None
    delivery: Delivery = Delivery()
    original: Original | None = None
    extras: dict[str, Any] = {}
    fit: Literal["strict", "lenient"] | None = None


class ReceiptContent(SaleContent):
    """The fields of a receipt operation that make up the document."""

    op: Literal["receipt"] = "receipt"
    kind: ReceiptKind = ReceiptKind.SALE
    customer: Customer | None = None
