"""Link layer v2, its bytes: numbered frames with byte stuffing and a checksum.

Follows protocol-specs/shtrih-m, "Link layer v2": 8F LEN16 NUM16 DATA CRC16. Who says what when is in `host.py` and
`device.py`.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from bridge_shtrih_m.frame.message import Fault, Garbage, LocalError, code_of

MARK = 0x8F  # begins a frame, and stands nowhere else in one
ESCAPE = 0x9F  # with 81 behind it 8F, with 83 itself
_ESCAPED = {0x81: MARK, 0x83: ESCAPE}

MAX_LENGTH = 0xFFFF  # of NUM and DATA
NUMBERS = 0x10000  # numbers count modulo this

_MARK = bytes((MARK,))


@dataclass(frozen=True, slots=True)
class Frame2:
    """One frame. `number` None: the enquiry of the host (type I), which has no data either. An answer without data is that of a
    device that has executed nothing yet (type II)."""

    number: int | None = None
    data: bytes = b""

    @property
    def code(self) -> int | None:
        return code_of(self.data)

    def to_bytes(self) -> bytes:
        if self.number is None:
            if self.data:
                raise LocalError("a frame of link layer v2 with data has a number")
            body = b""
        elif not 0 <= self.number < NUMBERS:
            raise LocalError(f"frame numbers are 0 to {NUMBERS - 1}, not {self.number}")
        else:
            body = self.number.to_bytes(2, "little") + self.data
        if len(body) > MAX_LENGTH:
            raise LocalError(f"a frame of link layer v2 holds at most {MAX_LENGTH} bytes, not {len(body)}")
        logical = len(body).to_bytes(2, "little") + body
        return _MARK + stuffed(logical + checksum(logical).to_bytes(2, "little"))


Event2 = Frame2 | Garbage


def checksum(logical: bytes | bytearray) -> int:
    """CRC-16/CCITT-FALSE over LEN, NUM and DATA before stuffing. checksum(bytes(2)) == 0x1D0F."""
    return binascii.crc_hqx(logical, 0xFFFF)


def stuffed(logical: bytes) -> bytes:
    """As the bytes stand on the wire, behind the mark."""
    return logical.replace(b"\x9f", b"\x9f\x83").replace(b"\x8f", b"\x9f\x81")


ENQUIRY = Frame2().to_bytes()
"""What is your number, and what was your answer to it? Executes nothing."""


class Decoder2:
    """Fed bytes as they come, yields frames and garbage. Never raises, never grows beyond one frame."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._logical = bytearray()
        self._escaped = False

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return self._raw[:1] == _MARK

    def feed(self, data: bytes) -> Iterator[Event2]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Event2]:
        """Nothing more came for too long, or the connection ended: what was begun is garbage."""
        return iter((self._give_up(Fault.INCOMPLETE),) if self._raw else ())

    def _events(self, data: bytes) -> Iterator[Event2]:
        for byte in data:
            if byte == MARK:
                if self._raw:
                    yield self._give_up(Fault.RESTARTED if self.inside else Fault.NOISE)
                self._raw.append(byte)
                continue
            self._raw.append(byte)
            if self.inside:
                yield from self._inside(byte)
        if self._raw and not self.inside:
            yield self._give_up(Fault.NOISE)

    def _inside(self, byte: int) -> Iterator[Event2]:
        if self._escaped:
            self._escaped = False
            if byte not in _ESCAPED:
                yield self._give_up(Fault.ESCAPE)
                return
            byte = _ESCAPED[byte]
        elif byte == ESCAPE:
            self._escaped = True
            return
        self._logical.append(byte)
        logical = self._logical
        if len(logical) < 4:
            return
        length = int.from_bytes(logical[:2], "little")
        if length == 1:
            yield self._give_up(Fault.LENGTH)
        elif len(logical) == length + 4:
            if checksum(logical[:-2]) != int.from_bytes(logical[-2:], "little"):
                yield self._give_up(Fault.CHECKSUM)
            else:
                number = int.from_bytes(logical[2:4], "little") if length else None
                frame = Frame2(number, bytes(logical[4:-2]))
                self._forget()
                yield frame

    def _give_up(self, fault: Fault) -> Garbage:
        data = bytes(self._raw)
        self._forget()
        return Garbage(fault, data)

    def _forget(self) -> None:
        self._raw.clear()
        self._logical.clear()
        self._escaped = False
