"""The APDU: code, length, data; and how a stream of them is taken apart, as it is on TCP.

Follows protocol-specs/zvt, "TCP" and "APDU". What the data means is in `layout.py`; frames of a serial line are in `serial.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MAX_DATA = 0xFFFF
LONG = 0xFF  # in the place of the length: two bytes follow, low byte first

# First bytes that a message or an answer of ZVT may have: 04, 05, 06, 08 are classes of the specification, 0F is private.
CLASSES = frozenset((0x04, 0x05, 0x06, 0x08, 0x0F, 0x80, 0x84))


class LocalError(ValueError):
    """We tried to build something that the protocol cannot carry. Nothing was sent."""


class Fault(StrEnum):
    """Why bytes were no message."""

    FOREIGN = "this is not ZVT: wrong protocol on this port"
    NOISE = "bytes outside any frame"
    CHECKSUM = "wrong checksum"
    LENGTH = "the length does not fit the frame"
    ESCAPE = "DLE followed by neither DLE, STX nor ETX"
    RESTARTED = "a new frame began before the end"
    INCOMPLETE = "the message stopped before its end"
    TOO_LONG = "longer than any message"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that were skipped, and why."""

    fault: Fault
    data: bytes


@dataclass(frozen=True, slots=True)
class Apdu:
    """One message: its code (CLASS and INSTR) and data, without the length.

    `data` may hold a card number as the other side sent it: `masked` in `cards.py` comes before anything else is done with it.
    """

    code: int
    data: bytes = b""

    def to_bytes(self) -> bytes:
        """With the short form of the length up to 254 bytes, else the long one."""
        if not 0 <= self.code <= 0xFFFF:
            raise LocalError(f"{self.code:#x} is no code of two bytes")
        return self.code.to_bytes(2, "big") + length_of(len(self.data)) + self.data

    @classmethod
    def from_bytes(cls, raw: bytes) -> Apdu | None:
        """The message that these bytes are, all of them; None where they are not exactly one."""
        head = header_of(raw)
        return cls(head[0], raw[head[1] :]) if head is not None and len(raw) == head[1] + head[2] else None

    def __str__(self) -> str:
        return f"{self.code >> 8:02X} {self.code & 0xFF:02X}"


def length_of(size: int) -> bytes:
    """A number of data bytes as it stands in a message."""
    if size > MAX_DATA:
        raise LocalError(f"a message holds {MAX_DATA} bytes, not {size}")
    return bytes((size,)) if size < LONG else bytes((LONG,)) + size.to_bytes(2, "little")


def header_of(raw: bytes | bytearray) -> tuple[int, int, int] | None:
    """Code, size of the header and number of data bytes; None while the header is not whole."""
    if len(raw) < 3 or (raw[2] == LONG and len(raw) < 5):
        return None
    code = raw[0] << 8 | raw[1]
    return (code, 3, raw[2]) if raw[2] != LONG else (code, 5, raw[3] | raw[4] << 8)


class StreamDecoder:
    """Fed the bytes of a TCP connection as they come, yields messages. Never raises, never holds more than one message.

    There is no mark where a message begins: a byte that no message begins with means that the other end does not speak ZVT, or
    that both ends no longer agree where they are. From there on everything is garbage (`lost`), and the connection of no use.
    A message that stops in the middle is for whoever has the clock to notice: `inside`, then `interrupt`.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self.lost = False

    @property
    def inside(self) -> bool:
        """A message has begun and not ended."""
        return bool(self._held)

    def feed(self, data: bytes) -> Iterator[Apdu | Garbage]:
        """What these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Garbage]:
        """Nothing more came for too long, or the connection ended: what was begun is garbage."""
        data, self._held = bytes(self._held), bytearray()
        return iter((Garbage(Fault.INCOMPLETE, data),) if data else ())

    def _events(self, data: bytes) -> Iterator[Apdu | Garbage]:
        self._held += data
        while self._held:
            if self.lost or self._held[0] not in CLASSES:
                self.lost = True
                data, self._held = bytes(self._held), bytearray()
                yield Garbage(Fault.FOREIGN, data)
                return
            head = header_of(self._held)
            if head is None or len(self._held) < head[1] + head[2]:
                return
            code, start, size = head
            message = Apdu(code, bytes(self._held[start : start + size]))
            del self._held[: start + size]
            yield message


_KNOWN_STRANGERS = (
    (b"HTTP/", "a web server"),
    (b"SSH-", "an SSH server"),
    (b"\x10\x02", "ZVT in the framing of a serial line (a converter): set the framing to serial"),
    (b"\x15\x03", "a TLS server, or an Ingenico service port"),
    (b"\x16\x03", "a TLS server"),
    (b"\x06\x10\x02", "ZVT in the framing of a serial line (a converter): set the framing to serial"),
)


def stranger(data: bytes) -> str | None:
    """Whose bytes these may be that are not ZVT; None where nothing is known of them."""
    if b"VER|APP" in data[:64]:
        return "a Worldline terminal's own protocol"
    return next((who for start, who in _KNOWN_STRANGERS if data.startswith(start)), None)
