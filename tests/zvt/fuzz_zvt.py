"""Feeds the codec and the till's side of the dialogue with random and mutated messages; fails on an exception, on growth, and on a
negative answer to a result.

    python tests/zvt/fuzz_zvt.py --frames 1000000 [--seed 1] [--transport serial]

Checked: no exception, no buffer above one message, memory after the run as before it, every byte accounted for; whatever a terminal
says of a payment is answered with 80 00 00; no card number that was planted leaves the codec.
"""

from __future__ import annotations

import argparse
import random
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from bridge_zvt.answers import Record, intermediate, open_receipts, shown, text_of
from bridge_zvt.exchange import ACCEPTED, reply_to
from bridge_zvt.frame import (
    HEADS,
    MAX_DATA,
    TABLE,
    Apdu,
    Charset,
    Code,
    Control,
    Field,
    Garbage,
    Length,
    PrintBlock,
    PrintLine,
    SerialDecoder,
    StreamDecoder,
    Tlv,
    cards,
    framed,
    masked,
    read,
    tlv_field,
    write_fields,
)
from bridge_zvt.receipts import Receipts
from bridge_zvt.wire import Masker, ZvtWireDecoder

from bridge.transport import Direction

MOST_GROWTH = 2_000_000  # bytes of memory that may remain after a run: caches of the interpreter, nothing that counts up
_LARGEST = 2 * (MAX_DATA + 5) + 8  # of a message as it stands on the wire
PAN = "4539578763621486"
_CODES = [*(int(code) for code in Code), 0x8483, 0x849C, 0x8400, 0x040D, 0x040E, 0x06E4, 0x0F10]
_RESULTS = (Code.STATUS_INFORMATION, Code.INTERMEDIATE_STATUS, Code.COMPLETION, Code.ABORT, Code.PRINT_LINE, Code.PRINT_BLOCK)
_MARKS = (
    b"\x10",
    b"\x10\x02",
    b"\x10\x03",
    b"\xff",
    b"\x06",
    b"\x06\x82\xff\xff",
    b"\x22\xf0\xf8",
    b"\x1f\x80",
    b"\x60\xf0\xf5\xf3",
)


@dataclass(frozen=True, slots=True)
class Result:
    """`growth` is memory held after the run less memory before it, in bytes."""

    frames: int
    messages: int
    garbage: int
    results: int
    growth: int


def _objects(source: random.Random, depth: int = 0) -> list[Tlv]:
    made = []
    for _ in range(source.randrange(4)):
        if depth < 3 and source.random() < 0.3:
            made.append(Tlv.of(source.choice((0x24, 0x25, 0x2F, 0x60, 0xE4)), *_objects(source, depth + 1)))
        else:
            tag = source.choice((0x07, 0x09, 0x43, 0x5A, 0x1F07, 0x1F10, 0x1F2B, 0x1F36, 0x1F81, 0x1F7D, 0xFF40))
            made.append(Tlv(tag, _value(source, cards.OBJECTS.get(tag))))
    return made


def _value(source: random.Random, mask: Callable[[bytes], bytes] | None) -> bytes:
    """Random bytes, or a card number in the form that the field could have it in."""
    if source.random() < 0.5:
        return source.randbytes(source.randrange(20))
    return PAN.encode() if mask is cards.mask_text else source.choice((PAN.encode(), bytes.fromhex(PAN)))


def _data(source: random.Random) -> bytes:
    items = []
    for _ in range(source.randrange(7)):
        tag = source.choice(tuple(TABLE))
        size = TABLE[tag]
        if size == Length.BER:
            items.append(tlv_field(*_objects(source)))
        elif size < 0:
            items.append(Field(tag, _value(source, cards.FIELDS.get(tag))))
        else:
            items.append(Field(tag, source.randbytes(size)))
    return write_fields(items)


def _message(source: random.Random) -> bytes:
    code = source.choice(_RESULTS) if source.random() < 0.7 else source.choice(_CODES)
    size = sum(part for _, part in HEADS.get(code, ()))
    return Apdu(code, source.randbytes(size) + _data(source)).to_bytes()


def _mutated(source: random.Random, raw: bytes) -> bytes:
    out = bytearray(raw)
    for _ in range(source.randrange(1, 4)):
        at = source.randrange(len(out)) if out else 0
        match source.randrange(4):
            case 0 if out:
                out[at] = source.randrange(256)
            case 1:
                del out[at:]
            case 2:
                out[at:at] = source.randbytes(source.randrange(8))
            case _:
                out[at:at] = source.choice(_MARKS)
    return bytes(out)


