"""Feeds the decoders of both protocols with random bytes and mutated frames; fails on an exception or on growth.

    python tests/posnet/fuzz_codec.py --bytes 1000000 [--seed 1] [--protocol thermal]

Checked: no exception, the buffer never above MAX_FRAME, memory after the run as before it, every byte accounted for.
"""

from __future__ import annotations

import argparse
import random
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bridge_posnet.answers import BadAnswer, is_answer_to, parse_answer
from bridge_posnet.commands import describe, rpt
from bridge_posnet.frame import MAX_FRAME, Decoder, Frame, Parameter
from bridge_posnet.thermal import answers as thermal
from bridge_posnet.thermal.frame import MAX_SEQUENCE, Sequence, Side
from bridge_posnet.thermal.frame import Decoder as SequenceDecoder
from bridge_posnet.thermal.frame import Garbage as SequenceGarbage
from bridge_posnet.vocabulary import FIELDS

MOST_GROWTH = 1_000_000  # bytes of memory that may remain after a run: caches of the interpreter, nothing that counts up
_MNEMONICS = sorted(FIELDS)
_NAMES = sorted({name for fields in FIELDS.values() for name in fields})


@dataclass(frozen=True, slots=True)
class Result:
    """`fed` and `peak_buffer` in bytes; `growth` is memory held after the run less memory before it, in bytes."""

    fed: int
    frames: int
    garbage: int
    peak_buffer: int
    growth: int


def _frame(source: random.Random) -> bytes:
    parameters = tuple(
        Parameter(source.choice(_NAMES), bytes(source.choices(b"0123456789TN,.;:- #?@\n\xb3\xff", k=source.randrange(12))))
        for _ in range(source.randrange(6))
    )
    token = f"{source.randrange(10_000):04d}" if source.random() < 0.5 else None
    error = source.randrange(5000) if source.random() < 0.2 else None
    mnemonic = source.choice(_MNEMONICS) if source.random() < 0.9 else "ERR"
    return Frame(mnemonic, parameters, token, source.random() < 0.1, error, source.random() < 0.8).to_bytes()


def _mutated(source: random.Random) -> bytes:
    raw = bytearray(_frame(source))
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
                raw[at:at] = bytes((source.choice(b"\x02\x03\x09#"),))
        if not raw:
            break
    return bytes(raw)


def _endless(source: random.Random) -> bytes:
    return b"\x02" + source.randbytes(source.randrange(2 * MAX_FRAME)).translate(None, b"\x02\x03")


_KINDS: tuple[tuple[Callable[[random.Random], bytes], int], ...] = (
    (_frame, 40),
    (_mutated, 40),
    (lambda source: source.randbytes(source.randrange(60)), 20),
    (_endless, 1),
)


def run(count: int, seed: int = 1) -> Result:
    """Feeds exactly `count` bytes, cut at random. Raises AssertionError where the decoder's promise is broken."""
    source = random.Random(seed)
    kinds, weights = zip(*_KINDS, strict=True)
    decoder = Decoder()
    fed = frames = garbage = peak = 0
    request = rpt("0042")
    pending = b""
    started_here = not tracemalloc.is_tracing()
    if started_here:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < count:
        while len(pending) < 1 or source.random() < 0.5:
            pending += source.choices(kinds, weights)[0](source)
        size = min(source.randrange(1, len(pending) + 1), count - fed)
        chunk, pending = pending[:size], pending[size:]
        fed += size
        for event in decoder.feed(chunk):
            if isinstance(event, Frame):
                frames += 1
                describe(event)
                is_answer_to(request, event)
                with suppress(BadAnswer):  # the one exception that a malformed answer may raise
                    parse_answer(event)
            else:
                garbage += 1
                assert len(event.data) <= MAX_FRAME + 1, f"garbage of {len(event.data)} bytes"
        peak = max(peak, len(decoder._buffer))
        assert peak <= MAX_FRAME, f"the buffer grew to {peak} bytes"
    pending = b""
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here:
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(fed, frames, garbage, peak, growth)


