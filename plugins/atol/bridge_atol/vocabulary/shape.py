"""What is known of a command: its fields, its answer's fields, what it does to the device, how long it may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bridge_atol.layout import Field

REGISTERS, STORAGE = 0x91, 0xA4
"""Commands whose first parameter says what they are: a register's number, a command of the FN."""

SUCCESS = 0x55


class Does(Enum):
    """What executing a command once more would do."""

    READS = "changes nothing; may be asked again"
    CHANGES = "changes the device; sent once"


class Patience(Enum):
    """Which time-out of the settings its answer has. Source: protocol-specs/atol, "Timeouts"."""

    STATUS = "status"
    COMMAND = "command"
    REPORT = "report"


class Begins(Enum):
    """How a successful answer begins."""

    STANDARD = "55 00, then the data"
    BARE = "55, then the data"
    FULL_STATUS = "44, then the data"
    ERROR = "the error, then the data"


class Mode(Enum):
    """The mode that the device must be in. Source: protocol-specs/atol, "Modes"."""

    SELECT = 0
    REGISTRATION = 1
    REPORTS = 2
    CLEARING = 3
    PROGRAMMING = 4
    ANY = 15


@dataclass(frozen=True, slots=True)
class Shape:
    """One command. `code`: one byte, or that of the command and its first parameter (9134h: register 34h)."""

    code: int
    title: str
    request: tuple[Field, ...] = ()
    answer: tuple[Field, ...] = ()
    does: Does = Does.CHANGES
    patience: Patience = Patience.COMMAND
    begins: Begins = Begins.STANDARD
    mode: Mode = Mode.ANY

    @property
    def head(self) -> bytes:
        return bytes((self.code >> 8, self.code & 0xFF)) if self.code > 0xFF else bytes((self.code,))

    def __str__(self) -> str:
        return f"{self.head.hex().upper()}h {self.title}"


def code_of(data: bytes) -> int | None:
    """The code of a command without its password; None for none."""
    if not data:
        return None
    if data[0] in (REGISTERS, STORAGE):
        return data[0] << 8 | data[1] if len(data) > 1 else None
    return data[0]
