"""Feeds the TLV decoder and the reader of archived documents with random bytes and mutated documents.

    python tests/ffd/fuzz_tlv.py --bytes 1000000 [--seed 1]

Checked: nothing is raised but TlvError with an offset inside the data, what is read strictly is written and read again as
itself, lenient reading reads all that strict reading reads, and memory after the run is as before it.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tracemalloc
from dataclasses import dataclass
from datetime import datetime

from bridge_ffd.archive import ArchivedDocument
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.tlv import Tlv, TlvError, decode, encode

MOST_GROWTH = 1_000_000  # bytes of memory that may remain after a run: caches of the interpreter, nothing that counts up
_TAGS = list(Tag)
_STRUCTURES = [tag for tag in _TAGS if tag.kind is Kind.STLV]


@dataclass(frozen=True, slots=True)
class Result:
    """`fed` in bytes; documents read and refused; `growth` is memory held after the run less memory before it, in bytes."""

    fed: int
    read: int
    refused: int
    growth: int


def _document(source: random.Random, depth: int = 0) -> bytes:
    made = b""
    for _ in range(source.randrange(1, 6)):
        tag = source.choice(_TAGS)
        if depth < 3 and source.random() < 0.3:
            tag, value = source.choice(_STRUCTURES), _document(source, depth + 1)
        else:
            size = tag.length if tag.kind not in (Kind.TEXT, Kind.BYTES, Kind.STLV) else source.randrange(12)
            value = source.randbytes(size)
        made += tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value
    return made


def _mutated(source: random.Random, data: bytes) -> bytes:
    mutable = bytearray(data)
    for _ in range(source.randrange(3)):
        if mutable:
            mutable[source.randrange(len(mutable))] = source.randrange(256)
    if source.random() < 0.2 and mutable:
        del mutable[source.randrange(len(mutable)) :]
    return bytes(mutable)


def _feed(data: bytes) -> bool:
    """Whether the data were read. Raises AssertionError where a promise is broken."""
    try:
        lenient = decode(data, strict=False)
    except TlvError as error:
        _refused(data, error)
        try:
            decode(data)
        except TlvError as strictly:
            _refused(data, strictly)
            return False
        raise AssertionError("read strictly but not leniently") from None
    read = ArchivedDocument.decode(data, data[0] if data else 3)
    json.dumps(read.as_data())
    try:
        strict = decode(data)
    except TlvError as error:
        _refused(data, error)
        return True
    if strict != lenient or decode(encode(strict)) != strict or not _fit(strict):
        raise AssertionError("what was read strictly is not written as itself")
    return True


def _refused(data: bytes, error: TlvError) -> None:
    if error.offset is None or not 0 <= error.offset <= len(data):
        raise AssertionError(f"refused without an offset in the data: {error}")


def _fit(items: tuple[Tlv, ...]) -> bool:
    return all(not isinstance(item.value, datetime) or item.value.tzinfo is None for item in items)


def run(total: int, seed: int) -> Result:
    """Feeds about `total` bytes, half of them random, half documents with damage."""
    source = random.Random(seed)
    fed = read = refused = 0
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    while fed < total:
        data = source.randbytes(source.randrange(200)) if source.random() < 0.5 else _mutated(source, _document(source))
        fed += len(data)
        if _feed(data):
            read += 1
        else:
            refused += 1
    growth = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return Result(fed, read, refused, growth)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = run(options.bytes, options.seed)
    print(result)
    if result.growth > MOST_GROWTH or not result.read or not result.refused:
        print("memory grew, or one side was never tried", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
