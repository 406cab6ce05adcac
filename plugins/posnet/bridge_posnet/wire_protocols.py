"""Wire logs of a printer whose protocol is not said: it is told from the bytes themselves.

A POSNET frame begins with STX, which no Thermal sequence holds; what the host sends over the Thermal protocol begins with ESC
or is a single byte, none of which a POSNET frame holds (protocol-specs/posnet, "Framing"; thermal.md, "Sequences").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from bridge.plugin import DescribedFrame, WireDecoder
from bridge.transport import Direction
from bridge_posnet import wire
from bridge_posnet.thermal import wire as thermal
from bridge_posnet.thermal.frame import PREFIX

# The first byte that tells: STX, or one of Thermal. To the host its status bytes tell nothing: they are letters as well.
_TELLING = {
    Direction.OUT: re.compile(rb"[\x02\x05\x07\x10\x18\x1b]"),
    Direction.IN: re.compile(rb"[\x02\x1b]"),
}
_STX = b"\x02"

# Bytes that are kept until one tells; no frame of either protocol is longer, so more is noise.
_MOST_KEPT = 4096


def mask(data: bytes, direction: Direction) -> bytes:
    """What of a transfer may be kept: by the rules of the protocol that it belongs to."""
    thermal_sequences = PREFIX in data and not data.startswith(_STX)
    return thermal.mask(data, direction) if thermal_sequences else wire.mask(data, direction)


class EitherWireDecoder:
    """Reads one connection by the protocol that the host speaks on it. A search speaks both, one after the other."""

    def __init__(self) -> None:
        self._decoder: WireDecoder | None = None
        self._kept: list[tuple[bytes, Direction, datetime]] = []
        """What came before any byte told."""

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        telling = _TELLING[direction].search(data)
        # What the printer says decides only at first: the late end of an answer must not pass for a change.
        if telling is not None and (self._decoder is None or direction is Direction.OUT):
            yield from self._speak(wire.PosnetWireDecoder if telling.group() == _STX else thermal.ThermalWireDecoder)
        if self._decoder is not None:
            yield from self._decoder.feed(data, direction, at)
            return
        self._kept.append((data, direction, at))
        if sum(len(kept) for kept, _, _ in self._kept) > _MOST_KEPT:
            yield from self._speak(wire.PosnetWireDecoder)

    def flush(self) -> Iterable[DescribedFrame]:
        if self._decoder is None:
            yield from self._speak(wire.PosnetWireDecoder)
        if self._decoder is not None:
            yield from self._decoder.flush()

    def _speak(self, kind: type[wire.PosnetWireDecoder | thermal.ThermalWireDecoder]) -> Iterable[DescribedFrame]:
        if isinstance(self._decoder, kind):
            return
        if self._decoder is not None:
            yield from self._decoder.flush()
        self._decoder = kind()
        kept, self._kept = self._kept, []
        for data, direction, at in kept:
            yield from self._decoder.feed(data, direction, at)
