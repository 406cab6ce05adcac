"""The PC interfaces: a queue of commands each, and the connections that feed it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Generator
from typing import Protocol

from bridge_posnet.frame import Decoder, Event, Frame
from bridge_simulators.device import Wire


class Receiver(Protocol):
    """What a connection hands its frames to."""

    def take(self, session: PortSession, event: Event) -> None: ...


class Port:
    """One PC interface. `epoch` counts power cuts: what was under way before one never goes on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.epoch = 0
        self.sessions: list[PortSession] = []
        self.queue: deque[tuple[Frame, PortSession]] = deque()
        self.running: Generator[float | Callable[[], bool], None, None] | None = None
        self.condition: Callable[[], bool] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.pumping = False
        self.current = ""

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
    """One connection to a PC interface. A frame that its end cuts is dropped, complete ones stay queued."""

    def __init__(self, receiver: Receiver, port: Port, wire: Wire, *, short_checksum: bool) -> None:
        self.port = port
        self.wire = wire
        self.open = True
        self._receiver = receiver
        self._decoder = Decoder(allow_short_checksum=short_checksum)

    def received(self, data: bytes) -> None:
        for event in self._decoder.feed(data):
            self._receiver.take(self, event)

    def disconnected(self) -> None:
        self.open = False
        if self in self.port.sessions:
            self.port.sessions.remove(self)
