"""Which fields of an operation are a customer's own: hidden in logs while the job runs, left out of what is sent to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Whose whole content is a person's: names, addresses, e-mails, phones, tax ids, loyalty ids, what the terminal said of a card.
_PERSONAL = frozenset({"customer", "buyer", "recipient", "payer", "delivery", "card"})
# A person's wherever it stands; `extras` of a family may hold any of them.
_ALWAYS = frozenset(
    {"email", "e_mail", "mail", "phone", "sms", "tax_id", "nip", "loyalty_id", "address", "pan", "card_number", "iban", "pesel"}
)
# Texts that the till composed freely: what is in them nobody can know.
_FREE = frozenset(
    {"text", "title", "footer", "header", "note", "comment", "reason", "message", "content", "data", "data_b64", "qr", "barcode"}
)
_HIDDEN = "***"


def private_values(operation: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The customer's own values in an operation, for hiding them wherever they turn up. Shortest ones left out by who hides."""
    return tuple(dict.fromkeys(_values(operation or {}, private=False)))


def without_private(operation: Any) -> Any:
    """The same operation, fit for strangers: personal fields hidden, free texts told by their length. Goods stay."""
    if isinstance(operation, Mapping):
        return {str(key): _shown(str(key), value) for key, value in operation.items()}
    if isinstance(operation, list | tuple):
        return [without_private(item) for item in operation]
    return operation


def _shown(key: str, value: Any) -> Any:
    if key in _PERSONAL or key in _ALWAYS:
        return _hidden(value)
    if key in _FREE and isinstance(value, str):
        return f"({len(value)} characters)"
    return without_private(value)


def _hidden(value: Any) -> Any:
    """The form stays, so that one sees what was given; every text and number goes."""
    if isinstance(value, Mapping):
        return {str(key): item if key == "type" else _hidden(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item) for item in value]
    return value if value is None or isinstance(value, bool) else _HIDDEN


def _values(value: Any, *, private: bool) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in ("type", "scheme", "masked_pan", "server"):
                yield from _values(item, private=private or key in _PERSONAL or key in _ALWAYS)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _values(item, private=private)
    elif private and isinstance(value, str) and value.strip():
        yield value
