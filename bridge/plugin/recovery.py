"""The four answers that recovery may give, and the checkpoints that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.model import Choice, JobError, Result
from bridge.plugin.refusals import Refusal


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


@dataclass(frozen=True, slots=True)
class Pending:
    """The device cannot tell yet. Ask again after `retry_after` seconds."""

    retry_after: float
    code: str
    text: str

    @classmethod
    def of(cls, retry_after: float, said: Refusal) -> Pending:
        """For a reason that is in a table, as those of `usual`."""
        return cls(retry_after, said.code, said.text)


@dataclass(frozen=True, slots=True)
class NeedsOperator:
    """The device cannot tell, and never will. A person compares the paper and resolves the job."""

    evidence: Mapping[str, Any]
    text: str
    choices: Sequence[Choice] = field(
        default=(
            Choice(code="issued", text="The document came out"),
            Choice(code="not_issued", text="No document came out"),
        )
    )


Recovery = Issued | NotIssued | Pending | NeedsOperator
