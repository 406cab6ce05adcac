"""How a payment ends a command: its exit code, and the last word for the person at the till."""

from __future__ import annotations

from typing import Any

from bridge.cli.jobs import joined

PAID, NOT_PAID, NOT_KNOWN, PAID_IN_PART = 0, 1, 3, 4

# By operation: what it is once it is done; what it surely was not; and what is not known of it, with what must not be done then.
_CHARGED = ("Paid", "nothing was charged", "the card was charged: hand out nothing, and do not pay again.")
_WORDS = {
    "payment.purchase": _CHARGED,
    "payment.capture": _CHARGED,
    "payment.refund": (
        "Given back",
        "no money was given back",
        "the money was given back: do not give it back again, in cash neither.",
    ),
    "payment.reversal": ("Taken back", "the payment stands", "the payment was taken back: do not give the money back otherwise."),
    "payment.preauthorise": ("Reserved", "nothing was reserved", "the amount was reserved: do not reserve it again."),
    "payment.release": ("Given up", "the reservation stands", "the reservation was given up: do not charge it."),
}


def exit_code(job: dict[str, Any]) -> int:
    """By what is known to have been charged (or given back)."""
    if job["state"] == "failed":
        return NOT_PAID
    if job["state"] != "done":
        return NOT_KNOWN
    if job.get("success"):
        return PAID
    payment = decided(job)
    if not payment:
        return NOT_KNOWN
    return PAID_IN_PART if payment["outcome"] == "partial" else NOT_PAID


def conclusion(job: dict[str, Any]) -> str:
    """The last word, for the person at the till."""
    payment = decided(job)
    done, surely, unknown = _WORDS.get(job["op"], _CHARGED)
    amount = amount_of(payment, "approved")
    match exit_code(job):
        case 0:
            return f"{done}: {amount}." if amount else f"{done}."
        case 4:
            return f"Approved in part: {amount} of {amount_of(payment, 'requested')}. Take the rest otherwise, or take this back."
        case 1 if payment:
            because = payment.get("reason_text") or payment.get("reason_code")
            return f"Not {done.lower()}: {payment['outcome'].replace('_', ' ')}{f' ({because})' if because else ''}."
        case 1:
            return f"Not {done.lower()}: surely {surely}."
        case _ if job["state"] == "done":
            return "What the terminal said of it is not kept any more."
        case _ if job["state"] == "unresolved":
            return f"It is not known whether {unknown} tillbridge payments refresh {job['id']} asks the terminal."
        case _:
            return f"Not finished yet, and it goes on at the terminal: see tillbridge jobs show {job['id']}."


def amount_of(source: dict[str, Any], name: str) -> str:
    """With its currency; empty where there is none."""
    return joined(source, name, "currency") if source.get(name) is not None else ""


def decided(job: dict[str, Any]) -> dict[str, Any]:
    """What the terminal decided; empty where it has not."""
    return ((job.get("result") or {}).get("payment")) or {}
