"""Settings of a simulator: a frozen dataclass whose fields carry their help, read from `--set key=value` strings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_TRUE = frozenset(("yes", "true", "on", "1"))
_FALSE = frozenset(("no", "false", "off", "0"))


def option(default: Any, help_text: str) -> Any:
    """A field of a settings dataclass."""
    return dataclasses.field(default=default, metadata={"help": help_text})


def describe(cls: type[Any]) -> dict[str, str]:
    """name -> help with the choices and the default, in the order of the class."""
    hints = get_type_hints(cls)
    described = {}
    for field in dataclasses.fields(cls):
        hint = hints[field.name]
        choices = f" [{' | '.join(get_args(hint))}]" if get_origin(hint) is Literal else ""
        default = ("yes" if field.default else "no") if hint is bool else str(field.default)
        described[field.name] = f"{field.metadata['help']}{choices} (default: {default or 'empty'})"
    return described


def read(cls: type[T], values: Mapping[str, str]) -> T:
    """Raises ValueError with a sentence that names the setting and what would be right."""
    hints = get_type_hints(cls)
    known = [field.name for field in dataclasses.fields(cast(Any, cls))]
    for name in values:
        if name not in known:
            raise ValueError(f"There is no setting {name!r}. The settings are: {', '.join(known)}.")
    return cls(**{name: _value(name, hints[name], text) for name, text in values.items()})


def changed(settings: T, values: Mapping[str, str]) -> T:
    """The same settings with these values instead. Raises ValueError as `read` does."""
    read(type(settings), values)
    hints = get_type_hints(type(settings))
    values_read = {name: _value(name, hints[name], text) for name, text in values.items()}
    return cast(T, dataclasses.replace(cast(Any, settings), **values_read))


def shown(settings: Any) -> dict[str, str]:
    """name -> value as text, the way `read` takes it."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    return {name: ("yes" if value else "no") if isinstance(value, bool) else str(value) for name, value in values.items()}


def _value(name: str, hint: Any, text: str) -> Any:
    if get_origin(hint) is Literal:
        if text not in get_args(hint):
            raise ValueError(f"Setting {name!r} must be one of {', '.join(get_args(hint))}, not {text!r}.")
        return text
    if hint is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError(f"Setting {name!r} must be yes or no, not {text!r}.")
        return text.lower() in _TRUE
    if hint is int:
        if not text.strip().lstrip("-").isascii() or not text.strip().lstrip("-").isdigit():
            raise ValueError(f"Setting {name!r} must be a whole number, not {text!r}.")
        return int(text)
    return text
