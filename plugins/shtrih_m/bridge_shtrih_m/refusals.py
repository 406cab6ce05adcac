"""Refusals: an error answer as an exception inside the driver, and as the JobError that the till reads."""

from __future__ import annotations

from bridge.plugin import CommandRefused
from bridge_shtrih_m.answers import error_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.errors import lookup
from bridge_shtrih_m.texts import russian


class Refused(CommandRefused):
    def __init__(self, command: Command, number: int, field: str | None = None) -> None:
        self.command = command
        self.number = number
        row = lookup(number)
        super().__init__(
            str(command.shape),
            row,
            f"{number:02X}h",
            said=f"The device refused the command '{command.shape.title}': {row.text}.",
            field=field,
            texts={"ru": russian(number, row, command.code)},
        )


def checked(command: Command, answer: bytes, field: str | None = None) -> bytes:
    """The answer, where it is a success."""
    error = error_of(answer)
    if error:
        raise Refused(command, error, field)
    return answer
