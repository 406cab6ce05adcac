"""Refusals: an error answer as an exception inside the driver, and as the JobError that the till reads."""

from __future__ import annotations

from bridge.plugin import CommandRefused
from bridge_atol.errors import lookup
from bridge_atol.texts import russian
from bridge_atol.vocabulary import Shape


class Refused(CommandRefused):
    def __init__(self, shape: Shape, number: int, field: str | None = None) -> None:
        self.number = number
        row = lookup(number)
        super().__init__(
            str(shape),
            row,
            f"{number:02X}h",
            said=f"The device refused the command '{shape.title}': {row.text}.",
            field=field,
            texts={"ru": russian(number, row, shape.code)},
        )
