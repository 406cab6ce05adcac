"""JSON in which amounts are numbers: digits go in and out as they are, through Decimal."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def read(body: bytes) -> Any:
    """Raises ValueError."""
    return json.loads(body, parse_float=Decimal)


def write(value: Any) -> bytes:
    return _text(value).encode()


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(str(name), ensure_ascii=False)}:{_text(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
