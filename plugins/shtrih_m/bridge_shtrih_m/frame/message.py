"""What both link layers share: the code of a message, skipped bytes, and what a dialogue asks of whoever runs it.

Follows protocol-specs/shtrih-m, "Message layer". What a message means is in `commands.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

EXTENDED = 0xFF  # first byte of a command of two bytes


class LocalError(ValueError):
    """We tried to build a frame that the protocol cannot carry. Nothing was sent."""


class Fault(StrEnum):
    """Why bytes were no frame."""

    NOISE = "bytes outside any frame"
    CHECKSUM = "wrong checksum"
    LENGTH = "impossible length"
    ESCAPE = "9F followed by neither 81 nor 83"
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


def code_of(data: bytes) -> int | None:
    """The code of a command or of an answer: one byte, or FFxx; None for what has none."""
    if not data or (data[0] == EXTENDED and len(data) < 2):
        return None
    return EXTENDED << 8 | data[1] if data[0] == EXTENDED else data[0]


def belongs(request: bytes, answer: bytes) -> bool:
    """Whether an answer may be the one to this request: it repeats its code and has room for an error."""
    code = code_of(request)
    if code is None or code != code_of(answer):
        return False
    return len(answer) >= (3 if code > EXTENDED else 2)
