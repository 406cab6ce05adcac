"""BER-TLV as it stands in BMP 06. Unknown tags are kept; what cannot be read is kept raw; nothing here raises on foreign bytes.

Follows protocol-specs/zvt, "TLV container". Values that are a card's are masked: see `cards.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bridge_zvt.frame import cards
from bridge_zvt.frame.apdu import LocalError

# Two-byte tags that break the rule of BER, by which a second byte with its top bit set would go on.
_IRREGULAR = frozenset((0x1F80, 0x1F81, 0x1F82, 0x1F83))
_MOST_TAG_BYTES = 4
_DEEPEST = 8  # no container of the specification is deeper than four


@dataclass(frozen=True, slots=True)
class Tlv:
    """One data object. `items`: what a constructed one holds; None for a primitive one, and for one that does not parse."""

    tag: int
    value: bytes = b""
    items: tuple[Tlv, ...] | None = None

    @classmethod
    def of(cls, tag: int, *items: Tlv) -> Tlv:
        """A constructed object."""
        return cls(tag, encode(items), items)

    def __str__(self) -> str:
        return f"{self.tag:04X}" if self.tag > 0xFF else f"{self.tag:02X}"


@dataclass(frozen=True, slots=True)
class Container:
    """Data objects one after the other. `rest`: from the first byte on that cannot be read."""

    items: tuple[Tlv, ...] = ()
    rest: bytes = b""

    def get(self, *path: int) -> bytes | None:
        """The value of the first object under these tags, each inside the one before; None where there is none."""
        return next(iter(self.all(*path)), None)

    def all(self, *path: int) -> list[bytes]:
        found = list(self.items)
        for depth, tag in enumerate(path):
            found = [item for item in found if item.tag == tag]
            if depth < len(path) - 1:
                found = [child for item in found for child in item.items or ()]
        return [item.value for item in found]

    def anywhere(self, tag: int) -> bytes | None:
        """The value of the first object with this tag at whatever level: terminals differ in where they put some."""
        return next((item.value for item in self.walk() if item.tag == tag), None)

    def walk(self) -> Iterator[Tlv]:
        return _walk(self.items)


def _walk(items: Iterable[Tlv]) -> Iterator[Tlv]:
    for item in items:
        yield item
        yield from _walk(item.items or ())


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands in the bytes that were read."""

    tag: int
    start: int
    end: int
    children: tuple[Place, ...] | None = None


def places(data: bytes, start: int = 0, end: int | None = None, depth: int = 0) -> tuple[tuple[Place, ...], int]:
    """The objects between two offsets, and where what cannot be read begins (`end` where all of it can)."""
    end = len(data) if end is None else end
    found: list[Place] = []
    at = start
    while at < end:
        read = _head(data, at, end)
        if read is None:
            return tuple(found), at
        tag, begins, size = read
        children = None
        if constructed(tag) and depth < _DEEPEST:
            inner, stops = places(data, begins, begins + size, depth + 1)
            children = inner if stops == begins + size else None
        found.append(Place(tag, begins, begins + size, children))
        at = begins + size
    return tuple(found), at


def decode(data: bytes) -> Container:
    """All that can be read, with a card's values masked."""
    found, stops = places(data)
    hidden = cards.masked_objects(data, found, stops)
    return Container(tuple(_object(hidden, place) for place in found), hidden[stops:])


def encode(items: Iterable[Tlv]) -> bytes:
    """Objects with their tags and lengths. A constructed one is written from `items`, not from `value`."""
    return b"".join(_encoded(item) for item in items)


def length(size: int) -> bytes:
    """A length as BER writes it, in at most three bytes."""
    if size < 0x80:
        return bytes((size,))
    if size <= 0xFF:
        return bytes((0x81, size))
    if size <= 0xFFFF:
        return b"\x82" + size.to_bytes(2, "big")
    raise LocalError(f"a TLV object holds 65535 bytes, not {size}")


def read_length(data: bytes, at: int, end: int) -> tuple[int, int] | None:
    """A BER length and the offset behind it; None where there is none of the forms 00-7F, 81, 82."""
    if at >= end:
        return None
    first = data[at]
    more = {0x81: 1, 0x82: 2}.get(first, 0)
    if (first >= 0x80 and not more) or at + 1 + more > end:
        return None
    return (int.from_bytes(data[at + 1 : at + 1 + more], "big") if more else first), at + 1 + more


def _encoded(item: Tlv) -> bytes:
    value = encode(item.items) if item.items is not None else item.value
    tag = item.tag.to_bytes((item.tag.bit_length() + 7) // 8 or 1, "big")
    return tag + length(len(value)) + value


def _object(data: bytes, place: Place) -> Tlv:
    value = data[place.start : place.end]
    children = None if place.children is None else tuple(_object(data, child) for child in place.children)
    return Tlv(place.tag, value, children)


def head(data: bytes, at: int, end: int) -> tuple[int, int, int] | None:
    """Tag, offset and size of the value of the object at `at`, whether all of it is there or not; None where its head is not."""
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        for _ in range(_MOST_TAG_BYTES - 1):
            if at >= end:
                return None
            tag = tag << 8 | data[at]
            at += 1
            if tag in _IRREGULAR or not tag & 0x80:
                break
        else:
            return None
    read = read_length(data, at, end)
    return None if read is None else (tag, read[1], read[0])


def _head(data: bytes, at: int, end: int) -> tuple[int, int, int] | None:
    """As `head`, of an object that is whole."""
    found = head(data, at, end)
    return found if found is not None and found[1] + found[2] <= end else None


def constructed(tag: int) -> bool:
    """Objects that hold others. Two-byte tags with that bit are private ones, with plain values (seen at Feig)."""
    return tag <= 0xFF and bool(tag & 0x20)
