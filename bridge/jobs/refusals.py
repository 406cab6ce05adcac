"""Why a request was not accepted, where another job is the reason: in words that do not tell a till of another till's jobs."""

from __future__ import annotations

from bridge.model import Actor, Job, RequestError, invalid
from bridge.model.errors import FieldError
from bridge.store import NewJob, OriginalTaken

_KEY_LENGTH = 200


def duplicate_reference(new: NewJob, first: Job, actor: Actor) -> RequestError:
    """The reference belongs to an earlier job of the same principal."""
    ours = _same_till(first.actor, actor)
    whose = f"job {first.id}" if ours else "another till"
    return RequestError(
        "request.duplicate_reference",
        f"reference {new.reference!r} belongs to {whose}",
        (FieldError("reference", f"already used by {whose}", remedy="see that job; part: true for parts of one order"),),
        extra={"job": first.id} if ours else {},
    )


def key_reused(job: Job, actor: Actor) -> RequestError:
    """The key belongs to a job that was another request."""
    ours = _same_till(job.actor, actor)
    whose = f"job {job.id}, which was another request" if ours else "another till"
    return RequestError(
        "request.key_reused",
        f"this key belongs to {whose}",
        (FieldError("Idempotency-Key", "used for another request", remedy="a new key for a new document"),),
        extra={"job": job.id} if ours else {},
    )


def payment_taken(taken: OriginalTaken, other: Job, actor: Actor) -> RequestError:
    """The payment that was named leaves no room: for good (422), or as long as the other job is open (409)."""
    ours = _same_till(other.actor, actor)
    extra: dict[str, object] = {"job": other.id} if ours else {}
    if taken.open:
        remedy = "wait until that job is settled"
        return RequestError(
            "request.conflict", f"original.job: {taken.why}", (FieldError("original.job", taken.why, remedy=remedy),), extra=extra
        )
    error = invalid("original.job", taken.why, remedy="nothing is to be done twice; see the job that did it")
    error.extra.update(extra)
    return error


def checked_key(key: str | None) -> str:
    """Raises RequestError where there is none, or none that can be kept."""
    if key is None or not key.strip():
        raise RequestError(
            "request.key_missing",
            "every job needs an Idempotency-Key",
            (FieldError("Idempotency-Key", "is missing", remedy="one new key for each document, the same one for its retries"),),
        )
    if len(key) > _KEY_LENGTH or not key.isprintable() or not key.isascii():
        raise invalid("Idempotency-Key", "must be printable ASCII", limit=f"{_KEY_LENGTH} characters")
    return key


def _same_till(one: Actor, other: Actor) -> bool:
    """Whether two of one principal are the same till: the label is the till's name, and stays when its token is replaced."""
    return (one.principal, one.label) == (other.principal, other.label)