# --- the Thermal protocol

_COMMANDS = ("$l", "$y", "$h", "#s", "#Z", "#X", "#R", "#C", "#E", "#e", "$d", "#i")
_READERS: tuple[Callable[[Sequence], object], ...] = (
    thermal.CashInfo.from_sequence,
    thermal.MemoryInfo.from_sequence,
    thermal.DailyTotals.from_sequence,
    thermal.DocumentNumber.from_sequence,
    thermal.Version.from_sequence,
    thermal.read_clock,
    thermal.read_error,
    thermal.status_of,
)


def _sequence(source: random.Random) -> bytes:
    parameters = tuple(source.randrange(256) for _ in range(source.randrange(4)))
    text = bytes(source.choices(b"0123456789ABC/;.,\r #$\xa4\xff", k=source.randrange(60)))
    return Sequence(source.choice(_COMMANDS), parameters, text).to_bytes()


def _mutated_sequence(source: random.Random) -> bytes:
    raw = bytearray(_sequence(source))
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(raw))
        match source.randrange(3):
            case 0:
                raw[at] = source.randrange(256)
            case 1:
                del raw[at:]
            case _:
                raw[at:at] = source.choice((b"\x1b", b"\x1bP", b"\x1b\\", b"\x05", b"\x10", b"\x18", source.randbytes(5)))
        if not raw:
            break
    return bytes(raw)


def _endless_sequence(source: random.Random) -> bytes:
    return b"\x1bP" + source.randbytes(source.randrange(2 * MAX_SEQUENCE)).translate(None, b"\x1b\x18")


_THERMAL_KINDS: tuple[tuple[Callable[[random.Random], bytes], int], ...] = (
    (_sequence, 40),
    (_mutated_sequence, 40),
    (lambda source: source.randbytes(source.randrange(60)), 20),
    (_endless_sequence, 1),
)


def run_thermal(count: int, seed: int = 1) -> Result:
    """The same for the Thermal protocol, both directions fed with the same bytes."""
    source = random.Random(seed)
    kinds, weights = zip(*_THERMAL_KINDS, strict=True)
    decoders = (SequenceDecoder(Side.PRINTER), SequenceDecoder(Side.HOST))
    fed = sequences = garbage = peak = 0
    pending = b""
    started_here = not tracemalloc.is_tracing()
    if started_here:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < count:
        while len(pending) < 1 or source.random() < 0.5:
            pending += source.choices(kinds, weights)[0](source)
        size = min(source.randrange(1, len(pending) + 1), count - fed)
        chunk, pending = pending[:size], pending[size:]
        fed += size
        for decoder in decoders:
            for event in decoder.feed(chunk):
                if isinstance(event, Sequence):
                    sequences += 1
                    for read in _READERS:
                        with suppress(thermal.BadAnswer):  # the one exception that a malformed answer may raise
                            read(event)
                elif isinstance(event, SequenceGarbage):
                    garbage += 1
                    assert len(event.data) <= MAX_SEQUENCE + 6, f"garbage of {len(event.data)} bytes"
            peak = max(peak, len(decoder._buffer))
            assert peak <= MAX_SEQUENCE + 2, f"the buffer grew to {peak} bytes"
    pending = b""
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here:
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(fed, sequences, garbage, peak, growth)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes the decoders of Posnet printers.")
    parser.add_argument("--protocol", choices=("posnet", "thermal"), default="posnet")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="how many bytes to feed")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes")
    arguments = parser.parse_args()
    result = (run_thermal if arguments.protocol == "thermal" else run)(arguments.bytes, arguments.seed)
    print(
        f"{result.fed} bytes fed, {result.frames} frames, {result.garbage} garbage events, peak buffer {result.peak_buffer} bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
