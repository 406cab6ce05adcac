"""The four answers that recovery may give, and the checkpoints that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from bridge.model import Choice, JobError, Result
from bridge.plugin.refusals import CommandRefused
from bridge.plugin.wire_fields import BadAnswer


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a driver wrote down, in the order of writing. The first one is the intent with its baseline."""

    name: str
    data: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Issued:
    """The device says: the document exists, or the terminal has decided (a decline is decided too)."""

    result: Result


@dataclass(frozen=True, slots=True)
class NotIssued:
    """The device says: surely nothing was issued, and nothing is left open. `proof` is what it said, for the evidence."""

    proof: Mapping[str, Any]
    error: JobError | None = None


class Said(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Pending:
    """The device cannot tell yet. Ask again after `retry_after` seconds."""

    retry_after: float
    code: str
    text: str

    @classmethod
    def of(cls, retry_after: float, said: Said) -> Pending:
        """For a reason that is in a table, as those of `usual`, or a Trouble."""
        return cls(retry_after, said.code, said.text)

    @classmethod
    def untold(cls, retry_after: float, why: CommandRefused | BadAnswer) -> Pending:
        """Where the device does not answer what recovery asks it, or not in a way that can be read."""
        if isinstance(why, CommandRefused):
            return cls(retry_after, why.row.code, f"The device does not tell: {why.row.text}. {why.row.remedy}".rstrip())
        return cls(retry_after, "device.fault", f"The device gives an answer that cannot be read: {why}.")


@dataclass(frozen=True, slots=True)
class NeedsOperator:
    """The device cannot tell, and never will. A person compares the paper, or looks at the terminal, and resolves the job.

    `choices`: without any, the host's own for the operation, in its languages: the document came out, the card was charged.
    """

    evidence: Mapping[str, Any]
    text: str
    choices: Sequence[Choice] = ()

    @classmethod
    def compare(cls, evidence: Mapping[str, Any], reason: str, looks: str) -> NeedsOperator:
        """`reason`: why the device cannot tell; `looks`: what the document would look like on paper."""
        return NeedsOperator(
            evidence, f"The device cannot tell whether this document came out: {reason}. Compare the paper: {looks}."
        )


Recovery = Issued | NotIssued | Pending | NeedsOperator

INTENT, BASELINE = "intent", "baseline"
"""Names of checkpoints that `read_intent` knows. A later baseline is written after something that others had left open was cancelled."""

IntentT = TypeVar("IntentT", bound=BaseModel)
DocumentT = TypeVar("DocumentT")


def read_intent(checkpoints: Sequence[Checkpoint], model: type[IntentT]) -> IntentT | None:
    """What was written down before anything was sent, with the baseline that counts. None: nothing that changes the device was sent."""
    data: dict[str, Any] | None = None
    for checkpoint in checkpoints:
        if checkpoint.name == INTENT:
            data = dict(checkpoint.data)
        elif checkpoint.name == BASELINE and data is not None:
            data["baseline"] = dict(checkpoint.data)
    return model.model_validate(data) if data is not None else None


class Verdict(Enum):
    ISSUED = "issued"
    NOT_ISSUED = "not issued"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Decision(Generic[DocumentT]):
    """What the intent and the device's own figures come to, and why, in a sentence for the evidence: for the pure part of recovery,
    which asks no device. `document`: what of the device's memory is ours, where it is known."""

    verdict: Verdict
    reason: str
    document: DocumentT | None = None

    @classmethod
    def issued(cls, reason: str, document: DocumentT | None = None) -> Decision[DocumentT]:
        return cls(Verdict.ISSUED, reason, document)

    @classmethod
    def not_issued(cls, reason: str) -> Decision[DocumentT]:
        return cls(Verdict.NOT_ISSUED, reason)

    @classmethod
    def unknown(cls, reason: str) -> Decision[DocumentT]:
        return cls(Verdict.UNKNOWN, reason)

    @classmethod
    def of(cls, there: bool | None, reason: str, document: DocumentT | None = None) -> Decision[DocumentT]:
        """`there`: None for not known."""
        verdict = Verdict.UNKNOWN if there is None else Verdict.ISSUED if there else Verdict.NOT_ISSUED
        return cls(verdict, reason, document)

    def where_shared(self) -> Decision[DocumentT]:
        """The same where other programs use the device too. What they did moves the same counters and has the same totals, so that
        these can say "nothing happened", but never "this is ours"."""
        if self.verdict is not Verdict.ISSUED:
            return self
        return self.unknown(f"other programs use this device too, so that this proves nothing ({self.reason})")
