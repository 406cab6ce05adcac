"""Tags of a fiscal document as the simulators tell them: in what a device really issued, which verdicts are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, Value, first


def told(tags: Sequence[Tlv]) -> dict[str, Any]:
    """Number -> value, JSON-able; bytes in hexadecimal."""
    return {str(int(tag.tag)): _told(tag.value) for tag in tags}


def _told(value: Value) -> Any:
    if isinstance(value, tuple):
        return told(value)
    if isinstance(value, bytes):
        return value.hex()
    return value if isinstance(value, int | bool) else str(value)


def reference(tags: Sequence[Tlv]) -> str:
    """The till's own number: the user attribute, else the additional one."""
    attribute = first(tags, Tag.USER_ATTRIBUTE)
    if isinstance(attribute, tuple):
        return str(first(attribute, Tag.USER_ATTRIBUTE_VALUE) or "")
    return str(first(tags, Tag.RECEIPT_ATTRIBUTE) or "")
