"""One thing that happened to a job or on a wire, as time lines have it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# For what has no time. Not the first one that there is: west of Greenwich that has no local time.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

_OPTIONAL = ("link", "phase", "milliseconds", "answered", "checksum", "garbage", "hex")


@dataclass(slots=True)
class Step:
    """`kind`: state, checkpoint, prompt, act, amended, phase, sent, received, log."""

    at: datetime
    kind: str
    title: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    link: int | None = None
    phase: str | None = None
    milliseconds: float | None = None
    """From the request to this answer."""
    answered: bool | None = None
    checksum: str | None = None
    garbage: str | None = None
    hex: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Without what it has not."""
        whole = self.as_answer()
        return {name: value for name, value in whole.items() if name not in _OPTIONAL or value is not None}

    def as_answer(self) -> dict[str, Any]:
        """With every member, as the API has it."""
        data: dict[str, Any] = {"at": self.at.isoformat(), "kind": self.kind, "title": self.title}
        data["fields"] = [{"name": name, "value": value} for name, value in self.fields]
        return data | {name: getattr(self, name) for name in _OPTIONAL}


def unanswered(steps: Sequence[Step]) -> Step | None:
    """The last request of executing that got no answer: mostly where certainty ended."""
    sent = [step for step in steps if step.kind == "sent" and step.phase == "execute"]
    return next((step for step in reversed(sent) if step.answered is False), None)


def moment(text: Any) -> datetime:
    """A time as it was written; one long ago for what is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return _LONG_AGO
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
