"""Asking the device: one owner of the link, one command at a time.

Here are the link, the clock, and what does not depend on the transport; `exchange_v3.py` has the task buffer, `exchange_v2.py` the
dialogue of older devices, and what goes over the wire when is decided by the machines of `frame/`. Three rules are kept in these files
and nowhere else:

- a command that changes the device is given to the machine once; whatever goes wrong with it ends the link;
- the result of a deciding command of an earlier connection is asked for and written down before the buffer is emptied (v3);
- a question may be asked again.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol, TypeVar

from bridge.plugin import BadAnswer, Json, Trouble
from bridge.transport import ByteLink, LinkLost, Listener
from bridge_atol import commands
from bridge_atol.answers import DeviceState
from bridge_atol.commands import Command
from bridge_atol.condition import reporting, trouble
from bridge_atol.errors import BUSY
from bridge_atol.frame import Answer, Failed, Ready, Send, Wait
from bridge_atol.refusals import Refused
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import Does, Mode

TASK = "task"
"""Key of the device's store: id and command of the last deciding task and the FN of its device, written with the intent."""

TASK_COUNT = "task_count"
"""Key of the device's store: how many ids of deciding tasks were given out, of which keys and counters share one space."""

HELD = "held"
"""Key of the device's store: the result of that task, where it was found when a link was opened."""

DECIDING = 0xA0
DECIDING_COUNT = 62
"""Ids of deciding tasks are A0 to DD, allocated from the store; those of all others are below, counted by the link."""


class Keeper(Protocol):
    """Where a found result is written down: the device's store."""

    async def get(self, key: str) -> Json | None: ...

    async def set(self, key: str, value: Json) -> None: ...


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; `error` 0 for a success."""

    command: Command
    data: bytes
    error: int

    def checked(self, field: str | None = None) -> bytes:
        """The answer, where it is a success. Raises Refused."""
        if self.error:
            raise Refused(self.command.shape, self.error, field)
        return self.data


TimerT = TypeVar("TimerT", bound=StrEnum)
Outputs = Sequence[Send | Wait[TimerT] | Ready | Answer | Failed]


class Machine(Protocol[TimerT]):
    """The host's side of a transport, as `frame/` has it."""

    @property
    def busy(self) -> bool: ...

    def receive(self, data: bytes) -> Outputs[TimerT]: ...

    def time_out(self) -> Outputs[TimerT]: ...

    def give_up(self) -> Outputs[TimerT]: ...


class Exchange(ABC):
    """Owns a link for as long as it lives. `start` before use, `close` at the end.

    `keeper` None: a device is only probed. Then what it keeps for others is left as it is. `shared`: other programs use it too.
    """

    transport: ClassVar[str]

    def __init__(
        self, link: ByteLink, settings: AtolSettings, logger: logging.Logger, keeper: Keeper | None, *, shared: bool = False
    ) -> None:
        self.timeouts = settings.timeouts
        self._settings = settings
        self._link = link
        self._log = logger
        self._keeper = keeper
        self._shared = shared
        self._line = Listener(link)

    def start(self) -> None:
        self._line.start()

    async def close(self) -> None:
        self._line.close()

    # --- what a driver asks for

    async def ask(self, command: Command) -> Reply:
        """The answer to a question, error or not; asked again where it was lost. Raises BadAnswer."""
        assert command.shape.does is Does.READS, f"{command.shape} changes the device"
        return await self._dialogue(command, None, keep=False)

    async def ask_checked(self, command: Command) -> bytes:
        """The answer, where it is a success. Raises Refused."""
        return (await self.ask(command)).checked()

    async def send(self, command: Command) -> Reply:
        """The answer to a command that changes the device, error or not. Given to the device once.

        Raises LinkLost where no answer comes: what became of the command is then for recovery to find out.
        """
        return await self._changing(command, None, keep=False)

    async def decide(self, command: Command, task: int) -> Reply:
        """As `send`, under an id that was written down. The device keeps the result until `release`."""
        return await self._changing(command, task, keep=True)

    async def release(self) -> None:
        """The result of the deciding command is written down: the device may forget it."""
        async with self._link.lock:
            await self._release()

    async def send_when_idle(self, command: Command) -> Reply:
        """As `send`. With "the operation before has not finished" (76h) the command surely was not taken in: it is sent again when
        the device is idle, for as long as a task may run."""
        limit = self._now() + self.timeouts.running
        while True:
            reply = await self.send(command)
            if reply.error != BUSY or self._now() >= limit:
                return reply
            await asyncio.sleep(self.timeouts.poll)
            await self.finished()

    async def enter(self, mode: Mode) -> None:
        """See to it that the device is in this mode: entered from mode 0 only. Raises Refused."""
        if mode is Mode.ANY:
            return
        found = await self.state()
        if found.mode == mode.value:
            return
        if found.mode:
            (await self.send_when_idle(commands.exit_mode())).checked()
        if mode is not Mode.SELECT:
            (await self.send_when_idle(commands.enter_mode(mode, self._settings.mode_digits))).checked()

    async def state(self) -> DeviceState:
        command = commands.state()
        return DeviceState.of(command.shape, await self.ask_checked(command))

    async def trouble(self) -> Trouble | None:
        return trouble(await self.state())

    async def finished(self) -> DeviceState:
        """Wait until no report is being made any more. One that waits for a person, or takes longer than a task may, is told as it
        is."""
        limit = self._now() + self.timeouts.running
        while reporting(found := await self.state()):
            told = trouble(found)
            if (told is not None and not told.working) or self._now() >= limit:
                return found
            await asyncio.sleep(self.timeouts.poll)
        return found

    @abstractmethod
    async def held(self, task: int, fn: str) -> tuple[bytes, bool] | None:
        """The result of this deciding task, where it was found in the device with this FN when a link was opened, and whether it is an
        error."""

    # --- one dialogue

    async def _changing(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        assert command.shape.does is Does.CHANGES, f"{command.shape} is a question"
        try:
            return await self._dialogue(command, task, keep=keep)
        except BadAnswer as error:
            raise LinkLost(str(error)) from error

    async def _dialogue(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        async with self._link.lock:
            return await self._answered(command, task, keep=keep)

    @abstractmethod
    async def _answered(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        """One command and its answer. `keep`: the device is not told that the answer is here before `_release`."""

    @abstractmethod
    async def _release(self) -> None: ...

    async def _run(
        self, machine: Machine[TimerT], outputs: Outputs[TimerT], seconds: Callable[[TimerT], float]
    ) -> Ready | Answer | Failed:
        """Carry out what the machine says until it has an outcome."""
        due: float | None = None
        limit: float | None = None
        while True:
            outcome: Ready | Answer | Failed | None = None
            for output in outputs:
                match output:
                    case Send():
                        await self._line.write(output.data)
                    case Wait():
                        due = None if output.timer is None else self._now() + seconds(output.timer)
                    case Ready() | Answer() | Failed():
                        outcome = output
            if outcome is not None:
                return outcome
            if machine.busy:
                limit = self._now() + self.timeouts.running if limit is None else limit
                if self._now() >= limit:
                    outputs = machine.give_up()
                    continue
            assert due is not None, "a dialogue waits for nothing"
            outputs = await self._heard(machine, due)

    async def _heard(self, machine: Machine[TimerT], due: float) -> Outputs[TimerT]:
        """What the machine says to the bytes that come, or to their absence."""
        data = await self._line.take(due)
        return machine.receive(data) if data else machine.time_out()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
