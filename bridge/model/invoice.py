"""An invoice as every family takes it. Lines, payments and what they add up to are those of a receipt (`receipt.py`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from bridge.model.base import Day, Model, Text, Whole
from bridge.model.receipt import CustomerId, SaleContent


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    PROFORMA = "proforma"
    CORRECTION = "correction"


class Remark(StrEnum):
    """What the law has printed on some invoices."""

    CASH_ACCOUNTING = "cash_accounting"
    """The tax is due when the invoice is paid."""
    SELF_BILLING = "self_billing"
    """The buyer wrote the invoice."""
    REVERSE_CHARGE = "reverse_charge"
    """The buyer pays the tax."""


class Party(Model):
    """A buyer or recipient. `ids` as of a customer ("nip", "vat_eu"); `address` line by line."""

    name: Annotated[Text, Field(min_length=1, max_length=500)]
    ids: tuple[CustomerId, ...] = ()
    address: tuple[Text, ...] = ()
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    email: Text | None = None
    phone: Text | None = None


class InvoiceContent(SaleContent):
    """The fields of an invoice operation that make up the document.

    `number`: the shop's own; left out where the device numbers its invoices. `copies`: beside the original. `sold_on`: where
    it differs from the day of the invoice. `exemption`: why no tax is due. `notes`: free lines below the invoice.
    """

    op: Literal["invoice"] = "invoice"
    kind: InvoiceKind = InvoiceKind.INVOICE
    number: Annotated[Text, Field(min_length=1, max_length=64)] | None = None
    title: Text | None = None
    buyer: Party
    recipient: Party | None = None
    sold_on: Day | None = None
    due_on: Day | None = None
    bank_account: Text | None = None
    copies: Annotated[Whole, Field(ge=0, le=99)] = 0
    remarks: tuple[Remark, ...] = ()
    exemption: Text | None = None
    notes: tuple[Text, ...] = ()
