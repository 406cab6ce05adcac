"""The queue of one device: requests by their uuid, tasks one after the other, and what happens when the device is lost inside one.

Source: protocol-specs/atol, web-requests.md, "States", "A queue that stands still".
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bridge_sim_atol.web import text
from bridge_sim_atol.web.driver import Outcome, VendorDriver
from bridge_sim_atol.web.driver_errors import (
    BLOCKS_CONNECTION,
    BLOCKS_FN,
    BLOCKS_PAPER,
    CANCELED,
    INTERRUPTED,
    UNSUPPORTED,
    text_of,
)
from bridge_sim_atol.web.settings import WebSettings
from bridge_sim_atol.web.words import FISCAL, RECEIPTS

WAIT, IN_PROGRESS, READY, ERROR = "wait", "inProgress", "ready", "error"
STOPPED, BLOCKED, DROPPED = "interrupted", "blocked", "canceled"
FINAL = frozenset((READY, ERROR, STOPPED, DROPPED))


@dataclass(slots=True)
class State:
    """Of one task. `result`: JSON as text, empty for none."""

    status: str = WAIT
    code: int = 0
    words: str = ""
    result: str = ""


@dataclass(slots=True)
class Entry:
    """One request. `tasks`: its JSON as text. `ended`: when it was over."""

    uuid: str
    number: int
    tasks: str
    states: list[State]
    ended: datetime | None = None

    @property
    def over(self) -> bool:
        return all(state.status in FINAL for state in self.states)


@dataclass(slots=True)
class Block:
    """Why the queue stands still. `uuid` empty: it does not. `last`: the FN's last document before the task, -1 where nobody knows."""

    uuid: str = ""
    task: int = 0
    last: int = -1
    reason: str = ""


@dataclass(slots=True)
class QueueMemory:
    """What outlives the server. `begun`: the FN's last document before the task that is being carried out."""

    entries: list[Entry] = field(default_factory=list)
    given: int = 0
    block: Block = field(default_factory=Block)
    begun: int = -1


def _told(worker: asyncio.Task[None]) -> None:
    """A worker never ends by itself: what it raised goes to the loop's handler."""
    if not worker.cancelled():
        worker.result()


