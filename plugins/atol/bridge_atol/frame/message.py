"""What the codec's files share: faults, skipped bytes, and what a dialogue asks of whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar


class LocalError(ValueError):
    """We tried to build a frame that the protocol cannot carry. Nothing was sent."""


class Fault(StrEnum):
    """Why bytes were no frame."""

    NOISE = "bytes outside any frame"
    CHECKSUM = "wrong checksum"
    HEADER = "impossible length or packet number"
    ESCAPE = "an escape byte followed by what is never escaped"
    RESTARTED = "a new frame began before the end"
    INCOMPLETE = "the frame stopped before its end"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that were skipped, and why."""

    fault: Fault
    data: bytes


@dataclass(frozen=True, slots=True)
class Send:
    """These bytes go out now, in this order."""

    data: bytes


TimerT = TypeVar("TimerT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wait(Generic[TimerT]):
    """Start the one timer of the dialogue anew, for as long as whoever runs it gives this timer. None: stop it.

    When it runs out, call `time_out`.
    """

    timer: TimerT | None
