"""Fields by their kind, for the tables beside this file: `amount("gross")` instead of a Field with three arguments."""

from __future__ import annotations

from bridge_posnet.fields import LETTERS, ONLINE, Field, FieldType

Fields = dict[str, Field]
Table = dict[str, Fields]

TOTAL = ONLINE.totalizer


def text(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.TEXT, meaning, limit)


def lines(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.LINES, meaning, limit)


def amount(meaning: str, limit: int = ONLINE.money) -> Field:
    return Field(FieldType.MONEY, meaning, limit)


def count(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.INTEGER, meaning, limit)


def number(meaning: str, limit: int | None = None) -> Field:
    return Field(FieldType.NUMBER, meaning, limit)


def percent(meaning: str) -> Field:
    return Field(FieldType.PERCENT, meaning, ONLINE.percent)


def flag(meaning: str) -> Field:
    return Field(FieldType.BOOL, meaning)


def moment(meaning: str) -> Field:
    return Field(FieldType.MOMENT, meaning)


def iso(meaning: str) -> Field:
    return Field(FieldType.ISO, meaning)


def day(meaning: str) -> Field:
    return Field(FieldType.DATE, meaning)


def by_rate(prefix: str, meaning: str) -> Fields:
    return {prefix + letter.lower(): amount(f"{meaning} in rate {letter}", TOTAL) for letter in LETTERS}


RATES: Fields = {"v" + letter.lower(): Field(FieldType.RATE, f"rate {letter}") for letter in LETTERS}
RATE_INDEX = Field(FieldType.RATE_INDEX, "VAT rate")
UNIQUE_NUMBER = text("unique number")
