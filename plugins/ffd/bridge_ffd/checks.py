"""Values that both families check in the same way before anything is sent: INN, phone numbers, e-mail addresses, countries."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bridge.model import Text
from bridge.model.base import Described

_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def valid_inn(inn: str) -> bool:
    """Ten digits of an organisation or twelve of a person, check digits included."""
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", inn):
        return False
    digits = [int(character) for character in inn]
    if len(digits) == 10:
        return _check(digits[:9], _WEIGHTS[2:]) == digits[9]
    return _check(digits[:10], _WEIGHTS[1:]) == digits[10] and _check(digits[:11], _WEIGHTS) == digits[11]


def _check(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 % 10


def _inn(value: str) -> str:
    if not re.fullmatch(r"[0-9]{10}|[0-9]{12}", value):
        raise ValueError("an INN has 10 digits (organisation) or 12 (person)")
    if not valid_inn(value):
        raise ValueError("the check digits of this INN are wrong; a digit is mistyped")
    return value


def _phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise ValueError("a phone number is digits, best with + and the country in front, e.g. +79161234567")
    return value


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("is no e-mail address")
    return value


def is_contact(value: str) -> bool:
    """Whether tag 1008 may hold this: a phone number or an e-mail address."""
    return bool(_EMAIL.fullmatch(value) or _PHONE.fullmatch(value))


Inn = Annotated[Text, AfterValidator(_inn), Described(pattern="^([0-9]{10}|[0-9]{12})$", examples=["7725327863"])]
Phone = Annotated[Text, Field(max_length=19), AfterValidator(_phone), Described(examples=["+79161234567"])]
Email = Annotated[Text, Field(max_length=64), AfterValidator(_email)]
Country = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
"""The number that OKSM gives a country: "643" is Russia."""


def _wall(value: object) -> object:
    """A device keeps its local time, so a time is taken as it reads: a zone is refused, since shifting it would be guessing."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str) and re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", value):
        moment = datetime.fromisoformat(value)
    elif isinstance(value, date):
        return value
    else:
        raise ValueError("is written as 2026-11-20T09:00:00, in the local time of the device")
    if moment.tzinfo is not None:
        raise ValueError("has a zone; give the local time of the device, e.g. 2026-11-20T09:00:00")
    return moment


LocalTime = Annotated[datetime, BeforeValidator(_wall)]
"""A wall-clock time of the device."""
