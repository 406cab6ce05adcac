"""The non-volatile memory of a simulated device as two files: killing the process is a power cut.

`<path>` holds the small state as one JSON object and is replaced as a whole (temporary file, then rename). `<path>.log`
holds what only grows (documents, paper), one JSON object a line; the state names the length up to which it is valid,
so that a kill between the two writes leaves the older, consistent pair.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FORMAT = 1


class StateFileError(ValueError):
    """The state file is not one of ours, or of another simulator."""


class StateFile:
    """Reads once at start, then writes once per executed command that changed something."""

    def __init__(self, path: Path, owner: str) -> None:
        self.path = path
        self.log_path = path.with_name(path.name + ".log")
        self._owner = owner
        self._log_size = 0

    def load(self) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        """The last saved state and the log up to it; (None, []) when the device is new."""
        if not self.path.exists():
            self.log_path.unlink(missing_ok=True)
            return None, []
        try:
            stored = json.loads(self.path.read_text("utf-8"))
        except ValueError as error:
            raise StateFileError(f"{self.path} is no state file: {error}") from error
        if not isinstance(stored, dict) or stored.get("format") != FORMAT or stored.get("owner") != self._owner:
            raise StateFileError(f"{self.path} is not a state file (format {FORMAT}) of the {self._owner} simulator")
        self._log_size = int(stored["log_size"])
        log = self.log_path.read_bytes()[: self._log_size] if self._log_size else b""
        if self.log_path.exists():
            os.truncate(self.log_path, self._log_size)
        state = stored["state"]
        return state, [json.loads(line) for line in log.splitlines()]

    def save(self, state: dict[str, Any], grown: Sequence[dict[str, Any]]) -> None:
        """`grown`: the log entries since the last save."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if grown:
            data = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in grown).encode("utf-8")
            with self.log_path.open("ab") as log:
                log.write(data)
            self._log_size += len(data)
        temporary = self.path.with_name(self.path.name + ".new")
        stored = {"format": FORMAT, "owner": self._owner, "log_size": self._log_size, "state": state}
        temporary.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
        temporary.replace(self.path)
