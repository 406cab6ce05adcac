"""The guard at the host's edge: no whole card number of a careless plugin is stored or told.

Drivers mask what they read (`bridge.transport.masked_pan`); this is the net below them. `masked_pan` of a payment is cut to what may
be shown, whatever it is. In evidence, warnings, attentions, errors and slips card numbers are looked for by their form. The other
typed fields (receipt, trace, transaction numbers and the like) stay as the terminal wrote them: it finds the payment by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.model import Attention, JobError, PaymentResult, Result, TerminalReceipt, Warning_
from bridge.transport import hide_card_numbers, masked_pan

# An EAN-13 begins as a card may (400 to 699 are whole countries), and fiscal devices tell of goods: there no card has 13 digits.
_SHORTEST_ELSEWHERE = 14


def shortest_of(op: str) -> int:
    """Digits of the shortest card number that is looked for in what a job of this operation says."""
    return 13 if op.startswith(("payment.", "terminal.")) else _SHORTEST_ELSEWHERE


def guarded(result: Result, op: str) -> Result:
    """The same object where there is nothing to hide."""
    shortest = shortest_of(op)
    changed: dict[str, Any] = {}
    evidence = hidden_in(result.evidence, shortest)
    if evidence != result.evidence:
        changed["evidence"] = evidence
    warnings = tuple(_warning(warning, shortest) for warning in result.warnings)
    if warnings != result.warnings:
        changed["warnings"] = warnings
    if result.payment is not None and (payment := _payment(result.payment, shortest)) != result.payment:
        changed["payment"] = payment
    if result.reconciliation is not None:
        receipts = _receipts(result.reconciliation.receipts, shortest)
        if receipts != result.reconciliation.receipts:
            changed["reconciliation"] = result.reconciliation.model_copy(update={"receipts": receipts})
    return result.model_copy(update=changed) if changed else result


def guarded_error(error: JobError, op: str) -> JobError:
    shortest = shortest_of(op)
    texts = {
        language: text.model_copy(update={"message": hide_card_numbers(text.message, shortest=shortest)})
        for language, text in error.texts.items()
    }
    said = None if error.device_text is None else hide_card_numbers(error.device_text, shortest=shortest)
    message = hide_card_numbers(error.message, shortest=shortest)
    return error.model_copy(update={"message": message, "device_text": said, "texts": texts})


def guarded_attention(attention: Attention, op: str) -> Attention:
    """What a person is told or asked."""
    shortest = shortest_of(op)
    choices = tuple(
        choice.model_copy(update={"text": hide_card_numbers(choice.text, shortest=shortest)}) for choice in attention.choices
    )
    return attention.model_copy(update={"text": hide_card_numbers(attention.text, shortest=shortest), "choices": choices})


def hidden_in(value: Any, shortest: int) -> Any:
    """JSON with the card numbers in its texts and whole numbers hidden."""
    match value:
        case str():
            return hide_card_numbers(value, shortest=shortest)
        case bool():
            return value
        case int():
            text = str(value)
            shown = hide_card_numbers(text, shortest=shortest)
            return value if shown == text else shown
        case Mapping():
            return {key: hidden_in(item, shortest) for key, item in value.items()}
        case list() | tuple():
            return [hidden_in(item, shortest) for item in value]
        case _:
            return value


def _payment(payment: PaymentResult, shortest: int) -> PaymentResult:
    texts = {name: getattr(payment, name) for name in ("reason_text", "scheme", "application")}
    changed: dict[str, Any] = {
        name: hide_card_numbers(text, shortest=shortest) for name, text in texts.items() if text is not None
    }
    if payment.masked_pan is not None:
        changed["masked_pan"] = masked_pan(payment.masked_pan)
    return payment.model_copy(update={**changed, "receipts": _receipts(payment.receipts, shortest)})


def _receipts(receipts: tuple[TerminalReceipt, ...], shortest: int) -> tuple[TerminalReceipt, ...]:
    return tuple(one.model_copy(update={"text": hide_card_numbers(one.text, shortest=shortest)}) for one in receipts)


def _warning(warning: Warning_, shortest: int) -> Warning_:
    return warning.model_copy(update={"message": hide_card_numbers(warning.message, shortest=shortest)})