class DeviceQueue:
    """`save` is called whenever something changed that must outlive the server."""

    def __init__(
        self,
        driver: VendorDriver,
        settings: Callable[[], WebSettings],
        save: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self.memory = QueueMemory()
        self._now = now
        self._driver = driver
        self._settings = settings
        self._save = save
        self._wake = asyncio.Event()
        self._lock = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None

    # --- what clients do

    def known(self) -> list[Entry]:
        """What is not forgotten yet: a request is kept for some time behind its end."""
        before = self._now() - timedelta(minutes=self._settings().keep_minutes)
        for entry in self.memory.entries:
            if entry.over and entry.ended is None:
                entry.ended = self._now()
        self.memory.entries = [entry for entry in self.memory.entries if entry.ended is None or entry.ended > before]
        return self.memory.entries

    def find(self, uuid: str) -> Entry | None:
        return next((entry for entry in self.known() if entry.uuid == uuid), None)

    def add(self, uuid: str, tasks: list[Any]) -> Entry:
        self.memory.given += 1
        entry = Entry(uuid, self.memory.given, text.write(tasks).decode(), [State() for _ in tasks])
        self.memory.entries.append(entry)
        self._save()
        self.wake()
        return entry

    def drop(self, entry: Entry) -> bool:
        """Take back a request of which nothing is begun."""
        if any(state.status != WAIT for state in entry.states):
            return False
        entry.states = [State(DROPPED, CANCELED, text_of(CANCELED)) for _ in entry.states]
        self._save()
        return True

    async def ask(self, task: dict[str, Any]) -> Outcome:
        """A question beside the queue: between two tasks, since the device is one."""
        async with self._lock:
            return await self._run(task)

    # --- life

    def start(self) -> None:
        if self._worker is None:
            self._worker = asyncio.get_running_loop().create_task(self._work())
            self._worker.add_done_callback(_told)

    def stop(self) -> None:
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None
        self._lock = asyncio.Lock()

    def wake(self) -> None:
        self.start()
        self._wake.set()

    def after_restart(self) -> None:
        """The server was away. What it was at then is looked for, or told as interrupted, or gone with all the rest."""
        how = self._settings().after_restart
        if how == "forgets":
            self.memory = QueueMemory()
        for entry in self.memory.entries:
            for index, state in enumerate(entry.states):
                if state.status != IN_PROGRESS:
                    continue
                if how == "checks" and self.memory.begun >= 0:
                    state.status = BLOCKED
                    self.memory.block = Block(entry.uuid, index, self.memory.begun, "connectionError")
                else:
                    entry.states[index] = State(STOPPED, INTERRUPTED, text_of(INTERRUPTED))
        self.memory.begun = -1

    # --- work

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            if self.memory.block.uuid:
                if not await self._found_again():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._settings().poll_ms / 1000):
                            await self._wake.wait()
                continue
            entry = next((entry for entry in self.memory.entries if not entry.over), None)
            if entry is None:
                await self._wake.wait()
                continue
            await self._carry_out(entry)

    async def _carry_out(self, entry: Entry) -> None:
        failed = False
        tasks = text.read(entry.tasks.encode())
        for index, task in enumerate(tasks):
            if entry.states[index].status in FINAL:  # it is gone on with, behind a document that had no paper
                failed = failed or entry.states[index].status != READY
                continue
            if failed:
                entry.states[index] = State(STOPPED, INTERRUPTED, text_of(INTERRUPTED))
                self._save()
                continue
            entry.states[index] = State(IN_PROGRESS)
            self._save()
            await asyncio.sleep(self._settings().task_ms / 1000)
            async with self._lock:
                state = await self._task(entry, index, task)
            entry.states[index] = state
            self.memory.begun = -1
            self._save()
            failed = state.status != READY
            if self.memory.block.uuid:
                return

    async def _task(self, entry: Entry, index: int, task: dict[str, Any]) -> State:
        fiscal = task.get("type") in FISCAL
        if fiscal:
            before = await self._last()
            if isinstance(before, Outcome):
                return State(ERROR, before.code, before.text)
            self.memory.begun = before
            self._save()
        outcome = await self._run(task)
        if not outcome.code:
            if fiscal and self._settings().block_on_print_errors and outcome.result["warnings"].get("notPrinted"):
                self.memory.block = Block(entry.uuid, index, self.memory.begun, "paperError")
            return State(READY, 0, outcome.text, text.write(outcome.result).decode() if outcome.result is not None else "")
        reason = self._reason(outcome.code) if fiscal else ""
        if not reason:
            return State(ERROR, outcome.code, outcome.text)
        self.memory.block = Block(entry.uuid, index, self.memory.begun, reason)
        return State(BLOCKED, outcome.code, outcome.text)

    async def _found_again(self) -> bool:
        """Whether the device answers again: then the number of its last document says what became of the task."""
        block = self.memory.block
        async with self._lock:
            now = await self._last()
            if isinstance(now, Outcome):
                return False
            carried_out = now > block.last
            if block.reason == "paperError" and not await self._has_paper():
                return False
            if carried_out and (await self._run({"type": "continuePrint"})).code in BLOCKS_CONNECTION:
                return False
            entry = self.find(block.uuid)
            if entry is not None:
                await self._settle(entry, block, carried_out=carried_out)
        self.memory.block = Block()
        self._save()
        return True

    async def _has_paper(self) -> bool:
        outcome = await self._run({"type": "getDeviceStatus"})
        told = {} if outcome.code else outcome.result["deviceStatus"]
        return bool(told.get("paperPresent")) and not told.get("coverOpened")

    async def _settle(self, entry: Entry, block: Block, *, carried_out: bool) -> None:
        state = entry.states[block.task]
        if state.status == READY:  # its paper ran out alone; what is behind it is gone on with
            told = text.read(state.result.encode())
            entry.states[block.task] = State(READY, 0, state.words, text.write({**told, "warnings": {}}).decode())
            return
        if carried_out:
            kind = text.read(entry.tasks.encode())[block.task]["type"]
            told = ""
            if self._settings().unblocked_result == "params":
                outcome = await self._run({"type": "getLastFiscalParams", "forReceipt": kind in RECEIPTS})
                told = text.write(outcome.result).decode() if outcome.result is not None else ""
            entry.states[block.task] = State(READY, 0, text_of(0), told)
        else:
            entry.states[block.task] = State(ERROR, state.code, state.words)
        for index in range(block.task + 1, len(entry.states)):
            entry.states[index] = State(STOPPED, INTERRUPTED, text_of(INTERRUPTED))

    async def _last(self) -> int | Outcome:
        """Number of the FN's last document, or why it cannot be told."""
        outcome = await self._run({"type": "getFnStatus"})
        return outcome if outcome.code else int(outcome.result["fnStatus"]["fiscalDocumentNumber"])

    async def _run(self, task: dict[str, Any]) -> Outcome:
        settings = self._settings()
        kind = task.get("type")
        if (kind == "getFnDocument" and not settings.archive) or (kind == "getShiftTotals" and not settings.totals):
            return Outcome(UNSUPPORTED, text_of(UNSUPPORTED))
        return await self._driver.run(task)

    def _reason(self, code: int) -> str:
        if code in BLOCKS_CONNECTION:
            return "connectionError"
        if code in BLOCKS_FN:
            return "fnError"
        return "paperError" if code in BLOCKS_PAPER and self._settings().block_on_print_errors else ""
