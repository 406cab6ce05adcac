"""The bytes of transport v2: control bytes, and frames with stuffing and a check byte.

Follows protocol-specs/atol, "Transport v2": STX, the data with DLE in front of each DLE and ETX, ETX, BCC. Who says what when is in
`turns_host.py` and `turns_device.py`. There are no task ids: data is password and command, or the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from bridge_atol.frame.message import Fault, Garbage, LocalError

STX, ETX, DLE = 0x02, 0x03, 0x10

MAX_DATA = 3000
"""Of an answer: more than any command is answered with, so that a frame whose end was lost does not grow for ever."""

MAX_COMMAND = 255
"""Of a command with its password: what one public driver of a real device allows."""

# Seconds. Source: protocol-specs/atol, "Transport v2".
T1 = 0.5  # until ENQ is replied to
T2 = 2.0  # until STX comes, behind the ACK to ENQ
T3 = 0.5  # until ACK or NAK to a frame
T4 = 0.5  # until EOT, behind the ACK to a frame
T5 = 10.0  # until the device says ENQ because it has the answer
T6 = 0.5  # between two bytes of a frame
T7 = 0.5  # pause behind a collision
T8 = 1.0  # pause of a device whose answer nobody took

T5_OF: dict[int, float] = {
    0x4A: 20.0, 0x62: 20.0, 0xA6: 20.0, 0xA7: 20.0, 0x8D: 20.0, 0x8E: 20.0,
    0x5A: 40.0, 0x91: 45.0, 0x67: 45.0,
    0xA8: 120.0, 0xA9: 120.0, 0xAA: 120.0, 0xAB: 120.0, 0xAC: 120.0, 0xAD: 120.0,
}  # fmt: skip
"""Seconds in the place of T5, by the command."""


class Control(IntEnum):
    """A control byte outside of frames."""

    EOT = 0x04
    ENQ = 0x05
    ACK = 0x06
    NAK = 0x15

    @property
    def raw(self) -> bytes:
        return bytes((self,))


_CONTROLS = {int(control): control for control in Control}


def stuffed(data: bytes) -> bytes:
    """As the data stands on the wire between STX and ETX."""
    return data.replace(b"\x10", b"\x10\x10").replace(b"\x03", b"\x10\x03")


def bcc(data: bytes | bytearray) -> int:
    """XOR of all bytes behind STX, those that were put in and ETX included."""
    value = 0
    for byte in data:
        value ^= byte
    return value


@dataclass(frozen=True, slots=True)
class Frame2:
    """One frame of transport v2: a command with its password, or an answer."""

    data: bytes

    def to_bytes(self) -> bytes:
        if not 0 < len(self.data) <= MAX_DATA:
            raise LocalError(f"a frame holds 1 to {MAX_DATA} bytes, not {len(self.data)}")
        body = stuffed(self.data) + bytes((ETX,))
        return bytes((STX,)) + body + bytes((bcc(body),))


Event2 = Frame2 | Control | Garbage


class Decoder2:
    """Fed bytes as they come, yields frames, control bytes and garbage. Never raises, never grows beyond one frame.

    STX may stand in the data as it is, so it begins no new frame there; a frame whose end was lost ends by `interrupt`.
    """

    def __init__(self) -> None:
        self._raw = bytearray()
        self._data = bytearray()
        self._noise = bytearray()
        self._escaped = False
        self._ended = False

    @property
    def inside(self) -> bool:
        """A frame has begun and not ended."""
        return bool(self._raw)

    def feed(self, data: bytes) -> Iterator[Event2]:
        """Events that these bytes complete, in order. All of `data` is taken in even if nobody iterates."""
        return iter(list(self._events(data)))

    def interrupt(self) -> Iterator[Event2]:
        """Nothing more came for too long, or the connection ended: what was begun is garbage."""
        return iter((self._give_up(Fault.INCOMPLETE),) if self._raw else ())

    def _events(self, data: bytes) -> Iterator[Event2]:
        for byte in data:
            if self._raw:
                self._raw.append(byte)
                yield from self._inside(byte)
                continue
            control = _CONTROLS.get(byte)
            if control is None and byte != STX:
                self._noise.append(byte)
                continue
            yield from self._skipped()
            if control is not None:
                yield control
            else:
                self._raw.append(byte)
        yield from self._skipped()

    def _inside(self, byte: int) -> Iterator[Event2]:
        if self._ended:
            raw, found = self._raw, bytes(self._data)
            if bcc(raw[1:-1]) != byte:
                yield self._give_up(Fault.CHECKSUM)
            elif not found:
                yield self._give_up(Fault.HEADER)
            else:
                self._forget()
                yield Frame2(found)
        elif self._escaped:
            self._escaped = False
            if byte not in (DLE, ETX):
                yield self._give_up(Fault.ESCAPE)
                return
            self._data.append(byte)
        elif byte == DLE:
            self._escaped = True
        elif byte == ETX:
            self._ended = True
        else:
            self._data.append(byte)
        if len(self._data) > MAX_DATA:
            yield self._give_up(Fault.HEADER)

    def _skipped(self) -> Iterator[Event2]:
        if self._noise:
            data = bytes(self._noise)
            self._noise.clear()
            yield Garbage(Fault.NOISE, data)

    def _give_up(self, fault: Fault) -> Garbage:
        data = bytes(self._raw)
        self._forget()
        return Garbage(fault, data)

    def _forget(self) -> None:
        self._raw.clear()
        self._data.clear()
        self._escaped = self._ended = False
