"""A program beside the register, in the same process: it sends commands as one on the wire would, and the register's faults strike it.

For servers that stand on a register, as the vendor's own do. Nothing of frames or of the task buffer is here: a lost answer is lost.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge_sim_atol.port import Answered, Lost
from bridge_sim_atol.request import name_of

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register


_OTHERWISE = frozenset((0xA5, 0x3F, 0x45, 0x4D))


class NoAnswer(ConnectionError):
    """The register is off, the cable is out, or the answer was lost on its way; what became of the command is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a command. `error`: the register's error number, 0 for a success; `body`: what stands behind `55 00`, or, where an
    answer begins otherwise (A5, 3F, 45, 4D), the whole of it."""

    data: bytes
    error: int
    standard: bool = True

    @property
    def body(self) -> bytes:
        return self.data[2:] if self.standard and self.data[:2] == b"\x55\x00" else self.data


class Program:
    """One command at a time. `origin`: the name under which its documents are told."""

    def __init__(self, register: Register, origin: str = "local") -> None:
        self._register = register
        self._origin = origin
        self._lock = asyncio.Lock()

    async def command(self, data: bytes) -> Answer:
        """Execute a command, given without its password. Raises NoAnswer."""
        async with self._lock:
            return await self._command(data)

    async def _command(self, data: bytes) -> Answer:
        register = self._register
        if not register.powered or not register.plugged:
            raise NoAnswer("the register is not there")
        await register.port.idle()
        epoch = register.port.epoch
        name = name_of(data)
        before = register.faults.reach(name, "before")
        if before.power_lost or before.lost:
            raise NoAnswer("the register never had the command")
        password = bytes.fromhex(register.settings.access_password)
        running = register.execute(name, password + data, before, origin=self._origin)
        while True:
            try:
                seconds = next(running)
            except StopIteration as stop:
                ending: Answered | Lost = stop.value
                break
            await asyncio.sleep(seconds)
            if epoch != register.port.epoch:
                raise NoAnswer("the power was cut")
        if not isinstance(ending, Answered) or epoch != register.port.epoch or not register.plugged:
            raise NoAnswer("the answer was lost")
        arrived: list[bytes] = []
        register.faults.deliver(name, ending.data, arrived.append)
        register.executed()
        if not arrived:
            raise NoAnswer("the answer was lost")
        return Answer(ending.data, ending.data[1] if ending.error else 0, standard=data[0] not in _OTHERWISE)