def _piece(source: random.Random, transport: str) -> tuple[bytes, bool]:
    """One frame: right (then True), mutated inside and framed anew, mutated as it stands on the wire, or nothing but noise."""
    kind = source.randrange(100)
    raw = _message(source)
    if 30 <= kind < 65:
        inner = _mutated(source, raw[3:] if raw[2] != 0xFF else raw[5:])
        raw = Apdu(raw[0] << 8 | raw[1], inner[:MAX_DATA]).to_bytes()
    sent = framed(raw) if transport == "serial" else raw
    if kind < 65:
        return sent, kind < 30
    return (_mutated(source, sent) if kind < 95 else source.randbytes(source.randrange(40))), False


def _look_at(apdu: Apdu, source: random.Random, right: bool) -> bool:
    """Everything that the till does with a message. True where it is one of a terminal's results.

    `right`: its fields are where they belong, so that a card number in one of them is known for one.
    """
    running = source.choice((None, Code.STATUS_ENQUIRY, Code.REGISTRATION, Code.DISPLAY_TEXT_KEY))
    right = right and running in (None, Code.REGISTRATION) and apdu.code != Code.PRINT_LINE  # which is a text
    body = read(apdu, running)
    text_of(body, Charset.CP437)
    open_receipts(body)
    hidden = masked(apdu, running, secrets=True)
    assert len(hidden.data) == len(apdu.data), "masking changed a length"
    assert masked(hidden, running, secrets=True).data == hidden.data or body.fields.rest != b"", "masking twice differs"
    told = str(shown(apdu, running)["fields"])
    assert PAN not in told or not right, f"a card number is in what was read of {apdu} {apdu.data.hex()}: {told}"
    intermediate(apdu, source.choice(tuple(Charset)))
    if apdu.code == Code.STATUS_INFORMATION:
        record = Record.of(hidden)
        Record.model_validate(record.model_dump())
    if apdu.code in (Code.PRINT_LINE, Code.PRINT_BLOCK):
        PrintLine.of(apdu)
        PrintBlock.of(apdu)
        receipts = Receipts(Charset.CP437, 40, suffix=True)
        receipts.take(apdu)
        printed = receipts.finished()
        assert not right or all(PAN not in receipt.text for receipt in printed), "a card number is on a receipt"
    if apdu.code in _RESULTS:
        assert reply_to(apdu) == ACCEPTED, f"{apdu} would be answered negatively"
        return True
    return False


def run(count: int, seed: int = 1, transport: str = "tcp") -> Result:
    """Feeds exactly `count` frames, cut at random. Raises AssertionError where a promise is broken."""
    source = random.Random(seed)
    decoder: StreamDecoder | SerialDecoder = SerialDecoder() if transport == "serial" else StreamDecoder()
    messages = garbage = results = told = fed = 0
    masker, log = Masker(), ZvtWireDecoder()
    started_here = not tracemalloc.is_tracing()
    if started_here and count <= 100_000:  # tracing makes everything four times slower
        tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for number in range(count):
        data, right = _piece(source, transport)
        right = right and not decoder.inside
        fed += len(data)
        at = source.randrange(len(data) + 1)
        for event in [*decoder.feed(data[:at]), *decoder.feed(data[at:])]:
            match event:
                case Apdu():
                    messages += 1
                    results += _look_at(event, source, right)
                case Garbage():
                    garbage += 1
                case Control():
                    told += 1
        if transport == "serial" and decoder.inside and source.random() < 0.3:
            garbage += len(list(decoder.interrupt()))
        if transport == "tcp" and (decoder.lost or source.random() < 0.02):  # type: ignore[union-attr]
            decoder = StreamDecoder()  # the driver opens a new connection
        if number % 8 == 0:
            hidden = masker(data[:at], Direction.IN) + masker(data[at:], Direction.IN)
            assert len(hidden) == len(data), "a mask changed a length"
            list(log.feed(hidden, Direction.IN, datetime(2026, 1, 1, tzinfo=UTC)))
            if number % 64 == 0:
                masker, log = Masker(), ZvtWireDecoder()
    growth = tracemalloc.get_traced_memory()[0] - before
    if started_here and tracemalloc.is_tracing():
        tracemalloc.stop()
    assert growth <= MOST_GROWTH, f"{growth} bytes of memory remain"
    return Result(count, messages, garbage, results, growth)


def main() -> int:
    parser = argparse.ArgumentParser(description="Fuzzes the codec of ZVT and the till's answers.")
    parser.add_argument("--frames", type=int, default=1_000_000, help="how many frames to feed")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same frames")
    parser.add_argument("--transport", choices=("tcp", "serial"), default="tcp")
    arguments = parser.parse_args()
    result = run(arguments.frames, arguments.seed, arguments.transport)
    print(
        f"{result.frames} frames fed over {arguments.transport}, {result.messages} messages, {result.results} results all "
        f"acknowledged, {result.garbage} garbage events"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
