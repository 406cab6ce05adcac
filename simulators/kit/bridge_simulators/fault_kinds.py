"""The kinds of faults that every device knows. What a field means stands in its class; the JSON name is `kind`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from bridge_simulators.faults import ANY, AnswerFault, Course, Direction, Fault, FaultError, StepFault, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut(Fault):
    """The connection breaks behind byte number `after`, counted in one direction from the moment of arming.

    Byte `after` still comes through, the next one does not; 0 breaks it before the first. All connections count
    together. With `times` above 1 the count starts again at each cut. With `stay` the cable is out until it is plugged in
    again; without, the host may connect at once.
    """

    kind: ClassVar[str] = "cut"
    direction: Direction
    after: int = 0
    stay: bool = False

    def check(self) -> None:
        Fault.check(self)
        if self.after < 0:
            raise FaultError("field 'after' must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseConnection(Fault):
    """The next `times` connections are refused."""

    kind: ClassVar[str] = "refuse_connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOffset(Fault):
    """The device's clock is off by `seconds`, from arming until the faults are cleared. `times` means nothing here."""

    kind: ClassVar[str] = "clock_offset"
    seconds: float


# --- at a step of a command


@dataclass(frozen=True, slots=True, kw_only=True)
class _NamedStep(StepFault):
    """A step fault that needs a command to strike on."""

    def check(self) -> None:
        Fault.check(self)
        if not self.command:
            raise FaultError(f"field 'command' is missing: the command to strike on, or {ANY!r} for any")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutCommand(_NamedStep):
    """All connections break. Step "before": as if inside the command's bytes, which are lost, so it is not executed.

    Steps "after" and "answer": it was executed, its answer is lost ("answer": the device has stored it for repetition).
    """

    kind: ClassVar[str] = "cut_command"

    def strike(self, device: Target, course: Course) -> None:
        course.lost = True
        device.cut_connections()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplug(_NamedStep):
    """The cable is pulled out and stays out until it is plugged in: at the step, the command's answer lost with it, or with
    `after` that many bytes behind the step, counted in one direction.
    """

    kind: ClassVar[str] = "unplug"
    after: int | None = None
    direction: Direction = "to_device"

    def strike(self, device: Target, course: Course) -> None:
        if self.after is None:
            course.lost = True
            device.plug(False)
        else:
            device.faults.arm(Cut(direction=self.direction, after=self.after, stay=True))

    def check(self) -> None:
        _NamedStep.check(self)
        if self.after is not None and self.after < 0:
            raise FaultError("field 'after' must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(_NamedStep):
    """The command is answered with the device's error `code` and not executed."""

    kind: ClassVar[str] = "refuse"
    code: int

    def strike(self, device: Target, course: Course) -> None:
        course.refuse = self.code

    def check(self) -> None:
        _NamedStep.check(self)
        if self.step != "before":
            raise FaultError("field 'step' can only be 'before'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(_NamedStep):
    """The device is busy for `seconds`: before it executes the command, or ("after") before it answers."""

    kind: ClassVar[str] = "hold"
    seconds: float

    def strike(self, device: Target, course: Course) -> None:
        course.hold += self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOut(StepFault):
    """The paper is used up."""

    kind: ClassVar[str] = "paper_out"

    def strike(self, device: Target, course: Course) -> None:
        device.load_paper(False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverOpen(StepFault):
    """Somebody opens the cover."""

    kind: ClassVar[str] = "cover_open"

    def strike(self, device: Target, course: Course) -> None:
        device.close_cover(False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerCut(StepFault):
    """The power fails. "after": executed, no answer made yet; "answer": the answer is made (and stored) but not sent.

    `restart`: seconds until it is back; without it somebody switches the device on again.
    """

    kind: ClassVar[str] = "power_cut"
    restart: float | None = None

    def strike(self, device: Target, course: Course) -> None:
        course.power_lost = True
        device.power(False)
        if self.restart == 0:
            device.power(True)
        elif self.restart is not None:
            asyncio.get_running_loop().call_later(self.restart, device.power, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign(StepFault):
    """Another program's document gets in between, as soon as the device lets it (not into an open document).

    `total`: decimal string; None = the total of the document that is open when the fault strikes, else of the last one.
    `hold`: seconds during which the other document stays open.
    """

    kind: ClassVar[str] = "foreign"
    total: str | None = None
    hold: float = 0.0

    def strike(self, device: Target, course: Course) -> None:
        total = Decimal(self.total) if self.total is not None else device.foreign_total()
        device.foreign(total, hold=self.hold)

    def check(self) -> None:
        Fault.check(self)
        if self.total is not None:
            amount(self.total)


def amount(text: object) -> Decimal:
    """A positive amount with at most two decimals. Raises FaultError."""
    try:
        value = Decimal(text) if isinstance(text, str) else Decimal("NaN")
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value <= 0 or value != value.quantize(Decimal("0.01")):
        raise FaultError(f"field 'total' must be a positive amount as string, such as \"12.34\", not {text!r}")
    return value


# --- on an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop(AnswerFault):
    """The answer is lost; the connection stays."""

    kind: ClassVar[str] = "drop"

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        return []


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrupt(AnswerFault):
    """The lowest bit of byte number `at` flips (0 = first; None = the one in the middle)."""

    kind: ClassVar[str] = "corrupt"
    at: int | None = None

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        data = bytearray(b"".join(answer))
        at = len(data) // 2 if self.at is None else self.at
        if -len(data) <= at < len(data):
            data[at] ^= 1
        return [bytes(data)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate(AnswerFault):
    """Only the first `keep` bytes arrive (None = half of it)."""

    kind: ClassVar[str] = "truncate"
    keep: int | None = None

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        data = b"".join(answer)
        return [data[: len(data) // 2 if self.keep is None else self.keep]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(AnswerFault):
    """The answer arrives twice."""

    kind: ClassVar[str] = "repeat"

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        return answer + answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay(AnswerFault):
    """The answer arrives `seconds` late; the device goes on with other work meanwhile."""

    kind: ClassVar[str] = "delay"
    seconds: float

    def wait(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise(AnswerFault):
    """Bytes of line noise (hexadecimal) in front of the answer."""

    kind: ClassVar[str] = "noise"
    data: str = "00ff7f15"

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        return [bytes.fromhex(self.data), *answer]

    def check(self) -> None:
        Fault.check(self)
        try:
            bytes.fromhex(self.data)
        except ValueError:
            raise FaultError(f"field 'data' must be hexadecimal, not {self.data!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(AnswerFault):
    """The answer arrives in single bytes."""

    kind: ClassVar[str] = "split"

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        return [bytes((byte,)) for byte in b"".join(answer)]


KINDS: tuple[type[Fault], ...] = (
    Cut,
    RefuseConnection,
    ClockOffset,
    CutCommand,
    Unplug,
    Refuse,
    Hold,
    PaperOut,
    CoverOpen,
    PowerCut,
    Foreign,
    Drop,
    Corrupt,
    Truncate,
    Repeat,
    Delay,
    Noise,
    Split,
)
