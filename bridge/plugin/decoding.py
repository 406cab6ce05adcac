"""Reading wire logs for people: what a family's decoder yields, and the hex dump of families that have none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
