"""A card's data never leaves the codec whole: of a number stay the first six and last four digits, of tracks and secrets nothing.

What a terminal has masked by itself stays as it is. Values keep their length, so that what is masked in a message can be masked
in its raw bytes too. Rather too much is hidden than too little: in bytes that cannot be read, what looks like a card's number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bridge_zvt.frame.tlv import Place

_FIRST, _LAST = 6, 4
_SHORTEST, _LONGEST = 13, 19  # digits of a card number (ISO/IEC 7812)
_HIDDEN_NIBBLE = "e"
_STAR = b"*"

# In a row, or in groups with blanks or a hyphen between; other numbers may stand beside it (an expiry, a sequence number, a trace).
_RUN = re.compile(rb"[0-9](?:[ -]{0,2}[0-9]){12,}")
_GROUP = re.compile(rb"[0-9]+")
_SHORTEST_GROUP, _MOST_GROUPS = 3, 6  # of a number that stands beside others: 19 digits are written 4-4-4-4-3
# Bytes that could not be taken apart: the beginning of a card field, and runs of digits in nibbles, an F behind the last one.
_FIELD = re.compile(rb"[\x22\x23\x2d][\xf0-\xf9]{2}|\x24[\xf0-\xf9]{3}")
_PAIRS = b"".join(re.escape(bytes((tens << 4 | ones,))) for tens in range(10) for ones in range(10))
_PADDED = b"".join(re.escape(bytes((tens << 4 | 0x0F,))) for tens in range(10))
_NIBBLES = re.compile(b"[%b]{6,}[%b%b]" % (_PAIRS, _PAIRS, _PADDED), re.DOTALL)
_TRACK_IN_NIBBLES = re.compile(r"[0-9]{12,19}d")


def luhn(number: str) -> bool:
    total = 0
    for index, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if index % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def mask_text(value: bytes) -> bytes:
    """Card numbers in a text (13 to 19 digits with the right check digit): all but the first six and last four digits become '*'."""
    return _RUN.sub(lambda match: _masked_run(match.group()), value)


def mask_number(value: bytes) -> bytes:
    """A card number in nibbles, F or nothing behind it; D and what follows is a track's."""
    nibbles = value.hex()
    head, mark, tail = nibbles.partition("d")
    bare = head.rstrip("f")
    shown = _kept(bare) + head[len(bare) :]
    return bytes.fromhex(shown + mark + "".join("f" if nibble == "f" else _HIDDEN_NIBBLE for nibble in tail))


def mask_all(value: bytes) -> bytes:
    """Nothing stays but the length."""
    return b"\xee" * len(value)


def mask_all_text(value: bytes) -> bytes:
    return _STAR * len(value)


def mask_loose(value: bytes) -> bytes:
    """A value of unknown form: masked as text where it holds a card number in text, as nibbles where it is one."""
    hidden = mask_text(value)
    nibbles = hidden.hex()
    bare = nibbles.rstrip("f")
    if bare.isdigit() and _SHORTEST <= len(bare) <= _LONGEST and bare[0] in "23456" and luhn(bare):
        return mask_number(hidden)
    if _TRACK_IN_NIBBLES.match(nibbles):
        return mask_number(hidden)
    return hidden


def mask_unread(value: bytes) -> bytes:
    """Bytes that could not be taken apart: any card number that may be in them, in text or nibbles, and any card field."""
    hidden = bytearray(mask_text(value))
    seen = bytes(hidden)
    for field in _FIELD.finditer(seen):
        _mask_field_at(hidden, seen, field.start())
    seen = bytes(hidden)
    for run in _NIBBLES.finditer(seen):
        for at in range(run.start(), run.end() - 6):
            for size in range(7, min(11, run.end() - at + 1)):
                _mask_number_at(hidden, seen, at, size)
    return bytes(hidden)


def _mask_field_at(data: bytearray, seen: bytes, at: int) -> None:
    """A BMP 22, 23, 24 or 2D with its length, as far as it goes. What was hidden by another one stays hidden."""
    counted = 3 if seen[at] == 0x24 else 2
    size = int("".join(str(mark & 0x0F) for mark in seen[at + 1 : at + 1 + counted]))
    start, end = at + 1 + counted, min(at + 1 + counted + size, len(seen))
    value = seen[start:end]
    shown = FIELDS[seen[at]](value) if end - start == size else mask_all(value)
    for place, (before, after) in enumerate(zip(value, shown, strict=True), start):
        if before != after:
            data[place] = after


