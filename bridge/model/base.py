"""The ground under every model: strictness, decimals written as strings, printable text.

No operation or document is defined here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    PlainSerializer,
    Strict,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?")


class Model(BaseModel):
    """Base of all uniform models: immutable, and unknown fields are errors, so that a typing mistake is never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError("must be a finite number")
        return value
    if not isinstance(value, str):
        raise ValueError('amounts, prices and quantities are decimal strings, e.g. "4.50", never JSON numbers')
    if not _DECIMAL.fullmatch(value):
        raise ValueError("must be a decimal string of at most 15 digits and 8 decimals, e.g. 4.50, without exponent or sign +")
    return Decimal(value)


def plain_numbers(value: Any) -> Any:
    """A body with its JSON numbers as such: the server reads 4.50 as a Decimal (for the fingerprint), which a model would
    take for an amount, and a file of settings could not hold."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return {key: plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain_numbers(item) for item in value]
    return value


def decimal_string(value: Decimal) -> str:
    """Decimal in plain notation, its places kept: Decimal("9.00") -> "9.00"."""
    return format(value, "f")


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be greater than zero")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("must not be negative: the kind of the line or document gives the sign")
    return value


def _percent(value: Decimal) -> Decimal:
    if not 0 < value <= 100:
        raise ValueError("must be greater than 0 and at most 100")
    return value


def _printable(value: str) -> str:
    for position, character in enumerate(value):
        if ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0:
            raise ValueError(
                f"control character U+{ord(character):04X} at position {position}; remove it: devices read such bytes as commands"
            )
        if 0xD800 <= ord(character) < 0xE000:
            raise ValueError(f"lone surrogate U+{ord(character):04X} at position {position} is not text")
    return value


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs its zone, e.g. 2026-11-20T09:00:00+01:00")
    return value


def _written(value: Any) -> Any:
    """A time is written out: a number would be taken for seconds since 1970."""
    if isinstance(value, (datetime, date)) or (isinstance(value, str) and _TIME.match(value)):
        return value
    raise ValueError("must be written as RFC 3339 has it, e.g. 2026-11-20T09:00:00+01:00 (a day as 2026-11-20)")


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


_AS_STRING = PlainSerializer(decimal_string, return_type=str)
_UNSIGNED = r"^(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$"
_SIGNED = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,8})?$"

AnyDecimal = Annotated[Decimal, BeforeValidator(_decimal), _AS_STRING, _schema(_SIGNED, "-0.02")]
Money = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_not_negative), _AS_STRING, _schema(_UNSIGNED, "9.00")]
PositiveMoney = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_positive), _AS_STRING, _schema(_UNSIGNED, "9.00")]
Quantity = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_positive), _AS_STRING, _schema(_UNSIGNED, "1.000")]
Percent = Annotated[Decimal, BeforeValidator(_decimal), AfterValidator(_percent), _AS_STRING, _schema(_UNSIGNED, "10")]


class Described:
    """Says in JSON Schema what a validator checks in code. Unlike WithJsonSchema it leaves the other limits in place."""

    def __init__(self, **members: Any) -> None:
        self._members = members

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), **self._members}


Text = Annotated[str, AfterValidator(_printable), Described(pattern="^[^\\x00-\\x1f\\x7f-\\x9f]*$")]
"""Text for people: no control characters, whatever the fit mode."""

Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_zoned)]
"""A point in time with its zone."""

Day = Annotated[date, BeforeValidator(_written)]
"""A day of the calendar, written as 2026-11-20."""

Flag = Annotated[bool, BeforeValidator(_flag)]
"""true or false, and not a word or number that might mean it."""

Number = Annotated[float, Strict()]
"""A JSON number, and not a text that holds one."""

Whole = Annotated[int, Strict()]
"""A whole number, and not a text that holds one."""
