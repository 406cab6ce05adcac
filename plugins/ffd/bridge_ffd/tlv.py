"""TLV of the FN, sans-I/O: bytes to tags and values and back. Says nothing of which tags a document needs.

`tag(2) length(2) value`, little endian; a structure (STLV) holds TLVs in its value. Source: protocol-specs/ffd, "TLV".
A value of a tag that is not in the table is its bytes, and bytes are always written as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bridge_ffd.tags import Kind, Tag, find_tag

CODE_PAGE = "cp866"
HEADER = 4
MAX_LENGTH = 0xFFFF
MAX_DEPTH = 8  # the deepest structure of the format has three levels; more is an attack or noise
MAX_DECIMALS = 15  # more than any quantity has; a decimal point further out is noise
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = int | bool | Decimal | str | bytes | datetime | tuple["Tlv", ...]
"""Money is in kopecks; a time is the wall clock of the device, without a zone; a structure is the tuple of its tags."""


@dataclass(frozen=True, slots=True)
class Tlv:
    """A tag and its value. `tag` is a number, since devices also store tags that no table has."""

    tag: int
    value: Value

    @property
    def known(self) -> Tag | None:
        return find_tag(self.tag)

    @property
    def children(self) -> tuple[Tlv, ...]:
        """What is inside a structure; nothing for any other tag."""
        return self.value if isinstance(self.value, tuple) else ()

    def find(self, tag: int) -> Value | None:
        """The value of the first child with this tag."""
        return first(self.children, tag)


class TlvError(ValueError):
    """Bytes that are no TLV, or a value that no TLV can hold. `offset` counts from the start of what was decoded."""

    def __init__(self, message: str, *, tag: int | None = None, offset: int | None = None) -> None:
        where = "" if tag is None else f"tag {find_tag(tag) or tag}: "
        behind = "" if offset is None else f" (at byte {offset})"
        super().__init__(f"{where}{message}{behind}")
        self.reason = message
        self.tag = tag
        self.offset = offset


def first(items: Iterable[Tlv], tag: int) -> Value | None:
    """The value of the first item with this tag."""
    return next((item.value for item in items if item.tag == tag), None)


def encode(items: Iterable[Tlv]) -> bytes:
    """The bytes of these tags. Raises TlvError naming the tag."""
    return b"".join(_encode_one(item, 0) for item in items)


def encode_value(kind: Kind, value: Value, length: int = MAX_LENGTH) -> bytes:
    """The bytes of one value. `length` is the exact size of padded text and bit masks, for the others the most."""
    encoded = _encode_value(kind, value, length, 0)
    if len(encoded) > length:
        raise TlvError(f"comes to {len(encoded)} bytes, at most {length} are possible")
    return encoded


def decode(data: bytes, *, strict: bool = True) -> tuple[Tlv, ...]:
    """The tags in these bytes.

    Broken framing always raises TlvError with the offset. A value that does not fit its tag raises too where `strict`;
    else it stays as its bytes, so that a document with one odd tag can still be read.
    """
    return tuple(_decode(bytes(data), 0, 0, strict))


def decode_value(kind: Kind, data: bytes, length: int = MAX_LENGTH, *, strict: bool = True) -> Value:
    """The value in these bytes. `length` as in `encode_value`."""
    return _decode_value(kind, bytes(data), length, 0, 0, strict)


def _encode_one(item: Tlv, depth: int) -> bytes:
    if not 0 <= item.tag <= 0xFFFF:
        raise TlvError("is no tag: numbers go from 0 to 65535", tag=item.tag)
    known = item.known
    try:
        if isinstance(item.value, bytes | bytearray):
            encoded = bytes(item.value)
        elif known is not None:
            encoded = _encode_value(known.kind, item.value, known.length, depth)
        else:
            raise TlvError("is not in the table, so its value must be given as bytes")
        limit = known.length if known is not None else MAX_LENGTH
        if len(encoded) > limit:
            raise TlvError(f"comes to {len(encoded)} bytes, at most {limit} are possible")
    except TlvError as error:
        if error.tag is not None:
            raise
        raise TlvError(error.reason, tag=item.tag) from None
    return item.tag.to_bytes(2, "little") + len(encoded).to_bytes(2, "little") + encoded


def _encode_value(kind: Kind, value: Value, length: int, depth: int) -> bytes:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    match kind:
        case Kind.STLV:
            if not isinstance(value, tuple):
                raise _wrong(kind, "a tuple of tags", value)
            if depth >= MAX_DEPTH:
                raise TlvError(f"is nested deeper than {MAX_DEPTH} levels")
            return b"".join(_encode_one(child, depth + 1) for child in value)
        case Kind.TEXT | Kind.PADDED:
            if not isinstance(value, str):
                raise _wrong(kind, "a text", value)
            return _encode_text(value).ljust(length) if kind is Kind.PADDED else _encode_text(value)
        case Kind.BYTES:
            raise _wrong(kind, "bytes", value)
        case Kind.TIME:
            if not isinstance(value, datetime) or value.tzinfo is not None:
                raise _wrong(kind, "the device's local time without a zone", value)
            return _number(int((value.replace(tzinfo=UTC) - _EPOCH).total_seconds()), 4)
        case Kind.FVLN:
            if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
                raise _wrong(kind, "a Decimal that is not negative", value)
            return _encode_fvln(value)
        case Kind.FLAG:
            if not isinstance(value, bool):
                raise _wrong(kind, "true or false", value)
            return bytes([value])
        case _:
            if not isinstance(value, int) or isinstance(value, bool):
                raise _wrong(kind, "a whole number", value)
            if value < 0:
                raise TlvError(f"{value} is negative")
            if kind in (Kind.MONEY, Kind.VLN):
                return _vln(value)
            return _number(value, _sizes(kind, length))


def _encode_text(text: str) -> bytes:
    try:
        return text.encode(CODE_PAGE)
    except UnicodeEncodeError as error:
        characters = "".join(dict.fromkeys(c for c in text if not _in_code_page(c)))
        raise TlvError(f"code page 866 has no {characters!r} (position {error.start})") from None


def _in_code_page(character: str) -> bool:
    try:
        character.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _vln(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "little")


def _encode_fvln(value: Decimal) -> bytes:
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits)))
    if exponent > 0:
        if exponent > MAX_DECIMALS:
            raise TlvError(f"{value} is too large")
        number, exponent = number * 10**exponent, 0
    if -exponent > MAX_DECIMALS:
        raise TlvError(f"{value} has {-exponent} decimals, at most {MAX_DECIMALS} are possible")
    return bytes([-exponent]) + _vln(number)


def _number(value: int, size: int) -> bytes:
    if not 0 <= value < 1 << (8 * size):
        raise TlvError(f"{value} does not fit into {size} bytes; it goes from 0 to {(1 << (8 * size)) - 1}")
    return value.to_bytes(size, "little")


def _sizes(kind: Kind, length: int) -> int:
    return {Kind.BYTE: 1, Kind.UINT16: 2, Kind.UINT32: 4}.get(kind, length)


def _wrong(kind: Kind, wanted: str, value: object) -> TlvError:
    return TlvError(f"{kind.value} needs {wanted}, not {type(value).__name__}")


def _decode(data: bytes, base: int, depth: int, strict: bool) -> Iterator[Tlv]:
    position = 0
    while position < len(data):
        at = base + position
        header = data[position : position + HEADER]
        if len(header) < HEADER:
            raise TlvError(f"{len(header)} bytes are left, a tag and its length need {HEADER}", offset=at)
        number = int.from_bytes(header[:2], "little")
        length = int.from_bytes(header[2:], "little")
        value = data[position + HEADER : position + HEADER + length]
        if len(value) < length:
            raise TlvError(f"says {length} bytes, but {len(value)} are left", tag=number, offset=at)
        known = find_tag(number)
        try:
            kind, limit = (known.kind, known.length) if known is not None else (Kind.BYTES, MAX_LENGTH)
            if strict and length > limit:
                raise TlvError(f"has {length} bytes, at most {limit} are possible", offset=at)
            yield Tlv(number, _decode_value(kind, value, limit, at + HEADER, depth, strict))
        except TlvError as error:
            if strict:
                if error.tag is not None:
                    raise
                raise TlvError(error.reason, tag=number, offset=at if error.offset is None else error.offset) from None
            yield Tlv(number, value)
        position += HEADER + length


def _decode_value(kind: Kind, data: bytes, length: int, base: int, depth: int, strict: bool) -> Value:
    match kind:
        case Kind.STLV:
            if depth >= MAX_DEPTH:
                raise TlvError(f"is nested deeper than {MAX_DEPTH} levels", offset=base)
            return tuple(_decode(data, base, depth + 1, strict))
        case Kind.TEXT:
            return data.decode(CODE_PAGE)
        case Kind.PADDED:
            return data.decode(CODE_PAGE).rstrip(" ")
        case Kind.BYTES:
            return data
        case Kind.TIME:
            _exactly(data, 4)
            return (_EPOCH + timedelta(seconds=int.from_bytes(data, "little"))).replace(tzinfo=None)
        case Kind.FVLN:
            if not 2 <= len(data) <= 8:
                raise TlvError(f"a FVLN has 2 to 8 bytes, not {len(data)}")
            if data[0] > MAX_DECIMALS:
                raise TlvError(f"says {data[0]} decimals, at most {MAX_DECIMALS} are possible")
            return Decimal((0, tuple(map(int, str(int.from_bytes(data[1:], "little")))), -data[0]))
        case Kind.MONEY | Kind.VLN:
            if not 1 <= len(data) <= 8:
                raise TlvError(f"a VLN has 1 to 8 bytes, not {len(data)}")
            return int.from_bytes(data, "little")
        case Kind.FLAG:
            _exactly(data, 1)
            if data[0] > 1:
                raise TlvError(f"a flag is 0 or 1, not {data[0]}")
            return bool(data[0])
        case _:
            _exactly(data, _sizes(kind, length if length != MAX_LENGTH else len(data)))
            return int.from_bytes(data, "little")


def _exactly(data: bytes, size: int) -> None:
    if len(data) != size:
        raise TlvError(f"has {len(data)} bytes, {size} are needed")
