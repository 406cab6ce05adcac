"""Asking the device: one owner of the link, one task at a time.

What goes over the wire when is decided by `frame/host.py`; here are the link, the clock, and what is kept. Three rules are kept here
and nowhere else:

- a command that changes the device is given to the machine once; whatever goes wrong with it ends the link;
- the result of a deciding command of an earlier connection is asked for and written down before the buffer is emptied;
- a question may be asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bridge.plugin import Json
from bridge.transport import ByteLink, LinkError, LinkLost
from bridge_atol import commands
from bridge_atol.answers import DeviceState, error_of, storage_status
from bridge_atol.commands import Command
from bridge_atol.condition import Trouble, reporting, trouble
from bridge_atol.errors import BUSY
from bridge_atol.frame import SLOTS, Answer, Failed, Failure, Host, HostOutput, HostState, Outcome, Ready, Send, Wait
from bridge_atol.layout import BadAnswer
from bridge_atol.refusals import Refused
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import SHAPES, Does, Mode, Patience

TASK = "task"
"""Key of the device's store: id and command of the last deciding task and the FN of its device, written with the intent."""

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


class Exchange:
    """Owns a link for as long as it lives. `start` before use, `close` at the end.

    `keeper` None: a device is only probed. Then its buffer is left as it is. `shared`: other programs use the buffer too, so it is not
    emptied, and what it holds under our ids may be theirs.
    """

    def __init__(
        self, link: ByteLink, settings: AtolSettings, logger: logging.Logger, keeper: Keeper | None, *, shared: bool = False
    ) -> None:
        self.timeouts = settings.timeouts
        self._settings = settings
        self._link = link
        self._log = logger
        self._keeper = keeper
        self._shared = shared
        self._host = Host(gentle=keeper is None)
        self._task = 0
        self._connected = False
        self._incoming = bytearray()
        self._news = asyncio.Event()
        self._ended: LinkError | None = None
        self._stop_listening: Callable[[], None] | None = None

    def start(self) -> None:
        self._stop_listening = self._link.listen(self._received, self._end)

    async def close(self) -> None:
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None

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

    async def held(self, task: int, fn: str) -> tuple[bytes, bool] | None:
        """The result of this deciding task, where it was found in the device with this FN when a link was opened, and whether it is an
        error."""
        assert self._keeper is not None
        kept = await self._keeper.get(HELD)
        if not kept or kept["task"] != task or kept["fn"] != fn:
            return None
        return bytes.fromhex(kept["answer"]), bool(kept["error"])

    # --- one dialogue

    async def _changing(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        assert command.shape.does is Does.CHANGES, f"{command.shape} is a question"
        try:
            return await self._dialogue(command, task, keep=keep)
        except BadAnswer as error:
            raise LinkLost(str(error)) from error

    async def _dialogue(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        async with self._link.lock:
            if not self._connected:
                await self._connect()
            return await self._answered(command, task, keep=keep)

    async def _answered(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        shape = command.shape
        self._log.debug("-> %s", shape)
        changes = shape.does is Does.CHANGES
        data = command.to_bytes(self._settings.access_digits)
        outcome = await self._run(self._host.add(self._next(task), data, changes=changes), shape.patience)
        tries = 0
        while isinstance(outcome, Failed) and outcome.failure is Failure.EXISTS and task is None and tries < SLOTS:
            # Somebody else's task has this id; ours was surely not taken in.
            tries += 1
            outcome = await self._run(self._host.add(self._next(None), data, changes=changes), shape.patience)
        if isinstance(outcome, Failed):
            raise self._failed(f"{shape}: {outcome.failure}", outcome, shape.patience)
        assert isinstance(outcome, Answer)
        if not keep:
            await self._release()
        error = error_of(shape, outcome.data, failed=outcome.error)
        self._log.debug("<- %s", f"error {error:02X}h" if error else "ok")
        return Reply(command, outcome.data, error)

    def _failed(self, what: str, outcome: Failed, patience: Patience) -> LinkError:
        if outcome.failure is Failure.SILENT:
            return self.timeouts.ran_out(patience.value, what)
        return LinkLost(what)

    def _next(self, task: int | None) -> int:
        if task is not None:
            return task
        self._task = (self._task + 1) % DECIDING
        return self._task

    async def _release(self) -> None:
        outcome = await self._run(self._host.release(), Patience.STATUS)
        if isinstance(outcome, Failed):
            raise self.timeouts.ran_out("control", f"the device does not let go of a task: {outcome.failure}")

    async def _connect(self) -> None:
        """The result of the last deciding task is looked for before anything else is said.

        Whether this is the device of that task is known by its FN. Another one is left as it is: what its buffer keeps may be what
        somebody waits for, and a result under our id is none of ours.
        """
        self._connected = True
        if self._keeper is None or self._shared:
            return
        kept = await self._keeper.get(TASK)
        try:
            if not kept or await self._looked(int(kept["task"]), int(kept["code"]), str(kept["fn"])):
                await self._clear()
        except BaseException:
            self._connected = False
            raise

    async def _looked(self, task: int, code: int, fn: str) -> bool:
        """What became of the task is written down; whether this is its device."""
        assert self._keeper is not None
        outcome = await self._run(self._host.look(task), SHAPES[code].patience)
        match outcome:
            case Answer(data, error):
                self._host.leave()
                self._log.info("the device kept the result of task %d (%s)", task, SHAPES[code])
                found = {"task": task, "answer": data.hex(), "error": error}
                if error:
                    # The queue is stopped, and answers no question before it is emptied: so that goes first, and is not believed yet.
                    await self._keeper.set(HELD, {**found, "fn": None})
                    await self._clear()
                same = await self._same(fn)
                if same:
                    await self._keeper.set(HELD, {**found, "fn": fn})
                return same
            case Failed(Failure.SILENT):
                raise self.timeouts.ran_out("control", f"task {task} was asked for, and nothing answers")
            case _:
                return await self._same(fn)  # not known any more, or never begun: the device tells by its documents

    async def _same(self, fn: str) -> bool:
        command = commands.storage_status()
        try:
            reply = await self._answered(command, None, keep=False)
            return not reply.error and storage_status(command.shape, reply.data).fn_number == fn
        except BadAnswer:
            return False

    async def _clear(self) -> None:
        outcome = await self._run(self._host.clear(), Patience.STATUS)
        if isinstance(outcome, Failed):
            raise self.timeouts.ran_out("control", "nothing answers")

    async def _run(self, outputs: list[HostOutput], patience: Patience) -> Outcome:
        """Carry out what the machine says until it has an outcome."""
        due: float | None = None
        limit: float | None = None
        while True:
            outcome: Outcome | None = None
            for output in outputs:
                match output:
                    case Send():
                        await self._write(output.data)
                    case Wait():
                        due = None if output.timer is None else self._now() + self.timeouts.of_timer(output.timer, patience)
                    case Ready() | Answer() | Failed():
                        outcome = output
            if outcome is not None:
                return outcome
            if self._host.state is HostState.RUNNING:
                limit = self._now() + self.timeouts.running if limit is None else limit
                if self._now() >= limit:
                    outputs = self._host.give_up()
                    continue
            assert due is not None, "a dialogue waits for nothing"
            outputs = await self._heard(due)

    async def _heard(self, due: float) -> list[HostOutput]:
        """What the machine says to the bytes that come, or to their absence."""
        if not self._incoming:
            if self._ended is not None:
                raise self._ended
            self._news.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._news.wait()
            except TimeoutError:
                return self._host.time_out()
        data = bytes(self._incoming)
        self._incoming.clear()
        return self._host.receive(data)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _write(self, data: bytes) -> None:
        if self._ended is not None:
            raise self._ended
        await self._link.write(data)

    # --- what comes in

    def _received(self, data: bytes) -> None:
        self._incoming += data
        self._news.set()

    def _end(self, error: LinkError) -> None:
        self._ended = error
        self._news.set()
