"""What became of what was asked, in a sentence: of a document it is said whether it was issued, of a card payment what became of the money.

Who reads "the document" looks at the printer; of a payment the terminal, its journal and its slips tell. So every operation of the
class `money` has words of its own here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from bridge.model.texts import CATALOGUES, told


class Fate(StrEnum):
    """What became of the document."""

    NOT_ISSUED = "not_issued"
    ISSUED = "issued"
    UNKNOWN = "unknown"


OF_DOCUMENTS: Mapping[Fate, str] = {
    Fate.NOT_ISSUED: "Nothing was issued.",
    Fate.ISSUED: "The document was issued.",
    Fate.UNKNOWN: "It is not known yet whether the document was issued.",
}

NOT_DONE: Mapping[str, str] = {
    "payment.purchase": "The card was not charged.",
    "payment.capture": "The card was not charged.",
    "payment.refund": "No money was given back.",
    "payment.reversal": "The payment was not taken back.",
    "payment.preauthorise": "Nothing was reserved on the card.",
    "payment.release": "The reservation was not given up.",
    "terminal.reconcile": "The terminal was not reconciled.",
}
"""Of each operation of the class `money`: that surely nothing came of it."""

AT_A_TERMINAL: Mapping[Fate, str] = {
    Fate.ISSUED: "The terminal did it.",
    Fate.UNKNOWN: "It is not known yet whether the terminal did it.",
}

_DOCUMENTS = ("The document came out", "No document came out")
_CHARGED = ("The card was charged", "The card was not charged")
_DECISIONS: Mapping[str, tuple[str, str]] = {
    "payment.purchase": _CHARGED,
    "payment.capture": _CHARGED,
    "payment.refund": ("The money was given back", "No money was given back"),
    "payment.reversal": ("The payment was taken back", "The payment was not taken back"),
    "payment.preauthorise": ("The amount was reserved", "Nothing was reserved"),
    "payment.release": ("The reservation was given up", "The reservation was not given up"),
    "terminal.reconcile": ("The terminal was reconciled", "The terminal was not reconciled"),
}

SENTENCES = frozenset({*OF_DOCUMENTS.values(), *NOT_DONE.values(), *AT_A_TERMINAL.values()})
"""The last sentence of every error is one of these."""

DECISIONS = frozenset(text for pair in (_DOCUMENTS, *_DECISIONS.values()) for text in pair)


@cache
def _in_all_languages() -> tuple[str, ...]:
    return tuple({told(sentence, (language,)) for sentence in SENTENCES for language in ("en", *CATALOGUES)})


def of_money(op: str) -> bool:
    """Whether what became of it stands at a terminal and with the bank, and on no paper of ours."""
    return op in NOT_DONE


def what_became(fate: Fate, op: str = "") -> str:
    if not of_money(op):
        return OF_DOCUMENTS[fate]
    return NOT_DONE[op] if fate is Fate.NOT_ISSUED else AT_A_TERMINAL[fate]


def decisions(op: str) -> tuple[str, str]:
    """What a person may find who settles a job by hand: that it was done, and that it was not."""
    return _DECISIONS.get(op, _DOCUMENTS)


def split(text: str) -> tuple[str, str]:
    """What an error says, in any language, and its last sentence where that tells what became of it."""
    last = next((sentence for sentence in _in_all_languages() if text.endswith(sentence)), "")
    return text.removesuffix(last).rstrip(), last


def without_fate(text: str) -> str:
    """Words of one error where they are the reason of something else: what became of it is not told a second time."""
    return split(text)[0] or text
