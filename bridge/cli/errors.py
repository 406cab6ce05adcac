"""Errors of commands: a sentence, a remedy, an exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import IO, Any

import click


class CliError(click.ClickException):
    """Shown as one clear sentence with what to do about it; no traceback."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"Error: {self.message}", err=file is None, file=file)
        if self.remedy:
            click.echo(f"       {self.remedy}", err=file is None, file=file)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """What cannot be read is an error of the command's."""
    from bridge.server.diagnosis.errors import CannotTell

    try:
        yield
    except CannotTell as error:
        raise CliError(error.message, error.remedy) from None


class CannotRun(CliError):
    """What was asked for does not exist here: a family, a simulator, a setting."""

    exit_code = 2


class NotKnown(CliError):
    """Whether the document was issued is not known; asking again with the same key is safe."""

    exit_code = 3


class Interrupted(CliError):
    """Ended by a second signal."""

    exit_code = 130
