"""Refusals: a negative answer of the terminal as an exception inside the driver, and as the JobError that the till reads."""

from __future__ import annotations

from dataclasses import replace

from bridge.plugin import CommandRefused
from bridge_zvt.errors import WRONG_PASSWORD, lookup

_PASSWORD = replace(
    lookup(WRONG_PASSWORD),
    code="device.rejected",
    text="the password is wrong",
    german="das Passwort ist falsch",
    remedy="Set the terminal's password in the settings of the device.",
    remedy_de="Das Passwort des Terminals in den Einstellungen setzen.",
)


class Refused(CommandRefused):
    """The terminal did not begin a command (84 xx), or ended it without doing it (06 1E). `said`: its own words."""

    def __init__(self, title: str, number: int, *, said: str | None = None, answered: bool = True) -> None:
        self.number = number
        # As an answer to the command itself it is not the customer's PIN.
        row = _PASSWORD if answered and number == WRONG_PASSWORD else lookup(number)
        super().__init__(
            title,
            row,
            f"{number:02X}",
            said=f"The terminal refused the command '{title}': {row.text}.",
            device_text=said,
            texts={"de": (f"Das Terminal hat den Befehl abgelehnt: {row.german}.", row.remedy_de)},
        )
