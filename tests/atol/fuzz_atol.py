"""Feeds the decoders and both sides of both transports, and the tables with random bytes and mutated frames; fails on an exception or on
growth.

    python tests/atol/fuzz_atol.py --bytes 1000000 [--seed 1]

Checked: no exception, no buffer above one frame, memory after the run as before it, every byte accounted for.
"""

from __future__ import annotations

import argparse
import random
import sys
import tracemalloc
from contextlib import suppress
from dataclasses import dataclass

from bridge_atol.answers import error_of, values_of
from bridge_atol.frame import (
    MAX_DATA,
    MAX_PAYLOAD,
    SLOTS,
    Answer,
    Command,
    Command2,
    Control,
    Decoder,
    Decoder2,
    Device,
    Device2,
    Frame,
    Frame2,
    Garbage,
    Host,
    Host2,
    HostState,
    HostState2,
    State,
    Verb,
)
from bridge_atol.vocabulary import SHAPES

from bridge.plugin import BadAnswer

MOST_GROWTH = 1_000_000  # bytes of memory that may remain after a run: caches of the interpreter, nothing that counts up
_LARGEST = 4 + 2 * (MAX_PAYLOAD + 1)  # of a frame as it stands on the wire
_MARKS = (b"\xfe", b"\xfd", b"\xfd\xee", b"\xfd\xed", b"\xfe\x00\x00", b"\xfe\x7f\x7f\x00")
_SHAPES = list(SHAPES.values())


@dataclass(frozen=True, slots=True)
class Result:
    """`fed` and `peak_buffer` in bytes; `growth` is memory held after the run less memory before it, in bytes."""

    fed: int
    frames: int
    garbage: int
    peak_buffer: int
    growth: int


def _frame(source: random.Random) -> bytes:
    data = source.choice(_SHAPES).head + source.randbytes(source.randrange(40))
    if source.random() < 0.5:
        payload = bytes((Verb.ADD, source.randrange(8), source.randrange(4))) + b"\0\0" + data
    else:
        payload = bytes((source.choice(list(State)),)) + source.choice((b"", b"\x55\0", b"\x55\x76\0")) + data
    return Frame(source.choice((0, 1, 2, 0xF0, source.randrange(0xFD))), payload).to_bytes()


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
                raw[at:at] = source.choice(_MARKS)
        if not raw:
            break
    return bytes(raw)


def _piece(source: random.Random) -> bytes:
    kind = source.randrange(100)
    if kind < 40:
        return _frame(source)
    if kind < 80:
        return _mutated(source)
    if kind < 99:
        return source.randbytes(source.randrange(60))
    return b"\xfe\x7f\x7f\x00" + source.randbytes(source.randrange(3000)).replace(b"\xfe", b"")


def run(count: int, seed: int = 1) -> Result:
    """Feeds exactly `count` bytes, cut at random. Raises AssertionError where a promise is broken."""
    source = random.Random(seed)
    decoder, host, device = Decoder(), Host(), Device(later=bool(seed % 2))
    frames = garbage = told = fed = peak = 0
    pending = b""
    started_here = not tracemalloc.is_tracing()
    if started_here:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < count:
        while not pending or source.random() < 0.5:
            pending += _piece(source)
        size = min(source.randrange(1, len(pending) + 1), count - fed)
        chunk, pending = pending[:size], pending[size:]
        fed += size
        for event in decoder.feed(chunk):
            if isinstance(event, Frame):
                frames += 1
                told += len(event.to_bytes())
                shape = source.choice(_SHAPES)
                with suppress(BadAnswer):  # the one exception that a malformed answer may raise
                    if not error_of(shape, event.payload[1:], failed=source.random() < 0.2):
                        values_of(shape, event.payload[1:])
            elif isinstance(event, Garbage):
                garbage += 1
                told += len(event.data)
        peak = max(peak, len(decoder._raw))
        assert peak <= _LARGEST, f"the buffer grew to {peak} bytes"
        assert told + len(decoder._raw) == fed, f"{fed - told - len(decoder._raw)} bytes are not accounted for"
        _host(source, host, chunk)
        outputs = device.receive(chunk)
        while outputs:
            asked = [output for output in outputs if isinstance(output, Command)]
            outputs = device.answer(b"\x55\0", error=source.random() < 0.1) if asked else []
        assert len(device.slots) <= SLOTS
        if source.random() < 0.05:
            device.switch_off()
    pending = b""
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here:
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(fed, frames, garbage, peak, growth)


