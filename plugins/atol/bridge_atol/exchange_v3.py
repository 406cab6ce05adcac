"""Transport v3: commands are tasks in the device's buffer, each under an id by which its result can be asked for later."""

from __future__ import annotations

import logging

from bridge.plugin import BadAnswer
from bridge.transport import ByteLink, LinkError, LinkLost
from bridge_atol import commands
from bridge_atol.answers import error_of, storage_status
from bridge_atol.commands import Command
from bridge_atol.exchange import DECIDING, HELD, TASK, Exchange, Keeper, Reply
from bridge_atol.frame import SLOTS, Answer, Failed, Failure, Host, HostOutput, Outcome
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import SHAPES, Does, Patience


class TaskExchange(Exchange):
    """Where the device is only probed, its buffer is left as it is. Where other programs use the buffer too, it is not emptied, and
    what it holds under our ids may be theirs."""

    transport = "v3"

    def __init__(
        self, link: ByteLink, settings: AtolSettings, logger: logging.Logger, keeper: Keeper | None, *, shared: bool = False
    ) -> None:
        super().__init__(link, settings, logger, keeper, shared=shared)
        self._host = Host(gentle=keeper is None, shared=shared)
        self._task = 0
        self._connected = False

    async def held(self, task: int, fn: str) -> tuple[bytes, bool] | None:
        assert self._keeper is not None
        kept = await self._keeper.get(HELD)
        if not kept or kept["task"] != task or kept["fn"] != fn:
            return None
        return bytes.fromhex(kept["answer"]), bool(kept["error"])

    # --- one dialogue

    async def _answered(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        if not self._connected:
            await self._connect()
        return await self._told(command, task, keep=keep)

    async def _told(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        shape = command.shape
        self._log.debug("-> %s", shape)
        changes = shape.does is Does.CHANGES
        data = command.to_bytes(self._settings.access_digits)
        outcome = await self._outcome(self._host.add(self._next(task), data, changes=changes), shape.patience)
        tries = 0
        while isinstance(outcome, Failed) and outcome.failure is Failure.EXISTS and task is None and tries < SLOTS:
            # Somebody else's task has this id; ours was surely not taken in.
            tries += 1
            outcome = await self._outcome(self._host.add(self._next(None), data, changes=changes), shape.patience)
        if isinstance(outcome, Failed):
            if outcome.failure is Failure.EXISTS and task is not None and self._keeper is not None:
                # What lies there is none of ours, and must not pass for the result of our task when it is looked for.
                await self._keeper.set(TASK, None)
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
        outcome = await self._outcome(self._host.release(), Patience.STATUS)
        if isinstance(outcome, Failed):
            raise self.timeouts.ran_out("control", f"the device does not let go of a task: {outcome.failure}")

    # --- what the device keeps of an earlier connection

    async def _connect(self) -> None:
        """The result of the last deciding task is looked for before anything else is said.

        Whether this is the device of that task is known by its FN. Another one is left as it is: what its buffer keeps may be what
        somebody waits for, and a result under our id is none of ours.
        """
        self._connected = True
        self._line.forget()  # a late reply of the connection before would have the number of our first packet
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
        outcome = await self._outcome(self._host.look(task), SHAPES[code].patience)
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
            reply = await self._told(command, None, keep=False)
            return not reply.error and storage_status(command.shape, reply.data).fn_number == fn
        except BadAnswer:
            return False

    async def _clear(self) -> None:
        outcome = await self._outcome(self._host.clear(), Patience.STATUS)
        if isinstance(outcome, Failed):
            raise self.timeouts.ran_out(
                "control", "nothing answers in transport v3; older devices speak v2 (the setting protocol)"
            )

    async def _outcome(self, outputs: list[HostOutput], patience: Patience) -> Outcome:
        return await self._run(self._host, outputs, lambda timer: self.timeouts.of_timer(timer, patience))
