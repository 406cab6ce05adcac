"""Refusals: a negative answer of the terminal as an exception inside the driver, and as the JobError that the till reads."""

from __future__ import annotations

from bridge.model import Fate, JobError
from bridge_zvt.errors import WRONG_PASSWORD, lookup

_PASSWORD = ("the password is wrong", "das Passwort ist falsch")
_PASSWORD_REMEDY = (
    "Set the terminal's password in the settings of the device.",
    "Das Passwort des Terminals in den Einstellungen setzen.",
)


class Refused(Exception):
    """The terminal did not begin a command (84 xx), or ended it without doing it (06 1E). `said`: its own words."""

    def __init__(self, title: str, number: int, *, said: str | None = None, answered: bool = True) -> None:
        self.title = title
        self.number = number
        self.said = said
        self.answered = answered
        super().__init__(f"{title}: {number:02X} ({said or lookup(number).text})")

    def job_error(self) -> JobError:
        """With fate `not_issued`: whoever raises it has made sure of that."""
        row = lookup(self.number)
        text, german = row.text, row.german
        remedy, remedy_de, code = row.remedy, row.remedy_de, row.code
        if self.answered and self.number == WRONG_PASSWORD:  # as an answer to the command itself it is not the customer's PIN
            (text, german), (remedy, remedy_de), code = _PASSWORD, _PASSWORD_REMEDY, "device.rejected"
        return JobError.of(
            code,
            f"The terminal refused the command '{self.title}': {text}.",
            fate=Fate.NOT_ISSUED,
            remedy=remedy or None,
            device_code=f"{self.number:02X}",
            device_text=self.said or text,
            texts={"de": (f"Das Terminal hat den Befehl abgelehnt: {german}.", remedy_de)},
        )
