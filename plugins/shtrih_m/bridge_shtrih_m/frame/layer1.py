"""Link layer v1, its bytes: STX LEN DATA LRC and the control bytes around it.

Follows protocol-specs/shtrih-m, "Link layer v1". Who says what when is in `host.py` and `device.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from operator import xor

from bridge_shtrih_m.frame.message import Fault, Garbage, LocalError, code_of

STX = 0x02  # start of a frame
ENQ = 0x05  # host: is there an answer that I have not read?
ACK = 0x06
NAK = 0x15
FILLER = 0xFF  # a device on TCP 7778 sends it after the host's ACK; on a serial line it is noise

MAX_DATA = 255  # LEN is one byte


class Control(IntEnum):
    """One byte outside a frame that means something."""

    ENQ = ENQ
    ACK = ACK
    NAK = NAK
    FILLER = FILLER


_CONTROLS = {int(control): control for control in Control}


@dataclass(frozen=True, slots=True)
class Frame1:
    """One frame: a command or an answer, without STX, LEN and LRC."""

    data: bytes

    @property
    def code(self) -> int | None:
        return code_of(self.data)

    def to_bytes(self) -> bytes:
        if not 1 <= len(self.data) <= MAX_DATA:
            raise LocalError(f"a frame of link layer v1 holds 1 to {MAX_DATA} bytes, not {len(self.data)}")
        body = bytes((len(self.data),)) + self.data
        return bytes((STX,)) + body + bytes((lrc(body),))


Event1 = Frame1 | Control | Garbage


def lrc(body: bytes | bytearray) -> int:
    """XOR of LEN and all DATA bytes."""
    return reduce(xor, body, 0)


class Decoder1:
    """Fed bytes as they come, yields frames, control bytes and garbage. Never raises, never grows beyond one frame.

    A frame that stops in the middle is for whoever has the clock to notice: `inside`, then `interrupt`.
    """

    def __init__(self) -> None:
        self._frame = bytearray()
        self._noise = bytearray()

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return bool(self._frame)

    def feed(self, data: bytes) -> Iterator[Event1]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Event1]:
        """Nothing more came for too long, or the connection ended: what was begun is garbage."""
        data, self._frame = bytes(self._frame), bytearray()
        return iter((Garbage(Fault.INCOMPLETE, data),) if data else ())

    def _events(self, data: bytes) -> Iterator[Event1]:
        for byte in data:
            if self._frame:
                self._frame.append(byte)
                yield from self._complete()
                continue
            control = _CONTROLS.get(byte)
            if control is None and byte != STX:
                self._noise.append(byte)
                continue
            yield from self._gather_noise()
            if control is not None:
                yield control
            else:
                self._frame.append(byte)
        yield from self._gather_noise()

    def _complete(self) -> Iterator[Event1]:
        frame = self._frame
        if len(frame) == 2 and frame[1] == 0:
            yield self._give_up(Fault.LENGTH)
        elif len(frame) > 2 and len(frame) == frame[1] + 3:
            if lrc(frame[1:-1]) != frame[-1]:
                yield self._give_up(Fault.CHECKSUM)
            else:
                yield Frame1(bytes(frame[2:-1]))
                frame.clear()

    def _give_up(self, fault: Fault) -> Garbage:
        data, self._frame = bytes(self._frame), bytearray()
        return Garbage(fault, data)

    def _gather_noise(self) -> Iterator[Event1]:
        if self._noise:
            data, self._noise = bytes(self._noise), bytearray()
            yield Garbage(Fault.NOISE, data)
