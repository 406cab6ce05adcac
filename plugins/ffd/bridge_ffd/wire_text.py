"""Tags in wire logs: which of them are a customer's, and how values of commands are shown to people."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from bridge_ffd.archive import tags_as_data
from bridge_ffd.tags import Tag, find_tag
from bridge_ffd.tlv import TlvError, decode

PRIVATE_TAGS = frozenset(
    int(tag)
    for tag in (
        Tag.BUYER_CONTACT,
        Tag.BUYER_NAME,
        Tag.BUYER_INN,
        Tag.BUYER,
        Tag.CASHIER_INN,
        Tag.BUYER_BIRTH_DATE,
        Tag.BUYER_CITIZENSHIP,
        Tag.BUYER_DOCUMENT_CODE,
        Tag.BUYER_DOCUMENT_DATA,
        Tag.BUYER_ADDRESS,
    )
)
"""A customer's or the cashier's own: contact, name, INN, birth, papers, address."""

_PRIVATE_HEADS = re.compile(b"|".join(re.escape(tag.to_bytes(2, "little")) for tag in sorted(PRIVATE_TAGS)))


def hide_tags(out: bytearray, at: int) -> None:
    """The values of private tags replaced by '*', where tags stand from `at` to the end."""
    while at + 4 <= len(out):
        tag, length = int.from_bytes(out[at : at + 2], "little"), int.from_bytes(out[at + 2 : at + 4], "little")
        end = min(at + 4 + length, len(out))
        if tag in PRIVATE_TAGS:
            out[at + 4 : end] = b"*" * (end - at - 4)
        at = end


def hide_tags_within(out: bytearray) -> None:
    """Where nothing says whether there are tags, and blocks of them may begin and end within one."""
    if _PRIVATE_HEADS.search(out) is None:
        return
    at = 0
    while at + 4 < len(out):
        tag, length = int.from_bytes(out[at : at + 2], "little"), int.from_bytes(out[at + 2 : at + 4], "little")
        value = out[at + 4 : at + 4 + length]
        known = find_tag(tag) if tag in PRIVATE_TAGS else None
        if known is not None and value and length <= known.length and min(value) >= 0x20:
            out[at + 4 : at + 4 + length] = b"*" * len(value)
            at += len(value) + 4
        else:
            at += 1


def roubles_shown(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02d} ₽"


def shown(value: object, *, tags: bool = False) -> str:
    """The value of a field. `tags`: its bytes are tags, where they can be read."""
    match value:
        case None:
            return "none"
        case bytes() if tags:
            try:
                return str(tags_as_data(decode(value, strict=False)))
            except TlvError:
                return value.hex(" ")
        case bytes():
            return value.hex(" ")
        case date() | time() | datetime():
            return value.isoformat()
        case _:
            return str(value)
