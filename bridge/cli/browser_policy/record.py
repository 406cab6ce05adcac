"""What was installed from a data directory: `DIR/browser-policies.json`, so that exactly that can be taken back.

An administrator carries out what stands in it, while the directory may belong to somebody without such rights. So root trusts only
a record that root wrote, and in any case only for files and keys that are policies of browsers.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from bridge.cli.browser_policy.documents import Browser, Lists
from bridge.cli.browser_policy.json_lists import Edit
from bridge.cli.errors import CliError

FILE = "browser-policies.json"
_VERSION = 1
_BROWSERS = get_args(Browser)


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: whose it is, what was done to it, and the directories that were made for it, outermost first."""

    browser: Browser
    edit: Edit
    directories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One key of the registry: the values added, by name, and the keys that were made for it, outermost first."""

    browser: Browser
    values: dict[str, str]
    made: tuple[str, ...] = ()


@dataclass(slots=True)
class Record:
    """`files` by path, `keys` by (hive, key)."""

    data_dir: Path
    files: dict[str, FileEntry] = field(default_factory=dict)
    keys: dict[tuple[str, str], KeyEntry] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.data_dir / FILE

    def save(self) -> None:
        """Write it; an empty one leaves no file. In a directory of others no name of theirs is followed."""
        if not self.files and not self.keys:
            self.path.unlink(missing_ok=True)
            return
        content = {
            "version": _VERSION,
            "files": [
                {
                    "path": path,
                    "browser": entry.browser,
                    "before": entry.edit.before,
                    "after": entry.edit.after,
                    "added": [[list(where), values] for where, values in entry.edit.added.items()],
                    "directories": list(entry.directories),
                }
                for path, entry in self.files.items()
            ],
            "registry": [
                {"hive": hive, "key": key, "browser": entry.browser, "values": entry.values, "made": list(entry.made)}
                for (hive, key), entry in self.keys.items()
            ],
        }
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{FILE}.", dir=self.data_dir)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)  # no secret: whoever runs the bridge may look at the state
            os.replace(name, self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def load(data_dir: Path, *, to_act: bool = True) -> Record:
    """The record; an empty one where nothing was installed. `to_act`: for changing things, so it must be trusted."""
    record = Record(data_dir)
    try:
        descriptor = os.open(record.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return record
    except OSError as error:
        raise CliError(f"{record.path} cannot be read: {error.strerror}.", "It says what was installed.") from None
    with os.fdopen(descriptor, encoding="utf-8") as file:
        if to_act and not _trusted(os.fstat(file.fileno())):
            raise CliError(
                f"{record.path} was not written by an administrator, so nothing is done on its word.",
                "Look at the policy files yourself, delete it, and install again.",
            )
        try:
            _fill(record, json.load(file))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CliError(f"{record.path} is damaged.", "Look at the policy files yourself, then delete it.") from None
    return record


def _trusted(state: os.stat_result) -> bool:
    if sys.platform == "win32" or os.geteuid() != 0:
        return True
    return state.st_uid == 0 and state.st_nlink == 1 and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _fill(record: Record, content: Any) -> None:
    if content["version"] != _VERSION:
        raise ValueError("another version")
    for one in content["files"]:
        added: Lists = {tuple(map(str, where)): [str(value) for value in values] for where, values in one["added"]}
        edit = Edit(one["before"], one["after"], added)
        record.files[str(one["path"])] = FileEntry(_browser(one["browser"]), edit, tuple(map(str, one["directories"])))
    for one in content["registry"]:
        values = {str(name): str(value) for name, value in one["values"].items()}
        entry = KeyEntry(_browser(one["browser"]), values, tuple(map(str, one["made"])))
        record.keys[(str(one["hive"]), str(one["key"]))] = entry


def _browser(name: Any) -> Browser:
    if name not in _BROWSERS:
        raise ValueError(f"no browser: {name}")
    browser: Browser = name
    return browser
