"""Asking the device: one owner of the link, one command at a time.

What goes over the wire when is decided by the machines of `frame/host.py`; here are the link, the clock, and what is kept.
Three rules are kept here and nowhere else:

- a command that changes the device is given to the machine once; whatever goes wrong with it ends the link;
- an answer that the device still held for an earlier connection is written down before the device may forget it;
- a question may be asked again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

from bridge.plugin import Json, Trouble, Watch
from bridge.transport import ByteLink, LinkLost, Listener
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import ShortStatus, error_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.condition import trouble
from bridge_shtrih_m.errors import NOT_NOW
from bridge_shtrih_m.frame import (
    NUMBERS,
    Answer,
    Failed,
    Failure,
    Held,
    HostLayer,
    HostLayer1,
    HostLayer2,
    HostOutput,
    Ready,
    Send,
    Wait,
)
from bridge_shtrih_m.refusals import checked
from bridge_shtrih_m.settings import ShtrihSettings
from bridge_shtrih_m.vocabulary import Does, reads_only, shape_of
from bridge_shtrih_m.vocabulary import Patience as Patience

HELD = "held"
"""Key of the device's store: the answer that the device held when the link was opened."""

# How often a question that changes nothing is put again. Once covers a disturbed line; a line that loses three in a row is no line.
ASK_TIMES = 3

# How often in a row a device may say "not now" whose status says that it is idle.
IDLE_TIMES = 50


class Keeper(Protocol):
    """Where a held answer is written down: the device's store."""

    async def get(self, key: str) -> Json | None: ...

    async def set(self, key: str, value: Json) -> None: ...


class HoldsAnswer(Exception):
    """The device holds an answer that must not be taken from it: somebody else may need it."""


