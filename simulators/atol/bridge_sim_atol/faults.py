"""Faults that only a register of this protocol has, in the same layer as the common ones. Replies of the task buffer to anything but a
command count as answers to a command named "buffer"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from bridge_atol.frame import Decoder, Frame, State
from bridge_sim_fn.faults import FnReplaced, RamClear
from bridge_simulators.faults import ANY, AnswerFault, Course, Fault, StepFault

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

BUFFER = "buffer"
_SAYS = {
    "full": State.OVERFLOW,
    "exists": State.EXISTS,
    "illegal": State.ILLEGAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferRefuses(Fault):
    """The task is not taken into the buffer: B1 (full), B2 (exists) or B4 (illegal) in the reply to its Add."""

    kind: ClassVar[str] = "buffer_refuses"
    command: str = ANY
    says: Literal["full", "exists", "illegal"] = "full"

    @property
    def state(self) -> State:
        return _SAYS[self.says]


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksForgotten(StepFault):
    """The buffer is emptied, the power stays: whatever is asked for is B3. Strikes at once or at a step."""

    kind: ClassVar[str] = "tasks_forgotten"

    def strike(self, device: Register, course: Course) -> None:
        device.port.forget_tasks()


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStopped(StepFault):
    """The queue is stopped, as by somebody else's error: tasks that are added are not begun (A5)."""

    kind: ClassVar[str] = "queue_stopped"

    def strike(self, device: Register, course: Course) -> None:
        device.port.stop_queue()


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketNumber(AnswerFault):
    """v3: the answer comes under another packet number."""

    kind: ClassVar[str] = "packet_number"
    by: int = 1

    def pieces(self, answer: list[bytes]) -> list[bytes]:
        frames = [event for event in Decoder().feed(b"".join(answer)) if isinstance(event, Frame)]
        return [Frame((frame.id + self.by) % 0xDF, frame.payload).to_bytes() for frame in frames]


KINDS: tuple[type[Fault], ...] = (BufferRefuses, TasksForgotten, QueueStopped, PacketNumber, FnReplaced, RamClear)
