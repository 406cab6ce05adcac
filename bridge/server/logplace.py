"""Where the log files of a data directory are: for the server that writes them and the commands that read them."""

from __future__ import annotations

import contextlib
from pathlib import Path

FILE_NAME = "tillbridge.log"
DIRECTORY = "logs"
# In the data directory, where serve was given another place with --log-dir.
_PLACE = "log-dir"


def directory_of(data_dir: Path) -> Path:
    """Where the server of this data directory logs, or would."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        said = (data_dir / _PLACE).read_text("utf-8").strip()
        if said:
            return Path(said)
    return data_dir / DIRECTORY


def remember(data_dir: Path, directory: Path) -> None:
    """Write down where this server logs."""
    from bridge.store.files import write_atomically  # here: commands that only look need not load the store

    if directory == data_dir / DIRECTORY:
        (data_dir / _PLACE).unlink(missing_ok=True)
    else:
        write_atomically(data_dir / _PLACE, f"{directory}\n", owner_only=True)
