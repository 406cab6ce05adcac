"""What is known of a command: its fields, its answer's fields, what it does to the device, how long it may take."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from bridge_shtrih_m.frame import MAX_DATA
from bridge_shtrih_m.layout import Field


class Does(Enum):
    """What executing a command once more would do."""

    READS = "changes nothing; may be asked again"
    STEPS = "gives the next part of what was asked for; begun anew, never repeated"
    CHANGES = "changes the device; sent once"


class Patience(Enum):
    """Which time-out of the settings its answer has. Source: protocol-specs/shtrih-m, "Timeouts"."""

    STATUS = "status"
    COMMAND = "command"
    REPORT = "report"
    SHIFT = "shift"
    MARKING = "marking"


@dataclass(frozen=True, slots=True)
class Shape:
    """One command. `password`: it carries one of four bytes. `operator`: its answer may tell the operator's number first."""

    code: int
    title: str
    request: tuple[Field, ...] = ()
    answer: tuple[Field, ...] = ()
    does: Does = Does.CHANGES
    patience: Patience = Patience.COMMAND
    password: bool = True
    operator: bool = False

    @property
    def head(self) -> bytes:
        return bytes((self.code >> 8, self.code & 0xFF)) if self.code > 0xFF else bytes((self.code,))

    @property
    def room(self) -> int:
        """Bytes that its parameters may have in a frame of v1."""
        return MAX_DATA - len(self.head) - (4 if self.password else 0)

    def __str__(self) -> str:
        return f"{self.head.hex().upper()}h {self.title}"
