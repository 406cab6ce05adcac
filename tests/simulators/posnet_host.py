"""A host without a socket: sends commands to a simulated printer and collects its answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bridge_posnet.frame import Decoder, Frame, Parameter
from bridge_sim_posnet.family import PosnetSimulator
from bridge_sim_posnet.printer import Printer

WARSAW = ZoneInfo("Europe/Warsaw")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer as soon as nothing else is to do."""

    virtual_now = 0.0

    def time(self) -> float:
        return self.virtual_now

    def _run_once(self) -> None:
        waiting: Any = self
        if not waiting._ready and waiting._scheduled:
            self.virtual_now = max(self.virtual_now, waiting._scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


def in_virtual_time(coroutine: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(coroutine)


async def until(condition: Callable[[], bool]) -> None:
    """For what only a real socket brings about."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.002)


class SetClock:
    """A wall clock that stands still until a test moves it."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 10, 9, 11, 48, 14, tzinfo=WARSAW)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Host:
    """One connection to the printer. Commands are written as `mnemonic|xxvalue|xxvalue`."""

    def __init__(self, printer: Printer, port: str = "") -> None:
        self.received = bytearray()
        self.chunks: list[bytes] = []
        self.closed = False
        self.printer = printer
        self.session = printer.connect(self, port)

    def send(self, data: bytes) -> None:
        self.chunks.append(data)
        self.received += data

    def close(self) -> None:
        self.closed = True

    def write(self, line: str, token: str | None = None) -> None:
        self.session.received(frame(line, token).to_bytes())

    def answers(self) -> list[str]:
        """What has come since the last call, with a space for each TAB."""
        events = list(Decoder().feed(bytes(self.received)))
        self.received.clear()
        return [
            event.payload().decode("cp1250").replace("\t", " ").strip() if isinstance(event, Frame) else "garbage"
            for event in events
        ]

    def ask(self, line: str, token: str | None = None) -> str:
        """The answer to one command; empty when none came."""
        self.write(line, token)
        return " / ".join(self.answers())

    def value(self, command: str, field: str) -> str:
        """One field of the answer to a status command."""
        self.write(command)
        (event,) = Decoder().feed(bytes(self.received))
        self.received.clear()
        assert isinstance(event, Frame)
        found = event.get(field)
        assert found is not None, (command, field)
        return found.decode("cp1250")

    def do(self, *lines: str) -> None:
        """Commands that must all succeed."""
        for line in lines:
            answer = self.ask(line)
            assert answer.split()[:1] == [line.split("|")[0].lstrip("!")], (line, answer)
            assert "?" not in answer, (line, answer)

    def sell(self, price: int = 200, *, name: str = "Chleb", rate: int = 1) -> str:
        """A whole receipt in cash; the answer to trend."""
        assert self.ask("trinit|bm0") == "trinit"
        assert self.ask(f"trline|na{name}|vt{rate}|pr{price}") == "trline"
        return self.ask(f"trend|to{price}")


def frame(line: str, token: str | None = None) -> Frame:
    name, *fields = line.split("|")
    parameters = tuple(Parameter(field[:2], field[2:].encode("cp1250")) for field in fields)
    return Frame(name.lstrip("!"), parameters, token, immediate=name.startswith("!"))


def new_printer(clock: SetClock | None = None, state: Path | None = None, **settings: str) -> Printer:
    return set_printer(settings, clock=clock, state=state)


def set_printer(settings: dict[str, str], *, clock: SetClock | None = None, state: Path | None = None) -> Printer:
    return PosnetSimulator().create(settings, clock=clock or SetClock(), state=state)
