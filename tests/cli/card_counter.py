"""A counter with a card terminal: a real bridge with a simulated terminal, for tests of the commands that take and give back."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import pay as paying
from bridge.cli.client import Client, Lost
from bridge.jobs import Bridge
from bridge.model import Actor
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import Cable, Link, LinkOpener, NullModemBoard, WireLog
from tests.toys import terminal as plugin
from tests.toys.cables import plug_in
from tests.toys.terminal.simulator import Switches, Terminal


@dataclass
class Counter:
    """The bridge and its terminal `pay-1`, in a loop beside the test."""

    bridge: Bridge
    terminal: Terminal
    loop: asyncio.AbstractEventLoop

    def do(self, work: Callable[[], Any]) -> Any:
        async def call() -> Any:
            made = work()
            return await made if asyncio.iscoroutine(made) else made

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(20)

    def when(self, condition: Callable[[], Any], act: Callable[[], Any]) -> None:
        """Once it is true: in the bridge's loop, beside the command."""

        async def wait() -> None:
            while not condition():
                await asyncio.sleep(0.01)
            made = act()
            if asyncio.iscoroutine(made):
                await made

        asyncio.run_coroutine_threadsafe(wait(), self.loop)

    @property
    def charged(self) -> list[Decimal]:
        return [entry.record.amount for entry in self.terminal.truth if entry.record.decision == "approved"]


def open_counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    monkeypatch.setattr(paying, "_LOOK_SECONDS", 0.0)  # the job is looked at all the time
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    terminal = Terminal("4711", Switches(card=0.02, acquirer=0.02, unknown=0.02, available=Decimal("1000.00")))

    async def connect(wire_log: WireLog) -> Link:
        return await plug_in(terminal.connect, Cable(), wire_log)

    async def start() -> tuple[Bridge, ApiServer]:
        board, registry = NullModemBoard(), PluginRegistry()
        board.plug("terminal", connect)
        registry.add(plugin, "terminal")
        bridge = await Bridge.open(tmp_path, registry=registry, opener=LinkOpener(board))
        await bridge.start()
        server = await ApiServer.start(bridge, ServerSettings(port=0, stop_seconds=1.0, proofs_at_once=100_000))
        await bridge.devices.configure(Actor(principal="setup"), "pay-1", {"family": "toy-terminal", "url": "null://terminal"})
        async with asyncio.timeout(15):
            while not bridge.devices.runtime("pay-1").capabilities_fresh:
                await asyncio.sleep(0.01)
        return bridge, server

    async def stop(bridge: Bridge, server: ApiServer) -> None:
        await server.stop()
        await bridge.stop(grace=0.2)

    bridge, server = asyncio.run_coroutine_threadsafe(start(), loop).result(20)
    try:
        yield Counter(bridge, terminal, loop)
    finally:
        asyncio.run_coroutine_threadsafe(stop(bridge, server), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def job_of(result: Any) -> Any:
    return json.loads(result.stdout)


def hears(counter: Counter, monkeypatch: pytest.MonkeyPatch, text: str, act: Callable[[], Any]) -> None:
    """Once the person at the command has read this, it happens in the bridge's loop."""
    say, left = paying._say, [act]

    def said(told: str) -> None:
        say(told)
        if text in told and left:
            counter.loop.call_soon_threadsafe(left.pop())

    monkeypatch.setattr(paying, "_say", said)


def loses_an_answer(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The first answer to a job for the terminal is lost on its way to the command. It is in the list as soon as that has happened."""
    original = Client.answered
    lost: list[Any] = []

    def answered(self: Any, method: str, path: str, *more: Any, **options: Any) -> Any:
        said = original(self, method, path, *more, **options)
        if path.endswith("/pay-1/jobs") and not lost:
            lost.append(said)
            raise Lost("The connection to the bridge broke.")
        return said

    monkeypatch.setattr(Client, "answered", answered)
    return lost


@dataclass
class Clock:
    """What the command takes for the time; `forward` makes the end of its wait come."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now

    def forward(self) -> None:
        self.now += 1000.0


def in_doubt(
    run: Any,
    counter: Counter,
    monkeypatch: pytest.MonkeyPatch,
    *more: str,
    command: tuple[str, ...] = ("pay", "pay-1", "12.50", "EUR"),
    phase: str = "card",
) -> Any:
    """The terminal is switched off in this phase (the customer looks for the card), and the command waits until that is told."""
    clock = Clock()
    monkeypatch.setattr(paying, "time", clock)
    setattr(counter.terminal.switches, phase, 600)
    counter.when(lambda: counter.terminal.phase == phase, lambda: counter.terminal.power(False))
    hears(counter, monkeypatch, "the terminal is switched off", clock.forward)
    return run(*command, *more, code=3)
