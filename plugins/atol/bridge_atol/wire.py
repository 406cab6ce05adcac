"""Wire logs: what is hidden before they are kept, and how they are read afterwards.

Frames and checksums are those of `frame/`, names and errors those of the tables. Nothing of a link is known here: which transport it
is, its bytes tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bridge_ffd.wire_text import hide_tags_within

from bridge.plugin import DescribedFrame, WireDecoder
from bridge.transport import Direction, mask_private
from bridge_atol import wire_v2, wire_v3
from bridge_atol.frame import START, STX, Control

_LONGEST_TAG = 512  # bytes: twice the longest that a customer's data have

_OF_V2 = frozenset((STX, *Control))


def mask(data: bytes, direction: Direction) -> bytes:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the checksum of what is left of it."""
    return Masker()(data, direction)


class Masker:
    """Masks the transfers of one link. What the driver sends is one frame a transfer; an answer may come in pieces, several in one
    transfer, or behind a control byte. Of those the checksum is as it came: it does not belong to what is left of them."""

    def __init__(self) -> None:
        self._heard = b""  # since the host spoke last, as much as a tag may be long

    def __call__(self, data: bytes, direction: Direction) -> bytes:
        of_frame = wire_v2.mask if data[:1] == bytes((STX,)) else wire_v3.mask
        whole = of_frame(data, direction)
        if direction is Direction.OUT:
            self._heard = b""
            return mask_private(data, direction) if whole is None else whole
        heard = self._heard + data
        self._heard = heard[-_LONGEST_TAG:]
        if whole is not None:
            return whole
        left = bytearray(heard)
        hide_tags_within(left)
        return mask_private(bytes(left[-len(data) :]), direction) if data else data


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
