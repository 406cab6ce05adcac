"""What of the uniform receipt this printer cannot do: refused by name, or told in a warning where it only will not show.

What it can do is in `sale.py`. Amounts against the limits of the wire are checked here too.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from bridge.model import Delivery, Receipt, ReceiptKind, decimal_string, invalid, unsupported
from bridge_posnet.fields import ONLINE
from bridge_posnet.fitting import Fitting
from bridge_posnet.settings import PosnetSettings

CURRENCY = "PLN"

_MAX_AMOUNT = Decimal(ONLINE.money).scaleb(-2)


def currency(field: str, wanted: str, allowed: Collection[str]) -> None:
    if wanted not in allowed:
        raise unsupported(field, f"this printer counts in {', '.join(allowed)}, not in {wanted}")


def amount(field: str, value: Decimal) -> None:
    """An amount of the wire: whole grosze, at most ten digits of them."""
    if value > _MAX_AMOUNT:
        limit = decimal_string(_MAX_AMOUNT)
        raise invalid(field, f"{decimal_string(value)} is more than the printer takes", limit=limit)
    if value.scaleb(2) % 1:
        raise invalid(field, f"{decimal_string(value)} has more than 2 decimals", limit="2 decimals")


def refuse_unsupported(receipt: Receipt, fit: Fitting, settings: PosnetSettings | None = None) -> None:
    """Everything of a receipt that has no command here."""
    if receipt.kind not in (ReceiptKind.SALE, ReceiptKind.REFUND):
        raise unsupported("kind", f"receipts of the kind {receipt.kind.value} are not possible on this printer")
    refuse_delivery(receipt.delivery, settings)
    _warn_of_what_is_not_shown(receipt, fit)


def refuse_delivery(delivery: Delivery, settings: PosnetSettings | None) -> None:
    """Mail and text messages are not the printer's; paper may be left out only where the receipt goes another way."""
    for name, wanted in (("email", delivery.email), ("sms", delivery.sms)):
        if wanted is not None:
            raise unsupported(f"delivery.{name}", "this printer does not send receipts", remedy="leave it out")
    if not delivery.paper and delivery.edocument is None:
        raise unsupported(
            "delivery.paper",
            "this printer prints every receipt that is no e-document",
            remedy="name the customer in delivery.edocument",
        )
    if delivery.edocument is not None and settings is not None and settings.profile == "legacy":
        raise unsupported("delivery.edocument", "the older models know no e-documents", remedy="leave it out")


def _warn_of_what_is_not_shown(receipt: Receipt, fit: Fitting) -> None:
    for index, line in enumerate(receipt.lines):
        if line.marking is not None:
            fit.warn("not_shown", "Marking codes have no place on this receipt.", f"lines.{index}.marking")
        if line.original is not None:
            fit.warn("not_shown", "The earlier document is not named on this receipt.", f"lines.{index}.original")
    if receipt.original is not None:
        fit.warn("not_shown", "The earlier document is not named on this receipt.", "original")
    customer = receipt.customer
    if customer is not None:
        for index, given in enumerate(customer.ids):
            if given.type != "nip":
                fit.warn("not_shown", f"This receipt has no place for {given.type}.", f"customer.ids.{index}")
        for name in ("name", "address", "loyalty_id"):
            if getattr(customer, name) is not None:
                fit.warn("not_shown", "This receipt has no place for it.", f"customer.{name}")
