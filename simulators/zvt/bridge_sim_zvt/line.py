"""The line to the till: APDUs on TCP, or in frames on a serial line; who waits for whose answer, and what is repeated.

Source: protocol-specs/zvt, "Transports". A TCP connection is a line of its own; the serial line is one for ever, and nobody notices
when the till's end of it is closed.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from bridge_simulators.device import Wire
from bridge_zvt.frame import ACK, NAK, Apdu, Code, Control, Garbage, SerialDecoder, StreamDecoder, framed, is_answer
from bridge_zvt.frame import Fault as Noise

from bridge_sim_zvt.faults import AckLate, AckLost, FrameRefused, Gap, Unstuffed

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

T = TypeVar("T")


async def within(waited: asyncio.Future[T], seconds: float) -> T | None:
    """What comes of it in this time; None when nothing does."""
    done, _ = await asyncio.wait((waited,), timeout=seconds)
    return waited.result() if done else None


def name_of(message: Apdu) -> str:
    """A message's name in faults: "0601", "040F"."""
    return f"{message.code:04X}"


class Line(ABC):
    """One line. `silent`: nothing goes in or out any more, and nobody is told (half-open)."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.open = True
        self.silent = False
        self._answer: asyncio.Future[Apdu | None] | None = None

    @abstractmethod
    def send(self, name: str, message: Apdu) -> None:
        """`name`: what faults know it by; of an acknowledgement that of the command."""

    @abstractmethod
    async def exchange(self, message: Apdu, seconds: float, sent: Callable[[], None] = lambda: None) -> Apdu | None:
        """Sends, and waits for the till's 80 or 84. None: it did not come in time, or cannot come any more.

        `sent` is called when the message has left.
        """

    @abstractmethod
    def give_up(self) -> None:
        """The terminal no longer believes in this connection."""

    def taken(self, message: Apdu) -> None:
        """A message of the till's has come whole."""
        if is_answer(message.code):
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(message)
            return
        self.terminal.take(self, message)

    @property
    def answered(self) -> bool:
        """The till has answered the last message."""
        return self._answer is not None and self._answer.done()

    def take_for_answered(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Apdu(Code.POSITIVE))

    def expect(self) -> asyncio.Future[Apdu | None]:
        self._answer = asyncio.get_running_loop().create_future()
        return self._answer

    def nobody_answers(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)


