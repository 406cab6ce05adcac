"""Feeds the decoders and machines of both link layers with random bytes and mutated frames; fails on an exception or on growth.

    python tests/shtrih_m/fuzz_shtrih.py --bytes 1000000 [--seed 1] [--layer 2]

Checked: no exception, no buffer above one frame, memory after the run as before it, every byte accounted for.
"""

from __future__ import annotations

import argparse
import random
import sys
import tracemalloc
from contextlib import suppress
from dataclasses import dataclass

from bridge_shtrih_m.answers import values_of
from bridge_shtrih_m.frame import (
    MAX_DATA,
    MAX_LENGTH,
    Command,
    Decoder1,
    Decoder2,
    DeviceLink,
    Frame1,
    Frame2,
    Garbage,
    Held,
    HostLayer,
    HostLayer1,
    HostLayer2,
)
from bridge_shtrih_m.vocabulary import SHAPES

from bridge.plugin import BadAnswer

MOST_GROWTH = 1_000_000  # bytes of memory that may remain after a run: caches of the interpreter, nothing that counts up
_LARGEST = {1: MAX_DATA + 3, 2: 2 * (MAX_LENGTH + 4) + 1}  # of a frame as it stands on the wire
_MARKS = {1: (b"\x02", b"\x05", b"\x06", b"\x15", b"\xff"), 2: (b"\x8f", b"\x9f", b"\x9f\x81", b"\x8f\x00\x00")}
_HEADS = [shape.head for shape in SHAPES.values()]


@dataclass(frozen=True, slots=True)
class Result:
    """`fed` and `peak_buffer` in bytes; `growth` is memory held after the run less memory before it, in bytes."""

    fed: int
    frames: int
    garbage: int
    peak_buffer: int
    growth: int


def _frame(source: random.Random, layer: int) -> bytes:
    data = source.choice(_HEADS) + b"\0" + source.randbytes(source.randrange(60))
    return Frame1(data).to_bytes() if layer == 1 else Frame2(source.randrange(0x10000), data).to_bytes()


def _mutated(source: random.Random, layer: int) -> bytes:
    raw = bytearray(_frame(source, layer))
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(raw))
        match source.randrange(4):
            case 0:
                raw[at] = source.randrange(256)
            case 1:
                del raw[at:]
            case 2:
                raw[at:at] = source.randbytes(source.randrange(8))
            case _:
                raw[at:at] = source.choice(_MARKS[layer])
        if not raw:
            break
    return bytes(raw)


def _piece(source: random.Random, layer: int) -> bytes:
    kind = source.randrange(100)
    if kind < 40:
        return _frame(source, layer)
    if kind < 80:
        return _mutated(source, layer)
    if kind < 99:
        return source.randbytes(source.randrange(60))
    return (b"\x02\xff" if layer == 1 else b"\x8f\xff\xff") + source.randbytes(source.randrange(3000))


def run(count: int, seed: int = 1, layer: int = 1) -> Result:
    """Feeds exactly `count` bytes, cut at random. Raises AssertionError where a promise is broken."""
    source = random.Random(seed)
    decoder: Decoder1 | Decoder2 = Decoder1() if layer == 1 else Decoder2()
    host: HostLayer = HostLayer1() if layer == 1 else HostLayer2()
    device = DeviceLink()
    frames = garbage = told = fed = peak = 0
    pending = b""
    asked = False
    started_here = not tracemalloc.is_tracing()
    if started_here:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < count:
        while not pending or source.random() < 0.5:
            pending += _piece(source, layer)
        size = min(source.randrange(1, len(pending) + 1), count - fed)
        chunk, pending = pending[:size], pending[size:]
        fed += size
        for event in decoder.feed(chunk):
            if isinstance(event, Frame1 | Frame2):
                frames += 1
                told += len(event.to_bytes())
                with suppress(BadAnswer):  # the one exception that a malformed answer may raise
                    values_of(event.data)
            elif isinstance(event, Garbage):
                garbage += 1
                told += len(event.data)
            else:
                told += 1
        inside = len(decoder._frame) if isinstance(decoder, Decoder1) else len(decoder._raw)
        peak = max(peak, inside)
        assert peak <= _LARGEST[layer], f"the buffer grew to {peak} bytes"
        assert told + inside == fed, f"{fed - told - inside} bytes are not accounted for"
        outputs = host.receive(chunk) if asked else host.request(b"\x10\x1e\0\0\0")
        if source.random() < 0.1:
            outputs += host.time_out()
        if any(isinstance(output, Held) for output in outputs):
            outputs += host.release()
        asked = host.state.name != "IDLE"  # type: ignore[attr-defined]
        for output in device.receive(chunk):
            if isinstance(output, Command):
                device.answer(output.data[:2] + b"\0")
        if source.random() < 0.1:
            device.time_out()
    pending = b""
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here:
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(fed, frames, garbage, peak, growth)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes the link layers of Shtrih-M registers.")
    parser.add_argument("--layer", type=int, choices=(1, 2), default=1)
    parser.add_argument("--bytes", type=int, default=1_000_000, help="how many bytes to feed")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes")
    arguments = parser.parse_args()
    result = run(arguments.bytes, arguments.seed, arguments.layer)
    print(
        f"{result.fed} bytes fed, {result.frames} frames, {result.garbage} garbage events, peak buffer {result.peak_buffer} bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
