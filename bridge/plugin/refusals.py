"""Refusals: what a device answered with an error, and what a driver itself says before the device has to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from bridge.model import ERRORS, Fate, JobError
from bridge.plugin.errors import DeviceError


class CommandFate(StrEnum):
    """What became of a *command* that was answered with an error. What became of the document is asked of the device."""

    EXECUTED = "executed"
    NOT_EXECUTED = "not executed"
    UNKNOWN = "unknown"
    """Also of every number that is in no table: asking once more costs a second, a wrong "not executed" a second receipt."""


class ErrorRow(Protocol):
    """A row of a family's table of errors. `code`: the uniform code; `text`: what happened, without a full stop; `remedy`: what to
    do, empty for that of the uniform code."""

    @property
    def code(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def fate(self) -> CommandFate: ...


class CommandRefused(Exception):
    """The device answered a command with an error. A family derives its own, which looks the number up.

    `command` names the command for the log; `said` is the sentence for the till; `field`: what of the request the command carried;
    `texts`: sentence and remedy by language; `device_text`: the device's own words, where they are more than the row's text.
    """

    def __init__(
        self,
        command: str,
        row: ErrorRow,
        device_code: str,
        *,
        said: str,
        field: str | None = None,
        remedy: str | None = None,
        device_text: str | None = None,
        texts: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self.row = row
        self.field = field
        self._device_code = device_code
        self._device_text = device_text or row.text
        self._said = said
        self._remedy = remedy or row.remedy or None
        self._texts = texts
        super().__init__(f"{command}: {device_code} ({self._device_text})")

    @property
    def surely_not_executed(self) -> bool:
        return self.row.fate is CommandFate.NOT_EXECUTED

    def job_error(self) -> JobError:
        """With fate `not_issued`: whoever raises it has made sure of that."""
        return JobError.of(
            self.row.code,
            self._said,
            fate=Fate.NOT_ISSUED,
            remedy=self._remedy,
            device_code=self._device_code,
            device_text=self._device_text,
            field=self.field,
            texts=self._texts,
        )


class Refusal:
    """What a driver says by itself, kept in a table: what the device's state forbids, why it does not go on.

    `code`: the uniform code. `text`, `remedy`: empty for those of the code. Texts may have `{values}`. Other languages by their code, as
    sentence and remedy: `Refusal("device.busy", "It prints.", "Wait.", pl=("Drukuje.", "Poczekaj."))`; a sentence of `usual` has them
    in the host's catalogue.
    """

    def __init__(self, code: str, text: str = "", remedy: str = "", **texts: tuple[str, str]) -> None:
        self.code = code
        self.text = text or ERRORS[code].text
        self.remedy = remedy
        self.texts: Mapping[str, tuple[str, str]] = texts

    def error(self, *, field: str | None = None, **values: object) -> DeviceError:
        """With fate `not_issued`: nothing was sent yet."""
        return DeviceError(
            JobError.of(
                self.code,
                self.text.format(**values),
                field=field,
                remedy=self.remedy or None,
                texts={language: (said.format(**values), remedy) for language, (said, remedy) in self.texts.items()},
            )
        )