@dataclass(frozen=True, slots=True)
class Layers:
    """Which link layers to try, in their order."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, settings: ShtrihSettings) -> Layers:
        return cls(("v1", "v2") if settings.link_layer == "auto" else (settings.link_layer,))


class Exchange:
    """Owns a link for as long as it lives. `start` before use, `close` at the end.

    `keeper` None: a device is only probed. What it holds is then left with it, and nothing is asked twice.
    """

    def __init__(self, link: ByteLink, settings: ShtrihSettings, logger: logging.Logger, keeper: Keeper | None) -> None:
        self.timeouts = settings.timeouts
        self._settings = settings
        self._link = link
        self._log = logger
        self._keeper = keeper
        self._layer: HostLayer | None = None
        self._name = ""
        self._line = Listener(link)

    def start(self) -> None:
        self._line.start()

    async def close(self) -> None:
        self._line.close()

    @property
    def layer(self) -> str:
        """v1 or v2; empty before the device has answered."""
        return self._name

    # --- what a driver asks for

    async def connect(self) -> None:
        """Find out which link layer the device speaks, and read what it still holds. Executes nothing."""
        async with self._link.lock:
            await self._connect()

    async def ask(self, command: Command) -> bytes:
        """The answer to a question, error or not; asked again where it was lost."""
        assert command.shape.does is Does.READS, f"{command.shape} changes the device"
        failure = Failure.SILENT
        for _ in range(ASK_TIMES if self._keeper is not None else 1):
            outcome = await self._dialogue(command)
            if isinstance(outcome, Answer):
                return outcome.data
            failure = outcome.failure
            if failure is Failure.SILENT:
                break
        raise self.timeouts.ran_out("control", f"{command.shape}: {failure}")

    async def ask_checked(self, command: Command) -> bytes:
        """The answer, where it is a success. Raises Refused."""
        return checked(command, await self.ask(command))

    async def send(self, command: Command) -> bytes:
        """The answer to a command that changes the device, error or not. Given to the link once.

        Raises LinkLost where no answer comes: what became of the command is then for recovery to find out.
        """
        outcome = await self._dialogue(command)
        if isinstance(outcome, Answer):
            return outcome.data
        what = f"{command.shape}: {outcome.failure}"
        if not outcome.taken and outcome.failure is Failure.SILENT:
            raise self.timeouts.ran_out("control", what)
        raise LinkLost(what)

    async def send_printing(self, command: Command, watch: Watch) -> bytes:
        """As `send`, for a command that the device takes only when it has printed what was before: with "not now" it surely was not
        taken, and is sent again when the device is idle. One that is idle and says so again and again means something else."""
        idle = 0
        while True:
            answer = await self.send(command)
            if error_of(answer) not in NOT_NOW or idle >= IDLE_TIMES:
                return answer
            await asyncio.sleep(self.timeouts.poll)
            idle = idle + 1 if await self.trouble() is None else 0
            await self.idle(watch)

    async def status(self) -> ShortStatus:
        return ShortStatus.of(await self.ask_checked(commands.short_status()))

    async def trouble(self) -> Trouble | None:
        return trouble(await self.status())

    async def idle(self, watch: Watch, seconds: float | None = None) -> Trouble | None:
        """Wait until the device has printed and has paper; let it go on (B0h) where the settings say so.

        `seconds`: how long a person is waited for; then what is missing is returned. None: as long as it takes.
        """
        told = False
        loop = asyncio.get_running_loop()
        since: float | None = None
        try:
            while (found := await self.trouble()) is not None:
                if found.working:
                    await asyncio.sleep(self.timeouts.poll)
                    continue
                if found.resumes and self._settings.continue_printing:
                    await self.send(commands.continue_printing())
                    continue
                since = loop.time() if since is None else since
                told = True
                watch.attention(found.code, found.text)
                if seconds is not None and loop.time() - since >= seconds:
                    return found
                await asyncio.sleep(self.timeouts.person)
            return None
        finally:
            if told:
                watch.clear_attention()

    async def printed(self) -> None:
        """Wait until the device prints nothing any more, whether it has paper or not."""
        while True:
            found = await self.trouble()
            if found is None or not found.working:
                return
            await asyncio.sleep(self.timeouts.poll)

    async def held(self) -> Held | None:
        """The answer that the device held when this link was opened, or one before it."""
        assert self._keeper is not None
        kept = await self._keeper.get(HELD)
        return Held(bytes.fromhex(kept["answer"]), kept["number"]) if kept else None

    @property
    def next_number(self) -> int | None:
        """The number that the next command will have; None in v1, which has none."""
        number = self._layer.number if isinstance(self._layer, HostLayer2) else None
        return None if number is None else (number + 1) % NUMBERS

    # --- one dialogue

    async def _dialogue(self, command: Command) -> Answer | Failed:
        password = self._settings.administrator_number if command.administrator else self._settings.operator_number
        data = command.to_bytes(password)
        async with self._link.lock:
            if self._layer is None:
                await self._connect()
            assert self._layer is not None
            if self._log.isEnabledFor(logging.DEBUG):
                self._log.debug("-> %s", command.shape)
            outcome = await self._run(self._layer.request(data), command.shape.patience)
            assert not isinstance(outcome, Ready)
            if self._log.isEnabledFor(logging.DEBUG):
                self._log.debug("<- %s", _told(outcome))
            return outcome

    async def _connect(self) -> None:
        for name in Layers.of(self._settings).names:
            layer: HostLayer = HostLayer1() if name == "v1" else HostLayer2()
            self._layer = layer
            outcome = await self._run(layer.look(), Patience.STATUS)
            if isinstance(outcome, Ready):
                self._name = name
                self._log.debug("the device speaks link layer %s", name)
                return
            self._line.forget()
        self._layer = None
        raise self.timeouts.ran_out("control", "nothing answers in any of the link layers")

    async def _run(self, outputs: list[HostOutput], patience: Patience) -> Ready | Answer | Failed:
        """Carry out what the machine says until it has an outcome."""
        assert self._layer is not None
        due: float | None = None
        while True:
            outcome: Ready | Answer | Failed | None = None
            held: Held | None = None
            for output in outputs:
                match output:
                    case Send():
                        await self._line.write(output.data)
                    case Wait():
                        due = None if output.timer is None else self._now() + self.timeouts.of_timer(output.timer, patience)
                    case Held():
                        held = output
                    case Ready() | Answer() | Failed():
                        outcome = output
            if outcome is not None:
                return outcome
            if held is not None:
                await self._keep(held)
                outputs = self._layer.release()
                continue
            assert due is not None, "a dialogue waits for nothing"
            outputs = await self._next(due)

    async def _next(self, due: float) -> list[HostOutput]:
        """What the machine says to the bytes that come, or to their absence."""
        assert self._layer is not None
        data = await self._line.take(due)
        return self._layer.receive(data) if data else self._layer.time_out()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()

    async def _keep(self, held: Held) -> None:
        """An answer of before. One to a question is worth nothing; any other is written down while the device has it still."""
        shape = shape_of(held.data)
        self._log.info("the device held the answer to %s", shape or held.data[:2].hex())
        if reads_only(held.data):
            return
        if self._keeper is None:
            raise HoldsAnswer
        answer = held.data.hex()
        kept = await self._keeper.get(HELD)
        if not kept or kept["answer"] != answer:
            await self._keeper.set(HELD, {"answer": answer, "number": held.number})


def _told(outcome: Answer | Failed) -> str:
    if isinstance(outcome, Failed):
        return f"no answer: {outcome.failure}"
    error = error_of(outcome.data)
    return f"error {error:02X}h" if error else "ok"
