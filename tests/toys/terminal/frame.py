"""The terminal's frame codec, sans-I/O: bytes <-> frames, for both ends.

    STX length(2, big endian) kind(1) number(1) field 1F field ... CRC(2, big endian)

`length` counts kind, number and fields. A field is `name=value`, ASCII without control characters. The checksum is
CRC-16/XMODEM over length, kind, number and fields. `number` ties an answer to its command; the terminal's own messages
count theirs for themselves. What a kind means is in `messages.py`.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

STX = 0x02  # start of a frame
SEPARATOR = "\x1f"  # between fields

# The longest message has a dozen short fields. A damaged length must not make the decoder wait for a frame that never ends.
MAX_CONTENT = 512


class LocalError(ValueError):
    """We tried to build a frame that cannot be sent. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame without its envelope."""

    kind: str
    number: int
    fields: Mapping[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Raises LocalError."""
        for name, value in self.fields.items():
            if not (name + value).isascii() or any(ord(character) < 0x20 for character in name + value) or "=" in name:
                raise LocalError(f"field {name}={value!r} cannot be sent")
        body = SEPARATOR.join(f"{name}={value}" for name, value in self.fields.items())
        content = self.kind.encode("ascii") + bytes((self.number,)) + body.encode("ascii")
        if len(self.kind) != 1 or not 0 <= self.number <= 255 or len(content) > MAX_CONTENT:
            raise LocalError(f"frame {self.kind!r} number {self.number} with {len(content)} bytes cannot be sent")
        covered = len(content).to_bytes(2, "big") + content
        return bytes((STX,)) + covered + binascii.crc_hqx(covered, 0).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no frame, and why."""

    data: bytes
    reason: str


class Decoder:
    """Fed bytes as they come, it yields frames and garbage and never raises."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame | Garbage]:
        self._buffer += data
        events: list[Frame | Garbage] = []
        while self._buffer:
            start = self._buffer.find(STX)
            if start != 0:
                skipped = len(self._buffer) if start < 0 else start
                events.append(Garbage(bytes(self._buffer[:skipped]), "no start byte"))
                del self._buffer[:skipped]
                continue
            if len(self._buffer) < 3:
                break
            length = int.from_bytes(self._buffer[1:3], "big")
            if not 2 <= length <= MAX_CONTENT:
                events.append(self._drop_start(f"length {length}"))
                continue
            if len(self._buffer) < length + 5:
                break
            covered = bytes(self._buffer[1 : 3 + length])
            received = int.from_bytes(self._buffer[3 + length : 5 + length], "big")
            expected = binascii.crc_hqx(covered, 0)
            frame = _frame(covered[2:]) if received == expected else None
            if frame is None:
                reason = f"checksum {received:04X}, expected {expected:04X}" if received != expected else "fields"
                events.append(self._drop_start(reason))
                continue
            del self._buffer[: length + 5]
            events.append(frame)
        return iter(events)

    def _drop_start(self, reason: str) -> Garbage:
        """Only the start byte is given up: the next frame may begin anywhere behind it."""
        del self._buffer[:1]
        return Garbage(bytes((STX,)), reason)


def _frame(content: bytes) -> Frame | None:
    try:
        kind, body = content[:1].decode("ascii"), content[2:].decode("ascii")
    except UnicodeDecodeError:
        return None
    fields: dict[str, str] = {}
    for part in body.split(SEPARATOR) if body else ():
        name, equals, value = part.partition("=")
        if not equals or not part.isprintable():
            return None
        fields[name] = value
    return Frame(kind, content[1], fields)
