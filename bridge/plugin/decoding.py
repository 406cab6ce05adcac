"""Reading wire logs for people: what a family's decoder yields, and the hex dump of families that have none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from bridge.transport import Direction

_WIDTH = 16


class Checksum(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    NONE = "none"
    """The protocol has none, or the frame is not whole."""
    MASKED = "masked"
    """Parts of the frame are hidden: it cannot be checked any more."""


@dataclass(frozen=True, slots=True)
class DescribedFrame:
    """One frame as people read it. `began` and `at`: when its first and its last byte went over the link.

    `title`: a few words ("trend: end of the receipt"). `fields`: names and values, secrets and customers' data hidden.
    `garbage`: why these bytes are no frame; None for a frame. `pairing`: of the frames with the same word the first answer
    belongs to the first question, and so on; None for what is neither. One word for all where a device answers in order.
    """

    began: datetime
    at: datetime
    direction: Direction
    title: str
    fields: Sequence[tuple[str, str]] = ()
    checksum: Checksum = Checksum.NONE
    garbage: str | None = None
    data: bytes = b""
    pairing: str | None = ""


class WireDecoder(Protocol):
    """One connection's bytes, both directions, in the order of time. Must not raise, and must not grow without end."""

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        """Frames that these bytes complete."""
        ...

    def flush(self) -> Iterable[DescribedFrame]:
        """The connection ended, or the log does: what is not whole."""
        ...


EventT = TypeVar("EventT")
EventT_co = TypeVar("EventT_co", covariant=True)


class FrameDecoder(Protocol[EventT_co]):
    """The codec of one direction, as `frame.py` of a family has it: frames, control bytes and garbage are events."""

    def feed(self, data: bytes) -> Iterator[EventT_co]:
        """Events that these bytes complete, in order."""
        ...

    def interrupt(self) -> Iterator[EventT_co]:
        """Nothing more comes: what was begun is garbage."""
        ...

    @property
    def inside(self) -> bool:
        """Bytes were taken in whose end has not come yet."""
        ...


@dataclass(slots=True)
class _Side(Generic[EventT]):
    """One direction of a connection: its decoder, since when it has bytes of a frame, and when its last bytes came."""

    decoder: FrameDecoder[EventT]
    began: datetime | None = None
    at: datetime | None = None


class FrameReader(ABC, Generic[EventT]):
    """A WireDecoder over the codec of a family: it keeps a decoder for each direction and the times of each frame's first and last
    byte. What an event is to people, `described` says."""

    def __init__(self, make: Callable[[Direction], FrameDecoder[EventT]] | None = None) -> None:
        self._sides: dict[Direction, _Side[EventT]] = {}
        if make is not None:
            self.speak(make)

    def speak(self, make: Callable[[Direction], FrameDecoder[EventT]]) -> None:
        """From now on the connection is read by these decoders: for protocols with several link layers, of which the first byte tells
        one. What the earlier decoders have begun is forgotten: `flush` first."""
        self._sides = {direction: _Side(make(direction)) for direction in (Direction.OUT, Direction.IN)}

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        side = self._sides[direction]
        began = side.began or at
        side.at = at
        events = list(side.decoder.feed(data))
        side.began = (at if events else began) if side.decoder.inside else None
        for event in events:
            yield self.described(event, direction, began, at)
            began = at

    def flush(self) -> Iterable[DescribedFrame]:
        for direction, side in self._sides.items():
            for event in side.decoder.interrupt():
                if side.at is not None:
                    yield self.described(event, direction, side.began or side.at, side.at)
            side.began = None

    @abstractmethod
    def described(self, event: EventT, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        """One event for people. Must not raise."""


def one_line(text: str) -> str:
    """Foreign text as one line: what moves a cursor or changes colours is shown as an escape."""
    return "".join(
        character if character.isprintable() else {"\n": "\\n"}.get(character, f"\\x{ord(character):02x}") for character in text
    )


class HexDecoder:
    """Each transfer by itself, 16 bytes a row with their printable characters."""

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        rows = tuple(_row(data, offset) for offset in range(0, len(data), _WIDTH))
        yield DescribedFrame(at, at, direction, f"{len(data)} bytes", rows, data=data)

    def flush(self) -> Iterable[DescribedFrame]:
        return ()


def _row(data: bytes, offset: int) -> tuple[str, str]:
    part = data[offset : offset + _WIDTH]
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
    return f"{offset:04x}", f"{part.hex(' '):<{_WIDTH * 3 - 1}}  {shown}"
