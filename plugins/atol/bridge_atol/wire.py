"""Wire logs: what is hidden before they are kept, and how they are read afterwards.

Frames and checksums are those of `frame/`, names and errors those of the tables. Nothing of a link is known here: which transport it
is, its bytes tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bridge.plugin import DescribedFrame, WireDecoder
from bridge.transport import Direction
from bridge_atol import wire_v2, wire_v3
from bridge_atol.frame import START, STX, Control

_OF_V2 = frozenset((STX, *Control))


def mask(data: bytes, direction: Direction) -> bytes:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the checksum of what is left of it."""
    return wire_v2.mask(data, direction) if data[:1] == bytes((STX,)) else wire_v3.mask(data, direction)


class AtolWireDecoder:
    """Reads one connection. The first byte that belongs to one transport alone says which it is."""

    def __init__(self) -> None:
        self._decoder: WireDecoder | None = None

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        if self._decoder is None:
            known = next((byte for byte in data if byte == START or byte in _OF_V2), None)
            self._decoder = wire_v2.WireDecoder2() if known in _OF_V2 else wire_v3.WireDecoder3()
        return self._decoder.feed(data, direction, at)

    def flush(self) -> Iterable[DescribedFrame]:
        return self._decoder.flush() if self._decoder is not None else ()
