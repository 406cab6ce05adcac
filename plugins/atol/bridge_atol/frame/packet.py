"""Frames of transport v3: a packet number, a payload and a checksum, with escaping.

Follows protocol-specs/atol, "Frames": FE LEN_LO LEN_HI ID PAYLOAD CRC. What a payload says is in `tasks.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bridge_atol.frame.message import Fault, Garbage, LocalError

START = 0xFE  # begins a frame, and stands nowhere else in one
ESCAPE = 0xFD  # behind the header: with EE behind it FE, with ED itself
_ESCAPED = {0xEE: START, 0xED: ESCAPE}

MAX_PAYLOAD = 0x3FFF  # two length bytes of seven bits each
HOST_IDS = 0xDF  # packet numbers of the host and of the replies to it count modulo this
OWN_IDS = 0xE0  # from here on: what the device sends by itself
MAX_ID = 0xFC  # the header is not escaped, so FD and FE cannot stand in it

_START = bytes((START,))
_HEADER = 4
_POLYNOMIAL = 0x31


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value << 1 ^ (_POLYNOMIAL if value & 0x80 else 0)) & 0xFF
        table.append(value)
    return tuple(table)


_CRC = _crc_table()


def checksum(data: bytes | bytearray) -> int:
    """CRC-8, polynomial 31, initial value FF, over ID and the payload as it is before escaping. checksum(b"123456789") == F7."""
    crc = 0xFF
    for byte in data:
        crc = _CRC[crc ^ byte]
    return crc


def escaped(data: bytes) -> bytes:
    """As the bytes stand on the wire, behind the header."""
    return data.replace(b"\xfd", b"\xfd\xed").replace(b"\xfe", b"\xfd\xee")


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. A reply has the packet number of what it replies to."""

    id: int
    payload: bytes

    @property
    def own(self) -> bool:
        """Sent by the device without being asked."""
        return self.id >= OWN_IDS

    def to_bytes(self) -> bytes:
        if not 0 <= self.id <= MAX_ID:
            raise LocalError(f"packet numbers are 0 to {MAX_ID}, not {self.id}")
        size = len(self.payload)
        if size > MAX_PAYLOAD:
            raise LocalError(f"a frame holds at most {MAX_PAYLOAD} bytes, not {size}")
        number = bytes((self.id,))
        crc = checksum(number + self.payload)
        return _START + bytes((size & 0x7F, size >> 7)) + number + escaped(self.payload + bytes((crc,)))


Event = Frame | Garbage


class Decoder:
    """Fed bytes as they come, yields frames and garbage. Never raises, never grows beyond one frame.

    A frame that is wrong is dropped without a word to its sender, as the device drops it: whoever misses the answer asks again.
    """

    def __init__(self) -> None:
        self._raw = bytearray()
        self._body = bytearray()
        self._escaped = False

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return self._raw[:1] == _START

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Event]:
        """Nothing more came for too long, or the connection ended: what was begun is garbage."""
        return iter((self._give_up(Fault.INCOMPLETE),) if self._raw else ())

    def _events(self, data: bytes) -> Iterator[Event]:
        for byte in data:
            if byte == START:
                if self._raw:
                    yield self._give_up(Fault.RESTARTED if self.inside else Fault.NOISE)
                self._raw.append(byte)
                continue
            self._raw.append(byte)
            if self.inside:
                yield from self._inside(byte)
        if self._raw and not self.inside:
            yield self._give_up(Fault.NOISE)

    def _inside(self, byte: int) -> Iterator[Event]:
        raw = self._raw
        if len(raw) <= _HEADER:
            if byte > (MAX_ID if len(raw) == _HEADER else 0x7F):
                yield self._give_up(Fault.HEADER)
            return
        if self._escaped:
            self._escaped = False
            if byte not in _ESCAPED:
                yield self._give_up(Fault.ESCAPE)
                return
            byte = _ESCAPED[byte]
        elif byte == ESCAPE:
            self._escaped = True
            return
        self._body.append(byte)
        if len(self._body) <= raw[1] | raw[2] << 7:
            return
        number, payload, crc = raw[3], bytes(self._body[:-1]), self._body[-1]
        if checksum(raw[3:4] + payload) != crc:
            yield self._give_up(Fault.CHECKSUM)
            return
        self._forget()
        yield Frame(number, payload)

    def _give_up(self, fault: Fault) -> Garbage:
        data = bytes(self._raw)
        self._forget()
        return Garbage(fault, data)

    def _forget(self) -> None:
        self._raw.clear()
        self._body.clear()
        self._escaped = False
