"""Dataclasses <-> JSON, checked against their annotations: for fault forms and for the memory of a device.

Known annotations: int, float, str, bool, Decimal (as string), datetime (ISO 8601), Literal, X | None, list, tuple, dict
with string keys, and dataclasses of these.
"""

from __future__ import annotations

import dataclasses
import functools
import types
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


class ShapeError(ValueError):
    """A JSON value does not have the shape that was asked for. The text names the field."""


def to_json(value: Any) -> Any:
    """`value` as what the json module can write."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def from_json(cls: type[T], value: Any, where: str = "") -> T:
    """`value` as an instance of the dataclass `cls`. Unknown and missing fields are errors."""
    if not isinstance(value, dict):
        raise ShapeError(f"{where or cls.__name__} must be a JSON object")
    hints = _hints(cast(Any, cls))
    fields = {field.name: field for field in dataclasses.fields(cast(Any, cls)) if field.init}
    for name in value:
        if name not in fields:
            raise ShapeError(f"unknown field {_path(where, name)!r}; known are: {', '.join(sorted(fields))}")
    arguments = {}
    for name, field in fields.items():
        if name in value:
            arguments[name] = _convert(hints[name], value[name], _path(where, name))
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ShapeError(f"field {_path(where, name)!r} is missing")
    return cls(**arguments)


@functools.cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _convert(hint: Any, value: Any, where: str) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return value
    if origin is Literal:
        if value not in get_args(hint):
            raise ShapeError(f"field {where!r} must be one of {', '.join(map(repr, get_args(hint)))}, not {value!r}")
        return value
    if origin in (Union, types.UnionType):
        if value is None and type(None) in get_args(hint):
            return None
        return _convert(next(kind for kind in get_args(hint) if kind is not type(None)), value, where)
    if origin is list or origin is tuple:
        if not isinstance(value, list):
            raise ShapeError(f"field {where!r} must be a list")
        items = [_convert(get_args(hint)[0], item, f"{where}[{n}]") for n, item in enumerate(value)]
        return items if origin is list else tuple(items)
    if origin is dict:
        if not isinstance(value, dict):
            raise ShapeError(f"field {where!r} must be a JSON object")
        return {key: _convert(get_args(hint)[1], item, _path(where, key)) for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return from_json(cast(type[Any], hint), value, where)
    return _scalar(hint, value, where)


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Decimal and isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    elif hint is datetime and isinstance(value, str):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            pass
    elif hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    elif hint is int and isinstance(value, bool):
        pass
    elif isinstance(hint, type) and hint not in (Decimal, datetime) and isinstance(value, hint):
        return value
    names = {int: "a whole number", float: "a number", str: "a string", bool: "true or false"}
    expected = names.get(hint, "a decimal number as string" if hint is Decimal else "an ISO 8601 time as string")
    raise ShapeError(f"field {where!r} must be {expected}, not {value!r}")
