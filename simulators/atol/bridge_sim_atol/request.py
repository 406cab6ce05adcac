"""A request as the register reads it, and the command that it belongs to.

Source: protocol-specs/atol, "Data types", "Commands". Numbers are packed digits, highest first, unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridge_sim_atol.answers import CODE_PAGE
from bridge_sim_atol.refusals import FORMAT, LENGTH, Refusal

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

# What it does: asks; sets something; makes or fills a document without paper; prints.
Work = Literal["ask", "set", "fill", "print"]

REGISTERS, STORAGE = 0x91, 0xA4
SELECT, REGISTRATION, REPORTS, CLEARING, PROGRAMMING = range(5)


class Request:
    """The parameters of a command, read in their order. Raises Refusal where they are too short or no digits."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        if self.left < size:
            raise Refusal(LENGTH)
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def rest(self) -> bytes:
        return self.take(self.left)

    def byte(self) -> int:
        return self.take(1)[0]

    def little(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little")

    def big(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def digits(self, size: int) -> int:
        """Packed digits of so many bytes."""
        packed = self.take(size).hex()
        if not packed.isdecimal():
            raise Refusal(FORMAT)
        return int(packed)

    def text(self, size: int | None = None) -> str:
        """Up to the first zero byte."""
        return text_of(self.take(self.left if size is None else size))

    def end(self) -> None:
        if self.left:
            raise Refusal(LENGTH)


def text_of(data: bytes) -> str:
    return data.split(b"\0", 1)[0].decode(CODE_PAGE, "replace")


@dataclass(frozen=True, slots=True)
class Call:
    """A command under way. `origin`: who sent it."""

    code: int
    request: Request
    origin: str


Handler = Callable[["Register", Call], bytes]


@dataclass(frozen=True, slots=True)
class Command:
    """One row of a table of commands. `modes`: where it is legal, None: anywhere. `whole`: the handler gives the whole answer, with its
    first bytes. `ages`: refused when the shift is open for more than 24 hours. `during`: legal while a report is being made. `paper`:
    refused without paper before anything is done."""

    run: Handler
    work: Work = "ask"
    modes: frozenset[int] | None = None
    whole: bool = False
    ages: bool = False
    during: bool = False
    paper: bool = True

    @property
    def changes(self) -> bool:
        return self.work != "ask"


IN_REGISTRATION = frozenset((REGISTRATION,))
IN_REPORTS = frozenset((REPORTS,))
IN_CLEARING = frozenset((CLEARING,))


def name_of(data: bytes) -> str:
    """A command without its password as faults name it: "4A", "9134", "A440"."""
    size = 2 if data[:1] and data[0] in (REGISTERS, STORAGE) else 1
    return data[:size].hex().upper()
