"""Faults that only a terminal of this protocol has, in the same layer as the common ones.

A command is named by its code ("0601"), and so is every message of the terminal ("040F", "06D3", "060F"). Of a command, step "before" is
before its 80 00, "answer" before the 80 00 leaves, "after" behind it; of a message, "before" is before it is sent, "after" behind
it, before the till's answer is read. "0601:040F" is that message inside that command alone. An answer fault on a command strikes its 80 00, one on a message that message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from bridge_simulators.faults import ANY, Course, Fault, FaultError, StepFault

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence(StepFault):
    """The terminal's end of the connection is dead and nobody is told (half-open): no byte goes in or out. It runs on by itself.

    A new connection works. With `seconds` every connection is dead for so long.
    """

    kind: ClassVar[str] = "silence"
    seconds: float = 0.0

    def strike(self, device: Terminal, course: Course) -> None:
        device.fall_silent(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoEndOfDay(StepFault):
    """The terminal's own end of day: it is made as soon as nothing runs, and no command is answered for `seconds`."""

    kind: ClassVar[str] = "auto_end_of_day"
    seconds: float = 20.0

    def strike(self, device: Terminal, course: Course) -> None:
        device.end_of_day_by_itself(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock(StepFault):
    """The terminal's state (05 01) becomes `status` until it is set anew: 223 out of order, 224 maintenance, 0 ready."""

    kind: ClassVar[str] = "lock"
    status: int = 0xDF

    def strike(self, device: Terminal, course: Course) -> None:
        device.lock(self.status)

    def check(self) -> None:
        Fault.check(self)
        if not 0 <= self.status <= 0xFF:
            raise FaultError("field 'status' must be 0 to 255")


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed(Fault):
    """The terminal's next message of this name is built wrongly.

    `no_result`: 04 0F without BMP 27; `empty`: no data at all; `length`: the length says one byte more; `skipped`: it is not sent, and
    the dialogue goes on as if it were; `twice`: it is sent again after it was answered; `unknown_field`: a BMP that nobody knows
    ends it.
    """

    kind: ClassVar[str] = "malformed"
    command: str = ANY
    how: Literal["no_result", "empty", "length", "skipped", "twice", "unknown_field"] = "empty"


# --- of the serial line


@dataclass(frozen=True, slots=True, kw_only=True)
class AckLost(Fault):
    """Serial: the ACK to a message of the till's is lost."""

    kind: ClassVar[str] = "ack_lost"
    command: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class AckLate(Fault):
    """Serial: the ACK to a message of the till's comes `seconds` late, when it may have been repeated."""

    kind: ClassVar[str] = "ack_late"
    command: str = ANY
    seconds: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameRefused(Fault):
    """Serial: NAK to a good message of the till's, which is not looked at."""

    kind: ClassVar[str] = "nak"
    command: str = ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Fault):
    """Serial: a message of the terminal's stops in the middle for `ms` milliseconds."""

    kind: ClassVar[str] = "gap"
    command: str = ANY
    ms: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstuffed(Fault):
    """Serial: the bytes 10 inside a message are not doubled."""

    kind: ClassVar[str] = "unstuffed"
    command: str = ANY


KINDS: tuple[type[Fault], ...] = (
    Silence,
    AutoEndOfDay,
    Lock,
    Malformed,
    AckLost,
    AckLate,
    FrameRefused,
    Gap,
    Unstuffed,
)
