"""The fault layer: one for all devices. A fault is armed, strikes `times` times and is gone.

`FaultLayer` is asked by the connection for every piece of bytes, and by the device at the steps of every command:
"before" its execution, when it is "recorded" (executed and in memory, its paper not printed yet; only devices that
print later than they record have this step), "after" it, and before its "answer" goes out. The kinds stand in `fault_kinds.py`; a device adds
its own through `SimulatedDevice.fault_kinds`. In JSON a fault is `{"fault": <kind>, <field>: <value>, ...}`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from bridge_simulators.jsonable import ShapeError, from_json, to_json

Direction = Literal["to_device", "to_host"]
Step = Literal["before", "recorded", "after", "answer"]

ANY = "*"  # a fault on this command strikes on whatever command comes first
HISTORY = 200  # struck faults that are remembered


class FaultError(ValueError):
    """A fault that does not exist or is not written right. The text is a sentence for the person who sent it."""


class Target(Protocol):
    """What a fault may do to a device."""

    def power(self, on: bool) -> None: ...

    def plug(self, plugged: bool) -> None: ...

    def load_paper(self, loaded: bool) -> None: ...

    def close_cover(self, closed: bool) -> None: ...

    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None: ...

    def foreign_total(self) -> Decimal | None: ...

    def cut_connections(self) -> None: ...

    @property
    def faults(self) -> FaultLayer: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong. `kind` is its name in JSON."""

    kind: ClassVar[str] = ""
    times: int = 1

    def json(self) -> dict[str, Any]:
        form = to_json(self)
        return {"fault": self.kind, **form}

    def check(self) -> None:
        """Raises FaultError where the values make no sense."""
        if self.times < 1:
            raise FaultError("field 'times' must be 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFault(Fault):
    """Strikes at a step of a command; with an empty `command` at once, when it is armed.

    `strike` acts on the device and may change what becomes of the command.
    """

    command: str = ""
    step: Step = "before"

    def strike(self, device: Any, course: Course) -> None:
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFault(Fault):
    """Changes the answer to a command on its way out. `pieces` is what is sent instead of each piece."""

    command: str = ANY

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        return answer

    def wait(self) -> float:
        return 0.0


@dataclass(slots=True)
class Course:
    """What the faults at one step made of the command."""

    lost: bool = False  # before: it never reached the device. after, answer: its answer is gone
    power_lost: bool = False  # the device is (or was) off: nothing of this command goes on
    refuse: int | None = None  # answer with this error code, do not execute
    hold: float = 0.0  # seconds to be busy before it is executed
    extra: dict[str, Any] = field(default_factory=dict)  # what a family's own faults ask for


@dataclass(slots=True)
class Armed:
    """A fault in the layer, with what is left of it."""

    number: int
    fault: Fault
    left: int
    passed: int = 0  # bytes that a Cut has seen

    def json(self) -> dict[str, Any]:
        return {"id": self.number, "left": self.left, **self.fault.json()}


F = TypeVar("F", bound=Fault)


class FaultLayer:
    """The faults of one device."""

    def __init__(self, device: Target, extra: Iterable[type[Fault]] = ()) -> None:
        from bridge_simulators.fault_kinds import KINDS  # the kinds are built on this module

        self._device = device
        self._kinds = {kind.kind: kind for kind in (*KINDS, *extra)}
        self._armed: list[Armed] = []
        self._count = 0
        self._timers: set[asyncio.TimerHandle] = set()
        self.clock_offset = timedelta()
        self._unplugs = False
        self.struck: list[dict[str, Any]] = []

    # --- arming

    def parse(self, form: Mapping[str, Any]) -> Fault:
        """The fault of this JSON form. Raises FaultError."""
        if not isinstance(form, Mapping) or not isinstance(form.get("fault"), str):
            raise FaultError("a fault is a JSON object whose field 'fault' names its kind")
        kind = self._kinds.get(form["fault"])
        if kind is None:
            raise FaultError(f"unknown fault {form['fault']!r}; known are: {', '.join(sorted(self._kinds))}")
        try:
            fault = from_json(kind, {name: value for name, value in form.items() if name != "fault"})
        except ShapeError as error:
            raise FaultError(f"fault {kind.kind!r}: {error}") from error
        try:
            fault.check()
        except FaultError as error:
            raise FaultError(f"fault {kind.kind!r}: {error}") from None
        return fault

    def arm(self, *faults: Fault | Mapping[str, Any]) -> list[int]:
        """Arms all or, where one is wrong, none. Returns their numbers."""
        from bridge_simulators.fault_kinds import ClockOffset

        parsed = [fault if isinstance(fault, Fault) else self.parse(fault) for fault in faults]
        for fault in parsed:
            fault.check()
        numbers = []
        for fault in parsed:
            self._count += 1
            numbers.append(self._count)
            entry = Armed(self._count, fault, fault.times)
            if isinstance(fault, ClockOffset):
                self.clock_offset = timedelta(seconds=fault.seconds)
                self._armed = [armed for armed in self._armed if not isinstance(armed.fault, ClockOffset)]
                self._armed.append(entry)
            elif isinstance(fault, StepFault) and not fault.command:
                self._note(fault, "at once")
                fault.strike(self._device, Course())
            else:
                self._armed.append(entry)
        return numbers

    def armed(self) -> list[dict[str, Any]]:
        return [entry.json() for entry in self._armed]

    def clear(self) -> None:
        """Disarms everything; what a fault has already done (paper out, power off) stays done."""
        self._armed.clear()
        self.clock_offset = timedelta()

    # --- asked by the connection

    def refuses_connection(self) -> bool:
        from bridge_simulators.fault_kinds import RefuseConnection

        return self.take(RefuseConnection) is not None

    def passes(self, direction: Direction, size: int) -> tuple[int, bool]:
        """How many of `size` bytes go through, and whether the connection breaks behind them."""
        from bridge_simulators.fault_kinds import Cut

        allowed, cut = size, False
        for entry in list(self._armed):
            fault = entry.fault
            if not isinstance(fault, Cut) or fault.direction != direction:
                continue
            entry.passed += size
            if entry.passed >= fault.after and not cut:
                allowed, cut = size - (entry.passed - fault.after), True
                entry.passed = 0
                self._unplugs = self._unplugs or fault.stay
                self._strike(entry, direction)
        return allowed, cut

    def takes_the_plug_out(self) -> bool:
        """Whether the cut that just struck leaves the cable out; told once."""
        told, self._unplugs = self._unplugs, False
        return told

    # --- asked by the device

    def take(self, kind: type[F], command: str | None = None) -> F | None:
        """The next armed fault of this kind (for this command), which strikes with that."""
        for entry in self._armed:
            if isinstance(entry.fault, kind) and (command is None or _matches(entry.fault, command)):
                self._strike(entry, command or "")
                return entry.fault
        return None

    def reach(self, command: str, step: Step) -> Course:
        """The device has come to this step of `command`: faults strike and say what becomes of it."""
        course = Course()
        if not self._armed:
            return course
        for entry in list(self._armed):
            fault = entry.fault
            if isinstance(fault, StepFault) and fault.step == step and _matches(fault, command):
                self._strike(entry, f"{step} {command}")
                fault.strike(self._device, course)
                if course.power_lost:
                    break
        return course

    def deliver(self, command: str, answer: bytes, send: Callable[[bytes], None]) -> None:
        """`answer` goes out through `send`, as the answer faults let it."""
        pieces, wait = [answer], 0.0
        for entry in list(self._armed):
            fault = entry.fault
            if isinstance(fault, AnswerFault) and _matches(fault, command):
                self._strike(entry, f"answer {command}")
                pieces = fault.pieces(pieces)
                wait += fault.wait()
        if not wait:
            for piece in pieces:
                send(piece)
            return

        def late() -> None:
            self._timers.discard(handle)
            for piece in pieces:
                send(piece)

        handle = asyncio.get_running_loop().call_later(wait, late)
        self._timers.add(handle)

    def drop_delayed(self) -> None:
        """Power is gone: answers still on their way never come."""
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()

    def _strike(self, entry: Armed, where: str) -> None:
        entry.left -= 1
        if entry.left <= 0 and entry in self._armed:
            self._armed.remove(entry)
        self._note(entry.fault, where)

    def _note(self, fault: Fault, where: str) -> None:
        self.struck.append({"at": where, **fault.json()})
        del self.struck[:-HISTORY]


def _matches(fault: Fault, command: str) -> bool:
    return getattr(fault, "command", ANY) in (ANY, command)
