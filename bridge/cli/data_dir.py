"""Where the bridge keeps its data, and the option that says otherwise."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def default_data_dir() -> Path:
    """The user's own place for such things, as the platform has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "tillbridge"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tillbridge"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "tillbridge"


def data_dir_option(command: CommandT) -> CommandT:
    """`--data-dir DIR`, also from the environment."""
    return click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        default=default_data_dir,
        envvar="TILLBRIDGE_DATA_DIR",
        show_default=str(default_data_dir()),
        metavar="DIR",
        help="Directory of the journal, the devices and the token.",
    )(command)


def json_option(command: CommandT) -> CommandT:
    return click.option("--json", "as_json", is_flag=True, help="JSON for programs instead of tables.")(command)


def make_data_dir(path: Path) -> Path:
    """Create the directory, closed to other users."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.resolve()
