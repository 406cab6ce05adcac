"""Typed fields out of one answer frame: what `answers.py` is made with.

Follows protocol-specs/posnet, "Answers" and "Data types". Nothing here knows a command.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from functools import partial
from typing import TypeVar

from bridge_posnet.fields import LETTERS, NEVER, Rate, rate_of, read_integer, read_iso, read_moment, read_money
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode

T = TypeVar("T")
Code = TypeVar("Code", bound=IntEnum)

UNNUMBERED = 0

ByRate = tuple[Decimal | None, ...]  # seven amounts in zloty, A to G; None where the printer left one out


class BadAnswer(ValueError):
    """The printer answered something that the protocol does not allow. `value` None: the field is missing."""

    def __init__(self, mnemonic: str, field: str, value: bytes | None) -> None:
        what = "is missing" if value is None else f"cannot be {value!r}"
        super().__init__(f"answer to {mnemonic}: {field} {what}")
        self.mnemonic = mnemonic
        self.field = field
        self.value = value


def error_of(frame: Frame) -> int | None:
    """The error number of an answer, None for a success. An `ERR` without a number is UNNUMBERED, no success.

    `er13` in place of `?13` is taken too: the vendor's example of `rpt` prints it so [open point 2].
    """
    if frame.error is not None:
        return frame.error
    if frame.is_frame_error or frame.mnemonic == "rpt":
        alias = frame.get("er")
        if alias is not None and alias.isdigit() and len(alias) <= 5:
            return int(alias)
    return UNNUMBERED if frame.is_frame_error else None


class Reader:
    """Takes typed fields out of one answer and remembers which were asked for."""

    def __init__(self, frame: Frame, mnemonics: tuple[str, ...]) -> None:
        if frame.mnemonic not in mnemonics:
            raise BadAnswer(mnemonics[0], "mnemonic", frame.mnemonic.encode("ascii"))
        error = error_of(frame)
        if error is not None:
            raise BadAnswer(frame.mnemonic, "?", b"%d" % error)
        self._frame = frame
        self._values = {parameter.name: parameter.value for parameter in reversed(frame.parameters)}  # the first one counts
        self._known: set[str] = set()

    def optional(self, name: str, read: Callable[[bytes], T]) -> T | None:
        """None where the field is absent or empty."""
        self._known.add(name)
        value = self._values.get(name)
        if not value:
            return None
        try:
            return read(value)
        except (ValueError, ArithmeticError):
            raise BadAnswer(self._frame.mnemonic, name, value) from None

    def required(self, name: str, read: Callable[[bytes], T]) -> T:
        found = self.optional(name, read)
        if found is None:
            raise BadAnswer(self._frame.mnemonic, name, self._frame.get(name))
        return found

    def amounts(self, prefix: str) -> ByRate:
        return tuple(self.optional(prefix + letter.lower(), read_money) for letter in LETTERS)

    def rates(self) -> tuple[Rate, ...]:
        """The rates reported, in order; a printer that leaves one out has fewer."""
        found: list[Rate] = []
        for index, letter in enumerate(LETTERS):
            rate = self.optional("v" + letter.lower(), partial(rate_of, index))
            if rate is not None:
                found.append(rate)
        return tuple(found)

    def since(self, name: str) -> datetime | None:
        """A local time; None for the 2000-01-01 01:00 that means "never"."""
        moment = self.optional(name, read_moment)
        return None if moment == NEVER else moment

    def since_iso(self, name: str) -> datetime | None:
        moment = self.optional(name, read_iso)
        return None if moment is not None and moment.replace(tzinfo=None) == NEVER else moment

    def unknown(self) -> tuple[Parameter, ...]:
        return tuple(p for p in self._frame.parameters if p.name not in self._known)


def read_text(value: bytes) -> str:
    """Names and numbers of the device, which are ASCII in practice; never raises."""
    return decode(value, DEFAULT_CODE_PAGE)


def read_code(kind: type[Code], value: bytes) -> Code | int:
    """The member with that number, or the number itself where there is none."""
    number = read_integer(value)
    return kind(number) if number in kind._value2member_map_ else number