class TcpLine(Line):
    """One TCP connection."""

    def __init__(self, terminal: Terminal, wire: Wire) -> None:
        super().__init__(terminal)
        self._wire = wire
        self._decoder = StreamDecoder()
        self._timer: asyncio.TimerHandle | None = None
        self._held = b""

    # --- as the session of a connection

    def received(self, data: bytes) -> None:
        if self.silent or not self.open:
            return
        for event in self._decoder.feed(data):
            if isinstance(event, Garbage):
                self.give_up()
                return
            self.taken(event)
            if not self.open:
                return
        self._watch()

    def disconnected(self) -> None:
        if self.open:
            self.open = False
            self._stop_watching()
            self.nobody_answers()
            self.terminal.gone(self)

    # --- towards the till

    def send(self, name: str, message: Apdu) -> None:
        if not self.open or self.silent:
            return
        data = message.to_bytes()
        if self.terminal.settings.joined and is_answer(message.code) and not self._held:
            self._held = data
            asyncio.get_running_loop().call_soon(asyncio.get_running_loop().call_soon, self._release)
            return
        held, self._held = self._held, b""
        self.terminal.faults.deliver(name, held + data, self._write)

    def _release(self) -> None:
        held, self._held = self._held, b""
        if held:
            self._write(held)

    def _write(self, data: bytes) -> None:
        if not self.open or self.silent or not self.terminal.powered:
            return
        if self.terminal.settings.segments == "bytes":
            for byte in data:
                self._wire.send(bytes((byte,)))
        else:
            self._wire.send(data)

    async def exchange(self, message: Apdu, seconds: float, sent: Callable[[], None] = lambda: None) -> Apdu | None:
        if not self.open:
            return None
        answer = self.expect()
        self.send(name_of(message), message)
        sent()
        return await within(answer, seconds)

    def give_up(self) -> None:
        if self.open:
            self._wire.close()
            self.disconnected()

    # --- T3': an APDU that does not end

    def _watch(self) -> None:
        self._stop_watching()
        if self._decoder.inside:
            seconds = self.terminal.settings.t3_ms / 1000
            self._timer = asyncio.get_running_loop().call_later(seconds, self.give_up)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class SerialLine(Line):
    """The serial port: frames, ACK and NAK, repeats."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.wire: Wire | None = None
        self._decoder = SerialDecoder()
        self._queue: deque[tuple[str, Apdu, asyncio.Future[bool]]] = deque()
        self._sending: tuple[str, Apdu, asyncio.Future[bool]] | None = None
        self._times = 0
        self._t2: asyncio.TimerHandle | None = None
        self._t1: asyncio.TimerHandle | None = None
        self._last = b""
        self._last_answer: Apdu | None = None

    # --- bytes

    def received(self, data: bytes) -> None:
        if self.silent:
            return
        for event in self._decoder.feed(data):
            match event:
                case Apdu():
                    self._frame(event)
                case Control.ACK:
                    self._acknowledged()
                case Control.NAK:
                    self._again()
                case Garbage(Noise.NOISE):
                    pass  # between frames: nobody answers to it
                case Garbage(Noise.LENGTH):
                    self._control(ACK)  # a frame that arrived, and holds nothing
                case Garbage():
                    self._control(NAK)
        if self._t1 is not None:
            self._t1.cancel()
            self._t1 = None
        if self._decoder.inside:
            self._t1 = asyncio.get_running_loop().call_later(self.terminal.settings.t1_ms / 1000, self._stopped)

    def _stopped(self) -> None:
        self._t1 = None
        if any(True for _ in self._decoder.interrupt()):
            self._control(NAK)

    def _frame(self, message: Apdu) -> None:
        faults, name = self.terminal.faults, name_of(message)
        if faults.take(FrameRefused, name) is not None:
            self._control(NAK)
            return
        late = faults.take(AckLate, name)
        if late is not None:
            asyncio.get_running_loop().call_later(late.seconds, self._control, ACK)
        elif faults.take(AckLost, name) is None:
            self._control(ACK)
        if is_answer(message.code):
            self._acknowledged()  # an answer says that the message arrived, whatever became of its ACK
        elif self._is_repeat(message):
            if self._last_answer is not None:
                self.send(name, self._last_answer)
            return
        self.taken(message)

    def _is_repeat(self, message: Apdu) -> bool:
        """The till has missed our ACK and sends the running command again: it must not be begun a second time."""
        raw = message.to_bytes()
        if raw == self._last and self.terminal.runs(message.code):
            return True
        self._last, self._last_answer = raw, None
        return False

    # --- frames to the till

    def send(self, name: str, message: Apdu) -> None:
        if is_answer(message.code):
            self._last_answer = message
        self._put(name, message)

    def _put(self, name: str, message: Apdu) -> asyncio.Future[bool]:
        arrived: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.append((name, message, arrived))
        self._next()
        return arrived

    async def exchange(self, message: Apdu, seconds: float, sent: Callable[[], None] = lambda: None) -> Apdu | None:
        answer = self.expect()
        if not await self._put(name_of(message), message):
            return None
        sent()
        return await within(answer, seconds)

    def give_up(self) -> None:
        """A serial line cannot be closed."""

    def _next(self) -> None:
        if self._sending is None and self._queue:
            self._sending = self._queue.popleft()
            self._times = 0
            self._transmit()

    def _transmit(self) -> None:
        if self._sending is None:
            return
        self._times += 1
        name, message, _ = self._sending
        faults = self.terminal.faults
        frame = framed(message.to_bytes())
        if faults.take(Unstuffed, name) is not None:
            frame = frame[:2] + message.to_bytes() + frame[-4:]
        gap = faults.take(Gap, name)
        if gap is None:
            faults.deliver(name, frame, self._write)
        else:
            half = len(frame) // 2
            self._write(frame[:half])
            asyncio.get_running_loop().call_later(gap.ms / 1000, self._write, frame[half:])
        self._t2 = asyncio.get_running_loop().call_later(self.terminal.settings.t2_ms / 1000, self._again)

    def _acknowledged(self) -> None:
        if self._sending is not None:
            self._end_of_sending(arrived=True)

    def _again(self) -> None:
        """NAK, or no answer within T2."""
        if self._sending is None:
            return
        self._stop_t2()
        if self._times < self.terminal.settings.transmissions:
            self._transmit()
        else:
            self._end_of_sending(arrived=False)

    def _end_of_sending(self, *, arrived: bool) -> None:
        assert self._sending is not None
        self._stop_t2()
        waiting, self._sending = self._sending[2], None
        if not waiting.done():
            waiting.set_result(arrived)
        self._next()

    def _stop_t2(self) -> None:
        if self._t2 is not None:
            self._t2.cancel()
            self._t2 = None

    def _control(self, byte: int) -> None:
        self._write(bytes((byte,)))

    def _write(self, data: bytes) -> None:
        if self.wire is not None and self.terminal.powered and not self.silent:
            self.wire.send(data)

    # --- power

    def power_off(self) -> None:
        self._stop_t2()
        if self._t1 is not None:
            self._t1.cancel()
            self._t1 = None
        self._queue.clear()
        self._sending = None
        self._decoder = SerialDecoder()
        self._last = b""
        self.nobody_answers()


class SerialSession:
    """The till has opened its end of the serial line."""

    def __init__(self, line: SerialLine, wire: Wire) -> None:
        self._line = line
        self._wire = wire
        line.wire = wire
        line.silent = False

    def received(self, data: bytes) -> None:
        self._line.received(data)

    def disconnected(self) -> None:
        if self._line.wire is self._wire:
            self._line.wire = None
