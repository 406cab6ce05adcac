"""A till without a socket: it says what a test makes it say, and hears the terminal's messages one by one.

Frames, lengths and checksums are made here from the reference, so that the family's codec has no part in this side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from bridge_sim_zvt.family import ZvtSimulator
from bridge_sim_zvt.terminal import Terminal

from bridge.transport import run_virtual

T = TypeVar("T")

BERLIN = ZoneInfo("Europe/Berlin")
OK = "80 00 00"

BLOCKS = "06 00 10 12 34 56 BE 09 78 03 01 06 06 26 04 0A 02 06 D3"
LINES = "06 00 06 12 34 56 BE 09 78"
COMPOSES = "06 00 0A 12 34 56 3E 09 78 03 01 06 00"
PRINTS_ITSELF = "06 00 06 12 34 56 08 09 78"

STATUS_ONLY = "06 20 05 12 34 56 03 03"


class SetClock:
    """A wall clock that a test moves; virtual time does not move it."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 11, 20, 15, 30, tzinfo=BERLIN)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def new_terminal(*, state: Path | None = None, clock: SetClock | None = None, **settings: str) -> Terminal:
    return ZvtSimulator().create(settings, state=state, clock=clock or SetClock())


def raw(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal)


def sale(cents: int, rest: str = "") -> str:
    data = f"04 {cents:012d} {rest}"
    return f"06 01 {len(raw(data)):02X} {data}"


def reversal(receipt: str, rest: str = "") -> str:
    data = f"12 34 56 87 {receipt} {rest}"
    return f"06 30 {len(raw(data)):02X} {data}"


def crc(message: bytes) -> bytes:
    """CRC-16/KERMIT of the message and ETX, low byte first, bit by bit."""
    value = 0
    for byte in (*message, 0x03):
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    return value.to_bytes(2, "little")


def framed(message: bytes) -> bytes:
    return b"\x10\x02" + message.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + crc(message)


def field(message: bytes, tag: int) -> bytes | None:
    """The value of a BMP of a 04 0F or 06 0F, read by the reference's table as far as these tests need it."""
    data = message[5:] if message[2] == 0xFF else message[3:]
    at = 0
    while at < len(data):
        found, at = data[at], at + 1
        if found in (0x06,):
            size = data[at]
            at += 1
            if size in (0x81, 0x82):
                more = size - 0x80
                size = int.from_bytes(data[at : at + more], "big")
                at += more
        elif found in (0x22, 0x23, 0x8B, 0x3C, 0x60):
            digits = 3 if found in (0x3C, 0x60) else 2
            size = int("".join(str(mark & 0x0F) for mark in data[at : at + digits]))
            at += digits
        else:
            sizes = {0x04: 6, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2, 0x19: 1, 0x27: 1, 0x29: 4, 0x2A: 15, 0x37: 3, 0x3B: 8}
            size = sizes.get(found) or {0x49: 2, 0x87: 2, 0x88: 3, 0x8A: 1, 0xAA: 3}[found]
        if found == tag:
            return data[at : at + size]
        at += size
    return None


class Till:
    """One TCP connection."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        self.pieces: list[bytes] = []
        self.closed = False
        self._bytes = bytearray()
        self._arrived = asyncio.Event()
        self.session = terminal.connect(self, "")

    # --- the wire

    def send(self, data: bytes) -> None:
        self.pieces.append(data)
        self._bytes += data
        self._arrived.set()

    def close(self) -> None:
        self.closed = True
        self._arrived.set()

    # --- the till

    def say(self, hexadecimal: str) -> None:
        self.session.received(raw(hexadecimal))

    async def hear(self, seconds: float = 600.0) -> bytes:
        """The next message of the terminal's; empty where none comes in this time, or the connection has ended."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = self._take()
                    if message:
                        return message
                    if self.closed:
                        return b""
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return b""

    def _take(self) -> bytes:
        if len(self._bytes) < 3 or (self._bytes[2] == 0xFF and len(self._bytes) < 5):
            return b""
        head, size = (5, self._bytes[3] | self._bytes[4] << 8) if self._bytes[2] == 0xFF else (3, self._bytes[2])
        if len(self._bytes) < head + size:
            return b""
        message = bytes(self._bytes[: head + size])
        del self._bytes[: head + size]
        return message

    async def hears(self, expected: str) -> bytes:
        """The next message must be this: bytes in hexadecimal, `..` for any byte, `*` at the end for any rest."""
        message = await self.hear()
        assert fits(message, expected), f"heard {message.hex(' ')}, expected {expected}"
        return message

    async def until_end(self, answer: str = OK) -> list[bytes]:
        """Answers every message with yes until the terminal has come to the end; all that it said, 80 or 84 first."""
        heard = [await self.hear()]
        while heard[-1] and heard[-1][0] != 0x84 and heard[-1][:2] not in (b"\x06\x0f", b"\x06\x1e"):
            message = await self.hear()
            heard.append(message)
            if message:
                self.say(answer)
        return heard

    async def run(self, command: str) -> list[bytes]:
        self.say(command)
        return await self.until_end()

    async def play(self, dialogue: str) -> None:
        """Lines: `>` the till says, `<` the terminal says, `~ 2.5` so many seconds pass."""
        for line in dialogue.strip().split("\n"):
            mark, _, rest = line.split(";")[0].strip().partition(" ")
            match mark:
                case ">":
                    self.say(rest)
                case "<":
                    await self.hears(rest)
                case "~":
                    await asyncio.sleep(float(rest))


class SerialTill(Till):
    """The serial line: frames and single bytes; `say` and `hear` as a well-behaved till, with the ACKs."""

    async def hear(self, seconds: float = 600.0) -> bytes:
        """The next frame's message, acknowledged. The terminal's ACKs are passed over."""
        message = await self.read(seconds)
        while message == b"\x06":
            message = await self.read(seconds)
        return message

    async def read(self, seconds: float = 600.0) -> bytes:
        """The next frame's message, acknowledged; or a single ACK or NAK."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    message = self._frame()
                    if message:
                        if len(message) > 1:
                            self.session.received(b"\x06")
                        return message
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return b""

    def say(self, hexadecimal: str) -> None:
        self.session.received(framed(raw(hexadecimal)))

    def forget(self) -> None:
        """What was not read yet, and the log of pieces."""
        self._bytes.clear()
        self.pieces.clear()

    def _frame(self) -> bytes:
        if self._bytes[:1] in (b"\x06", b"\x15"):
            return bytes((self._bytes.pop(0),))
        body, at = bytearray(), 2
        while at + 1 < len(self._bytes):
            if self._bytes[at] != 0x10:
                body.append(self._bytes[at])
                at += 1
            elif self._bytes[at + 1] == 0x10:
                body.append(0x10)
                at += 2
            else:
                break
        if at + 4 > len(self._bytes):
            return b""
        assert bytes(self._bytes[at + 2 : at + 4]) == crc(bytes(body)), "checksum"
        del self._bytes[: at + 4]
        return bytes(body)


def fits(message: bytes, expected: str) -> bool:
    rest = expected.strip().endswith("*")
    wanted = expected.replace("*", "").split()
    if len(message) != len(wanted) and not (rest and len(message) >= len(wanted)):
        return False
    return all(want == ".." or byte == int(want, 16) for byte, want in zip(message, wanted, strict=False))


def virtually(test: Callable[[], Awaitable[T]]) -> T:
    """Runs a test in virtual time."""
    return run_virtual(test())
