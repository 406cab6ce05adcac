"""Joining a simulator to its driver over a cable that can be cut, and whose answers can be spoiled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, Protocol

from bridge.transport import Cable, LinkLost, NotConnected, NullLink, WireLog

Spoiling = Literal["corrupted", "doubled", "late"]


class Wire(Protocol):
    """The host's end of a connection, as a simulated device sees it."""

    def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class Session(Protocol):
    """The device's end of a connection, as the host's side sees it."""

    def received(self, data: bytes) -> None: ...

    def disconnected(self) -> None: ...


@dataclass(slots=True)
class TestCable(Cable):
    """Also remembers where each transfer ended, and spoils one answer: number `spoil_answer`, counted from 1.

    `corrupt` makes other bytes of it; a late one (and all behind it on its connection) is held up for `late` seconds.
    """

    __test__ = False

    spoiling: Spoiling | None = None
    spoil_answer: int = 0
    late: float = 0.0
    corrupt: Callable[[bytes], bytes] = bytes
    answers: int = 0
    spoilt: bool = False
    edges_to_device: list[int] = field(default_factory=list)
    edges_to_host: list[int] = field(default_factory=list)

    def passing(self, data: bytes, *, to_device: bool) -> tuple[bytes, bool]:
        passed, breaks = Cable.passing(self, data, to_device=to_device)
        (self.edges_to_device if to_device else self.edges_to_host).append(self.to_device if to_device else self.to_host)
        return passed, breaks

    def break_now(self) -> None:
        """Once: two transfers at the same moment may both reach the break."""
        if not self.cut:
            Cable.break_now(self)

    def spoil(self) -> bool:
        """Whether the answer that arrives now is the one."""
        self.answers += 1
        if self.spoiling is None or self.answers != self.spoil_answer:
            return False
        self.spoilt = True
        return True

    def start_counting(self) -> None:
        """Count bytes and answers from here on."""
        self.to_device = self.to_host = self.answers = 0
        self.edges_to_device.clear()
        self.edges_to_host.clear()


class _HostEnd(NullLink):
    """The host's end of a TestCable."""

    def __init__(self, cable: TestCable, wire_log: WireLog) -> None:
        super().__init__(cable, device_end=False, wire_log=wire_log)
        self._test_cable = cable
        self._held: list[bytes] | None = None

    def deliver(self, data: bytes) -> None:
        cable = self._test_cable
        if self._held is not None:
            cable.answers += 1
            self._held.append(data)
        elif not cable.spoil():
            super().deliver(data)
        elif cable.spoiling == "corrupted":
            super().deliver(cable.corrupt(data))
        elif cable.spoiling == "doubled":
            super().deliver(data + data)
        else:
            self._held = [data]
            asyncio.get_running_loop().call_later(cable.late, self._release)

    def _release(self) -> None:
        held, self._held = self._held or [], None
        super().deliver(b"".join(held))


def join(cable: Cable, wire_log: WireLog) -> tuple[NullLink, NullLink]:
    """(host, device): the host's end keeps the wire log, the device's end one of its own that nobody reads."""
    host = _HostEnd(cable, wire_log) if isinstance(cable, TestCable) else NullLink(cable, device_end=False, wire_log=wire_log)
    device = NullLink(cable, device_end=True, wire_log=WireLog(lambda: datetime.now(UTC), keep=1))
    host.peer, device.peer = device, host
    return host, device


async def plug_in(connect: Callable[[Wire], Session], cable: Cable, wire_log: WireLog) -> NullLink:
    """Connect to a device that takes a Wire and gives a Session: the host's end. Raises NotConnected where it refuses."""
    host, device = join(cable, wire_log)
    wire = _LinkWire(device)
    try:
        session = connect(wire)
    except ConnectionError as error:
        await host.close()
        await device.close()
        raise NotConnected(str(error)) from error
    wire.run(session)
    return host


class _LinkWire:
    """Carries bytes between a null-modem end and a session, in both directions, until either side ends it."""

    def __init__(self, link: NullLink) -> None:
        self._link = link
        self._outgoing: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    def run(self, session: Session) -> None:
        self._tasks = [asyncio.create_task(self._receive(session)), asyncio.create_task(self._transmit())]

    def send(self, data: bytes) -> None:
        self._outgoing.put_nowait(data)

    def close(self) -> None:
        self._outgoing.put_nowait(None)

    async def _receive(self, session: Session) -> None:
        try:
            while True:
                session.received(await self._link.read())
        except LinkLost:
            session.disconnected()
            self.close()

    async def _transmit(self) -> None:
        try:
            while (data := await self._outgoing.get()) is not None:
                await self._link.write(data)
        except LinkLost:
            return
        finally:
            await self._link.close()
