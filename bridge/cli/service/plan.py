"""What a service is to run, and what installing it does: files to write and commands to run, told before they are done."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.cli.errors import CliError

NAME = "tillbridge"

Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The service as asked for. `system`: for the whole machine, as `user`; else for who installs it, at log-in.

    `users`: whose connections it takes, as `tillbridge serve --users` has it.
    """

    data_dir: Path
    port: int
    system: bool = False
    user: str | None = None
    python: Path = Path(sys.executable)
    users: str = "personal"

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its arguments. The interpreter by its path: a service has no PATH to speak of."""
        arguments = ("serve", "--data-dir", str(self.data_dir), "--port", str(self.port), "--users", self.users)
        return (str(self.python), "-m", "bridge.cli.main", *arguments)


@dataclass(frozen=True, slots=True)
class Plan:
    """Files first (path, text), then commands. `undo` stops and forgets the service; its files are removed after it."""

    files: tuple[tuple[Path, str], ...]
    commands: tuple[tuple[str, ...], ...]
    undo: tuple[tuple[str, ...], ...]
    status: tuple[str, ...]
    hints: tuple[str, ...] = ()


def run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command of the system. Raises CliError where it is not there."""
    try:
        return subprocess.run(list(command), capture_output=True, text=True, check=False, timeout=60)
    except FileNotFoundError:
        raise CliError(f"There is no {command[0]} on this machine.", "Start `tillbridge serve` by your own means.") from None
    except subprocess.TimeoutExpired:
        raise CliError(f"{' '.join(command)} did not come to an end.", "Look at the state of the system's services.") from None
