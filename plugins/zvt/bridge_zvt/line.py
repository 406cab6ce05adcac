"""The two ways on which messages travel: as they are over TCP, framed and acknowledged over a serial line.

Follows protocol-specs/zvt, "TCP", "Serial" and "Time-outs" (T1, T2, T3'). A line yields whole messages, independent of how their
bytes come, and knows nothing of who may speak when: that is `exchange.py`.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque

from bridge.transport import ByteLink, LinkLost, Listener
from bridge_zvt.frame import (
    ACK,
    NAK,
    Apdu,
    Control,
    Fault,
    Garbage,
    SerialDecoder,
    StreamDecoder,
    framed,
    header_of,
    is_answer,
    stranger,
)
from bridge_zvt.settings import Timeouts

# Transmissions of one message: the first, and two repetitions after NAK or silence.
TRANSMISSIONS = 3


class Line(ABC):
    """One link. `start` before use, `close` at the end."""

    keeps_talking = False
    """Whether the terminal goes on when this end was away: nothing tells it that a serial line was opened anew."""

    in_packets = True
    """Whether the other end may take what came together for one message. In frames each message has its own end."""

    def __init__(self, link: ByteLink, timeouts: Timeouts, logger: logging.Logger) -> None:
        self.timeouts = timeouts
        self._link = link
        self._log = logger
        self._inbox = Listener(link)
        self._messages: deque[Apdu] = deque()
        self._woken = False

    @property
    def lock(self) -> asyncio.Lock:
        return self._link.lock

    def start(self) -> None:
        self._inbox.start()

    async def close(self) -> None:
        self._inbox.close()

    def wake(self) -> None:
        """Whoever waits in `receive` gets None at once."""
        self._woken = True
        self._inbox.wake()

    @abstractmethod
    async def send(self, *apdus: Apdu) -> None:
        """Hand over messages, where they are several in one packet if the line has packets. Raises LinkError."""

    async def receive(self, due: float) -> Apdu | None:
        """The next message; None at `due` (in the loop's time), or when woken. Raises LinkError."""
        while True:
            if self._messages:
                return self._messages.popleft()
            if self._woken:
                self._woken = False
                return None
            if not await self._more(due):
                return None

    @abstractmethod
    async def _more(self, due: float) -> bool:
        """Take in what comes next; False where nothing came until `due`."""

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class StreamLine(Line):
    """TCP: one message after the other."""

    def __init__(self, link: ByteLink, timeouts: Timeouts, logger: logging.Logger) -> None:
        super().__init__(link, timeouts, logger)
        self._decoder = StreamDecoder()
        self._since = 0.0  # when the message that is under way began

    async def send(self, *apdus: Apdu) -> None:
        await self._inbox.write(b"".join(apdu.to_bytes() for apdu in apdus))

    async def _more(self, due: float) -> bool:
        stops = self._since + self.timeouts.message if self._decoder.inside else due
        data = await self._inbox.take(min(due, stops))
        if not data:
            if self._decoder.inside and self._now() >= stops:
                raise self.timeouts.ran_out("message", "a message of the terminal stopped in the middle")
            return self._woken or self._now() < due
        began = not self._decoder.inside
        for event in self._decoder.feed(data):
            if isinstance(event, Garbage):
                who = stranger(event.data)
                raise LinkLost(f"{event.fault}{f' ({who})' if who else ''}: {event.data[:16].hex(' ')}")
            self._messages.append(event)
            began = True
        if began and self._decoder.inside:
            self._since = self._now()
        return True


class SerialLine(Line):
    """RS-232: each message in a frame, acknowledged by one byte before anybody looks into it."""

    keeps_talking = True
    in_packets = False

    def __init__(self, link: ByteLink, timeouts: Timeouts, logger: logging.Logger) -> None:
        super().__init__(link, timeouts, logger)
        self._decoder = SerialDecoder()
        self._controls: deque[Control] = deque()
        self._last: Apdu | None = None  # the last message that was taken in

    async def send(self, *apdus: Apdu) -> None:
        for apdu in apdus:
            await self._send(apdu)

    async def _send(self, apdu: Apdu) -> None:
        """Repeated after NAK, and where neither ACK nor NAK comes.

        A terminal that missed our ACK repeats its message while it owes us its own. It is told by being the very message that
        we answer; any other message means that ours arrived and its ACK did not.
        """
        answered = self._last
        frame = framed(apdu.to_bytes())
        for _ in range(TRANSMISSIONS):
            self._controls.clear()
            await self._inbox.write(frame)
            due = self._now() + self.timeouts.t2
            while self._now() < due and not self._controls:
                await self._more(due)
                while self._messages and self._messages[0] == answered and is_answer(apdu.code):
                    self._log.debug("the terminal repeats %s", self._messages.popleft())
                if self._messages:
                    return
            if self._controls and self._controls.popleft() is Control.ACK:
                return
        raise self.timeouts.ran_out("t2", f"the terminal acknowledged none of {TRANSMISSIONS} transmissions of {apdu}")

    async def _more(self, due: float) -> bool:
        stops = self._now() + self.timeouts.t1 if self._decoder.inside else due
        data = await self._inbox.take(min(due, stops))
        if not data:
            if self._decoder.inside and self._now() >= stops:
                for damaged in self._decoder.interrupt():
                    await self._take(damaged)
                return True
            return self._woken or self._now() < due
        for event in self._decoder.feed(data):
            await self._take(event)
        return True

    async def _take(self, event: Apdu | Control | Garbage) -> None:
        match event:
            case Control():
                self._controls.append(event)
            case Apdu():
                await self._inbox.write(bytes((ACK,)))
                self._last = event
                self._messages.append(event)
            case Garbage(Fault.LENGTH):
                # It arrived as it was sent. Whatever is wrong with it, it is answered by what can be read of it.
                await self._inbox.write(bytes((ACK,)))
                self._log.warning("a message of the terminal has a wrong length: %s", event.fault)
                salvaged = _salvaged(event.data)
                if salvaged is not None:
                    self._last = salvaged
                    self._messages.append(salvaged)
            case Garbage(Fault.NOISE | Fault.RESTARTED):
                self._log.debug("%d bytes of the line mean nothing: %s", len(event.data), event.fault)
            case Garbage():
                self._log.debug("a message of the terminal was damaged: %s", event.fault)
                await self._inbox.write(bytes((NAK,)))


def _salvaged(raw: bytes) -> Apdu | None:
    """The message in a frame whose length does not fit: its code, and what stands behind the length."""
    message = raw[2:-4].replace(b"\x10\x10", b"\x10")
    head = header_of(message)
    return Apdu(head[0], message[head[1] :]) if head is not None else None


def line_of(link: ByteLink, framing: str, timeouts: Timeouts, logger: logging.Logger) -> Line:
    """By the setting, else by the kind of the link's endpoint."""
    serial = framing == "serial" or (framing == "auto" and link.kind == "serial")
    return SerialLine(link, timeouts, logger) if serial else StreamLine(link, timeouts, logger)