def _mask_number_at(data: bytearray, seen: bytes, at: int, size: int) -> None:
    """Where `seen` has what may be a number here, its middle. Two that overlap are both hidden: one of them may be a real one."""
    value = seen[at : at + size]
    nibbles = value.hex()
    bare = nibbles[:-1] if nibbles.endswith("f") else nibbles
    if nibbles[0] in "23456" and bare.isdigit() and _SHORTEST <= len(bare) <= _LONGEST and luhn(bare):
        for place, byte in enumerate(mask_number(value), at):
            if byte != seen[place]:
                data[place] = byte


def _kept(digits: str) -> str:
    """The first six and last four of a number's nibbles; of a short one the last four alone."""
    first = _FIRST if len(digits) >= _SHORTEST else 0
    last = max(first, len(digits) - _LAST)
    middle = "".join(_HIDDEN_NIBBLE if nibble.isdigit() else nibble for nibble in digits[first:last])
    return digits[:first] + middle + digits[last:]


def _masked_run(run: bytes) -> bytes:
    """Digits and what separates them: all of it is a card's number, or some of its groups are."""
    hidden = bytearray(run)
    if _mask_if_card(hidden, run, 0, len(run)):
        return bytes(hidden)
    groups = [found.span() for found in _GROUP.finditer(run)]
    for first, (start, _) in enumerate(groups):
        digits = 0
        for begins, end in groups[first : first + _MOST_GROUPS]:
            digits += end - begins
            if end - begins < _SHORTEST_GROUP or digits > _LONGEST:
                break
            _mask_if_card(hidden, run, start, end)
    return bytes(hidden)


def _mask_if_card(hidden: bytearray, run: bytes, start: int, end: int) -> bool:
    """Two that overlap are both hidden: one of them may be a real one. A card number begins with no zero."""
    places = [at for at in range(start, end) if 0x30 <= run[at] <= 0x39]
    number = "".join(chr(run[at]) for at in places)
    if not _SHORTEST <= len(number) <= _LONGEST or number[0] == "0" or not luhn(number):
        return False
    for at in places[_FIRST:-_LAST]:
        hidden[at] = 0x2A
    return True


FIELDS: dict[int, Callable[[bytes], bytes]] = {
    0x22: mask_number,
    0x23: mask_number,  # track 2: the number, D, expiry and the rest
    0x24: mask_all,  # track 3
    0x2D: mask_all_text,  # track 1, with the holder's name
    0x2E: mask_all,  # synchronous chip data
    0x3A: mask_all,  # CVV
    0x92: mask_all,
    0x9A: mask_all,  # GeldKarte record, with the card's number
    0xD1: mask_all,  # PIN data
    0x3C: mask_text,
    0x8B: mask_text,
    0x4C: mask_text,
    **dict.fromkeys(range(0xE1, 0xE9), mask_text),
    **dict.fromkeys(range(0xF1, 0xF9), mask_text),
}
"""BMPs that hold a card's data, or a text in which it may stand."""

OBJECTS: dict[int, Callable[[bytes], bytes]] = {
    0x56: mask_all_text,  # track 1
    0x57: mask_number,  # track 2 equivalent data
    0x5A: mask_number,  # application PAN
    0x99: mask_all,  # PIN
    0x5F20: mask_all_text,  # cardholder's name
    0x9F0B: mask_all_text,
    0x9F1F: mask_all_text,  # track 1 discretionary data
    0x9F20: mask_all,
    0x9F6B: mask_number,
    # Texts, in which a number stands in characters: "VISA PAY" would pass for one in nibbles.
    **dict.fromkeys((0x07, 0x15, 0x42, 0x44, 0x46, 0x47, 0x1F17, 0x1F40, 0x1F41, 0x1F62, 0x1F63, 0x1F2E), mask_text),
}
"""TLV objects that hold a card's data (by the tags of EMV, as they may stand in any container), or a text."""


def masked_objects(data: bytes, objects: Iterable[Place], stops: int) -> bytes:
    """TLV objects with their values masked; from `stops` on they could not be read. Before the first object nothing changes."""
    hidden = bytearray(data)
    for start, end, mask in _leaves(tuple(objects)):
        hidden[start:end] = mask(bytes(hidden[start:end]))
    hidden[stops:] = mask_unread(bytes(hidden[stops:]))
    return bytes(hidden)


def _leaves(objects: Sequence[Place]) -> Iterable[tuple[int, int, Callable[[bytes], bytes]]]:
    for place in objects:
        if place.children is not None:
            yield from _leaves(place.children)
        elif place.tag <= 0xFF and place.tag & 0x20:
            yield place.start, place.end, mask_unread
        else:
            yield place.start, place.end, OBJECTS.get(place.tag, mask_loose)