_LARGEST2 = 3 + 2 * MAX_DATA  # of a frame of v2 as it stands on the wire
_MARKS2 = (b"\x02", b"\x03", b"\x10", b"\x10\x10", b"\x10\x03", *(control.raw for control in Control))


def _piece2(source: random.Random) -> bytes:
    kind = source.randrange(100)
    data = b"\0\0" + source.choice(_SHAPES).head + source.randbytes(source.randrange(40))
    raw = bytearray(Frame2(data if kind % 2 else b"\x55\0" + data).to_bytes())
    if kind < 40:
        return bytes(raw)
    if kind < 70:
        for _ in range(source.randrange(1, 4)):
            at = source.randrange(len(raw))
            raw[at : at + source.randrange(3)] = source.choice((*_MARKS2, source.randbytes(source.randrange(8))))
            if not raw:
                break
        return bytes(raw)
    if kind < 90:
        return b"".join(source.choice(_MARKS2) for _ in range(source.randrange(6)))
    return source.randbytes(source.randrange(60)) if kind < 99 else b"\x02" + source.randbytes(2000).replace(b"\x03", b"")


def run2(count: int, seed: int = 1) -> Result:
    """As `run`, for transport v2. A command that changes the device goes out again only behind a NAK."""
    source = random.Random(seed)
    decoder, host, device = Decoder2(), Host2(), Device2(at_once=bool(seed % 2))
    frames = garbage = told = fed = peak = 0
    pending = b""
    started_here = not tracemalloc.is_tracing()
    if started_here:
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < count:
        while not pending or source.random() < 0.5:
            pending += _piece2(source)
        size = min(source.randrange(1, len(pending) + 1), count - fed)
        chunk, pending = pending[:size], pending[size:]
        fed += size
        for event in decoder.feed(chunk):
            match event:
                case Frame2():
                    frames += 1
                    told += len(event.to_bytes())
                case Control():
                    told += 1
                case Garbage():
                    garbage += 1
                    told += len(event.data)
        peak = max(peak, len(decoder._raw))
        assert peak <= _LARGEST2, f"the buffer grew to {peak} bytes"
        assert told + len(decoder._raw) == fed, f"{fed - told - len(decoder._raw)} bytes are not accounted for"
        _host2(source, host, chunk)
        outputs = device.receive(chunk)
        if source.random() < 0.1:
            outputs += device.time_out()
        while outputs:
            asked = [output for output in outputs if isinstance(output, Command2)]
            assert len(asked) <= 1
            outputs = device.answer(b"\x55\0\0") if asked else []
        if source.random() < 0.05:
            device.switch_off()
    pending = b""
    host.dropped.clear()
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here:
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(fed, frames, garbage, peak, growth)


def _host2(source: random.Random, host: Host2, chunk: bytes) -> None:
    if host.state is HostState2.IDLE:
        host.ask(b"\0\0\x45", changes=source.random() < 0.5)
    host.receive(chunk)
    if source.random() < 0.2:
        host.time_out()
    if host.state is HostState2.HOLDING:
        host.release()
    if host.busy and source.random() < 0.1:
        host.give_up()


def _host(source: random.Random, host: Host, chunk: bytes) -> None:
    if host.state is HostState.IDLE:
        match source.randrange(3):
            case 0:
                host.clear()
            case 1:
                host.look(source.randrange(4))
            case _:
                host.add(source.randrange(4), b"\0\0\x45", changes=source.random() < 0.5)
    outputs = host.receive(chunk)
    if source.random() < 0.1:
        outputs += host.time_out()
    if any(isinstance(output, Answer) for output in outputs) and host.state is HostState.HOLDING:
        host.release()


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes both transports of ATOL registers.")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="how many bytes to feed")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same bytes")
    arguments = parser.parse_args()
    for name, result in (("v3", run(arguments.bytes, arguments.seed)), ("v2", run2(arguments.bytes, arguments.seed))):
        print(
            f"{name}: {result.fed} bytes fed, {result.frames} frames, {result.garbage} garbage events, "
            f"peak buffer {result.peak_buffer} bytes"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
