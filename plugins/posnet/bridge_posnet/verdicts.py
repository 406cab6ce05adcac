"""Verdicts of recovery and the reasons for them, over either protocol. What leads to them: `recovery.py`, `thermal/recovery.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    ISSUED = "issued"
    NOT_ISSUED = "not issued"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict and why, in a sentence for the evidence. `number`: of the receipt, where only this decision knows it."""

    verdict: Verdict
    reason: str
    number: str | None = None

    def where_shared(self) -> Decision:
        """The same where other programs use the printer too: what they did moves the same counters, so that these can say
        "nothing happened" but never "this is ours"."""
        if self.verdict is not Verdict.ISSUED:
            return self
        return unknown(f"other programs use this printer too, and the counters alone prove nothing ({self.reason})")


def issued(reason: str, number: int | None = None) -> Decision:
    return Decision(Verdict.ISSUED, reason, None if number is None else str(number))


def not_issued(reason: str) -> Decision:
    return Decision(Verdict.NOT_ISSUED, reason)


def unknown(reason: str) -> Decision:
    return Decision(Verdict.UNKNOWN, reason)
