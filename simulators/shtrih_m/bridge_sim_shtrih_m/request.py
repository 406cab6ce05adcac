"""A request as the register reads it, and the command that it belongs to.

Source: protocol-specs/shtrih-m, "Message layer". Everything numeric is little-endian. Lengths are those of LEN, command bytes
included; a length that a command does not have is 7Eh.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bridge_sim_shtrih_m import states
from bridge_sim_shtrih_m.states import Row

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

CODE_PAGE = "cp1251"
NOT_GIVEN = 0xFFFFFFFFFF  # a sum of 5 bytes that the register is to compute

# Who may: nobody is asked, any operator, administrator (29) and system administrator (30), system administrator.
Who = Literal["anybody", "operator", "admin", "sysadmin"]

# What it does: asks; sets something; makes or fills a document without paper; prints.
Work = Literal["ask", "set", "fill", "print"]

ADMIN, SYSADMIN = 29, 30


class Request:
    """The parameters of a command, read in their order. The table has checked that there are enough of them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def rest(self) -> bytes:
        return self.take(self.left)

    def number(self, size: int = 1) -> int:
        return int.from_bytes(self.take(size), "little")

    def signed(self, size: int) -> int:
        return int.from_bytes(self.take(size), "little", signed=True)

    def money(self) -> int:
        return self.number(5)

    def text(self, size: int | None = None) -> str:
        return text_of(self.take(self.left if size is None else size))


def text_of(data: bytes) -> str:
    """Up to the first zero byte; bytes 1 to 31 are not printed."""
    printed = bytes(byte for byte in data.split(b"\0", 1)[0] if byte > 31)
    return printed.decode(CODE_PAGE, "replace")


def padded(text: str, size: int) -> bytes:
    return text.encode(CODE_PAGE, "replace")[:size].ljust(size, b"\0")


@dataclass(frozen=True, slots=True)
class Call:
    """A command under way. `operator` is 0 for commands without a password."""

    code: int
    request: Request
    operator: int
    origin: str


Handler = Callable[["Register", Call], bytes]


@dataclass(frozen=True, slots=True)
class Command:
    """One row of a table of commands. `length`: least and most; `old_length`: of old models, where they differ. `during`: documents begun in the FN (FF01) beside which it is
    legal; None: it takes no notice of them. `op`: the answer begins with the operator. `modern`: old models do not have it."""

    run: Handler
    length: tuple[int, int]
    who: Who = "operator"
    work: Work = "ask"
    legal: Row = states.ANY
    during: frozenset[int] | None = None
    op: bool = False
    modern: bool = False
    old_length: tuple[int, int] | None = None

    @property
    def changes(self) -> bool:
        return self.work != "ask"


def exactly(length: int) -> tuple[int, int]:
    return length, length


def name_of(code: int) -> str:
    """As faults name it: "8D", "FF45"."""
    return f"{code:04X}" if code > 0xFF else f"{code:02X}"
