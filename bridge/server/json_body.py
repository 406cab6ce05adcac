"""JSON as a fiscal request must be: one object, in UTF-8, and only what every reader of it understands the same way.

Python's own reader takes duplicate keys (the last wins), NaN and lone surrogates; each of them lets two programs read
two different receipts out of one request, so they are refused here by name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bridge.model import FieldError, RequestError

# Digits of one number. Amounts have 15 and 8 decimals; longer ones cost time and mean nothing.
_MAX_DIGITS = 40
# Decimal("1e999999999") is small in JSON and a gigabyte once it is written out.
_MAX_EXPONENT = 40

_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_object(raw: bytes, *, max_depth: int) -> dict[str, Any]:
    """The object in `raw`, numbers with a point or exponent as Decimal. Raises RequestError saying what is wrong where."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed(f"the body is not UTF-8: byte {error.start} cannot be read") from None
    if not text.strip():
        raise _malformed("the body is empty; send one JSON object, at least {}")
    value = parse_text(text, max_depth=max_depth)
    if not isinstance(value, dict):
        raise _malformed("the body must be one JSON object")
    return value


def parse_text(text: str, *, max_depth: int) -> Any:
    """The value in `text`, by the same rules. Raises RequestError."""
    if text.startswith("\ufeff"):
        raise _malformed("the JSON begins with a byte order mark; send plain UTF-8")
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(f"this is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep(max_depth) from None
    if isinstance(value, (dict, list)):
        _check(value, max_depth)
    elif isinstance(value, str):
        _check_text("the text", value)
    return value


def _check(value: dict[str, Any] | list[Any], max_depth: int) -> None:
    """Depth and text of all that was read, without recursion: the depth is what is in doubt."""
    level: list[tuple[str, Any]] = [("", value)]
    depth = 0
    while level:
        depth += 1
        if depth > max_depth:
            raise _too_deep(max_depth)
        following: list[tuple[str, Any]] = []
        for path, container in level:
            for name, item in _members(path, container):
                if isinstance(item, str):
                    _check_text(name, item)
                elif isinstance(item, (dict, list)):
                    following.append((name, item))
        level = following


def _members(path: str, container: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(container, dict):
        for key, item in container.items():
            _check_text(path or "the JSON", key)
            yield (f"{path}.{key}" if path else key), item
    else:
        for index, item in enumerate(container):
            yield (f"{path}.{index}" if path else str(index)), item


def _check_text(name: str, text: str) -> None:
    # isascii is a flag that the string carries: nothing to search in most texts.
    found = None if text.isascii() else _SURROGATE.search(text)
    if found is not None:
        message = f"lone surrogate U+{ord(found.group()):04X} at position {found.start()} is not text"
        raise RequestError("request.malformed", f"{name}: {message}", (FieldError(name, message),))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                shown = key[:100].encode("utf-8", "backslashreplace").decode()
                raise RequestError(
                    "request.malformed",
                    f"the key {shown!r} stands twice in one object",
                    (FieldError(shown, "stands twice in one object: leave one"),),
                )
            seen.add(key)
    return result


def _number(text: str) -> Decimal:
    value = Decimal(text) if len(text) <= _MAX_DIGITS else None
    if value is None or not -_MAX_EXPONENT <= value.adjusted() <= _MAX_EXPONENT:
        raise _malformed(f"the number {text[:40]} is too long or too large")
    return value


def _whole(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise _malformed(f"the number {text[:40]}... is too long")
    return int(text)


def _constant(text: str) -> Any:
    raise _malformed(f"{text} is no number of JSON")


def _malformed(detail: str) -> RequestError:
    return RequestError("request.malformed", detail)


def _too_deep(max_depth: int) -> RequestError:
    return _malformed(f"the JSON is nested deeper than {max_depth} levels")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_number, parse_int=_whole, parse_constant=_constant)
