"""Amounts of payments: the decimals of their currency, and the most that the terminal takes at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from bridge.model import Capabilities, decimal_string, invalid

_NONE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])


def decimals_of(currency: str) -> int:
    """Places behind the point that amounts of this currency have: 2 but for those that ISO 4217 lists otherwise."""
    return 0 if currency in _NONE else 3 if currency in _THREE else 2


def check_payment(operation: Any, capabilities: Capabilities | None) -> None:
    """Raises RequestError naming the field and the limit."""
    currency = getattr(operation, "currency", None)
    for field in ("amount", "tip", "cashback"):
        amount: Decimal | None = getattr(operation, field, None)
        if amount is None:
            continue
        places = decimals_of(currency) if currency is not None else 3
        exponent = amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > places:
            message = f"{decimal_string(amount)} has more than {places} decimals, which is all that {currency} has"
            raise invalid(field, message, limit=f"{places} decimals")
        most = capabilities.max_amount if capabilities is not None else None
        if most is not None and amount > most:
            raise invalid(
                field, "is more than the terminal takes at once", limit=decimal_string(most), remedy="split the payment"
            )
