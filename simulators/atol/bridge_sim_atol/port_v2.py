"""The port of transport v2: ENQ, frames between STX and ETX, EOT. Source: protocol-specs/atol, "Transport v2".

There is no buffer: one answer is held until it is taken, and nothing says to which command it belongs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge_atol.frame import (
    DEVICE_SECONDS2,
    Command2,
    Device2,
    DeviceOutput2,
    DeviceState2,
    DeviceTimer2,
    Send,
    State,
    Wait,
)

from bridge_sim_atol.faults import BUFFER
from bridge_sim_atol.port import Port

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_HELD = (DeviceState2.OFFERING, DeviceState2.ANSWERED, DeviceState2.PAUSING, DeviceState2.UNREAD)


class TurnPort(Port):
    """Turns are taken: whoever has something to say asks first."""

    def __init__(self, register: Register) -> None:
        super().__init__(register)
        self.device = Device2()
        self._timer: asyncio.TimerHandle | None = None
        self.set_up()

    def set_up(self) -> None:
        self.device.at_once = self._register.settings.execute_at == "frame"

    def received(self, data: bytes) -> None:
        self._carry(self.device.receive(data))

    def nobody_listens(self) -> None:
        self.device.disconnect()
        if self.device.state in _HELD:
            self._set_timer(None)

    def refuse(self, state: State) -> None:
        """It is as if the command had not arrived: only v3 has a buffer that could say something."""
        self.device.forget()

    def forget(self) -> None:
        self.device.forget()

    def answer(self, data: bytes, *, error: bool) -> None:
        if self.device.state is not DeviceState2.EXECUTING:
            return  # what waited for it was forgotten meanwhile
        outputs = self.device.answer(data)
        if self.sessions:
            self._carry(outputs)
        else:
            self.nobody_listens()

    def forget_tasks(self) -> None:
        if self.device.state in (*_HELD, DeviceState2.EXECUTING):
            self.device.forget()
            self._set_timer(None)

    def stop_queue(self) -> None:
        """There is none."""

    def replaced(self, *, ids: bool) -> None:
        if self.device.state in _HELD:
            self.device.forget()
            self._set_timer(None)

    def _carry(self, outputs: Sequence[DeviceOutput2]) -> None:
        epoch = self.epoch
        for output in outputs:
            if epoch != self.epoch:
                return
            match output:
                case Send(data):
                    self.deliver(BUFFER if len(data) == 1 else self.current, data)
                case Wait(timer):
                    self._set_timer(timer)
                case Command2(data):
                    self.begin(data)

    def _set_timer(self, timer: DeviceTimer2 | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if timer is None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # nobody's time passes
            return
        self._timer = loop.call_later(DEVICE_SECONDS2[timer], self.timed_out)

    def timed_out(self) -> None:
        """What was waited for has not come."""
        self._timer = None
        self._carry(self.device.time_out())

    def switched_off(self) -> None:
        self._set_timer(None)
        self.device.switch_off()

    def power_on(self) -> None:
        """Nothing was kept."""

    def told(self) -> dict[str, Any]:
        return {"turn": self.device.state.name.lower()}
