"""A job: one operation on one device, from acceptance to its final state."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from bridge.model.base import Model, Moment
from bridge.model.errors import JobError
from bridge.model.operations import OperationClass
from bridge.model.result import Result
from bridge.model.texts import CATALOGUES, told


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    UNRESOLVED = "unresolved"
    DONE = "done"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED)


TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED, JobState.DONE}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.UNRESOLVED}),
    JobState.UNRESOLVED: frozenset({JobState.DONE, JobState.FAILED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
}
"""The only legal steps. Queued goes straight to done or failed where no byte that changes the device was needed."""


class Choice(Model):
    """An answer that may be given to a prompt, or a way to settle an unresolved job."""

    code: str
    text: str


class Attention(Model):
    """Why a job waits, for the person at the till. `prompt_id` and `choices` are set where an answer is asked for."""

    code: str
    text: str
    since: Moment
    prompt_id: str | None = None
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    expires_at: Moment | None = None


class Transition(Model):
    at: Moment
    state: JobState
    note: str | None = None


class Amendment(Model):
    """A later, numbered change of registration, paper or payment outcome. State, number and totals never change."""

    number: int
    at: Moment
    changes: dict[str, Any]


class Actor(Model):
    """Who did it: the principal, the label of its token, the user of the operating system, the operator named."""

    principal: str
    label: str | None = None
    os_user: str | None = None
    operator: dict[str, Any] | None = None


class Job(Model):
    """A job as clients see it.

    `success` is true only where the document was issued or the payment fully approved. `operation` is what was asked for,
    without what was left at its default; it, `result` and `error` are null once the details are no longer kept.
    """

    id: str
    device: str
    op: str
    class_: OperationClass = Field(serialization_alias="class")
    state: JobState
    success: bool | None = None
    reference: str | None = None
    part: bool = False
    retry_of: str | None = None
    created_at: Moment
    started_at: Moment | None = None
    finished_at: Moment | None = None
    deadline: Moment
    attention: Attention | None = None
    queue_position: int | None = None
    result: Result | None = None
    error: JobError | None = None
    collected: bool = False
    actor: Actor
    operation: dict[str, Any] | None = None
    history: tuple[Transition, ...] = ()
    amendments: tuple[Amendment, ...] = ()

    def as_json(self, languages: Sequence[str] = ()) -> dict[str, Any]:
        """JSON-able dictionary in the form of the API (`class`, not `class_`).

        `languages`: what the reader understands, best first; an error speaks the first of them that it has, else English, and
        so does each other sentence.
        """
        data = self.model_dump(mode="json", by_alias=True)
        if self.error is not None:
            known = ("en", *self.error.texts, *CATALOGUES)
            language = next((one for one in languages if one in known), "en")
            data["error"] = self.error.in_language(language).model_dump(mode="json", exclude={"texts"})
        if languages:
            data["attention"] = spoken_attention(data["attention"], languages)
            for step in data["history"]:
                if step["note"] is not None:
                    step["note"] = told(step["note"], languages)
            for warning in (data["result"] or {}).get("warnings", ()):
                warning["message"] = told(warning["message"], languages)
        return data


def spoken_attention(attention: dict[str, Any] | None, languages: Sequence[str]) -> dict[str, Any] | None:
    """Why a job waits, as JSON, in the first of these languages that the core's sentence has."""
    if attention is None:
        return None
    choices = [{**choice, "text": told(choice["text"], languages)} for choice in attention["choices"]]
    return {**attention, "text": told(attention["text"], languages), "choices": choices}
