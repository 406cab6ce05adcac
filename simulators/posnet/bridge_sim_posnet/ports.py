"""The PC interfaces: a queue of commands each, and the connections that feed it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

from bridge_simulators.device import Wire

Course = Generator[float | Callable[[], bool], None, None]


@dataclass(frozen=True, slots=True)
class Work:
    """One command in a queue. `begin` starts to execute it."""

    name: str
    session: PortSession
    begin: Callable[[], Course]


class Port:
    """One PC interface. `epoch` counts power cuts: what was under way before one never goes on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epoch = 0
        self.sessions: list[PortSession] = []
        self.queue: deque[Work] = deque()
        self.running: Course | None = None
        self.condition: Callable[[], bool] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.pumping = False
        self.current = ""

    def drop(self, session: PortSession) -> None:
        """What this connection has sent, and was not begun, was behind a cut."""
        self.queue = deque(work for work in self.queue if work.session is not session)

    def reset(self) -> None:
        """Power is gone."""
        self.epoch += 1
        self.queue.clear()
        self.running = None
        self.condition = None
        self.current = ""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class PortSession:
    """One connection to a PC interface. What its end cuts in the middle is dropped, complete commands stay queued.

    `decode` makes events of bytes, in the protocol of the interface; `take` is who they are for.
    """

    def __init__(
        self, port: Port, wire: Wire, decode: Callable[[bytes], Iterator[Any]], take: Callable[[PortSession, Any], None]
    ) -> None:
        self.port = port
        self.wire = wire
        self.open = True
        self._decode = decode
        self._take = take

    def received(self, data: bytes) -> None:
        for event in self._decode(data):
            self._take(self, event)

    def disconnected(self) -> None:
        self.open = False
        if self in self.port.sessions:
            self.port.sessions.remove(self)
