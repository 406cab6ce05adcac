"""The device's side of the dialogue, sans-I/O: bytes in, commands out; answers in, bytes out. No clock, no socket.

Follows protocol-specs/atol, "The task buffer". What a command does is the device's own matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge_atol.frame.message import Send
from bridge_atol.frame.packet import Decoder, Frame
from bridge_atol.frame.tasks import Abort, Ack, Add, Flags, Order, Report, Request, State, order_of

SLOTS = 16
"""Tasks that the buffer holds. The number is documented nowhere; the host never needs more than two. [ZZ] runs through any number of tasks
without acknowledging one, so finished ones cannot count for long."""

ASYNC_ID = 0xF0
"""Packet number of what the device sends by itself."""


@dataclass(frozen=True, slots=True)
class Command:
    """Execute this, then call `answer`."""

    task: int
    data: bytes


DeviceOutput = Send | Command
Outputs = list[DeviceOutput]


@dataclass(frozen=True, slots=True)
class Slot:
    """One task of the buffer."""

    data: bytes
    flags: Flags
    state: State = State.PENDING
    answer: bytes = b""


class Device:
    """The buffer outlives connections, and not the power.

    `later`: tasks are replied to at once as "in progress", and their results told when they are there (`tells`) or only asked for.
    `makes_room`: in a full buffer the oldest result gives way to a new task, which is refused otherwise.
    """

    def __init__(self, *, later: bool = False, tells: bool = True, makes_room: bool = True) -> None:
        self.later = later
        self.tells = tells
        self.makes_room = makes_room
        self.slots: dict[int, Slot] = {}
        self.stopped = False
        self.running: int | None = None
        self._dropped = False  # the running task left the buffer: its answer is nobody's
        self._connection = 0
        self._reply: tuple[int, int] | None = None  # connection and packet number that wait for the running task
        self._decoder = Decoder()

    def switch_off(self) -> None:
        """The power went: the buffer is forgotten."""
        self.slots.clear()
        self.stopped, self.running, self._dropped = False, None, False
        self.disconnect()

    def disconnect(self) -> None:
        """The host's connection ended. The buffer stays, and what is being executed goes on."""
        self._decoder = Decoder()
        self._reply = None
        self._connection += 1

    def receive(self, data: bytes) -> Outputs:
        outputs: Outputs = []
        for event in self._decoder.feed(data):
            if isinstance(event, Frame) and not event.own:
                order = order_of(event.payload)
                if order is None:
                    outputs.append(_sent(event.id, Report(State.ILLEGAL)))
                else:
                    outputs += self._ordered(event.id, order)
        return outputs

    def answer(self, data: bytes, *, error: bool) -> Outputs:
        """The running command was executed."""
        assert self.running is not None, "nothing is being executed"
        task, self.running = self.running, None
        dropped, self._dropped = self._dropped, False
        reply, self._reply = self._reply, None
        outputs: Outputs = []
        if not dropped:
            slot = self.slots[task]
            state = State.ERROR if error else State.RESULT
            self.slots[task] = replace(slot, state=state, answer=data)
            if error and Flags.IGNORE_ERROR not in slot.flags:
                self.stopped = True
            if reply is not None and reply[0] == self._connection:
                outputs.append(_sent(reply[1], Report(state, data)))
            elif self.later and self.tells:
                told = State.ASYNC_ERROR if error else State.ASYNC_RESULT
                outputs.append(_sent(ASYNC_ID, Report(told, data, task)))
        return [*outputs, *self._next()]

    def refuse(self, state: State) -> Outputs:
        """The running command was not taken in after all: the buffer says `state` for it."""
        reply = self._forget_running()
        if reply is None or reply[0] != self._connection:
            return []
        return [_sent(reply[1], Report(state))]

    def drop(self) -> None:
        """The running command goes on, and its result is nobody's."""
        if self.running is not None:
            self.slots.pop(self.running, None)
            self._dropped = True

    def forget(self) -> None:
        """The running command never came here: its task is not known, and whoever waits for it hears nothing."""
        self._forget_running()

    def _forget_running(self) -> tuple[int, int] | None:
        assert self.running is not None, "nothing is being executed"
        if not self._dropped:
            self.slots.pop(self.running, None)
        reply, self.running, self._dropped, self._reply = self._reply, None, False, None
        return reply

    def _ordered(self, number: int, order: Order) -> Outputs:
        match order:
            case Abort():
                self._dropped = self.running is not None
                self.slots.clear()
                self.stopped = False
                return [_sent(number, Report(State.RESULT))]
            case Ack(task):
                if task != self.running:
                    self.slots.pop(task, None)
                return [_sent(number, Report(State.RESULT))]
            case Request(task):
                return [_sent(number, self._report(task))]
            case Add():
                return self._added(number, order)

    def _report(self, task: int) -> Report:
        slot = self.slots.get(task)
        if slot is None:
            return Report(State.NOT_FOUND)
        if slot.state is State.PENDING and self.stopped:
            return Report(State.STOPPED, task=task)
        return Report(slot.state, slot.answer)

    def _added(self, number: int, order: Add) -> Outputs:
        if order.task in self.slots or order.task == self.running:
            return [_sent(number, Report(State.EXISTS))]
        if len(self.slots) >= SLOTS and not self._made_room():
            return [_sent(number, Report(State.OVERFLOW))]
        self.slots[order.task] = Slot(order.data, order.flags)
        if self.stopped:
            return [_sent(number, Report(State.STOPPED, task=order.task))]
        if self.running is not None:
            return [_sent(number, Report(State.PENDING))]
        if self.later:
            return [_sent(number, Report(State.IN_PROGRESS)), *self._next()]
        self._reply = (self._connection, number)
        return self._next()

    def _made_room(self) -> bool:
        """Public programs never acknowledge, and are served all the same: the oldest result gives way, unless it is why the queue stands."""
        for task, slot in self.slots.items() if self.makes_room else ():
            blocks = slot.state is State.ERROR and Flags.IGNORE_ERROR not in slot.flags
            if slot.state in (State.RESULT, State.ERROR) and not blocks:
                del self.slots[task]
                return True
        return False

    def _next(self) -> Outputs:
        """The next task of the queue, in the order in which they were added."""
        if self.running is not None or self.stopped:
            return []
        for task, slot in self.slots.items():
            if slot.state is State.PENDING:
                self.slots[task] = replace(slot, state=State.IN_PROGRESS)
                self.running = task
                return [Command(task, slot.data)]
        return []


def _sent(number: int, report: Report) -> Send:
    return Send(Frame(number, report.to_bytes()).to_bytes())
