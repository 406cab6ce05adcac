"""Refusals: an error answer as an exception inside the driver, and as the JobError that the till reads."""

from __future__ import annotations

from bridge.model import Fate as DocumentFate
from bridge.model import JobError
from bridge_shtrih_m.answers import error_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.errors import CommandError, Fate, lookup
from bridge_shtrih_m.texts import russian


class Refused(Exception):
    """The device answered a command with an error. `field` is what of the request that command carried."""

    def __init__(self, command: Command, number: int, field: str | None = None) -> None:
        self.command = command
        self.number = number
        self.field = field
        super().__init__(f"{command.shape}: {number:02X}h ({self.row.text})")

    @property
    def row(self) -> CommandError:
        return lookup(self.number)

    @property
    def surely_not_executed(self) -> bool:
        return self.row.fate is Fate.NOT_EXECUTED

    def job_error(self) -> JobError:
        """With fate `not_issued`: whoever raises it has made sure of that."""
        row = self.row
        return JobError.of(
            row.code,
            f"The device refused the command '{self.command.shape.title}': {row.text}.",
            fate=DocumentFate.NOT_ISSUED,
            remedy=row.remedy or None,
            device_code=f"{self.number:02X}h",
            device_text=row.text,
            field=self.field,
            texts={"ru": russian(self.number, row, self.command.code)},
        )


def checked(command: Command, answer: bytes, field: str | None = None) -> bytes:
    """The answer, where it is a success."""
    error = error_of(answer)
    if error:
        raise Refused(command, error, field)
    return answer
