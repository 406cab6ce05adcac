"""The frame of a serial line: DLE STX, the APDU with every DLE doubled, DLE ETX, two bytes of checksum; and the bytes ACK and NAK.

Follows protocol-specs/zvt, "Serial". Who repeats what when is behaviour and stands elsewhere, once for each side.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, IntEnum

from bridge_zvt.frame.apdu import MAX_DATA, Apdu, Fault, Garbage

DLE = 0x10
STX = 0x02
ETX = 0x03
ACK = 0x06
NAK = 0x15

_POLYNOMIAL = 0x8408  # x^16 + x^12 + x^5 + 1, reflected; begins at 0000 (CRC-16/KERMIT)
_MAX_MESSAGE = MAX_DATA + 5


class Control(IntEnum):
    """One byte outside a frame that means something."""

    ACK = ACK
    NAK = NAK


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ _POLYNOMIAL if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


_TABLE = _crc_table()


def crc(message: bytes | bytearray) -> int:
    """Checksum of an unstuffed message: of its bytes and the ETX behind them. Sent low byte first."""
    value = 0
    for byte in message:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value >> 8 ^ _TABLE[(value ^ ETX) & 0xFF]


def framed(message: bytes) -> bytes:
    """A message as it goes over the line. The checksum itself is never stuffed."""
    return b"\x10\x02" + message.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + crc(message).to_bytes(2, "little")


class _State(Enum):
    OUTSIDE = "outside"
    BEGINNING = "DLE was read outside"
    INSIDE = "inside a frame"
    ESCAPED = "DLE was read inside"
    CRC_LOW = "the first byte of the checksum"
    CRC_HIGH = "the second byte of the checksum"


class SerialDecoder:
    """Fed bytes as they come, yields messages, control bytes and garbage. Never raises, never holds more than one frame.

    Garbage(LENGTH) is a frame that arrived whole and right and holds no APDU: it is acknowledged like any other, and means nothing.
    A frame that stops in the middle is for whoever has the clock to notice: `inside`, then `interrupt`.
    """

    def __init__(self) -> None:
        self._state = _State.OUTSIDE
        self._raw = bytearray()
        self._message = bytearray()
        self._crc_low = 0
        self._damaged = False

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return self._state is not _State.OUTSIDE

    def feed(self, data: bytes) -> Iterator[Apdu | Control | Garbage]:
        """What these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Garbage]:
        """Nothing more came for T1, or the connection ended: what was begun is garbage."""
        return iter((self._give_up(Fault.INCOMPLETE),) if self.inside else ())

    def _events(self, data: bytes) -> Iterator[Apdu | Control | Garbage]:
        noise = bytearray()
        for byte in data:
            if self._state is _State.OUTSIDE and byte not in (DLE, ACK, NAK):
                noise.append(byte)
                continue
            if noise:
                yield Garbage(Fault.NOISE, bytes(noise))
                noise.clear()
            if self._state is _State.OUTSIDE and byte != DLE:
                yield Control(byte)
                continue
            self._raw.append(byte)
            yield from self._step(byte)
        if noise:
            yield Garbage(Fault.NOISE, bytes(noise))

    def _step(self, byte: int) -> Iterator[Apdu | Garbage]:
        match self._state:
            case _State.OUTSIDE:
                self._state = _State.BEGINNING
            case _State.BEGINNING:
                if byte == STX:
                    self._message.clear()
                    self._state = _State.INSIDE
                elif byte != DLE:
                    yield self._give_up(Fault.NOISE)
            case _State.INSIDE:
                if byte == DLE:
                    self._state = _State.ESCAPED
                else:
                    self._message.append(byte)
            case _State.ESCAPED:
                yield from self._escaped(byte)
            case _State.CRC_LOW:
                self._crc_low = byte
                self._state = _State.CRC_HIGH
            case _State.CRC_HIGH:
                yield self._complete(byte)
        if len(self._message) > _MAX_MESSAGE:
            yield self._give_up(Fault.TOO_LONG)
        elif self._state is _State.BEGINNING and len(self._raw) > 2:
            del self._raw[:-1]  # a row of DLE outside any frame does not grow

    def _escaped(self, byte: int) -> Iterator[Garbage]:
        self._state = _State.INSIDE
        match byte:
            case 0x10:
                self._message.append(DLE)
            case 0x03:
                self._state = _State.CRC_LOW
            case 0x02:
                given_up = self._give_up(Fault.RESTARTED)
                yield Garbage(given_up.fault, given_up.data[:-2])
                self._raw += b"\x10\x02"
                self._state = _State.INSIDE
            case _:
                # The rest of it is no control byte and no noise: the frame goes on to its end, and is thrown away there.
                self._damaged = True

    def _complete(self, crc_high: int) -> Apdu | Garbage:
        message = bytes(self._message)
        if self._damaged:
            return self._give_up(Fault.ESCAPE)
        if crc(message) != self._crc_low | crc_high << 8:
            return self._give_up(Fault.CHECKSUM)
        raw = self._give_up(Fault.LENGTH)
        return Apdu.from_bytes(message) or raw

    def _give_up(self, fault: Fault) -> Garbage:
        data, self._raw, self._message = bytes(self._raw), bytearray(), bytearray()
        self._state, self._damaged = _State.OUTSIDE, False
        return Garbage(fault, data)
