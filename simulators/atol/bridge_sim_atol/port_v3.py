"""The port of transport v3, with its task buffer. Source: protocol-specs/atol, "Frames", "The task buffer"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge_atol.frame import Command, Device, DeviceOutput, Flags, Send, Slot, State

from bridge_sim_atol.faults import BUFFER
from bridge_sim_atol.memory import KeptTask
from bridge_sim_atol.port import Port

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_FINISHED = (State.RESULT, State.ERROR)


class TaskPort(Port):
    """The buffer outlives connections, and the power where a setting says so."""

    def __init__(self, register: Register) -> None:
        super().__init__(register)
        self.device = Device()
        self.set_up()

    def set_up(self) -> None:
        results = self._register.settings.results
        self.device.makes_room = self._register.settings.buffer_full == "makes_room"
        self.device.later, self.device.tells = results != "reply", results == "told"

    def received(self, data: bytes) -> None:
        self._carry(self.device.receive(data), BUFFER)

    def nobody_listens(self) -> None:
        self.device.disconnect()

    def refuse(self, state: State) -> None:
        self._carry(self.device.refuse(state), self.current)

    def forget(self) -> None:
        self.device.forget()

    def answer(self, data: bytes, *, error: bool) -> None:
        name = self.current
        outputs = self.device.answer(data, error=error)
        self._keep()
        self._carry(outputs, name)

    def forget_tasks(self) -> None:
        self.device.slots.clear()
        self.device.stopped = False
        self.device.drop()
        self._keep()

    def stop_queue(self) -> None:
        self.device.stopped = True

    def replaced(self, *, ids: bool) -> None:
        ours = [task for task, slot in self.device.slots.items() if slot.state in _FINISHED]
        self.device.slots.clear()
        self.device.stopped = False
        if ids:
            for task in ours:
                self.device.slots[task] = Slot(b"", Flags.NEED_RESULT, State.RESULT, b"\x55\x00\x00")
        self._keep()

    def _keep(self) -> None:
        """The finished tasks, where they outlive the power."""
        register = self._register
        if register.settings.buffer_at_power_off != "kept":
            return
        register.memory.tasks = [
            KeptTask(task, int(slot.flags), slot.state is State.ERROR, slot.data.hex(), slot.answer.hex())
            for task, slot in self.device.slots.items()
            if slot.state in _FINISHED
        ]
        register.save()

    def _carry(self, outputs: Sequence[DeviceOutput], name: str) -> None:
        epoch = self.epoch
        for output in outputs:
            if epoch != self.epoch:
                return
            match output:
                case Send(data):
                    self.deliver(name, data)
                case Command(_, data):
                    self.begin(data)

    def switched_off(self) -> None:
        self.device.switch_off()

    def power_on(self) -> None:
        for kept in self._register.memory.tasks:
            state = State.ERROR if kept.error else State.RESULT
            slot = Slot(bytes.fromhex(kept.data), Flags(kept.flags), state, bytes.fromhex(kept.answer))
            self.device.slots[kept.task] = slot
            self.device.stopped = self.device.stopped or (kept.error and Flags.IGNORE_ERROR not in slot.flags)

    def told(self) -> dict[str, Any]:
        tasks = {f"{task:02X}": slot.state.name.lower() for task, slot in self.device.slots.items()}
        return {"tasks": tasks, "stopped": self.device.stopped}
